/** JSON: one object a line, or an array of objects a file. */

import type { ColumnFacts } from "../../../ast/relation.ts";
import { unmarkedScalar, unmarkedValue, withMarks, withoutMarks } from "../../../engines/duckdb/ingest/digits.ts";
import { field } from "../../../engines/duckdb/ingest/json-path.ts";
import { SPACE } from "../../../engines/duckdb/ingest/read-csv.ts";
import type { ColumnReading, Reading } from "../../../engines/duckdb/ingest/statement.ts";
import { objectExtras, undeclared } from "../../../engines/duckdb/ingest/undeclared.ts";
import { readJson, readText } from "../../../engines/duckdb/ingest/values.ts";
import { duckdbIdentifier as identifier, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { isNested } from "../../../types/types.ts";

/**
 * DuckDB's parser takes a comma behind the last element, and NaN and Infinity, for JSON. They are looked for in the
 * lines where there may be one, once their texts are taken away.
 */
const IS_STRICT = (() => {
  const lenient = text("(?i),\\s*[\\]}]|[:,\\[{\\s-](?:nan|inf)");
  const texts = text('"(?:[^"\\\\]|\\\\.)*"');
  return `NOT (regexp_matches(line, ${lenient}) AND regexp_matches(regexp_replace(line, ${texts}, '""', 'g'), ${lenient}))`;
})();

/** The reading of `lines`, a table expression with one JSON value in each `line`. */
export function readJsonObjects(declared: readonly ColumnFacts[], lines: string): Reading {
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
    const shown = unmarkedValue(value);
    const raw = type.kind === "string" ? shown : unmarkedScalar(value);
    return { facts, raw, shown, read: (x) => readText(x, type), rescue };
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
