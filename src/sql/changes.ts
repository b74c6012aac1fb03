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

import { indent } from "./block.ts";

export interface ChangeApplication {
  /**
   * What stands after FROM, once: the name of a table or CTE, or a subquery with an alias. It has the stored columns,
   * `__sequence` (not null), `__delete` (boolean, not null) and, where events truncate, `__truncate` (the same).
   */
  readonly events: string;
  /** The stored columns that identify a row, at least one. */
  readonly keys: readonly string[];
  /** All stored columns in order, keys included. */
  readonly columns: readonly string[];
  /**
   * The stored columns that settle equal sequences; all by default. Leave out those of a type that has no order, such
   * as a map: events that differ in nothing else are settled by chance.
   */
  readonly orderable?: readonly string[];
  /**
   * Type 2 only: the columns whose changes make versions; all by default. The others show their last value within
   * a version.
   */
  readonly trackHistory?: readonly string[];
  /** The stored columns that the engine does not compare: their JSON texts tell whether a value changed. */
  readonly asJson?: readonly string[];
  /** The stored columns in which a null leaves the value of the event before. A delete forgets it. */
  readonly ignoreNullUpdates?: readonly string[];
  /** Type 1 only: whether events may truncate the table. */
  readonly truncates?: boolean;
  /**
   * Whether rows come with `__sequence` and `__delete` of their last event, and those that a delete ended as well: all that
   * later events need to know of earlier ones.
   */
  readonly withLast?: boolean;
  /** Writes an identifier, quoted where the dialect wants it. */
  readonly quote: (identifier: string) => string;
  /** Writes the window function that gives the last value that is not null, without its OVER. */
  readonly lastNotNull: (sql: string) => string;
}

interface Cte {
  readonly name: string;
  readonly sql: string;
}

/** The latest state of every key that is not deleted: the stored columns. */
export function scd1Query(c: ChangeApplication): string {
  const before = prepared(c);
  const order = ["__sequence DESC NULLS LAST", ...winnerFirst(c)];
  const latest = { name: "__latest", sql: ranked(before.from, names(c, c.keys), order) };
  return `${withCtes([...before.ctes, latest])}
${selected([...c.columns.map(c.quote), ...last(c)])}
FROM __latest
WHERE __rank = 1${standing(c)}`;
}

/** Every version of every key: the stored columns, and between which sequences it held, `__START_AT` and `__END_AT`. */
export function scd2Query(c: ChangeApplication): string {
  const before = prepared(c);
  const partition = `PARTITION BY ${names(c, c.keys)}`;
  const order = "ORDER BY __sequence ASC NULLS FIRST";
  const starts = [
    "__delete",
    "lag(__delete, 1, true) OVER __history",
    ...withoutKeys(c, c.trackHistory ?? c.columns).map((column) => {
      const value = c.asJson?.includes(column) ? `to_json(${c.quote(column)})` : c.quote(column);
      return `${value} IS DISTINCT FROM lag(${value}) OVER __history`;
    }),
  ];
  const settled = before.settled ? { ctes: before.ctes, from: before.from } : settle(c, before);
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
${selected([...c.columns.map(c.quote), "__START_AT", "__END_AT", ...last(c)])}
FROM __versions
WHERE __ends${standing(c)}`;
}

const last = ({ withLast }: ChangeApplication) => (withLast ? ["__sequence", "__delete"] : []);
const standing = ({ withLast }: ChangeApplication) => (withLast ? "" : " AND NOT __delete");

interface Prepared {
  readonly ctes: readonly Cte[];
  readonly from: string;
  /** Whether one event a key and sequence is left. */
  readonly settled: boolean;
}

/** The events that count, with the values that nulls stand for. */
function prepared(c: ChangeApplication): Prepared {
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

/** One event a key and sequence. */
function settle(c: ChangeApplication, { ctes, from }: Prepared): Prepared {
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
function filled(c: ChangeApplication, { ctes, from }: Prepared, ignored: readonly string[]): Prepared {
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
    const name = c.quote(column);
    return ignored.includes(column) ? `${c.lastNotNull(name)} OVER __so_far AS ${name}` : name;
  });
  const values = `${selected([...columns, "__sequence", "__delete"])}
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
function winnerFirst(c: ChangeApplication): readonly string[] {
  const columns = withoutKeys(c, c.orderable ?? c.columns);
  return ["__delete DESC NULLS LAST", ...columns.map((column) => `${c.quote(column)} DESC NULLS LAST`)];
}

function withoutKeys(c: ChangeApplication, columns: readonly string[]): readonly string[] {
  return columns.filter((column) => !c.keys.includes(column));
}

function names(c: ChangeApplication, columns: readonly string[]): string {
  return columns.map(c.quote).join(", ");
}

function selected(items: readonly string[]): string {
  return `SELECT\n  ${items.join(",\n  ")}`;
}

function withCtes(ctes: readonly Cte[]): string {
  return `WITH ${ctes.map((cte) => `${cte.name} AS (\n${indent(cte.sql)}\n)`).join(",\n")}`;
}
