/** Joins that follow one another in one SELECT, as a person writes them. */

import type { ExprNode } from "../ast/expr.ts";
import type { NamedExpr, RelationNode } from "../ast/relation.ts";
import { columnsIn, exprsOf } from "../ast/walk.ts";
import type { Block, Scope } from "./block.ts";

/** Beyond that, what is joined so far is a query of its own: an engine plans what stands in one SELECT at once. */
const MOST_JOINS = 16;

/** What names what in the FROM of a block. */
export const scopeOf = ({ scope, alias, inputs }: Block): Scope => scope ?? { aliases: [alias], columns: inputs };

/**
 * Whether a further join may stand in the SELECT that makes its left side: that one joins and filters alone, the expressions
 * of the join read columns as they are, so that nothing is worked out twice, and no alias would read as a column.
 */
export function mayGoOn(
  left: Block,
  right: RelationNode,
  on: readonly ExprNode[],
  items: readonly NamedExpr[],
): boolean {
  const { scope, joins, sealed, limit, orderBy } = left;
  if (!scope || sealed || limit !== undefined || orderBy !== undefined || joins.length >= MOST_JOINS) return false;
  const others = new Set(right.columns.map(({ name }) => name.toLowerCase()));
  if (scope.aliases.some((alias) => others.has(alias.toLowerCase()))) return false;
  const computed = exprsOf(items).filter((expr) => expr.kind !== "column");
  const read = columnsIn([...on, ...computed]).flatMap((column) => (column.side === 0 ? column.name : []));
  const plain = new Set(left.outputs.flatMap((output) => (output.simple ? output.name : [])));
  return read.every((name) => plain.has(name));
}
