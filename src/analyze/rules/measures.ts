/** Measures that mean something else than they seem to: over rows that repeat, of averages, of keys. */

import type { AggregateNode, ExprNode, WindowNode } from "../../ast/expr.ts";
import { tableQueries, tableSteps } from "../../ast/inputs.ts";
import { keyOf } from "../../ast/keys.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { AggregateStepNode, JoinNode, ProjectNode, RelationNode, UnionNode } from "../../ast/relation.ts";
import { columnsIn, derivation, itemOf, subexpressions } from "../../ast/walk.ts";
import { isId } from "../../types/facts.ts";
import { isInteger } from "../../types/types.ts";
import { weightOf } from "../measure.ts";
import { eachTable, type Finding, type Rule, type RuleContext, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";
import { matchesOnce } from "./fan-out.ts";

type Tables = RuleContext["tables"];

/** An aggregate of a group, or over a window. */
type Measure = AggregateNode | WindowNode;

/** METRIC003, METRIC004, METRIC005: what is counted, averaged and summed in groups and over windows. */
const measuresMeanWhatTheySay = eachTable((table, { tables }) =>
  tableSteps(table).flatMap((step) => {
    if (step.kind !== "aggregate" && step.kind !== "project") return [];
    const measures = measuresOf(step);
    const repeats = measures.length > 0 ? repeatingJoin(step.input, tables) : undefined;
    return measures.flatMap((expr) => [
      ...(repeats ? countedAgain(expr, step.input, repeats) : []),
      ...averageOfAverages(expr, step.input, tables),
      ...sumOfKey(expr, step.input, tables),
    ]);
  }),
);

function measuresOf(step: AggregateStepNode | ProjectNode): readonly Measure[] {
  if (step.kind === "aggregate") return step.measures.flatMap(({ expr }) => (expr.kind === "aggregate" ? [expr] : []));
  return step.items.flatMap(({ expr }) => subexpressions(expr).filter((e) => e.kind === "window"));
}

// ---- rows that repeat

/** A count of the rows of a join counts matches; a number that is made there, such as 1 for each row, is a count as well. */
function countedAgain(expr: Measure, input: RelationNode, join: JoinNode): readonly Finding[] {
  const weight = weightOf(expr);
  const counts = weight === "count";
  const [arg] = expr.args;
  const sums = (weight === "sum" || weight === "mean") && arg?.additivity === "additive";
  if ((!counts && !sums) || (arg && isAcknowledged(arg, input, join))) return [];
  const where = join.at ? ` (${join.at})` : "";
  return [
    {
      code: "METRIC003",
      severity: counts ? "warning" : "error",
      message: `${expr.fn}() is over the matches of a join${where}, which may repeat the rows of both sides`,
      help: counts
        ? "count before the join, use lookup(), countDistinct() the key of what is counted, or acknowledgeFanOut() a number in it"
        : "aggregate before the join, use lookup(), or acknowledgeFanOut()",
      at: expr.at,
    },
  ];
}

/** Whether what a value is made of says that it is meant to repeat: there, or in a step before it, down to `last`. */
export function isAcknowledged(expr: ExprNode, from: RelationNode, last?: RelationNode): boolean {
  const seen = new Map<RelationNode, Set<string>>();
  const says = (made: ExprNode, inputs: readonly RelationNode[]): boolean =>
    subexpressions(made).some((e) =>
      e.kind === "column" ? comesSo(inputs[e.side], e.name) : e.kind === "call" && e.fn === "acknowledgeFanOut",
    );
  const comesSo = (node: RelationNode | undefined, column: string): boolean => {
    if (!node || node.kind === "union" || seen.get(node)?.has(column)) return false;
    seen.set(node, (seen.get(node) ?? new Set()).add(column));
    const step = derivation(node);
    const inputs = node === last ? [] : step.inputs;
    if (!step.items) return comesSo(inputs[0], column);
    const made = itemOf(step, column);
    return made !== undefined && says(made, inputs);
  };
  return says(expr, [from]);
}

/** The join under a step that may give a row of either side several times, as far as is known of keys. */
function repeatingJoin(node: RelationNode, tables: Tables): JoinNode | undefined {
  switch (node.kind) {
    case "where":
    case "project":
    case "limit":
      return repeatingJoin(node.input, tables);
    case "lookup":
    case "asOfJoin":
      return repeatingJoin(node.left, tables);
    case "join":
      if (node.type === "semi" || node.type === "anti") return repeatingJoin(node.left, tables);
      return matchesOnce(node, 0, tables) || matchesOnce(node, 1, tables) ? undefined : node;
    default:
      return undefined;
  }
}

// ---- averages of averages

function averageOfAverages(expr: Measure, input: RelationNode, tables: Tables): readonly Finding[] {
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

// ---- sums of keys

function sumOfKey(expr: Measure, input: RelationNode, tables: Tables): readonly Finding[] {
  const [arg] = expr.args;
  const weight = weightOf(expr);
  if ((weight !== "sum" && weight !== "mean") || arg?.kind !== "column" || !isInteger(arg.type) || isId(arg.unit))
    return [];
  const key = traceColumn(input, arg.name, tables).find((station) => isIdentity(station.table, station.column));
  if (!key?.table) return [];
  return [
    {
      code: "METRIC005",
      ...(weight === "mean" && { severity: "warning" }),
      message: `${expr.fn}() of "${arg.name}", which identifies rows of "${key.table.name}"`,
      help: "count() or countDistinct() it, or sum the column that you meant",
      at: expr.at,
      column: arg.name,
    },
  ];
}

function isIdentity(table: TableNode | undefined, column: string): boolean {
  if (!table) return false;
  return (
    keyOf(table)?.includes(column) || table.settings.references.some((reference) => reference.columns.includes(column))
  );
}

// ---- unions of the same rows

/** UNION002: no rows are taken twice. */
const unionsOfDifferentRows = eachTable((table) => [
  ...tableSteps(table).flatMap((step) => (step.kind === "union" ? takenTwice(step) : [])),
  ...sameFlows(table),
]);

function takenTwice({ inputs, at }: UnionNode): readonly Finding[] {
  return repeatedId(inputs) ? [twice("union() reads the same rows twice", at)] : [];
}

function sameFlows(table: TableNode): readonly Finding[] {
  const queries = tableQueries(table);
  return table.kind === "query" && repeatedId(queries)
    ? [twice(`a flow of "${table.name}" reads the same rows as another`, table.at)]
    : [];
}

const repeatedId = (queries: readonly RelationNode[]): boolean =>
  new Set(queries.map((query) => query.id)).size < queries.length;

function twice(message: string, at: string | undefined): Finding {
  return {
    code: "UNION002",
    message,
    help: "leave one of them out, or tell them apart with where()",
    at,
  };
}

export const MEASURES_RULES: readonly Rule[] = [measuresMeanWhatTheySay, unionsOfDifferentRows];
