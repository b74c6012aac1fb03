/** JSON: one object a line, or an array of objects a file. */

import type { ColumnFacts, SourceNode } from "../../../ast/relation.ts";
import { duckdbIdentifier as identifier, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { type CsvShape, csvReader } from "./csv.ts";
import { unmarkedScalar, unmarkedValue, withMarks, withoutMarks } from "./digits.ts";
import { field } from "./json-path.ts";
import type { ColumnReading, Input, Reading } from "./statement.ts";
import { objectExtras, undeclared } from "./undeclared.ts";
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

/** What may stand around a value; a line of nothing else is blank. */
const SPACE = text(" \t\v\f\r\n");

/** A table expression with one JSON value in each `line`. */
export function jsonLines(inputs: readonly Input[], shape: CsvShape): string {
  const reader = csvReader(inputs, shape, { delimiter: NO_DELIMITER, quote: false, nulls: [""] });
  return `(SELECT c0 AS line, __file FROM ${reader} WHERE trim(c0, ${SPACE}) <> '')`;
}

/** The reading of `lines`, a table expression with one JSON value in each `line`. */
export function readJsonObjects(source: SourceNode, lines: string): Reading {
  const { declared } = source;
  // One parse gives all declared fields: as text, or as JSON where there is more inside.
  const shape = JSON.stringify(Object.fromEntries(declared.map((c) => [c.name, inJson(c) ? "JSON" : "VARCHAR"])));
  const isJson = `json_valid(line) AND ${IS_STRICT}`;
  const isObject = `starts_with(ltrim(line, ${SPACE}), '{') AND ${isJson}`;
  const marked = `CASE WHEN ${isObject} THEN ${withMarks("line")} END`;
  const notObject = `CASE WHEN ${isJson} THEN 'not a JSON object' ELSE 'not JSON' END`;
  return {
    from: `(SELECT line, __file, marked, json_keys(marked) AS keys, from_json(marked, ${text(shape)}) AS object
FROM (SELECT line, __file, ${marked} AS marked FROM ${lines}))`,
    columns: declared.map(readField),
    extras: objectExtras(
      "marked",
      "keys",
      declared.map((c) => c.name),
    ),
    finish: withoutMarks,
    unreadable: `CASE WHEN marked IS NULL THEN ${notObject} END`,
    row: "line",
  };
}

function inJson(facts: ColumnFacts): boolean {
  return isNested(facts.type) || facts.type.kind === "variant";
}

function readField(facts: ColumnFacts): ColumnReading {
  const { type } = facts;
  const value = `object.${identifier(facts.name)}`;
  const rescue = field("marked", facts.name);
  if (!inJson(facts)) {
    const raw = type.kind === "string" ? unmarkedValue(value) : unmarkedScalar(value);
    return { facts, raw, read: (x) => readText(x, type), rescue };
  }
  const raw = `nullif(${value}::VARCHAR, 'null')`;
  if (type.kind === "variant") return { facts, raw, read: (x) => `(${withoutMarks(x)})::JSON`, rescue };
  const inner = undeclared(json(raw), type);
  return {
    facts,
    raw,
    shown: withoutMarks(raw),
    read: (x) => readJson(json(x), type),
    rescue,
    ...(inner !== undefined && { undeclared: inner }),
  };
}

const json = (x: string) => `${x}::JSON`;
