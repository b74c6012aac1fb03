/** Brings one table up to date, in one transaction together with its state. */
import type { TableNode } from "../../../ast/pipeline.ts";
import { refusal } from "../plan/refusal.ts";
import { fileSources } from "../sources.ts";
import { append } from "./append.ts";
import { applyChanges } from "./changes.ts";
import { type Outcome, planOf, type TableContext } from "./context.ts";
import { ingest } from "./ingest.ts";
import { recompute } from "./recompute.ts";
import { applySnapshot } from "./snapshots.ts";

/** Updates a table; does nothing where neither its definition nor its inputs have changed. */
export async function updateTable(table: TableNode, context: TableContext): Promise<Outcome> {
  const plan = planOf(table, context);
  if (plan.action === "refuse") throw refusal(table, plan);
  if (table.kind !== "query") {
    const { changes } = table;
    return changes.kind === "changes" ? applyChanges(table, context) : applySnapshot(table, changes, context);
  }
  const sources = fileSources(table);
  if (sources) return ingest(table, sources, context);
  return context.kinds.get(table.name) === "streaming" ? append(table, context) : recompute(table, context);
}
