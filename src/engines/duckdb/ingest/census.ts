/**
 * A quick look over a file of lines: it counts them without parsing, at the speed of memory. It tells the files that
 * hold nothing but plain lines, so that what DuckDB's reader gives can be held against a count that is not its own.
 */
import { isUtf8 } from "node:buffer";
import { isTooDeep } from "./limits.ts";
import { CR, LF, type LineEnd } from "./records.ts";

const QUOTE = 34;

/** Longer lines are taken apart. */
const PLAIN_LINE = 1 << 20;

interface CensusOptions {
  /** A byte to count. */
  readonly delimiter: number | undefined;
  /** Whether a quote means something. */
  readonly quotes: boolean;
  /** Whether a line, or a value in it, is read as JSON; `quoted` where the JSON is itself in quotes. */
  readonly json: boolean;
  /** Whether a line with nothing in it would be taken for a row. */
  readonly blankIsRow: boolean;
}

interface Census {
  /** Lines, with those that are blank. */
  readonly lines: number;
  readonly delimiters: number;
  readonly lineEnd: LineEnd;
}

/** Holds no piece until it asks for the next. Gives why a file has to be taken apart: there are quotes in it, or something that a reader may stumble over. */
export async function takeCensus(
  bytes: AsyncIterable<Buffer>,
  options: CensusOptions,
): Promise<Census | "quoted" | "odd"> {
  const counting = new Counting(options);
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    const first = piece.indexOf(LF) + 1;
    const last = piece.lastIndexOf(LF) + 1;
    // The line that goes over two pieces is looked at on its own, so that the others need no copy.
    const across =
      rest.length > 0 ? Buffer.concat([rest, piece.subarray(0, first === 0 ? piece.length : first)]) : rest;
    const from = rest.length > 0 ? first : 0;
    if (first === 0) rest = rest.length > 0 ? across : Buffer.from(piece);
    else {
      const fault = counting.take(across) ?? counting.take(piece.subarray(from, last));
      if (fault !== undefined) return fault;
      rest = Buffer.from(piece.subarray(last));
    }
    if (rest.length > PLAIN_LINE) return "odd";
  }
  const lines = counting.lines + (rest.length > 0 ? 1 : 0);
  return counting.take(rest) ?? { lines, delimiters: counting.delimiters, lineEnd: counting.lineEnd };
}

/** Counts over whole lines. */
class Counting {
  lines = 0;
  delimiters = 0;
  readonly #options: CensusOptions;
  /** Whether lines end with a carriage return as well. */
  #returns: boolean | undefined;

  constructor(options: CensusOptions) {
    this.#options = options;
  }

  get lineEnd(): LineEnd {
    return this.#returns ? "\r\n" : "\n";
  }

  /** Gives why the lines are not plain. */
  take(bytes: Buffer): "quoted" | "odd" | undefined {
    if (bytes.length === 0) return undefined;
    const { quotes, delimiter, blankIsRow } = this.#options;
    if (quotes && bytes.includes(QUOTE)) return "quoted";
    if (!isUtf8(bytes)) return "odd";
    const [lines, delimiters] = countBoth(bytes, LF, delimiter ?? LF);
    const ended = bytes[bytes.length - 1] === LF;
    if (!this.#endsAlike(bytes, lines, ended) || (blankIsRow && hasBlank(bytes))) return "odd";
    this.lines += lines;
    if (delimiter !== undefined) this.delimiters += delimiters;
    return this.#linesFit(bytes) ? undefined : "odd";
  }

  #endsAlike(bytes: Buffer, lines: number, ended: boolean): boolean {
    const first = bytes.indexOf(CR);
    if (!ended && lines === 0) return first < 0;
    this.#returns ??= first >= 0;
    if (!this.#returns) return first < 0;
    let returns = 0;
    for (let at = first; at >= 0; at = bytes.indexOf(CR, at + 2)) {
      if (bytes[at + 1] !== LF) return false;
      returns++;
    }
    return returns === lines;
  }

  /** Jumps from line to line as far as lines fit in, so that few of them are looked at. */
  #linesFit(bytes: Buffer): boolean {
    const { json } = this.#options;
    const step = json ? SHORT_JSON : PLAIN_LINE;
    for (let at = 0; at < bytes.length; ) {
      const last = bytes.subarray(at, at + step).lastIndexOf(LF);
      if (last >= 0) at += last + 1;
      else if (bytes.length - at <= step) return true;
      else {
        const feed = bytes.indexOf(LF, at + step);
        const end = feed < 0 ? bytes.length : feed;
        if (end - at > PLAIN_LINE || (json && isTooDeep(bytes, at, end, this.#options.quotes))) return false;
        at = end + 1;
      }
    }
    return true;
  }
}

/** JSON of this length cannot be too deep. */
const SHORT_JSON = 1000;

function hasBlank(bytes: Buffer): boolean {
  return bytes[0] === LF || bytes[0] === CR || bytes.includes("\n\n") || bytes.includes("\n\r");
}

const ONES = 0x01010101;
const LOW = 0x7f7f7f7f;
const NONE = new Int32Array(0);

/** How often two characters of ASCII are there: four bytes at a time, each of which is read once for both. */
export function countBoth(bytes: Buffer, one: number, other: number): readonly [number, number] {
  const head = -bytes.byteOffset & 3;
  const count = Math.max(0, (bytes.length - head) >> 2);
  const words = count === 0 ? NONE : new Int32Array(bytes.buffer, bytes.byteOffset + head, count);
  const ofOne = one * ONES;
  const ofOther = other * ONES;
  let first = 0;
  let second = 0;
  for (let i = 0; i < count; ) {
    // Each of the four counters of the bytes that differ occupies one byte, which 255 rounds do not fill.
    let differ = 0;
    let alsoDiffer = 0;
    const stop = Math.min(count, i + 255);
    const read = 4 * (stop - i);
    for (; i < stop; i++) {
      const word = words[i] ?? 0;
      const low = word & LOW;
      differ = (differ + (((((low ^ ofOne) + LOW) | word) >>> 7) & ONES)) | 0;
      alsoDiffer = (alsoDiffer + (((((low ^ ofOther) + LOW) | word) >>> 7) & ONES)) | 0;
    }
    first += read - sumOfBytes(differ);
    second += read - sumOfBytes(alsoDiffer);
  }
  for (const rest of [bytes.subarray(0, head), bytes.subarray(head + 4 * count)]) {
    for (const byte of rest) {
      if (byte === one) first++;
      if (byte === other) second++;
    }
  }
  return [first, second];
}

const sumOfBytes = (word: number): number =>
  (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
