/** Changes of a table that keep its rows: what is said of it, and columns that are null in the rows that are there. */

import { hasQuarantine } from "../../../ast/kind.ts";
import type { TableNode } from "../../../ast/pipeline.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { quarantineName } from "../rules.ts";
import type { Session } from "../session.ts";
import { writeDescription } from "../state.ts";
import {
  commentsOf,
  createTable,
  described,
  NOTHING,
  type Outcome,
  planOf,
  previous,
  storedColumns,
  type TableContext,
  targetName,
} from "./context.ts";

/** Applies what the plan changes in place, in the transaction that is open. */
export async function alter(table: TableNode, context: TableContext): Promise<void> {
  const { describes, reshapes, keeps } = planOf(table, context);
  if (!describes || !keeps) return;
  if (reshapes) await reshape(table, context.session);
  else await context.session.exec(commentsOf(table, targetName(table)).join(";\n"));
}

/** Ends the update of a table that has nothing to read: only what is said of it may have changed. */
export async function settle(table: TableNode, context: TableContext): Promise<Outcome> {
  const before = previous(table, context);
  if (!before || !planOf(table, context).describes) return NOTHING;
  const state = { ...before, ...described(table, context) };
  await context.session.transaction(async () => {
    await alter(table, context);
    await writeDescription(context.session, state);
  });
  context.tables.set(table.name, state);
  return NOTHING;
}

/**
 * Gives the table the columns that it is to have, in their order. Rows keep their order and so their row ids: readers go
 * on from where they were.
 */
async function reshape(table: TableNode, session: Session): Promise<void> {
  const columns = storedColumns(table).map((c) => c.name);
  const kept = [{ name: targetName(table), copy: "medallion_kept", columns }];
  if (hasQuarantine(table)) {
    const own = [...columns, "_broken_rules", "_reason", "_row", "_source", "_quarantined_at", "_update_id"];
    kept.push({ name: quarantineName(table), copy: "medallion_kept_aside", columns: own });
  }
  for (const { name, copy } of kept) await session.exec(`CREATE OR REPLACE TEMP TABLE ${copy} AS FROM ${name}`);
  await createTable(table, session);
  for (const { name, copy, columns: wanted } of kept) {
    const there = new Set((await session.rows(`DESCRIBE ${copy}`)).map((row) => String(row["column_name"])));
    const both = wanted.filter((column) => there.has(column)).map(id);
    await session.exec(
      `INSERT INTO ${name} (${both.join(", ")}) SELECT ${both.join(", ")} FROM ${copy}; DROP TABLE ${copy}`,
    );
  }
}
