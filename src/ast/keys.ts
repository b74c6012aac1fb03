/** Which columns identify a row whatever the data: proven from how the rows are made, never from what is declared. */

import { isInteger, type SqlType } from "../types/types.ts";
import type { ColumnNode, ExprNode } from "./expr.ts";
import type { TableNode, TablesByName } from "./pipeline.ts";
import { isFilterJoin, type NamedExpr, OTHER_ROWS, type RelationNode, type TwoSidedNode } from "./relation.ts";
import { equalColumns } from "./sides.ts";
import { VERSION_TIMES } from "./stored.ts";
import { conjuncts } from "./walk.ts";

/** The key of a table: the declared one, or the one that changes are applied by. */
export function keyOf(table: TableNode | undefined): readonly string[] | undefined {
  return table?.kind === "query" ? table.settings.key : table?.changes.keys;
}

/** Whether the declared key of a table is unique whatever the data. */
export function hasProvenKey(table: TableNode, tables: TablesByName): boolean {
  const { key } = table.settings;
  return key !== undefined && uniqueInTable(table, new Set(key), tables);
}

/** Whether no two rows of a relation agree in all of the columns, whatever the data. Two nulls agree. */
export function isUnique(relation: RelationNode, columns: readonly string[], tables: TablesByName): boolean {
  return unique(relation, new Set(columns), tables);
}

/** The same of the rows that a join makes, of columns of both sides. */
export function isUniqueJoined(node: TwoSidedNode, columns: readonly ColumnNode[], tables: TablesByName): boolean {
  return uniqueJoined(node, columns, tables);
}

/** The key that is counted where rows are written: `undefined` where there is none, or none that the data could break. */
export function keyToCount(table: TableNode, tables: TablesByName): readonly string[] | undefined {
  return table.kind === "query" && !hasProvenKey(table, tables) ? table.settings.key : undefined;
}

/** What the count of a key is called among the rules of its table. */
export function keyRule(key: readonly string[]): string {
  return `key(${key.join(", ")})`;
}

type Names = ReadonlySet<string>;

/** What was found of the relations of a pipeline, by the columns: each step of a long query asks for the same. */
type Found = WeakMap<RelationNode, Map<string, boolean>>;
const foundAmong = new WeakMap<TablesByName, Found>();

function unique(node: RelationNode, columns: Names, tables: TablesByName): boolean {
  const among: Found = foundAmong.get(tables) ?? new WeakMap();
  const found = among.get(node) ?? new Map<string, boolean>();
  const asked = [...columns].sort().join("\0");
  const known = found.get(asked);
  if (known !== undefined) return known;
  // While it is searched, nothing is proven: nodes that no builder made may read each other.
  foundAmong.set(tables, among.set(node, found.set(asked, false)));
  const answer = searched(node, columns, tables);
  found.set(asked, answer);
  return answer;
}

function searched(node: RelationNode, columns: Names, tables: TablesByName): boolean {
  switch (node.kind) {
    case "table": {
      if (node[OTHER_ROWS]) return false;
      const table = tables.get(node.table);
      return table !== undefined && uniqueInTable(table, columns, tables);
    }
    case "where":
      return unique(node.input, new Set([...columns, ...constants(node.predicate)]), tables);
    case "project":
      return numbers(node.items, columns) || unique(node.input, namesOf(passedOn(node.items, columns), 0), tables);
    case "limit":
      return node.count <= 1 || unique(node.input, columns, tables);
    case "aggregate":
      return node.groups.every((g) => columns.has(g.name) || g.expr.kind === "literal");
    case "dedupe":
      return node.keys.every((k) => k.kind === "column" && columns.has(k.name)) || unique(node.input, columns, tables);
    case "lookup":
    case "join":
    case "asOfJoin":
      if (isFilterJoin(node)) return unique(node.left, columns, tables);
      return numbers(node.items, columns) || uniqueJoined(node, passedOn(node.items, columns), tables);
    case "source":
    case "union":
      return false;
  }
}

/** A row of a side stands once where at most one row of the other matches it. Rows without a match have nulls there. */
function uniqueJoined(node: TwoSidedNode, columns: readonly ColumnNode[], tables: TablesByName): boolean {
  if (node.kind === "asOfJoin") return false;
  if (node.kind === "lookup") return unique(node.left, namesOf(columns, 0), tables);
  if (node.type === "full") return false;
  const equal = equalColumns(node.on).filter(([left, right]) => comparesExactly(left.type, right.type));
  const ofSide = (side: 0 | 1): boolean => {
    const [own, other] = side === 0 ? [node.left, node.right] : [node.right, node.left];
    const matched = new Set(equal.map((pair) => pair[side === 0 ? 1 : 0].name));
    return unique(own, namesOf(columns, side), tables) && unique(other, matched, tables);
  };
  return ofSide(0) || (node.type === "inner" && ofSide(1));
}

/** Two values that differ may equal the same one of another type: a BIGINT beyond 2^53 and a DOUBLE. */
const comparesExactly = (a: SqlType, b: SqlType): boolean => a.kind === b.kind || (isInteger(a) && isInteger(b));

/** Whether the rows are numbered, in parts that other columns name. */
function numbers(items: readonly NamedExpr[], columns: Names): boolean {
  const kept = items.filter(({ name }) => columns.has(name));
  return kept.some(({ expr }) => {
    const number = expr.kind === "cast" && HOLD_NUMBERS.has(expr.type.kind) ? expr.arg : expr;
    return (
      number.kind === "window" &&
      number.fn === "rowNumber" &&
      number.partitionBy.every((part) => part.kind === "literal" || kept.some((item) => item.expr.id === part.id))
    );
  });
}

/** The types in which each number of a row has a value of its own. */
const HOLD_NUMBERS: ReadonlySet<string> = new Set(["int", "bigint", "string"]);

function uniqueInTable(table: TableNode, columns: Names, tables: TablesByName): boolean {
  if (table.kind === "query") return table.settings.flows.length === 0 && unique(table.query, columns, tables);
  // Several rows of one snapshot may have the same key.
  if (table.changes.kind === "snapshots" || !table.changes.keys.every((key) => columns.has(key))) return false;
  return table.kind === "scd1" || VERSION_TIMES.some((time) => columns.has(time));
}

/** The columns of the inputs that are passed on as they are. */
function passedOn(items: readonly NamedExpr[], columns: Names): readonly ColumnNode[] {
  return items.flatMap(({ name, expr }) => (columns.has(name) && expr.kind === "column" ? [expr] : []));
}

const namesOf = (columns: readonly ColumnNode[], side: 0 | 1): Names =>
  new Set(columns.flatMap((column) => (column.side === side ? [column.name] : [])));

/** What some columns of a step are in its (left) input, of those that it passes on as they are. */
export function passedFromLeft(items: readonly NamedExpr[], columns: readonly string[]): readonly string[] {
  return [...namesOf(passedOn(items, new Set(columns)), 0)];
}

/** The columns that have one value in all rows that meet a condition. */
function constants(predicate: ExprNode): readonly string[] {
  return conjuncts(predicate).flatMap((condition) => {
    if (condition.kind !== "call") return [];
    const [first, second] = condition.args;
    const one = condition.fn === "isNull" || (condition.fn === "eq" && second?.kind === "literal");
    return one && first?.kind === "column" ? [first.name] : [];
  });
}
