/**
 * Keys that are the beginning of a time that a column holds, such as its day. No row of a key is of a time before it, and
 * that a table finds in what it knows of its blocks, where the key itself would have to be computed of every row.
 */
import { columnNamed } from "../../ast/columns.ts";
import type { ColumnNode, ExprNode } from "../../ast/expr.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { aggregateNode, callNode, castNode, columnNode } from "../../nodes/exprs.ts";
import { aggregateStepNode, joinNode, passed } from "../../nodes/relations.ts";
import { typeName } from "../../types/types.ts";

/** The column that an expression is never above. */
function flooredColumn(expr: ExprNode): ColumnNode | undefined {
  if (expr.kind !== "call" || (expr.fn !== "truncate" && expr.fn !== "toDate")) return undefined;
  const [arg] = expr.args;
  return arg?.kind === "column" ? arg : arg && flooredColumn(arg);
}

/** Rows that are not before the first of the keys, whose column `key` holds what `expr` is of the rows. */
export function notBefore(node: RelationNode, expr: ExprNode, key: string, keys: RelationNode): RelationNode {
  const column = flooredColumn(expr);
  const held = columnNamed(keys.columns, key);
  // A row without a time may be of a key as well.
  if (!column || column.nullable || !held) return node;
  const least = aggregateNode("min", [columnNode(key, held, 0)], {}, undefined);
  const first = aggregateStepNode(keys, [], [{ name: "medallion_first", expr: least }], node.at);
  const begins = columnNode("medallion_first", first.columns[0] ?? held, 1);
  const since =
    typeName(begins.type) === typeName(column.type)
      ? begins
      : castNode(begins, { type: column.type }, false, undefined);
  const own = node.columns.map(passed);
  const isSince = callNode("ge", [column, since], undefined, undefined);
  // There is one beginning, so no row comes twice. A semi join without an equation would be an EXISTS.
  return joinNode("inner", { left: node, right: first }, isSince, own, node.at);
}
