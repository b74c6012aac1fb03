/** Materialized views: made anew where an input changed. */
import type { QueryTableNode } from "../../pipeline/nodes.ts";
import {
  commit,
  createTable,
  finish,
  inputName,
  NOTHING,
  type Outcome,
  outcome,
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
  if (before && !external && unchanged(table, inputs, context)) return NOTHING;
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
