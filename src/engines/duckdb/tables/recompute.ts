/** Materialized views: recomputed where an input changed. */
import type { QueryPlan } from "../../../plan/table.ts";
import { settle } from "./alter.ts";
import {
  commit,
  decisionOf,
  finish,
  inputName,
  makeTable,
  type Outcome,
  outcome,
  previous,
  query,
  type TableContext,
  unchanged,
  whole,
  writeQuery,
} from "./context.ts";
import { checkExternal } from "./external.ts";

export async function recompute(plan: QueryPlan, context: TableContext): Promise<Outcome> {
  const { table } = plan;
  const before = previous(table, context);
  const inputs = whole(plan);
  const { due } = decisionOf(table, context);
  if (before && !due && unchanged(table, inputs, context)) return settle(plan, context);
  if (table.query.kind === "source") await checkExternal(table, table.query, context.session);
  return commit(plan, context, false, async () => {
    await makeTable(plan, context.session);
    const judged = await writeQuery(
      plan,
      query(table.query, context, (input) => inputName(input, context)),
      context,
    );
    await finish(table, context, { before, changed: true, inputs });
    return outcome(judged.staged, judged);
  });
}
