/** Macros that give the texts that Spark reads as a number or boolean, in a form that DuckDB reads, else null. */
import { macro } from "../../../functions/fragment.ts";
import { BLANK, JAVA_BLANK } from "../../spark-sql/values.ts";

const BLANKS = `${BLANK}+`;
const JAVA_BLANKS = `${JAVA_BLANK}+`;

/** A text without blanks around it. `trim` takes five times as long: it makes a set of them for each text. */
export const TRIMMED = macro("trimmed", "x")`regexp_replace(x, '^${BLANKS}|${BLANKS}$', '', 'g')`;
const JAVA_TRIMMED = macro("java_trimmed", "x")`regexp_replace(x, '^${JAVA_BLANKS}|${JAVA_BLANKS}$', '', 'g')`;
/** Nearly every text is as it should be: trimming it would take longer than all else. */
export const INTEGER_TEXT = macro(
  "integer_text",
  "x",
)`CASE WHEN regexp_full_match(x, '[+-]?[0-9]+') THEN x ELSE list_transform([${TRIMMED}(x)], lambda t: CASE WHEN regexp_full_match(t, '[+-]?[0-9]+') THEN t END)[1] END`;

/** A number without its exponent, of which DuckDB makes 0.01 where it should be 0.00. It has 32 bits. */
export const SHIFTED = macro(
  "shifted",
  "sign, digits, shift",
)`CASE WHEN shift IS NULL THEN NULL WHEN shift < -400 OR trim(digits, '0') = '' THEN '0' WHEN shift > 40 THEN 'too great' WHEN shift >= 0 THEN sign || digits || repeat('0', shift) ELSE sign || left(digits, greatest(length(digits) + shift, 0)) || '.' || lpad(right(digits, least(length(digits), -shift)), -shift, '0') END`;
export const PLAIN = macro(
  "plain",
  "t",
)`CASE WHEN regexp_matches(t, '[eE]') THEN list_transform(list_transform([regexp_extract(t, '^([+-]?)([0-9]*)[.]?([0-9]*)[eE]([+-]?[0-9]+)$', ['sign', 'whole', 'fraction', 'exponent'])], lambda p: {'sign': p['sign'], 'digits': p['whole'] || p['fraction'], 'shift': -TRY_CAST(length(p['fraction']) - TRY_CAST(p['exponent'] AS INTEGER) AS INTEGER)}), lambda v: ${SHIFTED}(v['sign'], v['digits'], v['shift']))[1] ELSE t END`;
const NUMBER = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)";
const EXPONENT = "([eE][+-]?[0-9]+)?";
export const DECIMAL_TEXT = macro(
  "decimal_text",
  "x",
)`CASE WHEN regexp_full_match(x, '${NUMBER}') THEN x ELSE list_transform([${JAVA_TRIMMED}(x)], lambda t: CASE WHEN regexp_full_match(t, '${NUMBER}${EXPONENT}') THEN ${PLAIN}(t) END)[1] END`;
export const DOUBLE_TEXT = macro(
  "double_text",
  "x",
)`CASE WHEN regexp_full_match(x, '${NUMBER}${EXPONENT}') THEN x ELSE list_transform([${JAVA_TRIMMED}(x)], lambda t: CASE WHEN regexp_full_match(t, '${NUMBER}${EXPONENT}[dDfF]?') THEN rtrim(t, 'dDfF') WHEN regexp_full_match(lower(t), '[+-]?(inf|infinity)|nan') THEN lower(t) END)[1] END`;
/** Words of any case, between blanks. Where an expression stands twice DuckDB evaluates it of every row: here only `x` does. */
const anyOf = (...words: readonly string[]): string =>
  `(${BLANKS})?(${words.map((word) => word.replace(/[a-z]/g, (c) => `[${c}${c.toUpperCase()}]`)).join("|")})(${BLANKS})?`;
export const BOOLEAN_TEXT = macro(
  "boolean_text",
  "x",
)`CASE WHEN x IN ('true', 'false') THEN x WHEN regexp_full_match(x, '${anyOf("t", "true", "y", "yes", "1")}') THEN 'true' WHEN regexp_full_match(x, '${anyOf("f", "false", "n", "no", "0")}') THEN 'false' END`;

const BASE64 = "A-Za-z0-9+/";
const JAVA_SPACES =
  "\\s\\x0b\\x1c-\\x1f\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{2028}\\x{2029}\\x{205f}\\x{3000}";
/** Base64 with its padding or without, and spaces before that: DuckDB needs the padding, and reads some that is wrong. */
export const BASE64_TEXT = macro(
  "base64_text",
  "x",
)`CASE WHEN strlen(x) % 4 = 0 AND regexp_full_match(x, '[${BASE64}]*={0,2}') THEN x WHEN regexp_full_match(x, '[${BASE64}${JAVA_SPACES}]*={0,2}') THEN list_transform([regexp_replace(x, '[${JAVA_SPACES}]+', '', 'g')], lambda b: CASE WHEN strlen(b) % 4 = 0 OR (strlen(b) % 4 > 1 AND NOT contains(b, '=')) THEN b || repeat('=', (4 - strlen(b) % 4) % 4) END)[1] END`;

/** The digits of a double, of which a decimal is made; NaN and Infinity are null. */
export const DOUBLE_DIGITS = macro(
  "double_digits",
  "x",
)`CASE WHEN isfinite(x) THEN ${PLAIN}(CAST(CAST(x AS DOUBLE) AS VARCHAR)) END`;
export const FLOAT = macro(
  "float",
  "x",
)`CASE WHEN abs(x) >= 3.4028235677973366e38 AND NOT isnan(x) THEN sign(x) * CAST('inf' AS FLOAT) ELSE CAST(x AS FLOAT) END`;

export const REQUIRE = macro(
  "require",
  "given, read, type_name",
)`coalesce(read, CASE WHEN given IS NOT NULL THEN error('"' || given || '" is not a ' || type_name) END)`;
