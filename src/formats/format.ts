/**
 * The contract of a format: what it is called, which options it has, what follows from them, and how each target reads
 * it. The built-in formats and those of plugins are made by the same function, and a source carries the definition of
 * its own. Of the built-in ones, the embedded engine's readers need Node and Spark's are large, so they are listed with
 * the engine and the target: a program that only builds a pipeline loads neither.
 */

import type { ColumnFacts, FormatFacts, SourceNode, SourceOptions } from "../ast/relation.ts";
import { refuseOtherCopy } from "../core/copies.ts";
import { freeze } from "../core/freeze.ts";
import { madeHere } from "../core/made.ts";
import { DEFINITION } from "../core/plugin-parts.ts";
import { misused } from "../diagnostics/mistake.ts";
import type { FormatFeature } from "./features.ts";
import { type DefaultedOption, type Encoding, type FileOptions, type FormatOption, ON_CHANGE } from "./options.ts";
import type {
  DatabricksReading,
  DuckdbSql,
  LineReading,
  ScriptReading,
  SparkNativeReading,
  SparkReading,
  SparkSql,
} from "./readings.ts";

type Own<O> = Exclude<keyof O, keyof FileOptions>;

/** An option for each that the type has: with a default where it may be left out. */
export type OptionsOf<O> = {
  readonly [K in Own<O>]: object extends Pick<O, K> ? DefaultedOption<NonNullable<O[K]>> : FormatOption<O[K]>;
};

/** The options with their defaults. */
export type OptionValues<O> = { readonly [K in Own<O>]: NonNullable<O[K]> };

/** A source as its format sees it: the options have values, all of them. */
export interface SourceView<O> {
  readonly path: string;
  readonly declared: readonly ColumnFacts[];
  readonly options: OptionValues<O>;
  readonly at?: string | undefined;
}

/** What follows from the options of a source. */
export interface FormatTraits {
  /** Files of text: how it is encoded. */
  readonly encoding?: Encoding;
  /** Values go by their position in a record, so a record is too short once another column is declared. */
  readonly byPosition?: boolean;
  /** What targets treat in their own ways. */
  readonly features?: readonly FormatFeature[];
}

/** A format of files, in its own words. */
export interface FileFormatParts<O> {
  /** What sources of the format are called in a manifest: `csv`. */
  readonly name: string;
  /** What people call it: `CSV`. */
  readonly title: string;
  /** Each option, with what it accepts. */
  readonly options: OptionsOf<O>;
  /** What else is wrong with a source, in words that end a sentence. */
  readonly problem?: (source: SourceView<O>) => string | undefined;
  readonly traits: (options: OptionValues<O>) => FormatTraits;
  /** How `read_files` of Databricks reads it. */
  readonly databricks: (source: SourceView<O>, sql: SparkSql) => DatabricksReading;
  /** How a DuckDB script reads it. */
  readonly duckdb: (source: SourceView<O>, sql: DuckdbSql) => ScriptReading;
}

/** A format of files from outside: each line of a file is a record. */
export interface FormatParts<O> extends FileFormatParts<O> {
  /** How open-source Spark reads it. */
  readonly spark: (source: SourceView<O>, sql: SparkSql) => SparkReading | SparkNativeReading;
  /** How the embedded engine reads a line. */
  readonly embedded: (source: SourceView<O>, sql: DuckdbSql) => LineReading;
}

interface AnyFormatFacts extends FormatFacts {
  readonly title: string;
  readonly options: Readonly<Record<string, FormatOption<unknown>>>;
  /** What is wrong with the path of a source. */
  readonly pathProblem: (path: string) => string | undefined;
  /** What else is wrong with a source. */
  readonly problem: (source: SourceParts) => string | undefined;
}

type SourceParts = Pick<SourceNode, "path" | "declared" | "options"> & { readonly at?: string | undefined };

/** Any format of files, for code that is about none of them. */
export interface AnyFileFormat extends AnyFormatFacts {
  readonly reads: "files";
  readonly traits: (source: SourceParts) => FormatTraits;
  readonly databricks: (source: SourceParts, sql: SparkSql) => DatabricksReading;
  readonly duckdb: (source: SourceParts, sql: DuckdbSql) => ScriptReading;
  /** How open-source Spark reads it. Other formats have a reader of their own in the target. */
  readonly spark?: (source: SourceParts, sql: SparkSql) => SparkReading | SparkNativeReading;
  /** How the embedded engine reads a line. Other formats have a reader of their own there. */
  readonly embedded?: (source: SourceParts, sql: DuckdbSql) => LineReading;
}

/** A format of files with the options `O`. */
export interface FileFormat<O> extends AnyFileFormat {
  /** A source as the format sees it. */
  readonly view: (source: SourceParts) => SourceView<O>;
}

/** Tables of another owner. */
export interface TableFormat extends AnyFormatFacts {
  readonly reads: "table";
  /** SQL of the table that a path names. */
  readonly relation: (path: string, identifier: (name: string) => string) => string;
}

export type AnyFormat = AnyFileFormat | TableFormat;

const made = madeHere<AnyFormat>("format");

/** The format of a node or of a user. */
export const formatFrom = made.from;

/**
 * The format of a source.
 *
 * @throws DefinitionError `COPY001` where another copy of the package made it, such as the project's own under a command
 * that is installed elsewhere.
 */
export function formatOf(source: SourceNode): AnyFormat {
  const format = formatFrom(source[DEFINITION]);
  if (format) return format;
  refuseOtherCopy(source[DEFINITION], source.at);
  throw misused(
    source.at,
    `the source of ${source.path} has no format that is known`,
    "read a manifest with fromManifest(), and give it the plugins that it names",
  );
}

export function fileFormatOf(source: SourceNode): AnyFileFormat {
  const format = formatOf(source);
  if (format.reads !== "files") throw new TypeError(`${source.format} is not a format of files`);
  return format;
}

/** A format of files whose lines are records: it declares itself how Spark and the embedded engine read one. */
interface LineFormat<O> extends FileFormat<O> {
  readonly spark: NonNullable<AnyFileFormat["spark"]>;
  readonly embedded: NonNullable<AnyFileFormat["embedded"]>;
}

/** Makes a format of files from its parts. */
export function fileFormat<O>(parts: FormatParts<O>): LineFormat<O>;
export function fileFormat<O>(parts: FileFormatParts<O>): FileFormat<O>;
export function fileFormat<O>(parts: FileFormatParts<O> & Partial<FormatParts<O>>): FileFormat<O> {
  const view = ({ path, declared, options, at }: SourceParts): SourceView<O> => ({
    path,
    declared,
    options: valuesOf(parts.options, options),
    at,
  });
  const { name, title, problem, traits, databricks, spark, duckdb, embedded } = parts;
  return made.add<FileFormat<O>>({
    name,
    title,
    reads: "files",
    options: freeze({ onChange: ON_CHANGE, ...parts.options }),
    view,
    pathProblem: () => undefined,
    problem: (source) => problem?.(view(source)),
    traits: (source) => traits(view(source).options),
    databricks: (source, sql) => databricks(view(source), sql),
    duckdb: (source, sql) => duckdb(view(source), sql),
    ...(spark && { spark: (source, sql) => spark(view(source), sql) }),
    ...(embedded && { embedded: (source, sql) => embedded(view(source), sql) }),
  });
}

export function tableFormat(parts: Pick<TableFormat, "name" | "title" | "pathProblem" | "relation">): TableFormat {
  return made.add<TableFormat>({ ...parts, reads: "table", options: {}, problem: () => undefined });
}

/** The options that were given, and the defaults of the others. They were checked when the source was made. */
function valuesOf<O>(options: OptionsOf<O>, given: SourceOptions): OptionValues<O> {
  const all = Object.entries<FormatOption<unknown>>(options).map(([name, option]) => [
    name,
    given[name] ?? option.default,
  ]);
  return Object.fromEntries(all) as OptionValues<O>;
}
