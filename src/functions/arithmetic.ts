/** Arithmetic with the result types of Spark's ANSI mode. */
import type { ValueFacts } from "../types/facts.ts";
import {
  adjusted,
  asDecimal,
  type DecimalType,
  decimal,
  isTime,
  primitive,
  type SqlType,
  typeName,
  widerType,
} from "../types/types.ts";
import { atom, noArgument, operator, plain, type Sql } from "./fragment.ts";
import { count, unitName } from "./options.ts";
import {
  allNull,
  commonOf,
  first,
  leastAdditive,
  miscounted,
  NOT_NEGATIVE,
  never,
  numeric,
  orderable,
  productAdditivity,
  quotientAdditivity,
  takes,
} from "./signature.ts";
import {
  type FunctionSpec,
  infix,
  mismatch,
  type OfNumbers,
  type RenderInput,
  type Rendering,
  type ScalarSpec,
} from "./spec.ts";

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

/** How what `+` and `-` do elsewhere is called, of values that are not numbers. */
function adviceOn(args: readonly SqlType[]): string | undefined {
  const has = (kind: SqlType["kind"]) => args.some((type) => type.kind === kind);
  if (has("date"))
    return "of dates later.daysSince(earlier) counts the days between them, and addDays(1) gives the next one";
  if (args.some(isTime))
    return "of times later.secondsSince(earlier) counts the seconds between them, and addSeconds(60) gives a later one";
  return has("string") ? "concat() puts texts together, and cast(t.int()) makes a number of one" : undefined;
}

function arithmetic(rule: DecimalRule): FunctionSpec["type"] {
  return (args) => {
    if (args.length !== 2) return miscounted(2);
    const [a, b] = args;
    const wide = a && b && numeric(a) && numeric(b) ? widerType(a, b) : undefined;
    if (!a || !b || !wide) return mismatch(`accepts numbers, not ${args.map(typeName).join(" and ")}`, adviceOn(args));
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

/** Alongside a bare 0 Spark would give up scale, and small divisors would be 0. */
function sparkDivisor({
  args: [, b = noArgument()],
  types: [, type],
  constants: [, known],
  typeName,
}: RenderInput): Sql {
  if (known !== undefined && Number(known) !== 0) return b;
  // A whole constant is marked as a decimal.
  const whole = type?.kind === "decimal" && known !== undefined && !String(known).includes(".");
  const divisor = whole ? plain(`${known}BD`, b.binding) : b;
  const zero = type?.kind === "decimal" && type.scale > 28 ? `CAST(0 AS ${typeName(type)})` : "0";
  return atom`nullif(${divisor}, ${zero})`;
}

const divided =
  (word: "/" | "%"): Rendering =>
  (input) =>
    operator`${input.args[0] ?? noArgument()} ${word} ${sparkDivisor(input)}`;

function unitProduct([a, b]: readonly ValueFacts[]): string {
  const [u, v] = [a?.unit ?? "", b?.unit ?? ""];
  if (u === "" || v === "") return u || v;
  return without(u, `/${v}`) ?? without(v, `/${u}`) ?? `${u}*${v}`;
}

const without = (unit: string, end: string): string | undefined =>
  unit.endsWith(end) ? unit.slice(0, -end.length) : undefined;

function unitQuotient([a, b]: readonly ValueFacts[]): string {
  const [u, v] = [a?.unit ?? "", b?.unit ?? ""];
  return v === "" ? u : u === v ? "" : (without(u, `*${v}`) ?? `${u}/${v}`);
}

/** Each declares whether it calculates. */
type Arithmetic = OfNumbers<ScalarSpec> & { readonly calculates: boolean };

const measure = { calculates: true, unit: "same", additivity: leastAdditive } as const;

function toInteger(type: SqlType | undefined): SqlType {
  if (type?.kind === "decimal") return decimal(Math.max(type.precision - type.scale + (type.scale > 0 ? 1 : 0), 1), 0);
  return primitive("bigint");
}

const rounding = (fn: string): Arithmetic => ({
  kind: "scalar",
  type: takes([numeric], ([type]) => toInteger(type)),
  ...measure,
  spark: `${fn}($1)`,
});

const real = (spark: string): Arithmetic => ({
  kind: "scalar",
  type: takes([numeric], "double"),
  calculates: true,
  unit: "none",
  additivity: never,
  spark,
});

const outermost = {
  kind: "scalar",
  calculates: false,
  orders: true,
  type: commonOf(orderable),
  unit: "same",
  // As of a case: the greater of an amount and zero is an amount.
  additivity: leastAdditive,
  nullable: allNull,
  called: "fn",
} as const;

export const arithmeticFunctions = {
  plus: { kind: "scalar", type: arithmetic(SUM), ...measure, spark: infix("+") },
  minus: { kind: "scalar", type: arithmetic(SUM), ...measure, spark: infix("-") },
  times: {
    kind: "scalar",
    calculates: true,
    type: arithmetic(PRODUCT),
    unit: unitProduct,
    additivity: productAdditivity,
    spark: infix("*"),
  },
  div: {
    kind: "scalar",
    calculates: true,
    type: division,
    nullable: "always",
    unit: unitQuotient,
    additivity: quotientAdditivity,
    spark: divided("/"),
  },
  mod: {
    kind: "scalar",
    calculates: true,
    type: arithmetic(REMAINDER),
    nullable: "always",
    unit: "first",
    additivity: never,
    spark: divided("%"),
  },
  negate: { kind: "scalar", type: takes([numeric], first), ...measure, spark: { operator: "-($1)" } },
  abs: {
    kind: "scalar",
    calculates: true,
    type: takes([numeric], first),
    unit: "same",
    additivity: leastAdditive,
    range: NOT_NEGATIVE,
    spark: "abs($1)",
  },
  ceil: rounding("ceil"),
  floor: rounding("floor"),
  round: {
    kind: "scalar",
    type: roundType,
    ...measure,
    options: [["digits", count(0), 0]],
    spark: "round($1, {digits})",
  },
  sqrt: real("sqrt($1)"),
  exp: real("exp($1)"),
  power: {
    kind: "scalar",
    calculates: true,
    type: takes([numeric, numeric], "double"),
    unit: "none",
    additivity: never,
    spark: "power($1, $2)",
  },
  ln: {
    ...real("ln($1)"),
    nullable: "always",
  },
  log10: {
    ...real("log10($1)"),
    nullable: "always",
  },
  greatest: { ...outermost, spark: "greatest($*)" },
  least: { ...outermost, spark: "least($*)" },
  convertUnit: {
    kind: "scalar",
    calculates: true,
    type: arithmetic(PRODUCT),
    unit: (_, options) => String(options["to"]),
    // A rate is what a lookup brings to many rows, and makes no average an amount.
    additivity: ([a]) => a?.additivity ?? "additive",
    called: "class",
    options: [["to", unitName]],
    spark: infix("*"),
  },
  acknowledgeFanOut: {
    kind: "scalar",
    calculates: false,
    type: takes([numeric], first),
    unit: "same",
    additivity: ([a]) => (a?.additivity === "fanned-out" ? "additive" : (a?.additivity ?? "additive")),
    spark: "$1",
  },
  acknowledgeDisjoint: {
    kind: "scalar",
    calculates: false,
    type: takes([numeric], first),
    unit: "same",
    additivity: ([a]) => (a?.additivity === "non-additive" ? "additive" : (a?.additivity ?? "additive")),
    spark: "$1",
  },
} satisfies Readonly<Record<string, Arithmetic>>;

/** The digits after the point within which a decimal of 38 digits holds every double below 2^53. */
const DOUBLE_DIGITS = 22;

/** Spark's `RoundBase`: integers and doubles stay, decimals keep `digits` of scale and may carry into one more digit. */
function roundType(
  args: readonly SqlType[],
  options: Readonly<Record<string, unknown>>,
): SqlType | { mismatch: string } {
  const [type] = args;
  if (!type || !numeric(type)) return mismatch(`accepts a number, not ${args.map(typeName).join()}`);
  if (type.kind === "float") {
    return mismatch("accepts no FLOAT, which Spark rounds in two ways: cast to DOUBLE or to a decimal first");
  }
  const digits = Number(options["digits"]);
  if (type.kind === "double" && digits > DOUBLE_DIGITS) {
    return mismatch(`rounds a DOUBLE to at most ${DOUBLE_DIGITS} digits after the point, not ${digits}`);
  }
  if (type.kind !== "decimal") return type;
  const integerDigits = type.precision - type.scale + 1;
  if (digits >= type.scale) return decimal(Math.min(integerDigits + type.scale, 38), type.scale);
  return decimal(Math.min(integerDigits + Math.max(digits, 0), 38), Math.max(digits, 0));
}
