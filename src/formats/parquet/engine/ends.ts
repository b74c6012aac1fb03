/** What the ends of a file tell: a Parquet file begins and ends with the same four letters, before them the size of its footer. */
import { closeSync, openSync, readSync } from "node:fs";
import { READ, type SourceFile } from "../../../engines/duckdb/files/files.ts";
import { otherFormat } from "../../../engines/duckdb/ingest/first-bytes.ts";

const MAGIC = "PAR1";
const ENCRYPTED = "PARE";
/** Magic and size of the footer. */
const END = 8;

/** Why a file is not read as Parquet, in words that follow "the file cannot be read: ". */
export function whyNoParquet({ absolute, size }: SourceFile): string | undefined {
  const { start, end } = endsOf(absolute, size);
  const [first, last] = [start.toString("latin1", 0, MAGIC.length), end.toString("latin1", END - MAGIC.length)];
  if (first === ENCRYPTED || (first === MAGIC && last === ENCRYPTED)) return "it is encrypted: deliver it decrypted";
  if (first !== MAGIC) {
    const sign = otherFormat(start);
    return sign ? `it is ${sign.is}, not Parquet` : "it is not a Parquet file";
  }
  const footer = end.length === END ? end.readUInt32LE() : 0;
  if (last !== MAGIC || footer + END + MAGIC.length > size) {
    return "it is a Parquet file without its end: it was not written or copied as a whole";
  }
  return undefined;
}

function endsOf(path: string, size: number): { readonly start: Buffer; readonly end: Buffer } {
  const file = openSync(path, READ);
  try {
    const read = (bytes: number, at: number) => {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(file, buffer, 0, bytes, at));
    };
    return { start: read(Math.min(size, 16), 0), end: size < END ? Buffer.alloc(0) : read(END, size - END) };
  } finally {
    closeSync(file);
  }
}
