/**
 * File sources in a DuckDB script. A script has no state and no quarantine of lines, so it stops at what the embedded
 * engine would quarantine: a line that is broken, a header that does not name the declared columns in their order.
 */
import { match } from "ts-pattern";
import type { ColumnFacts, SourceNode } from "../../ast/relation.ts";
import { CompileError } from "../../core/errors.ts";
import { plain } from "../../functions/fragment.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { textOf } from "../../sql/expr.ts";
import type { SqlType } from "../../types/types.ts";
import { DATE, TIME, ZONE } from "../spark/values.ts";
import { duckdbType, duckdbIdentifier as id, readText, duckdbText as text } from "./dialect.ts";

const list = (items: readonly string[]) => items.map((item) => `  ${item}`).join(",\n");

/** A table of another owner as it is. */
export function externalTable(source: SourceNode): string {
  const from = source.path.split(".").map(id).join(".");
  return `SELECT\n${list(source.columns.map((c) => id(c.name)))}\nFROM ${from}`;
}

/** Everything is read as text and then as its type, so that a value that does not fit is null and not an error. */
export function filesText(source: SourceNode, dialect: Dialect): string {
  refuseEncoding(source);
  for (const column of source.declared) refuseInexact(source, column);
  const typed = source.declared.map((c) => {
    const name = id(c.name);
    if (c.type.kind === "string" || isNested(c)) return name;
    const value =
      source.format === "parquet" ? `TRY_CAST(${name} AS ${duckdbType(c.type)})` : readValue(name, c.type, dialect);
    return `${value} AS ${name}`;
  });
  const origin = ["filename AS _source_file", "now() AS _ingested_at"];
  return `SELECT\n${list([...typed, ...origin])}\nFROM ${reader(source)}${guard(source)}`;
}

const isNested = (c: ColumnFacts) => ["array", "struct", "map", "variant"].includes(c.type.kind);

/** DuckDB's readers decode some encodings, and none of them in JSON. */
function refuseEncoding({ options: { encoding = "utf-8" }, at }: SourceNode): void {
  if (encoding === "utf-8") return;
  throw new CompileError({
    code: "TARGET005",
    message: `a DuckDB script does not read ${encoding}`,
    help: "run the pipeline with medallion run, or convert the files to UTF-8",
    location: at,
  });
}

/** DuckDB's JSON holds a fraction as a double: the digits of a longer one would be others than in the file. */
function refuseInexact({ format, at }: SourceNode, { name, type }: ColumnFacts): void {
  if (format !== "json" || type.kind !== "decimal" || type.precision <= 15 || type.scale === 0) return;
  throw new CompileError({
    code: "TARGET005",
    message: `a DuckDB script cannot read the digits of "${name}", a decimal(${type.precision}, ${type.scale}) in JSON`,
    help: "run the pipeline with medallion run, or declare at most 15 digits",
    location: at,
    column: name,
  });
}

/** As the embedded engine reads a text: Spark's casts, whose meaning `readText` has, accept more (`2024` as a date). */
function readValue(x: string, type: SqlType, dialect: Dialect): string {
  const cast = textOf(readText(plain(x), type, true), dialect);
  const guarded = (pattern: string) => `CASE WHEN regexp_full_match(${x}, ${text(pattern)}) THEN ${cast} END`;
  switch (type.kind) {
    case "boolean":
      return `CASE lower(trim(${x})) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case "date":
      return guarded(`\\s*${DATE}\\s*`);
    case "timestamp":
    case "timestampNtz":
      return guarded(`\\s*${DATE}(?:[ T]${TIME}(?: ?${ZONE})?)?\\s*`);
    default:
      return cast;
  }
}

function reader(source: SourceNode): string {
  const { header, delimiter = ",", nullValues = [], layout } = source.options;
  const columns = source.declared.map((c) => `${text(c.name)}: ${text(isNested(c) ? duckdbType(c.type) : "VARCHAR")}`);
  const named = `columns = {${columns.join(", ")}}, filename = true`;
  const path = text(source.path);
  return match(source.format)
    .with("csv", () => {
      const nulls = [...new Set(["", ...nullValues])].map(text).join(", ");
      return `read_csv(${path}, ${named}, header = ${header !== false}, delim = ${text(delimiter)}, quote = '"', escape = '"', nullstr = [${nulls}], auto_detect = false)`;
    })
    .with(
      "json",
      () => `read_json(${path}, ${named}, format = '${layout === "array" ? "array" : "newline_delimited"}')`,
    )
    .with("parquet", () => `read_parquet(${path}, union_by_name = true, filename = true)`)
    .otherwise(() => id(source.path));
}

/** The reader goes by the position of the columns, so the first line of each file has to name them in that order. */
function guard({ format, path, options, declared }: SourceNode): string {
  if (format !== "csv" || options.header === false) return "";
  const expected = declared.map((c) => c.name.toLowerCase()).join(options.delimiter ?? ",");
  const first = `lower(replace(regexp_extract(content, '\\A\\x{FEFF}?([^\\r\\n]*)', 1), '"', ''))`;
  const message = `filename || ${text(`: the first line does not name the columns ${expected}; medallion run reads columns by name`)}`;
  return `
WHERE (
  SELECT count(CASE WHEN ${first} <> ${text(expected)} THEN error(${message}) END)
  FROM read_text(${text(path)})
  WHERE content <> ''
) = 0`;
}
