/** The bytes of a file, piece by piece. */
import { createReadStream } from "node:fs";
import { unpacked } from "./archive.ts";

const PIECE = 1 << 20;

/** The bytes of a file as its reader sees them: decompressed, without a byte order mark. */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  let first = true;
  for await (const piece of packedBytesOf(path)) {
    yield first ? withoutMark(piece) : piece;
    first = false;
  }
}

async function* packedBytesOf(path: string): AsyncGenerator<Buffer> {
  yield* unpacked(path) ?? createReadStream(path, { highWaterMark: PIECE });
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
