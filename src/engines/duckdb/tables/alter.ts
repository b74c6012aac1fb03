/** Changes of a table that keep its rows: what is said of it, and columns that are null in the rows that are there. */

import type { LoweredTable } from "../../../lower/table.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { commentStatements, nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import { forgetFeed } from "../incremental/feeds.ts";
import { writeDescription } from "../state/state.ts";
import type { Session } from "../warehouse/session.ts";
import { decisionOf, type TableContext } from "./context.ts";
import { NOTHING, type Outcome } from "./outcome.ts";
import { described, previous } from "./table-state.ts";
import { makeTable } from "./write-query.ts";

/** Applies what the plan changes in place, in the transaction that is open. */
export async function alter(plan: LoweredTable, context: TableContext): Promise<void> {
  const { describes, reshapes, keeps } = decisionOf(plan.table, context);
  if (!describes || !keeps) return;
  if (reshapes) {
    await reshape(plan, context.session);
    await forgetFeed(plan.table, context);
  } else await context.session.exec(commentStatements(plan.table).join(";\n"));
}

/** Ends the update of a table that has nothing to read: only what is said of it may have changed. */
export async function settle(plan: LoweredTable, context: TableContext): Promise<Outcome> {
  const { table } = plan;
  const before = previous(table, context);
  if (!before || !decisionOf(table, context).describes) return NOTHING;
  const state = { ...before, ...described(table, context) };
  await context.session.transaction(async () => {
    await alter(plan, context);
    await writeDescription(context.session, state);
  });
  context.tables.set(table.name, state);
  return NOTHING;
}

/**
 * Gives the table the columns that it is to have, in their order. Rows keep their order and so their row ids: readers go
 * on from where they were.
 */
async function reshape(plan: LoweredTable, session: Session): Promise<void> {
  const { table, columns, quarantine } = plan;
  const kept = [
    { name: nameOf(table), copy: "medallion_kept", columns },
    ...(quarantine ? [{ name: quarantineName(table), copy: "medallion_kept_aside", columns: quarantine.columns }] : []),
  ];
  for (const { name, copy } of kept) await session.exec(`CREATE OR REPLACE TEMP TABLE ${copy} AS FROM ${name}`);
  await makeTable(plan, session);
  for (const { name, copy, columns: wanted } of kept) {
    const there = new Set((await session.rows(`DESCRIBE ${copy}`)).map((row) => String(row["column_name"])));
    const both = wanted.flatMap((column) => (there.has(column.name) ? [id(column.name)] : []));
    await session.exec(
      `INSERT INTO ${name} (${both.join(", ")}) SELECT ${both.join(", ")} FROM ${copy}; DROP TABLE ${copy}`,
    );
  }
}
