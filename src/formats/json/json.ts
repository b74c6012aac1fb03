/** JSON: one object per line, or one array of objects per file. */
import { fileFormat } from "../format.ts";
import { ENCODING, encodingFeatures, oneOf, type TextOptions } from "../options.ts";
import { jsonOnDatabricks } from "./databricks.ts";
import { jsonInScript } from "./duckdb.ts";
import { jsonOnSpark } from "./spark.ts";

/** How JSON files are read. */
export interface JsonOptions extends TextOptions {
  /** `lines`: one object per line (the default). `array`: one array of objects per file. */
  readonly layout?: "lines" | "array";
}

export const json = fileFormat<JsonOptions>({
  name: "json",
  title: "JSON",
  options: { encoding: ENCODING, layout: oneOf(["lines", "array"], "lines") },
  traits: ({ encoding, layout }) => ({
    encoding,
    features: [
      ...(layout === "array" ? (["jsonArray"] as const) : []),
      ...(encoding.startsWith("utf-16") ? (["wideJson"] as const) : encodingFeatures(encoding)),
    ],
  }),
  databricks: jsonOnDatabricks,
  spark: jsonOnSpark,
  duckdb: jsonInScript,
});
