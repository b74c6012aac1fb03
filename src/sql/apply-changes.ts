/**
 * Applies change events as AUTO CDC does, in one SQL text that means the same on DuckDB and on Spark: it is what the
 * DuckDB engine runs, and the materialized view for a Spark whose catalog cannot merge.
 *
 * The result for a key depends on the set of its events alone: not on their order, their batches or other keys.
 * Of events with the same key and sequence one counts: a delete before an upsert, and among upserts the one whose
 * columns compare greatest, in their declared order, nulls lowest. A truncation counts before every other event of
 * its sequence.
 *
 * Null is a value like any other, but in the columns of `ignoreNullUpdates`. Names that begin with two underscores
 * belong to these queries.
 */

import { END_AT, START_AT } from "../ast/stored.ts";
import type { Cte } from "../formats/readings.ts";
import type { Application } from "../lower/application.ts";
import { list, withCtes } from "./block.ts";
import type { Dialect } from "./dialect.ts";

export interface Applied {
  /**
   * What stands after FROM, once: the name of a table or CTE, or a subquery with an alias. It has the stored columns,
   * `__sequence` (not null), `__delete` (boolean, not null) and, where events truncate, `__truncate` (the same).
   */
  readonly events: string;
  /**
   * Whether rows come with `__sequence` and `__delete` of their last event, and those that a delete ended as well: all that
   * later events need to know of earlier ones.
   */
  readonly withLast?: boolean;
  /** Whether no two events have the same key and sequence. */
  readonly isSettled?: boolean;
  readonly dialect: Pick<Dialect, "identifier" | "lastNotNull" | "ordersAnyType">;
}

interface Applying extends Application, Applied {}

/** A query of the rows that events make. */
export function appliedEvents(application: Application, applied: Applied): string {
  const query = application.type === 1 ? scd1Query : scd2Query;
  return query({ ...application, ...applied });
}

/** The latest state of every key that is not deleted: the stored columns. */
function scd1Query(c: Applying): string {
  const before = prepared(c);
  const order = ["__sequence DESC NULLS LAST", ...winnerFirst(c)];
  const latest = { name: "__latest", sql: ranked(before.from, names(c, c.keys), order) };
  return `${withCtes([...before.ctes, latest])}
SELECT
${list([...c.columns.map(c.dialect.identifier), ...last(c)])}
FROM __latest
WHERE __rank = 1${standing(c)}`;
}

/** Every version of every key: the stored columns, and between which sequences it held, `__START_AT` and `__END_AT`. */
function scd2Query(c: Applying): string {
  const before = prepared(c);
  const partition = `PARTITION BY ${names(c, c.keys)}`;
  const order = "ORDER BY __sequence ASC NULLS FIRST";
  const starts = [
    "__delete",
    "lag(__delete, 1, true) OVER __history",
    ...withoutKeys(c, c.trackHistory ?? c.columns)
      .map((column) => compared(c, column))
      .map((value) => `${value} IS DISTINCT FROM lag(${value}) OVER __history`),
  ];
  const settled = before.settled ? before : settle(c, before);
  const marked = {
    name: "__marked",
    sql: `SELECT
  *,
  (
    ${starts.join("\n    OR ")}
  ) AS __starts
FROM ${settled.from}
WINDOW __history AS (${partition} ${order})`,
  };
  const versions = {
    name: "__versions",
    sql: `SELECT
  *,
  max(CASE WHEN __starts THEN __sequence END) OVER (
    ${partition}
    ${order}
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS __START_AT,
  lead(__sequence) OVER __history AS __END_AT,
  lead(__starts, 1, true) OVER __history AS __ends
FROM __marked
WINDOW __history AS (${partition} ${order})`,
  };
  return `${withCtes([...settled.ctes, marked, versions])}
SELECT
${list([...c.columns.map(c.dialect.identifier), START_AT, END_AT, ...last(c)])}
FROM __versions
WHERE __ends${standing(c)}`;
}

/** What tells whether a value changed: its JSON text, where the engine does not compare the type. */
function compared({ dialect, orderable }: Applying, column: string): string {
  const name = dialect.identifier(column);
  return dialect.ordersAnyType || orderable.includes(column) ? name : `to_json(${name})`;
}

const last = ({ withLast }: Applying) => (withLast ? ["__sequence", "__delete"] : []);
const standing = ({ withLast }: Applying) => (withLast ? "" : " AND NOT __delete");

interface Prepared {
  readonly ctes: readonly Cte[];
  readonly from: string;
  /** Whether one event per key and sequence is left. */
  readonly settled: boolean;
}

/** The events that count, with the values that nulls stand for. */
function prepared(c: Applying): Prepared {
  const live = c.truncates ? afterTruncation(c.events) : { ctes: [], from: c.events, settled: false };
  const ignored = withoutKeys(c, c.ignoreNullUpdates ?? []);
  return ignored.length === 0 ? live : filled(c, settle(c, live), ignored);
}

function afterTruncation(events: string): Prepared {
  const live = `SELECT *
FROM __events
WHERE NOT __truncate
  AND coalesce(__sequence > (SELECT max(CASE WHEN __truncate THEN __sequence END) FROM __events), true)`;
  return {
    ctes: [
      { name: "__events", sql: `SELECT *\nFROM ${events}` },
      { name: "__live", sql: live },
    ],
    from: "__live",
    settled: false,
  };
}

/** One event per key and sequence. */
function settle(c: Applying, before: Prepared): Prepared {
  if (c.isSettled) return { ...before, settled: true };
  const { ctes, from } = before;
  const rankedEvents = ranked(from, `${names(c, c.keys)}, __sequence`, winnerFirst(c));
  return {
    ctes: [
      ...ctes,
      { name: "__ranked", sql: rankedEvents },
      { name: "__settled", sql: "SELECT *\nFROM __ranked\nWHERE __rank = 1" },
    ],
    from: "__settled",
    settled: true,
  };
}

/** Nulls replaced by the last value of the same life of the key: a delete ends a life. */
function filled(c: Applying, { ctes, from }: Prepared, ignored: readonly string[]): Prepared {
  const keys = names(c, c.keys);
  const lives = `SELECT
  *,
  coalesce(sum(CASE WHEN __delete THEN 1 ELSE 0 END) OVER (
    PARTITION BY ${keys}
    ORDER BY __sequence ASC NULLS FIRST
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ), 0) AS __life
FROM ${from}`;
  const columns = c.columns.map((column) => {
    const name = c.dialect.identifier(column);
    return ignored.includes(column) ? `${c.dialect.lastNotNull(name)} OVER __so_far AS ${name}` : name;
  });
  const values = `SELECT
${list([...columns, "__sequence", "__delete"])}
FROM __lives
WINDOW __so_far AS (
  PARTITION BY ${keys}, __life
  ORDER BY __sequence ASC NULLS FIRST
  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)`;
  return {
    ctes: [...ctes, { name: "__lives", sql: lives }, { name: "__filled", sql: values }],
    from: "__filled",
    settled: true,
  };
}

/** All events, numbered within a partition. */
function ranked(from: string, partition: string, order: readonly string[]): string {
  return `SELECT
  *,
  row_number() OVER (
    PARTITION BY ${partition}
    ORDER BY
      ${order.join(",\n      ")}
  ) AS __rank
FROM ${from}`;
}

/** The order that puts the event that counts first, among those of one key and sequence. */
function winnerFirst(c: Applying): readonly string[] {
  const columns = withoutKeys(c, c.orderable);
  return ["__delete DESC NULLS LAST", ...columns.map((column) => `${c.dialect.identifier(column)} DESC NULLS LAST`)];
}

function withoutKeys(c: Applying, columns: readonly string[]): readonly string[] {
  return columns.filter((column) => !c.keys.includes(column));
}

function names(c: Applying, columns: readonly string[]): string {
  return columns.map(c.dialect.identifier).join(", ");
}
