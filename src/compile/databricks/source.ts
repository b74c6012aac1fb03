/** File sources: `STREAM read_files`, with what does not fit rescued and the origin of each row. */
import { isParamName } from "../../expr/param-node.ts";
import type { ColumnFacts, SourceNode } from "../../relation/nodes.ts";
import { sparkIdentifier as id, sparkType, sparkText as text } from "../spark.ts";

/** The columns of a bronze table beside the declared ones. */
export const ORIGIN: readonly (readonly [name: string, type: string, sql: string])[] = [
  ["_source_file", "STRING", "_metadata.file_path"],
  ["_source_modified_at", "TIMESTAMP", "_metadata.file_modification_time"],
  ["_ingested_at", "TIMESTAMP", "current_timestamp()"],
  ["_rescued_data", "STRING", "_rescued_data"],
];

export function isFiles(source: SourceNode): boolean {
  return source.format !== "table";
}

/** The query that reads a source: files once each, as a stream; a table of another owner as it is. */
export function readSource(source: SourceNode, streaming = true): string {
  if (!isFiles(source)) {
    const names = source.declared.map((c) => `  ${id(c.name)}`).join(",\n");
    return `SELECT\n${names}\nFROM ${source.path.split(".").map(id).join(".")}`;
  }
  const selected = [
    ...source.declared.map((c) => declared(c, source)),
    ...ORIGIN.map(([name, , sql]) => (sql === name ? name : `${sql} AS ${name}`)),
  ];
  const from = `${streaming ? "STREAM " : ""}read_files(\n${options(source)
    .map((o) => `  ${o}`)
    .join(",\n")}\n)`;
  return `SELECT\n${selected.map((c) => `  ${c}`).join(",\n")}\nFROM ${from}`;
}

/** The reader takes one text that means null; the others are taken out of text columns here, elsewhere they do not read. */
function declared(column: ColumnFacts, { options: { nullValues = [] } }: SourceNode): string {
  const [, ...others] = nullValues;
  const name = id(column.name);
  if (others.length === 0 || column.type.kind !== "string") return name;
  return `CASE WHEN ${name} NOT IN (${others.map(text).join(", ")}) THEN ${name} END AS ${name}`;
}

function options(source: SourceNode): readonly string[] {
  const { header, delimiter, nullValues, layout, onChange } = source.options;
  const schema = source.declared.map((c) => `${id(c.name)} ${sparkType(c.type)}`).join(", ");
  return [
    sourcePath(source.path),
    `format => ${text(source.format)}`,
    `schema => ${text(schema)}`,
    "schemaEvolutionMode => 'rescue'",
    "rescuedDataColumn => '_rescued_data'",
    ...(source.format === "csv" ? [`header => ${header !== false}`] : []),
    ...(delimiter === undefined ? [] : [`sep => ${text(delimiter)}`]),
    ...(nullValues?.[0] === undefined ? [] : [`nullValue => ${text(nullValues[0])}`]),
    ...(layout === "array" ? ["multiLine => true"] : []),
    ...(onChange === "reread" ? ["allowOverwrites => true"] : []),
  ];
}

/** A path as a constant, in which `${name}` stays a parameter of the pipeline. */
export function sourcePath(path: string): string {
  const parts = path.split(/(\$\{[^}]*\})/);
  const isParam = (part: string) => part.startsWith("${") && isParamName(part.slice(2, -1));
  if (!parts.some(isParam)) return text(path);
  return `'${parts.map((part) => (isParam(part) ? part : text(part).slice(1, -1))).join("")}'`;
}
