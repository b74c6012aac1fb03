/** DuckDB's reader of lines and delimiters, for files in which every record is known to be good. */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { LineEnd } from "./records.ts";
import { type Input, pathList } from "./statement.ts";

/** How files of text are laid out: those of one shape are read by one statement. */
export interface FileShape {
  /** The columns, in order. */
  readonly names: readonly string[];
  /** Lines before the header; `undefined` when there is no header. */
  readonly header: number | undefined;
  readonly lineEnd: LineEnd;
  /** Whether the file is read from its start to its end, by one thread: records go over several lines. */
  readonly serial: boolean;
  /** Bytes of the longest record, where it is a long one. */
  readonly longest?: number;
}

/** Files of which each line is one value. */
export const LINES: FileShape = { names: ["line"], header: undefined, lineEnd: "\n", serial: false };

/** The reader works in pieces of this size, at least. */
const BUFFER = 16_000_000;

/** A table expression over the reader. It reads all of the files, or ends with an error. */
export function csvReader(
  inputs: readonly Input[],
  shape: FileShape,
  options: { readonly delimiter: string; readonly quote: boolean; readonly nulls: readonly string[] },
): string {
  const buffer = Math.max(BUFFER, 2 * (shape.longest ?? 0));
  const settings = [
    "auto_detect = false",
    `header = ${shape.header !== undefined}`,
    `skip = ${shape.header ?? 0}`,
    // Else the reader treats a line break in quotes as that of the file.
    `new_line = '${shape.lineEnd === "\n" ? "\\n" : "\\r\\n"}'`,
    `delim = ${text(options.delimiter)}`,
    options.quote ? `quote = '"', escape = '"'` : "quote = '', escape = ''",
    `nullstr = [${options.nulls.map(text).join(", ")}]`,
    "allow_quoted_nulls = false",
    `columns = {${shape.names.map((_, i) => `'c${i}': 'VARCHAR'`).join(", ")}}`,
    "hive_partitioning = false",
    `max_line_size = ${buffer}, buffer_size = ${buffer}`,
    // A piece of the file that starts within a quoted value is not told from one that does not.
    ...(shape.serial ? ["parallel = false"] : []),
  ];
  return `(SELECT *, file_index::BIGINT AS __file FROM read_csv(${pathList(inputs)}, ${settings.join(", ")}))`;
}

/** A character that no text holds: each line is one value to the reader. */
const NO_DELIMITER = "\u0001";

/** What may stand around a value; a line of nothing else is blank. */
export const SPACE = text(" \t\v\f\r\n");

/** A table expression with each `line` that is not blank. */
export function linesOf(inputs: readonly Input[], shape: FileShape): string {
  const reader = csvReader(inputs, shape, { delimiter: NO_DELIMITER, quote: false, nulls: [""] });
  // What begins with a character that can be seen is not trimmed to be known as not blank.
  return `(SELECT c0 AS line, __file FROM ${reader} WHERE CASE WHEN c0 >= '!' THEN true ELSE trim(c0, ${SPACE}) <> '' END)`;
}
