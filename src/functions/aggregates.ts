/** Aggregates and window functions. */
import { isId, type ValueFacts } from "../types/facts.ts";
import { decimal, isFractional, primitive, type SqlType } from "../types/types.ts";
import { atom, call, noArgument } from "./fragment.ts";
import { count } from "./options.ts";
import { addable, any, boolean, first, firstAdditivity, never, numeric, orderable, takes } from "./signature.ts";
import type {
  AggregateSpec,
  NumberCatalogue,
  OfNumbers,
  OptionCheck,
  OrderRule,
  Statistic,
  WindowSpec,
} from "./spec.ts";

/** The type of an aggregate of numbers. */
const ofNumber = (result: (type: SqlType) => SqlType) => takes([addable], (args) => result(first(args)));

/** Spark's `Sum`: integers to bigint, decimals with ten digits more, fractions to double. */
export const sumType: ReturnType<typeof ofNumber> = ofNumber((type) => {
  if (isFractional(type)) return primitive("double");
  return type.kind === "decimal" ? decimal(Math.min(type.precision + 10, 38), type.scale) : primitive("bigint");
});

/** Spark's `Average`: decimals with four digits of scale more, all else double. */
const averageType = ofNumber((type) =>
  type.kind === "decimal"
    ? decimal(Math.min(type.precision + 4, 38), Math.min(type.scale + 4, 38))
    : primitive("double"),
);

const statistic = (kind: Statistic, spark: string): OfNumbers<AggregateSpec> => ({
  kind: "aggregate",
  weighs: "mean",
  statistic: kind,
  order: "none",
  type: takes([numeric], "double"),
  nullable: "always",
  unit: "same",
  additivity: never,
  spark,
});

const extreme = (fn: string): OfNumbers<AggregateSpec> => ({
  kind: "aggregate",
  weighs: "nothing",
  order: "none",
  orders: true,
  type: takes([orderable], first),
  nullable: "always",
  overSome: "never",
  unit: "same",
  additivity: never,
  spark: `${fn}($1)`,
});

/**
 * The balance of an account at one time may be summed over accounts; any other pick is a sample. Where groups are of a time
 * as well, the step makes a balance of it again.
 */
const picked = ([value, order]: readonly ValueFacts[]) =>
  value?.additivity === "semi-additive" && order && mayTellTime(order)
    ? ("additive" as const)
    : ("non-additive" as const);

/** Whether a value may say when a row was: a time, a text of one, the number of an event. An amount does not. */
const mayTellTime = ({ type, unit, additivity }: ValueFacts): boolean =>
  !["float", "double", "boolean"].includes(type.kind) && (unit === "" || isId(unit)) && additivity !== "semi-additive";

/** Balances of one time add up to a balance. */
const summed = ([value]: readonly ValueFacts[]) =>
  value?.additivity === "semi-additive" ? ("semi-additive" as const) : ("additive" as const);

const pick = (fn: string): OfNumbers<AggregateSpec> => ({
  kind: "aggregate",
  weighs: "nothing",
  order: "pick",
  type: takes([any, orderable], first),
  nullable: "always",
  overSome: "never",
  unit: "first",
  additivity: picked,
  // Spark compares structs field by field, nulls first.
  spark: ({ args: [x = noArgument(), order = noArgument()], nullable: [, isNullable], ties, aggregate }) => {
    if (ties.length === 0) return aggregate(`${fn}($1, $2)`, x, order);
    const place = call("struct", [order, ...ties.map((tie) => tie.sql)]);
    return aggregate(`${fn}($1, $2)`, x, isNullable ? atom`CASE WHEN ${order} IS NOT NULL THEN ${place} END` : place);
  },
});

const logical = (fn: string): OfNumbers<AggregateSpec> => ({
  kind: "aggregate",
  weighs: "nothing",
  order: "none",
  unit: "none",
  type: takes([boolean], "boolean"),
  nullable: "always",
  overSome: "never",
  spark: `${fn}($1)`,
});

const fraction: OptionCheck = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? undefined : "must be between 0 and 1";

export const aggregateFunctions = {
  count: {
    kind: "aggregate",
    weighs: "count",
    order: "none",
    unit: "none",
    type: takes([any], "bigint"),
    nullable: "never",
    labels: "clear",
    spark: "count($1)",
  },
  countRows: {
    kind: "aggregate",
    weighs: "count",
    order: "none",
    unit: "none",
    type: takes([], "bigint"),
    nullable: "never",
    called: "fn",
    spark: "count(*)",
  },
  countDistinct: {
    kind: "aggregate",
    weighs: "nothing",
    order: "none",
    unit: "none",
    type: takes([orderable], "bigint"),
    nullable: "never",
    labels: "clear",
    additivity: never,
    window: "none",
    spark: "count(DISTINCT $1)",
  },
  countIf: {
    kind: "aggregate",
    weighs: "count",
    order: "none",
    unit: "none",
    type: takes([boolean], "bigint"),
    nullable: "never",
    spark: "count_if($1)",
  },
  sum: {
    kind: "aggregate",
    weighs: "sum",
    order: "none",
    type: sumType,
    nullable: "always",
    overSome: "never",
    unit: "same",
    additivity: summed,
    spark: "sum($1)",
  },
  avg: {
    kind: "aggregate",
    weighs: "mean",
    statistic: "average",
    order: "none",
    type: averageType,
    nullable: "always",
    overSome: "never",
    unit: "same",
    additivity: never,
    spark: "avg($1)",
  },
  min: extreme("min"),
  max: extreme("max"),
  stddev: statistic("deviation", "stddev_samp($1)"),
  stddevPop: { ...statistic("deviation", "stddev_pop($1)"), overSome: "never" },
  variance: statistic("deviation", "var_samp($1)"),
  variancePop: { ...statistic("deviation", "var_pop($1)"), overSome: "never" },
  median: { ...statistic("percentile", "median($1)"), window: "partition", overSome: "never" },
  percentile: {
    ...statistic("percentile", "percentile($1, {percentage})"),
    window: "partition",
    overSome: "never",
    options: [["percentage", fraction]],
  },
  maxBy: pick("max_by"),
  minBy: pick("min_by"),
  every: logical("bool_and"),
  some: logical("bool_or"),
  arrayAgg: {
    kind: "aggregate",
    weighs: "nothing",
    order: "none",
    type: takes([orderable], ([type]) => ({ kind: "array", element: type ?? primitive("string") })),
    nullable: "never",
    unit: "first",
    additivity: firstAdditivity,
    spark: ({ args, aggregate }) => call("sort_array", [aggregate("collect_list($1)", ...args)]),
  },
} satisfies NumberCatalogue;

/** The place of a row among others, counted from one, or as a share of them. */
const ranking = (fn: string, order: OrderRule, type: "int" | "double" = "int"): OfNumbers<WindowSpec> => ({
  kind: "window",
  order,
  unit: "none",
  type: takes([], type),
  range: type === "int" ? [1, Infinity] : [0, 1],
  nullable: "never",
  additivity: never,
  spark: `${fn}()`,
});

const neighbour = (spark: string, order: OrderRule): OfNumbers<WindowSpec> => ({
  kind: "window",
  order,
  type: takes([any], first),
  nullable: "always",
  unit: "same",
  additivity: never,
  spark,
});

export const windowFunctions = {
  rowNumber: { ...ranking("row_number", "total"), called: "fn" },
  rank: { ...ranking("rank", "none"), called: "fn" },
  denseRank: { ...ranking("dense_rank", "none"), called: "fn" },
  percentRank: { ...ranking("percent_rank", "none", "double"), called: "fn" },
  cumeDist: { ...ranking("cume_dist", "none", "double"), called: "fn" },
  lag: { ...neighbour("lag($1, {offset})", "total"), options: [["offset", count(0), 1]] },
  lead: { ...neighbour("lead($1, {offset})", "total"), options: [["offset", count(0), 1]] },
  firstValue: neighbour("first_value($1)", "first"),
  lastValue: neighbour("last_value($1)", "last"),
} satisfies NumberCatalogue;
