/**
 * Archives, whole: DuckDB's readers accept half a gzip file as a whole one and look at no checksum, and Node's reader of
 * zstd stops after the first frame and at any cut. So the frames are told apart here.
 */
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { messageOf } from "../../../core/thrown.ts";
import { READ } from "../files/files.ts";
import { UnreadableFile } from "./unreadable-file.ts";

const PIECE = 1 << 18;

type Pieces = AsyncGenerator<Buffer, void, undefined>;

/**
 * The bytes of an archive by its name, or `undefined` for a file that is not an archive.
 *
 * @throws UnreadableFile at its end where it is damaged, its checksums included.
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
    throw isSystemError(error) ? error : new UnreadableFile(`the archive is damaged: ${messageOf(error)}`);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

async function* gunzipped(path: string): Pieces {
  const packed = (await open(path, READ)).createReadStream({ highWaterMark: PIECE });
  const unpack = zlib.createGunzip({ chunkSize: PIECE });
  // Its own end counts: behind it there may be zeros, which tools add to fill a block.
  pipeline(packed, unpack).catch(() => undefined);
  yield* unpack;
}

async function* unzstd(path: string): Pieces {
  const packed = (await open(path, READ)).createReadStream({ highWaterMark: PIECE });
  const bytes = new ByteReader(packed);
  try {
    while (!(await bytes.atEnd())) {
      const magic = (await bytes.take(4)).readUInt32LE();
      if (magic >>> 4 === SKIPPABLE) await drain(bytes.pieces((await bytes.take(4)).readUInt32LE()));
      else if (magic !== FRAME) throw new Error("not a zstd frame");
      else yield* unpackedFrame(bytes);
    }
  } finally {
    packed.destroy();
  }
}

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a5;

/** What a frame says of its size is looked at here as well: Node's reader does not do so where nothing is in it. */
async function* unpackedFrame(bytes: ByteReader): Pieces {
  const { header, flags, size } = await headOf(bytes);
  const unpack = zlib.createZstdDecompress({ chunkSize: PIECE });
  const done = pipeline(frame(header, flags, bytes), unpack);
  done.catch(() => undefined);
  let found = 0;
  for await (const piece of unpack) {
    found += piece.length;
    yield piece;
  }
  await done;
  if (size !== undefined && size !== BigInt(found)) throw new Error(`a frame of ${size} bytes has ${found}`);
}

/** The header of a frame, with what it says of the size of its content (RFC 8878). */
async function headOf(bytes: ByteReader): Promise<{ header: Buffer; flags: number; size: bigint | undefined }> {
  const head = await bytes.take(1);
  const flags = head[0] ?? 0;
  const single = (flags & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  const width = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const rest = await bytes.take((single ? 0 : 1) + dictionary + width);
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(FRAME);
  const digits = Buffer.alloc(8);
  rest.copy(digits, 0, rest.length - width);
  // Of two bytes the least is what one byte cannot hold.
  const size = width === 0 ? undefined : digits.readBigUInt64LE() + (width === 2 ? 256n : 0n);
  return { header: Buffer.concat([magic, head, rest]), flags, size };
}

/** The bytes of one frame, by the sizes of its blocks. */
async function* frame(header: Buffer, flags: number, bytes: ByteReader): Pieces {
  yield header;
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
