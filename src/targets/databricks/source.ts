/**
 * File sources: `STREAM read_files`. Values of text formats are read as text and as JSON, and then as their types by the
 * expressions that the Spark target has: Databricks' own typed reading reads `1,5` or `2024` as something else, or loses
 * it. Values that have types in the file are read as their types.
 */

import { pathParts, startsAt } from "../../ast/params.ts";
import type { ColumnFacts, SourceNode } from "../../ast/relation.ts";
import { RESCUED } from "../../ast/stored.ts";
import { fileFormatOf } from "../../formats/format.ts";
import type { Cte, DatabricksReading, MapOf } from "../../formats/readings.ts";
import { list, selectFrom, withCtes } from "../../sql/block.ts";
import { isAnyText } from "../../types/types.ts";
import { sparkIdentifier as id, sparkEscaped, sparkFits, sparkText as text } from "../spark-sql/dialect.ts";
import { foundBy } from "../spark-sql/paths.ts";
import { fromJson, raw, SPARK_SQL, typed, undeclaredWithin, unread } from "../spark-sql/source.ts";
import { readText } from "../spark-sql/values.ts";

/** The rows of files, each file once: declared columns, origin, and `_reason` and `_row` of those that could not be read. */
export function readFiles(source: SourceNode, streaming: boolean, baseDir: string | undefined): string {
  const reading = fileFormatOf(source).databricks(source, SPARK_SQL);
  const { broken, isTyped = false } = reading;
  const selected = [
    ...source.declared.map((c) => (isTyped ? as(fitting(c, reading), id(c.name)) : as(reading.value(c), raw(c)))),
    ...(broken ? [`${broken.record ?? corruptName(source)} AS __corrupt`] : []),
    `${withUnfit(source, reading)} AS __others`,
    `${sourceFile(baseDir)} AS _source_file`,
    "_metadata.file_modification_time AS _source_modified_at",
  ];
  const reader = `${streaming ? "STREAM " : ""}read_files(\n${list(options(source, reading, baseDir))}\n)`;
  const where = reading.where === undefined ? "" : `\nWHERE ${reading.where}`;
  const files: Cte = { name: "files", sql: `SELECT\n${list(selected)}\nFROM ${reader}${where}` };
  const columns = [
    ...source.declared.map((c) => id(c.name)),
    "_source_file",
    "_source_modified_at",
    "current_timestamp() AS _ingested_at",
    `${rescuedOf(source, reading)} AS _rescued_data`,
    `${reason(source, reading)} AS _reason`,
    `CASE WHEN _reason IS NOT NULL THEN ${row(source, reading)} END AS _row`,
  ];
  const ctes = isTyped ? [files] : [files, typed(source, "files")];
  return `${withCtes(ctes)}\n${selectFrom(columns, isTyped ? "files" : "typed")}`;
}

const as = (sql: string, name: string) => (sql === name ? name : `${sql} AS ${name}`);

function corruptName({ declared }: SourceNode): string {
  return declared.some((c) => c.name.toLowerCase() === "_corrupt_record") ? "__corrupt_record" : "_corrupt_record";
}

/** Whether the reader itself tells which records are broken. */
const tellsBroken = ({ broken }: DatabricksReading) => broken !== undefined && broken.record === undefined;

/** Whether the reader itself keeps what it is not asked for. */
const rescues = ({ others }: DatabricksReading) => others !== undefined && "of" in others;

function options(source: SourceNode, reading: DatabricksReading, baseDir: string | undefined): readonly string[] {
  const { encoding = "utf-8" } = fileFormatOf(source).traits(source);
  const { type } = reading;
  const corrupt = corruptName(source);
  const { path, name } = foundBy(source, "Databricks");
  const schema = [
    ...(type ? source.declared.map((c) => `${id(c.name)} ${type(c)}`) : []),
    ...(tellsBroken(reading) ? [`${corrupt} STRING`] : []),
  ].join(", ");
  return [
    literal(
      baseDir !== undefined && startsAt(source.path) === "relative"
        ? `${folder(baseDir)}/${path === "." ? "" : path}`
        : path,
    ),
    ...(name === undefined ? [] : ["recursiveFileLookup => true", `pathGlobFilter => ${literal(name)}`]),
    `format => ${text(reading.format)}`,
    ...(schema === "" ? [] : [`schema => ${text(schema)}`]),
    ...(rescues(reading) ? ["schemaEvolutionMode => 'rescue'", "rescuedDataColumn => '_rescued_data'"] : []),
    // Folders such as dt=2024-01-01 are part of a path, not of the rows.
    "partitionColumns => ''",
    ...(encoding === "utf-8" ? [] : [`encoding => ${text(encoding)}`]),
    ...(source.options.onChange === "reread" ? ["allowOverwrites => true"] : []),
    ...reading.options,
    ...(tellsBroken(reading) ? ["mode => 'PERMISSIVE'", `columnNameOfCorruptRecord => ${text(corrupt)}`] : []),
  ];
}

/** What the reader rescued, by name: there is also the path of the file, which `_source_file` has. */
function notDeclared({ others }: DatabricksReading): string {
  if (others === undefined) return "CAST(map() AS MAP<STRING, STRING>)";
  if ("map" in others) return others.map;
  const such = others.such === undefined ? "" : ` AND ${others.such}`;
  const map = `MAP<STRING, ${others.of}>`;
  return `map_filter(from_json(coalesce(_rescued_data, '{}'), '${map}'), (k, v) -> k <> '_file_path'${such})`;
}

/** What a broken line holds are not values. Where the reader itself tells which are broken, it rescues nothing of them. */
function rescuedOf(source: SourceNode, reading: DatabricksReading): string {
  const all = rescued(source, reading);
  return reading.broken?.record === undefined ? all : `CASE WHEN __corrupt IS NULL THEN ${all} END`;
}

/** The value of a typed column, where its texts are of the values of its type. */
function fitting(column: ColumnFacts, { value }: DatabricksReading): string {
  const [x, test] = [value(column), sparkFits(value(column), column.type)];
  return test === undefined ? x : `CASE WHEN ${test} THEN ${x} END`;
}

/** What the reader rescued, and values of typed columns with texts that are not among the values of their types. */
function withUnfit({ declared }: SourceNode, reading: DatabricksReading): string {
  const rescued = notDeclared(reading);
  const unfit = (reading.isTyped ? declared : []).flatMap((c) => {
    const [x, test] = [reading.value(c), sparkFits(reading.value(c), c.type)];
    const value = fromJson(c) ? `try_parse_json(to_json(${x}))` : `CAST(${x} AS VARIANT)`;
    return test === undefined ? [] : [`${text(c.name)}, CASE WHEN NOT ${test} THEN ${value} END`];
  });
  if (unfit.length === 0) return rescued;
  return `map_concat(${rescued}, map_filter(map(${unfit.join(", ")}), (k, v) -> v IS NOT NULL))`;
}

/** What is not declared, also within values, and nullable values that did not read, as a JSON object. */
function rescued({ declared }: SourceNode, { others, isTyped }: DatabricksReading): string {
  const of = others && "of" in others ? others.of : "STRING";
  const more = (isTyped ? [] : declared).flatMap((c) => {
    const within = of === "VARIANT" ? undeclaredWithin(c, false) : undefined;
    const isLost = c.nullable && !isAnyText(c.type);
    if (!isLost && within === undefined) return [];
    const lost = isLost ? asRescued(c, of) : "NULL";
    return [`${text(c.name)}, CASE WHEN ${id(c.name)} IS NULL THEN ${lost}${within ? ` ELSE ${within}` : ""} END`];
  });
  if (more.length === 0) return "nullif(to_json(__others), '{}')";
  return `nullif(to_json(map_concat(__others, map_filter(
    map(
${more.map((item) => `      ${item}`).join(",\n")}
    ),
    (k, v) -> v IS NOT NULL AND NOT map_contains_key(__others, k)
  ))), '{}')`;
}

function asRescued(column: ColumnFacts, of: MapOf): string {
  const value = raw(column);
  if (of === "STRING") return fromJson(column) ? `CAST(${value} AS STRING)` : value;
  return fromJson(column) ? value : readText(value, { kind: "variant" });
}

function reason(source: SourceNode, { broken, isTyped }: DatabricksReading): string {
  const found = isTyped ? unread(source, rescuedValue) : unread(source);
  const unreadable = broken ? ` WHEN __corrupt IS NOT NULL THEN ${text(broken.reason)}` : "";
  const branches = `${unreadable}${found}`;
  return branches === "" ? "CAST(NULL AS STRING)" : `CASE${branches} END`;
}

/** The value of a typed column as it came, where the reader rescued it. */
function rescuedValue(column: ColumnFacts): string {
  const value = `__others[${text(column.name)}]`;
  return fromJson(column) ? `to_json(${value})` : `CAST(${value} AS STRING)`;
}

/** The row as it came, as far as the reader tells. */
function row({ declared }: SourceNode, { broken, isTyped }: DatabricksReading): string {
  const columns = isTyped
    ? [...declared.map((c) => id(c.name)), RESCUED]
    : declared.map((c) => `${raw(c)} AS ${id(c.name)}`);
  const values = `to_json(struct(${columns.join(", ")}))`;
  return broken ? `coalesce(__corrupt, ${values})` : values;
}

const folder = (baseDir: string) => baseDir.replace(/\/+$/, "");

/** The path of a file relative to where relative paths start from. The reader gives a URI. */
function sourceFile(baseDir: string | undefined): string {
  const path = "url_decode(replace(_metadata.file_path, '+', '%2B'))";
  if (baseDir === undefined) return path;
  return `regexp_replace(${path}, ${literal(`\\A(?:dbfs:)?\\Q${folder(baseDir)}/\\E`)}, '')`;
}

/** A constant, in which `${name}` stays a parameter of the pipeline. */
function literal(value: string): string {
  const parts = pathParts(value);
  if (parts.every(({ param }) => param === undefined)) return text(value);
  const escaped = parts.map((part) => (part.param === undefined ? sparkEscaped(part.text) : `\${${part.param}}`));
  return `'${escaped.join("")}'`;
}
