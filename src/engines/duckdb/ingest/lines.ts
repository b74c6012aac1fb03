/** Files of which each line is a record: any of them may be broken, none of them may hide another. */
import { isUtf8 } from "node:buffer";
import type { Encoding } from "../../../formats/options.ts";
import { passingText } from "./bytes.ts";
import { takeCensus } from "./census.ts";
import { encodingName } from "./encoding.ts";
import { LINES, linesOf } from "./read-csv.ts";
import type { FileReader } from "./reader.ts";
import type { Sorted } from "./record-sorting.ts";
import { CR, LF, type RecordFormat, withoutLineEnd } from "./records.ts";
import { gatherSmallFiles } from "./small-files.ts";
import type { Reading } from "./statement.ts";

/** Why a record is not given to the reader; `name` is what it is called, `isText` that its bytes are known to be UTF-8. */
export type Fault = (record: Buffer, name: string, isText: boolean) => string | undefined;

interface LineFormat {
  readonly encoding: Encoding;
  /** What is wrong with a text that does not decode; absent: that alone. */
  readonly invalid?: string;
  /** Whether a line is parsed as JSON. */
  readonly isJson: boolean;
  /** What else is wrong with a line, in words. */
  readonly fault?: Fault;
  /** The reading of a table expression with each `line`. */
  readonly read: (lines: string) => Reading;
}

/** The reader of files of lines. A file of plain lines is counted and read as it is, another one is taken apart. */
export function lineReader({ encoding, invalid, isJson, fault, read }: LineFormat): FileReader {
  const isBroken = textFault(invalid ?? `is not valid ${encodingName(encoding)}`, fault);
  return {
    look: async (file) => {
      const mixed = { kind: "mixed", file, shape: LINES } as const;
      if (encoding !== "utf-8") return mixed;
      const plain = { delimiter: undefined, quotes: false, json: isJson, blankIsRow: true };
      const census = await takeCensus(passingText(file.absolute, encoding), plain);
      if (typeof census === "string") return mixed;
      return { kind: "whole", file, shape: { ...LINES, lineEnd: census.lineEnd }, records: census.lines };
    },
    records: (_, sorted) => new Lines(sorted, isBroken),
    read: async (session, inputs, shape) => read(await gatherSmallFiles(session, inputs, linesOf(inputs, shape))),
  };
}

/** Faults of any text, and those of its format. */
export function textFault(invalid: string, fault?: Fault): Fault {
  return (record, name, isText) => {
    if (!isText && !isUtf8(record)) return `${name} ${invalid}`;
    return fault?.(record, name, isText);
  };
}

/** The reader of lines uses the first of these as its delimiter, and no text holds either. */
export function hasControls(record: Buffer): boolean {
  return record.includes(1) || record.includes(0);
}

class Lines implements RecordFormat {
  readonly #sorted: Sorted;
  readonly #fault: Fault;
  #window: Buffer | undefined;
  #line = 1;
  /** The next carriage return in the window. */
  #return = 0;

  constructor(sorted: Sorted, fault: Fault) {
    this.#sorted = sorted;
    this.#fault = fault;
  }

  next(bytes: Buffer, from: number, limit: number): number {
    if (bytes !== this.#window || this.#return < from) {
      this.#window = bytes;
      const found = bytes.indexOf(CR, from);
      this.#return = found < 0 ? bytes.length : found;
    }
    const feed = bytes.indexOf(LF, from);
    const end = Math.min(feed < 0 ? bytes.length : feed, this.#return);
    if (end >= limit) return ~limit;
    return bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;
  }

  take(bytes: Buffer, start: number, next: number, isText: boolean): boolean {
    const end = withoutLineEnd(bytes, start, next);
    let first = start;
    while (first < end && isSpace(bytes[first] ?? 0)) first++;
    const line = bytes.subarray(start, end);
    const reason = first === end ? undefined : this.#fault(line, `line ${this.#line}`, isText);
    if (first === end) this.#sorted.blank();
    else if (reason === undefined) this.#sorted.good(bytes, start, end, false);
    else this.#sorted.bad(line, reason);
    this.#line++;
    return true;
  }

  refuse(start: Buffer, reason: string): void {
    this.#sorted.bad(start, `line ${this.#line++} is ${reason}`);
  }

  end(): boolean {
    return true;
  }
}

const BLANK = 32;

export function isSpace(byte: number): boolean {
  return byte === BLANK || (byte >= 9 && byte <= 13);
}
