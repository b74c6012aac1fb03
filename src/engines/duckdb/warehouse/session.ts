/** One connection to the warehouse. Every statement goes through here, so every failure has a code. */

import type { DuckDBConnection, DuckDBType } from "@duckdb/node-api";
import { describe } from "../../../core/describe.ts";
import { RunError } from "../../../core/errors.ts";
import { firstLine, messageOf } from "../../../core/thrown.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { StatementType } from "../driver.ts";
import { machineFailure } from "./failures.ts";
import { rowValue } from "./row-values.ts";

export type Row = Readonly<Record<string, unknown>>;

/** Runs statements one after the other. Transactions, temporary tables and variables are its own. */
export class Session {
  readonly #path: string;
  readonly #connection: DuckDBConnection;
  /** Statements that are running: the engine must not be closed under them. */
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  /** `path` is the warehouse's, for what is said of it. */
  constructor(path: string, connection: DuckDBConnection) {
    this.#path = path;
    this.#connection = connection;
  }

  async exec(sql: string): Promise<void> {
    await this.#guarded(sql, () => this.#connection.run(sql));
  }

  /** Runs a statement and gives how many rows it changed. */
  async changes(sql: string): Promise<number> {
    const result = await this.#guarded(sql, () => this.#connection.run(sql));
    return result.rowsChanged;
  }

  /** All rows of a query, their values as `rowValue` gives them. */
  rows(sql: string): Promise<readonly Row[]> {
    return this.#guarded(sql, () => this.#read(sql));
  }

  /**
   * The rows of one statement that only reads.
   *
   * @throws RunError `ARG001` where there are several, since the others would be run unseen, `WAREHOUSE011` where it does
   * more than read.
   */
  rowsOfOne(sql: string): Promise<readonly Row[]> {
    // In one piece: a warehouse that is closed meanwhile waits for all of it.
    return this.#guarded(sql, async () => {
      if (typeof sql !== "string") {
        const message = `query() accepts SQL as a text, not ${describe(sql)}`;
        throw failure({ code: "ARG001", message, help: 'give one SELECT: query("SELECT * FROM silver.orders")' });
      }
      const help = "query() is for a look at the result: give it one SELECT";
      if (sql.includes("\0")) {
        // DuckDB would read the text up to there.
        throw failure({ code: "ARG001", message: "query() accepts SQL without a NUL character", help });
      }
      const extracted = await this.#connection.extractStatements(sql).catch(orNothing);
      const count = extracted?.count ?? 0;
      if (!extracted || count !== 1) {
        throw failure({ code: "ARG001", message: `query() accepts one statement, not ${count}`, help });
      }
      const { statementType } = await extracted.prepare(0);
      if (!isRead(statementType, sql)) {
        const kind = StatementType[statementType];
        const message = `query() only reads, and this statement may write: ${kind}`;
        throw failure({ code: "WAREHOUSE011", message, help: `${help}; what only updates write is counted` });
      }
      return this.#read(sql);
    });
  }

  async #read(sql: string): Promise<readonly Row[]> {
    const reader = await this.#connection.runAndReadAll(sql);
    // By entries: an assignment would lose a column that is called __proto__.
    const names = reader.deduplicatedColumnNames();
    return reader.getRows().map((row) => Object.fromEntries(names.map((name, i) => [name, rowValue(row[i] ?? null)])));
  }

  /** The columns of a query with their types; no row is read. */
  async columns(sql: string): Promise<readonly { readonly name: string; readonly type: DuckDBType }[]> {
    const result = await this.#guarded(sql, () => this.#connection.run(`SELECT * FROM (${sql}) LIMIT 0`));
    const types = result.columnTypes();
    return result.columnNames().flatMap((name, i) => {
      const type = types[i];
      return type ? [{ name, type }] : [];
    });
  }

  async count(sql: string): Promise<number> {
    const [row] = await this.rows(sql);
    return Number(Object.values(row ?? { n: 0 })[0] ?? 0);
  }

  /** All of `work` or nothing of it. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.exec("BEGIN TRANSACTION");
    try {
      const result = await work();
      await this.exec("COMMIT");
      return result;
    } catch (error) {
      // The first failure is what the user needs to see; a failed COMMIT has rolled back already.
      await this.#connection.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /** Closes the connection once the statements that are running have ended. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#running);
    this.#connection.closeSync();
  }

  async #guarded<T>(sql: string, work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw closed(this.#path);
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw error instanceof RunError ? error : statementFailed(this.#path, sql, error);
    } finally {
      this.#running.delete(running);
    }
  }
}

/** The driver's words for a text without a statement. */
function orNothing(error: unknown): undefined {
  if (messageOf(error) !== "Error in native callback") throw error;
}

/** A plan may be looked at; EXPLAIN ANALYZE runs what it explains. */
function isRead(type: StatementType, sql: string): boolean {
  return type === StatementType.SELECT || (type === StatementType.EXPLAIN && !/analyze/i.test(sql));
}

function closed(path: string): RunError {
  return failure({
    code: "WAREHOUSE006",
    message: `the warehouse ${path} is closed`,
    help: "query before close(), and before the end of the block of `await using`",
  });
}

const UNCAST = /" is not an? [A-Z]|^Conversion Error/m;
const TRY_CAST =
  "a value does not have the type that it is cast to: tryCast() gives null for it, and a rule over that null keeps its row in quarantine";

/** Sums of BIGINT are added up in a wider type. */
const OVERFLOW = /^Out of Range Error: Overflow|^Conversion Error: Type INT128 /;
const WIDEN =
  "a result does not have room in its type: cast() a side to a wider one first, such as cast(t.bigint()) or cast(t.decimal(38, 0))";

/** Tables stand in the schema of their layer. */
const UNKNOWN_TABLE = /^Catalog Error: Table with name \S+ does not exist/;
const LAYERED = "name the table with its layer, as silver.orders; medallion show lists the tables";

/** No table of the engine has an index. */
const INDEXED = /^Constraint Error: Duplicate key/;
const DROP_INDEX = "drop the index that was added to the table outside of medallion: the engine's tables have none";

function helpFor(message: string): string | undefined {
  if (INDEXED.test(message)) return DROP_INDEX;
  if (UNKNOWN_TABLE.test(message)) return LAYERED;
  if (OVERFLOW.test(message)) return WIDEN;
  return UNCAST.test(message) ? TRY_CAST : undefined;
}

function statementFailed(path: string, sql: string, error: unknown): RunError {
  const message = messageOf(error);
  const cause = new Error(sql.length > 2000 ? `${sql.slice(0, 2000)}…` : sql, { cause: error });
  return (
    machineFailure(path, message, cause) ??
    failure({
      code: "ENGINE001",
      message: firstLine(message),
      help: helpFor(message),
      cause,
    })
  );
}
