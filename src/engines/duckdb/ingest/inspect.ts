/**
 * How each file is to be read, from a look at its bytes. DuckDB's reader is given files, or copies, in which every
 * record is known to be good, and what it reads is held against the number of records that was counted here.
 */
import type { Encoding, SourceNode } from "../../../ast/relation.ts";
import type { SourceFile } from "../files.ts";
import type { Session } from "../session.ts";
import { bytesOf } from "./bytes.ts";
import { takeCensus } from "./census.ts";
import type { CsvShape } from "./csv.ts";
import { CsvRecords } from "./csv-records.ts";
import { readHeader } from "./header.ts";
import { JsonElements, JsonLines } from "./json-records.ts";
import { type RecordFormat, takeApart } from "./records.ts";
import { type Sorted, Tally } from "./sorted.ts";
import { whyNoText } from "./start.ts";
import { readerPath } from "./statement.ts";
import { Unreadable } from "./unreadable.ts";
import { isNested } from "./values.ts";

/** A file that can be read as it is. `records`: how many it has, where that is known. */
export interface WholeFile {
  readonly kind: "whole";
  readonly file: SourceFile;
  readonly shape: CsvShape;
  readonly records?: number;
}

/** A file that has to be taken apart first. */
export interface MixedFile {
  readonly kind: "mixed";
  readonly file: SourceFile;
  readonly shape: CsvShape;
}

export type Look =
  | WholeFile
  | MixedFile
  /** It has no record. */
  | { readonly kind: "empty"; readonly file: SourceFile }
  | { readonly kind: "refused"; readonly file: SourceFile; readonly error: unknown };

const AT_ONE_TIME = 4;

/** Both ways in look at a file; one look does for them. */
const known = new WeakMap<SourceFile, Promise<Look>>();

/** Looks at the files, some at a time. */
export async function inspect(
  session: Session,
  source: SourceNode,
  files: readonly SourceFile[],
): Promise<readonly Look[]> {
  if (source.format === "parquet") return inspectParquet(session, files);
  const looks: Look[] = [];
  for (let i = 0; i < files.length; i += AT_ONE_TIME) {
    const some = files.slice(i, i + AT_ONE_TIME).map((file) => {
      const look = known.get(file) ?? inspectFile(source, file);
      known.set(file, look);
      return look;
    });
    looks.push(...(await Promise.all(some)));
  }
  return looks;
}

/** As Spark does, files of no bytes are passed over, whatever their format. */
const isEmpty = (file: SourceFile) => file.size === 0;

/** A Parquet file says itself how many rows it has. */
async function inspectParquet(session: Session, files: readonly SourceFile[]): Promise<readonly Look[]> {
  const looks: Look[] = [];
  for (const file of files) {
    const look =
      known.get(file) ?? (isEmpty(file) ? Promise.resolve({ kind: "empty" as const, file }) : footer(session, file));
    known.set(file, look);
    looks.push(await look);
  }
  return looks;
}

async function footer(session: Session, file: SourceFile): Promise<Look> {
  try {
    const [found] = await session.rows(`SELECT num_rows FROM parquet_file_metadata(${readerPath(file.absolute)})`);
    return { kind: "whole", file, shape: LINES, records: Number(found?.["num_rows"]) };
  } catch (error) {
    return { kind: "refused", file, error };
  }
}

async function inspectFile(source: SourceNode, file: SourceFile): Promise<Look> {
  if (isEmpty(file)) return { kind: "empty", file };
  try {
    const reason = await whyNoText(file.absolute, encodingOf(source));
    if (reason !== undefined) throw new Unreadable(reason);
    return source.format === "csv" ? await inspectCsv(source, file) : await inspectJson(source, file);
  } catch (error) {
    return { kind: "refused", file, error };
  }
}

const LINES: CsvShape = { names: ["line"], header: undefined, lineEnd: "\n", serial: false };

/** The text of a file in UTF-8, from a place in it. */
export function textOf(source: SourceNode, file: SourceFile, from = 0): AsyncIterable<Buffer> {
  return bytesOf(file.absolute, encodingOf(source), from);
}

export function encodingOf({ options }: SourceNode): Encoding {
  return options.encoding ?? "utf-8";
}

async function inspectJson(source: SourceNode, file: SourceFile): Promise<Look> {
  const mixed: Look = { kind: "mixed", file, shape: LINES };
  if (source.options.layout === "array" || encodingOf(source) !== "utf-8") return mixed;
  const plain = { delimiter: undefined, quotes: false, json: true, blankIsRow: true };
  const census = await takeCensus(textOf(source, file), plain);
  if (typeof census === "string") return mixed;
  return { kind: "whole", file, shape: { ...LINES, lineEnd: census.lineEnd }, records: census.lines };
}

async function inspectCsv(source: SourceNode, file: SourceFile): Promise<Look> {
  const { header: named = true, delimiter = "," } = source.options;
  const encoding = encodingOf(source);
  const header = named ? await readHeader(textOf(source, file), delimiter, encoding) : undefined;
  if (named && !header) return { kind: "empty", file };
  const names = header?.names ?? source.declared.map((c) => c.name);
  const shape: CsvShape = { ...LINES, names, header: header?.blank };
  if (encoding !== "utf-8") return { kind: "mixed", file, shape };
  const plain = await inspectPlain(source, file, shape);
  return plain === "quoted" ? inspectQuoted(source, file, shape) : plain;
}

/** A file of plain lines is counted; it may turn out to be one with quotes. */
async function inspectPlain(source: SourceNode, file: SourceFile, shape: CsvShape): Promise<Look | "quoted"> {
  const { delimiter = "," } = source.options;
  const width = shape.names.length;
  if (Buffer.byteLength(delimiter) > 1) return "quoted";
  const census = await takeCensus(textOf(source, file), {
    delimiter: delimiter.charCodeAt(0),
    quotes: true,
    json: readsJson(source),
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
async function inspectQuoted(source: SourceNode, file: SourceFile, shape: CsvShape): Promise<Look> {
  const tally = new Tally();
  await takeApart(
    (from) => textOf(source, file, from),
    recordsOf(source, shape, tally),
    async () => undefined,
  );
  const { lineEnds: lineEnd, anyBad, anyBlank, anyBreaks, longest, records } = tally;
  const blankIsRow = anyBlank && shape.names.length === 1;
  if (lineEnd === undefined || anyBad || blankIsRow || longest > LONGEST) return { kind: "mixed", file, shape };
  return { kind: "whole", file, shape: { ...shape, lineEnd, serial: anyBreaks }, records };
}

/** Finds the records of a file that `takeApart` reads. */
export function recordsOf(source: SourceNode, shape: CsvShape, sorted: Sorted): RecordFormat {
  const { delimiter = ",", layout } = source.options;
  if (source.format === "csv") {
    const options = {
      encoding: encodingOf(source),
      delimiter,
      values: shape.names.length,
      header: shape.header !== undefined,
      json: readsJson(source),
    };
    return new CsvRecords(options, sorted);
  }
  const encoding = encodingOf(source);
  return layout === "array" ? new JsonElements(sorted, encoding) : new JsonLines(sorted, encoding);
}

function readsJson({ declared }: SourceNode): boolean {
  return declared.some(({ type }) => isNested(type) || type.kind === "variant");
}
