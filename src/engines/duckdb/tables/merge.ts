/**
 * Merges new events into a change target. What later events need to know of earlier ones is in its heads: the last event of
 * every key (`heads.ts`). So new events that follow the head of their key are merged with the row that they continue, and
 * the history of a key is read again only where an event comes late.
 */
import { VERSION_TIMES } from "../../../ast/stored.ts";
import { isKeyType } from "../../../lower/incremental/parts.ts";
import type { LoweredChanges } from "../../../lower/table.ts";
import { appliedEvents } from "../../../sql/apply-changes.ts";
import { duckdb, duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { Outdated } from "../incremental/feeds.ts";
import { headsOf } from "../incremental/leftovers.ts";
import type { Catalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";
import { sameKey, type TableContext } from "./context.ts";
import { completeHeads, headsMade, lastTruncation, openHeads } from "./heads.ts";

interface NewEvents {
  /** SQL of the events that are new. */
  readonly fresh: string;
  /** SQL of all events, the new ones included. */
  readonly all: string;
  /** The generation of the target that the rows are written to. */
  readonly generation: string;
  /** Whether the target keeps the rows of earlier events. */
  readonly resumed: boolean;
  /** Does work that changes rows of the target: any of them, or only removes `outdated` ones and adds others. */
  readonly record: (work: () => Promise<void>, outdated?: Outdated) => Promise<void>;
}

const FRESH = "medallion_fresh";
/** The keys of new events, each once. */
const KEYS = "medallion_keys";
/** The keys of which an event is not after their head. */
const LATE = "medallion_late";
/** The rows of the target that are made again. */
const OUTDATED = "medallion_outdated";
/** The events that make the new rows: new ones, and what stands for earlier ones. */
const EVENTS = "medallion_events";
const MADE = "medallion_made";

/** Gives how many events are new. */
export async function merge(
  plan: LoweredChanges,
  events: NewEvents,
  { session, catalog }: TableContext,
): Promise<number> {
  const { resumed, generation } = events;
  const count = await session.count(`CREATE OR REPLACE TEMP TABLE ${FRESH} AS\n${events.fresh}`);
  const target: Target = { plan, events, session, catalog, heads: headsOf(generation), count };
  if (resumed && count === 0) await session.exec(`DROP TABLE ${FRESH}`);
  else if (resumed && (await canContinue(target))) await mergeKeys(target);
  else await rebuild(target);
  return count;
}

interface Target {
  readonly plan: LoweredChanges;
  readonly events: NewEvents;
  readonly session: Session;
  readonly catalog: Catalog;
  /** Name of the table of heads. */
  readonly heads: string;
  /** How many events are new. */
  readonly count: number;
}

/** A state of before tells no values that nulls stand for once a truncation comes late. */
async function canContinue({ plan, session, catalog, heads }: Target): Promise<boolean> {
  if (!(await completeHeads(plan, heads, { session, catalog }))) return false;
  return !fills(plan) || !(await isTruncated(plan, session));
}

const fills = ({ application }: LoweredChanges): boolean => (application.ignoreNullUpdates ?? []).length > 0;

async function isTruncated({ application }: LoweredChanges, session: Session): Promise<boolean> {
  return application.truncates && (await session.count(`SELECT count(*) FROM ${FRESH} WHERE __truncate`)) > 0;
}

/** Makes all rows from all events. */
async function rebuild({ plan, events, session, heads }: Target): Promise<void> {
  const { application } = plan;
  if (events.resumed) await session.exec(`CREATE OR REPLACE TEMP TABLE ${FRESH} AS\n${events.all}`);
  await session.exec(
    `CREATE OR REPLACE TEMP TABLE ${MADE} AS\n${appliedEvents(application, { events: FRESH, withLast: true, dialect: duckdb })}`,
  );
  await events.record(async () => {
    if (events.resumed) await session.exec(`DELETE FROM ${nameOf(plan.table)}`);
    await insert(plan, session);
  });
  const truncation = application.truncates ? `\nUNION ALL BY NAME\n${lastTruncation(FRESH)}` : "";
  await session.exec(`CREATE OR REPLACE TABLE ${heads} AS\n${headsMade(application, MADE)}${truncation}`);
  await session.exec(`DROP TABLE ${FRESH}; DROP TABLE ${MADE}`);
}

/** Makes the rows of the keys that have new events. */
async function mergeKeys(to: Target): Promise<void> {
  const { plan, session, heads } = to;
  const { application, table } = plan;
  const keys = application.keys.map(id).join(", ");
  // A truncation is an event of every key.
  const emptied = await isTruncated(plan, session);
  const all = emptied ? ` UNION SELECT ${keys} FROM ${heads} WHERE NOT __truncate` : "";
  const touched = await session.count(
    `CREATE OR REPLACE TEMP TABLE ${KEYS} AS SELECT DISTINCT ${keys} FROM ${FRESH}${all}`,
  );
  const late =
    (await session.count(
      `CREATE OR REPLACE TEMP TABLE ${LATE} AS SELECT DISTINCT ${qualified("fresh", application.keys)} FROM ${FRESH} AS fresh JOIN ${heads} AS head ON ${sameKey(table, "fresh", "head")} WHERE fresh.__sequence <= head.__sequence`,
    )) > 0;
  const rows = await session.count(`CREATE OR REPLACE TEMP TABLE ${OUTDATED} AS\n${outdatedRows(to, late)}`);
  const outdated = { rows, table: OUTDATED };
  await session.exec(`CREATE OR REPLACE TEMP TABLE ${EVENTS} AS\n${eventsOf(to, late, emptied)}`);
  await session.exec(
    `CREATE OR REPLACE TEMP TABLE ${MADE} AS\n${appliedEvents(application, { events: EVENTS, withLast: true, isSettled: !late && areLone(to, touched), dialect: duckdb })}`,
  );
  await to.events.record(async () => {
    if (outdated.rows > 0) await session.exec(deleteOutdated(plan, late));
    await insert(plan, session);
  }, outdated);
  await session.exec(`DELETE FROM ${heads} USING ${KEYS} AS touched WHERE ${sameKey(table, "touched", heads)}`);
  await session.exec(`INSERT INTO ${heads} BY NAME\n${headsMade(application, MADE)}`);
  if (emptied) {
    await session.exec(
      `DELETE FROM ${heads} WHERE __truncate; INSERT INTO ${heads} BY NAME\n${lastTruncation(EVENTS)}`,
    );
  }
  await session.exec([FRESH, KEYS, LATE, OUTDATED, EVENTS, MADE].map((name) => `DROP TABLE ${name}`).join("; "));
}

/** Whether each key has one new event: then, where none is late, no two events have the same key and sequence. */
function areLone({ plan: { table, application }, count }: Target, touched: number): boolean {
  // DuckDB sorts a negative zero as a zero, and gives what it has sorted.
  return count === touched && !application.truncates && table.columns.every((column) => isKeyType(column.type));
}

/** The new events, and what of the earlier ones they are applied after. */
function eventsOf(to: Target, late: boolean, emptied: boolean): string {
  const { plan, events, heads } = to;
  const { application, table } = plan;
  const { columns, truncates, type } = application;
  const own = ["__sequence", "__delete", ...(truncates ? ["__truncate"] : [])];
  const listed = (alias: string) => [qualified(alias, columns), ...own.map((name) => `${alias}.${name}`)].join(", ");
  const floor = truncates
    ? [`SELECT ${columns.map(() => "NULL").join(", ")}, __sequence, false, true FROM ${heads} WHERE __truncate`]
    : [];
  if (type === 1 && !fills(plan)) {
    // Only the head counts, and only where it is not outdone: of a key that is not late it is.
    const state = emptied ? [headEvents(plan, heads, KEYS)] : late ? [headEvents(plan, heads, LATE)] : [];
    return [`SELECT ${listed("fresh")} FROM ${FRESH} AS fresh`, ...state, ...floor].join("\nUNION ALL\n");
  }
  const punctual = late ? ` ANTI JOIN ${LATE} AS late ON ${sameKey(table, "late", "fresh")}` : "";
  const keys = late ? `(SELECT * FROM ${KEYS} AS fresh${punctual})` : KEYS;
  const history = `SELECT ${listed("event")} FROM (\n${events.all}\n) AS event JOIN ${LATE} AS late ON ${sameKey(table, "late", "event")}`;
  return [
    `SELECT ${listed("fresh")} FROM ${FRESH} AS fresh${punctual}`,
    type === 1 ? headEvents(plan, heads, keys) : openVersions(plan, keys),
    ...(late ? [history] : []),
    ...floor,
  ].join("\nUNION ALL\n");
}

/** The last event of each key of `keys`, with the values that it left. */
function headEvents({ table, application }: LoweredChanges, heads: string, keys: string): string {
  const columns = application.columns.map((c) => `${application.keys.includes(c) ? "head" : "target"}.${id(c)}`);
  const truncate = application.truncates ? ", false" : "";
  return `SELECT ${columns.join(", ")}, head.__sequence, head.__delete${truncate}
FROM ${heads} AS head
JOIN ${keys} AS touched ON ${sameKey(table, "head", "touched")}
LEFT JOIN ${OUTDATED} AS target ON ${sameKey(table, "head", "target")}`;
}

/** The version of each key of `keys` that has not ended, as the event that began it: with the values that it has now. */
function openVersions({ table, application }: LoweredChanges, keys: string): string {
  return `SELECT ${qualified("target", application.columns)}, target.__START_AT, false
FROM ${OUTDATED} AS target
JOIN ${keys} AS touched ON ${sameKey(table, "target", "touched")}
WHERE target.__END_AT IS NULL`;
}

/** A query of the rows that are made again: versions that have ended stay, but those of keys that are late. */
function outdatedRows({ plan: { table, application }, heads }: Target, late: boolean): string {
  const of = (keys: string) =>
    `SELECT target.* FROM ${nameOf(table)} AS target SEMI JOIN ${keys} AS touched ON ${sameKey(table, "touched", "target")}`;
  if (application.type === 1) return of(KEYS);
  // Finding the versions that have not ended among all takes as long as there is history.
  const open = openHeads(table, application, { heads, keys: KEYS });
  return late ? `${open}\nUNION ALL BY NAME\n${of(LATE)} WHERE __END_AT IS NOT NULL` : open;
}

/** Deletes the same rows by their keys: reading which row ids the others have would take longer. */
function deleteOutdated({ table, application }: LoweredChanges, late: boolean): string {
  const of = (keys: string) =>
    `DELETE FROM ${nameOf(table)} AS target USING ${keys} AS touched WHERE ${sameKey(table, "touched", "target")}`;
  if (application.type === 1) return of(KEYS);
  const open = `${of(KEYS)} AND target.__END_AT IS NULL`;
  return late ? `${open};\n${of(LATE)}` : open;
}

async function insert({ table, application }: LoweredChanges, session: Session): Promise<void> {
  const columns = [...application.columns.map(id), ...(application.type === 2 ? VERSION_TIMES : [])];
  const list = columns.join(", ");
  await session.exec(`INSERT INTO ${nameOf(table)} (${list}) SELECT ${list} FROM ${MADE} WHERE NOT __delete`);
}

const qualified = (alias: string, columns: readonly string[]) => columns.map((c) => `${alias}.${id(c)}`).join(", ");
