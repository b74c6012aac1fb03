/** JSON: one object a line, or an array of objects a file. */

import type { ColumnFacts } from "../../../ast/relation.ts";
import {
  holdsMark,
  unmarkedText,
  unmarkedValue,
  withMarks,
  withoutMarks,
} from "../../../engines/duckdb/ingest/digits.ts";
import { field, pointer } from "../../../engines/duckdb/ingest/json-path.ts";
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

/**
 * Whether a line is strict and every number in it keeps its digits: DuckDB writes it as it came then, but for spaces
 * between its parts, of which those are told that Python writes. NaN and Infinity are written as they came as well. A
 * character is escaped where it must be alone.
 */
const IS_KEPT = (() => {
  const unspaced = `replace(replace(line, '": ', '":'), ', "', ',"')`;
  const mayBeNumber = "contains(lower(line), 'nan') OR contains(lower(line), 'inf')";
  const isNumber = `regexp_matches(line, ${text("(?i)[:,\\[{\\s-](?:nan|inf)")})`;
  const isKept = `CASE WHEN written = line THEN true ELSE written = ${unspaced} END`;
  // Only the condition of a CASE leaves out what need not be asked.
  return `CASE WHEN written IS NULL OR NOT (${isKept}) OR ${holdsMark("line")} THEN false WHEN ${mayBeNumber} THEN NOT ${isNumber} ELSE true END`;
})();

/** The reading of `lines`, a table expression with one JSON value in each `line`. */
export function readJsonObjects(declared: readonly ColumnFacts[], lines: string): Reading {
  const isObject = `CASE WHEN starts_with(line, '{') THEN true ELSE starts_with(ltrim(line, ${SPACE}), '{') END`;
  const written = `CASE WHEN ${isObject} THEN TRY(json(line)) END`;
  const marked = `CASE WHEN ${IS_KEPT} THEN line WHEN written IS NOT NULL AND ${IS_STRICT} THEN ${withMarks("line")} END`;
  const notObject = `CASE WHEN json_valid(line) AND ${IS_STRICT} THEN 'not a JSON object' ELSE 'not JSON' END`;
  const scalars = declared.filter((column) => !inJson(column));
  return {
    from: `(SELECT line, __file, marked, ${["json_keys(marked) AS keys", ...parsed(declared)].join(", ")}
FROM (SELECT line, __file, ${marked} AS marked
FROM (SELECT line, __file, ${written} AS written FROM ${lines})))`,
    columns: declared.map((column) => readField(column, scalars)),
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

/** The declared fields from one parse each: the texts of the scalars, and JSON where there is more inside. */
function parsed(declared: readonly ColumnFacts[]): readonly string[] {
  const paths = declared.filter((c) => !inJson(c)).map((c) => text(pointer(c.name)));
  const shape = declared.filter(inJson).map((c) => [c.name, "JSON"]);
  return [
    ...(paths.length > 0 ? [`json_extract_string(marked, [${paths.join(", ")}]) AS texts`] : []),
    ...(shape.length > 0 ? [`from_json(marked, ${text(JSON.stringify(Object.fromEntries(shape)))}) AS object`] : []),
  ];
}

function readField(facts: ColumnFacts, scalars: readonly ColumnFacts[]): ColumnReading {
  const { type } = facts;
  const rescue = field("marked", facts.name);
  if (!inJson(facts)) {
    const value = `texts[${scalars.indexOf(facts) + 1}]`;
    const shown = unmarkedValue(value);
    const raw = type.kind === "string" ? shown : unmarkedText(value);
    return { facts, raw, shown, read: (x) => readText(x, type), rescue };
  }
  const raw = `nullif(object.${identifier(facts.name)}::VARCHAR, 'null')`;
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
