/** The warehouse: one DuckDB file (or memory) with the layers as schemas and the engine's state beside them. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { link, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { duckdbText } from "../compile/duckdb.ts";
import { RunError } from "../schema/errors.ts";
import { contentHash } from "../schema/hash.ts";
import { createMacro, MACROS } from "../targets/duckdb/macros/index.ts";
import { firstLine, messageOf, Session } from "./session.ts";
import { STATE_LAYOUT, STATE_VERSION } from "./state-layout.ts";

/** The macros that printed SQL calls. */
const PRELUDE: readonly string[] = MACROS.map(createMacro);

/** An open warehouse. */
export class Warehouse {
  readonly path: string;
  /** The session that is there from the start. */
  readonly main: Session;
  readonly #instance: DuckDBInstance;
  readonly #sessions: Session[];
  #closed = false;

  private constructor(path: string, instance: DuckDBInstance, main: Session) {
    this.path = path;
    this.main = main;
    this.#instance = instance;
    this.#sessions = [main];
  }

  /** Opens or creates the file at `path`. */
  static async open(path: string): Promise<Warehouse> {
    if (path !== ":memory:" && !existsSync(path)) await create(path);
    return Warehouse.#openFile(path);
  }

  static async #openFile(path: string): Promise<Warehouse> {
    let warehouse: Warehouse;
    try {
      const instance = await DuckDBInstance.create(path);
      warehouse = new Warehouse(path, instance, new Session(path, await instance.connect()));
    } catch (error) {
      throw cannotOpen(path, error);
    }
    try {
      await warehouse.#prepare();
      return warehouse;
    } catch (error) {
      await warehouse.close();
      throw error;
    }
  }

  /** One more session, for work beside that of the others. It is closed with the warehouse. */
  async session(): Promise<Session> {
    const session = new Session(this.path, await this.#instance.connect());
    this.#sessions.push(session);
    return session;
  }

  async #prepare(): Promise<void> {
    const { main } = this;
    await main.exec("SET GLOBAL TimeZone = 'UTC'; SET preserve_insertion_order = true");
    const prelude = contentHash(PRELUDE.join("\n"));
    const known = await main.rows(
      "SELECT 1 FROM duckdb_tables() WHERE schema_name = '_medallion' AND table_name = 'meta'",
    );
    const meta = known.length > 0 ? (await main.rows("SELECT version, prelude FROM _medallion.meta"))[0] : undefined;
    if (meta && meta["version"] !== STATE_VERSION) {
      throw new RunError({
        code: "WAREHOUSE003",
        message: `the warehouse ${this.path} is of version ${meta["version"]}, this medallion reads version ${STATE_VERSION}`,
        help: "use another warehouse path, or the medallion version that made it",
      });
    }
    if (meta?.["prelude"] === prelude) return;
    await main.transaction(async () => {
      await main.exec([...STATE_LAYOUT, ...PRELUDE, "DELETE FROM _medallion.meta"].join(";\n"));
      await main.exec(`INSERT INTO _medallion.meta VALUES (${STATE_VERSION}, ${duckdbText(prelude)})`);
    });
  }

  /** Closes the file once the statements that are running have ended. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all(this.#sessions.map((session) => session.close()));
    this.#instance.closeSync();
  }
}

/**
 * Makes the file under another name first: a process that is killed meanwhile leaves no half-made warehouse. A link does
 * not take the place of a file that another process has made in the meantime.
 */
async function create(path: string): Promise<void> {
  const unfinished = `${path}.new-${randomUUID()}`;
  try {
    await removeAbandoned(path);
    const instance = await DuckDBInstance.create(unfinished);
    const connection = await instance.connect();
    // Something must be in it, or nothing is written.
    await connection.run("CREATE SCHEMA IF NOT EXISTS _medallion; CHECKPOINT");
    connection.closeSync();
    instance.closeSync();
    await place(unfinished, path);
  } catch (error) {
    throw cannotOpen(path, error);
  } finally {
    await rm(unfinished, { force: true });
  }
}

const ABANDONED_AFTER_MS = 60_000;

/** What processes left that were killed while they made this warehouse. */
async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.new-`));
  for (const name of names) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(file, { force: true });
  }
}

async function place(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return;
    // Some file systems have no links.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP") throw error;
    await rename(unfinished, path);
  }
}

function cannotOpen(path: string, error: unknown): RunError {
  const message = messageOf(error);
  if (/lock/i.test(message)) {
    return new RunError({
      code: "WAREHOUSE001",
      message: `the warehouse ${path} is in use by another process`,
      help: "wait until its update has ended or close the program that has it open, then run again",
      cause: error,
    });
  }
  if (/not a valid DuckDB|corrupt|serializ|checksum|older version|newer version/i.test(message)) {
    return new RunError({
      code: "WAREHOUSE002",
      message: `${path} is not a warehouse that can be read: ${firstLine(message)}`,
      help: "move the file away and run again: a full run makes it anew from the sources",
      cause: error,
    });
  }
  return new RunError({
    code: "WAREHOUSE004",
    message: `the warehouse ${path} cannot be opened: ${firstLine(message)}`,
    help: "check that the folder exists and can be written",
    cause: error,
  });
}
