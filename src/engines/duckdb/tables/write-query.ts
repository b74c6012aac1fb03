/** Creates a table, and runs a query into it. */

import type { LoweredQuery, LoweredTable } from "../../../lower/table.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { flagsOf, withFlags } from "../../../targets/duckdb/rows.ts";
import { createTable, nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import { allWritten, type Judged, judge } from "../rules.ts";
import type { Session } from "../warehouse/session.ts";
import type { TableContext } from "./context.ts";

const STAGE = "medallion_stage";

/** Creates the table and its quarantine in one go: a statement of its own costs more on the way than in DuckDB. */
export async function makeTable(plan: LoweredTable, session: Session): Promise<void> {
  const stale = plan.quarantine ? [] : [`DROP TABLE IF EXISTS ${quarantineName(plan.table)}`];
  await session.exec([...createTable(plan), ...stale].join(";\n"));
}

/** Runs a query into its table, by way of a staging table where rules are to be counted. */
export async function writeQuery(
  plan: LoweredQuery,
  sql: string,
  { session, updateId }: TableContext,
): Promise<Judged> {
  const { table, rules, inputs } = plan;
  const columns = table.columns.map((c) => c.name);
  const flags = flagsOf(rules);
  if (flags.length === 0) {
    return allWritten(await session.changes(`INSERT INTO ${nameOf(table)} (${columns.map(id).join(", ")})\n${sql}`));
  }
  await session.exec(`CREATE OR REPLACE TEMP TABLE ${STAGE} AS ${withFlags(`(\n${sql}\n)`, flags)}`);
  const judged = await judge(
    session,
    table,
    { from: STAGE, columns, flags, origin: text(inputs.join(", ")) },
    updateId,
  );
  await session.exec(`DROP TABLE ${STAGE}`);
  return judged;
}
