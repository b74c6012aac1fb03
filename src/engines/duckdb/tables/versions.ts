/** Snapshots that came together are applied one by one, in the order of their versions. */
import { isFileSource } from "../../../ast/relation.ts";
import type { VersionOrigin } from "../../../ast/versions.ts";
import type { LoweredSnapshots } from "../../../lower/table.ts";
import { type UpTo, versionOfRow, versionsOf } from "../../../sql/past-snapshots.ts";
import { duckdb, duckdbType, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { reading } from "../../../targets/duckdb/reading.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { inputName, type TableContext, type UpdateContext } from "./context.ts";

/** The versions that are after the last one that changed the history, in their order; none where they cannot be told. */
export async function pendingVersions(
  { table, snapshots, origins }: LoweredSnapshots,
  context: TableContext,
): Promise<readonly UpTo[]> {
  const { version } = snapshots;
  // A table of type 1 shows the last one, whatever came before.
  if (!origins || !version || table.kind === "scd1") return [];
  const { session, plan } = context;
  const last = `(SELECT max(greatest(__START_AT, coalesce(__END_AT, __START_AT))) FROM ${nameOf(table)})`;
  const all = versionsOf(
    origins,
    reading(plan.tables, (name) => inputName(name, context)),
  );
  const rows = await session.rows(
    `SELECT DISTINCT version AS ordered, CAST(version AS VARCHAR) AS version FROM (${all}) AS held WHERE held.version > ${last} OR (held.version IS NOT NULL AND ${last} IS NULL) ORDER BY ordered`,
  );
  for (const origin of origins) await reportLate({ table, origin, last }, context);
  const type = duckdbType(version.type);
  return rows.map((row) => ({ origins, version: `CAST(${text(String(row["version"]))} AS ${type})` }));
}

interface Late {
  readonly table: LoweredSnapshots["table"];
  readonly origin: VersionOrigin;
  /** SQL of the last version that changed the history. */
  readonly last: string;
}

/** Snapshots that came in this update and are before one that the history has. */
async function reportLate({ table, origin, last }: Late, context: TableContext): Promise<void> {
  if (!readsFiles(origin.table, context)) return;
  const { session, startedAt } = context;
  // A table that was rebuilt has read again what had come before.
  const kept = context.decisions.get(origin.table)?.keeps === true;
  const known = kept ? [] : [...(context.files.get(origin.table)?.keys() ?? [])];
  const isNew = known.length > 0 ? ` AND _source_file NOT IN (${known.map(text).join(", ")})` : "";
  const fresh = `SELECT ${versionOfRow(origin, duckdb)} AS version FROM ${inputName(origin.table, context)} WHERE _ingested_at = TIMESTAMPTZ ${text(startedAt.toISOString())}${isNew}`;
  const late = await session.rows(
    `SELECT DISTINCT CAST(version AS VARCHAR) AS late FROM (${fresh}) AS held WHERE held.version < ${last} ORDER BY 1`,
  );
  for (const row of late) {
    context.warn(
      table.name,
      `a snapshot of version ${String(row["late"])} came after a later one had been applied to ${nameOf(table)}: it is ignored`,
      { code: "SCD006" },
    );
  }
}

/** Only of a stream it is known which rows are new. */
function readsFiles(name: string, { plan }: UpdateContext): boolean {
  const table = plan.tables.get(name);
  return plan.kinds.get(name) === "streaming" && table?.kind === "query" && isFileSource(table.query);
}
