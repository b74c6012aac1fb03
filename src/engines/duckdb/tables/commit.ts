/** The work on a table as one transaction: counted and checked before it is committed. */

import type { TableNode } from "../../../ast/pipeline.ts";
import type { LoweredTable } from "../../../lower/table.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { brokenKey } from "../../keys.ts";
import { checkAccounts } from "../accounts.ts";
import { countNewKeys, endOf } from "../keys.ts";
import type { TableContext } from "./context.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Does all of `work` or nothing of it. Its counts and its key are checked and its record is written before it commits.
 * `appends`: the rows that are there stay, and were counted when they came.
 */
export function commit(
  { table, key }: LoweredTable,
  context: TableContext,
  appends: boolean,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const { session } = context;
  return session.transaction(async () => {
    const start = key && appends ? await endOf(session, nameOf(table)) : 0;
    const made = await work();
    checkAccounts(table, made);
    const done = key ? await withKey(table, made, { key, start }, context) : made;
    await context.record(done);
    return done;
  });
}

async function withKey(
  table: TableNode,
  done: Outcome,
  { key, start }: { readonly key: readonly string[]; readonly start: number },
  context: TableContext,
): Promise<Outcome> {
  const counted = await countNewKeys(context.session, { target: nameOf(table), key, start });
  if (counted.failed > 0) {
    const { message, ...details } = brokenKey(table, key, counted, { rows: "rows that were written to", id });
    context.warn(table.name, message, details);
  }
  return { ...done, expectations: [...done.expectations, counted] };
}
