/** Databricks pipeline SQL (Lakeflow Spark Declarative Pipelines), and Python where it reaches further. */
import { fullName, type PipelineNode } from "../../ast/pipeline.ts";
import type { LoweredTable } from "../../lower/table.ts";
import { filesOf, header, madeBy, pythonFilesOf } from "../layout.ts";
import type { CompiledFile, TargetOptions } from "../target.ts";
import { changeTableStatements, snapshotPython } from "./change-table.ts";
import { type Context, contextOf } from "./context.ts";
import { queryTableStatements } from "./query-table.ts";

/** One file a table or a layer, the statements in dependency order; a Python file alongside it for what SQL has not. */
export function databricksFiles(pipeline: PipelineNode, options: TargetOptions): readonly CompiledFile[] {
  const context = contextOf(pipeline, options);
  return [
    ...filesOf(context.plans, options.layout, (plan) => text(plan, context)),
    ...pythonFilesOf(context.plans, options.layout, PYTHON_HEAD, (plan) => flow(plan, context)),
  ];
}

function text(plan: LoweredTable, context: Context): string {
  const statements =
    plan.mode === "changes" || plan.mode === "snapshots"
      ? changeTableStatements(plan, context)
      : queryTableStatements(plan, context);
  return `${header(plan.table, plan.kind)}\n${statements.join("\n\n")}\n`;
}

const PYTHON_HEAD = "from pyspark import pipelines as dp\n";

function flow(plan: LoweredTable, context: Context): string {
  const python = plan.mode === "snapshots" ? snapshotPython(plan, context) : "";
  const { table } = plan;
  if (python === "") return "";
  return `# ${fullName(table)}: the flow of its snapshots\n${madeBy(table, "#")}${python}\n`;
}
