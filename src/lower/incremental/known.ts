/** What may be asked of rows that are gone: what an aggregate or a window made of them is not known any more. */
import type { ExprNode } from "../../ast/expr.ts";
import { isFilterJoin, type JoinNode, type NamedExpr, type RelationNode } from "../../ast/relation.ts";
import { equalColumns } from "../../ast/sides.ts";
import { conjuncts, windowsIn } from "../../ast/walk.ts";
import { oncePer } from "../../core/once.ts";
import { all, both, type Names, namesIn } from "./parts.ts";

/** The conditions of a predicate that read only what is known. Without the others there are more rows, which do no harm. */
export function knownConditions(predicate: ExprNode, input: RelationNode): readonly ExprNode[] {
  return conjuncts(predicate).filter(readsNone(unknownIn(input)));
}

/** The same of a join, while it still compares columns of its sides: else every row would meet every other. */
export function knownOn({ on, left, right }: JoinNode): ExprNode {
  const conditions = conjuncts(on).filter(readsNone(unknownIn(left), unknownIn(right)));
  const known = all(conditions);
  return equalColumns(known).length > 0 ? known : on;
}

const NONE: Names = new Set();

/** The columns of a query that an aggregate or a window makes. */
const unknownIn = oncePer((node: RelationNode): Names => {
  switch (node.kind) {
    case "table":
    case "source":
      return NONE;
    case "where":
    case "dedupe":
    case "limit":
      return unknownIn(node.input);
    case "project":
      return made(node.items, unknownIn(node.input));
    case "aggregate": {
      const measures = new Set(node.measures.map(({ name }) => name));
      return both(measures, made(node.groups, unknownIn(node.input)));
    }
    case "union":
      return both(...node.inputs.map(unknownIn));
    case "join":
      if (isFilterJoin(node)) return unknownIn(node.left);
      return made(node.items, unknownIn(node.left), unknownIn(node.right));
    case "lookup":
    case "asOfJoin":
      return made(node.items, unknownIn(node.left), unknownIn(node.right));
  }
});

function made(items: readonly NamedExpr[], left: Names, right?: Names): Names {
  const isKnown = readsNone(left, right);
  return new Set(items.flatMap(({ name, expr }) => (isKnown(expr) && windowsIn([expr]).length === 0 ? [] : [name])));
}

const readsNone =
  (left: Names, right: Names = NONE) =>
  (expr: ExprNode): boolean =>
    ![...namesIn([expr])].some((name) => left.has(name)) && ![...namesIn([expr], 1)].some((name) => right.has(name));
