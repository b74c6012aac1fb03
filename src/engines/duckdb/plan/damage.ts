/** What others did to a table in the warehouse since the last update: told by its state, never taken for new data. */
import { type Json, readsFiles } from "../../../settings/definition.ts";
import { readOf } from "../state/state.ts";
import { isOfType } from "./compare.ts";
import type { Damage, TableFacts } from "./decision.ts";

export function damageOf(facts: TableFacts): Damage | undefined {
  const { state, physical, mode, node } = facts;
  if (!state) return undefined;
  const repaired = (words: string): Damage => ({ words, code: "STATE003", refused: false });
  if (!physical) return repaired("its table was dropped or renamed outside of medallion");
  const deleted = deletedRows(facts);
  if (deleted > 0) {
    const words = `${deleted} ${deleted === 1 ? "row was" : "rows were"} deleted outside of medallion`;
    // Readers tell new rows by their position; what a query or change events give is only made again.
    const refused = readsFiles(mode) || mode === "append" || (mode === "snapshots" && node.kind === "scd2");
    return { words, code: "STATE002", refused };
  }
  const columns = damagedColumns(facts);
  if (columns) return repaired(columns);
  if (readsFiles(mode) && state.fileCount > 0 && facts.rememberedFiles < state.fileCount) {
    return repaired(
      `_medallion.files has lost ${state.fileCount - facts.rememberedFiles} of its ${state.fileCount} files`,
    );
  }
  const unknown = unknownPositions(facts);
  if (unknown.length > 0) return repaired(`_medallion.inputs has lost how far ${unknown.join(" and ")} was read`);
  const quarantine = damagedQuarantine(facts);
  return quarantine === undefined ? undefined : repaired(quarantine);
}

function deletedRows({ state, physical, mode }: TableFacts): number {
  if (!state || !physical) return 0;
  const missing = Math.max(0, state.rowCount - physical.rows);
  const positional = mode === "ingest" || mode === "append";
  return positional ? Math.max(missing, physical.end - physical.rows) : missing;
}

/** Inputs of which it reads new rows only, and of which nothing tells which rows those are. */
function unknownPositions({ state, read }: TableFacts): readonly string[] {
  const { mode, streams } = state?.definition ?? { mode: "recompute", streams: [] };
  if (mode !== "append" && mode !== "changes") return [];
  const followed = new Set(streams.filter((stream) => !stream.once).flatMap((stream) => tablesIn(stream.query)));
  return [...followed].filter((name) => !readOf(read, { input: name }));
}

/** Names of the tables that a query of a definition reads. */
function tablesIn(node: Json | undefined): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const parts = Object.values(node).flatMap(tablesIn);
  return "kind" in node && node["kind"] === "table" ? [...parts, String(node["table"])] : parts;
}

function damagedColumns({ state, physical, ...facts }: TableFacts): string | undefined {
  const there = physical?.columns ?? new Map<string, string>();
  const dropped = state?.definition.columns.find((c) => !there.has(c.name));
  if (dropped) return `its column ${dropped.name} was dropped or renamed outside of medallion`;
  return alteredColumn("its column", { ...facts, state }, there);
}

function damagedQuarantine({ quarantine, ...facts }: TableFacts): string | undefined {
  if (!quarantine) return undefined;
  const there = quarantine.physical?.columns;
  if (!there) return "its quarantine was dropped or renamed outside of medallion";
  const kept = facts.state?.definition.columns.map((c) => c.name) ?? [];
  const now = facts.definition.columns.map((c) => c.name);
  // A column that is added to the table is added to its quarantine as well.
  const dropped = quarantine.columns.find((name) => !there.has(name) && (kept.includes(name) || !now.includes(name)));
  if (dropped !== undefined)
    return `the column ${dropped} of its quarantine was dropped or renamed outside of medallion`;
  return alteredColumn("of its quarantine, column", facts, there);
}

/** Columns of another definition have other types for good reasons. */
function alteredColumn(
  what: string,
  { state, definition, columns }: Pick<TableFacts, "state" | "definition" | "columns">,
  there: ReadonlyMap<string, string>,
): string | undefined {
  const same = new Map(definition.columns.map((c) => [c.name, c]));
  const altered = state?.definition.columns.find(
    (c) => isOfType(c, same.get(c.name)) && there.has(c.name) && columns.get(c.name) !== there.get(c.name),
  );
  return altered && `${what} ${altered.name} was altered to ${there.get(altered.name)} outside of medallion`;
}
