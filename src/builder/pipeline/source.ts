/** `source`: where bronze tables read from. */

import type { ColumnFacts, Encoding, OnChange, SourceFormat, SourceOptions } from "../../ast/relation.ts";
import type { TableKind } from "../../ast/settings.ts";
import { DefinitionError } from "../../core/errors.ts";
import { callerLocation } from "../../core/location.ts";
import { primitive } from "../../types/types.ts";
import type { AnyColumn } from "../expr/columns.ts";
import { RelationBuilder } from "../relation/builder.ts";
import { sourceNode } from "../relation/steps.ts";
import type { Relation } from "../typed/relation.ts";
import type { StringExpr, TimestampExpr } from "../typed/scalars.ts";

/** The columns that a source declares. */
export type SourceColumns = Record<string, AnyColumn>;

/** The expressions of declared columns. */
export type ExprsOf<C> = { readonly [K in keyof C]: C[K] extends { readonly "~expr": infer E } ? E : never };

/** What bronze knows of each row's origin. */
export interface SourceMetadata {
  /** The file that the row came from, relative to the base directory. */
  readonly _source_file: StringExpr<"null">;
  readonly _source_modified_at: TimestampExpr<"timestamp", "null">;
  /** When the update that read the row began. */
  readonly _ingested_at: TimestampExpr;
  /** What did not fit the declared columns, as a JSON object; null where all did. */
  readonly _rescued_data: StringExpr<"null">;
}

export interface MetadataOption {
  /** Gives the metadata columns to the tables that read this one. They are always stored. */
  readonly metadata: true;
}

/** Rows of a file that changes are replaced: the table is updated in place. */
interface Replacing {
  readonly onChange: "replace";
}

interface FileSource<O> extends SourceOf<O> {
  <C extends SourceColumns>(
    path: string,
    columns: C,
    options: O & Replacing & MetadataOption,
  ): Relation<ExprsOf<C> & SourceMetadata, never, "materialized">;
  <C extends SourceColumns>(
    path: string,
    columns: C,
    options: O & Replacing,
  ): Relation<ExprsOf<C>, never, "materialized">;
}

interface SourceOf<O, Kind extends TableKind = "streaming"> {
  <C extends SourceColumns>(
    path: string,
    columns: C,
    options: O & MetadataOption,
  ): Relation<ExprsOf<C> & SourceMetadata, never, Kind>;
  <C extends SourceColumns>(path: string, columns: C, options?: O): Relation<ExprsOf<C>, never, Kind>;
}

const timestamp = primitive("timestamp");
const text = primitive("string");
const plain = { labels: Object.freeze([]), unit: "", additivity: "additive" } as const;

/** The columns that every bronze table has beside the declared ones. */
export const METADATA_COLUMNS: readonly ColumnFacts[] = Object.freeze([
  Object.freeze({ name: "_source_file", type: text, nullable: true, ...plain }),
  Object.freeze({ name: "_source_modified_at", type: timestamp, nullable: true, ...plain }),
  Object.freeze({ name: "_ingested_at", type: timestamp, nullable: false, ...plain }),
  Object.freeze({ name: "_rescued_data", type: text, nullable: true, ...plain }),
]);

/** The facts of declared columns, in order. */
export function declaredFacts(columns: SourceColumns): readonly ColumnFacts[] {
  const at = callerLocation();
  const names = Object.keys(columns);
  if (names.length === 0) {
    throw new DefinitionError({
      code: "COL002",
      message: "a source needs at least one column",
      help: "declare the columns that the files have: { id: t.bigint() }",
      location: at,
    });
  }
  return Object.freeze(
    Object.entries(columns).map(([name, column]) => {
      if (!column?.declaration) {
        throw new DefinitionError({
          code: "COL002",
          message: `column "${name}" has no type`,
          help: "declare it with t: t.string()",
          location: at,
          column: name,
        });
      }
      return Object.freeze({ name, ...column.declaration });
    }),
  );
}

function reader<S>(format: SourceFormat): S {
  const read = (path: string, columns: SourceColumns, options: SourceOptions & Partial<MetadataOption> = {}) => {
    const at = callerLocation();
    const { metadata, ...rest } = options;
    checkSource(format, path, rest, at);
    const declared = declaredFacts(columns);
    const visible = metadata ? [...declared, ...METADATA_COLUMNS] : declared;
    const node = sourceNode({ format, path, options: rest, declared, columns: visible }, at);
    return new RelationBuilder(node);
  };
  return read as unknown as S;
}

const ON_CHANGE: readonly OnChange[] = ["ignore", "reread", "replace", "fail"];
const ENCODINGS: readonly Encoding[] = ["utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "windows-1252"];

/** What is refused of a source, whoever makes it. */
export function checkSource(format: SourceFormat, path: unknown, options: SourceOptions, at: string | undefined): void {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new DefinitionError({ code: "SRC001", message: "a source needs a path, without NUL", location: at });
  }
  if (format === "table" && path.split(".").some((part) => part === "")) {
    throw new DefinitionError({
      code: "SRC001",
      message: `${JSON.stringify(path)} does not name a table`,
      help: 'give its name in the catalog: "schema.table"',
      location: at,
    });
  }
  const { delimiter, encoding, onChange } = options;
  if (delimiter !== undefined && [...delimiter].length !== 1) {
    throw new DefinitionError({ code: "SRC002", message: "a CSV delimiter is one character", location: at });
  }
  if (encoding !== undefined && !(isText(format) && ENCODINGS.includes(encoding))) {
    const message = isText(format)
      ? `encoding has no value ${JSON.stringify(encoding)}`
      : `encoding is for CSV and JSON, not for ${format}`;
    const help = isText(format) ? `use one of ${ENCODINGS.map((v) => `"${v}"`).join(", ")}` : "leave it out";
    throw new DefinitionError({ code: "SRC002", message, help, location: at });
  }
  if (onChange === undefined || (format !== "table" && ON_CHANGE.includes(onChange))) return;
  const message = format === "table" ? "onChange is for files" : `onChange has no value ${JSON.stringify(onChange)}`;
  const help = format === "table" ? "leave it out" : `use one of ${ON_CHANGE.map((v) => `"${v}"`).join(", ")}`;
  throw new DefinitionError({ code: "SRC002", message, help, location: at });
}

/** How files are read, whatever their format. */
export interface FileOptions {
  /**
   * What becomes of a file that changes after it was read. Default: `"ignore"`.
   *
   * @example
   * ```ts
   * import { source, t } from "medallion";
   * export const prices = source.csv("prices/latest.csv", { sku: t.string(), price: t.decimal(12, 2) }, { onChange: "replace" });
   * ```
   */
  readonly onChange?: OnChange;
}

function isText(format: SourceFormat): boolean {
  return format === "csv" || format === "json";
}

/** How files of text are read. */
export interface TextOptions extends FileOptions {
  /**
   * How the text is encoded; `iso-8859-1` is also called Latin-1. Default: `"utf-8"`. A record that does not decode is
   * quarantined, a file that is plainly of another encoding is as a whole.
   *
   * @example
   * ```ts
   * import { source, t } from "medallion";
   * export const cities = source.csv("cities/*.csv", { id: t.bigint(), city: t.string() }, { encoding: "windows-1252" });
   * ```
   */
  readonly encoding?: Encoding;
}

/** How JSON files are read. */
export interface JsonOptions extends TextOptions {
  /** `lines`: one object a line (the default). `array`: one array of objects a file. */
  readonly layout?: "lines" | "array";
}

/** How CSV files are read. */
export interface CsvOptions extends TextOptions {
  /** Whether the first line names the columns. Default: true. Without it, columns go by position. */
  readonly header?: boolean;
  /** One character. Default: a comma. */
  readonly delimiter?: string;
  /** Texts that mean null, beside the empty one: `["NA"]`. */
  readonly nullValues?: readonly string[];
}

/**
 * Where a bronze table reads from. A path is relative to the base directory of the run and may be a glob.
 *
 * @example
 * ```ts
 * import { source, t } from "medallion";
 * export const orders = source.json("data/orders/*.json", { order_id: t.bigint(), amount: t.decimal(12, 2) });
 * export const planes = source.csv("data/planes.csv", { tailnum: t.string() }, { nullValues: ["NA"] });
 * export const weather = source.parquet("data/weather.parquet", { origin: t.string(), temp: t.double().nullable() });
 * ```
 */
export const source = Object.freeze({
  json: reader<FileSource<JsonOptions>>("json"),
  csv: reader<FileSource<CsvOptions>>("csv"),
  /**
   * Each file is read by its own types. Numbers read as numbers and times as times, where the value fits; nothing is
   * cast between families: a text under a declared timestamp, or a number under a string, is rescued, and quarantined
   * where the column is not nullable. Declare what the file has, and cast in silver.
   */
  parquet: reader<FileSource<FileOptions>>("parquet"),
  /** An existing table of the warehouse, by its name: `"schema.table"`. */
  table: reader<SourceOf<Record<never, never>, "materialized">>("table"),
});
