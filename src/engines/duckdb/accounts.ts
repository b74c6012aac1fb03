/** No row is lost without a count: what a table read is what it wrote, dropped and quarantined, or nothing is kept. */

import { fullName, type TableNode } from "../../ast/pipeline.ts";
import { failure } from "../../diagnostics/mistake.ts";
import type { TableResult } from "./update.ts";

type Counts = Pick<TableResult, "rowsRead" | "rowsWritten" | "rowsDropped" | "rowsQuarantined">;

/**
 * Call it before the table's transaction commits.
 *
 * @throws RunError `ACCOUNT001` where the counts do not add up.
 */
export function checkAccounts(table: TableNode, counts: Counts): void {
  const { rowsRead, rowsWritten, rowsDropped, rowsQuarantined } = counts;
  const countable = [rowsRead, rowsWritten, rowsDropped, rowsQuarantined].every(
    (n) => Number.isSafeInteger(n) && n >= 0,
  );
  if (countable && rowsRead === rowsWritten + rowsDropped + rowsQuarantined) return;
  throw failure({
    code: "ACCOUNT001",
    message: `the rows of ${fullName(table)} do not add up: ${rowsRead} read, ${rowsWritten} written, ${rowsDropped} dropped, ${rowsQuarantined} quarantined; nothing of this update of the table is kept`,
    help: "if rows of the warehouse were changed outside of medallion, run with fullRefresh; otherwise report this as a defect of medallion",
    location: table.at,
    table: table.name,
  });
}
