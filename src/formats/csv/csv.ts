/** CSV: a header names the columns, or they go by position. */
import { fileFormat } from "../format.ts";
import { character, ENCODING, encodingFeatures, flag, type TextOptions, texts } from "../options.ts";
import { csvOnDatabricks } from "./databricks.ts";
import { csvInScript } from "./duckdb.ts";
import { csvOnSpark } from "./spark.ts";

/** How CSV files are read. */
export interface CsvOptions extends TextOptions {
  /** Whether the first line names the columns. Default: true. Without it, columns go by position. */
  readonly header?: boolean;
  /** One character. Default: a comma. */
  readonly delimiter?: string;
  /** Texts that mean null, in addition to the empty one: `["NA"]`. */
  readonly nullValues?: readonly string[];
}

export const csv = fileFormat<CsvOptions>({
  name: "csv",
  title: "CSV",
  options: { encoding: ENCODING, header: flag(true), delimiter: character(","), nullValues: texts },
  traits: ({ encoding, header }) => ({
    encoding,
    byPosition: !header,
    features: ["csv", ...encodingFeatures(encoding)],
  }),
  databricks: csvOnDatabricks,
  spark: csvOnSpark,
  duckdb: csvInScript,
});
