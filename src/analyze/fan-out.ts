/** Whether a join repeats rows: not those that meet a whole key of the other side. */

import { columnNamed } from "../ast/columns.ts";
import type { ColumnNode, ExprNode } from "../ast/expr.ts";
import { tableQueries } from "../ast/inputs.ts";
import { isUnique, passedFromLeft } from "../ast/keys.ts";
import type { TablesByName } from "../ast/pipeline.ts";
import { type AsOfJoinNode, isFilterJoin, type JoinNode, type LookupNode, type RelationNode } from "../ast/relation.ts";
import { fixedColumns } from "../ast/sides.ts";
import { columnNamesOf, derivation, itemOf, operands, subexpressions } from "../ast/walk.ts";
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import type { ValueFacts } from "../types/facts.ts";
import { isNested, isNumeric } from "../types/types.ts";

type Side = 0 | 1;

/** Whether a side of a join has at most one row for each of the other. */
export function matchesOnce(join: JoinNode, side: Side, tables: TablesByName): boolean {
  return hasOneRow(side === 0 ? join.left : join.right, fixedColumns(join.on, side), tables);
}

/** Whether a relation has at most one row for each combination of some columns, as is proven or declared. */
export function hasOneRow(input: RelationNode, columns: readonly string[], tables: TablesByName): boolean {
  return isUnique(input, columns, tables) || holdsDeclaredKey(input, columns, tables);
}

/** Whether some columns hold the declared key of the table of which each row is here once at most. */
function holdsDeclaredKey(input: RelationNode, columns: readonly string[], tables: TablesByName): boolean {
  if (columns.length === 0) return false;
  switch (input.kind) {
    case "table":
      return declaredKey(input, tables)?.every((name) => columns.includes(name)) ?? false;
    case "where":
    case "limit":
    case "dedupe":
      return holdsDeclaredKey(input.input, columns, tables);
    case "project":
      return holdsDeclaredKey(input.input, passedFromLeft(input.items, columns), tables);
    case "lookup":
    case "asOfJoin":
      return holdsDeclaredKey(input.left, passedFromLeft(input.items, columns), tables);
    case "join":
      if (isFilterJoin(input)) return holdsDeclaredKey(input.left, columns, tables);
      // A full join gives the rows of the other side without a match as well, which have no key.
      if (input.type === "full" || mayRepeat(input, 0, tables)) return false;
      return holdsDeclaredKey(input.left, passedFromLeft(input.items, columns), tables);
    default:
      return false;
  }
}

/** The key of the table of which rows are read. */
export function declaredKey(input: RelationNode, tables: TablesByName): readonly string[] | undefined {
  if (input.kind === "where") return declaredKey(input.input, tables);
  return input.kind === "table" ? tables.get(input.table)?.settings.key : undefined;
}

/**
 * Whether some row may stand several times behind a value over `input` that is marked as fanned out. The mark knows no
 * keys: a join on the other side's whole key repeats nothing. What is not understood counts as repeated.
 */
export function isRepeated(value: ExprNode, inputs: readonly RelationNode[], tables: TablesByName): boolean {
  return partsThatCount(value).some((node) => {
    if (node.kind === "window") return true;
    if (node.kind !== "column" || !isMarked(node)) return false;
    const input = inputs[node.side];
    return !input || columnRepeats(input, node.name, tables);
  });
}

/** A value and what it is worked out of: a condition only chooses between values, and what is acknowledged is meant. */
const partsThatCount = oncePer((value: ExprNode): readonly ExprNode[] =>
  value.type.kind === "boolean" || (value.kind === "call" && value.fn === "acknowledgeFanOut")
    ? []
    : freeze([value, ...operands(value).flatMap(partsThatCount)]),
);

function columnRepeats(node: RelationNode, column: string, tables: TablesByName): boolean {
  if (node.kind === "table") return storedRepeats(node.table, column, tables);
  if (!FOLLOWED.has(node.kind)) return true;
  const made = derivation(node);
  const [input] = made.inputs;
  if (!made.items) return !input || made.inputs.some((each) => columnRepeats(each, column, tables));
  const expr = itemOf(made, column);
  if (!expr) return true;
  if (node.kind !== "join" && node.kind !== "lookup" && node.kind !== "asOfJoin")
    return isRepeated(expr, made.inputs, tables);
  return partsThatCount(expr).some(
    (part) => part.kind === "column" && !isRate(part) && comesRepeated(node, part, tables),
  );
}

/** A table keeps the mark of its query. */
function storedRepeats(name: string, column: string, tables: TablesByName): boolean {
  const table = tables.get(name);
  return table?.kind !== "query" || tableQueries(table).some((query) => columnRepeats(query, column, tables));
}

/** The steps that a column can be followed through: those of one input, unions, and those of two of which keys tell. */
const FOLLOWED: ReadonlySet<RelationNode["kind"]> = new Set([
  "where",
  "limit",
  "dedupe",
  "project",
  "union",
  "join",
  "lookup",
  "asOfJoin",
]);

/** A price or a rate that an amount is multiplied by is the same for each of its rows. */
const isRate = ({ type, additivity }: ValueFacts): boolean => isNumeric(type) && additivity === "non-additive";

/** A column of a side is repeated where several rows of the other may match, or where it was repeated before. */
function comesRepeated(
  node: JoinNode | LookupNode | AsOfJoinNode,
  { name, side }: ColumnNode,
  tables: TablesByName,
): boolean {
  if (mayRepeat(node, side, tables)) return true;
  const input = side === 0 ? node.left : node.right;
  const column = columnNamed(input.columns, name);
  return column !== undefined && isMarked(column) && columnRepeats(input, name, tables);
}

/**
 * Whether a number is worked out of nothing but texts, times and collections that are known to be repeated: they have no
 * mark that says so. What only conditions decide is a count of the rows as they are.
 */
export function isMadeOfRepeated(value: ExprNode, input: RelationNode, tables: TablesByName): boolean {
  const columns = columnsOfValue(value);
  return columns !== undefined && columns.length > 0 && columns.every((c) => isKnownToRepeat(input, c, tables));
}

/** The columns that a number is worked out of, without those of conditions; `undefined` where a mark tells. */
function columnsOfValue(value: ExprNode): readonly ColumnNode[] | undefined {
  if (value.type.kind === "boolean" || value.kind === "literal" || value.kind === "param") return [];
  if (value.kind === "column") return isNumeric(value.type) ? undefined : [value];
  const parts = partsOfValue(value)?.map(columnsOfValue);
  return parts?.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function partsOfValue(value: ExprNode): readonly ExprNode[] | undefined {
  if (value.kind === "cast") return [value.arg];
  if (value.kind === "case") return [...value.branches.map((branch) => branch.value), value.otherwise];
  if (value.kind !== "call") return undefined;
  // What is taken out of a collection has the mark that its type holds.
  return isNumeric(value.type) && value.args[0] && isNested(value.args[0].type) && value.fn !== "size"
    ? undefined
    : value.args;
}

function isKnownToRepeat(
  node: RelationNode,
  { name, side }: Pick<ColumnNode, "name" | "side">,
  tables: TablesByName,
): boolean {
  if (node.kind === "table") {
    const table = tables.get(node.table);
    if (table?.kind !== "query" || table.settings.flows.length > 0) return false;
    return isKnownToRepeat(table.query, { name, side }, tables);
  }
  if (!["where", "limit", "project", "join", "lookup", "asOfJoin"].includes(node.kind)) return false;
  const step = derivation(node);
  const [input] = step.inputs;
  if (!step.items) return input !== undefined && isKnownToRepeat(input, { name, side }, tables);
  const expr = itemOf(step, name);
  const columns = expr && subexpressions(expr).filter((part) => part.kind === "column");
  if (!columns || columns.length === 0) return false;
  return columns.every((column) => {
    const from = step.inputs[column.side];
    return mayRepeat(node, column.side, tables) || (from !== undefined && isKnownToRepeat(from, column, tables));
  });
}

/** Whether a step may give several rows for one of a side. */
function mayRepeat(node: RelationNode, side: number, tables: TablesByName): boolean {
  switch (node.kind) {
    case "join":
      return !matchesOnce(node, side === 0 ? 1 : 0, tables);
    case "lookup":
      return side === 1 && !readsOnce(node, tables);
    case "asOfJoin":
      return side === 1;
    default:
      return false;
  }
}

/** Whether no two rows look the same row up: what they look it up by is a key of theirs. */
function readsOnce({ left, on }: LookupNode, tables: TablesByName): boolean {
  return hasOneRow(left, columnNamesOf(on), tables);
}

/** Whether a value may be marked as fanned out: the marks of what holds others are inside of its type. */
const isMarked = ({ type, additivity }: ValueFacts): boolean => additivity === "fanned-out" || isNested(type);
