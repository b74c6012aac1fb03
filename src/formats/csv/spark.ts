/**
 * CSV as SQL over whole files: Spark's own reader goes by the position of the columns, keeps nothing of what is not
 * declared and nulls what is broken; here the header of each file names the columns, and a line of another number of
 * values is quarantined. So a file is read by one task. A quoted value of several lines counts as one line of its file.
 *
 * What has no quotes is split where the delimiters are; patterns are for what has some.
 */
import { quoteRegex } from "../../core/text.ts";
import type { SqlType } from "../../types/types.ts";
import type { SourceView } from "../format.ts";
import { notNullText, nullTexts, withoutNullTexts } from "../options.ts";
import {
  type Cte,
  type SparkNativeReading,
  type SparkReading,
  type SparkRecord,
  type SparkSql,
  withMore,
} from "../readings.ts";
import { type CsvOptions, emptyIsNull } from "./options.ts";
import { csvBySpark } from "./spark-native.ts";

const QUOTED = `"[^"]*+(?:""[^"]*+)*+"`;

function patterns(delimiter: string) {
  const d = quoteRegex(delimiter);
  // Blanks may stand before a quote.
  const value = `(?: *+${QUOTED}[^${d}\\r\\n]*+|[^${d}\\r\\n]*+)`;
  return {
    /** A line with its end; a quoted value may go over several. */
    record: `${value}(?:${d}${value})*+(?:\\r\\n|\\n|\\r|\\z)`,
    /** A value, after a delimiter. */
    value: `${d}(${value})`,
    delimiter: d,
  };
}

type Source = SourceView<CsvOptions>;
type Text = SparkSql["text"];

export function csvOnSpark(source: Source, sql: SparkSql): SparkReading | SparkNativeReading {
  const { options } = source;
  if (options.native) return csvBySpark(source);
  const isText = notNullText("__value", options, sql.text);
  return {
    view: "files",
    ctes: (from) => csvRows(source, from, sql),
    record: recordOf(source, sql),
    repeats: { is: "__repeated", entries: entriesOf(source.options, sql.text) },
    value: (field, column) => {
      const value = withoutNulls(field, column.type, options, sql.text);
      return sql.isJson(column) ? sql.readText(value, { kind: "variant" }) : value;
    },
    such: `__value IS NOT NULL${isText === undefined ? "" : ` AND ${isText}`}`,
  };
}

/** A value that has no quotes any more, null where it means that. */
function withoutNulls(field: string, type: SqlType, options: Source["options"], text: Text): string {
  if (!emptyIsNull(type)) return withoutNullTexts(field, options, text);
  const nulls = nullTexts(options);
  if (nulls.length === 0) return `nullif(${field}, '')`;
  return `CASE WHEN ${field} NOT IN (${[...nulls, ""].map(text).join(", ")}) THEN ${field} END`;
}

/** The value of a declared column, as a text. */
const placed = (name: string) => `__field_${name}`;

function recordOf({ options }: Source, { identifier, text }: SparkSql): SparkRecord {
  const broken = "__fault IS NOT NULL";
  return {
    field: (column) => identifier(placed(column.name)),
    row: `CASE WHEN ${broken} THEN __text ELSE ${rowOf(options, text)} END`,
    fields: mapOf(options, text),
    others: `__fault IS NULL AND __others`,
  };
}

const ORIGIN = "  __path,\n  __modified_at";

/** `__values` are the values of a line as they stand there, `__texts` without their quotes: null where it is broken. */
function csvRows(source: Source, from: string, { identifier, text }: SparkSql): readonly Cte[] {
  const fields = source.declared.map(
    (c, i) => `nullif(get(__texts, get(__places, ${i})), __nothing) AS ${identifier(placed(c.name))}`,
  );
  return [
    ...recordsOf(source, from, text),
    ...namesOf(source, text),
    ...placesOf(source, text),
    ...valuesOf(source, text),
    withMore("read", "unquoted", fields),
  ];
}

/** The values of a line as they stand there. */
const split = (line: string, { delimiter }: Source["options"], text: Text) =>
  `regexp_extract_all(concat(${text(delimiter)}, ${line}), ${text(patterns(delimiter).value)}, 1)`;

const namesList = (declared: Source["declared"], text: Text) =>
  `array(${declared.map((c) => text(c.name)).join(", ")})`;

/** `files`: the records of each file. */
function recordsOf({ options }: Source, from: string, text: Text): readonly Cte[] {
  return [
    { name: "whole", sql: `SELECT\n  regexp_replace(value, '\\\\A\\uFEFF', '') AS __whole,\n${ORIGIN}\nFROM ${from}` },
    {
      name: "files",
      sql: `SELECT
  CASE
    WHEN contains(__whole, '"') OR contains(__whole, '\\r') THEN regexp_extract_all(__whole, ${text(patterns(options.delimiter).record)}, 0)
    ELSE split(__whole, '\\n')
  END AS __records,
${ORIGIN}
FROM whole`,
    },
  ];
}

/** `named`: the names that its header has, or that are declared. */
function namesOf({ declared, options }: Source, text: Text): readonly Cte[] {
  if (!options.header) {
    return [withMore("named", "files", ["0 AS __header", `${namesList(declared, text)} AS __names`])];
  }
  return [
    withMore("headed", "files", [
      `CAST(array_position(transform(__records, r -> r RLIKE '[^\\\\r\\\\n]'), true) AS INT) AS __header`,
    ]),
    withMore("named", "headed", [
      `transform(
    ${split("rtrim('\\r\\n', get(__records, __header - 1))", options, text)},
    (v, i) -> coalesce(nullif(trim(${unquoted("v")}), ''), concat('_c', i))
  ) AS __names`,
    ]),
  ];
}

/** `placed`: where each declared column stands in it. */
function placesOf({ declared }: Source, text: Text): readonly Cte[] {
  const columns = namesList(declared, text);
  return [
    withMore("declared", "named", [`transform(__names, n -> ${declaredName(declared, text)}) AS __columns`]),
    withMore("placed", "declared", [
      `transform(${columns}, n -> CAST(array_position(__columns, n) AS INT) - 1) AS __places`,
      "size(__columns) <> size(array_distinct(__columns)) AS __repeated",
      `size(__columns) <> size(array_intersect(__columns, ${columns})) AS __others`,
    ]),
  ];
}

/** A record without its end. Most have none by now, and to trim is slow. */
const LINE = `CASE WHEN endswith(__record, '\\n') OR endswith(__record, '\\r') THEN rtrim('\\r\\n', __record) ELSE __record END`;

/** `unquoted`: the values of each line. */
function valuesOf({ options }: Source, text: Text): readonly Cte[] {
  const { delimiter } = patterns(options.delimiter);
  return [
    {
      name: "lines",
      sql: `SELECT
  __line,
  ${LINE} AS __text,
  contains(__record, '"') AS __quoted,
  __names,
  __columns,
  __places,
  __repeated,
  __others,
${ORIGIN}
FROM placed
LATERAL VIEW OUTER posexplode(__records) AS __line, __record
WHERE __line >= __header AND ${LINE} <> ''`,
    },
    withMore("split", "lines", [
      `CASE WHEN __quoted THEN ${split("__text", options, text)} ELSE split(__text, ${text(delimiter)}) END AS __values`,
    ]),
    withMore("judged", "split", [`${fault(text)} AS __fault`]),
    withMore("unquoted", "judged", [
      `CASE
    WHEN __fault IS NOT NULL THEN NULL
    WHEN __quoted THEN transform(__values, v -> ${textOf("v", options, text)})
    ELSE __values
  END AS __texts`,
      "CASE WHEN NOT __quoted THEN '' END AS __nothing",
    ]),
  ];
}

/** A value without its quotes: null where it is empty without them, or means null. */
function textOf(v: string, options: Source["options"], text: Text): string {
  const nulls = ["", ...nullTexts(options)];
  const isNull = nulls.length === 1 ? `${v} = ''` : `${v} IN (${nulls.map(text).join(", ")})`;
  return `CASE WHEN NOT ${isNull} THEN ${unquoted(v)} END`;
}

function unquoted(v: string): string {
  const inside = `regexp_extract(${v}, '(?s)\\\\A *"(.*)" *\\\\z', 1)`;
  return `CASE WHEN ltrim(${v}) LIKE '"%' THEN replace(${inside}, '""', '"') ELSE ${v} END`;
}

/** What is wrong with a line, in the words of the embedded engine. */
function fault(text: Text): string {
  const line = "concat('line ', __line + 1, ";
  const some = (pattern: string) =>
    `__quoted AND exists(__values, v -> ltrim(v) LIKE '"%' AND NOT v RLIKE ${text(pattern)})`;
  return `CASE
    WHEN ${some(`\\A *${QUOTED}`)} THEN ${line}' has a quote that is never closed')
    WHEN ${some(`\\A *${QUOTED} *\\z`)} THEN ${line}' has a quote in the wrong place')
    WHEN size(__values) <> size(__names) THEN ${line}' has ', size(__values), CASE size(__values) WHEN 1 THEN ' value, ' ELSE ' values, ' END, size(__names), ' expected')
  END`;
}

const COLUMN = "get(__columns, i)";
const IS_FIRST = `array_position(__columns, ${COLUMN}) = i + 1`;

/** The values of a line by the names that they are declared by. Of a name that comes twice the first one counts. */
function mapOf(options: Source["options"], text: Text): string {
  const entry = `CASE WHEN ${IS_FIRST} THEN struct(${COLUMN}, ${textOf("v", options, text)}) END`;
  return `map_from_entries(array_compact(transform(__values, (v, i) -> ${entry})))`;
}

/** All values of a line: one that stands for no declared column has the name that the file gives it. */
function entriesOf(options: Source["options"], text: Text): string {
  const name = `CASE WHEN ${IS_FIRST} THEN ${COLUMN} ELSE get(__names, i) END`;
  return `transform(__values, (v, i) -> struct(${name} AS key, ${textOf("v", options, text)} AS value))`;
}

/** The line as JSON, with every name as often as it comes. */
function rowOf(options: Source["options"], text: Text): string {
  const field = `substring(to_json(map(get(__names, i), ${textOf("v", options, text)})), 2)`;
  return `concat('{', array_join(transform(__values, (v, i) -> rtrim('}', ${field})), ','), '}')`;
}

/** A column of the file under the name that it is declared by: in any case, unless another one has that very name. */
function declaredName(declared: Source["declared"], text: Text): string {
  const cases = declared.map((c) => {
    const name = text(c.name);
    return `WHEN ${text(c.name.toLowerCase())} THEN if(array_contains(__names, ${name}), n, ${name})`;
  });
  return `CASE lower(n) ${cases.join(" ")} ELSE n END`;
}
