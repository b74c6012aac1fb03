/** The formats that are built in. */
import { freeze } from "../core/freeze.ts";
import { csv } from "./csv/csv.ts";
import type { AnyFormat } from "./format.ts";
import { json } from "./json/json.ts";
import { parquet } from "./parquet/parquet.ts";
import { table } from "./table/table.ts";

export const FORMATS = freeze({
  json,
  csv,
  /**
   * Each file is read by its own types. Numbers read as numbers and times as times, where the value fits; nothing is
   * cast between families: a text under a declared timestamp, or a number under a string, is rescued, and quarantined
   * where the column is not nullable. Declare what the file has, and cast in silver.
   */
  parquet,
  /** An existing table of the warehouse, by its name: `"schema.table"`. */
  table,
}) satisfies Readonly<Record<string, AnyFormat>>;

/** A format that is built in. */
type SourceFormat = keyof typeof FORMATS;

export function isSourceFormat(name: string): name is SourceFormat {
  return Object.hasOwn(FORMATS, name);
}
