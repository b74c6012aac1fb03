/** Values that rows are told apart or ordered by. */
import type { Called, ExprNode } from "../../ast/expr.ts";
import { tableChanges, tableSteps } from "../../ast/inputs.ts";
import { keyOf } from "../../ast/keys.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { columnsIn, exprsOf, repeated } from "../../ast/walk.ts";
import { functionSet, orderOf } from "../../functions/index.ts";
import { isComparable, typeName } from "../../types/types.ts";
import { eachTable, type Finding, named, type Rule, warning } from "../rule.ts";

/** Expressions that are compared with each other, and by what. */
interface Compared {
  readonly by: string;
  readonly exprs: readonly ExprNode[];
}

/** TYPE007: groups, keys and orders are of values that every engine compares. */
const comparedValuesCompare = eachTable((table) => {
  const inQueries = [
    ...tableSteps(table).flatMap(inStep),
    ...computedExprs(table).flatMap(inWindow),
    ...inChanges(table),
  ];
  return [
    ...inQueries.flatMap(({ by, exprs }) =>
      exprs.filter((expr) => !isComparable(expr.type)).map((expr) => refused(table, by, expr)),
    ),
    ...inKey(table),
  ];
});

const COMPARISONS = functionSet("eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe");
/** Functions of two values that say nothing of a value and itself, alongside those that pick a value by another. */
const OF_TWO = functionSet("plus", "minus", "div", "mod", "daysSince", "secondsSince", "coalesce", "greatest", "least");

/** EXPR007: two values are compared or calculated with, not one with itself; nor is one divided by zero. */
const comparedWithAnother = eachTable((table) => {
  // A match that compares nothing else is JOIN004's.
  const matches = tableSteps(table).flatMap((step) =>
    step.kind === "join" || step.kind === "asOfJoin" ? [step.on] : [],
  );
  return computedExprs(table).flatMap((expr) => (matches.includes(expr) ? [] : withItself(expr)));
});

function withItself(expr: ExprNode): readonly Finding[] {
  if (!("fn" in expr)) return [];
  const again = given(expr);
  if (again)
    return [nothing(expr, `${expr.fn}() is given ${again} twice`, "leave the second out, or use what was meant")];
  if (!COMPARISONS.has(expr.fn) && !OF_TWO.has(expr.fn) && orderOf(expr) !== "pick") return [];
  const [first, second] = expr.args;
  const isZero = (expr.fn === "div" || expr.fn === "mod") && second?.kind === "literal" && Number(second.value) === 0;
  if (isZero) return [nothing(expr, `${expr.fn}() by 0 is null on every row`, "divide by what was meant")];
  if (!first || first.id !== second?.id || columnsIn([first]).length === 0) return [];
  const what = named(first);
  const help = "use the column that was meant; isNull() and isNotNull() ask for nulls";
  const compares = COMPARISONS.has(expr.fn) ? `compares ${what} with` : `is of ${what} and`;
  return [nothing(expr, `${expr.fn}() ${compares} itself`, help)];
}

/** What stands in a list of arguments again: a constant of in(), a column that is put together with itself. */
function given(expr: ExprNode): string | undefined {
  if (expr.kind !== "call" || !LISTS.has(expr.fn)) return undefined;
  // What in() looks for is not in its list.
  const args = expr.fn === "in" ? expr.args.slice(1) : expr.args;
  const twice = repeated(args.filter((arg) => isTold(expr.fn, arg)));
  if (twice?.kind === "literal") return JSON.stringify(twice.value);
  return twice && named(twice, "one value");
}

const LISTS = functionSet("in", "concat");

/** The same constant may stand between the parts of a text. */
const isTold = (fn: Called, arg: ExprNode): boolean => fn !== "concat" || columnsIn([arg]).length > 0;

function nothing({ at }: ExprNode, message: string, help: string): Finding {
  return warning({ code: "EXPR007", message, help, at });
}

function inStep(step: RelationNode): readonly Compared[] {
  switch (step.kind) {
    case "aggregate":
      return [{ by: "groupBy()", exprs: exprsOf(step.groups) }];
    case "dedupe":
      return [{ by: "dedupe()", exprs: [...step.keys, ...exprsOf(step.orderBy)] }];
    case "limit":
      return [{ by: "orderBy()", exprs: exprsOf(step.orderBy) }];
    default:
      return [];
  }
}

function inWindow(expr: ExprNode): readonly Compared[] {
  if (expr.kind !== "window") return [];
  return [{ by: "over()", exprs: [...expr.partitionBy, ...exprsOf(expr.orderBy)] }];
}

function inChanges(table: TableNode): readonly Compared[] {
  const changes = tableChanges(table);
  return changes.flatMap((one) => (one.kind === "changes" ? [{ by: "sequenceBy", exprs: [one.sequence] }] : []));
}

/** A key is named by its columns, which are not read by an expression. */
function inKey(table: TableNode): readonly Finding[] {
  const key = new Set(keyOf(table));
  return table.columns
    .filter(({ name, type }) => key.has(name) && !isComparable(type))
    .map((column) => refused(table, "the key", column, column.name));
}

function refused(table: TableNode, by: string, { type, at }: Pick<ExprNode, "type" | "at">, column?: string): Finding {
  return {
    code: "TYPE007",
    message: `${by} of "${table.name}" compares ${typeName(type)}: engines do not agree when two maps or variants are equal`,
    help: "compare a value in it: variantText(), at() or a field, cast to its type",
    at: at ?? table.at,
    ...(column !== undefined && { column }),
  };
}

export const COMPARABLE_RULES: readonly Rule[] = [comparedValuesCompare, comparedWithAnother];
