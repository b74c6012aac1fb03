/**
 * How temporary views are read on Spark and Databricks. A stream can only be read from a view that is one itself, and a
 * whole only from one that is not. So a view that is read in both ways is made twice, the stream under a name of its own.
 */
import { companionName } from "../../ast/companions.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { LoweredPipeline, LoweredTable } from "../../lower/table.ts";
import { isStreaming } from "./clauses.ts";

export type How = "stream" | "batch";

/** The views of a pipeline, and how each is read. */
export interface ViewReads extends LoweredPipeline {
  readonly viewReads: ReadonlyMap<string, ReadonlySet<How>>;
}

/** What a table reads, and how: `own` is how a view is read itself, which its query follows. */
export type ReadsOf = (plan: LoweredTable, own: readonly How[]) => readonly (readonly [input: string, how: How])[];

/** Readers come after what they read: they are asked first. */
export function viewReads({ plans, tables }: LoweredPipeline, readsOf: ReadsOf): ViewReads["viewReads"] {
  const reads = new Map<string, Set<How>>();
  for (const plan of [...plans.values()].reverse()) {
    const own: readonly How[] = [...(reads.get(plan.table.name) ?? ["batch" as const])];
    for (const [input, how] of readsOf(plan, own)) {
      if (!tables.get(input)?.settings.temporary) continue;
      reads.set(input, (reads.get(input) ?? new Set()).add(how));
    }
  }
  return reads;
}

/** How the query of a table reads: as the table is kept; that of a view which stores no checked rows, as it is read. */
export function howQueried({ table, kind, quarantine }: LoweredTable, own: readonly How[]): readonly How[] {
  return table.settings.temporary && !quarantine ? own : [kind === "streaming" ? "stream" : "batch"];
}

/** The variants of a view: as its readers ask, or as its query is where nothing reads it. */
export function variantsOf(view: TableNode, context: ViewReads): readonly How[] {
  const reads = [...(context.viewReads.get(view.name) ?? [])].sort();
  const can = isStreaming(view, context);
  return reads.length === 0 ? [can ? "stream" : "batch"] : reads.filter((how) => how === "batch" || can);
}

/** The name of a view, in the variant that is read as a stream or as a whole. */
export function viewName(view: TableNode, streaming: boolean, context: ViewReads): string {
  return streaming && variantsOf(view, context).length > 1 ? companionName(view.name, "stream") : view.name;
}
