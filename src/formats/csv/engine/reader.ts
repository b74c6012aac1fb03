/** CSV in the embedded engine. */
import type { SourceNode } from "../../../ast/relation.ts";
import type { SourceFile } from "../../../engines/duckdb/files/files.ts";
import { bytesOf, passingText, startingTextOf } from "../../../engines/duckdb/ingest/bytes.ts";
import { takeCensus } from "../../../engines/duckdb/ingest/census.ts";
import { type FileShape, LINES } from "../../../engines/duckdb/ingest/read-csv.ts";
import type { FileReader, Look } from "../../../engines/duckdb/ingest/reader.ts";
import { type Sorted, Tally } from "../../../engines/duckdb/ingest/record-sorting.ts";
import { takeApart } from "../../../engines/duckdb/ingest/records.ts";
import { gatherSmallFiles } from "../../../engines/duckdb/ingest/small-files.ts";
import { isNested } from "../../../types/types.ts";
import type { SourceView } from "../../format.ts";
import { csv } from "../csv.ts";
import type { CsvOptions } from "../options.ts";
import { readHeader } from "./header.ts";
import { readCsv } from "./read.ts";
import { CsvRecords } from "./records.ts";

type CsvSource = SourceView<CsvOptions>;

export function csvReader(node: SourceNode): FileReader {
  const source = csv.view(node);
  return {
    look: (file) => look(source, file),
    records: (shape, sorted) => recordsOf(source, shape, sorted),
    read: async (session, inputs, shape) => {
      const reading = readCsv(source, shape, inputs);
      return { ...reading, from: await gatherSmallFiles(session, inputs, reading.from) };
    },
  };
}

function recordsOf({ declared, options }: CsvSource, shape: FileShape, sorted: Sorted): CsvRecords {
  const { encoding, delimiter } = options;
  const [values, header] = [shape.names.length, shape.header !== undefined];
  return new CsvRecords({ encoding, delimiter, values, header, json: readsJson(declared) }, sorted);
}

function readsJson(declared: CsvSource["declared"]): boolean {
  return declared.some(({ type }) => isNested(type) || type.kind === "variant");
}

async function look(source: CsvSource, file: SourceFile): Promise<Look> {
  const { header: named, delimiter, encoding } = source.options;
  const header = named ? await readHeader(startingTextOf(file.absolute, encoding), delimiter, encoding) : undefined;
  if (named && !header) return { kind: "empty", file };
  const names = header?.names ?? source.declared.map((c) => c.name);
  const shape: FileShape = { ...LINES, names, header: header?.blank };
  if (encoding !== "utf-8") return { kind: "mixed", file, shape };
  const plain = await lookPlain(source, file, shape);
  return plain === "quoted" ? lookQuoted(source, file, shape) : plain;
}

/** A file of plain lines is counted; it may turn out to be one with quotes. */
async function lookPlain(source: CsvSource, file: SourceFile, shape: FileShape): Promise<Look | "quoted"> {
  const { delimiter, encoding } = source.options;
  const width = shape.names.length;
  if (Buffer.byteLength(delimiter) > 1) return "quoted";
  const census = await takeCensus(passingText(file.absolute, encoding), {
    delimiter: delimiter.charCodeAt(0),
    quotes: true,
    json: readsJson(source.declared),
    blankIsRow: width === 1,
  });
  if (census === "quoted") return census;
  if (census === "odd") return { kind: "mixed", file, shape };
  const { lineEnd } = census;
  const lines = census.lines - (shape.header ?? 0);
  // With as many delimiters as there have to be, no line has one too many unless another has one too few.
  if (census.delimiters !== lines * (width - 1)) return { kind: "mixed", file, shape };
  const records = shape.header === undefined ? lines : lines - 1;
  return { kind: "whole", file, shape: { ...shape, lineEnd }, records };
}

/** Longer records are read from a copy, by a reader that is made for them. */
const LONGEST = 1 << 20;

/** Every record of a file with quotes is looked at. */
async function lookQuoted(source: CsvSource, file: SourceFile, shape: FileShape): Promise<Look> {
  const tally = new Tally();
  await takeApart(
    (from) => bytesOf(file.absolute, source.options.encoding, from),
    recordsOf(source, shape, tally),
    async () => undefined,
  );
  const { lineEnds: lineEnd, anyBad, anyBlank, anyBreaks, longest, records } = tally;
  const blankIsRow = anyBlank && shape.names.length === 1;
  if (lineEnd === undefined || anyBad || blankIsRow || longest > LONGEST) return { kind: "mixed", file, shape };
  return { kind: "whole", file, shape: { ...shape, lineEnd, serial: anyBreaks }, records };
}
