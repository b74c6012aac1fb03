/** Queries that use the time of now: their rows grow old without any change of their inputs. */

import type { TableNode } from "../../../ast/pipeline.ts";
import { allExprs } from "../../../ast/scopes.ts";

/** Spark's and DuckDB's names. Only raw SQL has them: the catalogue has no function of the clock. */
const INSTANT =
  /\b(current_timestamp|localtimestamp|current_time|localtime|current_localtimestamp|current_localtime)\b|\b(now|unix_timestamp|get_current_timestamp|get_current_time|transaction_timestamp|sysdate|systimestamp)\s*\(\s*\)/i;
const DAY = /\b(current_date|curdate)\b|\btoday\s*\(\s*\)/i;
const TEXTS = /'(?:[^']|'')*'/g;

/** Whether the clock has moved on, as far as the table's query can tell, since it was last run. */
export function clockMoved(table: TableNode, since: Date, now: Date): boolean {
  const raw = allExprs(table).flatMap((expr) =>
    expr.kind === "raw" ? [expr.text.join(" ").replaceAll(TEXTS, "''")] : [],
  );
  if (raw.some((sql) => INSTANT.test(sql))) return now.getTime() !== since.getTime();
  const day = (date: Date) => date.toISOString().slice(0, 10);
  return day(now) !== day(since) && raw.some((sql) => DAY.test(sql));
}
