/**
 * Rows of an append-only input that have the keys of what came. They are looked for by the columns of the keys alone, and
 * where all of them are new, the view has no rows of these keys.
 */
import type { Found } from "../../../lower/incremental/narrow.ts";
import type { ChangedTables } from "../../../lower/incremental/parts.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { columnNode, literalNode } from "../../../nodes/exprs.ts";
import { projectNode } from "../../../nodes/relations.ts";
import type { From } from "../../../targets/duckdb/reading.ts";
import { primitive } from "../../../types/types.ts";
import { readOf } from "../state/state.ts";
import { query, type TableContext } from "../tables/context.ts";
import { inputsOf } from "../tables/table-state.ts";

/** Temporary table of the row ids that were found. */
const FOUND = "medallion_found";
const ROW = "medallion_row";

export const dropFound = `DROP TABLE IF EXISTS temp.${FOUND}`;

/** What stands for the rows that were found. */
export const foundRows = (table: string): string =>
  `(SELECT * FROM ${table} WHERE rowid IN (SELECT ${ROW} FROM ${FOUND}))`;

/** Whether rows can be told by their row ids: they only came, after those that the view has read. */
export function canFind({ table }: Found, tables: ChangedTables, { plan }: TableContext): boolean {
  return plan.kinds.get(table) === "streaming" && tables.get(table)?.removed === false;
}

/** Finds the rows; gives how many they are. */
export function findRows({ among }: Found, context: TableContext, from: From): Promise<number> {
  const rowid = columnNode("rowid", literalNode(0, primitive("bigint")), 0);
  const ids = projectNode(among, [{ name: ROW, expr: rowid }], undefined);
  return context.session.count(`CREATE OR REPLACE TEMP TABLE ${FOUND} AS\n${query(ids, context, from)}`);
}

/** Whether the view has read any of them before. */
export async function areRead(
  { table: input }: Found,
  { table }: LoweredQuery,
  context: TableContext,
): Promise<boolean> {
  const read = readOf(inputsOf(table, context), { input })?.position ?? Number.MAX_SAFE_INTEGER;
  return (await context.session.count(`SELECT count(*) FROM ${FOUND} WHERE ${ROW} < ${read}`)) > 0;
}
