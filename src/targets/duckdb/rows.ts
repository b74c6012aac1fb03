/** What becomes of the rows of a query, as DuckDB's statements: which are kept, quarantined or counted, and what fails. */

import { keyRule } from "../../ast/keys.ts";
import { BROKEN_ROW_COLUMNS } from "../../ast/reserved.ts";
import type { ExpectationNode, ViolationAction } from "../../ast/settings.ts";
import type { RowRules } from "../../lower/rules.ts";
import { READABLE } from "../../settings/expectations.ts";
import { list } from "../../sql/block.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { overColumns } from "../../sql/expr.ts";
import { block } from "../layout.ts";
import { duckdb, duckdbIdentifier as id, duckdbText as text } from "./dialect.ts";

/** A rule as a boolean column of staged rows. */
export interface Flag {
  readonly rule: ExpectationNode;
  readonly column: string;
  /** True where the rule holds; a rule that gives null is broken. */
  readonly sql: string;
}

export function flagsOf({ all }: RowRules, dialect: Dialect = duckdb): readonly Flag[] {
  return all.map((rule, i) => ({
    rule,
    column: `__rule${i}`,
    sql: `coalesce(${overColumns(dialect)(rule.predicate)}, false)`,
  }));
}

export function withFlags(rows: string, flags: readonly Flag[]): string {
  return `SELECT\n${list(["*", ...flags.map((f) => `${f.sql} AS ${f.column}`)])}\nFROM ${rows}`;
}

/** Rows before their rules decide. */
export interface Staged {
  /** What stands after FROM: columns of the table, and a column for each flag. */
  readonly from: string;
  /** The names of the columns that are written; others are null. */
  readonly columns: readonly string[];
  readonly flags: readonly Flag[];
  /** SQL of why a row could not be read and of the row as it came, where there may be such rows. */
  readonly problem?: { readonly reason: string; readonly raw: string };
  /** SQL of where a row came from. */
  readonly origin: string;
}

export const flagsFor = (flags: readonly Flag[], ...actions: readonly ViolationAction[]): readonly Flag[] =>
  flags.filter((flag) => actions.includes(flag.rule.action));

const isReadable = (problem: NonNullable<Staged["problem"]>) => `${problem.reason} IS NULL`;
const readable = ({ problem }: Staged): readonly string[] => (problem ? [isReadable(problem)] : []);

/** Aggregates of which each has a FILTER cost DuckDB the square of their number. `count_if` of no rows is null. */
export const rowsWhere = (conditions: readonly string[]): string =>
  conditions.length === 0 ? "count(*)" : `coalesce(count_if(${conditions.join(" AND ")}), 0)::BIGINT`;

/** One row: how many rows there are (`n`), are `readable`, are `dropped`, and hold each rule (`c0`, `c1`, …). */
export function countStaged(staged: Staged): string {
  const { flags, from } = staged;
  const counts = [
    "count(*) AS n",
    `${rowsWhere(readable(staged))} AS readable`,
    `${dropped(staged)} AS dropped`,
    ...flags.map((f, i) => `${rowsWhere([...readable(staged), f.column])} AS c${i}`),
  ];
  return `SELECT ${counts.join(", ")} FROM ${from}`;
}

/** Readable rows that break a dropping rule and no rule that keeps them in the quarantine. */
function dropped(staged: Staged): string {
  const [drops, keeps] = [flagsFor(staged.flags, "drop"), flagsFor(staged.flags, "quarantine")].map((flags) =>
    flags.map((f) => f.column),
  );
  if (!drops || !keeps || drops.length === 0) return "0";
  return rowsWhere([...readable(staged), `NOT (${drops.join(" AND ")})`, ...keeps]);
}

/** Writes the rows that are kept. */
export function insertKept(target: string, staged: Staged): string {
  const columns = staged.columns.map(id);
  const conditions = [...flagsFor(staged.flags, "drop", "quarantine").map((f) => f.column), ...readable(staged)];
  const where = conditions.length === 0 ? "" : `\nWHERE ${conditions.join("\n  AND ")}`;
  return `INSERT INTO ${target} ${block(columns)}\nSELECT\n${list(columns)}\nFROM ${staged.from}${where}`;
}

/** Writes the rows that are quarantined; a dropping rule that such a row breaks too does not lose it. */
export function insertQuarantined(quarantine: string, staged: Staged, updateId: string): string {
  const { problem, flags, origin, from } = staged;
  const rules = flagsFor(flags, "quarantine");
  const names = [
    ...(problem ? [`CASE WHEN NOT (${isReadable(problem)}) THEN ${text(READABLE)} END`] : []),
    ...rules.map(
      (f) => `CASE WHEN ${[...readable(staged), `NOT ${f.column}`].join(" AND ")} THEN ${text(f.rule.name)} END`,
    ),
  ];
  const conditions = [...(problem ? [`NOT (${isReadable(problem)})`] : []), ...rules.map((f) => `NOT ${f.column}`)];
  const own = staged.columns.map(id);
  const values = [
    ...own,
    `list_filter([${names.join(", ")}], lambda rule: rule IS NOT NULL)`,
    problem?.reason ?? "CAST(NULL AS VARCHAR)",
    problem?.raw ?? "CAST(NULL AS VARCHAR)",
    origin,
    "now()",
    updateId,
  ];
  const columns = [...own, ...BROKEN_ROW_COLUMNS];
  return `INSERT INTO ${quarantine} ${block(columns)}\nSELECT\n${list(values)}\nFROM ${from}\nWHERE ${conditions.join("\n  OR ")}`;
}

/** A row per rule: its name, its action, and how many readable rows hold it and break it. */
export function countRules(staged: Staged): readonly string[] {
  return staged.flags.map(({ rule, column }) => {
    const count = (condition: string) => rowsWhere([...readable(staged), condition]);
    return `SELECT ${text(rule.name)}, ${text(rule.action)}, ${count(column)}, ${count(`NOT ${column}`)} FROM ${staged.from}`;
  });
}

/** A row that breaks the rule of a flag: columns of it as text (`v0`, `v1`, …), of the same row in every run. */
export function selectBroken(staged: Staged, { column }: Flag, columns: readonly string[]): string {
  const values = columns.map((name, i) => `CAST(${id(name)} AS VARCHAR) AS v${i}`);
  const conditions = [...readable(staged), `NOT ${column}`];
  return `SELECT ${values.join(", ")} FROM ${staged.from} WHERE ${conditions.join(" AND ")} ORDER BY ALL LIMIT 1`;
}

/** Ends with an error where rows break the rule of a flag. */
export function failWhereBroken(staged: Staged, { column }: Flag, failure: string): string {
  const broken = rowsWhere([...readable(staged), `NOT ${column}`]);
  const message = `CAST(n AS VARCHAR) || CASE WHEN n = 1 THEN ' row breaks ' ELSE ' rows break ' END || ${text(failure)}`;
  return `SELECT CASE WHEN n > 0 THEN error(${message}) END FROM (SELECT ${broken} AS n FROM ${staged.from})`;
}

/**
 * One row: of how many rows from the row id `start` on the declared key was `written`, and for how many it `failed`: it is
 * null, or another row's as well. Of the rows before only those of the same keys are looked at.
 */
export function countKey(target: string, key: readonly string[], start = 0): string {
  const columns = key.map((name, i) => `__old.${id(name)} AS k${i}`).join(", ");
  const same = key.map((name) => `__old.${id(name)} IS NOT DISTINCT FROM __new.${id(name)}`).join(" AND ");
  const newKeys = `(SELECT DISTINCT ${key.map(id).join(", ")} FROM ${target} WHERE rowid >= ${start})`;
  const among = start === 0 ? "" : ` SEMI JOIN ${newKeys} AS __new ON ${same}`;
  const broken = ["n > 1", ...key.map((_, i) => `k${i} IS NULL`)].join(" OR ");
  return `SELECT coalesce(sum(fresh), 0)::BIGINT AS written, coalesce(sum(fresh) FILTER (WHERE ${broken}), 0)::BIGINT AS failed
FROM (
  SELECT ${columns}, count(*) AS n, count(*) FILTER (WHERE __old.rowid >= ${start}) AS fresh
  FROM ${target} AS __old${among}
  GROUP BY ALL
)`;
}

/** A row as `countRules` gives them, for the key of all rows. */
export function countWholeKey(target: string, key: readonly string[]): string {
  return `SELECT ${text(keyRule(key))}, 'warn', written - failed, failed FROM (\n${countKey(target, key)}\n)`;
}
