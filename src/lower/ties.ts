/**
 * Makes every order total, so that rows that share a place in it do not stand as each engine finds them: the row's own
 * columns decide, in their order, nulls first. What is proven to be unique needs none.
 */

import type { AggregateNode, ExprNode, OrderNode, WindowFrame, WindowNode } from "../ast/expr.ts";
import { withInputs } from "../ast/inputs.ts";
import { isUnique, isUniqueJoined } from "../ast/keys.ts";
import type { TablesByName } from "../ast/pipeline.ts";
import type { NamedExpr, RelationNode, TwoSidedNode } from "../ast/relation.ts";
import { columnNamesOf, exprsOf, mapped, replaced, subexpressions, withOperands } from "../ast/walk.ts";
import { orderOf } from "../functions/index.ts";
import { columnNode, orderKey } from "../nodes/exprs.ts";
import { passed, scalars } from "../nodes/relations.ts";

/** The rows that a step looks at. */
interface Rows {
  /** Their columns, one after the other. Most steps have no order, and ask for none. */
  readonly columns: readonly ExprNode[];
  readonly unique: (by: readonly ExprNode[]) => boolean;
}

/** The query with its orders made total. Steps without one are what they were. */
export function withTotalOrders(node: RelationNode, tables: TablesByName): RelationNode {
  const step = withInputs(node, (input) => withTotalOrders(input, tables));
  switch (step.kind) {
    case "source":
    case "table":
    case "union":
      return step;
    case "where":
      return replaced(step, { predicate: settling([step.predicate], rowsOf(step.input, tables))(step.predicate) });
    case "project":
      return replaced(step, { items: settledItems(step.items, rowsOf(step.input, tables)) });
    case "aggregate":
      return replaced(step, {
        groups: settledItems(step.groups, rowsOf(step.input, tables)),
        measures: settledItems(step.measures, rowsOf(step.input, tables, step.groups)),
      });
    case "dedupe":
      return replaced(step, { orderBy: totalOrder(step.orderBy, step.keys, rowsOf(step.input, tables)) });
    case "limit":
      return replaced(step, { orderBy: totalOrder(step.orderBy, [], rowsOf(step.input, tables)) });
    case "join":
    case "lookup":
    case "asOfJoin":
      return replaced(step, { items: settledItems(step.items, joinedRows(step, tables)) });
  }
}

/** The columns of a side that are not made of others of the same row: those say nothing more. */
function read(input: RelationNode, side: 0 | 1): readonly ExprNode[] {
  const made = computed(input);
  return input.columns
    .filter((c) => !made.has(c.name))
    .flatMap((c) => scalars(side === 0 ? passed(c).expr : columnNode(c.name, c, side)));
}

function computed(node: RelationNode): ReadonlySet<string> {
  if (node.kind === "where" || node.kind === "dedupe" || node.kind === "limit") return computed(node.input);
  if (node.kind !== "project") return new Set();
  const kept = new Set(columnNamesOf(exprsOf(node.items)));
  const ofRow = (expr: ExprNode) =>
    subexpressions(expr).every((e) => e.kind !== "window" && (e.kind !== "column" || kept.has(e.name)));
  return new Set(node.items.filter(({ expr }) => expr.kind !== "column" && ofRow(expr)).map((item) => item.name));
}

function rowsOf(input: RelationNode, tables: TablesByName, groups: readonly NamedExpr[] = []): Rows {
  const grouped = exprsOf(groups);
  return {
    get columns() {
      return read(input, 0);
    },
    unique: (by) => isUnique(input, columnNamesOf([...grouped, ...by]), tables),
  };
}

function joinedRows(join: TwoSidedNode, tables: TablesByName): Rows {
  return {
    get columns() {
      return [...read(join.left, 0), ...read(join.right, 1)];
    },
    unique: (by) =>
      isUniqueJoined(
        join,
        by.filter((e) => e.kind === "column"),
        tables,
      ),
  };
}

function totalOrder(orderBy: readonly OrderNode[], within: readonly ExprNode[], rows: Rows): readonly OrderNode[] {
  const added = ties([...within, ...exprsOf(orderBy)], rows);
  return added.length === 0 ? orderBy : [...orderBy, ...added];
}

/** As many of the row's columns as are needed until no two rows agree in all that is there. */
function ties(given: readonly ExprNode[], rows: Rows): readonly OrderNode[] {
  const added: ExprNode[] = [];
  for (const column of rows.columns) {
    if (rows.unique([...given, ...added])) break;
    if (!given.some((one) => same(one, column))) added.push(column);
  }
  return added.map((expr): OrderNode => ({ expr, descending: false, nulls: "first" }));
}

function same(a: ExprNode, b: ExprNode): boolean {
  return a.kind === "column" && b.kind === "column" ? a.name === b.name && a.side === b.side : a.id === b.id;
}

function settledItems(items: readonly NamedExpr[], rows: Rows): readonly NamedExpr[] {
  const settled = settling(exprsOf(items), rows);
  return mapped(items, (item) => replaced(item, { expr: settled(item.expr) }));
}

/** Settles the expressions of one step. What the picks of one order read settles it for all of them, so that they pick one row. */
function settling(exprs: readonly ExprNode[], rows: Rows): (expr: ExprNode) => ExprNode {
  const ordered = exprs.flatMap((expr) => (expr.kind === "column" ? [] : subexpressions(expr))).filter(isOrdered);
  if (ordered.length === 0) return (expr) => expr;
  const picks = Map.groupBy(ordered.filter(isPick), pickKey);
  return function settled(expr) {
    const made = withOperands(expr, settled);
    if (!isOrdered(expr) || !isOrdered(made)) return made;
    // Of a query whose orders are total already, but for steps that were put below, they stay what they were.
    if (isPick(expr))
      return made.ties ? made : { ...made, ties: pickTies(expr, picks.get(pickKey(expr)) ?? [expr], rows) };
    return made.kind === "window" ? totalWindow(made, rows) : made;
  };
}

type Pick = AggregateNode | WindowNode;

const isOrdered = (expr: ExprNode): expr is Pick => expr.kind === "window" || expr.kind === "aggregate";
const isPick = (node: Pick): boolean => orderOf(node) === "pick";

/** What picks of the value of one row have in common. */
function pickKey(node: Pick): string {
  const order = node.args[1]?.id;
  if (node.kind === "aggregate") return JSON.stringify([node.fn, order, node.filter?.id]);
  const { partitionBy, orderBy, frame } = node;
  return JSON.stringify([node.fn, order, partitionBy.map((e) => e.id), orderKey(orderBy), frame]);
}

function pickTies(node: Pick, picks: readonly Pick[], rows: Rows): readonly ExprNode[] {
  const [, order] = node.args;
  if (!order || rows.unique([order, ...(node.kind === "window" ? node.partitionBy : [])])) return [];
  const taken = picks.flatMap((pick) => pick.args.slice(0, 1));
  const parts = taken.map(scalars);
  // Of a map or an array there is no order: the whole row decides.
  const all = parts.some((scalar) => scalar.length === 0) ? [...parts.flat(), ...rows.columns] : parts.flat();
  return all.filter((expr, i) => !same(expr, order) && all.findIndex((other) => same(other, expr)) === i);
}

const WHOLE: WindowFrame = { unit: "rows", start: "unbounded", end: "unbounded" };

function totalWindow(node: WindowNode, rows: Rows): WindowNode {
  const total = { ...node, orderBy: totalOrder(node.orderBy, node.partitionBy, rows) };
  const order = orderOf(node);
  switch (order) {
    case "total":
      return total;
    case "first":
    case "last":
      return node.frame?.unit === "rows" ? total : edgeOf(node, total, order, rows);
    case "pick":
    case "none":
      return node.frame?.unit === "rows" && (node.frame.start !== "unbounded" || node.frame.end !== "unbounded")
        ? total
        : node;
  }
}

/**
 * The first or last value of a frame that goes by values: all rows that share the place of its edge are in it. They are the
 * partition's first or last rows, or those that share the place of the row itself.
 */
function edgeOf(node: WindowNode, total: WindowNode, side: "first" | "last", rows: Rows): WindowNode {
  const { start, end } = node.frame ?? { start: "unbounded", end: 0 };
  const edge = side === "first" ? start : end;
  const holdsRow = (start === "unbounded" || start <= 0) && (end === "unbounded" || end >= 0);
  if (!holdsRow || total.orderBy.length === node.orderBy.length) return node;
  const { frame: _, ...unframed } = node;
  if (edge === "unbounded") return { ...unframed, orderBy: total.orderBy, frame: WHOLE };
  if (edge !== 0) return node;
  const places = exprsOf(node.orderBy);
  const orderBy = ties([...node.partitionBy, ...places], rows);
  return { ...unframed, partitionBy: [...node.partitionBy, ...places], orderBy, frame: WHOLE };
}
