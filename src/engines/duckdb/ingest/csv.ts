/** CSV: a header names the columns. */

import type { SourceNode } from "../../../ast/relation.ts";
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { LineEnd } from "./records.ts";
import { type Input, pathList, type Reading } from "./statement.ts";
import { textExtras } from "./undeclared.ts";
import { readText } from "./values.ts";

/** How a set of files of the same shape is read. */
export interface CsvShape {
  readonly names: readonly string[];
  /** Lines before the header; `undefined` when there is no header. */
  readonly header: number | undefined;
  readonly lineEnd: LineEnd;
  /** Whether the file is read from its start to its end, by one thread: records go over several lines. */
  readonly serial: boolean;
  /** Bytes of the longest record, where it is a long one. */
  readonly longest?: number;
}

/** The reader works in pieces of this size, at least. */
const BUFFER = 16_000_000;

/** A table expression over the reader. It reads all of the files, or ends with an error. */
export function csvReader(
  inputs: readonly Input[],
  shape: CsvShape,
  options: { readonly delimiter: string; readonly quote: boolean; readonly nulls: readonly string[] },
): string {
  const buffer = Math.max(BUFFER, 2 * (shape.longest ?? 0));
  const settings = [
    "auto_detect = false",
    `header = ${shape.header !== undefined}`,
    `skip = ${shape.header ?? 0}`,
    // Else the reader takes a line break in quotes for that of the file.
    `new_line = '${shape.lineEnd === "\n" ? "\\n" : "\\r\\n"}'`,
    `delim = ${text(options.delimiter)}`,
    options.quote ? `quote = '"', escape = '"'` : "quote = '', escape = ''",
    `nullstr = [${options.nulls.map(text).join(", ")}]`,
    "allow_quoted_nulls = false",
    `columns = {${shape.names.map((_, i) => `'c${i}': 'VARCHAR'`).join(", ")}}`,
    "filename = '__file'",
    "hive_partitioning = false",
    `max_line_size = ${buffer}, buffer_size = ${buffer}`,
    // A piece of the file that starts within a quoted value is not told from one that does not.
    ...(shape.serial ? ["parallel = false"] : []),
  ];
  return `read_csv(${pathList(inputs)}, ${settings.join(", ")})`;
}

/** Null values that no type but text reads: they need not be looked for in numbers and dates. */
const INERT = /^(na|n\/a|null|none|nil|\\n|-+|\?+|\.|#n\/a|missing|unknown)?$/i;

export function readCsv(source: SourceNode, shape: CsvShape, inputs: readonly Input[]): Reading {
  const { delimiter = ",", nullValues = [] } = source.options;
  const inReader = nullValues.filter((value) => !/["\r\n]/.test(value) && !value.includes(delimiter));
  const allInert = nullValues.every((value) => INERT.test(value));
  const from = csvReader(inputs, shape, { delimiter, quote: true, nulls: ["", ...inReader] });
  // The reader takes null values that stand without quotes; Spark takes them in quotes as well.
  const nulls = nullValues.filter((value) => value !== "");
  const list = nulls.map(text).join(", ");
  const value = (i: number) => (nulls.length === 0 ? `c${i}` : `CASE WHEN c${i} IN (${list}) THEN NULL ELSE c${i} END`);
  const positions = match(source, shape.names);
  const columns = source.declared.map((facts, i) => {
    const at = positions[i];
    const read = (x: string) => readText(x, facts.type);
    if (at === undefined) return { facts, raw: "CAST(NULL AS VARCHAR)", read };
    const early = facts.type.kind === "string" || !allInert;
    return { facts, raw: early ? value(at) : `c${at}`, read, ...(!early && { nulls }) };
  });
  const taken = new Set(positions);
  const extra = shape.names.map((name, i) => ({ name, i })).filter(({ i }) => !taken.has(i));
  const pairs = (some: readonly { name: string; i: number }[], sql: (i: number) => string) =>
    some.map(({ name, i }) => `${text(name)}, ${sql(i)}`).join(", ");
  const all = shape.names.map((name, i) => ({ name, i }));
  const extras = textExtras(
    extra.map(({ name, i }) => ({ name, value: value(i) })),
    source.declared.map((c) => c.name),
  );
  return {
    from,
    columns,
    row: `json_object(${pairs(all, (i) => `c${i}`)})::VARCHAR`,
    ...(extras && { extras }),
  };
}

/** Where each declared column stands in the file: by its name, in any case. The second of a name is not declared. */
function match(source: SourceNode, names: readonly string[]): readonly (number | undefined)[] {
  const lower = names.map((name) => name.toLowerCase());
  return source.declared.map(({ name }) => {
    const exact = names.indexOf(name);
    const at = exact >= 0 ? exact : lower.indexOf(name.toLowerCase());
    return at >= 0 ? at : undefined;
  });
}
