/** The bytes of a file, piece by piece. */
import { createReadStream } from "node:fs";
import { unpacked } from "./archive.ts";

const PIECE = 1 << 20;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The bytes of a file as its reader sees them, from a place in it: decompressed, without a byte order mark.
 *
 * It throws at the end of an archive that is not whole: what is read of a file counts once all of it was read.
 */
export async function* bytesOf(path: string, from = 0): AsyncGenerator<Buffer> {
  let toSkip = from;
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const read of unpacked(path) ?? createReadStream(path, { highWaterMark: PIECE })) {
    let piece: Buffer = read;
    if (start) {
      piece = start.length === 0 ? piece : Buffer.concat([start, piece]);
      if (piece.length < MARK.length) {
        start = piece;
        continue;
      }
      start = undefined;
      if (piece.subarray(0, MARK.length).equals(MARK)) piece = piece.subarray(MARK.length);
    }
    const skipped = Math.min(toSkip, piece.length);
    toSkip -= skipped;
    if (skipped < piece.length) yield piece.subarray(skipped);
  }
  if (start && start.length > 0) yield start.subarray(Math.min(toSkip, start.length));
}
