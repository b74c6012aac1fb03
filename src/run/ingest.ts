/** Reads new files of a source into a staging table: typed columns, origin, rescued data and problems. */
import { open, stat } from "node:fs/promises";
import { duckdbType, duckdbIdentifier as id, readText, duckdbText as text } from "../compile/duckdb.ts";
import type { ColumnFacts, SourceNode } from "../relation/nodes.ts";
import { RunError } from "../schema/errors.ts";
import { isInteger, type SqlType, typeName } from "../schema/types.ts";
import type { SourceFile } from "./files.ts";
import { firstLine, type Warehouse } from "./warehouse.ts";

/** Hidden columns of the staging table. */
export const PROBLEM = "__problem";
export const RAW = "__raw";

/** A file that could not be read at all, and why. It is staged as one row with a problem. */
export interface FailedFile {
  readonly file: SourceFile;
  readonly reason: string;
}

export interface StageArguments {
  readonly source: SourceNode;
  readonly files: readonly SourceFile[];
  readonly ingestedAt: Date;
  /** Name of the temporary table to make. */
  readonly into: string;
}

export interface Staged {
  /** Files that vanished before they were read: not staged, and not remembered. */
  readonly vanished: readonly SourceFile[];
  readonly failed: readonly FailedFile[];
}

/** One column of the raw rows: its text, and its value where it can be read. */
interface RawColumn {
  readonly column: ColumnFacts;
  /** SQL of the raw text. */
  readonly raw: string;
  /** SQL of the typed value, null where the text cannot be read. */
  readonly value: string;
}

interface RawRows {
  /** SQL of the relation that gives the raw rows, with `filename`. */
  readonly from: string;
  readonly columns: readonly RawColumn[];
  /** SQL of a list of `{key, value}` structs of what is not declared. */
  readonly extras?: string;
  /** SQL of the row as it came. */
  readonly raw: string;
  /** SQL of a condition under which the row cannot be read at all, and its reason. */
  readonly broken?: { readonly condition: string; readonly reason: string };
}

/** Stages the files; a file that cannot be read does not keep the others from being read. */
export async function stageSource(warehouse: Warehouse, args: StageArguments): Promise<Staged> {
  await createStage(warehouse, args);
  const failed: FailedFile[] = [];
  const vanished: SourceFile[] = [];
  try {
    await stageFiles(warehouse, args, args.files);
  } catch (error) {
    if (!(error instanceof RunError) || error.code === "WAREHOUSE005") throw error;
    await warehouse.exec(`DELETE FROM ${args.into}`);
    for (const file of args.files) {
      if (!(await exists(file))) {
        vanished.push(file);
        continue;
      }
      try {
        await stageFiles(warehouse, args, [file]);
      } catch (inner) {
        if (!(inner instanceof RunError) || inner.code === "WAREHOUSE005") throw inner;
        failed.push({ file, reason: inner.message });
        await stageFailure(warehouse, args, file, inner.message);
      }
    }
  }
  return { vanished, failed };
}

async function exists(file: SourceFile): Promise<boolean> {
  return stat(file.absolute).then(
    () => true,
    () => false,
  );
}

async function createStage(warehouse: Warehouse, { source, into }: StageArguments): Promise<void> {
  const columns = source.declared.map((c) => `${id(c.name)} ${duckdbType(c.type)}`);
  await warehouse.exec(`CREATE OR REPLACE TEMP TABLE ${into} (
  ${[...columns, "_source_file VARCHAR", "_source_modified_at TIMESTAMPTZ", "_ingested_at TIMESTAMPTZ", "_rescued_data VARCHAR", `${PROBLEM} VARCHAR`, `${RAW} VARCHAR`].join(",\n  ")}
)`);
}

async function stageFailure(
  warehouse: Warehouse,
  args: StageArguments,
  file: SourceFile,
  reason: string,
): Promise<void> {
  const origin = [text(file.path), timestamp(file.modifiedAt), timestamp(args.ingestedAt)];
  await warehouse.exec(
    `INSERT INTO ${args.into} (_source_file, _source_modified_at, _ingested_at, ${PROBLEM}) VALUES (${origin.join(", ")}, ${text(`the file cannot be read: ${firstLine(reason)}`)})`,
  );
}

const timestamp = (date: Date) => `TIMESTAMPTZ '${date.toISOString()}'`;

async function stageFiles(warehouse: Warehouse, args: StageArguments, files: readonly SourceFile[]): Promise<void> {
  const readable = files.filter((file) => file.size > 0);
  if (readable.length === 0) return;
  await warehouse.exec(`CREATE OR REPLACE TEMP TABLE medallion_files AS
SELECT * FROM (VALUES ${readable.map((f) => `(${text(f.absolute)}, ${text(f.path)}, ${timestamp(f.modifiedAt)})`).join(", ")}) AS f(absolute, path, modified_at)`);
  if (args.source.format === "csv") await stageCsv(warehouse, args, readable);
  else if (args.source.format === "parquet")
    await insertRows(warehouse, args, await parquetRows(warehouse, args.source, readable));
  else if (args.source.options.layout === "array")
    await insertRows(warehouse, args, jsonRows(args.source, arrayObjects(readable)));
  else await stageJsonLines(warehouse, args, readable);
}

/** Types the raw rows, says what is wrong with them, and adds where they came from. */
async function insertRows(warehouse: Warehouse, args: StageArguments, rows: RawRows): Promise<void> {
  const { columns, broken } = rows;
  const inner = columns.flatMap((c, i) => [`${c.raw} AS r${i}`, `${c.value} AS v${i}`]);
  const missing = columns.flatMap(({ column }, i) => (column.nullable ? [] : [problemOf(column, i)]));
  const lost = columns.flatMap(({ column }, i) =>
    column.nullable ? [`{'key': ${text(column.name)}, 'value': CASE WHEN v${i} IS NULL THEN r${i} END}`] : [],
  );
  const misread = columns.flatMap(({ column }, i) =>
    column.nullable ? [`(v${i} IS NULL AND r${i} IS NOT NULL)`] : [],
  );
  const rescue = rescued(lost, misread, rows.extras !== undefined);
  const problem = missing.length > 0 ? `nullif(concat_ws('; ', ${missing.join(", ")}), '')` : "CAST(NULL AS VARCHAR)";
  const why = broken ? `CASE WHEN broken THEN ${text(broken.reason)} ELSE ${problem} END` : problem;
  await warehouse.exec(`INSERT INTO ${args.into}
SELECT
  ${[...columns.map((_, i) => `v${i}`), "path", "modified_at", timestamp(args.ingestedAt), rescue, `${why} AS problem`, "CASE WHEN problem IS NOT NULL THEN raw_row END"].join(",\n  ")}
FROM (
  SELECT
    ${[...inner, `${rows.raw} AS raw_row`, "filename", ...(rows.extras ? [`${rows.extras} AS extras`] : []), ...(broken ? [`${broken.condition} AS broken`] : [])].join(",\n    ")}
  FROM ${rows.from}
) AS raw_rows
JOIN medallion_files ON absolute = filename`);
}

function problemOf(column: ColumnFacts, i: number): string {
  const name = column.name;
  return `CASE WHEN v${i} IS NULL THEN CASE WHEN r${i} IS NULL THEN ${text(`${name} is missing`)} ELSE ${text(`${name}: "`)} || left(r${i}, 100) || ${text(`" is not a ${typeName(column.type)}`)} END END`;
}

/** What the declared columns do not hold, as a JSON object; null where there is nothing. */
function rescued(lost: readonly string[], misread: readonly string[], extras: boolean): string {
  const tests = [...misread, ...(extras ? ["len(extras) > 0"] : [])];
  if (tests.length === 0) return "CAST(NULL AS VARCHAR)";
  const own = `list_filter([${lost.join(", ")}], lambda entry: entry.value IS NOT NULL)`;
  const entries = lost.length === 0 ? "extras" : extras ? `list_concat(${own}, extras)` : own;
  return `CASE WHEN ${tests.join(" OR ")} THEN CAST(to_json(map_from_entries(${entries})) AS VARCHAR) END`;
}

/** Text that is written as DuckDB itself would write it needs no pattern to be checked. */
function readColumn(raw: string, type: SqlType): string {
  const guarded = readText(raw, type, true);
  if (!isInteger(type)) return guarded;
  const direct = `TRY_CAST(${raw} AS ${duckdbType(type)})`;
  return `CASE WHEN CAST(${direct} AS VARCHAR) = ${raw} THEN ${direct} ELSE ${guarded} END`;
}

function textValue(raw: string, type: SqlType): string {
  if (type.kind === "string") return raw;
  if (type.kind === "binary") return `TRY(from_base64(${raw}))`;
  return readColumn(raw, type);
}

// ---- CSV

async function stageCsv(warehouse: Warehouse, args: StageArguments, files: readonly SourceFile[]): Promise<void> {
  const { source } = args;
  const groups = new Map<string, { header: readonly string[]; files: SourceFile[] }>();
  for (const file of files) {
    const header =
      source.options.header === false
        ? source.declared.map((c) => c.name)
        : await headerOf(file, source.options.delimiter ?? ",");
    const group = groups.get(JSON.stringify(header)) ?? { header, files: [] };
    group.files.push(file);
    groups.set(JSON.stringify(header), group);
  }
  for (const group of groups.values()) await stageCsvGroup(warehouse, args, group.header, group.files);
}

/** The names in the first line of a CSV file. */
async function headerOf(file: SourceFile, delimiter: string): Promise<readonly string[]> {
  const handle = await open(file.absolute, "r");
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(Math.min(file.size, 1 << 20)),
      0,
      Math.min(file.size, 1 << 20),
      0,
    );
    const start = buffer
      .subarray(0, bytesRead)
      .toString("utf8")
      .replace(/^\uFEFF/, "");
    return splitHeader(start, delimiter);
  } finally {
    await handle.close();
  }
}

function splitHeader(start: string, delimiter: string): readonly string[] {
  const names: string[] = [];
  let name = "";
  let inQuotes = false;
  for (let i = 0; i < start.length; i++) {
    const char = start[i];
    if (inQuotes && char === '"' && start[i + 1] === '"') name += start[++i];
    else if (char === '"') inQuotes = !inQuotes;
    else if (!inQuotes && char === delimiter) {
      names.push(name);
      name = "";
    } else if (!inQuotes && (char === "\n" || char === "\r")) break;
    else name += char;
  }
  return unique([...names, name].map((n) => n.trim()));
}

/** Header names, each once: a name that comes again is numbered. */
function unique(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((given, i) => {
    const name = given === "" ? `_column_${i + 1}` : given;
    const count = (seen.get(name.toLowerCase()) ?? 0) + 1;
    seen.set(name.toLowerCase(), count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

async function stageCsvGroup(
  warehouse: Warehouse,
  args: StageArguments,
  header: readonly string[],
  files: readonly SourceFile[],
): Promise<void> {
  const { source } = args;
  const { delimiter = ",", nullValues = [] } = source.options;
  await warehouse.exec("DROP TABLE IF EXISTS medallion_rejects; DROP TABLE IF EXISTS medallion_scans");
  const names = new Map(header.map((name) => [name.toLowerCase(), name]));
  const from = `read_csv([${files.map((f) => text(f.absolute)).join(", ")}],
    columns = {${header.map((name) => `${text(name)}: 'VARCHAR'`).join(", ")}}, auto_detect = false, header = ${source.options.header !== false},
    delim = ${text(delimiter)}, quote = '"', escape = '"', nullstr = [${["", ...nullValues].map(text).join(", ")}], filename = true,
    max_line_size = ${lineLimit(files)}, store_rejects = true, rejects_table = 'medallion_rejects', rejects_scan = 'medallion_scans', rejects_limit = 0)`;
  const columns = source.declared.map((column) => {
    const name = names.get(column.name.toLowerCase());
    const raw = name === undefined ? "CAST(NULL AS VARCHAR)" : id(name);
    return { column, raw, value: textValue(raw, column.type) };
  });
  const declared = new Set(source.declared.map((c) => c.name.toLowerCase()));
  const extra = header.filter((name) => !declared.has(name.toLowerCase()));
  const extras = extra.map((name) => `{'key': ${text(name)}, 'value': ${id(name)}}`).join(", ");
  const raw = `CAST(to_json(struct_pack(${header.map((name) => `${id(name)} := ${id(name)}`).join(", ")})) AS VARCHAR)`;
  await insertRows(warehouse, args, {
    from,
    columns,
    raw,
    ...(extra.length > 0 && { extras: `list_filter([${extras}], lambda entry: entry.value IS NOT NULL)` }),
  });
  await stageRejects(warehouse, args);
}

/** Lines that the reader rejected: a wrong count of values, invalid UTF-8, a line that is too long. */
async function stageRejects(warehouse: Warehouse, args: StageArguments): Promise<void> {
  await warehouse.exec(`INSERT INTO ${args.into} (_source_file, _source_modified_at, _ingested_at, ${PROBLEM}, ${RAW})
SELECT path, modified_at, ${timestamp(args.ingestedAt)},
  'line ' || rejected.line || ': ' || CASE error_type
    WHEN 'INVALID ENCODING' THEN 'is not UTF-8'
    WHEN 'LINE SIZE OVER MAXIMUM' THEN 'is too long'
    ELSE replace(replace(error_message, 'Expected Number of Columns:', 'expected'), 'Found:', 'values, found') END,
  csv_line
FROM (
  SELECT scans.file_path, rejects.line AS line, first(error_type ORDER BY error_type) AS error_type, first(error_message ORDER BY error_type) AS error_message, first(csv_line) AS csv_line
  FROM medallion_rejects AS rejects JOIN medallion_scans AS scans USING (scan_id, file_id)
  GROUP BY ALL
) AS rejected
JOIN medallion_files ON absolute = file_path`);
  await warehouse.exec("DROP TABLE medallion_rejects; DROP TABLE medallion_scans");
}

/** A line may be as long as the largest file, up to 64 MiB: the reader keeps several such buffers. */
function lineLimit(files: readonly SourceFile[]): number {
  return Math.min(Math.max(2 << 20, ...files.map((f) => f.size + 1)), 64 << 20);
}

// ---- JSON

async function stageJsonLines(warehouse: Warehouse, args: StageArguments, files: readonly SourceFile[]): Promise<void> {
  await warehouse.exec("DROP TABLE IF EXISTS medallion_rejects; DROP TABLE IF EXISTS medallion_scans");
  const lines =
    `(SELECT filename, ltrim(line, chr(65279)) AS line FROM read_csv([${files.map((f) => text(f.absolute)).join(", ")}],
    columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = ${text("\u0001")}, quote = '', escape = '', filename = true,
    max_line_size = ${lineLimit(files)}, store_rejects = true, rejects_table = 'medallion_rejects', rejects_scan = 'medallion_scans', rejects_limit = 0)
    WHERE trim(line, ' \t\r\n') <> '')`.replace("' \t\r\n'", "chr(32) || chr(9) || chr(13) || chr(10)");
  await insertRows(warehouse, args, jsonRows(args.source, lines));
  await stageRejects(warehouse, args);
}

function arrayObjects(files: readonly SourceFile[]): string {
  const limit = Math.max(16 << 20, ...files.map((f) => f.size + 1));
  return `(SELECT filename, CAST(json AS VARCHAR) AS line FROM read_json_objects([${files.map((f) => text(f.absolute)).join(", ")}],
    format = 'array', filename = true, maximum_object_size = ${Math.min(limit, 2 ** 31 - 1)}))`;
}

const pointer = (name: string) => text(`/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
const isNested = (type: SqlType) => ["struct", "array", "map", "variant"].includes(type.kind);

function jsonRows(source: SourceNode, lines: string): RawRows {
  const object = "CASE WHEN TRY(json_type(line)) = 'OBJECT' THEN line ELSE '{}' END";
  const texts = `json_extract_string(object, [${source.declared.map((c) => pointer(c.name)).join(", ")}]) AS texts`;
  const declared = source.declared.map((c) => text(c.name)).join(", ");
  const columns = source.declared.map((column, i) => {
    const raw = `texts[${i + 1}]`;
    if (!isNested(column.type)) return { column, raw, value: textValue(raw, column.type) };
    const json = `nullif(json_extract(object, ${pointer(column.name)}), 'null')`;
    return {
      column,
      raw,
      value: column.type.kind === "variant" ? json : `TRY_CAST(${json} AS ${duckdbType(column.type)})`,
    };
  });
  return {
    from: `(SELECT filename, line, object, ${texts}, list_filter(json_keys(object), lambda key: key NOT IN (${declared})) AS extra_keys FROM (SELECT filename, line, ${object} AS object FROM ${lines}))`,
    columns,
    raw: "line",
    extras:
      "list_transform(extra_keys, lambda key: {'key': key, 'value': json_extract_string(object, '/' || replace(replace(key, '~', '~0'), '/', '~1'))})",
    broken: {
      condition: "coalesce(TRY(json_type(line)), 'INVALID') <> 'OBJECT'",
      reason: "the line is not a JSON object",
    },
  };
}

// ---- Parquet

async function parquetRows(warehouse: Warehouse, source: SourceNode, files: readonly SourceFile[]): Promise<RawRows> {
  const from = `read_parquet([${files.map((f) => text(f.absolute)).join(", ")}], union_by_name = true, filename = true)`;
  const described = await warehouse.rows(`DESCRIBE SELECT * EXCLUDE (filename) FROM ${from}`);
  const types = new Map(described.map((row) => [String(row["column_name"]), String(row["column_type"])]));
  const byLower = new Map([...types.keys()].map((name) => [name.toLowerCase(), name]));
  const columns = source.declared.map((column) => {
    const name = byLower.get(column.name.toLowerCase());
    if (name === undefined)
      return { column, raw: "CAST(NULL AS VARCHAR)", value: `CAST(NULL AS ${duckdbType(column.type)})` };
    return {
      column,
      raw: `CAST(${id(name)} AS VARCHAR)`,
      value: parquetValue(id(name), types.get(name) ?? "", column.type),
    };
  });
  const declared = new Set(source.declared.map((c) => c.name.toLowerCase()));
  const extra = [...types.keys()].filter((name) => !declared.has(name.toLowerCase()));
  const extras = extra.map((name) => `{'key': ${text(name)}, 'value': CAST(${id(name)} AS VARCHAR)}`).join(", ");
  return {
    from,
    columns,
    raw: `CAST(to_json(struct_pack(${[...types.keys()].map((name) => `${id(name)} := ${id(name)}`).join(", ")})) AS VARCHAR)`,
    ...(extra.length > 0 && { extras: `list_filter([${extras}], lambda entry: entry.value IS NOT NULL)` }),
  };
}

function parquetValue(column: string, from: string, to: SqlType): string {
  const target = duckdbType(to);
  if (from === target) return column;
  if (from === "VARCHAR") return textValue(column, to);
  if (isInteger(to) && /^(FLOAT|DOUBLE|DECIMAL)/.test(from)) {
    return `CASE WHEN ${column} = trunc(${column}) THEN TRY_CAST(${column} AS ${target}) END`;
  }
  return `TRY_CAST(${column} AS ${target})`;
}
