/** Tables that this pipeline made and does not have any more. They are never dropped without being asked. */
import { companionName } from "../../../ast/companions.ts";
import { fullName, type PipelineNode } from "../../../ast/pipeline.ts";
import { readsFiles } from "../../../settings/definition.ts";
import { nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import type { PlanWarning } from "../../plan.ts";
import type { FilesRead } from "../state/files.ts";
import type { TableState } from "../state/state.ts";
import type { Session } from "../warehouse/session.ts";
import type { Loss } from "./decision.ts";
import { type PhysicalTable, readFileRows } from "./facts.ts";
import { inWords, lossOf } from "./loss.ts";

export interface Orphan {
  readonly state: TableState;
  readonly quarantine: boolean;
  /** What it holds that cannot be made again, in words. */
  readonly holds: readonly Loss[];
}

/** What is in the warehouse. */
interface Warehouse {
  readonly physical: ReadonlyMap<string, PhysicalTable>;
  readonly files: ReadonlyMap<string, FilesRead>;
}

export async function findOrphans(
  session: Session,
  { name: pipeline, tables }: PipelineNode,
  known: readonly TableState[],
  there: Warehouse,
): Promise<readonly Orphan[]> {
  const has = new Set(tables.map(fullName));
  const found: Orphan[] = [];
  for (const state of known) {
    const name = fullName(state);
    if (state.pipeline !== pipeline || has.has(name) || !there.physical.has(name)) continue;
    const holds = lossOf(await asItWas(session, state, there), state, undefined);
    found.push({ state, quarantine: there.physical.has(companionName(name, "quarantine")), holds });
  }
  return found;
}

/** Facts of a table that is what it was: what is lost is what its files and its history cannot give again. */
async function asItWas(session: Session, state: TableState, { physical, files }: Warehouse) {
  const { definition, baseDir } = state;
  const facts = { definition, physical: physical.get(fullName(state)), values: {} };
  if (!readsFiles(definition.mode)) return facts;
  const rows = await readFileRows(session, state, { physical, files, baseDir });
  const listed = new Set(rows.map((file) => file.path));
  return { ...facts, files: { rows, listed, leftovers: false } };
}

export function orphanWarning({ state: { layer, name }, quarantine, holds }: Orphan): PlanWarning {
  const target = nameOf({ layer, name });
  const aside = quarantine ? ` DROP TABLE ${quarantineName({ layer, name })};` : "";
  return {
    code: "STATE004",
    message: `${fullName({ layer, name })} is not in the pipeline any more: the table stays in the warehouse as it is`,
    help:
      holds.length > 0
        ? `keep it, since it alone holds ${inWords(holds)}. If it was renamed, change its name and nothing else of it: it is renamed in place then`
        : `drop it if nobody needs it: DROP TABLE ${target};${aside}`,
    table: name,
  };
}
