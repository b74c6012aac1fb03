/**
 * The short way in: straight into the table, in one pass. It is only taken to its end where every row of every file can
 * be read; else nothing is kept, and the files are staged, which tells good from bad.
 */
import type { SourceNode } from "../../relation/nodes.ts";
import { RunError } from "../../schema/errors.ts";
import type { SourceFile } from "../files.ts";
import type { Session } from "../session.ts";
import { type CsvShape, DROP_REJECTS, REJECTED, readCsv, readHeader } from "./csv.ts";
import { jsonLines, readJsonObjects } from "./json.ts";
import { readParquet } from "./parquet.ts";
import { whyRefused } from "./precheck.ts";
import { type CleanTarget, type Input, insertCleanRows, type Reading } from "./statement.ts";

/** Files of one statement: more of them cost more to tell apart than a second statement does. */
export const AT_ONCE = 200;

/** Files that may go the short way, as they are read: all of one shape. */
export interface CleanRead {
  readonly source: SourceNode;
  readonly inputs: readonly Input[];
  readonly shape: CsvShape;
}

export async function cleanRead(source: SourceNode, files: readonly SourceFile[]): Promise<CleanRead | undefined> {
  const filled = files.filter((file) => file.size > 0);
  if (filled.length === 0 || filled.length > AT_ONCE || source.options.layout === "array") return undefined;
  for (const file of filled) if ((await whyRefused(file, source)) !== undefined) return undefined;
  const shape = await oneShape(source, filled);
  return shape && { source, shape, inputs: filled.map((file) => ({ file, readFrom: file.absolute })) };
}

async function oneShape({ format, options, declared }: SourceNode, files: readonly SourceFile[]) {
  if (format !== "csv") return { names: ["line"], header: undefined };
  if (options.header === false) return { names: declared.map((c) => c.name), header: undefined };
  try {
    const headers = await Promise.all(files.map((f) => readHeader(f.absolute, f.size, options.delimiter ?? ",")));
    const [first] = headers;
    const same = headers.every((header) => JSON.stringify(header) === JSON.stringify(first));
    return first && same ? { names: first.names, header: first.blank } : undefined;
  } catch {
    // A header that cannot be read is a problem, and those are told by the long way.
    return undefined;
  }
}

/** Thrown in the transaction of the short way, so that nothing of it is kept. */
export class NotClean extends Error {}

/**
 * Inserts all rows and gives their number.
 *
 * @throws NotClean where a row cannot be read: the transaction has to be rolled back.
 */
export async function insertClean(session: Session, target: CleanTarget, read: CleanRead): Promise<number> {
  await session.exec(DROP_REJECTS);
  let written: number;
  try {
    written = await session.changes(insertCleanRows(target, read.inputs, await readingOf(session, read)));
  } catch (error) {
    if (error instanceof RunError && error.code === "ENGINE001") throw new NotClean("a row", { cause: error });
    throw error;
  }
  if (read.source.format !== "parquet" && (await session.rows(REJECTED)).length > 0) throw new NotClean("a line");
  await session.exec(DROP_REJECTS);
  return written;
}

async function readingOf(session: Session, { source, inputs, shape }: CleanRead): Promise<Reading> {
  if (source.format === "parquet") return readParquet(session, source, inputs);
  return source.format === "csv" ? readCsv(source, shape, inputs, 0) : readJsonObjects(source, jsonLines(inputs, 0));
}
