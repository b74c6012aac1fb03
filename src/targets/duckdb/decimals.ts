/** Exact arithmetic on decimals for DuckDB, with Spark's result types. Each is `undefined` where the operands are not decimals. */
import { atom, BINDING, chain, noArgument, operator, type Sql } from "../../functions/fragment.ts";
import { type Refusal, type RenderInput, refused } from "../../functions/spec.ts";
import { asDecimal, type DecimalType, MAX_PRECISION, typeName as sparkName } from "../../types/types.ts";
import { bound, boundLong } from "./bind.ts";
import { divided, wholeOperands } from "./decimal-division.ts";
import { DIVIDE, DIVIDE_WIDE, PRODUCT, SUM, UNSCALED } from "./macros/decimals.ts";

type Rendered = Sql | Refusal | undefined;

/** DuckDB keeps decimals of up to 18 digits in 64 bits, and fails where a result needs more. */
const SMALL = 18;

interface Operands {
  readonly a: Sql;
  readonly b: Sql;
  readonly x: DecimalType;
  readonly y: DecimalType;
  readonly type: DecimalType;
  readonly name: string;
}

function operands({
  args: [a = noArgument(), b = noArgument()],
  types: [left, right],
  type,
  typeName,
}: RenderInput): Operands | undefined {
  const [x, y] = [left && asDecimal(left), right && asDecimal(right)];
  return type.kind === "decimal" && x && y ? { a, b, x, y, type, name: typeName(type) } : undefined;
}

function tooWide(what: string, { x, y }: Operands, digits: number): Refusal {
  return refused(
    `${sparkName(x)} ${what} ${sparkName(y)} needs ${digits} digits, and it has ${MAX_PRECISION}: cast to decimals with fewer digits first`,
  );
}

/** `+` and `-`. */
export function decimalSum(word: "+" | "-", input: RenderInput): Rendered {
  const known = operands(input);
  if (!known) return undefined;
  const { a, b, x, y, type, name } = known;
  const scale = Math.max(x.scale, y.scale);
  const aligned = Math.max(x.precision - x.scale, y.precision - y.scale) + scale;
  if (type.scale < scale) {
    if (aligned > MAX_PRECISION) return tooWide(word, known, aligned + 1);
    const [first, second] = [unscaled(a, scale - x.scale), unscaled(b, scale - y.scale)];
    return atom`CAST(${SUM}(${first}, ${word === "-" ? atom`-${second.text}` : second}, ${type.scale}) AS ${name})`;
  }
  const plainly = (p: Sql, q: Sql) =>
    atom`CAST(${chain(word, [widened(p, x, aligned >= SMALL && small(x, y), input), q])} AS ${name})`;
  if (aligned <= MAX_PRECISION) return plainly(a, b);
  // A cast that fails alongside a null is not to be tried.
  return bound(
    [a, b],
    (p = a, q = b) => atom`CASE WHEN ${p} IS NOT NULL AND ${q} IS NOT NULL THEN ${plainly(p, q)} END`,
  );
}

/** `*`. */
export function decimalProduct(input: RenderInput): Rendered {
  const known = operands(input);
  if (!known) return undefined;
  const { a, b, x, y, type, name } = known;
  const cut = x.scale + y.scale - type.scale;
  if (cut > 0) {
    return atom`CAST(${PRODUCT}(${unscaled(a)}, ${unscaled(b)}, ${cut}, ${type.scale}) AS ${name})`;
  }
  const times = (p: Sql, q: Sql) => atom`CAST(${chain("*", [p, q])} AS ${name})`;
  if (x.precision + y.precision <= SMALL || !small(x, y)) return times(a, b);
  const wide = (p: Sql, q: Sql) => times(widened(p, x, true, input), q);
  // With more digits after the point DuckDB multiplies in 128 bits by itself.
  if (type.scale >= SMALL) return times(a, b);
  return boundLong([a, b], (p = a, q = b) => {
    // Most products fit into 64 bits, in which DuckDB multiplies ten times as fast.
    const digits = Math.min(x.precision, Math.max(SMALL / 2, SMALL - y.precision));
    const fit = [within(p, x, digits), within(q, y, SMALL - digits)].filter((one) => one !== undefined);
    return atom`CASE WHEN ${chain("AND", fit, BINDING.and)} THEN ${times(p, q)} ELSE ${wide(p, q)} END`;
  });
}

/** Whether a decimal has at most so many digits; undefined where its type sees to that. */
function within(sql: Sql, { precision, scale }: DecimalType, digits: number): Sql | undefined {
  if (precision <= digits) return undefined;
  const most = decimalText("9".repeat(digits), scale);
  return operator`${sql} BETWEEN -${most} AND ${most}`;
}

/** A whole number's digits with a point before the last ones. */
function decimalText(digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, "0");
  return scale === 0 ? digits : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** `/`: DuckDB itself would go through a double. */
export function decimalQuotient(input: RenderInput): Rendered {
  const known = operands(input);
  if (!known) return undefined;
  const { a, b, x, y, type, name } = known;
  const shift = type.scale + y.scale - x.scale;
  if (shift < 0 || (x.precision + shift > MAX_PRECISION && y.precision === MAX_PRECISION)) {
    return tooWide("/", known, Math.max(x.precision + shift, y.precision - shift));
  }
  const divide = x.precision + shift <= MAX_PRECISION ? DIVIDE : DIVIDE_WIDE;
  const slowly = (p: Sql, q: Sql) => atom`CAST(${divide}(${p}, ${q}, ${shift}, ${type.scale}) AS ${name})`;
  return boundLong([a, b], (p = a, q = b) => {
    const whole = wholeOperands([p, q], [x, y], type);
    if (!whole) return slowly(p, q);
    const { n, d } = whole;
    const quickly = (dividend: Sql, divisor: Sql) => divided(dividend, divisor, d.digits, type);
    // DuckDB sees what short expressions have in common by itself.
    const quotient =
      p.text === a.text && q.text === b.text
        ? quickly(n.sql, d.sql)
        : bound([n.sql, d.sql], (m = n.sql, e = d.sql) => quickly(m, e));
    const when = [n.when, d.when].filter((condition) => condition !== undefined);
    if (when.length === 0) return quotient;
    return atom`CASE WHEN ${chain("AND", when, BINDING.and)} THEN ${quotient} ELSE ${slowly(p, q)} END`;
  });
}

/** `%`. */
export function decimalRemainder(input: RenderInput): Rendered {
  const known = operands(input);
  if (!known) return undefined;
  const { a, b, x, y, name } = known;
  const scale = Math.max(x.scale, y.scale);
  const digits = Math.max(x.precision - x.scale, y.precision - y.scale) + scale;
  if (digits > MAX_PRECISION) return tooWide("%", known, digits);
  const common = (sql: Sql) => atom`CAST(${sql} AS ${input.typeName({ kind: "decimal", precision: digits, scale })})`;
  return atom`CAST(${common(a)} % ${common(b)} AS ${name})`;
}

const small = (x: DecimalType, y: DecimalType) => x.precision <= SMALL && y.precision <= SMALL;

function widened(sql: Sql, from: DecimalType, wanted: boolean, { typeName }: RenderInput): Sql {
  return wanted ? atom`CAST(${sql} AS ${typeName({ ...from, precision: MAX_PRECISION })})` : sql;
}

/** The digits of a decimal as a whole number, with so many zeros behind them. */
function unscaled(sql: Sql, zeros = 0): Sql {
  const digits = atom`${UNSCALED}(${sql})`;
  return zeros === 0 ? digits : operator`${digits} * 1${"0".repeat(zeros)}::HUGEINT`;
}
