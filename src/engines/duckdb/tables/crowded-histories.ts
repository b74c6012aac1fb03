/** Histories with many versions of a key, as rates per day are: an as-of join of all rows sorts them. */
import { relationSteps } from "../../../ast/inputs.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { TableContext } from "./context.ts";

/**
 * From so many versions of a key on, seen from a row of the history, sorting takes less than comparing with each. It takes
 * twice as long where a key has few.
 */
const CROWDED = 200;

export async function crowdedHistories(
  { table }: LoweredQuery,
  { plan, session }: TableContext,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const step of relationSteps(table.query)) {
    const name = step.kind === "asOfJoin" && step.right.kind === "table" ? step.right.table : "";
    const history = plan.tables.get(name);
    if (history?.kind !== "scd2" || (await session.count(`SELECT count(*) FROM ${nameOf(history)}`)) < CROWDED)
      continue;
    const keys = history.changes.keys.map(id).join(", ");
    const versions = await session.count(
      `SELECT sum(n * n) / sum(n) FROM (SELECT count(*) AS n FROM ${nameOf(history)} GROUP BY ${keys})`,
    );
    if (versions >= CROWDED) found.add(name);
  }
  return found;
}
