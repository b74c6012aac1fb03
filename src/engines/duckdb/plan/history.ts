/** Whether a history of snapshots can be made again: every version of it is still in the tables that its versions come from. */
import { fullName } from "../../../ast/pipeline.ts";
import type { VersionOrigin } from "../../../ast/versions.ts";
import type { LoweredPipeline, LoweredTable } from "../../../lower/table.ts";
import { versionsOf } from "../../../sql/past-snapshots.ts";
import { reading } from "../../../targets/duckdb/reading.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { Session } from "../warehouse/session.ts";
import type { PhysicalTable } from "./facts.ts";

/** The tables that hold the versions; `undefined` where one of them is nowhere else than in the history. */
export async function heldVersions(
  session: Session,
  lowered: LoweredTable,
  plan: LoweredPipeline,
  physical: ReadonlyMap<string, PhysicalTable>,
): Promise<readonly string[] | undefined> {
  const { table } = lowered;
  if (lowered.mode !== "snapshots" || table.kind !== "scd2" || !lowered.origins) return undefined;
  const columnsOf = (name: string) => {
    const of = plan.tables.get(name);
    return of && physical.get(fullName(of))?.columns;
  };
  const { origins } = lowered;
  const there = origins.every((origin) => readFrom(origin).every((column) => columnsOf(origin.table)?.has(column)));
  const own = physical.get(fullName(table))?.columns;
  if (!there || !own?.has("__START_AT") || !own.has("__END_AT")) return undefined;
  const tables = reading(plan.tables, (name) => {
    const of = plan.tables.get(name);
    return of ? nameOf(of) : name;
  });
  const target = nameOf(table);
  const lost = await session.count(
    `SELECT count(*) FROM (SELECT __START_AT AS version FROM ${target} UNION SELECT __END_AT FROM ${target}) AS made
     WHERE version IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (${versionsOf(origins, tables)}) AS held WHERE held.version = made.version)`,
  );
  return lost === 0 ? [...new Set(origins.map((origin) => origin.table))] : undefined;
}

function readFrom(origin: VersionOrigin): readonly string[] {
  return "column" in origin ? [origin.column] : [...origin.columns.values()].flatMap(readFrom);
}
