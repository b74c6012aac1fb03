/**
 * Macros that read JSON as Spark's `try_parse_json` and `try_variant_get` do: strict JSON, of which what follows the
 * first value is not looked at; null where a key comes twice; numbers with the digits that they were written with.
 *
 * A macro repeats its arguments: a list of one element holds what is used more than once. In a lambda a field is read as
 * `s['size']`, since `s.size` would be a column of a table that is called `s`.
 */

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;

export const DUCKDB_JSON: readonly string[] = [
  // DuckDB also reads a comma before the end, NaN and Infinity. Few texts look as if they had one: those are looked at again.
  "CREATE OR REPLACE MACRO medallion_json_lenient(x) AS regexp_matches(x, '(?i),\\s*[\\]}]|nan|inf')",
  `CREATE OR REPLACE MACRO medallion_json_strict(x) AS CASE WHEN NOT json_valid(x) THEN false WHEN medallion_json_lenient(x) THEN NOT medallion_json_lenient(regexp_replace(x, '${STRING}', '""', 'g')) ELSE true END`,
  // The brackets of a text, with how many characters there are up to each, to the one that closes the first.
  `CREATE OR REPLACE MACRO medallion_json_tokens(x) AS list_transform(regexp_extract_all(x, '(?s)${STRING}|[{}\\[\\]]|[^"{}\\[\\]]+|"'), lambda t: {'size': length(t), 'depth': CASE WHEN t IN ('{', '[') THEN 1 WHEN t IN ('}', ']') THEN -1 ELSE 0 END, 'ended': false})`,
  "CREATE OR REPLACE MACRO medallion_json_size(x) AS list_reduce(medallion_json_tokens(x), lambda s, t: CASE WHEN s['ended'] THEN s ELSE {'size': s['size'] + t['size'], 'depth': s['depth'] + t['depth'], 'ended': t['depth'] = -1 AND s['depth'] + t['depth'] = 0} END)['size']",
  // A text may be followed by anything, a word by what is not of it, a number by a space.
  `CREATE OR REPLACE MACRO medallion_json_scalar(x) AS coalesce(nullif(regexp_extract(x, '(?s)^[ \\t\\r\\n]*${STRING}'), ''), regexp_extract(x, '^([ \\t\\r\\n]*(?:true|false))(?:[^\\p{L}\\p{N}_$]|$)', 1) || regexp_extract(x, '^([ \\t\\r\\n]*-?[0-9][0-9.eE+-]*)(?:[ \\t\\r\\n]|$)', 1))`,
  "CREATE OR REPLACE MACRO medallion_json_first(x) AS CASE WHEN regexp_matches(x, '^[ \\t\\r\\n]*[{\\[]') THEN left(x, CAST(medallion_json_size(x) AS BIGINT)) ELSE medallion_json_scalar(x) END",
  "CREATE OR REPLACE MACRO medallion_json_unique(x) AS CASE WHEN NOT coalesce(list_bool_or(list_transform(json_keys('[' || x || ']', '$..*'), lambda k: len(k) <> list_unique(k))), false) THEN x END",
  "CREATE OR REPLACE MACRO medallion_json(x) AS CASE WHEN medallion_json_strict(x) THEN medallion_json_unique(x) WHEN medallion_json_strict(medallion_json_first(x)) THEN medallion_json_unique(medallion_json_first(x)) END",
  // Numbers as strings, so that DuckDB does not make doubles of them.
  `CREATE OR REPLACE MACRO medallion_json_quoted(x) AS array_to_string(list_transform(regexp_extract_all(x, '${STRING}|[^"]+'), lambda t: CASE WHEN starts_with(t, '"') THEN t ELSE regexp_replace(t, '-?[0-9][0-9.eE+-]*', '"\\0"', 'g') END), '')`,
  // A number as Spark's variant shows it: a decimal where one of 38 digits holds it, else a double as Java writes it.
  "CREATE OR REPLACE MACRO medallion_json_significant(n) AS length(ltrim(replace(ltrim(n, '-'), '.', ''), '0'))",
  "CREATE OR REPLACE MACRO medallion_json_is_decimal(n) AS regexp_full_match(n, '-?[0-9]+([.][0-9]{1,38})?') AND medallion_json_significant(n) <= 38",
  "CREATE OR REPLACE MACRO medallion_json_decimal(n) AS CASE WHEN regexp_full_match(n, '-?0([.]0*)?') THEN '0' WHEN contains(n, '.') THEN rtrim(rtrim(n, '0'), '.') ELSE n END",
  "CREATE OR REPLACE MACRO medallion_java_scientific(p) AS left(p.digits, 1) || '.' || coalesce(nullif(substring(p.digits, 2), ''), '0') || 'E' || p.exponent",
  "CREATE OR REPLACE MACRO medallion_java_digits(p) AS {'digits': coalesce(nullif(rtrim(ltrim(p.whole || p.fraction, '0'), '0'), ''), '0'), 'exponent': CAST(coalesce(nullif(p.e, ''), '0') AS INTEGER) + CASE WHEN p.whole <> '0' THEN length(p.whole) - 1 ELSE length(ltrim(p.fraction, '0')) - length(p.fraction) - 1 END}",
  "CREATE OR REPLACE MACRO medallion_java_double(x) AS CASE WHEN isinf(x) THEN CASE WHEN x < 0 THEN '-Infinity' ELSE 'Infinity' END WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN CAST(x AS VARCHAR) ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || medallion_java_scientific(medallion_java_digits(regexp_extract(CAST(abs(x) AS VARCHAR), '^([0-9]+)(?:[.]([0-9]+))?(?:e([+-][0-9]+))?$', ['whole', 'fraction', 'e']))) END",
  "CREATE OR REPLACE MACRO medallion_json_number(n) AS CASE WHEN medallion_json_is_decimal(n) THEN medallion_json_decimal(n) ELSE medallion_java_double(CAST(n AS DOUBLE)) END",
  // Most numbers are short and have no exponent: a double has their digits.
  "CREATE OR REPLACE MACRO medallion_json_digits(j, path) AS CASE WHEN regexp_matches(j, '[0-9.]{16}|[0-9][eE]|0[.]0000') THEN medallion_json_number(json_extract_string(medallion_json_quoted(j), path)) ELSE medallion_json_decimal(json_extract_string(j, path)) END",
  // The scalar at a path as text; null where there is none, or an object or array.
  "CREATE OR REPLACE MACRO medallion_json_shown(j, path) AS CASE WHEN json_type(j, path) = 'DOUBLE' THEN medallion_json_digits(j, path) ELSE json_extract_string(json_value(j, path), '$') END",
  "CREATE OR REPLACE MACRO medallion_json_text(x, path) AS list_transform(list_transform([x], lambda t: medallion_json(t)), lambda j: medallion_json_shown(j, path))[1]",
];
