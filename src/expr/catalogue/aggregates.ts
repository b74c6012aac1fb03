/** Aggregates and window functions. */
import { asDecimal, decimal, isFractional, primitive, type SqlType, typeName } from "../../schema/types.ts";
import type { ValueFacts } from "../nodes.ts";
import {
  any,
  boolean,
  first,
  firstAdditivity,
  firstUnit,
  never,
  numeric,
  orderable,
  sameUnit,
  takes,
} from "./signature.ts";
import { type Catalogue, type FunctionSpec, mismatch, type RenderInput } from "./spec.ts";

/** Spark's `Sum`: integers to bigint, decimals with ten digits more, fractions to double. */
function sumType([type]: readonly SqlType[]): SqlType | { readonly mismatch: string } {
  if (!type || !numeric(type)) return mismatch(`takes a number, not ${type ? typeName(type) : "nothing"}`);
  if (isFractional(type)) return primitive("double");
  return type.kind === "decimal" ? decimal(Math.min(type.precision + 10, 38), type.scale) : primitive("bigint");
}

/** Spark's `Average`: decimals with four digits of scale more, all else double. */
function averageType([type]: readonly SqlType[]): SqlType | { readonly mismatch: string } {
  if (!type || !numeric(type)) return mismatch(`takes a number, not ${type ? typeName(type) : "nothing"}`);
  if (type.kind !== "decimal") return primitive("double");
  return decimal(Math.min(type.precision + 4, 38), Math.min(type.scale + 4, 38));
}

function average({ args: [x], types: [from], type, typeName: name }: RenderInput): string {
  if (type.kind !== "decimal") return `avg(CAST(${x} AS DOUBLE))`;
  const shift = type.scale - (from ? (asDecimal(from)?.scale ?? 0) : 0);
  return `CAST(medallion_divide(sum(${x}), count(${x}), ${shift}, ${type.scale}) AS ${name(type)})`;
}

const statistic = (spark: string, duckdb = spark): FunctionSpec => ({
  kind: "aggregate",
  type: takes([numeric], "double"),
  nullable: "always",
  unit: sameUnit,
  additivity: never,
  spark,
  duckdb,
});

const extreme = (fn: string): FunctionSpec => ({
  kind: "aggregate",
  type: takes([orderable], first),
  nullable: "always",
  unit: sameUnit,
  additivity: never,
  spark: `${fn}($1)`,
  duckdb: `${fn}($1)`,
});

/** One balance an account may be summed over accounts; any other pick is a sample. */
const picked = ([value]: readonly ValueFacts[]) =>
  value?.additivity === "semi-additive" ? ("additive" as const) : ("non-additive" as const);

const pick = (spark: string, duckdb: string): FunctionSpec => ({
  kind: "aggregate",
  type: takes([any, orderable], first),
  nullable: "always",
  unit: firstUnit,
  additivity: picked,
  spark,
  duckdb,
});

const logical = (fn: string): FunctionSpec => ({
  kind: "aggregate",
  type: takes([boolean], "boolean"),
  nullable: "always",
  spark: `${fn}($1)`,
  duckdb: `${fn}($1)`,
});

export const aggregateFunctions = {
  count: {
    kind: "aggregate",
    type: takes([any], "bigint"),
    nullable: "never",
    labels: "clear",
    spark: "count($1)",
    duckdb: "count($1)",
  },
  countRows: { kind: "aggregate", type: takes([], "bigint"), nullable: "never", spark: "count(*)", duckdb: "count(*)" },
  countDistinct: {
    kind: "aggregate",
    type: takes([orderable], "bigint"),
    nullable: "never",
    labels: "clear",
    additivity: never,
    spark: "count(DISTINCT $1)",
    duckdb: "count(DISTINCT $1)",
  },
  countIf: {
    kind: "aggregate",
    type: takes([boolean], "bigint"),
    nullable: "never",
    labels: "clear",
    spark: "count_if($1)",
    // DuckDB's count_if is null over nulls alone.
    duckdb: "count(CASE WHEN $1 THEN 1 END)",
  },
  sum: {
    kind: "aggregate",
    type: sumType,
    nullable: "always",
    unit: sameUnit,
    spark: "sum($1)",
    duckdb: ({ args, type, typeName: name }) => `CAST(sum(${args[0]}) AS ${name(type)})`,
  },
  avg: {
    kind: "aggregate",
    type: averageType,
    nullable: "always",
    unit: sameUnit,
    additivity: never,
    spark: "avg($1)",
    duckdb: average,
  },
  min: extreme("min"),
  max: extreme("max"),
  stddev: statistic("stddev_samp($1)"),
  stddevPop: statistic("stddev_pop($1)"),
  variance: statistic("var_samp($1)"),
  variancePop: statistic("var_pop($1)"),
  median: statistic("median($1)", "median(CAST($1 AS DOUBLE))"),
  percentile: statistic("percentile($1, {percentage})", "quantile_cont(CAST($1 AS DOUBLE), {percentage})"),
  maxBy: pick("max_by($1, $2)", "arg_max_null($1, $2)"),
  minBy: pick("min_by($1, $2)", "arg_min_null($1, $2)"),
  every: logical("bool_and"),
  some: logical("bool_or"),
  arrayAgg: {
    kind: "aggregate",
    type: takes([orderable], ([type]) => ({ kind: "array", element: type ?? primitive("string") })),
    nullable: "never",
    unit: firstUnit,
    additivity: firstAdditivity,
    spark: "sort_array(collect_list($1))",
    duckdb: "coalesce(list($1 ORDER BY $1 NULLS FIRST) FILTER ($1 IS NOT NULL), [])",
  },
} satisfies Catalogue;

const ranking = (fn: string): FunctionSpec => ({
  kind: "window",
  type: takes([], "int"),
  nullable: "never",
  additivity: never,
  spark: `${fn}()`,
  duckdb: `${fn}()`,
});

const neighbour = (fn: string): FunctionSpec => ({
  kind: "window",
  type: takes([any], first),
  nullable: "always",
  unit: sameUnit,
  additivity: never,
  spark: `${fn}($1, {offset})`,
  duckdb: `${fn}($1, {offset})`,
});

const edge = (fn: string): FunctionSpec => ({ ...neighbour(fn), spark: `${fn}($1)`, duckdb: `${fn}($1)` });

export const windowFunctions = {
  rowNumber: ranking("row_number"),
  rank: ranking("rank"),
  denseRank: ranking("dense_rank"),
  lag: neighbour("lag"),
  lead: neighbour("lead"),
  firstValue: edge("first_value"),
  lastValue: edge("last_value"),
} satisfies Catalogue;
