/** JSON: one object per line, or an array of objects per file. */

import type { ColumnFacts } from "../../../ast/relation.ts";
import {
  holdsMark,
  unmarkedText,
  unmarkedValue,
  withMarks,
  withoutMarks,
} from "../../../engines/duckdb/ingest/digits.ts";
import { field, pointer } from "../../../engines/duckdb/ingest/json-path.ts";
import { quickSteps } from "../../../engines/duckdb/ingest/quick-json.ts";
import { SPACE } from "../../../engines/duckdb/ingest/read-csv.ts";
import type { ColumnReading, Reading } from "../../../engines/duckdb/ingest/statement.ts";
import { isJson, isStrict } from "../../../engines/duckdb/ingest/strict-json.ts";
import { objectExtras, undeclared } from "../../../engines/duckdb/ingest/undeclared.ts";
import { readJson, readText } from "../../../engines/duckdb/ingest/values.ts";
import { duckdbIdentifier as identifier, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { isNested } from "../../../types/types.ts";

/** What the parser accepts in addition to JSON: `[NaN]`. */
const NAN = "[:,\\[{\\s-](?:[nN][aA][nN]|[iI][nN][fF])";
/** Numbers that are written otherwise as the text of a field than as JSON: `1e-7` is `1e-07`, `0.00001` is `1e-05`. */
const REWRITTEN = "[:,\\[] ?-?(?:[0-9.]+[eE]|0[.]0000|[0-9]{16,}[.])";

/**
 * SQL of whether a line is strict and every number in it keeps its digits: DuckDB writes it as it came then, but for spaces
 * between its parts, of which those are told that Python writes. NaN and Infinity are written as they came as well. A
 * character is escaped where it must be alone.
 */
function isKept(declared: readonly ColumnFacts[]): string {
  const unspaced = `replace(replace(line, '": ', '":'), ', "', ',"')`;
  const isWritten = `CASE WHEN written = line THEN true ELSE written = ${unspaced} END`;
  const lost = mayHold(areTexts(declared) ? NAN : `${NAN}|${REWRITTEN}`);
  // Only the condition of a CASE leaves out what need not be asked.
  return `CASE WHEN written IS NULL OR NOT (${isWritten}) OR ${holdsMark("line")} THEN false ELSE NOT ${lost} END`;
}

/** In so many bytes to search for a pattern takes longer than to parse them once more, where there are few parts. */
const LONG = 2000;

/** SQL of whether a line may have a number of a pattern, all of which are fractions to DuckDB. */
function mayHold(numbers: string): string {
  const inside = [":{", ": {", ":[", ": ["].map((start) => `contains(line, '${start}')`).join(" OR ");
  const noFraction = `NOT regexp_matches(json_structure(line)::VARCHAR, 'DOUBLE|JSON')`;
  return `CASE WHEN strlen(line) > ${LONG} AND NOT (${inside}) AND ${noFraction} THEN false ELSE regexp_matches(line, ${text(numbers)}) END`;
}

/** The reading of `lines`, a table expression with one JSON value in each `line`. */
export function readJsonObjects(declared: readonly ColumnFacts[], lines: string): Reading {
  const isObject = `CASE WHEN starts_with(line, '{') THEN true ELSE starts_with(ltrim(line, ${SPACE}), '{') END`;
  // To try what fails takes a hundred times as long as to ask before.
  const written = `CASE WHEN ${isObject} AND json_valid(line) THEN TRY(json(line)) END`;
  const marked = `CASE WHEN ${isKept(declared)} THEN line WHEN written IS NOT NULL AND ${isStrict("line")} THEN ${withMarks("line")} END`;
  const notObject = `CASE WHEN ${isJson("line")} THEN 'not a JSON object' ELSE 'not JSON' END`;
  const nested = declared.map(asNested);
  const from = `(SELECT line, __file, marked, ${["json_keys(marked) AS keys", ...parsed(declared)].join(", ")}
FROM (SELECT line, __file, ${marked} AS marked
FROM (SELECT line, __file, ${written} AS written FROM ${lines})))`;
  return {
    from: quickly(nested, from),
    columns: declared.map((column, i) => {
      const parts = nested[i];
      return parts ? readNested(column, parts) : readScalar(column, areTexts(declared) ? i : undefined);
    }),
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

/** For each path DuckDB looks through the keys from the first one: of more fields than these a struct is made more quickly. */
const FEW_FIELDS = 20;

const areTexts = (declared: readonly ColumnFacts[]): boolean => declared.length <= FEW_FIELDS && !declared.some(inJson);

/** The declared fields by one parse: the texts of the scalars, and JSON where there is more inside. */
function parsed(declared: readonly ColumnFacts[]): readonly string[] {
  if (declared.length === 0) return [];
  if (areTexts(declared)) {
    const paths = declared.map((c) => text(pointer(c.name)));
    return [`json_extract_string(marked, [${paths.join(", ")}]) AS texts`];
  }
  const shape = declared.map((c) => [c.name, inJson(c) ? "JSON" : "VARCHAR"]);
  return [`from_json(marked, ${text(JSON.stringify(Object.fromEntries(shape)))}) AS object`];
}

/** A declared column with more inside, and the columns of its steps where it is read the quick way (`quick-json.ts`). */
type Nested = NonNullable<ReturnType<typeof asNested>>;

function asNested(column: ColumnFacts, i: number) {
  if (!inJson(column)) return undefined;
  const json = `json${i}`;
  return {
    at: { json, apart: `apart${i}`, known: `known${i}`, firm: `firm${i}`, made: `made${i}`, quick: `quick${i}` },
    /** SQL of its JSON. */
    whole: `nullif(object.${identifier(column.name)}::VARCHAR, 'null')`,
    steps: quickSteps(json, column.type, readText),
  };
}

/** The rows of `from`, and each nested column the quick way: a step stands in the next one several times, and is made once. */
function quickly(columns: readonly (Nested | undefined)[], from: string): string {
  const nested = columns.filter((column) => column !== undefined);
  if (nested.length === 0) return from;
  const steps = nested.flatMap(({ at, steps }) => (steps ? [{ at, ...steps }] : []));
  const levels = [
    nested.map(({ at, whole }) => `${whole} AS ${at.json}`),
    steps.map(({ at, mayBe, apart }) => `CASE WHEN ${mayBe} THEN ${apart} END AS ${at.apart}`),
    steps.map(
      ({ at, isKnown }) =>
        `coalesce(CASE WHEN ${at.apart} IS NOT NULL THEN ${isKnown(at.apart)} END, false) AS ${at.known}`,
    ),
    steps.map(({ at, isFirm }) => `CASE WHEN ${at.known} THEN true ELSE ${isFirm(at.apart)} END AS ${at.firm}`),
    steps.map(({ at, value }) => `CASE WHEN ${at.firm} THEN ${value(at.apart)} END AS ${at.made}`),
    steps.map(({ at, isWhole }) => `CASE WHEN ${isWhole(at.apart, at.made)} THEN ${at.made} END AS ${at.quick}`),
  ];
  return levels
    .filter((columns) => columns.length > 0)
    .reduce((inner, columns) => `(SELECT *, ${columns.join(", ")} FROM ${inner})`, from);
}

/** `place`: where it stands among the texts, where every column is one of them. */
function readScalar(facts: ColumnFacts, place: number | undefined): ColumnReading {
  const { name, type } = facts;
  const value = place === undefined ? `object.${identifier(name)}` : `texts[${place + 1}]`;
  const shown = unmarkedValue(value);
  const raw = type.kind === "string" ? shown : unmarkedText(value);
  return { facts, raw, shown, read: (x) => readText(x, type), rescue: field("marked", name) };
}

function readNested(facts: ColumnFacts, { at, steps }: Nested): ColumnReading {
  const { name, type } = facts;
  const raw = at.json;
  const rescue = field("marked", name);
  if (type.kind === "variant") return { facts, raw, read: (x) => `(${withoutMarks(x)})::JSON`, rescue };
  const inner = undeclared(raw, type);
  const otherwise = (is: string, quickly: string, sql: string) =>
    steps ? `CASE WHEN ${is} THEN ${quickly} ELSE ${sql} END` : sql;
  return {
    facts,
    raw,
    shown: withoutMarks(raw),
    read: (x) => otherwise(at.firm, at.quick, readJson(x, type)),
    rescue,
    ...(inner !== undefined && { undeclared: otherwise(at.known, "NULL", inner) }),
  };
}
