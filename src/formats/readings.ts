/** How the targets read a format. Each brings its own words for SQL; the format declares what is to be read. */
import type { ColumnFacts } from "../ast/relation.ts";
import type { SqlType } from "../types/types.ts";

/** How a target writes names, constants and types. */
export interface SqlWords {
  readonly identifier: (name: string) => string;
  readonly text: (value: string) => string;
  readonly type: (type: SqlType) => string;
  /** Whether a column is read from JSON: it has parts, or may hold anything. */
  readonly isJson: (column: ColumnFacts) => boolean;
}

/** The words of Spark and Databricks. */
export interface SparkSql extends SqlWords {
  /** SQL that reads a text as a type that has no parts: null where it does not fit. */
  readonly readText: (text: string, type: SqlType) => string;
  /** SQL of valid JSON whose numbers keep their digits in a VARIANT, as texts with a mark in front. */
  readonly withMarks: (json: string) => string;
  /** SQL of a text, or of JSON as text, without the marks. */
  readonly withoutMarks: (text: string) => string;
}

/** What a map of values by name holds. */
export type MapOf = "STRING" | "VARIANT";

/** `read_files` of Databricks. */
export interface DatabricksReading {
  /** The reader's name of the format. */
  readonly format: string;
  /** The reader's own options: `header => true`. */
  readonly options: readonly string[];
  /** The type under which the reader gives a declared column. Absent: the reader's columns are its own. */
  readonly type?: (column: ColumnFacts) => string;
  /** SQL over the reader's columns: the value as it came, null where it means null. */
  readonly value: (column: ColumnFacts) => string;
  /** Whether values have their declared types already: what does not fit is null, and rescued by the reader. */
  readonly isTyped?: boolean;
  /**
   * Records that are broken, and what they are called. `record` is SQL over the reader's columns that gives one that is
   * broken, else null; without it the reader tells, in its corrupt column.
   */
  readonly broken?: { readonly reason: string; readonly record?: string };
  /**
   * What is not declared: by name out of what the reader rescues, where `such` tells the entries (`k`, `v`) that count;
   * or SQL over the reader's columns of a map of texts. Absent: there is nothing of that kind.
   */
  readonly others?: { readonly of: MapOf; readonly such?: string } | { readonly map: string };
  /** A condition on the reader's rows: those that hold no record. */
  readonly where?: string;
}

/** A common table expression: its name and its query. */
export interface Cte {
  readonly name: string;
  readonly sql: string;
  /** It is planned by itself. */
  readonly materialized?: boolean;
}

/** A common table expression with all that another one has, and more: `value AS name`. */
export function withMore(name: string, from: string, columns: readonly string[]): Cte {
  return { name, sql: `SELECT\n  ${["*", ...columns].join(",\n  ")}\nFROM ${from}` };
}

/** The view of a source on open-source Spark: Python, since SQL cannot stream files. */
export interface PythonView {
  /** `spark.readStream` or `spark.read`. */
  readonly reader: string;
  /** `.option(…)` of all files. */
  readonly options: string;
  /** The expression of the path. */
  readonly path: string;
  /** `.selectExpr(…)` of SQL that gives `value`, with the origin of the row; more columns are expressions of Python. */
  readonly select: (value: string, ...more: readonly string[]) => string;
  /** A constant of Python. */
  readonly text: (value: string) => string;
}

/** The parts of a record as SQL: what few rows need is made for those rows only. A broken record has a `__fault`, others none. */
export interface SparkRecord {
  /** The field of a declared column. */
  readonly field: (column: ColumnFacts) => string;
  /** The texts by name of values that did not read, where their fields may have been written in another way. */
  readonly came?: string;
  /** The record as it came. */
  readonly row: string;
  /** Its values by name. */
  readonly fields: string;
  /** Whether there may be values that are not declared, or whose name came before. */
  readonly others: string;
}

/** A source on open-source Spark: a view of its text, and SQL over that. */
export interface SparkReading {
  /** Text by lines or by files, or the body of a function that gives a record as text in `value`. */
  readonly view: "lines" | "files" | ((python: PythonView) => string);
  /**
   * Over a relation of `value`, `__path` and `__modified_at`: the last is `read`, with `__row`, the record as it came,
   * `__fields`, its values by name, and where those are null `__fault`, what is wrong with it.
   */
  readonly ctes: (from: string) => readonly Cte[];
  /** SQL over `read` of the parts of a record, where it has no columns `__row` and `__fields`. */
  readonly record?: SparkRecord;
  /** Where a name may come twice in a record: SQL of whether one does, and of all values as a list of `key` and `value`. */
  readonly repeats?: { readonly is: string; readonly entries: string };
  /** SQL of a declared column over its field: null where it means null. */
  readonly value: (field: string, column: ColumnFacts) => string;
  /** SQL of whether the value of a declared column may be read as its type at all. Absent: every one may. */
  readonly fits?: (column: ColumnFacts) => string;
  /**
   * What the view may have read already, where its files have the declared types: whether it has, a declared column, and
   * what is not declared as a JSON object. There is nothing in `__fields` then.
   */
  readonly done?: {
    readonly is: string;
    readonly value: (column: ColumnFacts) => string;
    readonly rescued: string;
  };
  /** What `__fields` holds: texts (the default), or values whose numbers may be marked. */
  readonly of?: MapOf;
  /** Whether Spark wrote the values, which have types in the file. A null is not a value. */
  readonly isTyped?: boolean;
  /** A condition over `__value` of fields that are not declared, where not all of them count. */
  readonly such?: string;
}

/** A source that Spark's own reader reads, with its own meaning. */
export interface SparkNativeReading {
  readonly native: {
    /** The reader's name of the format. */
    readonly format: string;
    /** Its options. */
    readonly options: Readonly<Record<string, string | boolean>>;
  };
}

/** The words of DuckDB. */
export type DuckdbSql = SqlWords;

/** What built-in formats call the column of the path: files may have one of the name that DuckDB's readers give it. */
export const FILE_COLUMN = "__path";

/** A source in a DuckDB script, which has no quarantine of lines: it stops at what is broken. */
export interface ScriptReading {
  /** A table expression, with a column of the path of each row's file. */
  readonly from: string;
  /** Name of that column: another than files have. Default: `filename`, as DuckDB's readers give it. */
  readonly file?: string;
  /** SQL of a declared column over it: a text, or a value that is read from JSON. */
  readonly value: (column: ColumnFacts) => string;
  /** Whether values have types already, and are cast. */
  readonly isTyped?: boolean;
  /** A condition on the rows: it ends in an error where something is broken. */
  readonly where?: string;
}

/** Files of lines in the embedded engine, which counts the lines itself, and quarantines those that are broken. */
export interface LineReading {
  /** SQL over `line`: the value of a declared column as it came, as text; null where there is none. */
  readonly value: (column: ColumnFacts) => string;
  /** SQL over `line`: what is wrong with it, in words, else null. */
  readonly broken?: string;
  /** SQL over `line`: a list of `{k, v}`, the names and texts of what is not declared, each name once. */
  readonly others?: string;
}
