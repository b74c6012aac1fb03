/** Targets of snapshots: a whole state is compared with the state before. */

import type { ScdTableNode } from "../../../ast/pipeline.ts";
import type { SnapshotsNode } from "../../../ast/relation.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { ONE_STATE } from "../../../lower/rules.ts";
import type { LoweredSnapshots } from "../../../lower/table.ts";
import { overColumns } from "../../../sql/expr.ts";
import { queryAsOf } from "../../../sql/past-snapshots.ts";
import { duckdb, duckdbType, duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { reading } from "../../../targets/duckdb/reading.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { primitive } from "../../../types/types.ts";
import { recorded } from "../incremental/feeds.ts";
import type { Session } from "../warehouse/session.ts";
import { alter, settle } from "./alter.ts";
import { commit } from "./commit.ts";
import { decisionOf, inputName, query, sameKey, type TableContext } from "./context.ts";
import { NOTHING, type Outcome, total } from "./outcome.ts";
import { finish, previous, unchanged, whole } from "./table-state.ts";
import { pendingVersions } from "./versions.ts";
import { makeTable } from "./write-query.ts";

const SNAPSHOT = "medallion_snapshot";

export async function applySnapshots(plan: LoweredSnapshots, context: TableContext): Promise<Outcome> {
  const { table, snapshots } = plan;
  const before = previous(table, context);
  const inputs = whole(plan);
  const { due, addedColumns } = decisionOf(table, context);
  if (before && !due && unchanged(table, inputs, context)) return settle(plan, context);
  return commit(plan, context, false, async () => {
    const applied: Applied[] = [];
    await recorded(plan, { ...context, before }, async () => {
      await (before && table.kind === "scd2" ? alter(plan, context) : makeTable(plan, context.session));
      for (const rows of await snapshotQueries(plan, context)) {
        applied.push(await applyOne(table, snapshots, rows, context));
      }
    });
    const changed = !before || addedColumns.length > 0 || applied.some((one) => one.changed);
    const params = [{ values: context.params.valuesOf(table) }];
    await finish(table, context, { before, changed, inputs, params });
    return {
      ...NOTHING,
      skipped: false,
      rowsRead: total(applied.map((one) => one.read)),
      rowsWritten: total(applied.map((one) => one.shown)),
      rowsDropped: total(applied.map((one) => one.late)),
    };
  });
}

/** The states to apply, in the order of their versions: each that is new where they came together. */
async function snapshotQueries(plan: LoweredSnapshots, context: TableContext): Promise<readonly string[]> {
  const { input } = plan.snapshots;
  const pending = await pendingVersions(plan, context);
  const from = (name: string) => inputName(name, context);
  const tables = reading(context.plan.tables, from);
  if (pending.length > 1) return pending.map((upTo) => queryAsOf(input, upTo, context.plan, tables));
  return [query(input, context, from)];
}

/** What became of the rows of a snapshot, each counted by itself. */
interface Applied {
  readonly read: number;
  /** Rows that the target shows now as the last state. */
  readonly shown: number;
  /** Rows of a snapshot that came after a later one. */
  readonly late: number;
  readonly changed: boolean;
}

async function applyOne(
  table: ScdTableNode,
  snapshots: SnapshotsNode,
  rows: string,
  context: TableContext,
): Promise<Applied> {
  const { session } = context;
  const read = await stage(table, snapshots, rows, context);
  const version = await versionOf(table, snapshots, rows, context);
  const changed = await write(table, version.sql, context);
  await session.exec(`DROP TABLE ${SNAPSHOT}`);
  if (version.late) return { read, shown: 0, late: read, changed };
  // Without a row there is no version, and so no other state.
  const open = table.kind === "scd2" ? " WHERE __END_AT IS NULL" : "";
  const shown =
    read === 0 && table.kind === "scd2" ? 0 : await session.count(`SELECT count(*) FROM ${nameOf(table)}${open}`);
  return { read, shown, late: 0, changed };
}

const expr = overColumns(duckdb);

/** The rows of the snapshot as they are stored. A key that comes twice is an error: which row counts, nobody can say. */
async function stage(
  table: ScdTableNode,
  { items, keys }: SnapshotsNode,
  rows: string,
  { session }: TableContext,
): Promise<number> {
  const stored = items.map((item) => `${expr(item.expr)} AS ${id(item.name)}`).join(", ");
  await session.exec(`CREATE OR REPLACE TEMP TABLE ${SNAPSHOT} AS SELECT ${stored} FROM (\n${rows}\n)`);
  const list = keys.map(id).join(", ");
  const [found] = await session.rows(
    `SELECT count(*) AS n, list(repeated ORDER BY repeated)[:3] AS some FROM (SELECT concat_ws(', ', ${list}) AS repeated FROM ${SNAPSHOT} GROUP BY ${list} HAVING count(*) > 1)`,
  );
  const twice = Number(found?.["n"] ?? 0);
  if (twice > 0) {
    throw failure({
      code: "SCD005",
      message: `${twice} ${twice === 1 ? "key comes" : "keys come"} more than once in the snapshot of ${nameOf(table)}${shownKeys(table, keys, found?.["some"], twice)}`,
      help: ONE_STATE,
      location: table.changes.at,
      table: table.name,
    });
  }
  return session.count(`SELECT count(*) FROM ${SNAPSHOT}`);
}

/** Some of the keys: not those that are personal data. */
function shownKeys(table: ScdTableNode, keys: readonly string[], some: unknown, all: number): string {
  const labelled = table.columns.some((column) => keys.includes(column.name) && column.labels.length > 0);
  if (labelled || !Array.isArray(some)) return "";
  return `: ${keys.join(", ")} = ${some.map(String).join("; ")}${all > some.length ? "; …" : ""}`;
}

/** The version that a snapshot begins, as a constant: none where it has no rows, is the last state again, or comes too late. */
interface Version {
  readonly sql?: string;
  readonly late: boolean;
}

async function versionOf(
  table: ScdTableNode,
  { version }: SnapshotsNode,
  rows: string,
  context: TableContext,
): Promise<Version> {
  const type = duckdbType(version?.type ?? primitive("timestamp"));
  const sql = version ? `(SELECT ${expr(version)} FROM (\n${rows}\n))` : `'${context.startedAt.toISOString()}'`;
  const [row] = await context.session.rows(
    `SELECT CAST(CAST(${sql} AS ${type}) AS VARCHAR) AS version, (SELECT CAST(max(greatest(__START_AT, coalesce(__END_AT, __START_AT))) AS VARCHAR) FROM ${history(table, type)}) AS last, CAST(${sql} AS ${type}) > (SELECT max(greatest(__START_AT, coalesce(__END_AT, __START_AT))) FROM ${history(table, type)}) AS newer`,
  );
  const given = row?.["version"];
  if (typeof given !== "string") return { late: false };
  if (row?.["newer"] !== false) return { sql: `CAST(${text(given)} AS ${type})`, late: false };
  if (given === row["last"]) await learn(table, decisionOf(table, context).addedColumns, context.session);
  const late = await differs(table, context.session);
  if (late) {
    context.warn(
      table.name,
      `the snapshot of ${nameOf(table)} has version ${given}, which is not after ${String(row["last"])}, the last one that changed it: it is ignored. Give snapshots whose version grows`,
      { code: "SCD006" },
    );
  }
  return { late };
}

/** The last state again: its versions learn the columns that were not known before. */
async function learn(table: ScdTableNode, added: readonly string[], session: Session): Promise<void> {
  if (added.length === 0) return;
  const target = nameOf(table);
  await session.exec(
    `UPDATE ${target} SET ${added.map((name) => `${id(name)} = snapshot.${id(name)}`).join(", ")} FROM ${SNAPSHOT} AS snapshot WHERE ${target}.__END_AT IS NULL AND ${sameKey(table, "snapshot", target)}`,
  );
}

/** Whether the snapshot is another state than the one that the history ends with. */
async function differs(table: ScdTableNode, session: Session): Promise<boolean> {
  const columns = table.changes.columns.map((c) => id(c.name)).join(", ");
  const open = `SELECT ${columns} FROM ${nameOf(table)} WHERE __END_AT IS NULL`;
  const given = `SELECT ${columns} FROM ${SNAPSHOT}`;
  const found = await session.count(
    `SELECT count(*) FROM (((${open}) EXCEPT (${given})) UNION ALL ((${given}) EXCEPT (${open})))`,
  );
  return found > 0;
}

function history(table: ScdTableNode, type: string): string {
  const none = `(SELECT CAST(NULL AS ${type}) AS __START_AT, CAST(NULL AS ${type}) AS __END_AT WHERE false)`;
  return table.kind === "scd2" ? nameOf(table) : none;
}

async function write(table: ScdTableNode, version: string | undefined, context: TableContext): Promise<boolean> {
  const { session } = context;
  const target = nameOf(table);
  const columns = table.changes.columns.map((c) => id(c.name)).join(", ");
  if (table.kind === "scd1") {
    await session.exec(`INSERT INTO ${target} (${columns}) SELECT ${columns} FROM ${SNAPSHOT}`);
    return true;
  }
  if (version === undefined) return false;
  const ended = await endVersions(table, version, decisionOf(table, context).addedColumns, session);
  const open = `SELECT 1 FROM ${target} AS open WHERE open.__END_AT IS NULL AND ${sameKey(table, "open", "snapshot")}`;
  const begun = await session.changes(
    `INSERT INTO ${target} (${columns}, __START_AT) SELECT ${columns}, ${version} FROM ${SNAPSHOT} AS snapshot WHERE NOT EXISTS (${open})`,
  );
  return ended > 0 || begun > 0;
}

/** Ends the versions whose key is gone or whose tracked columns changed; the other columns show their last value. */
async function endVersions(
  table: ScdTableNode,
  version: string,
  added: readonly string[],
  session: Session,
): Promise<number> {
  const target = nameOf(table);
  const { keys, columns, trackHistory } = table.changes;
  const stored = columns.map((c) => c.name).filter((name) => !keys.includes(name));
  // What was not known before is not a change.
  const tracked = (trackHistory ?? stored).filter((name) => !added.includes(name));
  const same = [
    sameKey(table, "snapshot", target),
    ...tracked.map((name) => `snapshot.${id(name)} IS NOT DISTINCT FROM ${target}.${id(name)}`),
  ].join(" AND ");
  const ended = await session.changes(
    `UPDATE ${target} SET __END_AT = ${version} WHERE __END_AT IS NULL AND NOT EXISTS (SELECT 1 FROM ${SNAPSHOT} AS snapshot WHERE ${same})`,
  );
  const others = stored.filter((name) => !tracked.includes(name));
  if (others.length === 0) return ended;
  const differs = others.map((name) => `snapshot.${id(name)} IS DISTINCT FROM ${target}.${id(name)}`).join(" OR ");
  const shown = await session.changes(
    `UPDATE ${target} SET ${others.map((name) => `${id(name)} = snapshot.${id(name)}`).join(", ")} FROM ${SNAPSHOT} AS snapshot WHERE ${target}.__END_AT IS NULL AND ${sameKey(table, "snapshot", target)} AND (${differs})`,
  );
  return ended + shown;
}
