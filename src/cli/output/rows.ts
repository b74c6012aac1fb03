/** Rows of a table in the warehouse, read exactly and drawn for a person: what `preview` and `dev` show. */
import type { Layer } from "../../ast/pipeline.ts";
import { RESCUED } from "../../ast/stored.ts";
import type { Update } from "../../engines/duckdb/update.ts";
import { duckdbIdentifier as identifier, duckdbText as literal } from "../../targets/duckdb/dialect.ts";
import { nameOf } from "../../targets/duckdb/tables.ts";
import { type OutputStream, widthOf } from "../io.ts";
import { jsonOf } from "./json-values.ts";
import { type Paint, printable } from "./style.ts";
import { type Cell, type Column, columnWidths, fittingColumns, narrowed, tableLines } from "./table.ts";

const MAX_CELL = 40;

/** What is read: a table, or the quarantine of one. */
export interface WantedTable {
  readonly read: string;
  readonly layer: Layer;
  /** The columns that the user declared; absent for a quarantine. */
  readonly columns?: readonly string[];
}

/** What has the rows: an update, or a look at the warehouse. */
export type Queried = Pick<Update, "query">;

export interface GridColumn {
  readonly name: string;
  readonly type: string;
}

const relation = ({ layer, read }: WantedTable): string => nameOf({ layer, name: read });

/** Why a row is in a quarantine, and the row as it came, come before what could be read of it. */
const FIRST = ["_broken_rules", "_reason", "_row"];

/**
 * The columns in their declared order, and the rescued data where one of the first rows has some; of a quarantine all that are
 * stored, the reasons first. None: it does not exist.
 */
export async function storedColumns(from: Queried, wanted: WantedTable, limit: number): Promise<readonly GridColumn[]> {
  const rows = await from.query(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ${literal(wanted.layer)} ` +
      `AND table_name = ${literal(wanted.read)} ORDER BY column_index`,
  );
  const stored = rows.map((row) => ({ name: String(row["column_name"]), type: String(row["data_type"]) }));
  if (!wanted.columns) {
    const reasons = FIRST.flatMap((name) => stored.find((c) => c.name === name) ?? []);
    return [...reasons, ...stored.filter((c) => !FIRST.includes(c.name))];
  }
  const declared = wanted.columns.flatMap((name) => stored.find((c) => c.name === name) ?? []);
  const rescued = wanted.columns.includes(RESCUED) ? undefined : stored.find((c) => c.name === RESCUED);
  return rescued && (await anyIn(from, wanted, rescued, limit)) ? [...declared, rescued] : declared;
}

async function anyIn(from: Queried, wanted: WantedTable, { name }: GridColumn, limit: number): Promise<boolean> {
  const [row] = await from.query(
    `SELECT count(${name}) AS n FROM (SELECT ${name} FROM ${relation(wanted)} LIMIT ${limit})`,
  );
  return Number(row?.["n"] ?? 0) > 0;
}

export async function countRows(from: Queried, wanted: WantedTable): Promise<number> {
  const [row] = await from.query(`SELECT count(*) AS n FROM ${relation(wanted)}`);
  return Number(row?.["n"] ?? 0);
}

/** Aliases are positions: two columns may differ only in what SQL does not tell apart. */
function read(from: Queried, wanted: WantedTable, expressions: readonly string[], limit: number) {
  const list = expressions.map((e, i) => `${e} AS "${i}"`).join(", ");
  return from.query(`SELECT ${list} FROM ${relation(wanted)} LIMIT ${limit}`);
}

export async function textRows(from: Queried, wanted: WantedTable, columns: readonly GridColumn[], limit: number) {
  const rows = await read(
    from,
    wanted,
    columns.map((c) => `CAST(${identifier(c.name)} AS VARCHAR)`),
    limit,
  );
  return rows.map((row) => columns.map((_, i) => row[String(i)]));
}

/** Values as exact JSON: what a JavaScript number cannot hold stays text. */
export async function jsonRows(from: Queried, wanted: WantedTable, columns: readonly GridColumn[], limit: number) {
  const rows = await read(
    from,
    wanted,
    columns.map((c) => identifier(c.name)),
    limit,
  );
  const written = columns.map((c, i) => ({ name: c.name, of: jsonOf(c.type), at: String(i) }));
  return rows.map((row) => Object.fromEntries(written.map(({ name, of, at }) => [name, of(row[at])])));
}

const NUMERIC = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|FLOAT|DOUBLE|DECIMAL.*)$/;

/** A column of a grid; `label` stands under its name. */
interface LabelledColumn extends GridColumn {
  readonly label?: string;
}

interface Grid {
  readonly lines: readonly string[];
  /** Columns that did not fit. */
  readonly hidden: readonly string[];
}

interface GridOptions {
  readonly stream: OutputStream;
  readonly paint: Paint;
  readonly indent?: string;
}

/**
 * The rows under their columns. A pipe gets everything; a terminal gets what fits, and is told what did not. The columns that
 * make a quarantine are made narrow enough to fit.
 */
export function gridOf(
  columns: readonly LabelledColumn[],
  rows: readonly (readonly unknown[])[],
  { stream, paint, indent = "" }: GridOptions,
): Grid {
  const width = widthOf(stream);
  const drawn = columns.map(
    (c): Column => ({
      header: printable(c.name),
      align: NUMERIC.test(c.type) ? "right" : "left",
      ...(width !== undefined && { maxWidth: MAX_CELL }),
    }),
  );
  const labels = columns.map((c): Cell => ({ text: c.label ?? "", style: "dim" }));
  const values = rows.map((row) =>
    row.map(
      (v): Cell => (v === null || v === undefined ? { text: "null", style: "dim" } : { text: printable(String(v)) }),
    ),
  );
  const cells = columns.some((c) => c.label !== undefined) ? [labels, ...values] : values;
  const room = width === undefined ? undefined : width - indent.length;
  const first = columns.findLastIndex((column) => FIRST.includes(column.name)) + 1;
  const narrow = room === undefined ? drawn : narrowed(drawn, cells, first, room);
  const fitting = room === undefined ? drawn.length : fittingColumns(columnWidths(narrow, cells), room);
  const shown = cells.map((row) => row.slice(0, fitting));
  return {
    lines: tableLines(narrow.slice(0, fitting), shown, { paint, indent }),
    hidden: drawn.slice(fitting).map((c) => c.header),
  };
}
