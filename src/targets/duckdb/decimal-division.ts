/**
 * Exact division of decimals in whole numbers of 64 bits, which DuckDB divides a hundred times as fast as those of 128:
 * digit by digit, a few digits at a time, as one does on paper. Every piece is made of operators alone, so that DuckDB
 * works out once what stands there twice.
 */
import { atom, chain, operator, piece, type Sql } from "../../functions/fragment.ts";
import type { DecimalType } from "../../types/types.ts";

/** Digits that a BIGINT holds, whatever they are, and those that a double holds. */
const BIGINT_DIGITS = 18;
const DOUBLE_DIGITS = 15;
/** Of a divisor with so many digits three more digits of the quotient fit into a BIGINT. */
const DIVISOR_DIGITS = 15;
/** Most numbers have few digits: of a wide type those alone are tried. */
const USUAL_DIVISOR_DIGITS = 12;
/** Digits after the point that can be put together from BIGINTs and decimals. */
const MAX_SCALE = 26;

/** The digits of a decimal as a BIGINT, and when they are that. */
interface Whole {
  readonly sql: Sql;
  readonly digits: number;
  /** Absent: for every value of the type. */
  readonly when?: Sql;
}

const power = (exponent: number) => `1${"0".repeat(exponent)}`;

/** The digits of a decimal as a BIGINT of at most `most` digits; `usual` of them where its type has more. */
function wholeDigits(sql: Sql, { precision, scale }: DecimalType, most: number, usual: number): Whole | undefined {
  // The product is less than a quarter off.
  const rounded = (x: Sql) => atom`CAST(CAST(${x} AS DOUBLE) * 1e${scale} AS BIGINT)`;
  if (precision <= Math.min(most, DOUBLE_DIGITS)) {
    return { sql: scale === 0 ? atom`CAST(${sql} AS BIGINT)` : rounded(sql), digits: precision };
  }
  if (precision <= most && scale <= 8) return { sql: inParts(sql, scale), digits: precision };
  const digits = Math.min(scale < usual ? usual : DOUBLE_DIGITS, most);
  if (scale >= digits) return undefined;
  const limit = "9".repeat(digits - scale);
  return {
    sql: rounded(atom`CAST(${sql} AS DECIMAL(${digits}, ${scale}))`),
    digits,
    when: operator`${sql} BETWEEN -${limit} AND ${limit}`,
  };
}

/** What stands before and after the point, each in 64 bits. */
function inParts(sql: Sql, scale: number): Sql {
  if (scale === 0) return atom`CAST(${sql} AS BIGINT)`;
  const fraction = atom`CAST(CAST(${sql} % 1 AS DECIMAL(${scale + 1}, ${scale})) * ${power(scale)} AS BIGINT)`;
  return operator`CAST(trunc(${sql}) AS BIGINT) * ${power(scale)} + ${fraction}`;
}

/** The operands of a division as whole numbers of one scale, where their quotient can be worked out from such. */
export function wholeOperands(
  [a, b]: readonly [Sql, Sql],
  [x, y]: readonly [DecimalType, DecimalType],
  { scale }: DecimalType,
): { readonly n: Whole; readonly d: Whole } | undefined {
  if (scale < 1 || scale > MAX_SCALE) return undefined;
  const [up, by] = [Math.max(y.scale - x.scale, 0), Math.max(x.scale - y.scale, 0)];
  const n = wholeDigits(a, x, BIGINT_DIGITS - up, DOUBLE_DIGITS);
  const d = wholeDigits(b, y, DIVISOR_DIGITS - by, USUAL_DIVISOR_DIGITS - by);
  return n && d && { n: shifted(n, up), d: shifted(d, by) };
}

function shifted(whole: Whole, zeros: number): Whole {
  if (zeros === 0) return whole;
  return { ...whole, sql: operator`${whole.sql} * ${power(zeros)}`, digits: whole.digits + zeros };
}

/**
 * n / d with `scale` digits after the point, rounded half away from zero; null where d is zero.
 * The digits before the point and those after it are decimals of their own: together they may be too long for a BIGINT.
 */
export function divided(n: Sql, d: Sql, divisorDigits: number, { precision, scale }: DecimalType): Sql {
  const step = BIGINT_DIGITS - divisorDigits;
  // As the result, so that DuckDB adds in its width: to change the scale of a sum of 128 bits takes as long as to make it.
  const parts: Sql[] = [atom`CAST(${n} // ${d} AS DECIMAL(${precision}, ${scale}))`];
  let rest = operator`${n} % ${d}`;
  let digits: Sql[] = [];
  let from = 0;
  for (let at = 0; at < scale; ) {
    const count = Math.min(step, scale - at);
    const dividend = operator`${rest} * ${power(count)}`;
    const last = at + count === scale;
    // Digits that are put together are at most as many as a BIGINT holds.
    if (at + count - from > BIGINT_DIGITS - 1) {
      parts.push(fraction(digits, at - from, at));
      [digits, from] = [[], at];
    }
    digits = digits.map((part) => operator`${part} * ${power(count)}`);
    digits.push(last ? halfUp(dividend, n, d) : operator`${dividend} // ${d}`);
    rest = operator`${dividend} % ${d}`;
    at += count;
  }
  parts.push(fraction(digits, scale - from, scale));
  return atom`CAST(${chain("+", parts)} AS DECIMAL(${precision}, ${scale}))`;
}

/** `digits` digits that end at `scale` after the point; a carry may make one more of them. */
function fraction(parts: readonly Sql[], digits: number, scale: number): Sql {
  const whole = parts.length === 1 ? (parts[0] ?? piece("0")) : chain("+", parts);
  const unit = `0.${"0".repeat(scale - 1)}1`;
  return operator`CAST(${whole} AS DECIMAL(${digits + 1}, 0)) * CAST('${unit}' AS DECIMAL(${scale < BIGINT_DIGITS ? scale : scale + 2}, ${scale}))`;
}

function halfUp(dividend: Sql, n: Sql, d: Sql): Sql {
  return operator`(${dividend} + sign(${n}) * (abs(${d}) >> 1)) // ${d}`;
}
