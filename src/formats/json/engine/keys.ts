/** Which keys the records of a file have: a declared column may be null in all of them and be there all the same. */
import { bytesOf, passingText } from "../../../engines/duckdb/ingest/bytes.ts";
import type { Sorted } from "../../../engines/duckdb/ingest/record-sorting.ts";
import { type RecordFormat, takeApart } from "../../../engines/duckdb/ingest/records.ts";
import type { Encoding } from "../../options.ts";

/** What a key may be written with instead of its letters. */
const ESCAPE = Buffer.from("\\u");

/** Those of the names that a record of the file has as a key of its own; the bytes are searched before records are parsed. */
export async function keysThere(
  path: string,
  encoding: Encoding,
  names: readonly string[],
  recordsOf: (sorted: Sorted) => RecordFormat,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const marks = [...names.map((name) => Buffer.from(JSON.stringify(name))), ESCAPE];
  if (!(await hasAny(passingText(path, encoding), marks))) return found;
  const good = (bytes: Buffer, start: number, end: number) => {
    const record = bytes.subarray(start, end);
    if (!marks.some((mark) => record.includes(mark))) return;
    const keys = keysOf(record.toString());
    for (const name of names) if (keys.includes(name)) found.add(name);
  };
  const format = recordsOf({ good, bad: () => undefined, blank: () => undefined });
  const settle = async () => {
    if (found.size === names.length) throw new AllFound();
  };
  try {
    await takeApart((from) => bytesOf(path, encoding, from), format, settle);
  } catch (error) {
    if (!(error instanceof AllFound)) throw error;
  }
  return found;
}

class AllFound extends Error {}

async function hasAny(pieces: AsyncIterable<Buffer>, marks: readonly Buffer[]): Promise<boolean> {
  const longest = Math.max(...marks.map((mark) => mark.length));
  let before: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const joined = Buffer.concat([before, piece.subarray(0, longest)]);
    if (marks.some((mark) => joined.includes(mark) || piece.includes(mark))) return true;
    before = Buffer.concat([before, piece.subarray(-longest)]).subarray(-longest);
  }
  return false;
}

function keysOf(record: string): readonly string[] {
  try {
    return Object.keys(JSON.parse(record));
  } catch {
    // Not a record: its reader reports it.
    return [];
  }
}
