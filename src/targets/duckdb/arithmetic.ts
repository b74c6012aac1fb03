/** Arithmetic for DuckDB, with Spark's result types. That of decimals is in `decimals.ts`. */
import { atom, call, chain, noArgument, operator, type Sql } from "../../functions/fragment.ts";
import { type Refusal, type RenderInput, type Rendering, refused } from "../../functions/spec.ts";
import { isFractional, isInteger } from "../../types/types.ts";
import { bound } from "./bind.ts";
import { decimalProduct, decimalQuotient, decimalRemainder, decimalSum } from "./decimals.ts";
import { POWER } from "./macros/math.ts";
import { roundedDouble } from "./nearest.ts";
import { asDouble, divisor, doubled, unified } from "./widen.ts";

/** `+` and `-`. */
export const sum =
  (word: "+" | "-"): Rendering =>
  (input) =>
    decimalSum(word, input) ?? inDouble(word, input);

/** `*`. */
export const product: Rendering = (input) => decimalProduct(input) ?? inDouble("*", input);

/** `/`. */
export const quotient: Rendering = (input) => {
  const {
    args: [a = noArgument(), b = noArgument()],
    types,
    constants,
  } = input;
  return decimalQuotient(input) ?? operator`${asDouble(a, types[0])} / ${divisor(doubled(b, types[1]), constants[1])}`;
};

/** `%`: DuckDB fails on the least integer % -1. */
export const remainder: Rendering = (input) => {
  const {
    args: [a = noArgument(), b = noArgument()],
    constants: [, known],
    type,
    typeName,
  } = input;
  const decimal = decimalRemainder(input);
  if (decimal) return decimal;
  if (isFractional(type)) return inDouble("%", { ...input, args: [a, divisor(b, known)] });
  if (known !== undefined && Number(known) > 0) return operator`${a} % ${b}`;
  return atom`CAST(CAST(${a} AS ${type.kind === "bigint" ? "HUGEINT" : "BIGINT"}) % nullif(${b}, 0) AS ${typeName(type)})`;
};

/** A FLOAT and another number meet in DOUBLE. */
function inDouble(word: string, { args, types, type }: RenderInput): Sql {
  const meets = type.kind === "double" && types.every((t) => t.kind !== "double");
  return chain(
    word,
    args.map((x, i) => (meets ? asDouble(x, types[i]) : doubled(x, types[i]))),
  );
}

export const rounding =
  (fn: string): Rendering =>
  ({ args: [x = noArgument()], types: [from], type, typeName }) => {
    if (from && isInteger(from)) return atom`CAST(${x} AS ${typeName(type)})`;
    // Spark's whole number of NaN is 0.
    if (!from || !isFractional(from)) return atom`CAST(${call(fn, [x])} AS ${typeName(type)})`;
    return bound(
      [x],
      (held = x) =>
        atom`CAST(${call(fn, [atom`CASE WHEN isnan(${held}) THEN 0 ELSE ${held} END`])} AS ${typeName(type)})`,
    );
  };

export const rounded: Rendering = ({ args: [x = noArgument()], type, typeName, options }) => {
  const digits = Number(options["digits"]);
  return isFractional(type) ? roundedDouble(x, digits) : atom`CAST(round(${x}, ${digits}) AS ${typeName(type)})`;
};

/** Spark changes the sign of a decimal with 34 digits of precision (Scala's BigDecimal). */
const sign =
  (sql: (x: Sql) => Sql): Rendering =>
  ({ args: [x = noArgument()], types: [type] }): Sql | Refusal =>
    type?.kind === "decimal" && type.precision > 34
      ? refused("Spark rounds a decimal of more than 34 digits when it changes its sign: cast to fewer digits first")
      : sql(x);

export const negated = sign((x) => operator`-(${x})`);
export const absolute = sign((x) => call("abs", [x]));

/** `greatest` and `least`. */
export const greatest =
  (fn: string): Rendering =>
  (input) => {
    const args = unified(input);
    // DuckDB's own gives a FLOAT's -0 as 0.
    if (input.type.kind !== "float") return call(fn, args);
    const doubles = args.map((x) => atom`CAST(${x} AS DOUBLE)`);
    return atom`CAST(${call(fn, doubles)} AS ${input.typeName(input.type)})`;
  };

/** Without the macro where it would only multiply: it is long. */
export const power: Rendering = ({
  args: [x = noArgument(), y = noArgument()],
  types: [base, exponent],
  constants: [, known],
}) => {
  const real = asDouble(x, base);
  if (Number(known) === 1) return real;
  return Number(known) === 2
    ? bound([real], (held = real) => operator`${held} * ${held}`)
    : call(POWER, [real, asDouble(y, exponent)]);
};

/** A function of a DOUBLE. */
export const real =
  (sql: (x: Sql) => Sql): Rendering =>
  ({ args: [x = noArgument()], types: [type] }) => {
    const value = doubled(x, type);
    return x.plain && value === x ? sql(x) : bound([value], (held = value) => sql(held));
  };
