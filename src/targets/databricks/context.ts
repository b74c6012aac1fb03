/** What the Databricks statements share: names, expressions, and what the other tables are. */

import { companionName } from "../../ast/companions.ts";
import type { Layer, PipelineNode, TableNode } from "../../ast/pipeline.ts";
import { lowerPipeline } from "../../lower/table.ts";
import { overColumns } from "../../sql/expr.ts";
import { databricks, sparkIdentifier as id, sparkName } from "../spark-sql/dialect.ts";
import { queriesBy, type Reading, readingBy } from "../spark-sql/reading.ts";
import { howQueried, type ReadsOf, type ViewReads, viewReads } from "../spark-sql/view-reads.ts";
import type { Schemas, TargetOptions } from "../target.ts";

export interface Context extends ViewReads {
  readonly catalog: string | undefined;
  /** What relative source paths start from. */
  readonly baseDir: string | undefined;
  readonly schemas: Schemas;
}

export function contextOf(pipeline: PipelineNode, options: TargetOptions): Context {
  const { catalog, baseDir, schemas = {} } = options;
  const plan = lowerPipeline(pipeline);
  return { ...plan, catalog, baseDir, schemas, viewReads: viewReads(plan, readsOf) };
}

/** What a table reads: events are a stream, and a backfill is read once, as a whole. */
const readsOf: ReadsOf = (plan, own) => {
  if (plan.mode === "snapshots") return plan.inputs.map((input) => [input, "batch"]);
  const { mode, reads } = plan;
  const queried = mode === "changes" ? (["stream"] as const) : howQueried(plan, own);
  return reads.flatMap(({ inputs, once }) => {
    const all = once && mode !== "changes" ? (["batch"] as const) : queried;
    return inputs.flatMap((input) => all.map((how) => [input, how] as const));
  });
};

/** What a table consists of in the workspace: itself, the datasets of its quarantine, and what is counted next to it. */
export type Part = "own" | "checked" | "quarantine" | "expectations";

export function partName({ name }: TableNode, part: Part): string {
  return part === "own" ? name : companionName(name, part);
}

/** Whether a part of a table is in the catalog. A view and a private dataset are known by name in the pipeline alone. */
export function isPublished({ settings }: TableNode, part: Part): boolean {
  if (settings.private) return false;
  return part === "quarantine" || (part === "own" && !settings.temporary);
}

/** The name of a table or of a part of it. What is not published has no catalog and no schema. */
export function nameOf(table: TableNode, context: Context, part: Part = "own"): string {
  const name = partName(table, part);
  return isPublished(table, part) ? published(table.layer, name, context) : id(name);
}

function published(layer: Layer, name: string, context: Context): string {
  return sparkName(context.catalog, context.schemas[layer] ?? layer, name);
}

export const expr = overColumns(databricks);

export const reading: Reading<Context> = readingBy({ dialect: databricks, nameOf });

export const queryText = queriesBy(reading);
