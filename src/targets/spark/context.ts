/** What the statements of a Spark project share: names, expressions, and what the other tables are. */
import type { PipelineNode, ScdTableNode, TableNode } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { planPipeline, type TablePlan } from "../../plan/table.ts";
import { printQuery, type QueryContext } from "../../sql/query.ts";
import type { Schemas, TargetOptions } from "../target.ts";
import { canAutoCdc } from "./auto-cdc.ts";
import { overColumns, read } from "./clauses.ts";
import { sparkIdentifier as id, spark } from "./dialect.ts";
import { type How, howQueried, type ReadsOf, type ViewReads, viewName, viewReads } from "./view-reads.ts";

export interface Context extends ViewReads {
  readonly schemas: Schemas;
  readonly autoCdc: TargetOptions["autoCdc"];
}

export function contextOf(pipeline: PipelineNode, options: TargetOptions): Context {
  const plan = planPipeline(pipeline);
  const { schemas = {}, autoCdc } = options;
  return { ...plan, schemas, autoCdc, viewReads: viewReads(plan, (table, own) => readsOf(table, own, { autoCdc })) };
}

/** What a table reads of the views: what it counts is counted over the whole. */
function readsOf(plan: TablePlan, own: readonly How[], { autoCdc }: Pick<Context, "autoCdc">): ReturnType<ReadsOf> {
  const { table, rules, expectations, quarantine, inputs } = plan;
  // Rules are counted over the query, where there is no checked table to count over; so is the key of a view.
  const counts = expectations && !quarantine && (rules.all.length > 0 || table.settings.temporary);
  const asEvents = autoCdc && canAutoCdc(table) ? "stream" : "batch";
  const queried = table.kind === "query" ? howQueried(plan, own) : [asEvents as How];
  const all: readonly How[] = [...queried, ...(counts ? ["batch" as const] : [])];
  return inputs.flatMap((input) => all.map((how) => [input, how] as const));
}

/** The full name of a table, or of one beside it: `suffix` goes to the end of the name. */
export function nameOf(table: TableNode, context: Context, suffix = ""): string {
  const schema = context.schemas[table.layer] ?? table.layer;
  return [...catalogOf(table, context), schema, `${table.name}${suffix}`].map(id).join(".");
}

/** Change targets may live in a catalog of their own: one that can merge. */
function catalogOf(table: TableNode, { autoCdc }: Context): readonly string[] {
  return table.kind !== "query" && typeof autoCdc === "object" && canAutoCdc(table) ? [autoCdc.catalog] : [];
}

export function isAutoCdc(table: ScdTableNode, context: Context): boolean {
  return Boolean(context.autoCdc) && canAutoCdc(table);
}

export const expr = overColumns(spark);

/** How the tables of the pipeline are read in a query. */
export function reading(streaming: boolean, context: Context): QueryContext {
  return {
    dialect: spark,
    table: (name) => {
      const table = context.tables.get(name);
      if (!table) return read(id(name), streaming);
      const view = table.settings.temporary;
      return read(view ? id(viewName(table, streaming, context)) : nameOf(table, context), streaming);
    },
    source: (source) => source.path.split(".").map(id).join("."),
    tables: context.tables,
  };
}

/** A query over the tables of the pipeline. */
export function queryText(query: RelationNode, streaming: boolean, context: Context): string {
  return printQuery(query, reading(streaming, context));
}
