/** Arithmetic with the result types of Spark's ANSI mode. */
import {
  adjusted,
  asDecimal,
  type DecimalType,
  decimal,
  isFractional,
  primitive,
  type SqlType,
  typeName,
  widerType,
} from "../../schema/types.ts";
import type { ValueFacts } from "../nodes.ts";
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
import { type Catalogue, type FunctionSpec, mismatch, type RenderInput } from "./spec.ts";

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

/** DuckDB's own decimal results are of another precision: say ours. */
const asDeclared =
  (operator: string) =>
  ({ args: [a, b], type, typeName }: RenderInput) =>
    type.kind === "decimal" ? `CAST(${a} ${operator} ${b} AS ${typeName(type)})` : `${a} ${operator} ${b}`;

/** Exact decimal division with Spark's HALF_UP; DuckDB itself would go through a double. */
function divide({ args: [a, b], types: [left, right], type, typeName }: RenderInput): string {
  if (type.kind !== "decimal") return `CAST(${a} AS DOUBLE) / nullif(${b}, 0)`;
  const [x, y] = [asDecimal(left ?? type), asDecimal(right ?? type)];
  const shift = type.scale + (y?.scale ?? 0) - (x?.scale ?? 0);
  return `CAST(medallion_divide(${a}, ${b}, ${shift}, ${type.scale}) AS ${typeName(type)})`;
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
  duckdb: ({ args, type, typeName }) => `CAST(${fn}(${args[0]}) AS ${typeName(type)})`,
});

const real = (sql: string, duckdb: string = sql): FunctionSpec => ({
  kind: "scalar",
  type: takes([numeric], "double"),
  additivity: never,
  spark: sql,
  duckdb,
});

export const arithmeticFunctions = {
  plus: { kind: "scalar", type: arithmetic(SUM), ...measure, spark: "$1 + $2", duckdb: asDeclared("+") },
  minus: { kind: "scalar", type: arithmetic(SUM), ...measure, spark: "$1 - $2", duckdb: asDeclared("-") },
  times: {
    kind: "scalar",
    type: arithmetic(PRODUCT),
    unit: unitProduct,
    additivity: leastAdditive,
    spark: "$1 * $2",
    duckdb: asDeclared("*"),
  },
  div: {
    kind: "scalar",
    type: division,
    nullable: "always",
    unit: unitQuotient,
    additivity: never,
    spark: "$1 / nullif($2, 0)",
    duckdb: divide,
  },
  mod: {
    kind: "scalar",
    type: arithmetic(REMAINDER),
    nullable: "always",
    unit: firstUnit,
    additivity: never,
    spark: "$1 % nullif($2, 0)",
    duckdb: asDeclaredMod,
  },
  negate: { kind: "scalar", type: takes([numeric], first), ...measure, spark: "-($1)", duckdb: "-($1)" },
  abs: {
    kind: "scalar",
    type: takes([numeric], first),
    unit: sameUnit,
    additivity: never,
    spark: "abs($1)",
    duckdb: "abs($1)",
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
  sqrt: real("sqrt($1)", "CASE WHEN $1 < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt($1) END"),
  exp: real("exp($1)"),
  power: {
    kind: "scalar",
    type: takes([numeric, numeric], "double"),
    additivity: never,
    spark: "power($1, $2)",
    duckdb: "power(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))",
  },
  ln: {
    ...real("ln($1)", "ln(CASE WHEN $1 > 0 THEN $1 END)"),
    nullable: "always",
  },
  log10: {
    ...real("log10($1)", "log10(CASE WHEN $1 > 0 THEN $1 END)"),
    nullable: "always",
  },
  greatest: {
    kind: "scalar",
    type: common(orderable),
    unit: sameUnit,
    additivity: never,
    nullable: allNull,
    spark: "greatest($*)",
    duckdb: "greatest($*)",
  },
  least: {
    kind: "scalar",
    type: common(orderable),
    unit: sameUnit,
    additivity: never,
    nullable: allNull,
    spark: "least($*)",
    duckdb: "least($*)",
  },
  convertUnit: {
    kind: "scalar",
    type: arithmetic(PRODUCT),
    unit: (_, options) => String(options["to"]),
    additivity: firstAdditivity,
    spark: "$1 * $2",
    duckdb: asDeclared("*"),
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

function asDeclaredMod({ args: [a, b], type, typeName }: RenderInput): string {
  const remainder = `${a} % nullif(${b}, 0)`;
  return type.kind === "decimal" ? `CAST(${remainder} AS ${typeName(type)})` : remainder;
}

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
