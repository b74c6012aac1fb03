/** What others did to a table in the warehouse since the last update: told by its state, never taken for new data. */
import { readsFiles } from "./compare.ts";
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
  if (!facts.quarantine) return repaired("its quarantine was dropped or renamed outside of medallion");
  return undefined;
}

function deletedRows({ state, physical, mode }: TableFacts): number {
  if (!state || !physical) return 0;
  const missing = Math.max(0, state.rowCount - physical.rows);
  const positional = mode === "ingest" || mode === "append";
  return positional ? Math.max(missing, physical.end - physical.rows) : missing;
}

function damagedColumns({ state, physical, columns, definition }: TableFacts): string | undefined {
  const there = physical?.columns ?? new Map<string, string>();
  const dropped = state?.definition.columns.find((c) => !there.has(c.name));
  if (dropped) return `its column ${dropped.name} was dropped or renamed outside of medallion`;
  // Columns of another definition have other types for good reasons.
  const same = new Map(definition.columns.map((c) => [c.name, c.type]));
  const altered = state?.definition.columns.find(
    (c) => same.get(c.name) === c.type && columns.has(c.name) && columns.get(c.name) !== there.get(c.name),
  );
  return altered && `its column ${altered.name} was altered to ${there.get(altered.name)} outside of medallion`;
}
