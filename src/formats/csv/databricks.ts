/** CSV by `read_files`: everything as text, and then as its type. */
import type { SourceView } from "../format.ts";
import { nullTexts } from "../options.ts";
import type { DatabricksReading, SparkSql } from "../readings.ts";
import type { CsvOptions } from "./options.ts";

export function csvOnDatabricks({ options }: SourceView<CsvOptions>, sql: SparkSql): DatabricksReading {
  const { identifier: id, text } = sql;
  const { header, delimiter } = options;
  const nulls = nullTexts(options).map(text).join(", ");
  const given = (x: string) => (nulls === "" ? x : `CASE WHEN ${x} NOT IN (${nulls}) THEN ${x} END`);
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
      const value = given(id(column.name));
      return sql.isJson(column) ? sql.readText(value, { kind: "variant" }) : value;
    },
    broken: { reason: "a line that is broken" },
    others: { of: "STRING", such: `v IS NOT NULL${nulls === "" ? "" : ` AND v NOT IN (${nulls})`}` },
  };
}
