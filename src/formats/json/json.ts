/** JSON: one object per line, or one array of objects per file. */
import { fileFormat } from "../format.ts";
import { ENCODING, encodingFeatures, flag, oneOf } from "../options.ts";
import { jsonOnDatabricks } from "./databricks.ts";
import { jsonInScript } from "./duckdb.ts";
import type { JsonOptions } from "./options.ts";

export const json = fileFormat<JsonOptions>({
  name: "json",
  title: "JSON",
  options: { encoding: ENCODING, layout: oneOf(["lines", "array"], "lines"), native: flag(false) },
  traits: ({ encoding, layout, native }) => ({
    encoding,
    features: [
      ...(native ? (["nativeReader"] as const) : layout === "array" ? (["jsonArray"] as const) : []),
      ...(encoding.startsWith("utf-16") ? (["wideJson"] as const) : encodingFeatures(encoding)),
    ],
  }),
  databricks: jsonOnDatabricks,
  duckdb: jsonInScript,
});
