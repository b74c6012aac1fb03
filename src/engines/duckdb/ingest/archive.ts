/**
 * Archives, whole: DuckDB's readers take half a gzip file for a whole one and look at no checksum, and Node's reader of
 * zstd stops after the first frame and at any cut. So the frames are told apart here.
 */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { messageOf } from "../../../core/thrown.ts";
import { Unreadable } from "./unreadable.ts";

const PIECE = 1 << 18;

type Pieces = AsyncGenerator<Buffer, void, undefined>;

/**
 * The bytes of an archive by its name, or `undefined` for a file that is none.
 *
 * @throws Unreadable at its end where it is damaged, its checksums included.
 */
export function unpacked(path: string): Pieces | undefined {
  if (path.endsWith(".gz")) return whole(gunzipped(path));
  return path.endsWith(".zst") ? whole(unzstd(path)) : undefined;
}

async function* whole(pieces: Pieces): Pieces {
  try {
    yield* pieces;
  } catch (error) {
    // A file that cannot be opened is told by who opens it: nothing is known of what is in it.
    throw isSystemError(error) ? error : new Unreadable(`the archive is damaged: ${messageOf(error)}`);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

async function* gunzipped(path: string): Pieces {
  const unpack = createGunzip({ chunkSize: PIECE });
  // Its own end counts: behind it there may be zeros, which tools add to fill a block.
  pipeline(createReadStream(path, { highWaterMark: PIECE }), unpack).catch(() => undefined);
  yield* unpack;
}

async function* unzstd(path: string): Pieces {
  const bytes = new ByteReader(createReadStream(path, { highWaterMark: PIECE }));
  while (!(await bytes.atEnd())) {
    const magic = (await bytes.take(4)).readUInt32LE();
    if (magic >>> 4 === SKIPPABLE) await drain(bytes.pieces((await bytes.take(4)).readUInt32LE()));
    else if (magic !== FRAME) throw new Error("not a zstd frame");
    else yield* unpackedFrame(bytes);
  }
}

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a5;

async function* unpackedFrame(bytes: ByteReader): Pieces {
  const unpack = createZstdDecompress({ chunkSize: PIECE });
  const done = pipeline(frame(bytes), unpack);
  done.catch(() => undefined);
  yield* unpack;
  await done;
}

/** The bytes of one frame, by the sizes in its header and in those of its blocks (RFC 8878). */
async function* frame(bytes: ByteReader): Pieces {
  const head = await bytes.take(1);
  const flags = head[0] ?? 0;
  const single = (flags & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  const contentSize = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(FRAME);
  yield Buffer.concat([magic, head, await bytes.take((single ? 0 : 1) + dictionary + contentSize)]);
  for (let last = false; !last; ) {
    const block = await bytes.take(3);
    yield block;
    const header = block.readUIntLE(0, 3);
    last = (header & 1) === 1;
    const repeated = ((header >> 1) & 3) === 1;
    yield* bytes.pieces(repeated ? 1 : header >> 3);
  }
  if ((flags & 4) !== 0) yield await bytes.take(4);
}

async function drain(pieces: Pieces): Promise<void> {
  for await (const _ of pieces);
}

/** Takes bytes off a stream by number; a stream that ends before is cut off. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async atEnd(): Promise<boolean> {
    return this.#rest.length === 0 && !(await this.#more());
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.pieces(count)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *pieces(count: number): Pieces {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new Error("unexpected end of file");
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done !== true) this.#rest = next.value;
    return next.done !== true;
  }
}
