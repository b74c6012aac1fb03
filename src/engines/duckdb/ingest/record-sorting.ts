/** Where the records of a file go once it is known whether they can be read. */
import type { FileHandle } from "node:fs/promises";
import { CR, type LineEnd } from "./records.ts";

export interface Sorted {
  /** A record without its line end. `breaks`: it has line breaks in quotes. */
  good(bytes: Buffer, start: number, end: number, breaks: boolean): void;
  bad(record: Buffer, reason: string): void;
  /** A line with nothing in it, which is not a record. */
  blank(): void;
  /** The line end of a record, a header or a blank line. */
  lineEnd?(bytes: Buffer, start: number, end: number): void;
}

/** Counts the records, and tells whether the file can be read as it is. */
export class Tally implements Sorted {
  records = 0;
  anyBad = false;
  anyBlank = false;
  anyBreaks = false;
  longest = 0;
  readonly #lineEnds = new Set<LineEnd | "\r">();

  good(_bytes: Buffer, start: number, end: number, breaks: boolean): void {
    this.records++;
    if (breaks) this.anyBreaks = true;
    this.longest = Math.max(this.longest, end - start);
  }

  bad(): void {
    this.anyBad = true;
  }

  blank(): void {
    this.anyBlank = true;
  }

  lineEnd(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#lineEnds.add(bytes[start] === CR ? (end - start === 2 ? "\r\n" : "\r") : "\n");
  }

  /** How every line ends, where that is alike and in a way that DuckDB's reader accepts. */
  get lineEnds(): LineEnd | undefined {
    const [first, ...others] = this.#lineEnds;
    return others.length > 0 || first === "\r" ? undefined : (first ?? "\n");
  }
}

const LINE_FEED = Buffer.from("\n");
const BLOCK = 1 << 20;

/** Collects bytes until they are written. */
export class Output {
  readonly #file: FileHandle;
  readonly #full: Buffer[] = [];
  #block = Buffer.allocUnsafe(BLOCK);
  #used = 0;
  /** All that was added. */
  bytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  add(bytes: Buffer, start: number, end: number): void {
    if (this.#used + end - start > this.#block.length) {
      this.#full.push(this.#block.subarray(0, this.#used));
      this.#block = Buffer.allocUnsafe(Math.max(BLOCK, end - start));
      this.#used = 0;
    }
    this.bytes += end - start;
    this.#used += bytes.copy(this.#block, this.#used, start, end);
  }

  line(bytes: Buffer, start: number, end: number): void {
    this.add(bytes, start, end);
    this.add(LINE_FEED, 0, 1);
  }

  async write(): Promise<void> {
    for (const block of this.#full.splice(0)) await this.#file.writeFile(block);
    if (this.#used > 0) await this.#file.writeFile(this.#block.subarray(0, this.#used));
    this.#used = 0;
  }
}
