/** Exact arithmetic on decimals for DuckDB, with Spark's result types. Each is `undefined` where the operands are no decimals. */
import { atom, BINDING, chain, operator, piece, type Sql } from "../../functions/fragment.ts";
import { type Refusal, type RenderInput, refused } from "../../functions/spec.ts";
import { asDecimal, type DecimalType, MAX_PRECISION, typeName as sparkName } from "../../schema/types.ts";
import { bound } from "./bind.ts";
import { DIVIDE, DIVIDE_WIDE, POINT, PRODUCT, SUM, UNSCALED } from "./macros/decimals.ts";
import { divided, wholeOperands } from "./whole.ts";

type Rendered = Sql | Refusal | undefined;

const NOTHING = piece("");

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
  args: [a = NOTHING, b = NOTHING],
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
  // A cast that fails beside a null is not to be tried.
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
  return atom`CAST(${chain("*", [widened(a, x, x.precision + y.precision > SMALL && small(x, y), input), b])} AS ${name})`;
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
  const whole = wholeOperands([a, b], [x, y], type);
  if (!whole) return bound([a, b], (p = a, q = b) => slowly(p, q));
  const quickly = (n: Sql, d: Sql) => divided(n, d, whole.d.digits, type);
  if (!whole.n.when && !whole.d.when) {
    const { n, d } = whole;
    return a.plain && b.plain ? quickly(n.sql, d.sql) : bound([n.sql, d.sql], (p = n.sql, q = d.sql) => quickly(p, q));
  }
  return bound([a, b], (p = a, q = b) => {
    const { n, d } = wholeOperands([p, q], [x, y], type) ?? whole;
    const usual = chain(
      "AND",
      [n.when, d.when].filter((when) => when !== undefined),
      BINDING.and,
    );
    return atom`CASE WHEN ${usual} THEN ${quickly(n.sql, d.sql)} ELSE ${slowly(p, q)} END`;
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
  const rest = operator`${unscaled(a, scale - x.scale)} % nullif(${unscaled(b, scale - y.scale)}, 0)`;
  return atom`CAST(${POINT}(${rest}, ${scale}) AS ${name})`;
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
