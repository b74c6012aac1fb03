/** JSON: one object a line, or an array of objects a file. */
import { duckdbIdentifier as identifier, duckdbText as text } from "../../compile/duckdb.ts";
import type { ColumnFacts, SourceNode } from "../../relation/nodes.ts";
import { type CsvShape, csvReader } from "./csv.ts";
import type { ColumnReading, Input, Reading } from "./statement.ts";
import { isNested, readJson, readText } from "./values.ts";

/** A character that no JSON holds: each line is one value to the reader of lines. */
const NO_DELIMITER = "\u0001";

/**
 * DuckDB's parser takes a comma behind the last element, and NaN and Infinity, for JSON. They are looked for in the
 * lines where there may be one, once their texts are taken away.
 */
const IS_STRICT = (() => {
  const lenient = text("(?i),\\s*[\\]}]|[:,\\[{\\s-](?:nan|inf)");
  const texts = text('"(?:[^"\\\\]|\\\\.)*"');
  return `NOT (regexp_matches(line, ${lenient}) AND regexp_matches(regexp_replace(line, ${texts}, '""', 'g'), ${lenient}))`;
})();

/** A table expression with one JSON value in each `line`. */
export function jsonLines(inputs: readonly Input[], shape: CsvShape): string {
  const reader = csvReader(inputs, shape, { delimiter: NO_DELIMITER, quote: false, nulls: [""] });
  return `(SELECT c0 AS line, __file FROM ${reader} WHERE trim(c0) <> '')`;
}

/** The reading of `lines`, a table expression with one JSON value in each `line`. */
export function readJsonObjects(source: SourceNode, lines: string): Reading {
  const { declared } = source;
  // One parse gives all declared fields: as text, or as JSON where there is more inside.
  const shape = JSON.stringify(Object.fromEntries(declared.map((c) => [c.name, inJson(c) ? "JSON" : "VARCHAR"])));
  const isJson = `json_valid(line) AND ${IS_STRICT}`;
  const isObject = `starts_with(ltrim(line), '{') AND ${isJson}`;
  const object = `CASE WHEN ${isObject} THEN from_json(line, ${text(shape)}) END`;
  // A merge patch with null takes a field away: what is left was not declared.
  const known = JSON.stringify(Object.fromEntries(declared.map((c) => [c.name, null])));
  const notObject = `CASE WHEN ${isJson} THEN 'not a JSON object' ELSE 'not JSON' END`;
  return {
    from: `(SELECT line, __file, ${object} AS object FROM ${lines})`,
    columns: declared.map(readField),
    extras: `CASE WHEN object IS NOT NULL THEN nullif(json_merge_patch(line, ${text(known)}), '{}') END`,
    unreadable: `CASE WHEN object IS NULL THEN ${notObject} END`,
    row: "line",
  };
}

function inJson(facts: ColumnFacts): boolean {
  return isNested(facts.type) || facts.type.kind === "variant";
}

function readField(facts: ColumnFacts): ColumnReading {
  const field = `object.${identifier(facts.name)}`;
  const rescue = `json_extract(line, ${text(`/${facts.name.replaceAll("~", "~0").replaceAll("/", "~1")}`)})`;
  if (facts.type.kind === "variant") return { facts, raw: `nullif(${field}::VARCHAR, 'null')`, read: json, rescue };
  if (isNested(facts.type)) {
    return { facts, raw: `nullif(${field}::VARCHAR, 'null')`, read: (x) => readJson(json(x), facts.type), rescue };
  }
  const raw = facts.type.kind === "decimal" && facts.type.precision > EXACT ? exact(field, facts.name) : field;
  return { facts, raw, read: (x) => readText(x, facts.type), rescue };
}

const json = (x: string) => `${x}::JSON`;

/** Decimal digits that survive the way through a double, which is how DuckDB's JSON reader holds a fraction. */
const EXACT = 15;

/**
 * The digits of a long fraction as the line has them. They are looked for by the field's name, and taken when they
 * are the same number to a double; a number of the same name deeper in the line is another one, or as good.
 */
function exact(field: string, name: string): string {
  const key = JSON.stringify(name).replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  const digits = `regexp_extract(line, ${text(`${key}\\s*:\\s*(-?[0-9]+[.]?[0-9]*(?:[eE][+-]?[0-9]+)?)`)}, 1)`;
  const same = `TRY_CAST(${digits} AS DOUBLE) = TRY_CAST(${field} AS DOUBLE)`;
  return `CASE WHEN regexp_matches(${field}, '[.eE]') AND ${same} THEN ${digits} ELSE ${field} END`;
}
