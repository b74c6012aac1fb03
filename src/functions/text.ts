/** String functions, the portable regular expressions, hashing and the fixes of personal data. */
import { quoteRegex } from "../core/text.ts";
import { primitive } from "../types/types.ts";
import { atom, call, chain, noArgument, operator, type Sql } from "./fragment.ts";
import { checkedText, count, nonEmpty, words } from "./options.ts";
import { groupsOf, jsonPathProblem, regexProblem, replacedRegexProblem } from "./portable.ts";
import { NOT_NEGATIVE, never, takes, takesMany, text } from "./signature.ts";
import {
  type Catalogue,
  mismatch,
  type OptionCheck,
  type RenderInput,
  type Rendering,
  type ScalarSpec,
} from "./spec.ts";

const TEXT = [text] as const;
const TEXT2 = [text, text] as const;

function ofText(spark: Rendering, ...options: NonNullable<ScalarSpec["options"]>): ScalarSpec {
  return { kind: "scalar", type: takes(TEXT, "string"), spark, ...(options.length > 0 && { options }) };
}

function test(spark: Rendering): ScalarSpec {
  return { kind: "scalar", type: takes(TEXT2, "boolean"), spark };
}

/** The salt is an option, or a secret as the second argument. */
function salted(spark: Rendering): ScalarSpec {
  const type: ScalarSpec["type"] = (args, options) => takes("salt" in options ? TEXT : TEXT2, "string")(args, options);
  return { kind: "scalar", type, options: [["salt", nonEmpty]], digest: true, spark };
}

export function saltOf({ args: [, secret], text: quote, options }: RenderInput): Sql {
  return secret ?? quote(String(options["salt"]));
}

/** Spark would give the fields of an object in its own order: only what is not an object or array has a text. */
export function scalarText(variant: string): string {
  const get = (type: string) => `try_variant_get(${variant}, {path}, '${type}')`;
  return `CASE WHEN schema_of_variant(${get("variant")}) NOT RLIKE '^(ARRAY|OBJECT)' THEN ${get("string")} END`;
}

const groupReferences: OptionCheck = (value) =>
  typeof value === "string" && !/\\|\$(?![0-9])/.test(value) ? undefined : "accepts text and $1 … $9, no backslash";
const likePattern: OptionCheck = (value) =>
  typeof value === "string" && /^(?:[^!]|![%_!])*$/.test(value) ? undefined : "accepts ! only before %, _ or !";

/** Spark returns an empty string where a group did not take part, DuckDB too; null input stays null. */
export const textFunctions = {
  upper: ofText("upper($1)"),
  lower: ofText("lower($1)"),
  trim: ofText("trim($1)"),
  ltrim: ofText("ltrim($1)"),
  rtrim: ofText("rtrim($1)"),
  length: { kind: "scalar", type: takes(TEXT, "int"), range: NOT_NEGATIVE, spark: "length($1)" },
  concat: { kind: "scalar", type: takesMany(text, "string"), spark: ({ args }) => chain("||", args) },
  substring: ofText("substring($1, {start}, {length})", ["start", count(1)], ["length", count(0)]),
  left: ofText("left($1, {length})", ["length", count(0)]),
  right: ofText("right($1, {length})", ["length", count(0)]),
  replace: ofText("replace($1, {search}, {replacement})", ["search", nonEmpty], ["replacement", words]),
  contains: test("contains($1, $2)"),
  startsWith: test("startswith($1, $2)"),
  endsWith: test("endswith($1, $2)"),
  like: {
    kind: "scalar",
    type: takes(TEXT, "boolean"),
    options: [["pattern", likePattern]],
    spark: { operator: "$1 LIKE {pattern} ESCAPE '!'" },
  },
  lpad: ofText("lpad($1, {length}, {pad})", ["length", count(0)], ["pad", nonEmpty]),
  rpad: ofText("rpad($1, {length}, {pad})", ["length", count(0)], ["pad", nonEmpty]),
  repeat: ofText("repeat($1, {times})", ["times", count(0)]),
  splitPart: ofText("split_part($1, {delimiter}, {part})", ["delimiter", nonEmpty], ["part", count(1)]),
  translate: ofText("translate($1, {from}, {to})", ["from", nonEmpty], ["to", words]),
  initcap: ofText("initcap($1)"),
  soundex: ofText("soundex($1)"),
  position: {
    kind: "scalar",
    type: takes(TEXT2, "int"),
    additivity: never,
    range: NOT_NEGATIVE,
    spark: "locate($2, $1)",
  },
  matches: {
    kind: "scalar",
    type: takes(TEXT, "boolean"),
    options: [["pattern", checkedText(regexProblem)]],
    spark: { operator: "$1 RLIKE {pattern}" },
  },
  regexpReplace: ofText(
    "regexp_replace($1, {pattern}, {replacement})",
    ["pattern", checkedText(replacedRegexProblem)],
    ["replacement", groupReferences],
  ),
  regexpExtract: {
    ...ofText("regexp_extract($1, {pattern}, {group})", ["pattern", checkedText(regexProblem)], ["group", count(0)]),
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
    options: [["delimiter", nonEmpty]],
    spark: ({ args: [x = noArgument()], text: quote, options }) =>
      call("split", [x, quote(quoteRegex(String(options["delimiter"])))]),
  },
  jsonText: {
    kind: "scalar",
    type: takes(TEXT, "string"),
    nullable: "always",
    options: [["path", checkedText(jsonPathProblem)]],
    spark: scalarText("try_parse_json($1)"),
  },
  md5: { ...ofText("md5($1)"), digest: true },
  sha1: { ...ofText("sha1($1)"), digest: true },
  sha256: {
    ...salted((input) => atom`sha2(${saltOf(input)} || ${input.args[0] ?? noArgument()}, 256)`),
    labels: "pseudonym",
    called: "class",
  },
  tokenize: {
    ...salted((input) => operator`'tok_' || left(sha2(${saltOf(input)} || ${input.args[0] ?? noArgument()}, 256), 16)`),
    labels: "pseudonym",
    called: "class",
  },
  redact: {
    ...ofText("CASE WHEN $1 IS NOT NULL THEN {replacement} END", ["replacement", words, "REDACTED"]),
    labels: "clear",
  },
  mask: {
    ...ofText(
      "CASE WHEN length($1) > {showLast} THEN repeat('*', length($1) - {showLast}) || right($1, {showLast}) ELSE repeat('*', length($1)) END",
      ["showLast", count(0)],
    ),
    labels: "clear",
    called: "class",
  },
  emailDomain: {
    ...ofText("lower(split_part($1, '@', 2))"),
    labels: "clear",
  },
} satisfies Catalogue;
