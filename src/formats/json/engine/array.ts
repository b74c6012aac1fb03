/** Whether a file that is to hold an object per line is one array instead. */
import { isSpace } from "../../../engines/duckdb/ingest/lines.ts";
import { LF } from "../../../engines/duckdb/ingest/records.ts";

/** What the first bytes tell, in any encoding: a bracket, and nothing or an object behind it. */
export function mayBeArray(start: Buffer): boolean {
  return /^\s*\[\s*(?:\{|$)/.test(start.toString("latin1").replace(/[\0\xef\xbb\xbf\xff\xfe]/g, ""));
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [34, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** An array that goes over its line, or has the file to itself. Others are lines that are not objects, each by itself. */
export async function isArray(pieces: AsyncIterable<Buffer>): Promise<boolean> {
  let [depth, inText, escaped, closed] = [0, false, false, false];
  for await (const piece of pieces) {
    for (const byte of piece) {
      if (closed) {
        if (!isSpace(byte)) return false;
      } else if (byte === LF && depth > 0) return true;
      else if (inText) {
        inText = escaped || byte !== QUOTE;
        escaped = !escaped && byte === BACKSLASH;
      } else if (byte === QUOTE) inText = true;
      else if (byte === OPEN || byte === OPEN_OBJECT) depth++;
      else if (byte === CLOSE || byte === CLOSE_OBJECT) closed = --depth <= 0;
    }
  }
  return closed;
}
