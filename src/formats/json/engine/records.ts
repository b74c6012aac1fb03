/** The records of JSON files that are not lines: the elements of an array. */

import { notValid } from "../../../engines/duckdb/ingest/encoding.ts";
import { isTooDeep, TOO_DEEP } from "../../../engines/duckdb/ingest/limits.ts";
import { type Fault, hasControls, isSpace, textFault } from "../../../engines/duckdb/ingest/lines.ts";
import type { Sorted } from "../../../engines/duckdb/ingest/record-sorting.ts";
import { CR, LF, type RecordFormat } from "../../../engines/duckdb/ingest/records.ts";
import type { Encoding } from "../../options.ts";

const SPACE = 32;
const QUOTE = 34;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;

/** Why a value is not given to a JSON parser. */
export const jsonFault: Fault = (value, name) => {
  if (hasControls(value)) return "not JSON";
  return isTooDeep(value, 0, value.length) ? `${name} is ${TOO_DEEP}` : undefined;
};

/** What the scan is in: the space around values, a value, or what stands behind the array. */
type Part = "gap" | "value" | "behind";

/** Elements of a JSON array, or a run of JSON values; each is written on a line of its own. */
export class JsonElements implements RecordFormat {
  readonly #sorted: Sorted;
  readonly #fault: Fault;
  #part: Part = "gap";
  /** What the record that was found last is. */
  #found: Part = "gap";
  #array: "unknown" | "open" | "none" | "closed" = "unknown";
  /** Whether the gap began before the bytes that are looked at. */
  #anyGap = false;
  #elements = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #cut = false;

  constructor(sorted: Sorted, encoding: Encoding) {
    this.#sorted = sorted;
    this.#fault = textFault(notValid(encoding), jsonFault);
  }

  next(bytes: Buffer, from: number, limit: number): number {
    this.#found = this.#part;
    if (this.#part === "behind") return ~limit;
    return this.#part === "gap" ? this.#gap(bytes, from, limit) : this.#value(bytes, from, limit);
  }

  /** Up to the next value: what is between values is a record that is left out. */
  #gap(bytes: Buffer, from: number, limit: number): number {
    for (let i = from; i < limit; i++) {
      const byte = bytes[i] ?? 0;
      if (isSpace(byte) || byte === COMMA) continue;
      if (byte === OPEN && this.#array === "unknown") {
        this.#array = "open";
      } else if (byte === CLOSE && this.#array === "open") {
        this.#array = "closed";
        this.#part = "behind";
        this.#anyGap = false;
        return i + 1;
      } else {
        if (this.#array === "unknown") this.#array = "none";
        this.#part = "value";
        if (i > from || this.#anyGap) {
          this.#anyGap = false;
          return i;
        }
        this.#found = "value";
        return this.#value(bytes, i, limit);
      }
    }
    this.#anyGap = true;
    return ~limit;
  }

  #value(bytes: Buffer, from: number, limit: number): number {
    for (let i = from; i < limit; i++) {
      const byte = bytes[i];
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inText = false;
        if (!this.#inText && this.#depth === 0) return this.#ends(i + 1);
      } else if (byte === QUOTE) this.#inText = true;
      else if (byte === 0x7b || byte === OPEN) this.#depth++;
      else if (byte === 0x7d || byte === CLOSE) {
        // A bracket that nothing opened is the end of the array, or not a value.
        if (this.#depth === 0) return this.#ends(byte === CLOSE && this.#array === "open" ? i : i + 1);
        if (--this.#depth === 0) return this.#ends(i + 1);
      } else if (byte === COMMA && this.#depth === 0) return this.#ends(i);
    }
    return ~limit;
  }

  #ends(at: number): number {
    this.#part = "gap";
    return at;
  }

  take(bytes: Buffer, start: number, next: number, isText: boolean): boolean {
    if (this.#found === "gap") return true;
    const value = bytes.subarray(start, next);
    if (this.#found === "behind") {
      if (!value.every(isSpace)) this.#sorted.bad(value, "not JSON: it stands behind the end of the array");
    } else if (this.#cut) this.#sorted.bad(value, "the JSON array is cut off in this value");
    else {
      const reason = this.#fault(value, `element ${++this.#elements}`, isText);
      const line = reason === undefined ? onOneLine(value) : value;
      if (reason === undefined) this.#sorted.good(line, 0, line.length, false);
      else this.#sorted.bad(value, reason);
    }
    return true;
  }

  refuse(start: Buffer, reason: string): void {
    if (this.#found !== "gap") this.#sorted.bad(start, `element ${++this.#elements} is ${reason}`);
  }

  end(): boolean {
    this.#found = this.#part;
    this.#cut = this.#depth > 0 || this.#inText;
    return true;
  }

  finish(): void {
    if (this.#array === "open" && !this.#cut) {
      this.#sorted.bad(Buffer.alloc(0), "the JSON array is cut off: it has no end");
    }
  }
}

/** Line breaks stand between the parts of a value only (in a text they are escaped), where a space does as well. */
function onOneLine(value: Buffer): Buffer {
  if (!value.includes(LF) && !value.includes(CR)) return value;
  return Buffer.from(value.map((byte) => (byte === LF || byte === CR ? SPACE : byte)));
}
