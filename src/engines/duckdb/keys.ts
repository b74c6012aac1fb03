/** Counts, of the rows that an update wrote, those whose declared key is null or another row's as well. */

import { keyRule } from "../../ast/keys.ts";
import { countKey } from "../../targets/duckdb/rows.ts";
import type { ExpectationResult } from "./update.ts";
import type { Session } from "./warehouse/session.ts";

/** The row id from which on rows are new, before they are written; not below `least`. */
export function endOf(session: Session, target: string, least = 0): Promise<number> {
  return session.count(`SELECT coalesce(max(rowid) + 1, ${least}) FROM ${target} WHERE rowid >= ${least}`);
}

/** Rows from the row id `start` on are new. */
export async function countNewKeys(
  session: Session,
  { target, key, start }: { readonly target: string; readonly key: readonly string[]; readonly start: number },
): Promise<ExpectationResult> {
  const [row] = await session.rows(countKey(target, key, start));
  const failed = Number(row?.["failed"] ?? 0);
  return { name: keyRule(key), action: "warn", passed: Number(row?.["written"] ?? 0) - failed, failed };
}
