/** JSON by `read_files`: values with parts as they are, others as text. */
import type { SourceView } from "../format.ts";
import type { DatabricksReading, SparkSql } from "../readings.ts";
import type { JsonOptions } from "./options.ts";

export function jsonOnDatabricks({ options }: SourceView<JsonOptions>, sql: SparkSql): DatabricksReading {
  const { encoding, layout } = options;
  return {
    format: "json",
    options: [
      ...(layout === "array" ? ["multiLine => true"] : []),
      "allowSingleQuotes => false",
      "allowNonNumericNumbers => false",
      // Without it the reader does not look for line ends in another encoding.
      ...(encoding === "utf-8" || layout === "array" ? [] : ["lineSep => '\\n'"]),
    ],
    type: (column) => (sql.isJson(column) ? "VARIANT" : "STRING"),
    value: (column) => {
      const name = sql.identifier(column.name);
      return sql.isJson(column) ? `CASE WHEN NOT is_variant_null(${name}) THEN ${name} END` : name;
    },
    broken: { reason: "not JSON" },
    others: { of: "VARIANT" },
  };
}
