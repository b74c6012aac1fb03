/** Which change targets Spark's own AUTO CDC can hold. */
import { tableChanges } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";

/** Whether Spark's AUTO CDC has words for everything that the table says. */
export function canAutoCdc(table: TableNode): boolean {
  if (table.kind === "query") return false;
  return tableChanges(table).every(
    (c) => c.kind === "changes" && c.ignoreNullUpdates === undefined && c.truncateWhen === undefined,
  );
}
