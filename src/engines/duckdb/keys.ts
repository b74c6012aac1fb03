/** Counts, of the rows that an update wrote, those whose declared key is null or another row's as well. */

import { hasProvenKey, keyRule } from "../../ast/keys.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ErrorDetails } from "../../core/errors.ts";
import { duckdbIdentifier as id } from "../../targets/duckdb/dialect.ts";
import type { Session } from "./session.ts";
import type { ExpectationResult } from "./update.ts";

/** The key that is to be counted: `undefined` where there is none, or none that the data could break. */
export function keyToCount(table: TableNode, tables: ReadonlyMap<string, TableNode>): readonly string[] | undefined {
  return table.kind === "query" && !hasProvenKey(table, tables) ? table.settings.key : undefined;
}

/** The row id from which on rows are new, before they are written. */
export function endOf(session: Session, target: string): Promise<number> {
  return session.count(`SELECT coalesce(max(rowid) + 1, 0) FROM ${target}`);
}

/** Rows from the row id `start` on are new: of the others only those of the same keys are looked at. */
export async function countKey(
  session: Session,
  { target, key, start }: { readonly target: string; readonly key: readonly string[]; readonly start: number },
): Promise<ExpectationResult> {
  const columns = key.map((name, i) => `__old.${id(name)} AS k${i}`).join(", ");
  const same = key.map((name) => `__old.${id(name)} IS NOT DISTINCT FROM __new.${id(name)}`).join(" AND ");
  const newKeys = `(SELECT DISTINCT ${key.map(id).join(", ")} FROM ${target} WHERE rowid >= ${start})`;
  const among = start === 0 ? "" : ` SEMI JOIN ${newKeys} AS __new ON ${same}`;
  const broken = ["n > 1", ...key.map((_, i) => `k${i} IS NULL`)].join(" OR ");
  const [row] = await session.rows(
    `SELECT coalesce(sum(fresh), 0)::BIGINT AS written, coalesce(sum(fresh) FILTER (WHERE ${broken}), 0)::BIGINT AS failed
FROM (
  SELECT ${columns}, count(*) AS n, count(*) FILTER (WHERE __old.rowid >= ${start}) AS fresh
  FROM ${target} AS __old${among}
  GROUP BY ALL
)`,
  );
  const failed = Number(row?.["failed"] ?? 0);
  return { name: keyRule(key), action: "warn", passed: Number(row?.["written"] ?? 0) - failed, failed };
}

/** What a broken key means for the table's readers, and how to find its rows. */
export function brokenKey(
  table: TableNode,
  key: readonly string[],
  { passed, failed }: ExpectationResult,
): ErrorDetails {
  const columns = key.map(id).join(", ");
  return {
    code: "KEY003",
    message: `${failed} of ${passed + failed} rows that were written to ${table.layer}.${table.name} do not have a key (${key.join(", ")}) of their own: lookup() reads one row of each key`,
    help: `find them: SELECT ${columns}, count(*) FROM ${table.layer}.${id(table.name)} GROUP BY ${columns} HAVING count(*) > 1; dedupe() them by the key, or add the column that tells them apart to key()`,
    location: table.at,
    table: table.name,
  };
}
