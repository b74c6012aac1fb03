/** What the first bytes of a file of text tell: that it is something else, or of another encoding. */
import type { Encoding } from "../../../formats/options.ts";
import { startingBytesOf } from "./bytes.ts";
import { encodingName, fits, markOf } from "./encoding.ts";

const LOOK = 256;

/** The first bytes of a file, decompressed. */
export async function startOf(path: string): Promise<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  for await (const piece of startingBytesOf(path, LOOK)) {
    start = Buffer.concat([start, piece.subarray(0, LOOK)]);
    if (start.length >= LOOK) break;
  }
  return start.subarray(0, LOOK);
}

/** Why a file is not read as text of the encoding, in words that follow "the file cannot be read: ". */
export function whyNoText(start: Buffer, encoding: Encoding): string | undefined {
  return whyOtherFormat(start) ?? whyOtherEncoding(start, encoding);
}

interface Sign {
  readonly bytes: string;
  readonly at?: number;
  readonly is: string;
  /** What to do where text was expected. */
  readonly help: string;
}

const REPACK = "pack it with gzip or zstd";
const named = (end: string) => `its name has to end with ${end}, and it is unpacked once`;
const SIGNS: readonly Sign[] = [
  { bytes: "\x1f\x8b\x08", is: "a gzip archive", help: named(".gz") },
  { bytes: "\x28\xb5\x2f\xfd", is: "a zstd archive", help: named(".zst") },
  { bytes: "1AY&SY", at: 4, is: "a bzip2 archive", help: REPACK },
  { bytes: "\xfd7zXZ\0", is: "an xz archive", help: REPACK },
  { bytes: "\x04\x22\x4d\x18", is: "an LZ4 archive", help: REPACK },
  { bytes: "PK\x03\x04", is: "a ZIP archive or an Excel file", help: "deliver the files in it" },
  { bytes: "PAR1\x15", is: "a Parquet file", help: "read it with source.parquet()" },
  { bytes: "Obj\x01", is: "an Avro file", help: "deliver it as Parquet" },
];

/** What a file is that begins so, where it is not text. */
export function otherFormat(start: Buffer): Sign | undefined {
  const text = start.toString("latin1", 0, 16);
  return SIGNS.find(({ bytes, at = 0 }) => text.startsWith(bytes, at));
}

function whyOtherFormat(start: Buffer): string | undefined {
  const sign = otherFormat(start);
  return sign && `it is ${sign.is}: ${sign.help}`;
}

function whyOtherEncoding(start: Buffer, encoding: Encoding): string | undefined {
  const mark = markOf(start);
  const isWide = encoding.startsWith("utf-16");
  const is = (found: string) => `it is ${found}, not ${encodingName(encoding)}`;
  if (mark?.encoding === "utf-16le" && start[2] === 0 && start[3] === 0) return is("UTF-32");
  if (mark && fits(mark.encoding, encoding)) return undefined;
  if (mark) return is(isWide || mark.encoding === "utf-8" ? encodingName(mark.encoding) : "UTF-16");
  const wide = byItsZeros(start);
  if (!isWide) return wide ? is("UTF-16") : undefined;
  if (encoding === "utf-16") return "it has no byte order mark: give the encoding as utf-16le or utf-16be";
  if (wide) return wide === encoding ? undefined : is(encodingName(wide));
  return isAscii(start) ? `it is not ${encodingName(encoding)}` : undefined;
}

function isAscii(start: Buffer): boolean {
  return start.length > 0 && start.every((byte) => byte > 0 && byte < 0x80);
}

/** Where nearly every second byte is zero, the text is UTF-16. */
function byItsZeros(start: Buffer): "utf-16le" | "utf-16be" | undefined {
  if (start.length < 4) return undefined;
  const zeros = [0, 0];
  start.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const most = Math.max(even, odd);
  if (most * 2 < start.length * 0.8 || Math.min(even, odd) * 10 > most) return undefined;
  return odd > even ? "utf-16le" : "utf-16be";
}
