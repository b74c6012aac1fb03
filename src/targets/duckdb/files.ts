/**
 * File sources in a DuckDB script. A script has no state and no quarantine of lines, so it stops at what the embedded
 * engine would quarantine: a line that is broken, a header that does not name the declared columns in their order.
 */

import { startsAt } from "../../ast/params.ts";
import type { ColumnFacts, SourceNode } from "../../ast/relation.ts";
import { freeze } from "../../core/freeze.ts";
import { attempt, report } from "../../core/refusals.ts";
import { refusal } from "../../diagnostics/mistake.ts";
import { type FormatTraits, fileFormatOf } from "../../formats/format.ts";
import type { DuckdbSql } from "../../formats/readings.ts";
import { call, plain } from "../../functions/fragment.ts";
import { selectFrom } from "../../sql/block.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { textOf } from "../../sql/expr.ts";
import type { SqlType } from "../../types/types.ts";
import { DATE, timeAfter } from "../spark-sql/values.ts";
import { duckdbFits, duckdbType, duckdbIdentifier as id, readText, duckdbText as text } from "./dialect.ts";
import { BASE64_TEXT } from "./macros/texts.ts";

/**
 * Everything is read as text and then as its type, so that a value that does not fit is null and not an error. `base`: the
 * folder that a relative path starts from, where that is not the one in which the script is run.
 */
export function filesText(source: SourceNode, dialect: Dialect, base = ""): string {
  const format = fileFormatOf(source);
  refuseEncoding(source, format.traits(source));
  const before = base === "" || startsAt(source.path) !== "relative" ? "" : `${base.replace(/\/+$/, "")}/`;
  // Brackets are a pattern to DuckDB, and stand for themselves in our paths.
  const found = { ...source, path: `${before}${source.path}`.replaceAll("[", "[[]") };
  const { from, value, isTyped = false, where, file: path = "filename" } = format.duckdb(found, DUCKDB_SQL);
  const typed = source.declared.map((c) => {
    const [name, x] = [id(c.name), value(c)];
    const read = (): string => {
      const fits = duckdbFits(x, c.type);
      if (fits !== undefined) return `CASE WHEN ${fits} THEN ${x} END`;
      if (c.type.kind === "string" || isNested(c)) return x;
      return isTyped ? `TRY_CAST(${x} AS ${duckdbType(c.type)})` : readValue(x, c.type, dialect);
    };
    const sql = read();
    return sql === name ? name : `${sql} AS ${name}`;
  });
  const within = `CASE WHEN starts_with(${path}, ${text(before)}) THEN substr(${path}, ${[...before].length + 1}) ELSE ${path} END`;
  const file = before === "" ? path : within;
  const columns = [...typed, `${file} AS _source_file`, "now() AS _ingested_at"];
  return selectFrom(columns, from, where);
}

/** Whether the values of a source have types in its files. What its format refuses is told where it is compiled. */
export const comesTyped = (source: SourceNode): boolean =>
  attempt(() => fileFormatOf(source).duckdb(source, DUCKDB_SQL)).result?.isTyped ?? false;

const isNested = (c: ColumnFacts) => ["array", "struct", "map", "variant"].includes(c.type.kind);

/** What formats write SQL with. */
export const DUCKDB_SQL: DuckdbSql = freeze({ identifier: id, text, type: duckdbType, isJson: isNested });

/** DuckDB's readers decode some encodings, and none of them in JSON. */
function refuseEncoding({ at }: SourceNode, { encoding = "utf-8" }: FormatTraits): void {
  if (encoding === "utf-8") return;
  report(
    refusal({
      code: "TARGET005",
      message: `a DuckDB script does not read ${encoding}`,
      help: "run the pipeline with medallion run, or convert the files to UTF-8",
      location: at,
    }),
  );
}

/** As the embedded engine reads a text: Spark's casts, whose meaning `readText` has, accept more (`2024` as a date). */
function readValue(x: string, type: SqlType, dialect: Dialect): string {
  const cast = textOf(readText(plain(x), type, true), dialect);
  const guarded = (pattern: string) => `CASE WHEN regexp_full_match(${x}, ${text(pattern)}) THEN ${cast} END`;
  switch (type.kind) {
    case "boolean":
      return `CASE lower(trim(${x}, ' ')) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case "date":
      return guarded(`\\s*${DATE}\\s*`);
    case "timestamp":
    case "timestampNtz":
      return guarded(timeAfter(DATE));
    case "binary":
      return `TRY(from_base64(${textOf(call(BASE64_TEXT, [plain(x)]), dialect)}))`;
    default:
      return cast;
  }
}
