/** What the analysis of incremental maintenance builds its queries from. */
import { columnNamed } from "../../ast/columns.ts";
import type { ColumnNode, ExprNode } from "../../ast/expr.ts";
import type { ColumnFacts, NamedExpr, RelationNode, TableRefNode } from "../../ast/relation.ts";
import { columnsIn, withOperands } from "../../ast/walk.ts";
import { callNode, columnNode, literalNode } from "../../nodes/exprs.ts";
import { joinNode, projectNode, tableRefNode, unionNode } from "../../nodes/relations.ts";
import { primitive, type SqlType } from "../../types/types.ts";

/**
 * A table of which a query reads other rows than it has now: those that came or went since it was read (`changed`), those
 * that came (`added`), those that it has now or had then (`possible`), the `keys` that are to be read again, and the rows
 * that the view had of them (`outdated`).
 */
export type ReadState = "changed" | "added" | "possible" | "keys" | "outdated";

/** What has become of the rows of a table. */
export interface Changed {
  /** Whether rows went: otherwise rows were only added. */
  readonly removed: boolean;
}

/** The tables that have changed, by name. */
export type ChangedTables = ReadonlyMap<string, Changed>;

const PREFIX = "medallion";

/** The name by which a query reads a table in another state. */
export const readName = (state: ReadState, table: string): string => `${PREFIX} ${state} ${table}`;

/** What a name of `readName` stands for; `undefined` for the name of a table. */
export function readOf(name: string): { readonly state: ReadState; readonly table: string } | undefined {
  const found = /^medallion (changed|added|possible|keys|outdated) (.*)$/s.exec(name);
  return found ? { state: found[1] as ReadState, table: found[2] ?? "" } : undefined;
}

export const readAs = (state: ReadState, { table, columns, at }: TableRefNode): TableRefNode =>
  tableRefNode(readName(state, table), columns, at);

/** A value that keys are compared by: of others two engines, or two ways to one result, may see equality differently. */
export function isKeyType({ kind }: SqlType): boolean {
  return !["float", "double", "array", "map", "struct", "variant"].includes(kind);
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
export const ofRight = (column: ColumnFacts): ColumnNode => columnNode(column.name, column, 1);

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
  return computed(
    node,
    columns.map((column) => ({ name: column.name, expr: columnNode(column.name, column, 0) })),
  );
}

/** The rows of all terms, of each the columns of these names. */
export function together(terms: readonly RelationNode[], names: Names): RelationNode | undefined {
  const [first, ...more] = terms.map((term) => only(term, [...names]));
  return first && more.length > 0 ? unionNode([first, ...more], first.at) : first;
}

/** An expression with others instead of its columns. */
export function withColumns(expr: ExprNode, change: (column: ColumnNode) => ExprNode): ExprNode {
  return expr.kind === "column" ? change(expr) : withOperands(expr, (operand) => withColumns(operand, change));
}

/** An expression with the sides of a join the other way round. */
export const flipped = (expr: ExprNode): ExprNode =>
  withColumns(expr, (column) => columnNode(column.name, column, column.side === 0 ? 1 : 0));
