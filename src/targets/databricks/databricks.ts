/** Databricks pipeline SQL (Lakeflow Spark Declarative Pipelines), and Python where it reaches further. */
import { paramUses } from "../../ast/params.ts";
import { fullName, type PipelineNode, type TableNode } from "../../ast/pipeline.ts";
import { oneLine } from "../../core/text.ts";
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
  return `${header(plan.table, plan.kind)}${configured(plan.table)}\n${statements.join("\n\n")}\n`;
}

/** The comment with what a pipeline of these files has to have in its configuration. */
function configured(table: TableNode): string {
  const uses = new Map(paramUses([table]).map((use) => [use.name, use]));
  if (uses.size === 0) return "";
  const named = [...uses.values()].map(({ name, default: value }) =>
    value === undefined ? name : `${name} (${oneLine(JSON.stringify(value))} by default)`,
  );
  return `-- reads of the pipeline's configuration: ${named.join(", ")}\n`;
}

const PYTHON_HEAD = "from pyspark import pipelines as dp\n";

function flow(plan: LoweredTable, context: Context): string {
  const python = plan.mode === "snapshots" ? snapshotPython(plan, context) : "";
  const { table } = plan;
  if (python === "") return "";
  return `# ${fullName(table)}: the flow of its snapshots\n${madeBy(table, "#")}${python}\n`;
}
