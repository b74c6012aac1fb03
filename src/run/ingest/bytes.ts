/** The bytes of a file, piece by piece. */
import { createReadStream } from "node:fs";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";

const PIECE = 1 << 20;

function decompressor(path: string): Transform | undefined {
  if (path.endsWith(".gz")) return createGunzip({ chunkSize: PIECE });
  return path.endsWith(".zst") ? createZstdDecompress({ chunkSize: PIECE }) : undefined;
}

/** The bytes of a file as its reader sees them: decompressed, without a byte order mark. */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  let first = true;
  for await (const piece of packedBytesOf(path)) {
    yield first ? withoutMark(piece) : piece;
    first = false;
  }
}

async function* packedBytesOf(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: PIECE });
  const unpack = decompressor(path);
  if (!unpack) {
    yield* file;
    return;
  }
  const done = pipeline(file, unpack);
  done.catch(() => undefined);
  yield* unpack;
  await done;
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
