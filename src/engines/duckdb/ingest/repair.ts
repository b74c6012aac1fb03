/**
 * Files that hold more than good records are taken apart: the good records go to a copy that the reader accepts, the
 * others to a list with their reasons.
 */

import { type FileHandle, open, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { reasonOf } from "../../../core/thrown.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import type { Encoding } from "../../../formats/options.ts";
import { scratchFolder } from "../warehouse/scratch.ts";
import { bytesOf } from "./bytes.ts";
import type { FileReader, MixedFile } from "./reader.ts";
import { Output, type Sorted } from "./record-sorting.ts";
import { takeApart } from "./records.ts";
import { type Input, isPattern } from "./statement.ts";

export interface Repaired {
  /** The copy of the good records. */
  readonly input: Input;
  readonly good: number;
  /** Bytes of the longest one. */
  readonly longest: number;
  /** Whether a record goes over several lines. */
  readonly breaks: boolean;
  readonly bad: number;
  /** The file of bad records: a JSON object with `file`, `reason` and `raw` on each line. */
  readonly badFile: string;
  /** Bytes of the longest line of that. */
  readonly longestBad: number;
  /** Bytes of both. */
  readonly bytes: number;
}

/** Finds the records of a file. */
export type Records = NonNullable<FileReader["records"]>;

/** A separate folder for the copies and links, in the one that is for what does not fit into memory; by default in the system's. */
export class RepairFolder {
  readonly #within: string | undefined;
  #path: Promise<string> | undefined;
  #copies = 0;

  constructor(within: string | undefined) {
    this.#within = within;
  }

  /** Takes a file apart, in memory that does not grow with it. Each record is in one of the two files, once. */
  async repair(look: MixedFile, encoding: Encoding, records: Records): Promise<Repaired> {
    const folder = await this.#folder();
    const name = join(folder, String(this.#copies++));
    const [goodFile, badFile] = [`${name}.good`, `${name}.bad`];
    const [good, bad] = [await this.#opened(goodFile), await this.#opened(badFile)];
    try {
      const copies = new Copies(look.file.absolute, good, bad);
      const read = (from: number) => bytesOf(look.file.absolute, encoding, from);
      await takeApart(read, records(look.shape, copies), () => this.#writing(() => copies.write()));
      return { input: { file: look.file, readFrom: goodFile, isCopy: true }, badFile, ...copies.counts() };
    } finally {
      await Promise.all([good.close(), bad.close()]);
    }
  }

  /**
   * Files whose names are patterns to DuckDB, by links without such names: for each pattern it lists the whole folder, so
   * that thousands of them in one folder took minutes. Where there can be no links, the names are escaped.
   */
  async linked(inputs: readonly Input[]): Promise<readonly Input[]> {
    return Promise.all(inputs.map((input) => (isPattern(input.readFrom) ? this.#linked(input) : input)));
  }

  async #linked(input: Input): Promise<Input> {
    // DuckDB knows an archive by its ending.
    const [ending = ""] = /\.\w+$/.exec(basename(input.readFrom)) ?? [];
    try {
      const link = join(await this.#folder(), `${this.#copies++}${ending}`);
      await symlink(input.readFrom, link);
      return { ...input, readFrom: link };
    } catch {
      return input;
    }
  }

  async discard(repaired: readonly Repaired[]): Promise<void> {
    for (const { input, badFile } of repaired) {
      await Promise.all([rm(input.readFrom, { force: true }), rm(badFile, { force: true })]);
    }
  }

  async remove(): Promise<void> {
    const made = await this.#path?.catch(() => undefined);
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  }

  #folder(): Promise<string> {
    this.#path ??= this.#writing(() => scratchFolder(this.#within));
    return this.#path;
  }

  #opened(path: string): Promise<FileHandle> {
    return this.#writing(() => open(path, "wx", 0o600));
  }

  /** A copy that cannot be written is not a fault of the file that is read: the table fails, and reads it next time. */
  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw failure({
        code: "RUN002",
        message: `a temporary file cannot be written to ${this.#within ?? tmpdir()}: ${reasonOf(error)}`,
        help: "give tempDirectory (--temp-directory) a folder that can be written and has space; the files are read by the next update",
        cause: error,
      });
    }
  }
}

const MARK = Buffer.from("\uFEFF");

class Copies implements Sorted {
  readonly #path: string;
  readonly #good: Output;
  readonly #bad: Output;
  #records = 0;
  #refused = 0;
  #longest = 0;
  #longestBad = 0;
  #breaks = false;

  constructor(path: string, good: FileHandle, bad: FileHandle) {
    this.#path = path;
    this.#good = new Output(good);
    this.#bad = new Output(bad);
  }

  good(bytes: Buffer, start: number, end: number, breaks: boolean): void {
    // The reader removes a mark from the start of each file: the first record may begin with a character like it.
    if (this.#records++ === 0) this.#good.add(MARK, 0, MARK.length);
    this.#longest = Math.max(this.#longest, end - start);
    if (breaks) this.#breaks = true;
    this.#good.line(bytes, start, end);
  }

  bad(record: Buffer, reason: string): void {
    this.#refused++;
    // Each byte that is not UTF-8 becomes U+FFFD, the letters around it stay.
    const entry = { file: this.#path, reason, raw: record.toString("utf8") };
    const line = Buffer.from(JSON.stringify(entry));
    this.#longestBad = Math.max(this.#longestBad, line.length);
    this.#bad.line(line, 0, line.length);
  }

  blank(): void {}

  async write(): Promise<void> {
    await this.#good.write();
    await this.#bad.write();
  }

  counts() {
    return {
      good: this.#records,
      longest: this.#longest,
      breaks: this.#breaks,
      bad: this.#refused,
      longestBad: this.#longestBad,
      bytes: this.#good.bytes + this.#bad.bytes,
    };
  }
}
