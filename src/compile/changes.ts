/**
 * Applies change events as AUTO CDC does. One SQL text for every engine: it is also what Spark without a merging
 * catalog runs as a materialized view.
 *
 * Events of one key with equal sequence are settled by rule, whatever their order or batch: a delete wins, among
 * upserts the one whose columns compare greatest, in order, nulls lowest.
 */

export interface ChangeApplication {
  /** A relation with the stored columns, `__sequence` (not null) and `__delete` (not null). */
  readonly events: string;
  readonly keys: readonly string[];
  /** The stored columns in order, keys included. */
  readonly columns: readonly string[];
  /** The columns that can be compared, for the rule of equal sequences. */
  readonly orderable: readonly string[];
  /** Only a change in these makes a version. Absent: a change in any column. */
  readonly trackHistory?: readonly string[];
  readonly quote: (identifier: string) => string;
}

const list = (items: readonly string[], indent: string) => items.join(`,\n${indent}`);

/** One event for each key and sequence: the winner by the stated rule. */
function winners(c: ChangeApplication): string {
  return ["__delete DESC", ...c.orderable.map((column) => `${c.quote(column)} DESC NULLS LAST`)].join(", ");
}

/** Type 1: the latest state of each key that is not deleted. */
export function scd1Query(c: ChangeApplication): string {
  const keys = c.keys.map(c.quote).join(", ");
  return `SELECT
  ${list(c.columns.map(c.quote), "  ")}
FROM (
  SELECT
    *,
    row_number() OVER (PARTITION BY ${keys} ORDER BY __sequence DESC, ${winners(c)}) AS __rank
  FROM ${c.events}
) AS ranked
WHERE __rank = 1 AND NOT __delete`;
}

/** Type 2: every version of each key, with the sequences between which it held. */
export function scd2Query(c: ChangeApplication): string {
  const keys = c.keys.map(c.quote).join(", ");
  const tracked = (c.trackHistory ?? c.columns).filter((column) => !c.keys.includes(column)).map(c.quote);
  const inOrder = `OVER (PARTITION BY ${keys} ORDER BY __sequence ASC NULLS FIRST)`;
  const changed = [
    "__delete",
    `lag(__sequence) ${inOrder} IS NULL`,
    `lag(__delete) ${inOrder}`,
    ...tracked.map((column) => `${column} IS DISTINCT FROM lag(${column}) ${inOrder}`),
  ];
  return `WITH ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY ${keys}, __sequence ORDER BY ${winners(c)}) AS __rank
  FROM ${c.events}
),
compared AS (
  SELECT
    *,
    CASE WHEN ${changed.join("\n      OR ")} THEN 1 ELSE 0 END AS __starts
  FROM ranked
  WHERE __rank = 1
),
numbered AS (
  SELECT
    *,
    sum(__starts) OVER (PARTITION BY ${keys} ORDER BY __sequence ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS __version
  FROM compared
),
versions AS (
  SELECT
    *,
    min(__sequence) OVER (PARTITION BY ${keys}, __version) AS __START_AT,
    row_number() OVER (PARTITION BY ${keys}, __version ORDER BY __sequence DESC NULLS LAST) AS __last
  FROM numbered
),
closed AS (
  SELECT
    *,
    lead(__START_AT) OVER (PARTITION BY ${keys} ORDER BY __START_AT ASC NULLS FIRST) AS __END_AT
  FROM versions
  WHERE __last = 1
)
SELECT
  ${list([...c.columns.map(c.quote), "__START_AT", "__END_AT"], "  ")}
FROM closed
WHERE NOT __delete`;
}
