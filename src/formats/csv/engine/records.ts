/**
 * The records of a CSV file. A value that starts with a quote, after blanks or none, ends with one that is followed by
 * blanks or none; two quotes in it are one of its text. Other values hold what stands there, quotes too. There is one
 * value more than there are delimiters. A quote that is not closed by such a one on the same line or a later one costs the
 * line that its record starts in, and no other.
 */
import { isUtf8 } from "node:buffer";
import { notValid } from "../../../engines/duckdb/ingest/encoding.ts";
import { isTooDeep, TOO_DEEP } from "../../../engines/duckdb/ingest/limits.ts";
import type { Sorted } from "../../../engines/duckdb/ingest/record-sorting.ts";
import { CR, firstLineEnd, LF, type RecordFormat, withoutLineEnd } from "../../../engines/duckdb/ingest/records.ts";
import type { Encoding } from "../../options.ts";

const SPACE = 32;
const QUOTE = 34;

/** Where the scan is in a value: before it, in one without quotes, in quotes, behind a quote of it, behind it. */
const START = 0;
const PLAIN = 1;
const QUOTED = 2;
const CLOSING = 3;
const CLOSED = 4;

interface CsvRecordOptions {
  /** What the bytes were before they were UTF-8. */
  readonly encoding: Encoding;
  readonly delimiter: string;
  /** How many values a record has. */
  readonly values: number;
  /** The first record that is not blank names the columns. */
  readonly header: boolean;
  /** Whether a value is read as JSON. */
  readonly json: boolean;
}

function isPlain(byte: number | undefined, delimiter: number): boolean {
  return byte !== delimiter && byte !== LF && byte !== CR;
}

export class CsvRecords implements RecordFormat {
  readonly #options: CsvRecordOptions;
  readonly #sorted: Sorted;
  readonly #delimiter: Buffer;
  /** The line of the file that the record starts in. */
  #line = 1;
  #header: boolean;
  #state = START;
  #values = 1;
  #breaks = 0;
  #stray = false;
  /** Whether the quoted value has line breaks. */
  #isBroken = false;
  /** A quoted value with line breaks ends in the wrong place: it was another quote that ended it. */
  #unclosed = false;

  constructor(options: CsvRecordOptions, sorted: Sorted) {
    this.#options = options;
    this.#sorted = sorted;
    this.#delimiter = Buffer.from(options.delimiter);
    this.#header = options.header;
  }

  next(bytes: Buffer, from: number, limit: number): number {
    const delimiter = this.#delimiter[0] ?? 0;
    const { length } = this.#delimiter;
    let i = from;
    while (i < limit) {
      if (this.#state === PLAIN) while (i < limit && isPlain(bytes[i], delimiter)) i++;
      else if (this.#state === QUOTED) i = this.#throughQuoted(bytes, i, limit);
      if (i >= limit) break;
      const byte = bytes[i];
      if (byte === LF || byte === CR) return byte === CR && bytes[i + 1] === LF ? i + 2 : i + 1;
      if (byte === delimiter && (length === 1 || this.#isDelimiter(bytes, i))) {
        this.#values++;
        this.#state = START;
        i += length;
      } else {
        this.#state = this.#after(byte);
        i++;
      }
    }
    return ~i;
  }

  /** Behind the next quote, or at the limit. */
  #throughQuoted(bytes: Buffer, from: number, limit: number): number {
    for (let i = from; i < limit; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) {
        this.#state = CLOSING;
        return i + 1;
      }
      if (byte === LF) this.#breaks++;
      if (byte === LF || byte === CR) this.#isBroken = true;
    }
    return limit;
  }

  /** The state behind a byte that ends no value. */
  #after(byte: number | undefined): number {
    const state = this.#state;
    if (state === PLAIN) return PLAIN;
    if (byte === QUOTE && state !== CLOSED) {
      if (state === START) this.#isBroken = false;
      return QUOTED;
    }
    if (byte === SPACE) return state === START ? START : CLOSED;
    if (state !== START) this.#stray = true;
    if (state !== START && this.#isBroken) this.#unclosed = true;
    return PLAIN;
  }

  #isDelimiter(bytes: Buffer, at: number): boolean {
    return this.#delimiter.every((byte, i) => bytes[at + i] === byte);
  }

  /** Whether the record that was found is none, only its first line is. */
  get isUnclosed(): boolean {
    return this.#unclosed || this.#state === QUOTED;
  }

  take(bytes: Buffer, start: number, next: number, isText: boolean): boolean {
    if (this.#unclosed) return this.#takeFirstLine(bytes, start);
    const end = withoutLineEnd(bytes, start, next);
    this.#sorted.lineEnd?.(bytes, end, next);
    if (end === start) this.#sorted.blank();
    else if (this.#header) this.#header = false;
    else {
      const fault = this.#fault(bytes, start, end, isText);
      if (fault === undefined) this.#sorted.good(bytes, start, end, this.#breaks > 0);
      else this.#sorted.bad(bytes.subarray(start, end), `line ${this.#line} ${fault}`);
    }
    this.#reset();
    return true;
  }

  refuse(start: Buffer, reason: string): void {
    this.#sorted.bad(start, `line ${this.#line} is ${reason}`);
    this.#reset();
  }

  end(bytes: Buffer, start: number): boolean {
    return this.isUnclosed ? this.#takeFirstLine(bytes, start) : true;
  }

  #takeFirstLine(bytes: Buffer, start: number): false {
    const line = bytes.subarray(start, firstLineEnd(bytes, start)[0]);
    if (this.#header) this.#header = false;
    else this.#sorted.bad(line, `line ${this.#line} has a quote that is never closed`);
    this.#breaks = 0;
    this.#reset();
    return false;
  }

  #fault(bytes: Buffer, start: number, end: number, isText: boolean): string | undefined {
    const { values, json } = this.#options;
    if (this.#stray) return "has a quote in the wrong place";
    if (this.#values !== values) {
      return `has ${this.#values} ${this.#values === 1 ? "value" : "values"}, ${values} expected`;
    }
    if (!isText && !isUtf8(bytes.subarray(start, end))) return notValid(this.#options.encoding);
    return json && isTooDeep(bytes, start, end, true) ? `has a value that is ${TOO_DEEP}` : undefined;
  }

  #reset(): void {
    this.#line += 1 + this.#breaks;
    this.#state = START;
    this.#values = 1;
    this.#breaks = 0;
    this.#stray = false;
    this.#isBroken = false;
    this.#unclosed = false;
  }
}
