/** The readers of the formats. */
import type { SourceNode } from "../../ast/relation.ts";
import { csvReader } from "../../formats/csv/engine/reader.ts";
import { fileFormatOf } from "../../formats/format.ts";
import type { Lacking } from "../../formats/formats.ts";
import { jsonReader } from "../../formats/json/engine/reader.ts";
import { parquetReader } from "../../formats/parquet/engine/reader.ts";
import { DUCKDB_SQL } from "../../targets/duckdb/files.ts";
import { declaredLines } from "./ingest/declared-lines.ts";
import type { FileReader } from "./ingest/reader.ts";

/** Those of files, but for formats whose lines are records. */
type BuiltIn = Lacking<"embedded">;

const READERS = {
  csv: csvReader,
  json: jsonReader,
  parquet: parquetReader,
} as const satisfies Readonly<Record<BuiltIn, (source: SourceNode) => FileReader>>;

function hasReader(name: string): name is BuiltIn {
  return Object.hasOwn(READERS, name);
}

/** The reader of a source: that of its format, or of the lines that its format tells of. */
export function readerOf(source: SourceNode): FileReader {
  const format = fileFormatOf(source);
  if (format.embedded) return declaredLines(source, format.embedded(source, DUCKDB_SQL));
  if (hasReader(format.name)) return READERS[format.name](source);
  throw new TypeError(`the format ${format.name} has no reader`);
}
