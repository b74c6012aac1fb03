/** JSON as a strict parser takes it, as SQL. */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";

/**
 * DuckDB's parser accepts a comma behind the last element, and NaN and Infinity. They are looked for where there may be
 * one, once the texts are taken away.
 */
export function isStrict(x: string): string {
  const lenient = text("(?i),\\s*[\\]}]|(?:^|[:,\\[{\\s-])(?:nan|inf)");
  const texts = text('"(?:[^"\\\\]|\\\\.)*"');
  // Only the condition of a CASE leaves out what need not be asked.
  return `CASE WHEN regexp_matches(${x}, ${lenient}) THEN NOT regexp_matches(regexp_replace(${x}, ${texts}, '""', 'g'), ${lenient}) ELSE true END`;
}

export const isJson = (x: string): string => `json_valid(${x}) AND ${isStrict(x)}`;
