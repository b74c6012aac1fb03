/** Materialized views: where an input changed, what that touches is read again, or all of it. */
import type { RefreshIssue } from "../../../lower/incremental/issues.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { recorded } from "../incremental/feeds.ts";
import { readThrough } from "../incremental/input-changes.ts";
import { keepPartials, makePartials } from "../incremental/partials.ts";
import { refresh } from "../incremental/refresh.ts";
import type { WrittenState } from "../state/state.ts";
import { settle } from "./alter.ts";
import { commit } from "./commit.ts";
import { decisionOf, inputName, query, type TableContext } from "./context.ts";
import { crowdedHistories } from "./crowded-histories.ts";
import { checkExternal } from "./external.ts";
import { type Outcome, outcome } from "./outcome.ts";
import { finish, previous, unchanged, whole } from "./table-state.ts";
import { makeTable, writeQuery } from "./write-query.ts";

export async function recompute(plan: LoweredQuery, context: TableContext): Promise<Outcome> {
  const { table } = plan;
  const before = previous(table, context);
  const { due } = decisionOf(table, context);
  if (before && !due && unchanged(table, whole(plan), context)) {
    return { ...(await settle(plan, context)), refresh: { technique: "NO_OP", issues: [] } };
  }
  const refreshed = await refresh(plan, context, before);
  return "done" in refreshed ? refreshed.done : recomputeAll(plan, context, before, refreshed.issues);
}

async function recomputeAll(
  plan: LoweredQuery,
  given: TableContext,
  before: WrittenState | undefined,
  issues: readonly RefreshIssue[],
): Promise<Outcome> {
  const { table } = plan;
  const context = { ...given, crowded: await crowdedHistories(plan, given) };
  if (table.query.kind === "source") await checkExternal(table, table.query, context.session);
  const inputs = await readThrough(plan, context);
  return commit(plan, context, false, async () => {
    const { made } = await recorded(plan, { ...context, before }, async () => {
      await makeTable(plan, context.session);
      const partials = await makePartials(plan, context);
      const sql = partials?.view ?? query(table.query, context, (input) => inputName(input, context));
      return { judged: await writeQuery(plan, sql, context), partials };
    });
    const { judged, partials } = made;
    await finish(table, context, { before, changed: true, inputs });
    if (partials) await keepPartials(plan, context, partials.rows);
    return { ...outcome(judged.staged, judged), refresh: { technique: "COMPLETE_RECOMPUTE", issues } };
  });
}
