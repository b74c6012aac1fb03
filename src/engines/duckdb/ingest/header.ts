/** What stands at the start of a file: a CSV header, or the signs of an encoding that is not read. */
import { bytesOf } from "./bytes.ts";
import { CsvRecords } from "./csv-records.ts";
import { LIMITS } from "./limits.ts";
import { CR, firstLineEnd, LF, withoutLineEnd } from "./records.ts";
import { Tally } from "./sorted.ts";

/** What the header of a file says: the names of its columns, and how many blank lines stand before it. */
export interface Header {
  readonly names: readonly string[];
  readonly blank: number;
}

/** A file that is not read, and why. */
export class Unreadable extends Error {}

/**
 * The header of a CSV file, or `undefined` for a file of blank lines.
 *
 * @throws Unreadable where it exceeds a limit.
 */
export async function readHeader(path: string, delimiter: string): Promise<Header | undefined> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const piece of bytesOf(path)) {
    bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    const header = parseHeader(bytes, delimiter, false);
    if (header !== "unfinished") return header;
    if (bytes.length > LIMITS.headerBytes) {
      throw new Unreadable(`its header does not end within ${LIMITS.headerBytes} bytes`);
    }
  }
  const header = parseHeader(bytes, delimiter, true);
  return header === "unfinished" ? undefined : header;
}

function parseHeader(bytes: Buffer, delimiter: string, whole: boolean): Header | undefined | "unfinished" {
  let start = 0;
  while (bytes[start] === LF || bytes[start] === CR) start++;
  if (start === bytes.length) return "unfinished";
  const blank =
    bytes
      .subarray(0, start)
      .toString("latin1")
      .split(/\r\n|\n|\r/).length - 1;
  const records = new CsvRecords({ delimiter, values: 0, header: false, json: false }, new Tally());
  // Without its last bytes, which may be those of a line end or a delimiter that goes on.
  const next = records.next(bytes, start, whole ? bytes.length : bytes.length - 3);
  if (next < 0 && !whole) return "unfinished";
  // A quote that is never closed costs its own line only.
  const open = records.isUnclosed;
  const end = open ? firstLineEnd(bytes, start)[0] : withoutLineEnd(bytes, start, next < 0 ? bytes.length : next);
  if (end - start > LIMITS.headerBytes) throw new Unreadable(`its header is longer than ${LIMITS.headerBytes} bytes`);
  const names = valuesOf(bytes.toString("utf8", start, end), delimiter);
  if (names.length > LIMITS.columns) {
    throw new Unreadable(`its header has ${names.length} columns, at most ${LIMITS.columns} are read`);
  }
  return { names: names.map((name, i) => name.trim() || `_c${i}`), blank };
}

/** The texts of a record. A column without a name gets the one that Spark gives it. */
function valuesOf(record: string, delimiter: string): string[] {
  const values: string[] = [];
  let value = "";
  let quoted = false;
  for (let i = 0; i < record.length; i++) {
    const char = record[i];
    if (quoted && char === '"' && record[i + 1] === '"') value += record[++i];
    else if (char === '"' && (quoted || value.trim() === "")) quoted = !quoted;
    else if (!quoted && record.startsWith(delimiter, i)) {
      values.push(value);
      value = "";
      i += delimiter.length - 1;
    } else value += char;
  }
  return [...values, value];
}

/** Why the text of a file is not read as UTF-8, from its first bytes: it is UTF-16 throughout. */
export async function foreignEncoding(path: string): Promise<string | undefined> {
  for await (const start of bytesOf(path)) {
    const [first, second] = start;
    const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
    return marked || isEverySecondZero(start.subarray(0, 256)) ? "it is UTF-16, not UTF-8" : undefined;
  }
  return undefined;
}

function isEverySecondZero(start: Buffer): boolean {
  if (start.length < 4) return false;
  const zeros = [0, 0];
  start.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const most = Math.max(even, odd);
  return most * 2 >= start.length * 0.8 && Math.min(even, odd) * 10 <= most;
}
