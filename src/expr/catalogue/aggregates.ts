/** Aggregates and window functions. */
import { asDecimal, decimal, isFractional, isInteger, primitive, type SqlType, typeName } from "../../schema/types.ts";
import type { ValueFacts } from "../nodes.ts";
import {
  any,
  boolean,
  first,
  firstAdditivity,
  firstUnit,
  nestedOrder,
  never,
  numeric,
  orderable,
  sameUnit,
  takes,
} from "./signature.ts";
import {
  type Catalogue,
  type FunctionSpec,
  mismatch,
  type Refusal,
  type RenderInput,
  type Rendering,
  refused,
} from "./spec.ts";
import { asDouble, doubled } from "./widen.ts";

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

/**
 * The sum of a column, of Spark's type. DuckDB's own of decimals may have more than 38 digits, and is no decimal then: with
 * fewer than ten digits to spare the digits are summed as whole numbers, and the cast looks at how many there are.
 */
function sumOf({ args: [x = ""], types: [from], typeName: name }: RenderInput): string | Refusal {
  const type = sumType(from ? [from] : []);
  if ("mismatch" in type) return refused(type.mismatch);
  if (from?.kind !== "decimal" || from.precision <= 28) return `CAST(sum(${x}) AS ${name(type)})`;
  return `CAST(medallion_point(sum(medallion_unscaled(${x})), ${from.scale}) AS ${name(type)})`;
}

function average(input: RenderInput): string | Refusal {
  const { args, types, type, typeName: name } = input;
  const [x = ""] = args;
  const from = types[0] && asDecimal(types[0]);
  if (type.kind !== "decimal" || !from) return `avg(CAST(${x} AS DOUBLE))`;
  if (from.precision === from.scale && from.precision > 28) {
    return refused("the sum has no digit before the point: cast to a decimal that has one");
  }
  const total = from.precision > 28 ? sumOf(input) : `sum(${x})`;
  if (typeof total === "object") return total;
  const shift = type.scale - from.scale;
  const divide = from.precision + 10 + shift > 38 ? "medallion_divide_wide" : "medallion_divide";
  return `CAST(${divide}(${total}, count(${x}), ${shift}, ${type.scale}) AS ${name(type)})`;
}

const statistic = (spark: string, duckdb: Rendering = spark): FunctionSpec => ({
  kind: "aggregate",
  type: takes([numeric], "double"),
  nullable: "always",
  unit: sameUnit,
  additivity: never,
  spark,
  duckdb,
});

/**
 * DuckDB fails where a square leaves the range of a double. Spark's answer is NaN then, as for NaN and Infinity; a sample
 * of one has none.
 */
const spread = (fn: string, least: number): FunctionSpec =>
  statistic(`${fn}($1)`, ({ args: [x = ""], types: [type] }) => {
    if (!type || !isFractional(type)) return `${fn}(${doubled(x, type)})`;
    const enough = least > 1 ? ` AND count(${x}) >= ${least}` : "";
    const squared = `abs(${x}) < 1e150`;
    return `CASE WHEN bool_or(NOT ${squared})${enough} THEN CAST('NaN' AS DOUBLE) ELSE ${fn}(CASE WHEN ${squared} THEN ${x} END) END`;
  });

/** DuckDB's own weighs the two neighbours in another way: it differs in the last digits, and beside Infinity. */
function percentile({ args: [x = ""], types: [type] }: RenderInput, percentage: number): string {
  // Halves of whole numbers are exact.
  if (percentage === 0.5 && type && isInteger(type) && type.kind !== "bigint") return `median(CAST(${x} AS DOUBLE))`;
  return `medallion_percentile(list(${asDouble(x, type)}), ${percentage})`;
}

const extreme = (fn: string): FunctionSpec => ({
  kind: "aggregate",
  type: takes([orderable], first),
  nullable: "always",
  unit: sameUnit,
  additivity: never,
  spark: `${fn}($1)`,
  duckdb: ({ args, types }) => nestedOrder(types) ?? `${fn}(${args[0]})`,
});

/** One balance an account may be summed over accounts; any other pick is a sample. */
const picked = ([value]: readonly ValueFacts[]) =>
  value?.additivity === "semi-additive" ? ("additive" as const) : ("non-additive" as const);

/** Whether there are FLOAT or DOUBLE values inside. */
function holdsFractions(type: SqlType): boolean {
  if (type.kind === "array") return isFractional(type.element) || holdsFractions(type.element);
  if (type.kind === "map") return [type.key, type.value].some((t) => isFractional(t) || holdsFractions(t));
  return type.kind === "struct" && type.fields.some((f) => isFractional(f.type) || holdsFractions(f.type));
}

const pick = (spark: string, duckdb: string, extremeOf: "max" | "min"): FunctionSpec => ({
  kind: "aggregate",
  type: takes([any, orderable], first),
  nullable: "always",
  unit: firstUnit,
  additivity: picked,
  spark: `${spark}($1, $2)`,
  duckdb: ({ args: [x, order], types: [type, by], type: result, typeName: name }) => {
    const refusal = nestedOrder(by ? [by] : []);
    if (refusal) return refusal;
    // DuckDB's own gives a FLOAT's -0, and one inside of another value, as 0.
    if (type?.kind === "float") return `CAST(${duckdb}(CAST(${x} AS DOUBLE), ${order}) AS ${name(result)})`;
    if (!type || !holdsFractions(type)) return `${duckdb}(${x}, ${order})`;
    return `medallion_at(list(${x}), list(${order}), ${extremeOf}(${order}))`;
  },
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
    window: "none",
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
    duckdb: sumOf,
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
  stddev: spread("stddev_samp", 2),
  stddevPop: spread("stddev_pop", 1),
  variance: spread("var_samp", 2),
  variancePop: spread("var_pop", 1),
  median: { ...statistic("median($1)", (input) => percentile(input, 0.5)), window: "partition" },
  percentile: {
    ...statistic("percentile($1, {percentage})", (input) => percentile(input, Number(input.options["percentage"]))),
    window: "partition",
  },
  maxBy: pick("max_by", "arg_max_null", "max"),
  minBy: pick("min_by", "arg_min_null", "min"),
  every: logical("bool_and"),
  some: logical("bool_or"),
  arrayAgg: {
    kind: "aggregate",
    type: takes([orderable], ([type]) => ({ kind: "array", element: type ?? primitive("string") })),
    nullable: "never",
    unit: firstUnit,
    additivity: firstAdditivity,
    spark: "sort_array(collect_list($1))",
    duckdb: ({ args: [x], types }) => {
      const list =
        types[0] && isFractional(types[0])
          ? `medallion_sorted(list(${x}) FILTER (${x} IS NOT NULL))`
          : `list(${x} ORDER BY ${x}) FILTER (${x} IS NOT NULL)`;
      return nestedOrder(types) ?? `coalesce(${list}, [])`;
    },
  },
} satisfies Catalogue;

const ranking = (fn: string): FunctionSpec => ({
  kind: "window",
  type: takes([], "int"),
  nullable: "never",
  additivity: never,
  spark: `${fn}()`,
  duckdb: ({ type, typeName: name }) => `CAST(${fn}() AS ${name(type)})`,
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
