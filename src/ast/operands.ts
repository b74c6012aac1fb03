/** An expression with other operands: every node is what it was but for what stands in it. */
import type { ExprNode, OrderNode } from "./expr.ts";

/** Puts `change(operand)` in the place of every operand. Nothing is made where nothing changes. */
export function withOperands(node: ExprNode, change: (operand: ExprNode) => ExprNode): ExprNode {
  const all = (list: readonly ExprNode[]) => mapped(list, change);
  const orders = (list: readonly OrderNode[]) =>
    mapped(list, (o) => {
      const expr = change(o.expr);
      return expr === o.expr ? o : { ...o, expr };
    });
  switch (node.kind) {
    case "column":
    case "literal":
    case "param":
      return node;
    case "call":
    case "raw":
      return replaced(node, { args: all(node.args) });
    case "cast":
      return replaced(node, { arg: change(node.arg) });
    case "case": {
      const branches = mapped(node.branches, (b) => replaced(b, { when: change(b.when), value: change(b.value) }));
      return replaced(node, { branches, otherwise: change(node.otherwise) });
    }
    case "struct":
      return replaced(node, { fields: mapped(node.fields, (f) => replaced(f, { value: change(f.value) })) });
    case "aggregate":
      return replaced(node, {
        args: all(node.args),
        ...(node.filter && { filter: change(node.filter) }),
        ...(node.ties && { ties: all(node.ties) }),
      });
    case "window":
      return replaced(node, {
        args: all(node.args),
        partitionBy: all(node.partitionBy),
        orderBy: orders(node.orderBy),
        ...(node.ties && { ties: all(node.ties) }),
      });
  }
}

function mapped<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  const made = list.map(change);
  return made.every((item, i) => item === list[i]) ? list : made;
}

function replaced<T extends object>(node: T, parts: Partial<T>): T {
  const same = (Object.keys(parts) as (keyof T)[]).every((key) => parts[key] === node[key]);
  return same ? node : { ...node, ...parts };
}
