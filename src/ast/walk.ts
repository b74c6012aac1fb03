/** How expressions and steps hang together: what stands in an expression, and how a step comes by its columns. */
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import { sameType } from "../types/types.ts";
import type { ColumnNode, ExprNode, OrderNode, WindowNode } from "./expr.ts";
import { isFilterJoin, type NamedExpr, type RelationNode } from "./relation.ts";

/** An expression and all expressions in it. */
export function subexpressions(node: ExprNode): readonly ExprNode[] {
  return isComputed(node) ? composed(node) : [node];
}

/** Whether an expression is made of others, or calls a function: it does not only name or hold a value. */
export const isComputed = ({ kind }: ExprNode): boolean => kind !== "column" && kind !== "literal" && kind !== "param";

/** Whether an expression is a constant, which a decimal without a fraction is as a cast to its own type. */
export const isConstant = (expr: ExprNode): boolean =>
  expr.kind === "literal" ||
  (expr.kind === "cast" && expr.arg.kind === "literal" && sameType(expr.type, expr.arg.type));

const composed = oncePer((node: ExprNode): readonly ExprNode[] =>
  freeze([node, ...operands(node).flatMap(subexpressions)]),
);

/** The columns that stand in expressions, as often as they do. */
export function columnsIn(exprs: readonly ExprNode[]): readonly ColumnNode[] {
  return exprs.flatMap(subexpressions).filter((expr) => expr.kind === "column");
}

/** The windows that stand in expressions. */
export function windowsIn(exprs: readonly ExprNode[]): readonly WindowNode[] {
  return exprs.flatMap(subexpressions).filter((expr) => expr.kind === "window");
}

/** The names of those expressions that are columns. */
export const columnNamesOf = (exprs: readonly ExprNode[]): readonly string[] =>
  exprs.flatMap((expr) => (expr.kind === "column" ? [expr.name] : []));

/** The expressions of items, or of an order. */
export const exprsOf = (items: readonly { readonly expr: ExprNode }[]): readonly ExprNode[] =>
  items.map((item) => item.expr);

/** The conditions of which all must hold: `and()` taken apart. */
export function conjuncts(condition: ExprNode): readonly ExprNode[] {
  if (condition.kind !== "call") return [condition];
  if (condition.fn === "and") return condition.args.flatMap(conjuncts);
  const denied = condition.fn === "not" ? condition.args[0] : undefined;
  const twice = denied?.kind === "call" && denied.fn === "not" ? denied.args[0] : undefined;
  return twice ? conjuncts(twice) : [condition];
}

/** The expressions directly in an expression. */
export function operands(node: ExprNode): readonly ExprNode[] {
  switch (node.kind) {
    case "column":
    case "literal":
    case "param":
      return [];
    case "call":
    case "raw":
      return node.args;
    case "cast":
      return [node.arg];
    case "case":
      return [...node.branches.flatMap((b) => [b.when, b.value]), node.otherwise];
    case "struct":
      return node.fields.map((f) => f.value);
    case "aggregate":
      return [...node.args, ...(node.filter ? [node.filter] : []), ...(node.ties ?? [])];
    case "window":
      return [...node.args, ...node.partitionBy, ...exprsOf(node.orderBy), ...(node.ties ?? [])];
  }
}

/** Replaces every operand by `change(operand)`. Nothing is made where nothing changes. */
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

/** The list itself where nothing in it changes. */
export function mapped<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  const made = list.map(change);
  return made.every((item, i) => item === list[i]) ? list : made;
}

/** The node itself where no part is another: what is known of a node stays known. */
export function replaced<T extends object>(node: T, parts: Partial<T>): T {
  const same = (Object.keys(parts) as (keyof T)[]).every((key) => parts[key] === node[key]);
  return same ? node : freeze({ ...node, ...parts });
}

/** How a step comes by its columns. */
export interface Derivation {
  /** What the step reads rows of, in the order of the sides that `items` name. */
  readonly inputs: readonly RelationNode[];
  /** The expressions that make its columns; absent where columns of the inputs pass as they are, by name. */
  readonly items?: readonly NamedExpr[];
}

/** Where the columns of a step come from: those of a source or a table come from outside the query. */
export function derivation(step: RelationNode): Derivation {
  switch (step.kind) {
    case "source":
    case "table":
      return { inputs: [] };
    case "where":
    case "dedupe":
    case "limit":
      return { inputs: [step.input] };
    case "union":
      return { inputs: step.inputs };
    case "project":
      return { inputs: [step.input], items: step.items };
    case "aggregate":
      return { inputs: [step.input], items: [...step.groups, ...step.measures] };
    case "join":
      if (isFilterJoin(step)) return { inputs: [step.left] };
      return { inputs: [step.left, step.right], items: step.items };
    case "lookup":
    case "asOfJoin":
      return { inputs: [step.left, step.right], items: step.items };
  }
}

/** The first expression that is there a second time. */
export const repeated = (exprs: readonly ExprNode[]): ExprNode | undefined =>
  exprs.find((expr, i) => exprs.findIndex(({ id }) => id === expr.id) < i);

/** The expression that makes a column in a step. */
export const itemOf = ({ items }: Derivation, column: string): ExprNode | undefined =>
  items?.find((item) => item.name === column)?.expr;
