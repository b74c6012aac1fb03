/** CSV by `read_files`: everything as text, and then as its type. */
import type { SourceView } from "../format.ts";
import { notNullText, withoutNullTexts } from "../options.ts";
import type { DatabricksReading, SparkSql } from "../readings.ts";
import type { CsvOptions } from "./options.ts";

export function csvOnDatabricks({ options }: SourceView<CsvOptions>, sql: SparkSql): DatabricksReading {
  const { identifier: id, text } = sql;
  const { header, delimiter } = options;
  const isText = notNullText("v", options, text);
  return {
    format: "csv",
    options: [
      `header => ${header}`,
      ...(delimiter === "," ? [] : [`sep => ${text(delimiter)}`]),
      `quote => '"'`,
      `escape => '"'`,
      "multiLine => true",
      // A header names its columns in any case, as everywhere else in SQL.
      "readerCaseSensitive => false",
    ],
    type: () => "STRING",
    value: (column) => {
      const value = withoutNullTexts(id(column.name), options, text);
      return sql.isJson(column) ? sql.readText(value, { kind: "variant" }) : value;
    },
    broken: { reason: "a line that is broken" },
    others: { of: "STRING", such: `v IS NOT NULL${isText === undefined ? "" : ` AND ${isText}`}` },
  };
}
