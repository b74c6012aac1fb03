/** String functions, the portable regular expressions, hashing and the ways out of personal data. */
import { primitive } from "../../schema/types.ts";
import { groupsOf } from "../portable.ts";
import { never, takes, takesMany, text } from "./signature.ts";
import { type Catalogue, type FunctionSpec, mismatch, type RenderInput, type Rendering, refused } from "./spec.ts";

const TEXT = [text] as const;
const TEXT2 = [text, text] as const;

function plain(checks: readonly (typeof text)[], sql: string, duckdb: Rendering = sql): FunctionSpec {
  return { kind: "scalar", type: takes(checks, "string"), spark: sql, duckdb };
}

function test(sql: string): FunctionSpec {
  return { kind: "scalar", type: takes(TEXT2, "boolean"), spark: sql, duckdb: sql };
}

/** Of an object Spark would give its fields in an order of its own: only what is no object or array has a text. */
export function scalarText(variant: string): string {
  const get = (type: string) => `try_variant_get(${variant}, {path}, '${type}')`;
  return `CASE WHEN schema_of_variant(${get("variant")}) NOT RLIKE '^(ARRAY|OBJECT)' THEN ${get("string")} END`;
}

const concat: Rendering = ({ args }: RenderInput) => args.join(" || ");

/** Spark returns an empty string where a group did not take part, DuckDB too; null input stays null. */
export const textFunctions = {
  upper: plain(TEXT, "upper($1)", "medallion_upper($1)"),
  lower: plain(TEXT, "lower($1)", "medallion_lower($1)"),
  trim: plain(TEXT, "trim($1)", "trim($1, ' ')"),
  ltrim: plain(TEXT, "ltrim($1)", "ltrim($1, ' ')"),
  rtrim: plain(TEXT, "rtrim($1)", "rtrim($1, ' ')"),
  length: { kind: "scalar", type: takes(TEXT, "int"), spark: "length($1)", duckdb: "CAST(length($1) AS INTEGER)" },
  concat: { kind: "scalar", type: takesMany(text, "string"), spark: concat, duckdb: concat },
  substring: plain(TEXT, "substring($1, {start}, {length})"),
  left: plain(TEXT, "left($1, {length})"),
  right: plain(TEXT, "right($1, {length})"),
  replace: plain(TEXT, "replace($1, {search}, {replacement})"),
  contains: test("contains($1, $2)"),
  startsWith: {
    kind: "scalar",
    type: takes(TEXT2, "boolean"),
    spark: "startswith($1, $2)",
    duckdb: "starts_with($1, $2)",
  },
  endsWith: { kind: "scalar", type: takes(TEXT2, "boolean"), spark: "endswith($1, $2)", duckdb: "ends_with($1, $2)" },
  like: {
    kind: "scalar",
    type: takes(TEXT, "boolean"),
    spark: "$1 LIKE {pattern} ESCAPE '!'",
    duckdb: "$1 LIKE {pattern} ESCAPE '!'",
  },
  lpad: plain(TEXT, "lpad($1, {length}, {pad})"),
  rpad: plain(TEXT, "rpad($1, {length}, {pad})"),
  repeat: plain(TEXT, "repeat($1, {times})"),
  splitPart: plain(TEXT, "split_part($1, {delimiter}, {part})"),
  translate: plain(TEXT, "translate($1, {from}, {to})"),
  initcap: plain(TEXT, "initcap($1)", refused("DuckDB has no initcap: use upper and lower on the parts you know")),
  soundex: plain(
    TEXT,
    "soundex($1)",
    refused("DuckDB has no soundex: compute it before the pipeline, or run on Spark"),
  ),
  position: {
    kind: "scalar",
    type: takes(TEXT2, "int"),
    additivity: never,
    spark: "locate($2, $1)",
    duckdb: "CAST(instr($1, $2) AS INTEGER)",
  },
  matches: {
    kind: "scalar",
    type: takes(TEXT, "boolean"),
    spark: "$1 RLIKE {pattern}",
    duckdb: "regexp_matches($1, {pattern})",
  },
  regexpReplace: plain(
    TEXT,
    "regexp_replace($1, {pattern}, {replacement})",
    ({ args, text: quote, options }) =>
      `regexp_replace(${args[0]}, ${quote(String(options["pattern"]))}, ${quote(String(options["replacement"]).replace(/\$(\d)/g, "\\$1"))}, 'g')`,
  ),
  regexpExtract: {
    ...plain(TEXT, "regexp_extract($1, {pattern}, {group})"),
    type: (args, options) => {
      const groups = groupsOf(String(options["pattern"]));
      return Number(options["group"]) > groups
        ? mismatch(`has ${groups} groups in its pattern, not ${options["group"]}`)
        : takes(TEXT, "string")(args, options);
    },
  },
  split: {
    kind: "scalar",
    type: takes(TEXT, () => ({ kind: "array", element: primitive("string") })),
    spark: ({ args, text: quote, options }) => `split(${args[0]}, ${quote(quoteRegex(String(options["delimiter"])))})`,
    duckdb: "string_split($1, {delimiter})",
  },
  jsonText: {
    kind: "scalar",
    type: takes(TEXT, "string"),
    nullable: "always",
    spark: scalarText("try_parse_json($1)"),
    duckdb: "medallion_json_text($1, {path})",
  },
  md5: plain(TEXT, "md5($1)"),
  sha1: plain(TEXT, "sha1($1)"),
  sha256: {
    ...plain(TEXT, "sha2({salt} || $1, 256)", "sha256({salt} || $1)"),
    labels: "pseudonym",
  },
  tokenize: {
    ...plain(TEXT, "'tok_' || left(sha2({salt} || $1, 256), 16)", "'tok_' || left(sha256({salt} || $1), 16)"),
    labels: "pseudonym",
  },
  redact: {
    ...plain(TEXT, "CASE WHEN $1 IS NOT NULL THEN {replacement} END"),
    labels: "clear",
  },
  mask: {
    ...plain(
      TEXT,
      "repeat('*', greatest(length($1) - {showLast}, 0)) || right($1, {showLast})",
      "repeat('*', greatest(length($1) - {showLast}, 0)) || right($1, {showLast})",
    ),
    labels: "clear",
  },
  emailDomain: {
    ...plain(TEXT, "lower(split_part($1, '@', 2))", "medallion_lower(split_part($1, '@', 2))"),
    labels: "clear",
  },
} satisfies Catalogue;

function quoteRegex(literal: string): string {
  return literal.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}
