/** JSON on open-source Spark: lines, or elements of one array per file. */
import type { SourceView } from "../format.ts";
import type { Cte, SparkReading, SparkSql } from "../readings.ts";
import type { JsonOptions } from "./options.ts";

const STRICT = "map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')";

/** SQL of the values of a JSON object by their names. */
export function fieldsOf(json: string): string {
  return `from_json(${json}, 'MAP<STRING, VARIANT>', ${STRICT})`;
}

/** SQL of a declared column over its field; the text of a field is `shown`. */
export function fieldValue({ isJson }: SparkSql, shown = (text: string) => text): SparkReading["value"] {
  return (field, column) =>
    isJson(column) ? `CASE WHEN NOT is_variant_null(${field}) THEN ${field} END` : shown(`CAST(${field} AS STRING)`);
}

export function jsonOnSpark({ options: { layout } }: SourceView<JsonOptions>, sql: SparkSql): SparkReading {
  return {
    view: layout === "array" ? "files" : "lines",
    ctes: (from) => jsonRows(layout === "array" ? elements(from, sql) : lines(from), sql),
    value: fieldValue(sql, sql.withoutMarks),
    of: "VARIANT",
  };
}

const ORIGIN = "__path,\n  __modified_at";

function lines(from: string): string {
  return `SELECT\n  value AS __row,\n  ${ORIGIN}\nFROM ${from}\nWHERE value RLIKE '\\\\S'`;
}

function elements(from: string, { withMarks, withoutMarks }: SparkSql): string {
  // Marks are for JSON that is valid.
  const marked = `CASE WHEN json_array_length(value) IS NOT NULL THEN ${withMarks("value")} ELSE value END`;
  return `SELECT\n  coalesce(${withoutMarks("to_json(element)")}, value) AS __row,\n  ${ORIGIN}\nFROM ${from}\nLATERAL VIEW OUTER explode(from_json(${marked}, 'ARRAY<VARIANT>', ${STRICT})) AS element\nWHERE trim(value) RLIKE '\\\\S' AND NOT (element IS NULL AND trim(value) RLIKE '\\\\A\\\\[\\\\s*\\\\]\\\\s*\\\\z')`;
}

function jsonRows(records: string, { withMarks }: SparkSql): readonly Cte[] {
  return [
    ["lines", records],
    ["parsed", `SELECT\n  *,\n  json_array_length(concat('[', __row, ']')) <=> 1 AS __valid\nFROM lines`],
    [
      "fields",
      `SELECT
  *,
  CASE WHEN __valid AND __row RLIKE '\\\\A\\\\s*[{]' THEN ${fieldsOf(withMarks("__row"))} END AS __fields
FROM parsed`,
    ],
    [
      "read",
      `SELECT
  *,
  CASE WHEN __fields IS NULL THEN
    CASE WHEN __valid AND try_parse_json(__row) IS NOT NULL THEN 'not a JSON object' ELSE 'not JSON' END
  END AS __fault
FROM fields`,
    ],
  ];
}
