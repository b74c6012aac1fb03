/** Averages of what is an average, a percentile or a deviation itself. */

import type { AggregateNode, ExprNode, WindowNode } from "../../ast/expr.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { computedScopes } from "../../ast/scopes.ts";
import { columnsIn, derivation, isConstant, itemOf, subexpressions } from "../../ast/walk.ts";
import { functionSet, specOf } from "../../functions/index.ts";
import type { Statistic } from "../../functions/spec.ts";
import { type Measure, measuresOf } from "../measure.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";

/** METRIC004 */
const averagesAreOfRows = eachTable((table, { tables }) =>
  measuresOf(table).flatMap((measure) => averageOfAverages(measure, tables)),
);

function averageOfAverages({ expr, input }: Measure, tables: TablesByName): readonly Finding[] {
  const [arg] = expr.args;
  if (!arg || !isOfRows(expr)) return [];
  const what = placeOfValue(arg, [input], { tables, path: [] });
  if (what === undefined) return [];
  const column = columnsIn([arg]).at(0)?.name;
  return [
    warning({
      code: "METRIC004",
      message: `${expr.fn}() of ${column === undefined ? "a value" : `"${column}"`}, which is ${what} itself: groups of few rows weigh as much as groups of many`,
      help:
        what === STATISTICS.percentile || what === STATISTICS.deviation
          ? `take ${expr.fn}() of the rows that it was made of`
          : "keep sum() and count(), and divide at the end",
      at: expr.at,
      ...(column !== undefined && { column }),
    }),
  ];
}

const STATISTICS = {
  average: "an average",
  percentile: "a percentile",
  deviation: "a deviation",
} as const satisfies Readonly<Record<Statistic, string>>;

function statisticOf(node: AggregateNode | WindowNode): Statistic | undefined {
  const spec = specOf(node);
  return spec?.kind === "aggregate" ? spec.statistic : undefined;
}

/** How far the averages of groups are apart is asked of the groups: of deviations it is not a mistake. */
function isOfRows(node: AggregateNode | WindowNode): boolean {
  const statistic = statisticOf(node);
  return statistic === "average" || statistic === "percentile";
}

/** METRIC001: that groups are disjoint makes a distinct count a sum, and nothing of an average. */
const onlyCountsAreDisjoint = eachTable((table, { tables }) =>
  computedScopes(table).flatMap(({ expr, inputs }) =>
    subexpressions(expr).flatMap((node) => {
      const [arg] = node.kind === "call" && node.fn === "acknowledgeDisjoint" ? node.args : [];
      const what = arg && placeOfValue(arg, inputs, { tables, path: [] });
      if (what === undefined) return [];
      return [
        {
          code: "METRIC001" as const,
          message: `acknowledgeDisjoint() is for distinct counts, and this is ${what}`,
          help: "aggregate its parts instead",
          at: node.at,
        },
      ];
    }),
  ),
);

/** What is looked for: a column, or a field in it. */
interface Sought {
  readonly tables: TablesByName;
  /** The names of fields, from the outer struct to the inner one. */
  readonly path: readonly string[];
  /** Of what is looked for in a ratio, only that it was aggregated. */
  readonly aggregated?: true;
}

/** What a column says of the group that it is of, and of no more than that group. */
function placeOf(node: RelationNode, column: string, sought: Sought): string | undefined {
  if (node.kind === "table") {
    const table = sought.tables.get(node.table);
    return table?.kind === "query" ? placeOf(table.query, column, sought) : undefined;
  }
  const { inputs, items } = derivation(node);
  if (!items) return first(inputs, (input) => placeOf(input, column, sought));
  const expr = itemOf({ inputs, items }, column);
  return expr && placeOfValue(expr, inputs, sought);
}

function placeOfValue(expr: ExprNode, inputs: readonly RelationNode[], sought: Sought): string | undefined {
  const { path, aggregated } = sought;
  if (expr.kind === "aggregate" || expr.kind === "window") {
    if (aggregated) return expr.kind === "aggregate" ? expr.fn : undefined;
    const statistic = statisticOf(expr);
    return statistic && STATISTICS[statistic];
  }
  if (expr.kind === "column") {
    const input = inputs[expr.side];
    return input && placeOf(input, expr.name, sought);
  }
  if (expr.kind === "struct") {
    const field = expr.fields.find(({ name }) => name === path[0]);
    return field && placeOfValue(field.value, inputs, { ...sought, path: path.slice(1) });
  }
  if (expr.kind === "call" && expr.fn === "field")
    return first(expr.args, (struct) =>
      placeOfValue(struct, inputs, { ...sought, path: [String(expr.options?.["name"]), ...path] }),
    );
  if (!aggregated && isRatioOfSums(expr, inputs, sought)) return "a ratio of sums";
  return first(keptIn(expr), (value) => placeOfValue(value, inputs, sought));
}

/** Whether a value, rounded or not, is a ratio of what was aggregated in a step before. */
function isRatioOfSums(expr: ExprNode, inputs: readonly RelationNode[], { tables }: Sought): boolean {
  const isRatio = subexpressions(expr).some((e) => e.kind === "call" && e.fn === "div" && e.args[1]?.kind === "column");
  const sought: Sought = { tables, path: [], aggregated: true };
  return isRatio && columnsIn([expr]).every((column) => placeOfValue(column, inputs, sought) !== undefined);
}

/** What gives a value as it is, but for its scale, its digits or where it is null. */
const KEEPS: ReadonlySet<string> = new Set([
  ...functionSet("plus", "minus", "times", "div", "negate", "abs", "ceil", "floor", "round"),
  ...functionSet("coalesce", "nullIf", "greatest", "least", "convertUnit", "declassify"),
]);

/** The values that an expression gives. Of calculations those with constants. */
function keptIn(expr: ExprNode): readonly ExprNode[] {
  if (expr.kind === "cast") return [expr.arg];
  if (expr.kind === "case") return [...expr.branches.map((branch) => branch.value), expr.otherwise];
  if (expr.kind !== "call" || !KEEPS.has(expr.fn)) return [];
  const [value, ...others] = expr.args;
  return value && others.every((arg) => isConstant(arg) || arg.kind === "param") ? [value] : [];
}

function first<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const AVERAGES_RULES: readonly Rule[] = [averagesAreOfRows, onlyCountsAreDisjoint];
