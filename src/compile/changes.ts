/**
 * Applies change events as AUTO CDC does, in one SQL text that means the same on DuckDB and on Spark: it is what the
 * DuckDB engine runs, and the materialized view for a Spark whose catalog cannot merge.
 *
 * The result for a key depends on the set of its events alone: not on their order, their batches or other keys.
 * Of events with the same key and sequence one counts: a delete before an upsert, and among upserts the one whose
 * columns compare greatest, in their declared order, nulls lowest.
 *
 * Null is a value like any other, in every column. Names that begin with two underscores belong to these queries.
 */

export interface ChangeApplication {
  /**
   * What stands after FROM, once: the name of a table or CTE, or a subquery with an alias. It has the stored columns,
   * `__sequence` (not null) and `__delete` (boolean, not null).
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
  /** Writes an identifier, quoted where the dialect wants it. */
  readonly quote: (identifier: string) => string;
}

/** The latest state of every key that is not deleted: the stored columns. */
export function scd1Query(c: ChangeApplication): string {
  const order = ["__sequence DESC NULLS LAST", ...winnerFirst(c)];
  return `WITH __ranked AS (
${ranked(c, names(c, c.keys), order)}
)
${selected(c.columns.map(c.quote))}
FROM __ranked
WHERE __rank = 1 AND NOT __delete`;
}

/** Every version of every key: the stored columns, and between which sequences it held, `__START_AT` and `__END_AT`. */
export function scd2Query(c: ChangeApplication): string {
  const partition = `PARTITION BY ${names(c, c.keys)}`;
  const order = "ORDER BY __sequence ASC NULLS FIRST";
  const starts = [
    "__delete",
    "lag(__delete, 1, true) OVER __history",
    ...withoutKeys(c, c.trackHistory ?? c.columns).map(
      (column) => `${c.quote(column)} IS DISTINCT FROM lag(${c.quote(column)}) OVER __history`,
    ),
  ];
  return `WITH __ranked AS (
${ranked(c, `${names(c, c.keys)}, __sequence`, winnerFirst(c))}
),
__settled AS (
  SELECT
    *,
    (
      ${starts.join("\n      OR ")}
    ) AS __starts
  FROM __ranked
  WHERE __rank = 1
  WINDOW __history AS (${partition} ${order})
),
__versions AS (
  SELECT
    *,
    max(CASE WHEN __starts THEN __sequence END) OVER (
      ${partition}
      ${order}
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS __START_AT,
    lead(__sequence) OVER __history AS __END_AT,
    lead(__starts, 1, true) OVER __history AS __ends
  FROM __settled
  WINDOW __history AS (${partition} ${order})
)
${selected([...c.columns.map(c.quote), "__START_AT", "__END_AT"])}
FROM __versions
WHERE __ends AND NOT __delete`;
}

/** All events, numbered within a partition. */
function ranked(c: ChangeApplication, partition: string, order: readonly string[]): string {
  return `  SELECT
    *,
    row_number() OVER (
      PARTITION BY ${partition}
      ORDER BY
        ${order.join(",\n        ")}
    ) AS __rank
  FROM ${c.events}`;
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
