/** CSV: a header names the columns, or they go by position. */
import { fileFormat } from "../format.ts";
import { delimiter, ENCODING, encodingFeatures, flag, texts } from "../options.ts";
import { csvOnDatabricks } from "./databricks.ts";
import { csvInScript } from "./duckdb.ts";
import type { CsvOptions } from "./options.ts";
import { csvNativeProblem } from "./spark-native.ts";

export const csv = fileFormat<CsvOptions>({
  name: "csv",
  title: "CSV",
  options: {
    encoding: ENCODING,
    header: flag(true),
    delimiter: delimiter(","),
    nullValues: texts,
    native: flag(false),
  },
  problem: csvNativeProblem,
  traits: ({ encoding, header, native }) => ({
    encoding,
    byPosition: !header,
    features: [native ? "nativeReader" : "csv", ...encodingFeatures(encoding)],
  }),
  databricks: csvOnDatabricks,
  duckdb: csvInScript,
});
