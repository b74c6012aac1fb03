/** Databricks pipeline SQL (Lakeflow Spark Declarative Pipelines). */
import type { PipelineNode, TableNode } from "../../ast/pipeline.ts";
import { filesOf, header } from "../layout.ts";
import type { CompiledFile, TargetOptions } from "../target.ts";
import { changeTableStatements } from "./change-table.ts";
import { type Context, contextOf } from "./context.ts";
import { queryTableStatements } from "./query-table.ts";

/** One file a table or a layer, the statements in dependency order. */
export function databricksFiles(pipeline: PipelineNode, options: TargetOptions): readonly CompiledFile[] {
  const context = contextOf(pipeline, options);
  return filesOf(pipeline.tables, options.layout, (table) => text(table, context));
}

function text(table: TableNode, context: Context): string {
  const statements =
    table.kind === "query" ? queryTableStatements(table, context) : changeTableStatements(table, context);
  return `${header(table, context.kinds.get(table.name) ?? "materialized")}\n${statements.join("\n\n")}\n`;
}
