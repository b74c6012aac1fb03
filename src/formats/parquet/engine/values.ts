/**
 * How a value of a Parquet file reads as a declared type, as DuckDB SQL. Types of one family read, if the value fits:
 * numbers as numbers, times as times, structs by the names of their fields. Nothing is cast between families, since
 * Spark and Databricks do not: a text is not a timestamp, a number is not a text.
 */

import { DuckDBTypeId as Id } from "../../../engines/duckdb/driver.ts";
import { bind } from "../../../engines/duckdb/ingest/digits.ts";
import { entry, jsonObject } from "../../../engines/duckdb/ingest/undeclared.ts";
import {
  duckdbDecimal,
  duckdbType,
  duckdbIdentifier as identifier,
  duckdbOneOf as oneOf,
  duckdbText as text,
} from "../../../targets/duckdb/dialect.ts";
import { isFractional, isInteger, isNumeric, type SqlType, type StructType } from "../../../types/types.ts";
import type { FileType } from "./types.ts";

const WHOLE: ReadonlySet<Id> = new Set([
  Id.TINYINT,
  Id.SMALLINT,
  Id.INTEGER,
  Id.BIGINT,
  Id.HUGEINT,
  Id.UTINYINT,
  Id.USMALLINT,
  Id.UINTEGER,
  Id.UBIGINT,
  Id.UHUGEINT,
]);
const FRACTIONAL: ReadonlySet<Id> = new Set([Id.FLOAT, Id.DOUBLE, Id.DECIMAL]);
const DIGITS: ReadonlySet<Id> = new Set([Id.DECIMAL, Id.HUGEINT, Id.UHUGEINT]);
const TIMES: ReadonlySet<Id> = new Set([
  Id.DATE,
  Id.TIMESTAMP,
  Id.TIMESTAMP_S,
  Id.TIMESTAMP_MS,
  Id.TIMESTAMP_NS,
  Id.TIMESTAMP_TZ,
]);
const TEXTS: ReadonlySet<Id> = new Set([Id.VARCHAR, Id.ENUM, Id.UUID]);

/** SQL of the value as the declared type: null where it does not fit. `depth` keeps the names of lambdas apart. */
export function readValue(x: string, from: FileType, to: SqlType, depth = 0): string {
  const target = duckdbType(to);
  const cast = (sql: string) => `TRY_CAST(${sql} AS ${target})`;
  const item = `i${depth}`;
  switch (to.kind) {
    case "variant":
      return `(${jsonText(x, from, depth)})::JSON`;
    case "string":
      if (from.id === Id.BLOB) return oneOf(`TRY(decode(${x}))`, to);
      return TEXTS.has(from.id) ? oneOf(`${x}::VARCHAR`, to) : never(to);
    case "boolean":
      return from.id === Id.BOOLEAN ? x : never(to);
    case "binary":
      return from.id === Id.BLOB ? x : never(to);
    case "date": {
      if (!TIMES.has(from.id)) return never(to);
      const exact = from.id === Id.TIMESTAMP_NS ? "TIMESTAMP_NS" : "TIMESTAMP";
      const isDay = from.id === Id.DATE ? "" : ` AND ${cast(x)}::${exact} = ${x}::${exact}`;
      return `CASE WHEN isfinite(${x})${isDay} THEN ${cast(x)} END`;
    }
    case "timestamp":
    case "timestampNtz":
      if (!TIMES.has(from.id)) return never(to);
      // DuckDB has the last moments that a number could be as its infinities, and Spark has none.
      return `CASE WHEN isfinite(${x}) THEN ${cast(from.id === Id.TIMESTAMP_NS ? microseconds(x) : x)} END`;
    case "struct":
      return from.fields ? packed(x, from.fields, to, depth) : never(to);
    case "array": {
      if (!from.element) return never(to);
      const read = `list_transform(${x}, lambda ${item}: ${readValue(item, from.element, to.element, depth + 1)})`;
      return guarded(x, fits(x, from, to, depth), read);
    }
    case "map": {
      if (!from.key || !from.value) return never(to);
      const keys = `list_transform(map_keys(${x}), lambda ${item}: ${readValue(item, from.key, to.key, depth + 1)})`;
      const values = `list_transform(map_values(${x}), lambda ${item}: ${readValue(item, from.value, to.value, depth + 1)})`;
      return guarded(x, fits(x, from, to, depth), `map(${keys}, ${values})`);
    }
    default:
      if (!isNumeric(to) || !(WHOLE.has(from.id) || FRACTIONAL.has(from.id))) return never(to);
      if (isInteger(to) && FRACTIONAL.has(from.id)) return `CASE WHEN ${x} = trunc(${x}) THEN ${cast(x)} END`;
      if (to.kind === "decimal" && (from.id === Id.FLOAT || from.id === Id.DOUBLE)) return duckdbDecimal(x, to);
      // DuckDB's own cast to FLOAT or DOUBLE rounds one of many digits twice.
      return cast(isFractional(to) && DIGITS.has(from.id) ? `${x}::VARCHAR` : x);
  }
}

/** Of nanoseconds what is beyond microseconds is cut off, as of a text. DuckDB rounds those before 1970 up. */
const microseconds = (x: string) =>
  `CASE WHEN epoch_ns(${x}) % 1000 < 0 THEN ${x}::TIMESTAMP - INTERVAL 1 MICROSECOND ELSE ${x}::TIMESTAMP END`;

const never = (to: SqlType) => `CAST(NULL AS ${duckdbType(to)})`;
const guarded = (x: string, test: string, value: string) => `CASE WHEN ${x} IS NOT NULL AND ${test} THEN ${value} END`;

function packed(x: string, fields: ReadonlyMap<string, FileType>, to: StructType, depth: number): string {
  const values = to.fields.map((f) => {
    const from = fields.get(f.name);
    const value = from ? readValue(fieldOf(x, f.name), from, f.type, depth) : never(f.type);
    return `${identifier(f.name)} := ${value}`;
  });
  const all = to.fields.flatMap((f) => {
    const from = fields.get(f.name);
    return from ? [fits(fieldOf(x, f.name), from, f.type, depth)] : [];
  });
  return guarded(x, all.length > 0 ? all.join(" AND ") : "true", `struct_pack(${values.join(", ")})`);
}

const fieldOf = (x: string, name: string) => `struct_extract(${x}, ${text(name)})`;

/** SQL of whether the value, and all that is declared in it, reads. */
function fits(x: string, from: FileType, to: SqlType, depth: number): string {
  const item = `i${depth}`;
  const all = (list: string, inner: FileType, type: SqlType) =>
    `len(list_filter(${list}, lambda ${item}: NOT ${fits(item, inner, type, depth + 1)})) = 0`;
  if (to.kind === "array" && from.element) return `(${x} IS NULL OR ${all(x, from.element, to.element)})`;
  if (to.kind === "map" && from.key && from.value) {
    // Of a map that has a key twice, or two that read as one, DuckDB makes none.
    const unique = `len(list_distinct(list_transform(map_keys(${x}), lambda ${item}: ${readValue(item, from.key, to.key, depth + 1)}))) = len(map_keys(${x}))`;
    return `(${x} IS NULL OR (${unique} AND ${all(`map_values(${x})`, from.value, to.value)}))`;
  }
  return `(${x} IS NULL OR (${readValue(x, from, to, depth + 1)}) IS NOT NULL)`;
}

/** SQL of what a value that reads holds beyond its declared type, as JSON text; `undefined` where nothing can be. */
export function undeclaredIn(x: string, from: FileType, to: SqlType, depth = 0): string | undefined {
  const item = `i${depth}`;
  if (to.kind === "struct" && from.fields) {
    const declared = new Map(to.fields.map((f) => [f.name, f.type]));
    const parts = [...from.fields].flatMap(([name, type]) => {
      const known = declared.get(name);
      const json = known ? undeclaredIn(fieldOf(x, name), type, known, depth) : jsonText(fieldOf(x, name), type, depth);
      return json === undefined ? [] : [entry(name, json)];
    });
    return parts.length === 0 ? undefined : objectOf(`[${parts.join(", ")}]`);
  }
  if (to.kind === "array" && from.element) {
    const inner = undeclaredIn(item, from.element, to.element, depth + 1);
    if (inner === undefined) return undefined;
    const list = `list_transform(${x}, lambda ${item}: ${inner})`;
    const some = "len(list_filter(l, lambda u: u IS NOT NULL)) > 0";
    return bind(list, "l", `CASE WHEN ${some} THEN ${arrayOf("list_transform(l, lambda u: coalesce(u, 'null'))")} END`);
  }
  if (to.kind === "map" && from.value) {
    const inner = undeclaredIn(`${item}.value`, from.value, to.value, depth + 1);
    if (inner === undefined) return undefined;
    return objectOf(`list_transform(map_entries(${x}), lambda ${item}: {'k': ${item}.key::VARCHAR, 'v': ${inner}})`);
  }
  return undefined;
}

function objectOf(list: string): string {
  return bind(
    `list_filter(${list}, lambda u: u.v IS NOT NULL)`,
    "w",
    `CASE WHEN len(w) > 0 THEN ${jsonObject("w")} END`,
  );
}

/** An object of these members, one call of them all: `||` would nest as deep as there are members, and DuckDB reads 1,000 levels. */
export function membersText(members: readonly (readonly [name: string, json: string])[]): string {
  const parts = members.map(([name, json]) => `${text(`${JSON.stringify(name)}:`)}, coalesce(${json}, 'null')`);
  return `concat('{', ${parts.join(", ',', ")}, '}')`;
}

const arrayOf = (list: string) => `'[' || array_to_string(${list}, ',') || ']'`;

/** SQL of a value as JSON text with all its digits: DuckDB's own JSON holds decimals as doubles. */
export function jsonText(x: string, from: FileType, depth = 0): string {
  const item = `n${depth}`;
  const inner = (sql: string, type: FileType) => `coalesce(${jsonText(sql, type, depth + 1)}, 'null')`;
  const given = (json: string) => `CASE WHEN ${x} IS NOT NULL THEN ${json} END`;
  if (from.fields) {
    return given(
      membersText([...from.fields].map(([name, type]) => [name, jsonText(fieldOf(x, name), type, depth + 1)])),
    );
  }
  if (from.element) return given(arrayOf(`list_transform(${x}, lambda ${item}: ${inner(item, from.element)})`));
  if (from.key && from.value) {
    const member = `to_json(${item}.key::VARCHAR)::VARCHAR || ':' || ${inner(`${item}.value`, from.value)}`;
    return given(`'{' || array_to_string(list_transform(map_entries(${x}), lambda ${item}: ${member}), ',') || '}'`);
  }
  if (from.id === Id.DECIMAL || from.id === Id.HUGEINT || from.id === Id.UHUGEINT) return `${x}::VARCHAR`;
  if (from.id === Id.BLOB) return `to_json(to_base64(${x}))::VARCHAR`;
  if (from.id === Id.FLOAT || from.id === Id.DOUBLE) {
    // As JSON a FLOAT would be a DOUBLE, with digits that the file does not have.
    const finite = from.id === Id.FLOAT ? `${x}::VARCHAR` : `to_json(${x})::VARCHAR`;
    return given(`CASE WHEN isfinite(${x}) THEN ${finite} ELSE to_json(${x}::VARCHAR)::VARCHAR END`);
  }
  // A text that the file calls JSON is a text, as it is to Spark.
  if (from.id === Id.VARCHAR) return given(`to_json(${x}::VARCHAR)::VARCHAR`);
  return given(`to_json(${x})::VARCHAR`);
}
