/**
 * Macros that read JSON as Spark's `try_parse_json` and `try_variant_get` do: strict JSON, of which what follows the
 * first value is not looked at; null where a key comes twice or objects nest too deep; numbers with the digits that they were written with.
 *
 * A macro repeats its arguments: a list of one element holds what is used more than once. In a lambda a field is read as
 * `s['size']`, since `s.size` would be a column of a table that is called `s`.
 */
import { macro } from "../../../functions/fragment.ts";
import { JSON_DEPTH } from "../../../functions/json-depth.ts";

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;

/** DuckDB also reads a comma before the end, NaN and Infinity. Few texts look as if they had one: those are looked at again. */
export const JSON_LENIENT = macro("json_lenient", "x")`regexp_matches(x, '(?i),\\s*[\\]}]|nan|inf')`;
export const JSON_LOOSE = macro(
  "json_loose",
  "x",
)`CASE WHEN ${JSON_LENIENT}(x) THEN ${JSON_LENIENT}(regexp_replace(x, '${STRING}', '""', 'g')) ELSE false END`;
export const JSON_STRICT = macro("json_strict", "x")`CASE WHEN json_valid(x) THEN NOT ${JSON_LOOSE}(x) ELSE false END`;

/** The brackets of a text, with how many characters there are up to each, to the one that closes the first. */
export const JSON_TOKENS = macro(
  "json_tokens",
  "x",
)`list_transform(regexp_extract_all(x, '(?s)${STRING}|[{}\\[\\]]|[^"{}\\[\\]]+|"'), lambda t: {'size': length(t), 'depth': CASE WHEN t IN ('{', '[') THEN 1 WHEN t IN ('}', ']') THEN -1 ELSE 0 END, 'ended': false})`;
export const JSON_SIZE = macro(
  "json_size",
  "x",
)`list_reduce(${JSON_TOKENS}(x), lambda s, t: CASE WHEN s['ended'] THEN s ELSE {'size': s['size'] + t['size'], 'depth': s['depth'] + t['depth'], 'ended': t['depth'] = -1 AND s['depth'] + t['depth'] = 0} END)['size']`;

export const JSON_NESTED = macro("json_nested", "x")`left(x, CAST(${JSON_SIZE}(x) AS BIGINT))`;

/** A text may be followed by anything, a word by what is not of it, a number by a space. */
export const JSON_SCALAR = macro(
  "json_scalar",
  "x",
)`coalesce(nullif(regexp_extract(x, '(?s)^[ \\t\\r\\n]*${STRING}'), ''), regexp_extract(x, '^([ \\t\\r\\n]*(?:true|false))(?:[^\\p{L}\\p{N}_$]|$)', 1) || regexp_extract(x, '^([ \\t\\r\\n]*-?[0-9][0-9.eE+-]*)(?:[ \\t\\r\\n]|$)', 1))`;
export const JSON_FIRST = macro(
  "json_first",
  "x",
)`CASE WHEN regexp_matches(x, '^[ \\t\\r\\n]*[{\\[]') THEN ${JSON_NESTED}(x) ELSE ${JSON_SCALAR}(x) END`;
/** The brackets of valid JSON, four times without those that hold none: most JSON is gone then. */
const LEAVES = String.raw`'\[\]|\{\}', '', 'g'`;
export const JSON_BRACKETS = macro(
  "json_brackets",
  "x",
)`regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(x, '${STRING}|[^\\[\\]{}]+', '', 'g'), ${LEAVES}), ${LEAVES}), ${LEAVES}), ${LEAVES})`;
export const JSON_MOST = macro(
  "json_most",
  "b",
)`list_reduce(list_transform(regexp_extract_all(b, '[\\[{]+|[\\]}]+'), lambda r: {'at': CASE WHEN r[1] IN ('[', '{') THEN length(r) ELSE -length(r) END, 'most': CASE WHEN r[1] IN ('[', '{') THEN length(r) ELSE 0 END}), lambda s, t: {'at': s['at'] + t['at'], 'most': greatest(s['most'], s['at'] + t['at'])})['most']`;
export const JSON_TOO_DEEP = macro(
  "json_too_deep",
  "x",
)`list_transform([${JSON_BRACKETS}(x)], lambda b: CASE WHEN length(b) <= ${JSON_DEPTH} THEN false ELSE ${JSON_MOST}(b) > ${JSON_DEPTH - 4} END)[1]`;

/** Whether a key comes twice in an object of these keys. Of few keys, `list_unique` takes longer than all else. */
export const JSON_REPEATS = macro(
  "json_repeats",
  "k",
)`CASE WHEN len(k) < 4 THEN k[1] IN (k[2], k[3]) OR k[2] = k[3] ELSE len(k) <> list_unique(k) END`;

/** Whether no key of strict JSON comes twice in an object, and it is not too deep: JSON of few values cannot be. */
export const JSON_PLAIN = macro(
  "json_plain",
  "x",
)`list_transform([json_keys('[' || x || ']', '$..*')], lambda keys: CASE WHEN coalesce(list_bool_or(list_transform(keys, lambda k: len(k) <> list_unique(k))), false) THEN false WHEN len(keys) > ${JSON_DEPTH} THEN NOT ${JSON_TOO_DEEP}(x) ELSE true END)[1]`;
/** The text where it is strict JSON, else its first value: each as one of a list, since a macro that is called twice is planned twice. */
export const JSON_VALUE = macro(
  "json",
  "x",
)`list_transform(list_filter([x, ${JSON_FIRST}(x)], lambda f: ${JSON_STRICT}(f)), lambda f: CASE WHEN ${JSON_PLAIN}(f) THEN f END)[1]`;

/** Numbers as strings, so that DuckDB does not make doubles of them. */
export const JSON_QUOTED = macro(
  "json_quoted",
  "x",
)`array_to_string(list_transform(regexp_extract_all(x, '${STRING}|[^"]+'), lambda t: CASE WHEN starts_with(t, '"') THEN t ELSE regexp_replace(t, '-?[0-9][0-9.eE+-]*', '"\\0"', 'g') END), '')`;

/** A number as Spark's variant shows it: a decimal where one of 38 digits holds it, else a double as Java writes it. */
export const JSON_SIGNIFICANT = macro("json_significant", "n")`length(ltrim(replace(ltrim(n, '-'), '.', ''), '0'))`;
export const JSON_IS_DECIMAL = macro(
  "json_is_decimal",
  "n",
)`regexp_full_match(n, '-?[0-9]+([.][0-9]{1,38})?') AND ${JSON_SIGNIFICANT}(n) <= 38`;
export const JSON_DECIMAL = macro(
  "json_decimal",
  "n",
)`regexp_replace(n, '^-?(0)(?:[.]0*)?$|[.]0+$|([.][0-9]*[1-9])0+$', '\\1\\2')`;
export const JAVA_SCIENTIFIC = macro(
  "java_scientific",
  "p",
)`left(p['digits'], 1) || '.' || coalesce(nullif(substring(p['digits'], 2), ''), '0') || 'E' || p['exponent']`;
export const JAVA_DIGITS = macro(
  "java_digits",
  "p",
)`{'digits': coalesce(nullif(rtrim(ltrim(p['whole'] || p['fraction'], '0'), '0'), ''), '0'), 'exponent': CAST(coalesce(nullif(p['e'], ''), '0') AS INTEGER) + CASE WHEN p['whole'] <> '0' THEN length(p['whole']) - 1 ELSE length(ltrim(p['fraction'], '0')) - length(p['fraction']) - 1 END}`;
export const JAVA_LARGE = macro(
  "java_large",
  "x",
)`list_transform(list_transform([regexp_extract(CAST(abs(x) AS VARCHAR), '^([0-9]+)(?:[.]([0-9]+))?(?:e([+-][0-9]+))?$', ['whole', 'fraction', 'e'])], lambda p: ${JAVA_DIGITS}(p)), lambda p: ${JAVA_SCIENTIFIC}(p))[1]`;
export const JAVA_DOUBLE = macro(
  "java_double",
  "x",
)`CASE WHEN isinf(x) THEN CASE WHEN x < 0 THEN '-Infinity' ELSE 'Infinity' END WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN CAST(x AS VARCHAR) ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || ${JAVA_LARGE}(x) END`;
export const JSON_NUMBER = macro(
  "json_number",
  "number",
)`list_transform([number], lambda n: CASE WHEN ${JSON_IS_DECIMAL}(n) THEN ${JSON_DECIMAL}(n) ELSE list_transform([CAST(n AS DOUBLE)], lambda x: ${JAVA_DOUBLE}(x))[1] END)[1]`;

/** Most numbers are short and have no exponent: a double has their digits. */
export const JSON_HARD_DIGITS = macro("json_hard_digits", "j")`regexp_matches(j, '[0-9.]{16}|[0-9][eE]|0[.]0000')`;
export const JSON_DIGITS = macro(
  "json_digits",
  "j, path",
)`${JSON_NUMBER}(json_extract_string(${JSON_QUOTED}(j), path))`;

/** The scalar at a path as text; null where there is none, or an object or array. */
export const JSON_SHOWN = macro(
  "json_shown",
  "j, path",
)`CASE WHEN json_type(j, path) = 'DOUBLE' THEN ${JSON_DIGITS}(j, path) ELSE json_extract_string(json_value(j, path), '$') END`;
/**
 * JSON as nearly all of it is: strict, no key twice in an object, few values. DuckDB's own extraction is exact then, but
 * for numbers whose digits a double does not keep. It stands in no lambda, in which DuckDB compiles the patterns again for
 * every vector of rows. A CASE, for DuckDB may ask a part of an AND of what the others leave out.
 */
export const JSON_USUAL = macro(
  "json_usual",
  "x, path",
)`CASE WHEN NOT json_valid(x) THEN false WHEN ${JSON_LENIENT}(x) THEN false WHEN list_transform([json_keys('[' || x || ']', '$..*')], lambda keys: len(keys) > ${JSON_DEPTH} OR coalesce(list_bool_or(list_transform(keys, lambda k: ${JSON_REPEATS}(k))), false))[1] THEN false ELSE json_type(x, path) IS DISTINCT FROM 'DOUBLE' OR NOT ${JSON_HARD_DIGITS}(x) END`;
export const JSON_QUICK = macro(
  "json_quick",
  "x, path",
)`CASE WHEN json_type(x, path) IN ('VARCHAR', 'BIGINT', 'UBIGINT', 'BOOLEAN') THEN json_extract_string(x, path) WHEN json_type(x, path) = 'DOUBLE' THEN ${JSON_DECIMAL}(json_extract_string(x, path)) END`;
export const JSON_TEXT = macro(
  "json_text",
  "x, path",
)`CASE WHEN ${JSON_USUAL}(x, path) THEN ${JSON_QUICK}(x, path) WHEN x IS NOT NULL THEN list_transform([${JSON_VALUE}(x)], lambda j: ${JSON_SHOWN}(j, path))[1] END`;
