/**
 * How a text or a JSON value reads as each SQL type, as DuckDB SQL with Spark's ANSI meaning: null when it does not
 * read. DuckDB's own casts accept more (`12.7` as an int, `2024-01-05junk` as a date), so they are guarded; the first
 * branch of a guard is the cheap one, which nearly every value goes through.
 */
import {
  duckdbType as duckType,
  duckdbIdentifier as identifier,
  duckdbOneOf as oneOf,
  duckdbText as text,
} from "../../../targets/duckdb/dialect.ts";
import { BASE64_TEXT, DECIMAL_TEXT } from "../../../targets/duckdb/macros/texts.ts";
import { UNUSUAL_CLOCK, UNUSUAL_TIMESTAMP } from "../../../targets/duckdb/macros/times.ts";
import { clockOf, IN_UTC, isQuick, WITH_OFFSET } from "../../../targets/duckdb/usual-times.ts";
import { BLANK, DATE, JAVA_BLANK, timeAfter } from "../../../targets/spark-sql/values.ts";
import { type DecimalType, isAnyText, type SqlType } from "../../../types/types.ts";
import { bind, unmarkedText, unmarkedValue, withMarks, withoutMarks } from "./digits.ts";
import { elements, entries, field } from "./json-path.ts";
import { maySpace, quickJson } from "./quick-json.ts";
import { isJson } from "./strict-json.ts";

/** What may stand around a number with a fraction, and around a whole one. */
const BLANKS = `${JAVA_BLANK}*`;
const WHOLE_BLANKS = `${BLANK}*`;
/** What `\\s` is to Java: RE2 leaves the vertical tab out. */
const javaSpaces = (pattern: string): string => pattern.replaceAll("\\s", "[\\s\\x0b]");
const TIMESTAMP = javaSpaces(timeAfter(DATE));
const NUMBER = "[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?";
const SPECIAL = "(?i:[+-]?inf(?:inity)?|nan)";

/** The SQL that reads the text `x` (a column or another cheap expression) as a type. */
export function readText(x: string, type: SqlType): string {
  const target = duckType(type);
  const cast = (value: string) => `TRY_CAST(${value} AS ${target})`;
  switch (type.kind) {
    case "string":
      return oneOf(x, type);
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return quickly(`${cast(x)}::VARCHAR = ${x}`, cast(x), cast(between(x, WHOLE_BLANKS, "[+-]?[0-9]+")));
    case "date":
      // In this order: DuckDB asks the rest of an AND of the rows alone that meet the first part, which for a cast costs half.
      return quickly(
        `${cast(x)}::VARCHAR = ${x} AND strlen(${x}) = 10`,
        cast(x),
        cast(between(x, javaSpaces("\\s*"), DATE)),
      );
    case "float":
    case "double": {
      // DuckDB accepts a sign before NaN, and two of them: `+-5`. Java, and so Spark, accepts a suffix: `1.5d`. What is not so
      // made stays as it is, and does not read.
      // The cast comes first, where DuckDB evaluates it once for all of the expression.
      const isOther = `isnan(${cast(x)}) AND NOT ${matches(x, `${BLANKS}(?i:nan)${BLANKS}`)}`;
      const made = text(`^${BLANKS}(?:(${NUMBER})[dDfF]?|(${SPECIAL}))${BLANKS}$`);
      const otherwise = cast(`regexp_replace(${x}, ${made}, '\\1\\2')`);
      return `CASE WHEN ${isOther} THEN NULL WHEN contains(${x}, '_') OR contains(${x}, '+-') THEN NULL ELSE coalesce(${cast(x)}, ${otherwise}) END`;
    }
    case "decimal":
      // Of a number with an exponent DuckDB makes 0.01 where it should be 0.00.
      return `CASE WHEN contains(${x}, 'e') OR contains(${x}, 'E') THEN ${cast(`${DECIMAL_TEXT.name}(${x})`)} WHEN NOT contains(${x}, '_') THEN coalesce(${cast(x)}, ${cast(shortened(x, type))}) END`;
    case "boolean":
      return `CASE ${x} WHEN 'true' THEN true WHEN 'false' THEN false ELSE CASE lower(trim(${x}, ' ')) WHEN 'true' THEN true WHEN 'false' THEN false END END`;
    case "timestamp":
      return readTimestamp(x);
    case "timestampNtz":
      return readClock(x);
    case "binary":
      return `TRY(from_base64(${BASE64_TEXT.name}(${x})))`;
    case "variant":
      return `CASE WHEN ${isJson(x)} THEN ${x}::JSON ELSE to_json(${x}) END`;
    default:
      return bind(`CASE WHEN ${isJson(x)} THEN (${withMarks(x)})::JSON END`, "j", readAnyJson("j", type));
  }
}

const quickly = (quick: string, cast: string, otherwise: string): string =>
  `CASE WHEN ${quick} THEN ${cast} ELSE ${otherwise} END`;

/** SQL of what stands between blanks of a kind: nothing where the text is not made so. */
const between = (x: string, blanks: string, value: string): string =>
  `regexp_extract(${x}, ${text(`^${blanks}(${value})${blanks}$`)}, 1)`;

/** DuckDB refuses more than 38 digits; the first one after the scale decides the rounding (HALF_UP). */
function shortened(x: string, type: DecimalType): string {
  const pattern = `^${BLANKS}([+-]?[0-9]*[.]?[0-9]{0,${type.scale + 1}})[0-9]*${BLANKS}$`;
  return `regexp_extract(${x}, ${text(pattern)}, 1)`;
}

const matches = (x: string, pattern: string): string => `regexp_full_match(${x}, ${text(pattern)})`;

/** A second of one digit may have a point behind it where a clock is quickly told, which a file's may not. */
const isClock = (x: string): string => `${isQuick(x)} AND NOT contains(${x}, '.')`;

/** DuckDB's cast to an instant goes by a calendar where there is no zone: ours is UTC. */
function readTimestamp(x: string): string {
  const utc = `make_timestamptz(epoch_us(${clockOf(x)}))`;
  const cast = (value: string) => `TRY_CAST(${value} AS TIMESTAMPTZ)`;
  const exact = `WHEN ${matches(x, TIMESTAMP)} THEN ${cast(`${UNUSUAL_TIMESTAMP.name}(${x})`)}`;
  return `CASE WHEN ${isClock(x)} THEN ${utc} WHEN ${matches(x, IN_UTC)} THEN ${utc} WHEN ${matches(x, WITH_OFFSET)} THEN ${cast(x)} ${exact} END`;
}

function readClock(x: string): string {
  const exact = `WHEN ${matches(x, TIMESTAMP)} THEN ${clockOf(`${UNUSUAL_CLOCK.name}(${x})`)}`;
  return `CASE WHEN ${isClock(x)} OR ${matches(x, `${IN_UTC}|${WITH_OFFSET}`)} THEN ${clockOf(x)} ${exact} END`;
}

/** The SQL that reads a JSON value with marked numbers as a nested type, the quick way where that tells all. */
function readAnyJson(json: string, type: SqlType): string {
  const quick = quickJson(`${json}::VARCHAR`, type, readText);
  if (quick === undefined) return readJson(json, type);
  const long = readJson(json, type);
  return `CASE WHEN ${json} IS NOT NULL THEN coalesce(CASE WHEN NOT ${maySpace(`${json}::VARCHAR`)} THEN ${quick} END, ${long}) END`;
}

/** The SQL that reads a JSON value with marked numbers as a type: null when it, or anything in it, does not read. */
export function readJson(json: string, type: SqlType): string {
  return `CASE WHEN ${fits(json, type, 0)} THEN CAST(${convert(json, type, 0)} AS ${duckType(type)}) END`;
}

const scalar = (json: string) => bind(`json_extract_string(${json}, '$')`, "t", unmarkedText("t"));

function convert(json: string, type: SqlType, depth: number): string {
  const item = `e${depth}`;
  if (isAnyText(type)) return bind(`json_extract_string(${json}, '$')`, "t", unmarkedValue("t"));
  switch (type.kind) {
    case "variant":
      return `(${withoutMarks(json)})::JSON`;
    case "struct": {
      const fields = type.fields.map(
        (f) => `${identifier(f.name)} := ${convert(field(json, f.name), f.type, depth + 1)}`,
      );
      return `CASE WHEN json_type(${json}) = 'OBJECT' THEN struct_pack(${fields.join(", ")}) END`;
    }
    case "array": {
      const list = `list_transform(${elements(json)}, lambda ${item}: ${convert(item, type.element, depth + 1)})`;
      return `CASE WHEN json_type(${json}) = 'ARRAY' THEN ${list} END`;
    }
    case "map": {
      const values = `list_transform(${entries(json)}, lambda ${item}: ${convert(item, type.value, depth + 1)})`;
      return `CASE WHEN json_type(${json}) = 'OBJECT' THEN map(${mapKeys(json, type.key, depth)}, ${values}) END`;
    }
    default:
      return readText(scalar(json), type);
  }
}

function mapKeys(json: string, type: SqlType, depth: number): string {
  return `list_transform(json_keys(${json}), lambda k${depth}: ${readText(`(${unmarkedText(`k${depth}`)})`, type)})`;
}

function fits(json: string, type: SqlType, depth: number): string {
  const item = `e${depth}`;
  const all = (list: string, inner: SqlType) =>
    `len(list_filter(${list}, lambda ${item}: NOT ${fits(item, inner, depth + 1)})) = 0`;
  const orNull = (test: string) => `(coalesce(json_type(${json}), 'NULL') = 'NULL' OR coalesce(${test}, false))`;
  if (isAnyText(type)) return "true";
  switch (type.kind) {
    case "variant":
      return "true";
    case "struct": {
      const each = type.fields.map((f) => fits(field(json, f.name), f.type, depth + 1));
      return orNull([`json_type(${json}) = 'OBJECT'`, ...each].join(" AND "));
    }
    case "array":
      return orNull(`json_type(${json}) = 'ARRAY' AND ${all(elements(json), type.element)}`);
    case "map": {
      // A map has each key once; `list_distinct` leaves nulls out, so a key that does not read is caught as well.
      const keys = mapKeys(json, type.key, depth);
      const unique = `len(list_distinct(${keys})) = len(json_keys(${json}))`;
      return orNull(`json_type(${json}) = 'OBJECT' AND ${unique} AND ${all(entries(json), type.value)}`);
    }
    default:
      return orNull(`(${convert(json, type, depth)}) IS NOT NULL`);
  }
}
