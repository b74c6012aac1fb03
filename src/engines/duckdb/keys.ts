/** Counts, of the rows that an update wrote, those whose declared key is null or another row's as well. */

import { keyRule } from "../../ast/keys.ts";
import { duckdbIdentifier as id } from "../../targets/duckdb/dialect.ts";
import type { Session } from "./session.ts";
import type { ExpectationResult } from "./update.ts";

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
