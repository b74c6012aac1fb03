/** Which change targets Spark's own AUTO CDC can hold. */
import type { TableNode } from "../../ast/pipeline.ts";

/** Whether Spark's AUTO CDC has words for everything that the table says. */
export function canAutoCdc(table: TableNode): boolean {
  if (table.kind === "query") return false;
  return [table.changes, ...table.changeFlows.map((f) => f.changes)].every(
    (c) => c.kind === "changes" && c.ignoreNullUpdates === undefined && c.truncateWhen === undefined,
  );
}
