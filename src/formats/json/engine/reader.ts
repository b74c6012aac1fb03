/** JSON in the embedded engine. */
import type { SourceNode } from "../../../ast/relation.ts";
import type { SourceFile } from "../../../engines/duckdb/files/files.ts";
import { startingTextOf } from "../../../engines/duckdb/ingest/bytes.ts";
import { notValid } from "../../../engines/duckdb/ingest/encoding.ts";
import { lineReader } from "../../../engines/duckdb/ingest/lines.ts";
import { LINES } from "../../../engines/duckdb/ingest/read-csv.ts";
import type { FileReader } from "../../../engines/duckdb/ingest/reader.ts";
import type { Sorted } from "../../../engines/duckdb/ingest/record-sorting.ts";
import { json } from "../json.ts";
import { isArray, mayBeArray } from "./array.ts";
import { keysThere } from "./keys.ts";
import { readJsonObjects } from "./read.ts";
import { JsonElements, jsonFault } from "./records.ts";

export function jsonReader(source: SourceNode): FileReader {
  const { declared, options } = json.view(source);
  const { encoding, layout } = options;
  const read = (lines: string) => readJsonObjects(declared, lines);
  const ofLines = lineReader({ encoding, invalid: notValid(encoding), isJson: true, fault: jsonFault, read });
  const records = (sorted: Sorted) =>
    (layout === "lines" ? ofLines.records?.(LINES, sorted) : undefined) ?? new JsonElements(sorted, encoding);
  const namesThere = ({ absolute }: SourceFile, names: readonly string[]) =>
    keysThere(absolute, encoding, names, records);
  if (layout === "lines") {
    const whyOtherLayout = async (start: Buffer, { absolute }: SourceFile) =>
      mayBeArray(start) && (await isArray(startingTextOf(absolute, encoding)))
        ? 'it is one JSON array and not an object per line: give the source the option layout: "array"'
        : undefined;
    return { ...ofLines, namesThere, whyOtherLayout };
  }
  return {
    ...ofLines,
    namesThere,
    look: async (file) => ({ kind: "mixed", file, shape: LINES }),
    records: (_, sorted) => new JsonElements(sorted, encoding),
  };
}
