/**
 * DuckDB's driver, which is CommonJS. Imported by its name, Node would parse each of its files for the names that they export
 * before it runs them, and that takes as long as all else until DuckDB is there.
 */
import { createRequire } from "node:module";
import type * as Driver from "@duckdb/node-api";

const load = createRequire(import.meta.url);
const driver: typeof Driver = load("@duckdb/node-api");

/**
 * What the driver's readers of values share, with their one decoder: theirs drops a byte order mark at the start of a value,
 * so that a text, a key or the name of a file would come as another one. It stands here since a bundler leaves out a module
 * that is imported for its effect alone.
 */
const accessors: object = load("@duckdb/node-api/lib/vectors/dataAccessors.js");
Reflect.set(accessors, "textDecoder", new TextDecoder("utf-8", { ignoreBOM: true }));

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

/**
 * How every DuckDB of this package starts. Nothing is loaded or installed that is not built in, and nothing is read or
 * written in the home directory: a file of another database would otherwise start a download.
 */
export const ENGINE_OPTIONS = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_persistent_secrets: "false",
  // It tells the states of a file by its size and the second of its change: of a file that is rewritten within that
  // second, the bytes of before would be read.
  enable_external_file_cache: "false",
} as const;
