/** Brings one table up to date, in one transaction together with its state. */
import type { LoweredTable } from "../../../lower/table.ts";
import { refusal } from "../plan/refusal.ts";
import { append } from "./append.ts";
import { applyChanges } from "./change-target.ts";
import { decisionOf, type TableContext } from "./context.ts";
import { ingest } from "./ingest.ts";
import type { Outcome } from "./outcome.ts";
import { recompute } from "./recompute.ts";
import { applySnapshots } from "./snapshots.ts";

/** Updates a table; does nothing where neither its definition nor its inputs have changed. */
export async function updateTable(plan: LoweredTable, context: TableContext): Promise<Outcome> {
  const { table } = plan;
  const decision = decisionOf(table, context);
  if (decision.action === "refuse") throw refusal(table, decision);
  switch (plan.mode) {
    case "changes":
      return applyChanges(plan, context);
    case "snapshots":
      return applySnapshots(plan, context);
    case "ingest":
    case "replace":
      return ingest(plan, context);
    case "append":
      return append(plan, context);
    case "recompute":
      return recompute(plan, context);
  }
}
