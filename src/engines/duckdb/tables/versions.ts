/** Snapshots that came together are applied one by one, in the order of their versions. */
import { isFileSource } from "../../../ast/relation.ts";
import type { SnapshotsPlan } from "../../../plan/table.ts";
import { duckdbType, duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { UpTo } from "../../../targets/duckdb/snapshots.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { inputName, type TableContext, type UpdateContext } from "./context.ts";

/** The versions that are after the last one that changed the history, in their order; none where they cannot be told. */
export async function pendingVersions(
  { table, snapshots, base }: SnapshotsPlan,
  context: TableContext,
): Promise<readonly UpTo[]> {
  const { version } = snapshots;
  if (!base || !version) return [];
  const { session, startedAt } = context;
  const type = duckdbType(version.type);
  const column = id(base.column);
  const last = `(SELECT max(greatest(__START_AT, coalesce(__END_AT, __START_AT))) FROM ${nameOf(table)})`;
  const rows = await session.rows(
    `SELECT DISTINCT ${column} AS ordered, CAST(${column} AS VARCHAR) AS version FROM ${inputName(base.table, context)} WHERE ${column} > ${last} OR (${column} IS NOT NULL AND ${last} IS NULL) ORDER BY 1`,
  );
  if (readsFiles(base.table, context)) {
    const late = await session.rows(
      `SELECT DISTINCT CAST(${column} AS VARCHAR) AS version FROM ${inputName(base.table, context)} WHERE ${column} < ${last} AND _ingested_at = TIMESTAMPTZ ${text(startedAt.toISOString())} ORDER BY 1`,
    );
    for (const row of late) {
      context.warn(
        table.name,
        `a snapshot of version ${String(row["version"])} came after a later one had been applied to ${nameOf(table)}: it is ignored`,
        { code: "SCD006" },
      );
    }
  }
  return rows.map((row) => ({ base, version: `CAST(${text(String(row["version"]))} AS ${type})` }));
}

function readsFiles(name: string, { plan }: UpdateContext): boolean {
  const table = plan.tables.get(name);
  return table?.kind === "query" && isFileSource(table.query);
}
