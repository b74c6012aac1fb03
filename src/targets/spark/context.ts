/** What the statements of a Spark project share: names, expressions, and what the other tables are. */

import { type Companion, companionName } from "../../ast/companions.ts";
import type { PipelineNode, ScdTableNode, TableNode } from "../../ast/pipeline.ts";
import { type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import { overColumns } from "../../sql/expr.ts";
import { spark, sparkName } from "../spark-sql/dialect.ts";
import { queriesBy, type Reading, readingBy } from "../spark-sql/reading.ts";
import { type How, howQueried, type ReadsOf, type ViewReads, viewReads } from "../spark-sql/view-reads.ts";
import type { Schemas, TargetOptions } from "../target.ts";
import { canAutoCdc } from "./auto-cdc.ts";

export interface Context extends ViewReads {
  readonly schemas: Schemas;
  readonly autoCdc: TargetOptions["autoCdc"];
}

export function contextOf(pipeline: PipelineNode, options: TargetOptions): Context {
  const plan = lowerPipeline(pipeline);
  const { schemas = {}, autoCdc } = options;
  return { ...plan, schemas, autoCdc, viewReads: viewReads(plan, (table, own) => readsOf(table, own, { autoCdc })) };
}

/** What a table reads of the views: what it counts is counted over the whole. */
function readsOf(plan: LoweredTable, own: readonly How[], { autoCdc }: Pick<Context, "autoCdc">): ReturnType<ReadsOf> {
  const { table, rules, expectations, quarantine, inputs } = plan;
  // Rules are counted over the query, where there is no checked table to count over; so is the key of a view.
  const counts = expectations && !quarantine && (rules.all.length > 0 || table.settings.temporary);
  const asEvents = autoCdc && canAutoCdc(table) ? "stream" : "batch";
  const queried = table.kind === "query" ? howQueried(plan, own) : [asEvents as How];
  const all: readonly How[] = [...queried, ...(counts ? ["batch" as const] : [])];
  return inputs.flatMap((input) => all.map((how) => [input, how] as const));
}

/** The full name of a table, or of what stands next to it. */
export function nameOf(table: TableNode, context: Context, companion?: Companion): string {
  const schema = context.schemas[table.layer] ?? table.layer;
  const name = companion ? companionName(table.name, companion) : table.name;
  return sparkName(catalogOf(table, context), schema, name);
}

/** Change targets may live in a catalog of their own: one that can merge. */
function catalogOf(table: TableNode, { autoCdc }: Context): string | undefined {
  return table.kind !== "query" && typeof autoCdc === "object" && canAutoCdc(table) ? autoCdc.catalog : undefined;
}

export function isAutoCdc(table: ScdTableNode, context: Context): boolean {
  return Boolean(context.autoCdc) && canAutoCdc(table);
}

export const expr = overColumns(spark);

export const reading: Reading<Context> = readingBy({ dialect: spark, nameOf });

export const queryText = queriesBy(reading);
