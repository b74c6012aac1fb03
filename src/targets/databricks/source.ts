/**
 * File sources: `STREAM read_files`. Values are read as text and as JSON, and then as their types by the expressions
 * that the Spark target has: Databricks' own typed reading takes `1,5` or `2024` as something else, or loses it.
 */

import type { ColumnFacts, SourceNode } from "../../ast/relation.ts";
import { isParamName } from "../../builder/expr/param-node.ts";
import { indent } from "../../sql/query.ts";
import { sparkIdentifier as id, sparkType, sparkText as text } from "../spark/dialect.ts";
import { fromJson, problems, raw, typed } from "../spark/source.ts";
import { readText } from "../spark/values.ts";

/** The columns of a bronze table beside the declared ones. */
export const ORIGIN: readonly (readonly [name: string, type: string])[] = [
  ["_source_file", "STRING"],
  ["_source_modified_at", "TIMESTAMP"],
  ["_ingested_at", "TIMESTAMP"],
  ["_rescued_data", "STRING"],
];

export function isFiles(source: SourceNode): boolean {
  return source.format !== "table";
}

/** A table of another owner as it is now. */
export function readTable(source: SourceNode): string {
  const names = source.declared.map((c) => `  ${id(c.name)}`).join(",\n");
  return `SELECT\n${names}\nFROM ${source.path.split(".").map(id).join(".")}`;
}

/** The rows of files, each file once: declared columns, origin, and `_reason` and `_row` of those that could not be read. */
export function readFiles(source: SourceNode, streaming: boolean, baseDir: string | undefined): string {
  const selected = [
    ...source.declared.map((c) => `${textOf(c, source)} AS ${raw(c)}`),
    ...(hasCorrupt(source) ? [`${corruptName(source)} AS __corrupt`] : []),
    `${notDeclared(source)} AS __others`,
    "_metadata.file_path AS _source_file",
    "_metadata.file_modification_time AS _source_modified_at",
  ];
  const reader = `${streaming ? "STREAM " : ""}read_files(\n${list(options(source, baseDir))}\n)`;
  const files = `SELECT\n${list(selected)}\nFROM ${reader}`;
  const columns = [
    ...source.declared.map((c) => id(c.name)),
    "_source_file",
    "_source_modified_at",
    "current_timestamp() AS _ingested_at",
    `${rescued(source)} AS _rescued_data`,
    `${reason(source)} AS _reason`,
    `CASE WHEN _reason IS NOT NULL THEN ${row(source)} END AS _row`,
  ];
  const ctes = [`files AS (\n${indent(files)}\n)`, `typed AS (\n${indent(typed(source, "files"))}\n)`];
  return `WITH ${ctes.join(",\n")}\nSELECT\n${list(columns)}\nFROM typed`;
}

const list = (items: readonly string[]) => items.map((item) => `  ${item}`).join(",\n");

/** Parquet has types of its own, and no lines that could be broken. */
const hasCorrupt = ({ format }: SourceNode) => format !== "parquet";

function corruptName({ declared }: SourceNode): string {
  return declared.some((c) => c.name.toLowerCase() === "_corrupt_record") ? "__corrupt_record" : "_corrupt_record";
}

/** How the reader gives a column: the value as it stands in the file. */
function readType(column: ColumnFacts, { format }: SourceNode): string {
  if (format === "parquet") return sparkType(column.type);
  return format === "json" && fromJson(column) ? "VARIANT" : "STRING";
}

/** The value of a column as it came, null where it means null. */
function textOf(column: ColumnFacts, { format, options: { nullValues = [] } }: SourceNode): string {
  const name = id(column.name);
  if (format === "json") return fromJson(column) ? `CASE WHEN NOT is_variant_null(${name}) THEN ${name} END` : name;
  if (format === "parquet") return name;
  const nulls = nullValues.filter((value) => value !== "");
  const value = nulls.length === 0 ? name : `CASE WHEN ${name} NOT IN (${nulls.map(text).join(", ")}) THEN ${name} END`;
  return fromJson(column) ? readText(value, { kind: "variant" }) : value;
}

function options(source: SourceNode, baseDir: string | undefined): readonly string[] {
  const { format, declared } = source;
  const { header, delimiter, encoding = "utf-8", layout, onChange } = source.options;
  const corrupt = corruptName(source);
  const schema = [
    ...declared.map((c) => `${id(c.name)} ${readType(c, source)}`),
    ...(hasCorrupt(source) ? [`${corrupt} STRING`] : []),
  ].join(", ");
  const csv = [
    `header => ${header !== false}`,
    ...(delimiter === undefined ? [] : [`sep => ${text(delimiter)}`]),
    `quote => '"'`,
    `escape => '"'`,
    "multiLine => true",
    // A header names its columns in any case, as everywhere else in SQL.
    "readerCaseSensitive => false",
  ];
  const json = [
    ...(layout === "array" ? ["multiLine => true"] : []),
    "allowSingleQuotes => false",
    "allowNonNumericNumbers => false",
    // Without it the reader does not look for line ends in another encoding.
    ...(encoding === "utf-8" || layout === "array" ? [] : ["lineSep => '\\n'"]),
  ];
  return [
    sourcePath(under(baseDir, source.path)),
    `format => ${text(format)}`,
    `schema => ${text(schema)}`,
    "schemaEvolutionMode => 'rescue'",
    "rescuedDataColumn => '_rescued_data'",
    ...(encoding === "utf-8" ? [] : [`encoding => ${text(encoding)}`]),
    ...(onChange === "reread" ? ["allowOverwrites => true"] : []),
    ...(format === "csv" ? csv : format === "json" ? json : ["readerCaseSensitive => false"]),
    ...(hasCorrupt(source) ? ["mode => 'PERMISSIVE'", `columnNameOfCorruptRecord => ${text(corrupt)}`] : []),
  ];
}

/** What the reader rescued, by name: there is also the path of the file, which `_source_file` has. */
function notDeclared({ format, options: { nullValues = [] } }: SourceNode): string {
  if (format === "parquet") return "_rescued_data";
  const nulls = nullValues.filter((value) => value !== "");
  const given = nulls.length === 0 ? "" : ` AND v NOT IN (${nulls.map(text).join(", ")})`;
  const isValue = format === "json" ? "" : ` AND v IS NOT NULL${given}`;
  const map = `MAP<STRING, ${format === "json" ? "VARIANT" : "STRING"}>`;
  return `map_filter(from_json(coalesce(_rescued_data, '{}'), '${map}'), (k, v) -> k <> '_file_path'${isValue})`;
}

/** What is not declared, and nullable values that did not read, as a JSON object. */
function rescued({ declared, format }: SourceNode): string {
  if (format === "parquet") return "__others";
  const lost = declared
    .filter((c) => c.nullable && c.type.kind !== "string")
    .map((c) => `${text(c.name)}, CASE WHEN ${id(c.name)} IS NULL THEN ${asRescued(c, format)} END`);
  if (lost.length === 0) return "nullif(to_json(__others), '{}')";
  return `nullif(to_json(map_concat(__others, map_filter(
    map(
${lost.map((item) => `      ${item}`).join(",\n")}
    ),
    (k, v) -> v IS NOT NULL AND NOT map_contains_key(__others, k)
  ))), '{}')`;
}

function asRescued(column: ColumnFacts, format: SourceNode["format"]): string {
  const value = raw(column);
  if (format === "csv") return fromJson(column) ? `CAST(${value} AS STRING)` : value;
  return fromJson(column) ? value : readText(value, { kind: "variant" });
}

function reason(source: SourceNode): string {
  const all = problems(source);
  if (!hasCorrupt(source)) return all;
  const fault = source.format === "json" ? "not JSON" : "a line that is broken";
  return `CASE WHEN __corrupt IS NOT NULL THEN ${text(fault)} ELSE ${all} END`;
}

/** The row as it came, as far as the reader tells. */
function row(source: SourceNode): string {
  const values = `to_json(struct(${source.declared.map((c) => `${raw(c)} AS ${id(c.name)}`).join(", ")}))`;
  return hasCorrupt(source) ? `coalesce(__corrupt, ${values})` : values;
}

/** Whether a path is one that a workspace can read: a volume, a mount, or a URI. */
export const isAbsolute = (path: string): boolean => /^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:|\$\{)/.test(path);

function under(baseDir: string | undefined, path: string): string {
  return baseDir === undefined || isAbsolute(path) ? path : `${baseDir.replace(/\/+$/, "")}/${path}`;
}

/** A path as a constant, in which `${name}` stays a parameter of the pipeline. */
export function sourcePath(path: string): string {
  const parts = path.split(/(\$\{[^}]*\})/);
  const isParam = (part: string) => part.startsWith("${") && isParamName(part.slice(2, -1));
  if (!parts.some(isParam)) return text(path);
  return `'${parts.map((part) => (isParam(part) ? part : text(part).slice(1, -1))).join("")}'`;
}
