/** What an update on DuckDB did: every count is known, and the warehouse is still open. */
import type { RelationNode } from "../../ast/relation.ts";
import type { InferRow } from "../../builder/expr/row.ts";
import type * as result from "../result.ts";

/** DuckDB counts every row. */
export type TableResult = result.TableResult<number>;
export type ExpectationResult = result.ExpectationResult<number>;

/** A table of a pipeline, with the types of its rows. */
export interface TableRows {
  readonly " ~columns": unknown;
  toNode(): RelationNode;
}

/** A finished update, with its warehouse still open for a look at the result. */
export interface Update extends result.UpdateResult<number> {
  /** Path of the warehouse file, or `:memory:`. */
  readonly warehouse: string;
  /**
   * Rows of a SQL query over the warehouse, without loss: integers of 64 bits are bigint, decimals exact text, dates and
   * timestamps ISO text (`2024-01-31`, `2024-01-31T10:00:00.000000Z`), binary `Uint8Array`, maps `Map`.
   */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** All rows of a table of the pipeline, as its types say: `update.rows(p.tables.orders)`. In no order. */
  rows<T extends TableRows>(table: T): Promise<readonly InferRow<T>[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
