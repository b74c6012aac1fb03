/** What the analysis of incremental maintenance builds its queries from. */
import { columnNamed } from "../../ast/columns.ts";
import type { ColumnNode, ExprNode } from "../../ast/expr.ts";
import type { ColumnFacts, NamedExpr, RelationNode, TwoSidedNode, UnionNode } from "../../ast/relation.ts";
import { columnsIn, exprsOf, windowsIn, withOperands } from "../../ast/walk.ts";
import { callNode, castNode, columnNode, literalNode } from "../../nodes/exprs.ts";
import { joinNode, passed, projectNode, unionNode } from "../../nodes/relations.ts";
import { primitive, type SqlType, sameType } from "../../types/types.ts";

/** What has become of the rows of a table. */
interface Changed {
  /** Whether rows went: otherwise rows were only added. */
  readonly removed: boolean;
}

/** The tables that have changed, by name. */
export type ChangedTables = ReadonlyMap<string, Changed>;

/** A value that keys are compared by: of others two engines, or two ways to one result, may see equality differently. */
export function isKeyType({ kind }: SqlType): boolean {
  return !["float", "double", "array", "map", "struct", "variant"].includes(kind);
}

/** Whether a step gives each of its rows by one row of what it reads. A table is read as it is. */
export function isRowLocal(step: RelationNode): boolean {
  if (step.kind === "where") return windowsIn([step.predicate]).length === 0;
  if (step.kind === "project") return windowsIn(exprsOf(step.items)).length === 0;
  return step.kind === "table";
}

export type Names = ReadonlySet<string>;

/** The columns of a side that expressions name. */
export function namesIn(exprs: readonly ExprNode[], side: 0 | 1 = 0): Names {
  const columns = columnsIn(exprs).filter((column) => column.side === side);
  return new Set(columns.map((column) => column.name));
}

export const both = (...names: readonly Names[]): Names => new Set(names.flatMap((some) => [...some]));

/** The conditions of which all must hold. */
export function all(conditions: readonly ExprNode[]): ExprNode {
  const [first, ...more] = conditions;
  if (!first) return literalNode(true, primitive("boolean"));
  return more.length === 0 ? first : callNode("and", conditions, undefined, undefined);
}

export const NEVER = literalNode(false, primitive("boolean"));

/** Nulls are the same as well. Where there are none, an equation that engines are quick at. */
const same = (left: ExprNode, right: ExprNode): ExprNode =>
  callNode(left.nullable || right.nullable ? "eqNullSafe" : "eq", [left, right], undefined, undefined);

/** A column of the right side of a join. */
const ofRight = (column: ColumnFacts): ColumnNode => columnNode(column.name, column, 1);

/** What a join asks of both sides. */
export function conditionsOf(node: TwoSidedNode): readonly ExprNode[] {
  if (node.kind === "join") return [node.on];
  if (node.kind === "asOfJoin") return [node.on, node.time];
  return node.on.flatMap((expr, i) => {
    const key = node.right.columns.find((column) => column.name === node.key[i]);
    return key ? [callNode("eq", [expr, ofRight(key)], undefined, node.at)] : [];
  });
}

/** The rows that agree with one of `others` in the expressions, which stand there as columns. */
export function among(node: RelationNode, exprs: readonly ExprNode[], others: RelationNode): RelationNode {
  const on = all(exprs.map((expr, i) => same(expr, ofRight(others.columns[i] ?? expectColumn(i)))));
  return joinNode("semi", { left: node, right: others }, on, [], node.at);
}

function expectColumn(index: number): never {
  throw new RangeError(`there is no column ${index} to compare with`);
}

const ONE: NamedExpr = { name: "medallion_one", expr: literalNode(1, primitive("int")) };

/** The items, or one of no meaning where none is needed: rows have a column. */
export const atLeastOne = (items: readonly NamedExpr[]): readonly NamedExpr[] => (items.length > 0 ? items : [ONE]);

/** A row for each row of the input. */
export const computed = (input: RelationNode, items: readonly NamedExpr[]): RelationNode =>
  projectNode(input, atLeastOne(items), input.at);

/** The columns of these names. */
export function only(node: RelationNode, names: readonly string[]): RelationNode {
  const columns = names.flatMap((name) => columnNamed(node.columns, name) ?? []);
  return computed(node, columns.map(passed));
}

/** The rows of all terms, of each the columns of these names. */
export function together(terms: readonly RelationNode[], names: Names): RelationNode | undefined {
  const [first, ...more] = terms.map((term) => only(term, [...names]));
  return first && more.length > 0 ? unionNode([first, ...more], first.at) : first;
}

/**
 * A column of a union as an input has it. A union gives its inputs wider types, where a decimal of many digits loses some,
 * and a text of it gains zeros: what is read or compared of one input alone is cast.
 */
export function ofInput(column: ColumnNode, input: RelationNode): ExprNode {
  const own = columnNamed(input.columns, column.name);
  if (!own || sameType(own.type, column.type)) return column;
  return castNode(columnNode(column.name, own, column.side), column, false, undefined);
}

/** Rows of an input of a union as the union gives them. */
export function asUnited(rows: RelationNode, { columns }: UnionNode): RelationNode {
  const items = rows.columns.map((own) => {
    const united = columnNamed(columns, own.name) ?? own;
    return { name: own.name, expr: ofInput(columnNode(own.name, united, 0), rows) };
  });
  return items.some(({ expr }) => expr.kind === "cast") ? computed(rows, items) : rows;
}

/** An expression with others instead of its columns. */
export function withColumns(expr: ExprNode, change: (column: ColumnNode) => ExprNode): ExprNode {
  return expr.kind === "column" ? change(expr) : withOperands(expr, (operand) => withColumns(operand, change));
}

/** An expression with the sides of a join the other way round. */
export const flipped = (expr: ExprNode): ExprNode =>
  withColumns(expr, (column) => columnNode(column.name, column, column.side === 0 ? 1 : 0));
