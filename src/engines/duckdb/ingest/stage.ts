/** Reads new files of a source into a staging table: typed columns, origin, rescued data and problems. */

import type { SourceNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { oneLine } from "../../../core/text.ts";
import { firstLine, hasCode, messageOf } from "../../../core/thrown.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { fileFormatOf } from "../../../formats/format.ts";
import { duckdbIdentifier as identifier, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { hasChanged, type SourceFile, whyUnreadable } from "../files/files.ts";
import { readerOf } from "../formats.ts";
import type { Session } from "../warehouse/session.ts";
import { AT_ONCE, type Batch, batchesOf, readBatch } from "./batch.ts";
import { inspect } from "./inspect.ts";
import { probeOf } from "./probe.ts";
import type { FileShape } from "./read-csv.ts";
import type { FileReader, Look, MixedFile, WholeFile } from "./reader.ts";
import { type Records, type Repaired, RepairFolder } from "./repair.ts";
import { dropGathered } from "./small-files.ts";
import { asPattern, createTable, type Input, insertProblems, insertRows } from "./statement.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** A file that was not read, and why. */
export interface FailedFile {
  readonly file: SourceFile;
  readonly reason: string;
}

interface StageArguments {
  readonly source: SourceNode;
  readonly files: readonly SourceFile[];
  readonly ingestedAt: Date;
  /** Name of the temporary table to make. */
  readonly into: string;
  /** The folder for copies of files; absent: the system's for temporary files. */
  readonly tempDirectory?: string | undefined;
}

interface Staged {
  /** Rows in the staging table, those with a problem included. */
  readonly rows: number;
  /** Files whose content cannot be read, such as a corrupt Parquet file. Each is staged as one row with a problem. */
  readonly failed: readonly FailedFile[];
  /** Files that could not be opened (gone, no permission) or changed meanwhile: not staged, and not to be remembered as read. */
  readonly unopened: readonly FailedFile[];
}

/**
 * Stages the files in as few statements as their shapes allow. A line, value or file that cannot be read does not
 * keep the others from being read, and is not lost: it is a row with a problem, or in `failed` or `unopened`.
 *
 * Call it outside of a transaction: a statement that fails ends one.
 *
 * @throws RunError when the machine or the warehouse fails, rather than the data.
 */
export async function stageSource(session: Session, args: StageArguments): Promise<Staged> {
  const stage = new Stage(session, args);
  await session.exec(createTable(args.into, args.source.declared));
  try {
    await stage.run();
    const [counted] = await session.rows(`SELECT count(*) AS n FROM ${identifier(args.into)}`);
    const { failed, unopened } = stage;
    return { rows: Number(counted?.["n"]), failed, unopened };
  } finally {
    await stage.cleanUp();
  }
}

const MISCOUNTED = "it does not have as many rows as its footer counts";

/** Bytes of copies that are kept before they are read. */
const COPIES = 256 << 20;

class Stage {
  readonly session: Session;
  readonly args: StageArguments;
  readonly source: SourceNode;
  readonly reader: FileReader;
  readonly failed: FailedFile[] = [];
  readonly unopened: FailedFile[] = [];
  readonly #folder: RepairFolder;
  /** Rows of each file, by its path. */
  readonly #expected = new Map<string, number>();

  constructor(session: Session, args: StageArguments) {
    this.session = session;
    this.args = args;
    this.source = args.source;
    this.reader = readerOf(args.source);
    this.#folder = new RepairFolder(args.tempDirectory);
  }

  async run(): Promise<void> {
    const looks = await inspect(probeOf(this.session), this.source, this.args.files);
    for (const look of looks) if (look.kind === "refused") await this.#fail(look.file, look.error);
    const whole = looks.filter((look) => look.kind === "whole");
    const unread: Input[] = [];
    for (const { file, records } of whole) if (records !== undefined) this.#expected.set(file.path, records);
    for (const batch of batchesOf(whole))
      unread.push(...(await this.#read({ ...batch, inputs: await this.#folder.linked(batch.inputs) })));
    const wrong = new Set([...unread.map(({ file }) => file), ...(await this.#miscounted(whole))]);
    const { records } = this.reader;
    if (records) await this.#repairAll(records, whole, looks, wrong);
    else for (const file of wrong) await this.#fail(file, new UnreadableFile(MISCOUNTED));
    for (const file of this.args.files.filter(hasChanged)) await this.#leave(file, "it changed while it was read");
    await this.#account(looks);
  }

  async #repairAll(
    records: Records,
    whole: readonly WholeFile[],
    looks: readonly Look[],
    wrong: ReadonlySet<SourceFile>,
  ): Promise<void> {
    await this.#repair(records, [
      ...whole
        .filter(({ file }) => wrong.has(file))
        .map(({ file, shape }): MixedFile => ({ kind: "mixed", file, shape })),
      ...looks.filter((look) => look.kind === "mixed"),
    ]);
  }

  /** Reads a batch at once; when that fails, its halves. Gives the files that cannot be read as they are. */
  async #read(batch: Omit<Batch, "records">): Promise<readonly Input[]> {
    try {
      const reading = await readBatch(this.session, this.reader, batch);
      await this.session.exec(insertRows(this.args, batch.inputs, reading));
      return [];
    } catch (error) {
      refuseToGoOn(error);
      const [only, ...others] = batch.inputs;
      if (!only) return [];
      if (others.length > 0) {
        const half = batch.inputs.length >> 1;
        const halves = [batch.inputs.slice(0, half), batch.inputs.slice(half)];
        const unread: Input[] = [];
        for (const inputs of halves) unread.push(...(await this.#read({ ...batch, inputs })));
        return unread;
      }
      // A file of records is taken apart; there is nothing else to be done for others, or for a copy.
      if (this.reader.records && !only.isCopy) return [only];
      await this.#fail(only.file, error, only.readFrom);
      return [];
    }
  }

  /** Files of which the reader did not give as many rows as there are records. None of them is kept. */
  async #miscounted(looks: readonly Look[]): Promise<SourceFile[]> {
    const staged = await this.#rowsByFile();
    const wrong = looks.filter(({ file: { path } }) => {
      const expected = this.#expected.get(path);
      return expected !== undefined && expected !== (staged.get(path) ?? 0);
    });
    await this.#remove(wrong.map(({ file }) => file));
    return wrong.map(({ file }) => file);
  }

  async #rowsByFile(): Promise<Map<string, number>> {
    const counts = `SELECT _source_file AS path, count(*) AS n FROM ${identifier(this.args.into)} GROUP BY 1`;
    return new Map((await this.session.rows(counts)).map((row) => [String(row["path"]), Number(row["n"])]));
  }

  async #remove(files: readonly SourceFile[]): Promise<void> {
    if (files.length === 0) return;
    const paths = files.map(({ path }) => text(path)).join(", ");
    await this.session.exec(`DELETE FROM ${identifier(this.args.into)} WHERE _source_file IN (${paths})`);
  }

  async #repair(records: Records, files: readonly MixedFile[]): Promise<void> {
    const { encoding = "utf-8" } = fileFormatOf(this.source).traits(this.source);
    let done: { repaired: Repaired; shape: FileShape }[] = [];
    for (const look of files) {
      try {
        const repaired = await this.#folder.repair(look, encoding, records);
        done.push({ repaired, shape: look.shape });
      } catch (error) {
        refuseToGoOn(error);
        await this.#fail(look.file, error);
      }
      const bytes = done.reduce((sum, { repaired }) => sum + repaired.bytes, 0);
      if (done.length < AT_ONCE && bytes < COPIES) continue;
      await this.#readRepaired(done);
      done = [];
    }
    await this.#readRepaired(done);
  }

  /** Reads the copies, in one statement for all of a shape, and the bad records in one. */
  async #readRepaired(done: readonly { repaired: Repaired; shape: FileShape }[]): Promise<void> {
    for (const { repaired } of done) this.#expected.set(repaired.input.file.path, repaired.good + repaired.bad);
    const filled = done.filter(({ repaired }) => repaired.good > 0);
    const groups = Map.groupBy(filled, ({ repaired, shape }) => JSON.stringify([shape.names, repaired.breaks]));
    for (const group of groups.values()) {
      const [first] = group;
      if (!first) continue;
      const longest = Math.max(...group.map(({ repaired }) => repaired.longest));
      const { names } = first.shape;
      const shape: FileShape = { names, header: undefined, lineEnd: "\n", serial: first.repaired.breaks, longest };
      await this.#read({ inputs: group.map(({ repaired }) => repaired.input), shape });
    }
    const failed = new Set(this.failed.map(({ file }) => file));
    const flawed = done.map(({ repaired }) => repaired).filter(({ bad, input }) => bad > 0 && !failed.has(input.file));
    if (flawed.length > 0) await this.#insertBad(flawed);
    await this.#folder.discard(done.map(({ repaired }) => repaired));
  }

  async #insertBad(flawed: readonly Repaired[]): Promise<void> {
    const longest = Math.max(...flawed.map(({ longestBad }) => longestBad));
    const inputs = flawed.map(({ input }) => ({ file: input.file, readFrom: input.file.absolute }));
    const paths = flawed.map(({ badFile }) => text(badFile)).join(", ");
    const records = `read_json([${paths}], format = 'newline_delimited',
  columns = {'file': 'VARCHAR', 'reason': 'VARCHAR', 'raw': 'VARCHAR'}, maximum_object_size = ${Math.max(longest + 1, 16 << 20)})`;
    await this.session.exec(insertProblems(this.args, inputs, this.source.declared, records));
  }

  /** A file that cannot be read: one row says so. When it cannot even be opened, it is left for later. */
  async #fail(file: SourceFile, error: unknown, readFrom = file.absolute): Promise<void> {
    refuseToGoOn(error);
    const unopened = await whyUnreadable(file.absolute);
    if (unopened !== undefined) return this.#leave(file, unopened);
    await this.#remove([file]);
    this.#expected.set(file.path, 1);
    const reason = reasonOf(error, readFrom, file);
    this.failed.push({ file, reason });
    const input = { file, readFrom: file.absolute };
    const from = `(SELECT ${text(file.absolute)} AS file, ${text(`the file cannot be read: ${reason}`)} AS reason, NULL AS raw)`;
    await this.session.exec(insertProblems(this.args, [input], this.source.declared, from));
  }

  /** A file that is left for the next update: nothing of it counts in this one. */
  async #leave(file: SourceFile, reason: string): Promise<void> {
    await this.#remove([file]);
    this.#expected.set(file.path, 0);
    const failed = this.failed.findIndex((one) => one.file === file);
    if (failed >= 0) this.failed.splice(failed, 1);
    if (!this.unopened.some((one) => one.file === file)) this.unopened.push({ file, reason });
  }

  /** Every record of every file is there, once: as a row, or with a problem. */
  async #account(looks: readonly Look[]): Promise<void> {
    const staged = await this.#rowsByFile();
    for (const { file } of looks) {
      const expected = this.#expected.get(file.path);
      const found = staged.get(file.path) ?? 0;
      if (expected === undefined || expected === found) continue;
      throw failure({
        code: "ACCOUNT001",
        message: `${file.path} has ${expected} records, but ${found} of them were read: nothing of it is kept`,
        help: "please report this with the file, since its records were counted before; the next run reads it again",
      });
    }
  }

  async cleanUp(): Promise<void> {
    await dropGathered(this.session);
    await this.#folder.remove();
  }
}

/** Failures that are not the file's: reading on would only fail again, and blame the data. */
function refuseToGoOn(error: unknown): void {
  const message = messageOf(error);
  const code = error instanceof RunError ? error.code : "";
  if (error instanceof RunError && code === "RUN002") throw error;
  const full = code === "WAREHOUSE005" || hasCode(error, "ENOSPC");
  if (!full && !/^(INTERRUPT|FATAL|TransactionContext|Connection) ?Error/i.test(message)) return;
  if (error instanceof RunError) throw error;
  const help = full ? "free space and run again: the last good state is kept" : undefined;
  throw failure({ code: full ? "WAREHOUSE005" : "ENGINE001", message: plain(error), help, cause: error });
}

/** Why a file cannot be read, which is named as the pipeline names it. */
function reasonOf(error: unknown, readFrom: string, { path }: SourceFile): string {
  const reason = oneLine(plain(error)).replaceAll(readFrom, path).replaceAll(asPattern(readFrom), path);
  // DuckDB shows the value.
  if (reason.startsWith("Invalid string encoding")) return "it has a text that is not valid UTF-8";
  return error instanceof RunError ? `DuckDB reports: ${reason}` : reason;
}

/** The first line of an engine's message, without the name of its error class. */
function plain(error: unknown): string {
  const message = messageOf(error);
  return firstLine(message)
    .replace(/^[A-Z][\w ]* Error: /, "")
    .trim();
}
