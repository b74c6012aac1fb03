/** How DuckDB's queries read the tables of a pipeline. */
import type { TablesByName } from "../../ast/pipeline.ts";
import type { QueryContext } from "../../sql/context.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { duckdb, duckdbIdentifier as id } from "./dialect.ts";

/** What stands after FROM for a table of the pipeline: the table, or those of its rows that are meant. */
export type From = QueryContext["table"];

/** A source in a query is a table of another owner: files are stored as they come, by a table without a query. */
export function reading(tables: TablesByName, from: From, dialect: Dialect = duckdb): QueryContext {
  return { dialect, table: from, source: (source) => source.path.split(".").map(id).join("."), tables };
}
