/** Takes a file apart into its records: every byte of it is in one record, in memory that does not grow with the file. */
import { isUtf8 } from "node:buffer";
import { KEPT_BYTES, LIMITS, tooLong } from "./limits.ts";

export const LF = 10;
export const CR = 13;

/** Line ends that DuckDB's reader is told of. */
export type LineEnd = "\n" | "\r\n";

/** What a format knows of its records. It keeps its place in a record that goes on behind the bytes it has seen. */
export interface RecordFormat {
  /**
   * Goes on at `from` and gives the position behind the record and its line end. Where it does not end before `limit`,
   * it gives `~at`, for the position to go on at. Some bytes behind the limit can be looked at.
   */
  next(bytes: Buffer, from: number, limit: number): number;
  /**
   * Takes the record. `isText` says that its bytes are known to be UTF-8. `false`: it is not one, only its first line is,
   * which was taken as such.
   */
  take(bytes: Buffer, start: number, next: number, isText: boolean): boolean;
  /** Takes a record of which only the start is kept. */
  refuse(start: Buffer, reason: string): void;
  /** The file ends in a record, which is to be read; `false` as for `take`. */
  end(bytes: Buffer, start: number): boolean;
  /** All records were taken. */
  finish?(): void;
}

/** Bytes that a format may look ahead: the line feed after a carriage return, a delimiter of several bytes. */
const AHEAD = 3;

/** The bytes of a file from a place in it. */
type ReadFrom = (from: number) => AsyncIterable<Buffer>;

/** `settle` is called between pieces of the file, to write what was taken. */
export async function takeApart(read: ReadFrom, format: RecordFormat, settle: () => Promise<void>): Promise<void> {
  let from: number | undefined = 0;
  while (from !== undefined) from = await new Pass(read, format, from).run(settle);
}

interface LongRecord {
  readonly start: Buffer;
  /** Where its second line starts in the file. */
  readonly secondLine: number | undefined;
  bytes: number;
}

/** One pass over the file from a place in it. */
class Pass {
  readonly #read: ReadFrom;
  readonly #format: RecordFormat;
  /** Bytes of the file before `#window`. */
  #before: number;
  #window: Buffer = Buffer.alloc(0);
  /** What comes behind the window. */
  #pieces: Buffer[] = [];
  #waiting = 0;
  /** Where the record starts in the window, and up to where it was looked at. */
  #start = 0;
  #at = 0;
  #long: LongRecord | undefined;

  constructor(read: ReadFrom, format: RecordFormat, from: number) {
    this.#read = read;
    this.#format = format;
    this.#before = from;
  }

  /** Gives where the next pass has to start, if there has to be one. */
  async run(settle: () => Promise<void>): Promise<number | undefined> {
    for await (const piece of this.#read(this.#before)) {
      if (!this.#append(piece)) continue;
      this.#take(this.#window.length - AHEAD);
      await settle();
    }
    this.#join();
    this.#take(this.#window.length);
    while (this.#long === undefined && this.#start < this.#window.length) {
      const { length } = this.#window;
      if (this.#format.end(this.#window, this.#start) && this.#format.take(this.#window, this.#start, length, false)) {
        this.#start = length;
      } else {
        this.#start = this.#at = firstLineEnd(this.#window, this.#start)[1];
        this.#take(length);
      }
    }
    const again = this.#endLong();
    if (again === undefined) this.#format.finish?.();
    await settle();
    return again;
  }

  /** Whether there is enough to go on with: a record over many pieces is not to be copied with each of them. */
  #append(piece: Buffer): boolean {
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting < this.#window.length - this.#start) return false;
    this.#join();
    return true;
  }

  #join(): void {
    const rest = this.#window.subarray(this.#start);
    this.#before += this.#start;
    this.#at -= this.#start;
    this.#start = 0;
    this.#window =
      rest.length === 0 && this.#pieces[0] && this.#pieces.length === 1
        ? this.#pieces[0]
        : Buffer.concat([rest, ...this.#pieces]);
    this.#pieces = [];
    this.#waiting = 0;
  }

  #take(limit: number): void {
    const window = this.#window;
    const lines = window.lastIndexOf(LF) + 1;
    const text = lines > this.#start && isUtf8(window.subarray(this.#start, lines)) ? lines : 0;
    while (this.#at < limit) {
      const next = this.#format.next(window, this.#at, limit);
      if (next < 0) {
        this.#at = ~next;
        break;
      }
      if (this.#long) this.#refuse(this.#long, next - this.#start);
      else if (next - this.#start > LIMITS.recordBytes) this.#refuse(this.#startLong(), next - this.#start);
      else if (!this.#format.take(window, this.#start, next, next <= text)) {
        this.#start = this.#at = firstLineEnd(window, this.#start)[1];
        continue;
      }
      this.#start = this.#at = next;
    }
    if (this.#at - this.#start <= LIMITS.recordBytes && !this.#long) return;
    this.#long ??= this.#startLong();
    this.#long.bytes += this.#at - this.#start;
    this.#start = this.#at;
  }

  #startLong(): LongRecord {
    const [end, next] = firstLineEnd(this.#window, this.#start);
    return {
      start: Buffer.from(this.#window.subarray(this.#start, Math.min(end, this.#start + KEPT_BYTES))),
      secondLine: end < this.#window.length ? this.#before + next : undefined,
      bytes: 0,
    };
  }

  #refuse(long: LongRecord, more: number): void {
    this.#format.refuse(long.start, tooLong(long.bytes + more));
    this.#long = undefined;
  }

  /** The file ends in a record that is too long. */
  #endLong(): number | undefined {
    if (!this.#long) return undefined;
    if (this.#format.end(this.#long.start, 0) || this.#long.secondLine === undefined) {
      this.#refuse(this.#long, this.#window.length - this.#start);
      return undefined;
    }
    return this.#long.secondLine;
  }
}

/** Where the line end of a record starts. */
export function withoutLineEnd(bytes: Buffer, start: number, next: number): number {
  if (next > start && bytes[next - 1] === CR) return next - 1;
  if (next === start || bytes[next - 1] !== LF) return next;
  return next - 1 > start && bytes[next - 2] === CR ? next - 2 : next - 1;
}

/** The end of the first line from `start`, and the start of the next one. */
export function firstLineEnd(bytes: Buffer, start: number): [end: number, next: number] {
  let end = start;
  while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
  return [end, bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : Math.min(end + 1, bytes.length)];
}
