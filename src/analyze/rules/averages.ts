/** Averages of what is an average or a percentile itself. */

import type { ExprNode } from "../../ast/expr.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { columnsIn, derivation, itemOf, subexpressions } from "../../ast/walk.ts";
import { type Measure, measuresOf } from "../measure.ts";
import { eachTable, type Finding, type Rule, type RuleContext, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";

type Tables = RuleContext["tables"];

/** METRIC004 */
const averagesAreOfRows = eachTable((table, { tables }) =>
  measuresOf(table).flatMap((measure) => averageOfAverages(measure, tables)),
);

function averageOfAverages({ expr, input }: Measure, tables: Tables): readonly Finding[] {
  const [arg] = expr.args;
  if ((expr.fn !== "avg" && expr.fn !== "median") || arg?.kind !== "column") return [];
  const what = placeOf(input, arg.name, tables);
  if (what === undefined) return [];
  return [
    warning({
      code: "METRIC004",
      message: `${expr.fn}() of "${arg.name}", which is ${what} itself: groups of few rows weigh as much as groups of many`,
      help:
        what === PERCENTILE
          ? `take ${expr.fn}() of the rows that it was made of`
          : "keep sum() and count(), and divide at the end",
      at: expr.at,
      column: arg.name,
    }),
  ];
}

const PERCENTILE = "a percentile";
const PLACES: Readonly<Record<string, string>> = { avg: "an average", median: PERCENTILE, percentile: PERCENTILE };

/** What a column says of the group that it is of, and of no more than that group. */
function placeOf(node: RelationNode, column: string, tables: Tables, depth = 0): string | undefined {
  // A manifest may hold tables that read each other.
  if (depth > 100) return undefined;
  if (node.kind === "table") {
    const table = tables.get(node.table);
    return table?.kind === "query" ? placeOf(table.query, column, tables, depth + 1) : undefined;
  }
  const { inputs, items } = derivation(node);
  if (!items) return first(inputs, (input) => placeOf(input, column, tables, depth + 1));
  const expr = itemOf({ inputs, items }, column);
  return expr && placeOfValue(expr, inputs, tables, depth + 1);
}

function placeOfValue(
  expr: ExprNode,
  inputs: readonly RelationNode[],
  tables: Tables,
  depth: number,
): string | undefined {
  if (expr.kind === "aggregate" || expr.kind === "window") return PLACES[expr.fn];
  if (expr.kind === "column") {
    const input = inputs[expr.side];
    return input && placeOf(input, expr.name, tables, depth);
  }
  if (isRatioOfSums(expr, inputs, tables)) return "a ratio of sums";
  return first(keptIn(expr), (value) => placeOfValue(value, inputs, tables, depth));
}

/** Whether a value, rounded or not, is a ratio of what was aggregated in the step before. */
function isRatioOfSums(expr: ExprNode, [step, ...others]: readonly RelationNode[], tables: Tables): boolean {
  const isRatio = subexpressions(expr).some((e) => e.kind === "call" && e.fn === "div" && e.args[1]?.kind === "column");
  if (!isRatio || !step || others.length > 0) return false;
  return columnsIn([expr]).every(({ name }) => traceColumn(step, name, tables).at(-1)?.made?.kind === "aggregate");
}

/** What gives a value as it is, but for its scale, its digits or where it is null. */
const KEEPS: ReadonlySet<string> = new Set([
  "abs",
  "ceil",
  "coalesce",
  "convertUnit",
  "declassify",
  "div",
  "floor",
  "greatest",
  "least",
  "minus",
  "negate",
  "nullIf",
  "plus",
  "round",
  "times",
]);

/** The values that an expression gives. Of calculations those with constants. */
function keptIn(expr: ExprNode): readonly ExprNode[] {
  if (expr.kind === "cast") return [expr.arg];
  if (expr.kind === "case") return [...expr.branches.map((branch) => branch.value), expr.otherwise];
  if (expr.kind !== "call" || !KEEPS.has(expr.fn)) return [];
  const [value, ...others] = expr.args;
  return value && others.every((arg) => arg.kind === "literal" || arg.kind === "param") ? [value] : [];
}

function first<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const AVERAGES_RULES: readonly Rule[] = [averagesAreOfRows];
