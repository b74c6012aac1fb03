/**
 * File sources. SQL cannot stream files, so a Python view gives their text with its origin (`source-python.ts`); the
 * rest is SQL, and says of each value what the embedded engine says: it is read, null, rescued or quarantined.
 */

import type { ColumnFacts, SourceNode } from "../../ast/relation.ts";
import { freeze } from "../../core/freeze.ts";
import { EXCERPT } from "../../core/text.ts";
import {
  type Cte,
  type SparkNativeReading,
  type SparkReading,
  type SparkRecord,
  type SparkSql,
  withMore,
} from "../../formats/readings.ts";
import { selectFrom, withCtes } from "../../sql/block.ts";
import { aType, isAnyText, isNested } from "../../types/types.ts";
import { read } from "./clauses.ts";
import { sparkIdentifier as id, sparkType, sparkText as text } from "./dialect.ts";
import { withMarks, withoutMarks } from "./digits.ts";
import { sparkReading } from "./formats.ts";
import { undeclared } from "./undeclared.ts";
import { readJson, readText } from "./values.ts";

/** The setting with the folder that relative paths start from. */
export const BASE = "medallion.base";

/** The rows of files: declared columns, origin, and `_reason` and `_row` of those that could not be read. */
export function readFiles(source: SourceNode, view: string, streaming: boolean): string {
  const from = read(id(view), streaming);
  const reading = readingOf(source);
  if ("native" in reading) return readNatively(source, from);
  const record = recordOf(source, reading);
  const ctes = [...reading.ctes(from), texts(source, reading, record), typed(source, "texts", reading)];
  const names = source.declared.map((c) => id(c.name));
  const columns = [
    ...names,
    ...ORIGIN,
    `${rescued(source, reading, record)} AS _rescued_data`,
    `${reason(source, reading, record)} AS _reason`,
    `CASE WHEN _reason IS NOT NULL THEN ${record.row} END AS _row`,
  ];
  return `${withCtes(ctes)}\n${selectFrom(columns, "typed")}`;
}

const ORIGIN = [
  `replace(__path, '\${${BASE}}', '') AS _source_file`,
  "__modified_at AS _source_modified_at",
  "current_timestamp() AS _ingested_at",
];

/** What Spark's own reader did not understand of a row: its text. */
export const CORRUPT = "__corrupt";

/** The rows of Spark's own reader, whose values have their types: what it says is corrupt could not be read. */
function readNatively(source: SourceNode, from: string): string {
  const names = source.declared.map((c) => id(c.name));
  const missing = source.declared
    .filter((c) => !c.nullable)
    .map((c) => `CASE WHEN ${id(c.name)} IS NULL THEN ${text(`${c.name} is missing`)} END`);
  const columns = [
    ...names,
    ...ORIGIN,
    "CAST(NULL AS STRING) AS _rescued_data",
    `CASE WHEN ${CORRUPT} IS NOT NULL THEN 'Spark cannot read it' ELSE nullif(concat_ws('; ', ${["NULL", ...missing].join(", ")}), '') END AS _reason`,
    `CASE WHEN _reason IS NOT NULL THEN coalesce(${CORRUPT}, to_json(struct(${names.join(", ")}))) END AS _row`,
  ];
  return selectFrom(columns, from);
}

/** The value of a declared column as it came. */
export const raw = (column: ColumnFacts): string => id(`__raw_${column.name}`);

/** A type that is read from JSON rather than from text. */
export const fromJson = ({ type }: ColumnFacts): boolean => isNested(type) || type.kind === "variant";

/** What formats write SQL with, for Spark and Databricks. */
export const SPARK_SQL: SparkSql = freeze({
  identifier: id,
  text,
  type: sparkType,
  isJson: fromJson,
  readText,
  withMarks,
  withoutMarks,
});

export function readingOf(source: SourceNode): SparkReading | SparkNativeReading {
  return sparkReading(source, SPARK_SQL);
}

interface FileRecord extends SparkRecord {
  /** SQL of whether it is none. */
  readonly broken: string;
}

/** The parts of a record, and whether it is broken. */
function recordOf({ declared }: SourceNode, { record, done }: SparkReading): FileRecord {
  if (record) return { ...record, broken: "__fault IS NOT NULL" };
  return {
    field: (c) => `__fields[${text(c.name)}]`,
    row: "__row",
    fields: "__fields",
    others: notAmong("__fields", declared),
    broken: done ? "__fault IS NOT NULL" : "__fields IS NULL",
  };
}

/** SQL of whether a map has a name that is not declared, or comes twice. */
function notAmong(map: string, declared: SourceNode["declared"]): string {
  const names = declared.map((c) => text(c.name)).join(", ");
  return `size(${map}) <> size(array_intersect(map_keys(${map}), array(${names})))`;
}

/** `texts`: the values of the declared columns as they came. */
function texts({ declared }: SourceNode, { value }: SparkReading, { field }: FileRecord): Cte {
  const columns = declared.map((c) => `${value(field(c), c)} AS ${raw(c)}`);
  return withMore("texts", "read", columns);
}

/** `typed`: the rows of `from`, with the columns as the types that are declared: null where a value does not read. */
export function typed(
  source: SourceNode,
  from: string,
  reading: Pick<SparkReading, "done" | "fits" | "of" | "isTyped"> = {},
): Cte {
  const { done, fits, isTyped = false } = reading;
  const came = { isWritten: isTyped, isMarked: isMarked(reading) };
  const columns = source.declared.map((c) => {
    const read = fromJson(c) ? readJson(raw(c), c.type, came) : readText(raw(c), c.type, isTyped);
    const value = fits ? `CASE WHEN ${fits(c)} THEN ${read} END` : read;
    return `${done ? `CASE WHEN ${done.is} THEN ${done.value(c)} ELSE ${value} END` : value} AS ${id(c.name)}`;
  });
  return withMore("typed", from, columns);
}

/** What is not declared, also within values, and nullable values that did not read, as a JSON object. */
function rescued({ declared }: SourceNode, reading: SparkReading, record: FileRecord): string {
  const { fits, of, repeats, isTyped = false, such = isTyped ? isGiven("__value") : undefined } = reading;
  const names = declared.map((c) => text(c.name)).join(", ");
  const others = `__key NOT IN (${names})${such === undefined ? "" : ` AND ${such}`}`;
  const isKey = (c: ColumnFacts) => `__key = ${text(c.name)}`;
  const losable = declared
    .filter((c) => c.nullable && (fits !== undefined || !isAnyText(c.type)))
    .map((c) => ({ key: isKey(c), is: `${id(c.name)} IS NULL AND ${raw(c)} IS NOT NULL` }));
  const lost = losable.map(({ key, is }) => `(${key} AND ${is})`);
  const inner = declared.flatMap((column) => {
    const sql = of === "VARIANT" ? undeclaredWithin(column, isTyped) : undefined;
    const given = `${id(column.name)} IS NOT NULL`;
    return sql === undefined ? [] : [{ sql, given, read: `${isKey(column)} AND ${given}` }];
  });
  const within = inner.map(({ read, sql }) => `\n    WHEN ${read} THEN ${sql}`).join("");
  const whole = (fields: string) =>
    within === "" ? fields : `transform_values(${fields}, (__key, __value) -> CASE${within}\n    ELSE __value END)`;
  const found = inner.map(({ read }) => `(${read} AND __value IS NOT NULL)`);
  const kept = [others, ...lost, ...found].join("\n    OR ");
  const keptOf = (fields: string) => `map_filter(${whole(fields)}, (__key, __value) -> ${kept})`;
  const once = `to_json(${keptOf(record.fields)})`;
  const all = repeats
    ? `CASE WHEN ${repeats.is} THEN ${withRepeats(repeats.entries, keptOf, such)}\n    ELSE ${once} END`
    : once;
  const json = `nullif(${all}, '{}')`;
  // Most rows have none: these tests are much cheaper than looking through the fields.
  const some = [record.others, ...losable.map(({ is }) => `(${is})`), ...inner.map(({ given }) => given)];
  const own = `CASE WHEN ${some.join("\n      OR ")}\n    THEN ${isMarked(reading) ? bound(json, "__json", withoutMarks) : json} END`;
  return reading.done ? `coalesce(${reading.done.rescued}, ${own})` : own;
}

/**
 * Of a name that comes twice in a record the first value counts; the others stand behind what is kept of that one, in a list
 * where there are several.
 */
function withRepeats(entries: string, keptOf: (map: string) => string, such: string | undefined): string {
  return bound(entries, "__all", (all) => {
    const isFirst = `array_position(transform(${all}, e -> e.key), e.key) = i + 1`;
    const counts = such === undefined ? "" : ` AND exists(array(e.value), __value -> ${such})`;
    const firsts = `map_from_entries(filter(${all}, (e, i) -> ${isFirst}))`;
    const later = `filter(${all}, (e, i) -> NOT ${isFirst}${counts})`;
    return bound(`concat(map_entries(${keptOf(firsts)}), ${later})`, "__kept", (kept) => {
      const values = `transform(filter(${kept}, e -> e.key = name), e -> e.value)`;
      const value = (v: string) =>
        `CASE WHEN size(${v}) = 1 THEN CAST(${v}[0] AS VARIANT) ELSE CAST(${v} AS VARIANT) END`;
      const names = `array_distinct(transform(${kept}, e -> e.key))`;
      return `to_json(map_from_entries(transform(${names}, name -> struct(name, ${bound(values, "__held", value)}))))`;
    });
  });
}

/** An array of one, transformed, gives a name to what an expression is about. */
const bound = (sql: string, name: string, of: (name: string) => string) =>
  `get(transform(array(${sql}), ${name} -> ${of(name)}), 0)`;

/** Whether numbers may be marked. Those that Spark wrote have no other digits than a VARIANT holds. */
const isMarked = ({ of, isTyped }: Pick<SparkReading, "of" | "isTyped">) => of === "VARIANT" && !isTyped;

const isGiven = (v: string) => `NOT is_variant_null(${v})`;

/** SQL of what is not declared within the values of a column, as a JSON value; `undefined` where nothing can be. */
export function undeclaredWithin(column: ColumnFacts, isTyped: boolean): string | undefined {
  const counted = (v: string) => (isTyped ? `CASE WHEN ${isGiven(v)} THEN ${v} END` : v);
  return undeclared(raw(column), column.type, counted);
}

/** Why a row cannot be accepted: it is not a row at all, or a value that must not be null did not read. */
function reason(source: SourceNode, reading: SparkReading, { broken, came }: FileRecord): string {
  const found =
    came === undefined
      ? unread(source, (c) => (fromJson(c) && isMarked(reading) ? withoutMarks(given(c)) : given(c)))
      : unread(
          source,
          (c) => `__came[${text(c.name)}]`,
          (list) => bound(came, "__came", () => list),
        );
  return `CASE WHEN ${broken} THEN __fault${found} END`;
}

/** The value of a column as text, as it came. */
const given = (column: ColumnFacts) => (fromJson(column) ? `to_json(${raw(column)})` : raw(column));

/** One branch of a CASE for values that must not be null and did not read: which they are, as one text. */
export function unread(
  { declared }: SourceNode,
  came: (column: ColumnFacts) => string = given,
  within: (list: string) => string = (list) => list,
): string {
  const required = declared.filter((c) => !c.nullable);
  if (required.length === 0) return "";
  const values = required.map(
    (c) =>
      `      struct(${text(c.name)} AS name, ${text(aType(c.type))} AS type, ${came(c)} AS text, ${id(c.name)} IS NULL AS unread)`,
  );
  const list = `array_join(transform(filter(array(\n${values.join(",\n")}\n    ), v -> v.unread), v -> ${UNREAD}), '; ')`;
  return `\n    WHEN ${required.map((c) => `${id(c.name)} IS NULL`).join(" OR ")} THEN ${within(list)}`;
}

/** What is said of a value `v` that did not read. */
const UNREAD = `coalesce(concat(v.name, ': "', if(length(v.text) > ${EXCERPT}, concat(left(v.text, ${EXCERPT}), '…'), v.text), '" is not ', v.type), concat(v.name, ' is missing'))`;
