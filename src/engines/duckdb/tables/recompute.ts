/** Materialized views: recomputed where an input changed. */
import type { QueryTableNode } from "../../../ast/pipeline.ts";
import { settle } from "./alter.ts";
import {
  commit,
  createTable,
  finish,
  inputName,
  type Outcome,
  outcome,
  planOf,
  previous,
  query,
  type TableContext,
  unchanged,
  whole,
  writeQuery,
} from "./context.ts";

export async function recompute(table: QueryTableNode, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const before = previous(table, context);
  const inputs = whole(table);
  // Whether a table of another owner has changed cannot be told.
  const external = table.query.kind === "source";
  const due = planOf(table, context).due || external;
  if (before && !due && unchanged(table, inputs, context)) return settle(table, context);
  return commit(table, context, false, async () => {
    await createTable(table, session);
    const judged = await writeQuery(
      table,
      query(table.query, context, (input) => inputName(input, context)),
      context,
    );
    await finish(table, context, { before, changed: true, inputs });
    return outcome(judged.staged, judged);
  });
}
