/**
 * File sources. SQL cannot stream files, so a Python view gives their text with its origin (`source-python.ts`); the
 * rest is SQL, and says of each value what the embedded engine says: it is read, null, rescued or set aside.
 */
import type { ColumnFacts, SourceNode } from "../../ast/relation.ts";
import { indent } from "../../sql/query.ts";
import { typeName } from "../../types/types.ts";
import { read } from "./clauses.ts";
import { csvRows } from "./csv.ts";
import { sparkIdentifier as id, sparkText as text } from "./dialect.ts";
import { isNested, readJson, readText } from "./values.ts";

/** The columns of a bronze table beside the declared ones. */
export const ORIGIN = [
  ["_source_file", "STRING"],
  ["_source_modified_at", "TIMESTAMP"],
  ["_ingested_at", "TIMESTAMP"],
  ["_rescued_data", "STRING"],
] as const;

/** The setting with the folder that relative paths start from. */
export const BASE = "medallion.base";

type Cte = readonly [name: string, sql: string];

/** A table of another owner, as it is. */
export function readTable(source: SourceNode): string {
  const names = source.declared.map((c) => `  ${id(c.name)}`).join(",\n");
  return `SELECT\n${names}\nFROM ${source.path.split(".").map(id).join(".")}`;
}

/** The rows of files: declared columns, origin, and `_reason` and `_row` of those that could not be read. */
export function readFiles(source: SourceNode, view: string, streaming: boolean): string {
  const from = read(id(view), streaming);
  const own = source.format === "csv" ? csvRows(source, from) : jsonRows(source, from);
  const ctes: readonly Cte[] = [...own, ["texts", texts(source)], ["typed", typed(source, "texts")]];
  const names = source.declared.map((c) => id(c.name));
  const path = `regexp_replace(url_decode(replace(__path, '+', '%2B')), '\\\\Afile:/+', 'file:///')`;
  const columns = [
    ...names,
    `replace(${path}, '\${${BASE}}', '') AS _source_file`,
    "__modified_at AS _source_modified_at",
    "current_timestamp() AS _ingested_at",
    `${rescued(source)} AS _rescued_data`,
    `${reason(source)} AS _reason`,
    "CASE WHEN _reason IS NOT NULL THEN __row END AS _row",
  ];
  return `WITH ${ctes.map(([name, sql]) => `${name} AS (\n${indent(sql)}\n)`).join(",\n")}
SELECT
${columns.map((c) => `  ${c}`).join(",\n")}
FROM typed`;
}

const STRICT = "map('allowSingleQuotes', 'false', 'allowNonNumericNumbers', 'false')";

/** Lines of JSON, elements of arrays of a file each, or rows of Parquet that the view gives as JSON. */
function jsonRows(source: SourceNode, from: string): readonly Cte[] {
  const origin = "__path,\n  __modified_at";
  const fields = `from_json(__row, 'MAP<STRING, VARIANT>', ${STRICT})`;
  if (source.format === "parquet") {
    const names = source.declared.map((c) => `WHEN ${text(c.name.toLowerCase())} THEN ${text(c.name)}`).join(" ");
    const declared = `transform_keys(${fields}, (k, v) -> CASE lower(k) ${names} ELSE k END)`;
    return [
      ["lines", `SELECT value AS __row, ${origin.replace("\n ", "")}\nFROM ${from}`],
      ["read", `SELECT *, ${declared} AS __fields, CAST(NULL AS STRING) AS __fault\nFROM lines`],
    ];
  }
  const lines =
    source.options.layout === "array"
      ? `SELECT\n  coalesce(to_json(element), value) AS __row,\n  ${origin}\nFROM ${from}\nLATERAL VIEW OUTER explode(from_json(value, 'ARRAY<VARIANT>', ${STRICT})) AS element\nWHERE trim(value) RLIKE '\\\\S' AND NOT (element IS NULL AND trim(value) RLIKE '\\\\A\\\\[\\\\s*\\\\]\\\\s*\\\\z')`
      : `SELECT\n  value AS __row,\n  ${origin}\nFROM ${from}\nWHERE value RLIKE '\\\\S'`;
  return [
    ["lines", lines],
    ["parsed", `SELECT\n  *,\n  json_array_length(concat('[', __row, ']')) <=> 1 AS __valid\nFROM lines`],
    [
      "read",
      `SELECT
  *,
  CASE WHEN __valid AND __row RLIKE '\\\\A\\\\s*[{]' THEN ${fields} END AS __fields,
  CASE WHEN __valid AND try_parse_json(__row) IS NOT NULL THEN 'not a JSON object' ELSE 'not JSON' END AS __fault
FROM parsed`,
    ],
  ];
}

/** The value of a declared column as it came. */
export const raw = (column: ColumnFacts): string => id(`__raw_${column.name}`);

/** A type that is read from JSON rather than from text. */
export const fromJson = ({ type }: ColumnFacts): boolean => isNested(type) || type.kind === "variant";

function texts(source: SourceNode): string {
  const columns = source.declared.map((c) => `  ${textOf(c, source)} AS ${raw(c)}`);
  return `SELECT\n  *,\n${columns.join(",\n")}\nFROM read`;
}

function textOf(column: ColumnFacts, source: SourceNode): string {
  const field = `__fields[${text(column.name)}]`;
  if (source.format === "csv") {
    const nulls = (source.options.nullValues ?? []).filter((value) => value !== "");
    const value =
      nulls.length === 0 ? field : `CASE WHEN ${field} NOT IN (${nulls.map(text).join(", ")}) THEN ${field} END`;
    return fromJson(column) ? readText(value, { kind: "variant" }) : value;
  }
  return fromJson(column) ? `CASE WHEN NOT is_variant_null(${field}) THEN ${field} END` : `CAST(${field} AS STRING)`;
}

/** The rows of `from`, with the columns as the types that are declared: null where a value does not read. */
export function typed(source: SourceNode, from: string): string {
  const columns = source.declared.map((c) => {
    const value = fromJson(c) ? readJson(raw(c), c.type) : readText(raw(c), c.type);
    return `  ${value} AS ${id(c.name)}`;
  });
  return `SELECT\n  *,\n${columns.join(",\n")}\nFROM ${from}`;
}

/** What is not declared, and nullable values that did not read, as a JSON object. */
function rescued({ declared, format, options }: SourceNode): string {
  const nulls = (options.nullValues ?? []).filter((value) => value !== "");
  const given =
    format === "csv"
      ? ` AND __value IS NOT NULL${nulls.length === 0 ? "" : ` AND __value NOT IN (${nulls.map(text).join(", ")})`}`
      : format === "parquet"
        ? " AND NOT is_variant_null(__value)"
        : "";
  const other = `__key NOT IN (${declared.map((c) => text(c.name)).join(", ")})${given}`;
  const lost = declared
    .filter((c) => c.nullable && c.type.kind !== "string")
    .map((c) => `(__key = ${text(c.name)} AND ${id(c.name)} IS NULL AND ${raw(c)} IS NOT NULL)`);
  return `nullif(to_json(map_filter(__fields, (__key, __value) -> ${[other, ...lost].join("\n    OR ")})), '{}')`;
}

const SHOWN = 80;

/** Why a row cannot be accepted: it is not a row at all, or a value that must not be null did not read. */
const reason = (source: SourceNode): string => `CASE WHEN __fields IS NULL THEN __fault ELSE ${problems(source)} END`;

/** Which values that must not be null did not read, as one text; null where all did. */
export function problems({ declared }: SourceNode): string {
  const reasons = declared
    .filter((c) => !c.nullable)
    .map((c) => {
      const value = fromJson(c) ? `to_json(${raw(c)})` : raw(c);
      const shown = `if(length(${value}) > ${SHOWN}, concat(left(${value}, ${SHOWN}), '…'), ${value})`;
      const article = /^(INT|ARRAY)/.test(typeName(c.type)) ? "an" : "a";
      const wrong = `concat(${text(`${c.name}: "`)}, ${shown}, ${text(`" is not ${article} ${typeName(c.type)}`)})`;
      return `    CASE WHEN ${id(c.name)} IS NULL THEN coalesce(${wrong}, ${text(`${c.name} is missing`)}) END`;
    });
  return reasons.length === 0 ? "CAST(NULL AS STRING)" : `nullif(concat_ws('; ',\n${reasons.join(",\n")}\n  ), '')`;
}
