/** The header of a CSV file. */
import { isUtf8 } from "node:buffer";
import { notValid } from "../../../engines/duckdb/ingest/encoding.ts";
import { LIMITS } from "../../../engines/duckdb/ingest/limits.ts";
import { Tally } from "../../../engines/duckdb/ingest/record-sorting.ts";
import { CR, firstLineEnd, LF, withoutLineEnd } from "../../../engines/duckdb/ingest/records.ts";
import { UnreadableFile } from "../../../engines/duckdb/ingest/unreadable-file.ts";
import type { Encoding } from "../../options.ts";
import { CsvRecords } from "./records.ts";

/** What the header of a file says: the names of its columns, and how many blank lines stand before it. */
interface Header {
  readonly names: readonly string[];
  readonly blank: number;
}

/**
 * The header of a CSV file, or `undefined` for a file of blank lines.
 *
 * @throws UnreadableFile where it exceeds a limit or does not decode.
 */
export async function readHeader(
  text: AsyncIterable<Buffer>,
  delimiter: string,
  encoding: Encoding,
): Promise<Header | undefined> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const piece of text) {
    bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    const header = parseHeader(bytes, delimiter, encoding, false);
    if (header !== "unfinished") return header;
    if (bytes.length > LIMITS.headerBytes) {
      throw new UnreadableFile(`its header does not end within ${LIMITS.headerBytes} bytes`);
    }
  }
  const header = parseHeader(bytes, delimiter, encoding, true);
  return header === "unfinished" ? undefined : header;
}

function parseHeader(
  bytes: Buffer,
  delimiter: string,
  encoding: Encoding,
  whole: boolean,
): Header | undefined | "unfinished" {
  let start = 0;
  while (bytes[start] === LF || bytes[start] === CR) start++;
  if (start === bytes.length) return "unfinished";
  const blank =
    bytes
      .subarray(0, start)
      .toString("latin1")
      .split(/\r\n|\n|\r/).length - 1;
  const records = new CsvRecords({ delimiter, encoding, values: 0, header: false, json: false }, new Tally());
  // Without its last bytes, which may be those of a line end or a delimiter that goes on.
  const next = records.next(bytes, start, whole ? bytes.length : bytes.length - 3);
  if (next < 0 && !whole) return "unfinished";
  // A quote that is never closed costs its own line only.
  const open = records.isUnclosed;
  const end = open ? firstLineEnd(bytes, start)[0] : withoutLineEnd(bytes, start, next < 0 ? bytes.length : next);
  if (end - start > LIMITS.headerBytes)
    throw new UnreadableFile(`its header is longer than ${LIMITS.headerBytes} bytes`);
  if (!isUtf8(bytes.subarray(start, end))) {
    throw new UnreadableFile(`its header ${notValid(encoding)}`);
  }
  const names = valuesOf(bytes.toString("utf8", start, end), delimiter);
  if (names.length > LIMITS.columns) {
    throw new UnreadableFile(`its header has ${names.length} columns, at most ${LIMITS.columns} are read`);
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
