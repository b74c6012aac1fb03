/**
 * DuckDB's driver, which is CommonJS. Imported by its name, Node would parse each of its files for the names that they export
 * before it runs them, and that takes as long as all else until DuckDB is there.
 */
import { createRequire } from "node:module";
import type * as Driver from "@duckdb/node-api";

const load = createRequire(import.meta.url);
const driver: typeof Driver = load("@duckdb/node-api");

/** What the driver's readers of values share. */
export const accessors: object = load("@duckdb/node-api/lib/vectors/dataAccessors.js");

export const {
  BOOLEAN,
  DOUBLE,
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBScalarFunction,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  StatementType,
  VARCHAR,
} = driver;

export type DuckDBDateValue = Driver.DuckDBDateValue;
export type DuckDBInstance = Driver.DuckDBInstance;
export type DuckDBStructType = Driver.DuckDBStructType;
export type DuckDBTypeId = Driver.DuckDBTypeId;
export type StatementType = Driver.StatementType;
