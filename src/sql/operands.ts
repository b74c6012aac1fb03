/** An expression with other operands: every node is what it was but for what stands in it. */
import { match } from "ts-pattern";
import type { ExprNode, OrderNode } from "../ast/expr.ts";

/** Puts `change(operand)` in the place of every operand. Nothing is made where nothing changes. */
export function withOperands(node: ExprNode, change: (operand: ExprNode) => ExprNode): ExprNode {
  const all = (list: readonly ExprNode[]) => mapped(list, change);
  const orders = (list: readonly OrderNode[]) =>
    mapped(list, (o) => {
      const expr = change(o.expr);
      return expr === o.expr ? o : { ...o, expr };
    });
  return match(node)
    .with({ kind: "column" }, { kind: "literal" }, { kind: "param" }, (n) => n)
    .with({ kind: "call" }, { kind: "raw" }, (n) => replaced(n, { args: all(n.args) }))
    .with({ kind: "cast" }, (n) => replaced(n, { arg: change(n.arg) }))
    .with({ kind: "case" }, (n) => {
      const branches = mapped(n.branches, (b) => replaced(b, { when: change(b.when), value: change(b.value) }));
      return replaced(n, { branches, otherwise: change(n.otherwise) });
    })
    .with({ kind: "struct" }, (n) =>
      replaced(n, { fields: mapped(n.fields, (f) => replaced(f, { value: change(f.value) })) }),
    )
    .with({ kind: "aggregate" }, (n) =>
      replaced(n, { args: all(n.args), ...(n.filter && { filter: change(n.filter) }) }),
    )
    .with({ kind: "window" }, (n) =>
      replaced(n, { args: all(n.args), partitionBy: all(n.partitionBy), orderBy: orders(n.orderBy) }),
    )
    .exhaustive();
}

function mapped<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  const made = list.map(change);
  return made.every((item, i) => item === list[i]) ? list : made;
}

function replaced<T extends object>(node: T, parts: Partial<T>): T {
  const same = (Object.keys(parts) as (keyof T)[]).every((key) => parts[key] === node[key]);
  return same ? node : { ...node, ...parts };
}
