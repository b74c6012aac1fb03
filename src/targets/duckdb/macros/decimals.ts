/** Macros of exact decimal arithmetic. */
import { macro } from "../../../functions/fragment.ts";

/** The digits of a decimal or integer as one whole number. */
export const UNSCALED = macro("unscaled", "x")`CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)`;

/** Whole-number division that rounds half away from zero, as Spark's decimals do. */
export const QUOTIENT = macro(
  "quotient",
  "n, d",
)`n // d + CASE WHEN 2 * abs(n % d) >= abs(d) THEN sign(n) * sign(d) ELSE 0 END`;

/** A whole number as the text of a decimal with `scale` digits after the point. */
export const PADDED = macro(
  "padded",
  "q, scale",
)`lpad(CAST(abs(q) AS VARCHAR), greatest(scale + 1, length(CAST(abs(q) AS VARCHAR)))::INTEGER, '0')`;
export const POINT = macro(
  "point",
  "q, scale",
)`CASE WHEN q < 0 THEN '-' ELSE '' END || left(${PADDED}(q, scale), length(${PADDED}(q, scale)) - scale) || '.' || right(${PADDED}(q, scale), scale)`;

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
export const SUM = macro("sum", "x, y, scale")`${POINT}(${TENTH}(x // 10 + y // 10, x % 10 + y % 10), scale)`;

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
)`${POINT}(CASE WHEN (x < 0) <> (y < 0) THEN -1 ELSE 1 END * ${ROUNDED}(${DIGITS}(x, y), cut), scale)`;

/** As medallion_divide, digit by digit, where the shifted dividend would need more than 38 digits. */
export const LONG_DIVISION = macro(
  "long_division",
  "n, d, shift",
)`list_reduce(list_prepend([n // d, n % d], list_transform(range(shift), lambda i: [0::HUGEINT, 0::HUGEINT])), lambda s, z: [s[1] * 10 + (s[2] * 10) // d, (s[2] * 10) % d])`;
export const HALF_UP = macro("half_up", "qr, d")`qr[1] + CASE WHEN 2 * qr[2] >= d THEN 1 ELSE 0 END`;
export const DIVIDE_WIDE = macro(
  "divide_wide",
  "a, b, shift, scale",
)`CASE WHEN b <> 0 THEN ${POINT}(CASE WHEN (a < 0) <> (b < 0) THEN -1 ELSE 1 END * ${HALF_UP}(${LONG_DIVISION}(abs(${UNSCALED}(a)), abs(${UNSCALED}(b)), shift), abs(${UNSCALED}(b))), scale) END`;
