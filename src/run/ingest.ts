/** Reads new files of a source into a staging table: typed columns, origin, rescued data and problems. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duckdbIdentifier as identifier, duckdbText as text } from "../compile/duckdb.ts";
import type { SourceNode } from "../relation/nodes.ts";
import { RunError } from "../schema/errors.ts";
import { type SourceFile, whyUnreadable } from "./files.ts";
import { AT_ONCE } from "./ingest/clean.ts";
import { type CsvShape, DROP_REJECTS, REJECTED, readCsv, readHeader, rejectedLines } from "./ingest/csv.ts";
import { jsonArrays, jsonLines, readJsonObjects } from "./ingest/json.ts";
import { readParquet } from "./ingest/parquet.ts";
import { whyRefused } from "./ingest/precheck.ts";
import { type Repaired, readBytes, repairArray, repairCsv, repairLines } from "./ingest/repair.ts";
import { createTable, type Input, insertProblems, insertRows, type Reading } from "./ingest/statement.ts";
import { messageOf, type Session } from "./session.ts";

export { PROBLEM, RAW } from "./ingest/statement.ts";

/** A file that was not read, and why. */
export interface FailedFile {
  readonly file: SourceFile;
  readonly reason: string;
}

export interface StageArguments {
  readonly source: SourceNode;
  readonly files: readonly SourceFile[];
  readonly ingestedAt: Date;
  /** Name of the temporary table to make. */
  readonly into: string;
}

export interface Staged {
  /** Rows in the staging table, those with a problem included. */
  readonly rows: number;
  /** Files whose content cannot be read, such as a corrupt Parquet file. Each is staged as one row with a problem. */
  readonly failed: readonly FailedFile[];
  /** Files that could not be opened (gone, no permission): not staged, and not to be remembered as read. */
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
  const present: SourceFile[] = [];
  // As Spark does, files of no bytes are passed over, whatever their format.
  for (const file of args.files) if ((await stage.canOpen(file)) && file.size > 0) present.push(file);
  try {
    for (const batch of await stage.batches(await stage.accepted(present))) await stage.batch(batch);
    const [counted] = await session.rows(`SELECT count(*) AS n FROM ${identifier(args.into)}`);
    const { failed, unopened } = stage;
    return { rows: Number(counted?.["n"]), failed, unopened };
  } finally {
    await stage.cleanUp();
  }
}

/** Files that one statement can read: of the same shape. */
interface Batch {
  readonly inputs: readonly Input[];
  readonly shape: CsvShape;
}

const ONE_LINE: CsvShape = { names: ["line"], header: undefined };

class Stage {
  readonly session: Session;
  readonly args: StageArguments;
  readonly source: SourceNode;
  readonly failed: FailedFile[] = [];
  readonly unopened: FailedFile[] = [];
  #folder: string | undefined;

  constructor(session: Session, args: StageArguments) {
    this.session = session;
    this.args = args;
    this.source = args.source;
  }

  async canOpen(file: SourceFile): Promise<boolean> {
    const reason = await whyUnreadable(file.absolute);
    if (reason !== undefined) this.unopened.push({ file, reason });
    return reason === undefined;
  }

  async accepted(files: readonly SourceFile[]): Promise<SourceFile[]> {
    const accepted: SourceFile[] = [];
    for (const file of files) {
      const reason = await whyRefused(file, this.source);
      if (reason === undefined) accepted.push(file);
      else await this.#fail(file, new Error(reason));
    }
    return accepted;
  }

  async batches(files: readonly SourceFile[]): Promise<Batch[]> {
    const groups = new Map<string, { shape: CsvShape; inputs: Input[] }>();
    for (const file of files) {
      const shape = await this.#shape(file);
      if (!shape) continue;
      const key = JSON.stringify(shape);
      const group = groups.get(key) ?? { shape, inputs: [] };
      group.inputs.push({ file, readFrom: file.absolute });
      groups.set(key, group);
    }
    return [...groups.values()].flatMap(({ shape, inputs }) =>
      Array.from({ length: Math.ceil(inputs.length / AT_ONCE) }, (_, i) => {
        return { shape, inputs: inputs.slice(i * AT_ONCE, (i + 1) * AT_ONCE) };
      }),
    );
  }

  /** How a file's lines are made up, or `undefined` when there is nothing in it or it cannot be read. */
  async #shape(file: SourceFile): Promise<CsvShape | undefined> {
    const { format, declared, options } = this.source;
    if (format !== "csv") return ONE_LINE;
    if (options.header === false) return { names: declared.map((c) => c.name), header: undefined };
    try {
      const header = await readHeader(file.absolute, file.size, options.delimiter ?? ",");
      return header && { names: header.names, header: header.blank };
    } catch (error) {
      await this.#fail(file, error);
      return undefined;
    }
  }

  /** Reads a batch at once; when that fails, its files one by one. */
  async batch(batch: Batch): Promise<void> {
    try {
      await this.#read(batch);
    } catch (error) {
      refuseToGoOn(error);
      const [only, ...others] = batch.inputs;
      if (only && others.length === 0) return this.#repair(only, batch.shape, error);
      for (const input of batch.inputs) await this.batch({ shape: batch.shape, inputs: [input] });
    }
  }

  async #read({ inputs, shape }: Batch): Promise<void> {
    const { source, session } = this;
    if (source.format === "parquet") return this.#insert(inputs, await readParquet(session, source, inputs));
    if (source.format === "json" && source.options.layout === "array") {
      return this.#insert(inputs, readJsonObjects(source, jsonArrays(inputs)));
    }
    const incomplete = await this.#readLines(inputs, shape, 0);
    const again = inputs.filter((input) => incomplete.has(input.readFrom));
    if (again.length === 0) return;
    const paths = again.map((input) => text(input.file.path)).join(", ");
    await session.exec(`DELETE FROM ${identifier(this.args.into)} WHERE _source_file IN (${paths})`);
    for (const input of again) await this.#repair(input, shape, undefined);
  }

  /** Reads lines of CSV or JSON, then the lines that were rejected. Gives the files that the reader did not get whole. */
  async #readLines(inputs: readonly Input[], shape: CsvShape, longest: number): Promise<ReadonlySet<string>> {
    const { source, session, args } = this;
    await session.exec(DROP_REJECTS);
    const reading =
      source.format === "csv"
        ? readCsv(source, shape, inputs, longest)
        : readJsonObjects(source, jsonLines(inputs, longest));
    await this.#insert(inputs, reading);
    const rejected = await session.rows(REJECTED);
    if (rejected.length > 0) {
      await session.exec(insertProblems(args, inputs, source.declared, rejectedLines(shape.names.length)));
    }
    await session.exec(DROP_REJECTS);
    return new Set(rejected.filter((row) => row["incomplete"] === true).map((row) => String(row["file_path"])));
  }

  #insert(inputs: readonly Input[], reading: Reading): Promise<void> {
    return this.session.exec(insertRows(this.args, inputs, reading));
  }

  /** Takes a file apart that the reader gave up on, and reads what is good in it. */
  async #repair({ file }: Input, shape: CsvShape, error: unknown): Promise<void> {
    const { format } = this.source;
    if (format === "parquet" || format === "table") return this.#fail(file, error);
    try {
      const { good, bad, longest } = this.#takeApart(await readBytes(file.absolute), shape);
      const readFrom = await this.#copy("good.txt", good);
      if (good.length > 0) {
        await this.#readLines([{ file, readFrom }], { ...shape, header: undefined }, longest);
      }
      if (bad.length > 0) await this.#insertBad({ file, readFrom }, bad);
    } catch (inner) {
      refuseToGoOn(inner);
      await this.session.exec(`DELETE FROM ${identifier(this.args.into)} WHERE _source_file = ${text(file.path)}`);
      await this.#fail(file, inner);
    }
  }

  #takeApart(bytes: Buffer, shape: CsvShape): Repaired {
    const { format, options } = this.source;
    if (format === "csv") {
      return repairCsv(bytes, options.delimiter ?? ",", shape.names.length, shape.header !== undefined);
    }
    return options.layout === "array" ? repairArray(bytes) : repairLines(bytes);
  }

  async #insertBad(input: Input, bad: Repaired["bad"]): Promise<void> {
    const lines = bad.map((record) => Buffer.from(`${JSON.stringify(record)}\n`));
    const longest = Math.max(...lines.map((line) => line.length));
    const path = await this.#copy("bad.json", lines);
    const records = `read_json(${text(path)}, format = 'newline_delimited', columns = {'reason': 'VARCHAR', 'raw': 'VARCHAR'},
  maximum_object_size = ${Math.max(longest + 1, 16 << 20)})`;
    const from = `(SELECT ${text(input.readFrom)} AS file, reason, raw FROM ${records})`;
    await this.session.exec(insertProblems(this.args, [input], this.source.declared, from));
  }

  async #copy(name: string, parts: readonly Buffer[]): Promise<string> {
    try {
      this.#folder ??= await mkdtemp(join(tmpdir(), "medallion-"));
      const path = join(this.#folder, name);
      await writeFile(path, parts);
      return path;
    } catch (error) {
      throw new RunError({
        code: "RUN002",
        message: `a temporary file cannot be written to ${tmpdir()}: ${messageOf(error)}`,
        help: "set TMPDIR to a folder that can be written and has space; the files are read by the next update",
        cause: error,
      });
    }
  }

  /** A file that cannot be read: one row says so. When it cannot even be opened any more, it is left for later. */
  async #fail(file: SourceFile, error: unknown): Promise<void> {
    if (!(await this.canOpen(file))) return;
    const reason = plain(error);
    this.failed.push({ file, reason });
    const input = { file, readFrom: file.absolute };
    const from = `(SELECT ${text(file.absolute)} AS file, ${text(`the file cannot be read: ${reason}`)} AS reason, NULL AS raw)`;
    await this.session.exec(insertProblems(this.args, [input], this.source.declared, from));
  }

  async cleanUp(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Failures that are not the file's: reading on would only fail again, and blame the data. */
function refuseToGoOn(error: unknown): void {
  const message = messageOf(error);
  const code = error instanceof RunError ? error.code : "";
  if (error instanceof RunError && code === "RUN002") throw error;
  const full = code === "WAREHOUSE005" || (error instanceof Error && "code" in error && error.code === "ENOSPC");
  if (!full && !/^(INTERRUPT|FATAL|TransactionContext|Connection) ?Error/i.test(message)) return;
  if (error instanceof RunError) throw error;
  throw new RunError({ code: full ? "WAREHOUSE005" : "ENGINE001", message: plain(error), cause: error });
}

/** The first line of an engine's message, without the name of its error class. */
function plain(error: unknown): string {
  const message = messageOf(error);
  return (message.split("\n")[0] ?? "").replace(/^[A-Z][\w ]* Error: /, "").trim();
}
