/** How a table is kept up to date. */
import type { TableNode } from "../../../ast/pipeline.ts";
import type { TableKind } from "../../../ast/settings.ts";
import { fileSources } from "../sources.ts";

/** How the engine keeps a table up to date: `replace` reads files as `ingest` does, and their rows anew where they change. */
export type Mode = "ingest" | "replace" | "append" | "recompute" | "changes" | "snapshots";

export function modeOf(table: TableNode, kinds: ReadonlyMap<string, TableKind>): Mode {
  if (table.kind !== "query") return table.changes.kind;
  const streaming = kinds.get(table.name) === "streaming";
  if (fileSources(table)) return streaming ? "ingest" : "replace";
  return streaming ? "append" : "recompute";
}
