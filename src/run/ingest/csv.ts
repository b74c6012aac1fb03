/** CSV: a header names the columns, a line with another number of values is a problem, never an end. */
import { duckdbText as text } from "../../compile/duckdb.ts";
import type { SourceNode } from "../../relation/nodes.ts";
import { readStart, wrongCount } from "./repair.ts";
import { type Input, pathList, type Reading } from "./statement.ts";
import { readText } from "./values.ts";

/** What the header of a file says: the names of its columns, and how many blank lines stand before it. */
export interface Header {
  readonly names: readonly string[];
  readonly blank: number;
}

/** How a set of files of the same shape is read. */
export interface CsvShape {
  readonly names: readonly string[];
  /** Lines before the header; `undefined` when there is no header. */
  readonly header: number | undefined;
}

const HEADER_BYTES = 1 << 16;
const MAX_HEADER_BYTES = 1 << 26;

/** The header of a file, or `undefined` for a file of blank lines. */
export async function readHeader(path: string, size: number, delimiter: string): Promise<Header | undefined> {
  for (let bytes = HEADER_BYTES; ; bytes *= 16) {
    const start = (await readStart(path, bytes)).toString("utf8");
    const complete = bytes >= size && !/\.(gz|zst)$/.test(path);
    const header = parseHeader(start, delimiter, complete || bytes >= MAX_HEADER_BYTES);
    if (header !== "unfinished") return header;
  }
}

function parseHeader(start: string, delimiter: string, complete: boolean): Header | undefined | "unfinished" {
  const first = start.search(/[^\r\n]/);
  if (first < 0) return complete ? undefined : "unfinished";
  const blank = start.slice(0, first).split(/\r\n|\n|\r/).length - 1;
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (let i = first; i < start.length; i++) {
    const char = start[i];
    if (quoted && char === '"' && start[i + 1] === '"') name += start[++i];
    else if (char === '"' && (quoted || name === "")) quoted = !quoted;
    else if (!quoted && char === delimiter) {
      names.push(name);
      name = "";
    } else if (!quoted && (char === "\n" || char === "\r")) return { names: [...names, name].map(trimmed), blank };
    else name += char;
  }
  return complete ? { names: [...names, name].map(trimmed), blank } : "unfinished";
}

/** A column without a name gets the one that Spark gives it. */
function trimmed(name: string, index: number): string {
  return name.trim() || `_c${index}`;
}

/** Lines up to this long are read the fast way; the reader works in pieces of this size. */
export const BUFFER = 16_000_000;

/** A table expression over the reader; what it rejects is in the temporary tables `errors` and `scans`. */
export function csvReader(
  inputs: readonly Input[],
  columns: number,
  options: { delimiter: string; quote: boolean; nulls: readonly string[]; header: number | undefined; longest: number },
): string {
  const buffer = Math.max(BUFFER, options.longest + 1);
  const settings = [
    "auto_detect = false",
    `header = ${options.header !== undefined}`,
    `skip = ${options.header ?? 0}`,
    `delim = ${text(options.delimiter)}`,
    options.quote ? `quote = '"', escape = '"'` : "quote = '', escape = ''",
    `nullstr = [${options.nulls.map(text).join(", ")}]`,
    "allow_quoted_nulls = false",
    `columns = {${Array.from({ length: columns }, (_, i) => `'c${i}': 'VARCHAR'`).join(", ")}}`,
    "filename = '__file'",
    "hive_partitioning = false",
    `store_rejects = true, rejects_table = '${ERRORS}', rejects_scan = '${SCANS}', rejects_limit = 0`,
    `max_line_size = ${buffer}, buffer_size = ${buffer}`,
  ];
  return `read_csv(${pathList(inputs)}, ${settings.join(", ")})`;
}

export const ERRORS = "medallion_reject_errors";
export const SCANS = "medallion_reject_scans";
export const DROP_REJECTS = `DROP TABLE IF EXISTS ${ERRORS}; DROP TABLE IF EXISTS ${SCANS}`;

/** Null values that no type but text reads: they need not be looked for in numbers and dates. */
const INERT = /^(na|n\/a|null|none|nil|\\n|-+|\?+|\.|#n\/a|missing|unknown)?$/i;

export function readCsv(source: SourceNode, shape: CsvShape, inputs: readonly Input[], longest: number): Reading {
  const { delimiter = ",", nullValues = [] } = source.options;
  const inReader = nullValues.filter((value) => !/["\r\n]/.test(value) && !value.includes(delimiter));
  const allInert = nullValues.every((value) => INERT.test(value));
  const from = csvReader(inputs, shape.names.length, {
    delimiter,
    quote: true,
    nulls: ["", ...inReader],
    header: shape.header,
    longest,
  });
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
  return {
    from,
    columns,
    row: `json_object(${pairs(all, (i) => `c${i}`)})::VARCHAR`,
    ...(extra.length > 0 && {
      extras: `nullif(json_merge_patch('{}', json_object(${pairs(extra, value)})), '{}')`,
    }),
  };
}

/** Where each declared column stands in the file: by its name, in any case. A name that comes twice counts once. */
function match(source: SourceNode, names: readonly string[]): readonly (number | undefined)[] {
  const lower = names.map((name) => name.toLowerCase());
  return source.declared.map(({ name }) => {
    const exact = names.indexOf(name);
    const at = exact >= 0 ? exact : lower.indexOf(name.toLowerCase());
    return at >= 0 ? at : undefined;
  });
}

/** The rejected lines as `file`, `reason` and `raw`, each once. */
export function rejectedLines(expected: number): string {
  const reason = `CASE error_type
    WHEN 'INVALID ENCODING' THEN 'line ' || line || ' is not valid UTF-8'
    WHEN 'UNQUOTED VALUE' THEN 'line ' || line || ' has a quote in the wrong place'
    WHEN 'LINE SIZE OVER MAXIMUM' THEN 'line ' || line || ' is too long'
    WHEN 'MISSING COLUMNS' THEN ${counted(expected)}
    WHEN 'TOO MANY COLUMNS' THEN ${counted(expected)}
    ELSE 'line ' || line || ': ' || split_part(error_message, chr(10), 1) END`;
  return `(SELECT file_path AS file, arg_min(${reason}, coalesce(column_idx, 0)) AS reason, any_value(csv_line) AS raw
FROM ${ERRORS} JOIN ${SCANS} USING (scan_id, file_id) GROUP BY file_path, line_byte_position)`;
}

function counted(expected: number): string {
  const found = "regexp_extract(error_message, 'Found: ([0-9]+)', 1)";
  const [one, many] = ["1", "@"].map((n) => wrongCount("#", n, expected).split("#")[1] ?? "");
  return `'line ' || line || CASE ${found} WHEN '1' THEN ${text(one ?? "")} ELSE replace(${text(many ?? "")}, '@', ${found}) END`;
}

/**
 * The files with rejected lines. `incomplete`: these do not tell all that was lost, since the reader keeps 10,000 bytes
 * of a line, and takes all that follows an open quote for one value.
 */
export const REJECTED = `SELECT file_path, bool_or(error_type = 'LINE SIZE OVER MAXIMUM' OR strlen(csv_line) >= 9990
  OR (error_type = 'UNQUOTED VALUE' AND contains(csv_line, chr(10)))) AS incomplete
FROM ${ERRORS} JOIN ${SCANS} USING (scan_id, file_id) GROUP BY file_path`;
