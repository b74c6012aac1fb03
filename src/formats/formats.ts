/** The formats that are built in. */
import { freeze } from "../core/freeze.ts";
import { csv } from "./csv/csv.ts";
import type { AnyFileFormat, AnyFormat } from "./format.ts";
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

/** The formats of files in a list that lack one of the readers that a format may declare itself. */
export type Lacking<Reader extends "spark" | "embedded", Formats = typeof FORMATS> = {
  [F in keyof Formats]: Formats[F] extends Required<Pick<AnyFileFormat, Reader>>
    ? never
    : Formats[F] extends AnyFileFormat
      ? F
      : never;
}[keyof Formats];

/** A format that is built in. */
type SourceFormat = keyof typeof FORMATS;

export function isSourceFormat(name: string): name is SourceFormat {
  return Object.hasOwn(FORMATS, name);
}
