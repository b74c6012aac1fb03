/** Where the records of a file go once it is known whether they can be read. */
import type { FileHandle } from "node:fs/promises";
import { CR } from "./records.ts";

export interface Sorted {
  /** A record without its line end, which goes up to `next`. `breaks`: it has line breaks in quotes. */
  good(bytes: Buffer, start: number, end: number, next: number, breaks: boolean): void;
  bad(record: Buffer, reason: string): void;
  /** A line with nothing in it, which is no record. */
  blank(): void;
}

/** Counts the records, and tells whether the file can be read as it is. */
export class Tally implements Sorted {
  records = 0;
  anyBad = false;
  anyBlank = false;
  anyBreaks = false;
  longest = 0;
  readonly #lineEnds = new Set<string>();

  good(bytes: Buffer, _start: number, end: number, next: number, breaks: boolean): void {
    this.records++;
    if (breaks) this.anyBreaks = true;
    this.longest = Math.max(this.longest, next - _start);
    if (next > end) this.#lineEnds.add(bytes[end] === CR ? (next - end === 2 ? "\r\n" : "\r") : "\n");
  }

  bad(): void {
    this.anyBad = true;
  }

  blank(): void {
    this.anyBlank = true;
  }

  /** Every line ends alike, in a way that DuckDB's reader takes. */
  get isUniform(): boolean {
    return this.#lineEnds.size <= 1 && !this.#lineEnds.has("\r");
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
