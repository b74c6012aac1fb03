/** JSON on open-source Spark: lines, or elements of one array per file. */
import { quoteRegex } from "../../core/text.ts";
import type { SourceView } from "../format.ts";
import {
  type Cte,
  type SparkNativeReading,
  type SparkReading,
  type SparkRecord,
  type SparkSql,
  withMore,
} from "../readings.ts";
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

type Source = SourceView<JsonOptions>;

export function jsonOnSpark(source: Source, sql: SparkSql): SparkReading | SparkNativeReading {
  const { encoding, layout, native } = source.options;
  if (native) {
    const multiLine = layout === "array";
    const strict = { allowSingleQuotes: false, allowNonNumericNumbers: false };
    // Without it the reader does not look for line ends in another encoding.
    const lines = multiLine || encoding === "utf-8" ? {} : { lineSep: "\n" };
    return { native: { format: "json", options: { multiLine, encoding, ...strict, ...lines } } };
  }
  const { declared } = source;
  const isFlat = !declared.some((c) => sql.isJson(c) || JSON.stringify(c.name) !== `"${c.name}"`);
  return {
    view: layout === "array" ? "files" : "lines",
    ctes: (from) => [
      { name: "lines", sql: layout === "array" ? elements(from, sql) : lines(from) },
      ...(isFlat ? flatRows(source, sql) : variantRows(sql)),
    ],
    ...(isFlat && { record: flatRecord(source, sql) }),
    repeats: isFlat ? repeatsOf("__texts", variants(sql.withMarks)) : repeatsOf("__fields", "__fields"),
    value: isFlat ? (field) => field : fieldValue(sql, sql.withoutMarks),
    of: "VARIANT",
  };
}

/** Maps that are read from JSON have every key as often as it came. */
const repeatsOf = (names: string, fields: string) => ({
  is: `size(${names}) <> size(array_distinct(map_keys(${names})))`,
  entries: `map_entries(${fields})`,
});

const ORIGIN = "__path,\n  __modified_at";

function lines(from: string): string {
  return `SELECT\n  value AS __row,\n  ${ORIGIN}\nFROM ${from}\nWHERE value RLIKE '\\\\S'`;
}

function elements(from: string, { withMarks, withoutMarks }: SparkSql): string {
  // Marks are for JSON that is valid.
  const marked = `CASE WHEN json_array_length(value) IS NOT NULL THEN ${withMarks("value")} ELSE value END`;
  return `SELECT\n  coalesce(${withoutMarks("to_json(element)")}, value) AS __row,\n  ${ORIGIN}\nFROM ${from}\nLATERAL VIEW OUTER explode(from_json(${marked}, 'ARRAY<VARIANT>', ${STRICT})) AS element\nWHERE trim(value) RLIKE '\\\\S' AND NOT (element IS NULL AND trim(value) RLIKE '\\\\A\\\\[\\\\s*\\\\]\\\\s*\\\\z')`;
}

/** Rows of any declared types: the values of a record are a VARIANT each. */
function variantRows({ withMarks }: SparkSql): readonly Cte[] {
  return [
    withMore("parsed", "lines", [`${IS_VALID} AS __valid`]),
    withMore("fields", "parsed", [`CASE WHEN __valid AND ${IS_OBJECT} THEN ${variants(withMarks)} END AS __fields`]),
    withMore("read", "fields", [`CASE WHEN __fields IS NULL THEN ${FAULT} END AS __fault`]),
  ];
}

/** Whether Spark's functions read the text as one value and nothing else. */
const IS_VALID = "json_array_length(concat('[', __row, ']')) <=> 1";
const IS_OBJECT = "__row RLIKE '\\\\A\\\\s*[{]'";
const FAULT = `CASE WHEN ${IS_VALID} AND try_parse_json(__row) IS NOT NULL THEN 'not a JSON object' ELSE 'not JSON' END`;

const variants = (withMarks: SparkSql["withMarks"]) => fieldsOf(withMarks("__row"));

/**
 * Rows whose columns have no parts. Spark parses plain records into texts at once; those where that could change a text
 * are read as a VARIANT each, whose numbers keep their digits.
 */
function flatRows(source: Source, { withMarks, withoutMarks, text }: SparkSql): readonly Cte[] {
  const records = `from_json(concat('[', __row, ']'), 'ARRAY<MAP<STRING, STRING>>', ${STRICT})`;
  const exact = `CASE WHEN ${IS_VALID} AND ${IS_OBJECT} THEN ${variants(withMarks)} END`;
  return [
    withMore("parsed", "lines", [`CASE WHEN NOT (${notPlain(source, text)}) THEN ${records} END AS __records`]),
    withMore("fields", "parsed", [
      `CASE WHEN size(__records) = 1 AND __records[0] IS NOT NULL THEN __records[0] ELSE ${textsOf(exact, withoutMarks)} END AS __texts`,
    ]),
    withMore("read", "fields", [`CASE WHEN __texts IS NULL THEN ${FAULT} END AS __fault`]),
  ];
}

/**
 * SQL of whether Spark may write a value in another way than it came: values with parts; numbers with a fraction or an
 * exponent and -0 under a text, and with more digits than a double keeps under what is not a double. Also names that may
 * be in codes. A pattern is for what a search for a text cannot find: it is slow in each row.
 */
function notPlain({ declared }: Source, text: SparkSql["text"]): string {
  const under = (kinds: readonly string[], value: string) => {
    const names = declared.filter((c) => kinds.includes(c.type.kind)).map((c) => quoteRegex(c.name));
    return names.length === 0 ? [] : [`__row RLIKE ${text(`"(?:${names.join("|")})"\\s*:\\s*${value}`)}`];
  };
  return [
    ...["{", "["].map((part) => `locate('${part}', __row, 2) > 0`),
    ...["\\u", "\\/"].map((code) => `contains(__row, ${text(code)})`),
    ...under(["string"], "(?:-?[0-9]+[.eE]|-0)"),
    ...under(["decimal", "float"], "-?(?:[0-9.]{16}|[0-9.]+[eE])"),
  ].join(" OR ");
}

const textsOf = (fields: string, withoutMarks: SparkSql["withoutMarks"]) =>
  `transform_values(${fields}, (k, v) -> ${withoutMarks("CAST(v AS STRING)")})`;

function flatRecord({ declared }: Source, { text, withMarks, withoutMarks }: SparkSql): SparkRecord {
  const fields = variants(withMarks);
  const names = `array(${declared.map((c) => text(c.name)).join(", ")})`;
  return {
    field: (c) => `__texts[${text(c.name)}]`,
    came: textsOf(fields, withoutMarks),
    row: "__row",
    fields,
    // Most records have all names, in their order.
    others: `NOT map_keys(__texts) <=> ${names} AND size(__texts) <> size(array_intersect(map_keys(__texts), ${names}))`,
  };
}
