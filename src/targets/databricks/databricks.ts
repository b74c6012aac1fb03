/** Databricks pipeline SQL (Lakeflow Spark Declarative Pipelines). */
import type { PipelineNode } from "../../ast/pipeline.ts";
import type { TablePlan } from "../../plan/table.ts";
import { filesOf, header } from "../layout.ts";
import type { CompiledFile, TargetOptions } from "../target.ts";
import { changeTableStatements } from "./change-table.ts";
import { type Context, contextOf } from "./context.ts";
import { queryTableStatements } from "./query-table.ts";

/** One file a table or a layer, the statements in dependency order. */
export function databricksFiles(pipeline: PipelineNode, options: TargetOptions): readonly CompiledFile[] {
  const context = contextOf(pipeline, options);
  return filesOf(context.plans, options.layout, (plan) => text(plan, context));
}

function text(plan: TablePlan, context: Context): string {
  const statements =
    plan.mode === "changes" || plan.mode === "snapshots"
      ? changeTableStatements(plan, context)
      : queryTableStatements(plan, context);
  return `${header(plan.table, plan.kind)}\n${statements.join("\n\n")}\n`;
}
