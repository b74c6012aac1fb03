/** The bytes of a file, piece by piece. */
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { Encoding } from "../../../formats/options.ts";
import { READ } from "../files/files.ts";
import { unpacked } from "./archive.ts";
import { decoded } from "./encoding.ts";

const PIECE = 1 << 20;

/**
 * The bytes of a file, decompressed.
 *
 * It throws at the end of an archive that is not whole: what is read of a file counts once all of it was read.
 */
export async function* rawBytesOf(path: string): AsyncGenerator<Buffer> {
  yield* unpacked(path) ?? plain(path);
}

/** A stream for each of many small files would cost more than reading them. */
async function* plain(path: string): AsyncGenerator<Buffer> {
  const { size } = statSync(path);
  if (size > PIECE) yield* (await open(path, READ)).createReadStream({ highWaterMark: PIECE });
  else if (size > 0) yield atOnce(path);
}

/**
 * The bytes of a file as they are. Each piece holds until the next is asked for: of a large file, a new buffer for each
 * costs more than reading it.
 */
export async function* passing(path: string): AsyncGenerator<Buffer> {
  const { size } = statSync(path);
  if (size > PIECE) yield* inOneBuffer(path);
  else if (size > 0) yield atOnce(path);
}

function atOnce(path: string): Buffer {
  const file = openSync(path, READ);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

async function* inOneBuffer(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, READ);
  try {
    const buffer = Buffer.allocUnsafe(PIECE);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

const HEAD = 1 << 16;

/** The bytes of a file from its start, for who needs few of them: each piece is twice as long as the one before. */
export function startingBytesOf(path: string, first = HEAD): AsyncGenerator<Buffer> {
  return unpacked(path) ?? growing(path, first);
}

async function* growing(path: string, first: number): AsyncGenerator<Buffer> {
  const file = openSync(path, READ);
  try {
    for (let length = first; ; length = Math.min(2 * length, PIECE)) {
      const buffer = Buffer.allocUnsafe(length);
      const bytes = readSync(file, buffer);
      if (bytes === 0) return;
      yield buffer.subarray(0, bytes);
    }
  } finally {
    closeSync(file);
  }
}

/** The text of a file as `bytesOf` gives it, from its start, for who needs little of it. */
export function startingTextOf(path: string, encoding: Encoding): AsyncGenerator<Buffer> {
  return decoded(startingBytesOf(path), encoding);
}

/** The text of a file as `bytesOf` gives it, for who holds no piece for longer than until the next is asked for. */
export function passingText(path: string, encoding: Encoding): AsyncGenerator<Buffer> {
  return decoded(unpacked(path) ?? passing(path), encoding);
}

/** The text of a file as UTF-8, from a place in it, without a byte order mark. */
export async function* bytesOf(path: string, encoding: Encoding, from = 0): AsyncGenerator<Buffer> {
  let toSkip = from;
  for await (const piece of decoded(rawBytesOf(path), encoding)) {
    const skipped = Math.min(toSkip, piece.length);
    toSkip -= skipped;
    if (skipped < piece.length) yield piece.subarray(skipped);
  }
}
