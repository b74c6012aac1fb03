/** Arithmetic on decimals and integers for DuckDB: exact, with Spark's result types. */
import { asDecimal, type DecimalType, MAX_PRECISION, typeName as sparkName } from "../../schema/types.ts";
import { type Refusal, type RenderInput, refused } from "./spec.ts";
import { asDouble, divisor, doubled } from "./widen.ts";

/** DuckDB keeps decimals of up to 18 digits in 64 bits, and fails where a result needs more. */
const SMALL = 18;

interface Operands {
  readonly a: string;
  readonly b: string;
  readonly x: DecimalType;
  readonly y: DecimalType;
  readonly type: DecimalType;
  readonly name: string;
}

function operands({ args: [a = "", b = ""], types: [left, right], type, typeName }: RenderInput): Operands | undefined {
  const [x, y] = [left && asDecimal(left), right && asDecimal(right)];
  return type.kind === "decimal" && x && y ? { a, b, x, y, type, name: typeName(type) } : undefined;
}

function tooWide(what: string, { x, y }: Operands, digits: number): Refusal {
  return refused(
    `${sparkName(x)} ${what} ${sparkName(y)} needs ${digits} digits, and it has ${MAX_PRECISION}: cast to decimals with fewer digits first`,
  );
}

/** `+` and `-`. */
export function sum(operator: "+" | "-"): (input: RenderInput) => string | Refusal {
  return (input) => {
    const known = operands(input);
    if (!known) return inDouble(operator, input);
    const { a, b, x, y, type, name } = known;
    const scale = Math.max(x.scale, y.scale);
    const aligned = Math.max(x.precision - x.scale, y.precision - y.scale) + scale;
    if (type.scale < scale) {
      if (aligned > MAX_PRECISION) return tooWide(operator, known, aligned + 1);
      const [up, by] = [zeros(scale - x.scale), zeros(scale - y.scale)];
      const second = operator === "-" ? `-medallion_unscaled(${b})` : `medallion_unscaled(${b})`;
      return `CAST(medallion_sum(medallion_unscaled(${a})${up}, ${second}${by}, ${type.scale}) AS ${name})`;
    }
    const plain = `CAST(${widened(a, x, aligned >= SMALL && small(x, y), input)} ${operator} ${b} AS ${name})`;
    // A cast that fails beside a null is not to be tried.
    return aligned > MAX_PRECISION ? `CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${plain} END` : plain;
  };
}

/** `*`. */
export function product(input: RenderInput): string | Refusal {
  const known = operands(input);
  if (!known) return inDouble("*", input);
  const { a, b, x, y, type, name } = known;
  const cut = x.scale + y.scale - type.scale;
  if (cut > 0) {
    return `CAST(medallion_product(medallion_unscaled(${a}), medallion_unscaled(${b}), ${cut}, ${type.scale}) AS ${name})`;
  }
  return `CAST(${widened(a, x, x.precision + y.precision > SMALL && small(x, y), input)} * ${b} AS ${name})`;
}

/** `/`: DuckDB itself would go through a double. */
export function quotient(input: RenderInput): string | Refusal {
  const { args, types, type } = input;
  const known = operands(input);
  if (!known) return `${asDouble(args[0] ?? "", types[0])} / ${divisor(doubled(args[1] ?? "", types[1]))}`;
  const { a, b, x, y, name } = known;
  const shift = known.type.scale + y.scale - x.scale;
  const divided = (macro: string) => `CAST(${macro}(${a}, ${b}, ${shift}, ${known.type.scale}) AS ${name})`;
  if (type.kind === "decimal" && shift >= 0 && x.precision + shift <= MAX_PRECISION) return divided("medallion_divide");
  if (shift >= 0 && y.precision < MAX_PRECISION) return divided("medallion_divide_wide");
  return tooWide("/", known, Math.max(x.precision + shift, y.precision - shift));
}

/** `%`. */
export function remainder(input: RenderInput): string | Refusal {
  const known = operands(input);
  if (!known) return integerRemainder(input);
  const { a, b, x, y, name } = known;
  const scale = Math.max(x.scale, y.scale);
  const digits = Math.max(x.precision - x.scale, y.precision - y.scale) + scale;
  if (digits > MAX_PRECISION) return tooWide("%", known, digits);
  const [up, by] = [zeros(scale - x.scale), zeros(scale - y.scale)];
  const rest = `medallion_unscaled(${a})${up} % nullif(medallion_unscaled(${b})${by}, 0)`;
  return `CAST(medallion_point(${rest}, ${scale}) AS ${name})`;
}

/** DuckDB fails on the least integer % -1. */
function integerRemainder(input: RenderInput): string {
  const { args, type, typeName } = input;
  if (type.kind === "double" || type.kind === "float")
    return inDouble("%", { ...input, args: [args[0] ?? "", divisor(args[1] ?? "")] });
  if (/^\d+$/.test(args[1] ?? "")) return `${args[0]} % ${divisor(args[1] ?? "")}`;
  return `CAST(CAST(${args[0]} AS HUGEINT) % nullif(${args[1]}, 0) AS ${typeName(type)})`;
}

/** A FLOAT and another number meet in DOUBLE. */
function inDouble(operator: string, { args, types, type }: RenderInput): string {
  const meets = type.kind === "double" && types.every((t) => t.kind !== "double");
  return args.map((x, i) => (meets ? asDouble(x, types[i]) : doubled(x, types[i]))).join(` ${operator} `);
}

const small = (x: DecimalType, y: DecimalType) => x.precision <= SMALL && y.precision <= SMALL;

function widened(sql: string, from: DecimalType, wanted: boolean, { typeName }: RenderInput): string {
  return wanted ? `CAST(${sql} AS ${typeName({ ...from, precision: MAX_PRECISION })})` : sql;
}

/** Moves the point of a whole number. */
function zeros(count: number): string {
  return count === 0 ? "" : ` * 1${"0".repeat(count)}::HUGEINT`;
}
