/** JSON as a strict parser takes it, as SQL. */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";

/**
 * DuckDB's parser accepts a comma behind the last element, and NaN and Infinity. They are looked for where there may be
 * one, once the texts are taken away.
 */
export function isStrict(x: string): string {
  const lenient = text("(?i),\\s*[\\]}]|(?:^|[:,\\[{\\s-])(?:nan|inf)");
  const texts = text('"(?:[^"\\\\]|\\\\.)*"');
  return `NOT (regexp_matches(${x}, ${lenient}) AND regexp_matches(regexp_replace(${x}, ${texts}, '""', 'g'), ${lenient}))`;
}

export const isJson = (x: string): string => `json_valid(${x}) AND ${isStrict(x)}`;
