/** Macros of exact decimal arithmetic. */
import { macro } from "../../../functions/fragment.ts";

/** The digits of a decimal or integer as one whole number. */
export const UNSCALED = macro("unscaled", "x")`CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)`;

/** Whole-number division that rounds half away from zero, as Spark's decimals do. A list of one holds what is used twice. */
export const QUOTIENT = macro(
  "quotient",
  "n, d",
)`list_transform([{'n': n, 'd': d}], lambda v: v['n'] // v['d'] + CASE WHEN 2 * abs(v['n'] % v['d']) >= abs(v['d']) THEN sign(v['n']) * sign(v['d']) ELSE 0 END)[1]`;

/** A whole number as the text of a decimal with `scale` digits after the point. */
export const POINT = macro(
  "point",
  "q, scale",
)`list_transform(list_transform([CAST(q AS VARCHAR)], lambda t: {'sign': CASE WHEN starts_with(t, '-') THEN '-' ELSE '' END, 'digits': lpad(ltrim(t, '-'), greatest(scale + 1, length(ltrim(t, '-')))::INTEGER, '0')}), lambda t: t['sign'] || left(t['digits'], length(t['digits']) - scale) || '.' || right(t['digits'], scale))[1]`;

/** a / b with `scale` digits; `shift` is scale + scale(b) - scale(a). Null where b is zero. */
export const DIVIDE = macro(
  "divide",
  "a, b, shift, scale",
)`CASE WHEN b <> 0 THEN ${POINT}(${QUOTIENT}(${UNSCALED}(a) * CAST('1' || repeat('0', shift) AS HUGEINT), ${UNSCALED}(b)), scale) END`;

/** x + y, with one digit less after the point: exact, though the sum of two whole numbers of 38 digits needs 39. */
export const TENTH = macro(
  "tenth",
  "q, r",
)`q + CASE WHEN CASE WHEN abs(q) > 2 THEN q ELSE 10 * q + r END >= 0 THEN (r + 25) // 10 - 2 ELSE 2 - (25 - r) // 10 END`;
export const SUM = macro(
  "sum",
  "x, y, scale",
)`list_transform([{'x': x, 'y': y}], lambda v: ${POINT}(${TENTH}(v['x'] // 10 + v['y'] // 10, v['x'] % 10 + v['y'] % 10), scale))[1]`;

/** x * y with `cut` digits less: all 76 digits, made from halves of 19. */
export const HIGH = macro("high", "x")`CAST(abs(x) // 10000000000000000000 AS UHUGEINT)`;
export const LOW = macro("low", "x")`CAST(abs(x) % 10000000000000000000 AS UHUGEINT)`;
export const MIDDLE = macro(
  "middle",
  "x, y",
)`${HIGH}(x) * ${LOW}(y) + ${LOW}(x) * ${HIGH}(y) + ${LOW}(x) * ${LOW}(y) // 10000000000000000000::UHUGEINT`;
export const DIGITS = macro(
  "digits",
  "x, y",
)`lpad(CAST(${HIGH}(x) * ${HIGH}(y) + ${MIDDLE}(x, y) // 10000000000000000000::UHUGEINT AS VARCHAR), 38, '0') || lpad(CAST(${MIDDLE}(x, y) % 10000000000000000000::UHUGEINT AS VARCHAR), 19, '0') || lpad(CAST(${LOW}(x) * ${LOW}(y) % 10000000000000000000::UHUGEINT AS VARCHAR), 19, '0')`;
export const ROUNDED = macro(
  "rounded",
  "digits, cut",
)`CAST(left(digits, 76 - cut) AS HUGEINT) + CAST(substring(digits, 77 - cut, 1) >= '5' AS INTEGER)`;
export const PRODUCT = macro(
  "product",
  "x, y, cut, scale",
)`list_transform([{'x': x, 'y': y}], lambda v: ${POINT}(CASE WHEN (v['x'] < 0) <> (v['y'] < 0) THEN -1 ELSE 1 END * ${ROUNDED}(${DIGITS}(v['x'], v['y']), cut), scale))[1]`;

/** As medallion_divide, digit by digit, where the shifted dividend would need more than 38 digits. */
export const LONG_DIVISION = macro(
  "long_division",
  "n, d, shift",
)`list_reduce(list_prepend([n // d, n % d], list_transform(range(shift), lambda i: [0::HUGEINT, 0::HUGEINT])), lambda s, z: [s[1] * 10 + (s[2] * 10) // d, (s[2] * 10) % d])`;
export const HALF_UP = macro("half_up", "qr, d")`qr[1] + CASE WHEN 2 * qr[2] >= d THEN 1 ELSE 0 END`;
export const DIVIDE_WIDE = macro(
  "divide_wide",
  "a, b, shift, scale",
)`CASE WHEN b <> 0 THEN list_transform([{'n': ${UNSCALED}(a), 'd': ${UNSCALED}(b)}], lambda v: ${POINT}(CASE WHEN (v['n'] < 0) <> (v['d'] < 0) THEN -1 ELSE 1 END * ${HALF_UP}(${LONG_DIVISION}(abs(v['n']), abs(v['d']), shift), abs(v['d'])), scale))[1] END`;
