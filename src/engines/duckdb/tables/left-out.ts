/** What the conditions of a row-by-row query leave out: counted by itself, since what is left over proves nothing. */
import { relationSteps } from "../../../ast/inputs.ts";
import type { RelationNode } from "../../../ast/relation.ts";
import { overColumns } from "../../../sql/expr.ts";
import { duckdb } from "../../../targets/duckdb/dialect.ts";
import { query, type TableContext } from "./context.ts";

/** Rows of `from` that meet one of the conditions not; a condition that gives null is not met. */
export async function leftOut(
  node: RelationNode,
  context: TableContext,
  from: (input: string) => string,
): Promise<number> {
  const counts = relationSteps(node).flatMap((step) => {
    if (step.kind !== "where") return [];
    const condition = overColumns(duckdb)(step.predicate);
    const rows = query(step.input, context, from);
    return [`(SELECT count(*) FROM (\n${rows}\n) WHERE (${condition}) IS NOT TRUE)`];
  });
  return counts.length === 0 ? 0 : context.session.count(`SELECT ${counts.join("\n + ")}`);
}
