/** What an update on DuckDB did: every count is known, and the warehouse is still open. */
import type * as result from "../result.ts";

/** DuckDB counts every row. */
export type TableResult = result.TableResult<number>;
export type ExpectationResult = result.ExpectationResult<number>;

/** A finished update, with its warehouse still open for a look at the result. */
export interface Update extends result.UpdateResult<number> {
  /** Path of the warehouse file, or `:memory:`. */
  readonly warehouse: string;
  /**
   * Rows of a SQL query over the warehouse, without loss: integers of 64 bits are bigint, decimals exact text, dates and
   * timestamps ISO text (`2024-01-31`, `2024-01-31T10:00:00.000000Z`), binary `Uint8Array`, maps `Map`.
   */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
