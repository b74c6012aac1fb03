/** Arithmetic with the result types of Spark's ANSI mode. */
import {
  adjusted,
  asDecimal,
  type DecimalType,
  decimal,
  isFractional,
  isInteger,
  primitive,
  type SqlType,
  typeName,
  widerType,
} from "../../schema/types.ts";
import type { ValueFacts } from "../nodes.ts";
import { product, quotient, remainder, sum } from "./decimals.ts";
import {
  common,
  first,
  firstAdditivity,
  firstUnit,
  integer,
  leastAdditive,
  never,
  numeric,
  orderable,
  sameUnit,
  takes,
} from "./signature.ts";
import { type Catalogue, type FunctionSpec, mismatch, type RenderInput, type Rendering, refused } from "./spec.ts";
import { asDouble, decimalConstant, divisor, doubled, unified } from "./widen.ts";

type DecimalRule = (a: DecimalType, b: DecimalType) => DecimalType;

/** Decimal rules of Spark's `Add`, `Multiply`, `Divide` and `Remainder`. */
const SUM: DecimalRule = (a, b) => {
  const scale = Math.max(a.scale, b.scale);
  return adjusted(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
};
const PRODUCT: DecimalRule = (a, b) => adjusted(a.precision + b.precision + 1, a.scale + b.scale);
const QUOTIENT: DecimalRule = (a, b) => {
  const scale = Math.max(6, a.scale + b.precision + 1);
  return adjusted(a.precision - a.scale + b.scale + scale, scale);
};
const REMAINDER: DecimalRule = (a, b) => {
  const scale = Math.max(a.scale, b.scale);
  return adjusted(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
};

function arithmetic(rule: DecimalRule): FunctionSpec["type"] {
  return (args) => {
    const [a, b] = args;
    const wide = a && b && numeric(a) && numeric(b) ? widerType(a, b) : undefined;
    if (!a || !b || !wide) return mismatch(`takes numbers, not ${args.map(typeName).join(" and ")}`);
    const [x, y] = [asDecimal(a), asDecimal(b)];
    return wide.kind === "decimal" && x && y ? rule(x, y) : wide;
  };
}

/** `/` on integers and fractions is a double; on decimals it stays decimal. */
const division: FunctionSpec["type"] = (args, options) => {
  const type = arithmetic(QUOTIENT)(args, options);
  if ("mismatch" in type) return type;
  return type.kind === "decimal" ? type : primitive("double");
};

/** Beside a bare 0 Spark would give up scale, and small divisors would be 0. */
function sparkDivisor({ args: [, b = ""], types: [, type], typeName }: RenderInput): string {
  const zero = type?.kind === "decimal" && type.scale > 28 ? `CAST(0 AS ${typeName(type)})` : "0";
  const divided = divisor(b, zero);
  return divided === b ? b : divisor(decimalConstant(b, type), zero);
}

export function unitProduct([a, b]: readonly ValueFacts[]): string {
  const [u, v] = [a?.unit ?? "", b?.unit ?? ""];
  return u === "" ? v : v === "" ? u : `${u}*${v}`;
}

export function unitQuotient([a, b]: readonly ValueFacts[]): string {
  const [u, v] = [a?.unit ?? "", b?.unit ?? ""];
  return v === "" ? u : u === v ? "" : `${u}/${v}`;
}

const measure = { unit: sameUnit, additivity: leastAdditive } as const;

function toInteger(type: SqlType | undefined): SqlType {
  if (type?.kind === "decimal") return decimal(Math.max(type.precision - type.scale + (type.scale > 0 ? 1 : 0), 1), 0);
  return primitive("bigint");
}

const rounding = (fn: string): FunctionSpec => ({
  kind: "scalar",
  type: takes([numeric], ([type]) => toInteger(type)),
  ...measure,
  spark: `${fn}($1)`,
  duckdb: ({ args: [x], types: [from], type, typeName }) => {
    if (from && isInteger(from)) return `CAST(${x} AS ${typeName(type)})`;
    // Spark's whole number of NaN is 0.
    const value = from && isFractional(from) ? `CASE WHEN isnan(${x}) THEN 0 ELSE ${x} END` : x;
    return `CAST(${fn}(${value}) AS ${typeName(type)})`;
  },
});

/** Spark changes the sign of a decimal with 34 digits of precision (Scala's BigDecimal). */
const sign =
  (sql: string): Rendering =>
  ({ args: [x], types: [type] }) =>
    type?.kind === "decimal" && type.precision > 34
      ? refused("Spark rounds a decimal of more than 34 digits when it changes its sign: cast to fewer digits first")
      : sql.replace("$1", () => x ?? "");

const extreme =
  (fn: string): Rendering =>
  (input) => {
    const args = unified(input);
    // DuckDB's own gives a FLOAT's -0 as 0.
    if (input.type.kind !== "float") return `${fn}(${args.join(", ")})`;
    return `CAST(${fn}(${args.map((x) => `CAST(${x} AS DOUBLE)`).join(", ")}) AS ${input.typeName(input.type)})`;
  };

/** Without the macro where it would only multiply: it is long. */
function power({ args: [x = "", y = ""], types: [base, exponent] }: RenderInput): string {
  const real = asDouble(x, base);
  if (y === "1") return real;
  return y === "2" ? `${real} * ${real}` : `medallion_power(${real}, ${asDouble(y, exponent)})`;
}

const real = (sql: string, duckdb: (x: string) => string): FunctionSpec => ({
  kind: "scalar",
  type: takes([numeric], "double"),
  additivity: never,
  spark: sql,
  duckdb: ({ args: [x = ""], types: [type] }) => duckdb(doubled(x, type)),
});

export const arithmeticFunctions = {
  plus: { kind: "scalar", type: arithmetic(SUM), ...measure, spark: "$1 + $2", duckdb: sum("+") },
  minus: { kind: "scalar", type: arithmetic(SUM), ...measure, spark: "$1 - $2", duckdb: sum("-") },
  times: {
    kind: "scalar",
    type: arithmetic(PRODUCT),
    unit: unitProduct,
    additivity: leastAdditive,
    spark: "$1 * $2",
    duckdb: product,
  },
  div: {
    kind: "scalar",
    type: division,
    nullable: "always",
    unit: unitQuotient,
    additivity: never,
    spark: (input) => `${input.args[0]} / ${sparkDivisor(input)}`,
    duckdb: quotient,
  },
  mod: {
    kind: "scalar",
    type: arithmetic(REMAINDER),
    nullable: "always",
    unit: firstUnit,
    additivity: never,
    spark: (input) => `${input.args[0]} % ${sparkDivisor(input)}`,
    duckdb: remainder,
  },
  negate: { kind: "scalar", type: takes([numeric], first), ...measure, spark: "-($1)", duckdb: sign("-($1)") },
  abs: {
    kind: "scalar",
    type: takes([numeric], first),
    unit: sameUnit,
    additivity: never,
    spark: "abs($1)",
    duckdb: sign("abs($1)"),
  },
  ceil: rounding("ceil"),
  floor: rounding("floor"),
  round: {
    kind: "scalar",
    type: roundType,
    ...measure,
    spark: "round($1, {digits})",
    duckdb: ({ args, type, typeName, options }) => `CAST(round(${args[0]}, ${options["digits"]}) AS ${typeName(type)})`,
  },
  sqrt: real("sqrt($1)", (x) => `CASE WHEN ${x} < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt(${x}) END`),
  exp: real("exp($1)", (x) => `medallion_exp(${x})`),
  power: {
    kind: "scalar",
    type: takes([numeric, numeric], "double"),
    additivity: never,
    spark: "power($1, $2)",
    duckdb: power,
  },
  ln: {
    ...real("ln($1)", (x) => `medallion_ln(CASE WHEN ${x} > 0 THEN ${x} END)`),
    nullable: "always",
  },
  log10: {
    ...real("log10($1)", (x) => `medallion_log10(CASE WHEN ${x} > 0 THEN ${x} END)`),
    nullable: "always",
  },
  greatest: {
    kind: "scalar",
    type: common(orderable),
    unit: sameUnit,
    additivity: never,
    nullable: allNull,
    spark: "greatest($*)",
    duckdb: extreme("greatest"),
  },
  least: {
    kind: "scalar",
    type: common(orderable),
    unit: sameUnit,
    additivity: never,
    nullable: allNull,
    spark: "least($*)",
    duckdb: extreme("least"),
  },
  convertUnit: {
    kind: "scalar",
    type: arithmetic(PRODUCT),
    unit: (_, options) => String(options["to"]),
    additivity: firstAdditivity,
    spark: "$1 * $2",
    duckdb: product,
  },
  acknowledgeFanOut: {
    kind: "scalar",
    type: takes([numeric], first),
    unit: sameUnit,
    additivity: ([a]) => (a?.additivity === "fanned-out" ? "additive" : (a?.additivity ?? "additive")),
    spark: "$1",
    duckdb: "$1",
  },
  bitAnd: {
    kind: "scalar",
    type: takes([integer, integer], (args) => widerType(first(args), args[1] ?? first(args)) ?? first(args)),
    additivity: never,
    spark: "$1 & $2",
    duckdb: "$1 & $2",
  },
} satisfies Catalogue;

function allNull(args: readonly ValueFacts[]): boolean {
  return args.every((arg) => arg.nullable);
}

/** Spark's `RoundBase`: integers stay, decimals keep `digits` of scale and may carry into one more digit. */
function roundType(
  args: readonly SqlType[],
  options: Readonly<Record<string, unknown>>,
): SqlType | { mismatch: string } {
  const [type] = args;
  if (!type || !numeric(type)) return mismatch(`takes a number, not ${args.map(typeName).join()}`);
  if (isFractional(type)) {
    return mismatch("rounds decimals and integers: the engines round a double differently; cast to decimal first");
  }
  if (type.kind !== "decimal") return type;
  const digits = Number(options["digits"]);
  const integerDigits = type.precision - type.scale + 1;
  if (digits >= type.scale) return decimal(Math.min(integerDigits + type.scale, 38), type.scale);
  return decimal(Math.min(integerDigits + Math.max(digits, 0), 38), Math.max(digits, 0));
}
