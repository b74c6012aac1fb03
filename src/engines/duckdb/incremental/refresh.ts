/** Brings a materialized view up to date by reading again what its inputs' changes touch. */

import type { RelationNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { messageOf } from "../../../core/thrown.ts";
import { notIncremental, type RefreshIssue } from "../../../lower/incremental/issues.ts";
import {
  FULL,
  isMaintained,
  type Maintained,
  maintenanceOf,
  touchedKeys,
} from "../../../lower/incremental/maintain.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { printQuery } from "../../../sql/query.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { reading } from "../../../targets/duckdb/reading.ts";
import { nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import type { WrittenState } from "../state.ts";
import { alter } from "../tables/alter.ts";
import { commit, decisionOf, finish, type Outcome, outcome, type TableContext, writeQuery } from "../tables/context.ts";
import { type InputChanges, inputChanges, KEYS, readThrough } from "./changes.ts";
import { recorded } from "./feeds.ts";
import { mergePartials } from "./partials.ts";

/** Above this share of its rows a view is recomputed: finding rows again costs more than making them. */
const MOST_TOUCHED = 0.3;

export type Refreshed = { readonly done: Outcome } | { readonly issues: readonly RefreshIssue[] };

/** The outcome, or why the view is to be recomputed; then nothing was done. */
export async function refresh(
  plan: LoweredQuery,
  context: TableContext,
  before: WrittenState | undefined,
): Promise<Refreshed> {
  const maintenance = maintenanceOf(plan, context.plan.tables);
  if (!maintenance || !isMaintained(maintenance)) return { issues: maintenance?.issues ?? [] };
  const outside = notNow(plan, context, before);
  if (outside || !before) return { issues: outside ? [outside] : [] };
  const changes = await inputChanges(plan, context);
  if ("issues" in changes) return changes;
  try {
    const merged = await mergePartials(plan, changes, context, before);
    if (merged) return { done: merged };
    if (!maintenance.byKeys) return { issues: [...maintenance.issues, GROUPS_LOSE_ROWS] };
    return await ofTouchedKeys(plan, maintenance.byKeys, changes, context, before);
  } catch (error) {
    // A value of rows that never met before, or the sum of some of the rows: the view itself may do without it.
    if (!(error instanceof RunError) || error.code !== "ENGINE001") throw error;
    context.tables.set(plan.table.name, before);
    const message = `what has changed cannot be read by itself: ${messageOf(error)}`;
    return { issues: [notIncremental("EXPRESSION_NOT_SUPPORTED", message)] };
  }
}

const GROUPS_LOSE_ROWS = notIncremental(
  "OPERATOR_NOT_SUPPORTED",
  "rows of its groups went or changed, and measures only add up",
);

async function ofTouchedKeys(
  plan: LoweredQuery,
  maintained: Maintained,
  changes: InputChanges,
  context: TableContext,
  before: WrittenState,
): Promise<Refreshed> {
  try {
    await findKeys(plan, maintained, changes, context);
    return { done: await readAgain(plan, maintained, changes, context, before) };
  } catch (error) {
    if (error instanceof Dear) return { issues: [error.issue] };
    throw error;
  } finally {
    await context.session.exec(`DROP TABLE IF EXISTS temp.${KEYS}`);
  }
}

/** Why the view cannot go on from its rows this time. */
function notNow(plan: LoweredQuery, context: TableContext, before: WrittenState | undefined): RefreshIssue | undefined {
  const { due, reshapes, why, damage } = decisionOf(plan.table, context);
  if (!before) return { type: "CHANGE_SET_MISSING", message: why.join("; ") };
  if (damage) return { type: "DATA_HAS_CHANGED", message: damage.words };
  if (due || reshapes) return { type: "QUERY_FINGERPRINT_CHANGED", message: why.join("; ") };
  return plan.table.settings.refreshPolicy === "full" ? FULL : undefined;
}

const print = (node: RelationNode, { from }: InputChanges, { plan }: TableContext): string =>
  printQuery(node, reading(plan.tables, from));

async function findKeys(
  { table }: LoweredQuery,
  { keys }: Maintained,
  changes: InputChanges,
  context: TableContext,
): Promise<void> {
  const names = keys.map((key) => key.name);
  const touched = touchedKeys(table.query, new Set(names), changes.tables);
  const columns = names.map(id).join(", ");
  const rows = touched
    ? `SELECT DISTINCT ${columns} FROM (\n${print(touched, changes, context)}\n)`
    : `SELECT ${columns} FROM ${nameOf(table)} WHERE false`;
  await context.session.exec(`CREATE OR REPLACE TEMP TABLE ${KEYS} AS\n${rows}`);
}

/** The rows of a table, which is called `rows`, that have one of the keys. */
const ofKeys = ({ keys }: Maintained): string =>
  `EXISTS (SELECT 1 FROM ${KEYS} AS touched WHERE ${keys
    .map(({ name, nullable }) => `touched.${id(name)} ${nullable ? "IS NOT DISTINCT FROM" : "="} rows.${id(name)}`)
    .join(" AND ")})`;

/** Ends the transaction: recomputing is cheaper. */
class Dear extends Error {
  readonly issue: RefreshIssue;

  constructor(touched: number, total: number) {
    super();
    this.issue = {
      type: "INCREMENTAL_PLAN_REJECTED_BY_COST_MODEL",
      subtype: "CHANGESET_SIZE_THRESHOLD_EXCEEDED",
      message: `what has changed touches ${touched} of its ${total} rows`,
    };
  }
}

const OUTDATED = "medallion_outdated";

/** Finds the rows of the keys; gives how many they are. */
async function findOutdated({ table }: LoweredQuery, touched: string, { session }: TableContext): Promise<number> {
  const target = nameOf(table);
  const columns = table.columns.map((column) => id(column.name)).join(", ");
  await session.exec(
    `CREATE OR REPLACE TEMP TABLE ${OUTDATED} AS SELECT rowid AS __medallion_row, ${columns} FROM ${target} AS rows WHERE ${touched}`,
  );
  const [row] = await session.rows(
    `SELECT (SELECT count(*) FROM ${OUTDATED}) AS touched, (SELECT count(*) FROM ${target}) AS total`,
  );
  const [found, total] = [Number(row?.["touched"] ?? 0), Number(row?.["total"] ?? 0)];
  if (found > total * MOST_TOUCHED && !table.settings.refreshPolicy?.startsWith("incremental"))
    throw new Dear(found, total);
  return found;
}

async function readAgain(
  plan: LoweredQuery,
  maintenance: Maintained,
  changes: InputChanges,
  context: TableContext,
  before: WrittenState,
): Promise<Outcome> {
  const { session } = context;
  const { table, quarantine } = plan;
  const touched = ofKeys(maintenance);
  const inputs = await readThrough(plan, context);
  const none = (await session.count(`SELECT count(*) FROM ${KEYS}`)) === 0;
  return commit(plan, context, true, async () => {
    await alter(plan, context);
    const gone = await findOutdated(plan, touched, context);
    const { made: judged, changes: different } = await recorded(
      plan,
      { ...context, before, outdated: OUTDATED },
      async () => {
        if (gone > 0) {
          await session.exec(`DELETE FROM ${nameOf(table)} WHERE rowid IN (SELECT __medallion_row FROM ${OUTDATED})`);
        }
        if (quarantine) await session.exec(`DELETE FROM ${quarantineName(table)} AS rows WHERE ${touched}`);
        return writeQuery(plan, print(maintenance.rows, changes, context), context);
      },
    );
    await session.exec(`DROP TABLE ${OUTDATED}`);
    await finish(table, context, { before, changed: (different ?? gone + judged.written) > 0, inputs });
    return {
      ...outcome(judged.staged, judged),
      refresh: { technique: none ? "NO_OP" : maintenance.technique, issues: [] },
    };
  });
}
