/** Brings a materialized view up to date by reading again what its inputs' changes touch. */

import type { TableNode } from "../../../ast/pipeline.ts";
import type { ColumnFacts, RelationNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { notIncremental, type RefreshIssue } from "../../../lower/incremental/issues.ts";
import {
  FULL,
  isMaintained,
  type Maintenance,
  maintenanceOf,
  touchedKeys,
} from "../../../lower/incremental/maintain.ts";
import type { Found } from "../../../lower/incremental/narrow.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { isIncremental } from "../../../settings/refresh-policy.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import type { From } from "../../../targets/duckdb/reading.ts";
import { nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import { withoutPersonalData } from "../../cited.ts";
import { allWritten } from "../rules.ts";
import type { WrittenState } from "../state/state.ts";
import { alter } from "../tables/alter.ts";
import { commit } from "../tables/commit.ts";
import { decisionOf, query, type TableContext } from "../tables/context.ts";
import { type Outcome, outcome } from "../tables/outcome.ts";
import { finish } from "../tables/table-state.ts";
import { writeQuery } from "../tables/write-query.ts";
import { isLargeView, tooManyToLookFor, tooManyToMerge, tooManyTouched } from "./cost.ts";
import { isRecorded, recorded } from "./feeds.ts";
import { areRead, canFind, dropFound, findRows } from "./found.ts";
import { type InputChanges, inputChanges, KEYS, OUTDATED } from "./input-changes.ts";
import { madeAsQuickly, mergePartials } from "./partials.ts";

type Refreshed = { readonly done: Outcome } | { readonly issues: readonly RefreshIssue[] };

/** A view that is brought up to date from the rows that it has. */
interface Refreshing {
  readonly plan: LoweredQuery;
  readonly context: TableContext;
  readonly before: WrittenState;
  readonly changes: InputChanges;
  readonly maintenance: Maintenance;
}

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
  const forgets = remembered(plan.table, context);
  try {
    return await kept({ plan, context, before, changes, maintenance });
  } catch (error) {
    // A value of rows that never met before, or the sum of some of the rows: the view itself may do without it.
    if (!(error instanceof RunError) || error.code !== "ENGINE001") throw error;
    context.tables.set(plan.table.name, before);
    forgets();
    const why = withoutPersonalData(error.message, plan.table);
    const message = `what has changed cannot be read by itself: ${why}`;
    return { issues: [notIncremental("EXPRESSION_NOT_SUPPORTED", message)] };
  }
}

/** What puts back what is known of the feed and the partial rows of a table, when its transaction was rolled back. */
function remembered({ name }: TableNode, { feeds }: TableContext): () => void {
  const [feed, partials] = [feeds.known.get(name), feeds.partials.get(name)];
  return () => {
    feeds.known.delete(name);
    feeds.partials.delete(name);
    if (feed) feeds.known.set(name, feed);
    if (partials) feeds.partials.set(name, partials);
  };
}

/** The cheapest way that is open to the view comes first. */
async function kept(one: Refreshing): Promise<Refreshed> {
  const { plan, context, before, changes, maintenance } = one;
  const { tables } = changes;
  const { byKeys, issues } = maintenance;
  if (tables.size === 0) return { done: await gain(one, undefined) };
  const gained = maintenance.gained?.(tables);
  if (gained) return { done: await gain(one, gained) };
  const cheap = await madeAsQuickly(plan, context);
  if (cheap) return { issues: [cheap] };
  const merged = await mergePartials(plan, changes, context, before);
  if (merged) return { done: merged };
  const again = maintenance.kept?.again(tables);
  if (maintenance.kept && again) {
    const costly = again.came && (await tooManyToMerge(plan, context, changes));
    if (costly) return { issues: [costly] };
    // So many groups are found by their keys alone, without what they have.
    const isLarge = again.came && byKeys && (await isLargeView(plan, context));
    if (!isLarge) return ofTouchedKeys(one, { keys: maintenance.kept.keys, ...again, isSmall: true });
  }
  if (!byKeys) return { issues: [...issues, ROWS_WENT] };
  const costly = await tooManyToLookFor(plan, context, changes);
  if (costly) return { issues: [costly] };
  const { keys, cameAnew } = byKeys;
  const came = changes.ofOneWrite ? cameAnew(tables) : undefined;
  return ofTouchedKeys(one, came ? { keys, rows: came } : byKeys);
}

const ROWS_WENT = notIncremental(
  "OPERATOR_NOT_SUPPORTED",
  "rows of its inputs went or changed, and only those that come can be added to it",
);

/** Adds rows to the view. */
async function gain(one: Refreshing, gained: RelationNode | undefined): Promise<Outcome> {
  const { plan, context, before, changes, maintenance } = one;
  const { inputs } = changes;
  return commit(plan, context, true, async () => {
    await alter(plan, context);
    const outdated = { rows: 0, table: OUTDATED };
    const { made: judged } = gained
      ? await recorded(plan, { ...context, before, outdated }, () => writeQuery(plan, print(gained, one), context))
      : { made: allWritten(0) };
    await finish(plan.table, context, { before, changed: judged.written > 0, inputs });
    const technique = gained ? maintenance.technique : "NO_OP";
    return { ...outcome(judged.staged, judged), refresh: { technique, issues: [] } };
  });
}

/** How the rows of keys are read again. */
interface ByKeys {
  readonly keys: readonly ColumnFacts[];
  readonly rows: RelationNode;
  /** The keys, with more that `rows` reads; absent: they are looked for. */
  readonly came?: RelationNode;
  readonly sharing?: readonly ColumnFacts[];
  readonly found?: Found;
  /** It costs little, however many rows of the view there are. */
  readonly isSmall?: boolean;
}

async function ofTouchedKeys(one: Refreshing, by: ByKeys): Promise<Refreshed> {
  try {
    const touched = by.keys.length > 0 ? await findKeys(one, by) : 0;
    return { done: await readAgain(one, by, touched) };
  } catch (error) {
    if (error instanceof TooCostly) return { issues: [error.issue] };
    throw error;
  } finally {
    await one.context.session.exec(`DROP TABLE IF EXISTS temp.${KEYS}; ${dropFound}`);
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

const print = (node: RelationNode, { changes, context }: Pick<Refreshing, "changes" | "context">): string =>
  query(node, context, changes.from);

/** Finds the keys; gives how many they are. */
async function findKeys(one: Refreshing, { keys, came }: ByKeys): Promise<number> {
  const { plan, context, changes, maintenance } = one;
  if (came) return context.session.count(`CREATE OR REPLACE TEMP TABLE ${KEYS} AS\n${print(came, one)}`);
  const names = keys.map((key) => key.name);
  const touched = touchedKeys(maintenance.query, new Set(names), changes.tables);
  const columns = names.map(id).join(", ");
  const rows = touched
    ? `SELECT DISTINCT ${columns} FROM (\n${print(touched, one)}\n)`
    : `SELECT ${columns} FROM ${nameOf(plan.table)} WHERE false`;
  return context.session.count(`CREATE OR REPLACE TEMP TABLE ${KEYS} AS\n${rows}`);
}

/** What stands after a table, which is called `rows`, to leave those of its rows that have one of the keys. */
function ofKeys({ keys }: Pick<ByKeys, "keys">): string {
  if (keys.length === 0) return "";
  const same = keys.map(
    ({ name, nullable }) => `touched.${id(name)} ${nullable ? "IS NOT DISTINCT FROM" : "="} rows.${id(name)}`,
  );
  return ` SEMI JOIN ${KEYS} AS touched ON ${same.join(" AND ")}`;
}

/** Ends the transaction: recomputing is cheaper. */
class TooCostly extends Error {
  readonly issue: RefreshIssue;

  constructor(issue: RefreshIssue) {
    super();
    this.issue = issue;
  }
}

/** Finds the rows of the keys; gives how many they are. Only what is made of them or recorded needs their values. */
async function findOutdated(lowered: LoweredQuery, by: ByKeys, { session, plan }: TableContext): Promise<number> {
  const { table } = lowered;
  const target = nameOf(table);
  const values =
    by.isSmall || by.came || isRecorded(lowered, plan) ? table.columns.map((column) => id(column.name)) : [];
  const columns = ["rowid AS __medallion_row", ...values].join(", ");
  const found = await session.count(
    `CREATE OR REPLACE TEMP TABLE ${OUTDATED} AS SELECT ${columns} FROM ${target} AS rows${ofKeys(by)}`,
  );
  if (found === 0 || by.isSmall || isIncremental(table.settings.refreshPolicy)) return found;
  const total = await session.count(`SELECT count(*) FROM ${target}`);
  refuseTooMany("touches", found, total);
  if (!by.sharing) return found;
  const read = await session.count(`SELECT count(*) FROM ${target} AS rows${ofKeys({ keys: by.sharing })}`);
  refuseTooMany("is looked for among", read, total);
  return found;
}

/** @throws TooCostly where making all rows costs less. */
function refuseTooMany(what: string, rows: number, total: number): void {
  const costly = tooManyTouched(what, rows, total);
  if (costly) throw new TooCostly(costly);
}

/** What there is of the keys. */
interface OfKeys {
  /** Rows of the view; `undefined` where there can be none, so that nobody has looked for them. */
  readonly gone: number | undefined;
  readonly rows: RelationNode;
  /** Whether the rows that were found are those that came, which are next to each other. */
  readonly onlyCame?: boolean;
}

/** Looks for what there is of the keys: in the input where its rows tell, else in the view. */
async function ofKeysNow(one: Refreshing, by: ByKeys, touched: number): Promise<OfKeys> {
  const { plan, context, changes } = one;
  const { found } = by;
  if (!found || !canFind(found, changes.tables, context)) {
    const gone = await findOutdated(plan, by, context);
    // Of a view that has a row of each key that was there.
    const areLone = by.isSmall && gone === 0 && changes.added === touched;
    return { gone, rows: areLone ? ofLoneKeys(one, by.rows) : by.rows };
  }
  const rows = await findRows(found, context, changes.from);
  // Each key has a row that came, so there are no others.
  if (rows === touched) return { gone: undefined, rows: ofLoneKeys(one, found.rows), onlyCame: true };
  const mayBeThere = await areRead(found, plan, context);
  return { gone: mayBeThere ? await findOutdated(plan, by, context) : undefined, rows: found.rows };
}

/** The query where no two of the rows that it reads are of one key: then none is left out. */
const ofLoneKeys = ({ maintenance }: Refreshing, rows: RelationNode): RelationNode =>
  maintenance.isFirstOfRows && rows.kind === "dedupe" ? rows.input : rows;

async function readAgain(one: Refreshing, by: ByKeys, touched: number): Promise<Outcome> {
  const { plan, context, before, changes, maintenance } = one;
  const { session } = context;
  const { table, quarantine } = plan;
  const { inputs } = changes;
  const deleteFrom = (name: string, rows: string) => session.exec(`DELETE FROM ${name} WHERE rowid IN (${rows})`);
  return commit(plan, context, true, async () => {
    await alter(plan, context);
    const { gone, rows, onlyCame } = await ofKeysNow(one, by, touched);
    const from: From = (name, of) => changes.from(name, onlyCame && of === "found" ? "added" : of);
    const outdated = { rows: gone ?? 0, table: OUTDATED };
    const { made: judged, changes: different } = await recorded(plan, { ...context, before, outdated }, async () => {
      if (outdated.rows > 0) await deleteFrom(nameOf(table), `SELECT __medallion_row FROM ${OUTDATED}`);
      if (quarantine && gone !== undefined) {
        const aside = quarantineName(table);
        await deleteFrom(aside, `SELECT rowid FROM ${aside} AS rows${ofKeys(by)}`);
      }
      return writeQuery(plan, query(rows, context, from), context);
    });
    if (gone !== undefined) await session.exec(`DROP TABLE ${OUTDATED}`);
    await finish(table, context, { before, changed: (different ?? outdated.rows + judged.written) > 0, inputs });
    const technique = outdated.rows + judged.staged > 0 ? maintenance.technique : "NO_OP";
    return { ...outcome(judged.staged, judged), refresh: { technique, issues: [] } };
  });
}
