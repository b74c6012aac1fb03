/** Whether a history of snapshots can be made again: what it holds is still in the tables that its versions come from. */

import { fullName } from "../../../ast/pipeline.ts";
import { END_AT, START_AT } from "../../../ast/stored.ts";
import type { VersionOrigin } from "../../../ast/versions.ts";
import type { LoweredPipeline, LoweredSnapshots, LoweredTable } from "../../../lower/table.ts";
import { definitionOf } from "../../../settings/definition.ts";
import { overColumns } from "../../../sql/expr.ts";
import { queryAsOf, versionsOf } from "../../../sql/past-snapshots.ts";
import { duckdb, duckdbType, duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { reading } from "../../../targets/duckdb/reading.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { TableState } from "../state/state.ts";
import type { Session } from "../warehouse/session.ts";
import { isOfType } from "./compare.ts";
import type { PhysicalTable } from "./facts.ts";

/** What is in the warehouse. */
interface There {
  readonly plan: LoweredPipeline;
  readonly physical: ReadonlyMap<string, PhysicalTable>;
  readonly states: ReadonlyMap<string, TableState>;
}

/** The tables that hold the versions; `undefined` where one of them, or a row of one, is nowhere else than in the history. */
export async function heldVersions(
  session: Session,
  lowered: LoweredTable,
  there: There,
): Promise<readonly string[] | undefined> {
  const { plan, physical } = there;
  const { table } = lowered;
  if (lowered.mode !== "snapshots" || table.kind !== "scd2" || !lowered.origins) return undefined;
  const columnsOf = (name: string) => {
    const of = plan.tables.get(name);
    return of && physical.get(fullName(of))?.columns;
  };
  const { origins } = lowered;
  const known = origins.every((origin) => readFrom(origin).every((column) => columnsOf(origin.table)?.has(column)));
  const own = physical.get(fullName(table))?.columns;
  if (!known || !own?.has(START_AT) || !own.has(END_AT)) return undefined;
  const lost = await session.count(
    `SELECT count(*) FROM (${madeVersions(lowered)}) AS made
     WHERE NOT EXISTS (SELECT 1 FROM (${versionsOf(origins, asTheyAre(plan))}) AS held WHERE held.version = made.version)`,
  );
  if (lost > 0 || (await hasRowsOfItsOwn(session, lowered, origins, there))) return undefined;
  return [...new Set(origins.map((origin) => origin.table))];
}

/** The versions in which a history has changed. */
function madeVersions({ table }: LoweredSnapshots): string {
  const target = nameOf(table);
  return `SELECT version FROM (SELECT __START_AT AS version FROM ${target} UNION SELECT __END_AT FROM ${target}) AS made WHERE version IS NOT NULL`;
}

const asTheyAre = ({ tables }: LoweredPipeline) =>
  reading(tables, (name) => {
    const of = tables.get(name);
    return of ? nameOf(of) : name;
  });

const expr = overColumns(duckdb);

/**
 * Whether the history shows more rows of a version than its snapshot has now: one of several files is gone, or the query
 * leaves rows out. Rows are told by the columns of the key so far. A table that is to have other columns first cannot be asked.
 */
async function hasRowsOfItsOwn(
  session: Session,
  lowered: LoweredSnapshots,
  origins: readonly VersionOrigin[],
  there: There,
): Promise<boolean> {
  const { table, snapshots, inputs } = lowered;
  const { version, items, input } = snapshots;
  const own = there.physical.get(fullName(table))?.columns;
  if (!version || !inputs.every((name) => isAsDefined(name, origins, there))) return false;
  const keys = keysOf(there.states.get(table.name));
  const common = items.filter((item) => keys.includes(item.name) && own?.has(item.name));
  const compared = (sql: (item: (typeof items)[number]) => string) =>
    common.length === 0 ? "1" : common.map((item) => `CAST(${sql(item)} AS VARCHAR)`).join(", ");
  const versions = await session.rows(`SELECT CAST(version AS VARCHAR) AS version FROM (${madeVersions(lowered)})`);
  for (const row of versions) {
    const at = `CAST(${text(String(row["version"]))} AS ${duckdbType(version.type)})`;
    const shown = `SELECT ${compared((item) => id(item.name))} FROM ${nameOf(table)} WHERE __START_AT <= ${at} AND (__END_AT IS NULL OR __END_AT > ${at})`;
    const held = `SELECT ${compared((item) => expr(item.expr))} FROM (\n${queryAsOf(input, { origins, version: at }, there.plan, asTheyAre(there.plan))}\n)`;
    if ((await session.count(`SELECT count(*) FROM ((${shown}) EXCEPT ALL (${held}))`)) > 0) return true;
  }
  return false;
}

/** Whether what the query of a past state reads of a table has the columns that it asks for. */
function isAsDefined(name: string, origins: readonly VersionOrigin[], there: There): boolean {
  const { plan, physical, states } = there;
  const lowered = plan.plans.get(name);
  if (!lowered) return false;
  const isOrigin = origins.some((origin) => origin.table === name);
  // Of a view that leads to the rows of snapshots its query is asked, and no column of its own.
  if (lowered.mode === "recompute" && !isOrigin && lowered.inputs.every((one) => isAsDefined(one, origins, there)))
    return true;
  const columns = physical.get(fullName(lowered.table))?.columns;
  const before = states.get(name)?.definition.columns ?? [];
  return definitionOf(lowered.table, lowered.mode).columns.every(
    (column) =>
      columns?.has(column.name) === true &&
      isOfType(
        column,
        before.find((one) => one.name === column.name),
      ),
  );
}

/** The key of a history as it was made. */
function keysOf(state: TableState | undefined): readonly string[] {
  const keys = state?.definition.streams[0]?.changes?.["keys"];
  return Array.isArray(keys) ? keys.map(String) : [];
}

function readFrom(origin: VersionOrigin): readonly string[] {
  return "column" in origin ? [origin.column] : [...origin.columns.values()].flatMap(readFrom);
}
