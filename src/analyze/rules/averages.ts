/** Averages of what is an average or a percentile itself. */

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
function placeOf(input: RelationNode, column: string, tables: Tables): string | undefined {
  const stations = traceColumn(input, column, tables);
  const made = stations.at(-1)?.made;
  if (made?.kind === "aggregate" || made?.kind === "window") return PLACES[made.fn];
  // A ratio of what was aggregated in the step before, rounded or not.
  const step = stepThatMakes(input, column, tables);
  const parts = made && step ? columnsIn([made]) : [];
  const isRatio =
    made && subexpressions(made).some((e) => e.kind === "call" && e.fn === "div" && e.args[1]?.kind === "column");
  if (!isRatio || !step) return undefined;
  const aggregated = parts.every(({ name }) => traceColumn(step, name, tables).at(-1)?.made?.kind === "aggregate");
  return aggregated ? "a ratio of sums" : undefined;
}

/** The relation over which the value of a column is worked out. */
function stepThatMakes(node: RelationNode, column: string, tables: Tables, depth = 0): RelationNode | undefined {
  if (depth > 50) return undefined;
  if (node.kind === "table") {
    const table = tables.get(node.table);
    return table?.kind === "query" ? stepThatMakes(table.query, column, tables, depth + 1) : undefined;
  }
  const { inputs, items } = derivation(node);
  const [input] = inputs;
  if (!input || inputs.length > 1) return undefined;
  const expr = items ? itemOf({ inputs, items }, column) : undefined;
  if (!items) return stepThatMakes(input, column, tables, depth + 1);
  return expr?.kind === "column" ? stepThatMakes(input, expr.name, tables, depth + 1) : input;
}

export const AVERAGES_RULES: readonly Rule[] = [averagesAreOfRows];
