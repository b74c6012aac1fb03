/** Macros that give DuckDB Spark's meaning where one expression does not. */
import { DUCKDB_JSON } from "./duckdb-json.ts";
import { DUCKDB_LETTERS } from "./duckdb-letters.ts";
import { DUCKDB_MATH } from "./duckdb-math.ts";
import { SHORT_ZONES, ZONE_NAMES } from "./duckdb-zones.ts";

/** Spaces and control characters (0 left out: it cannot stand in a constant), for an E'' constant. */
const TRIMMED = `${[...Array.from({ length: 32 }, (_, i) => i + 1), 127].map((c) => `\\x${c.toString(16).padStart(2, "0")}`).join("")}`;

const ZONE =
  "Z|(?:UTC|UT|GMT)?(?:([+-])([0-9]{1,2}(?::[0-9]{1,2}|:[0-9]{2}:[0-9]{2})?|[0-9]{4}|[0-9]{6}))?|([A-Za-z][A-Za-z0-9/_+-]*)";

/** A timestamp as Spark reads it; the groups are named where it is used. */
const TIMESTAMP = `^([+-]?[0-9]{4,7}(?:-[0-9]{1,2}(?:-[0-9]{1,2})?)?)(?:[ T]([0-9]{1,2})(?::([0-9]{1,2})(?::([0-9]{1,2})(?:[.]([0-9]*))?( *(?:${ZONE}))?)?)?)?$`;

/** Macros that the rendered SQL calls. They live in the warehouse's `main` schema. */
export const DUCKDB_PRELUDE: readonly string[] = [
  ...DUCKDB_JSON,
  ...DUCKDB_LETTERS,
  ...DUCKDB_MATH,
  // The digits of a decimal or integer as one whole number.
  "CREATE OR REPLACE MACRO medallion_unscaled(x) AS CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)",
  // Whole-number division that rounds half away from zero, as Spark's decimals do.
  "CREATE OR REPLACE MACRO medallion_quotient(n, d) AS n // d + CASE WHEN 2 * abs(n % d) >= abs(d) THEN sign(n) * sign(d) ELSE 0 END",
  // A whole number as the text of a decimal with `scale` digits after the point.
  "CREATE OR REPLACE MACRO medallion_padded(q, scale) AS lpad(CAST(abs(q) AS VARCHAR), greatest(scale + 1, length(CAST(abs(q) AS VARCHAR)))::INTEGER, '0')",
  "CREATE OR REPLACE MACRO medallion_point(q, scale) AS CASE WHEN q < 0 THEN '-' ELSE '' END || left(medallion_padded(q, scale), length(medallion_padded(q, scale)) - scale) || '.' || right(medallion_padded(q, scale), scale)",
  // a / b with `scale` digits; `shift` is scale + scale(b) - scale(a). Null where b is zero.
  "CREATE OR REPLACE MACRO medallion_divide(a, b, shift, scale) AS CASE WHEN b <> 0 THEN medallion_point(medallion_quotient(medallion_unscaled(a) * CAST('1' || repeat('0', shift) AS HUGEINT), medallion_unscaled(b)), scale) END",
  // x + y, with one digit less after the point: exact, though the sum of two whole numbers of 38 digits needs 39.
  "CREATE OR REPLACE MACRO medallion_tenth(q, r) AS q + CASE WHEN CASE WHEN abs(q) > 2 THEN q ELSE 10 * q + r END >= 0 THEN (r + 25) // 10 - 2 ELSE 2 - (25 - r) // 10 END",
  "CREATE OR REPLACE MACRO medallion_sum(x, y, scale) AS medallion_point(medallion_tenth(x // 10 + y // 10, x % 10 + y % 10), scale)",
  // x * y with `cut` digits less: all 76 digits, made from halves of 19.
  "CREATE OR REPLACE MACRO medallion_high(x) AS CAST(abs(x) // 10000000000000000000 AS UHUGEINT)",
  "CREATE OR REPLACE MACRO medallion_low(x) AS CAST(abs(x) % 10000000000000000000 AS UHUGEINT)",
  "CREATE OR REPLACE MACRO medallion_middle(x, y) AS medallion_high(x) * medallion_low(y) + medallion_low(x) * medallion_high(y) + medallion_low(x) * medallion_low(y) // 10000000000000000000::UHUGEINT",
  "CREATE OR REPLACE MACRO medallion_digits(x, y) AS lpad(CAST(medallion_high(x) * medallion_high(y) + medallion_middle(x, y) // 10000000000000000000::UHUGEINT AS VARCHAR), 38, '0') || lpad(CAST(medallion_middle(x, y) % 10000000000000000000::UHUGEINT AS VARCHAR), 19, '0') || lpad(CAST(medallion_low(x) * medallion_low(y) % 10000000000000000000::UHUGEINT AS VARCHAR), 19, '0')",
  "CREATE OR REPLACE MACRO medallion_rounded(digits, cut) AS CAST(left(digits, 76 - cut) AS HUGEINT) + CAST(substring(digits, 77 - cut, 1) >= '5' AS INTEGER)",
  "CREATE OR REPLACE MACRO medallion_product(x, y, cut, scale) AS medallion_point(CASE WHEN (x < 0) <> (y < 0) THEN -1 ELSE 1 END * medallion_rounded(medallion_digits(x, y), cut), scale)",
  // As medallion_divide, digit by digit, where the shifted dividend would need more than 38 digits.
  "CREATE OR REPLACE MACRO medallion_long_division(n, d, shift) AS list_reduce(list_prepend([n // d, n % d], list_transform(range(shift), lambda i: [0::HUGEINT, 0::HUGEINT])), lambda s, z: [s[1] * 10 + (s[2] * 10) // d, (s[2] * 10) % d])",
  "CREATE OR REPLACE MACRO medallion_half_up(qr, d) AS qr[1] + CASE WHEN 2 * qr[2] >= d THEN 1 ELSE 0 END",
  "CREATE OR REPLACE MACRO medallion_divide_wide(a, b, shift, scale) AS CASE WHEN b <> 0 THEN medallion_point(CASE WHEN (a < 0) <> (b < 0) THEN -1 ELSE 1 END * medallion_half_up(medallion_long_division(abs(medallion_unscaled(a)), abs(medallion_unscaled(b)), shift), abs(medallion_unscaled(b))), scale) END",
  // The numbers of a list, -0 before 0, which DuckDB holds for equal.
  "CREATE OR REPLACE MACRO medallion_sorted(l) AS list_transform(list_sort(list_transform(list_filter(l, lambda v: v IS NOT NULL), lambda v: {'value': v, 'positive': NOT signbit(v)})), lambda e: e['value'])",
  // As Spark's Percentile: between the two neighbours of a position, in proportion.
  "CREATE OR REPLACE MACRO medallion_weighed(low, high, p) AS CASE WHEN p = floor(p) OR low = high THEN low ELSE low + (high - low) * (p - floor(p)) END",
  "CREATE OR REPLACE MACRO medallion_neighbours(l, p) AS medallion_weighed(l[CAST(floor(p) AS BIGINT) + 1], l[CAST(ceil(p) AS BIGINT) + 1], p)",
  "CREATE OR REPLACE MACRO medallion_percentile(l, percentage) AS list_transform([medallion_sorted(l)], lambda s: medallion_neighbours(s, (len(s) - 1) * CAST(percentage AS DOUBLE)))[1]",
  // Bare, DuckDB's optimizer makes false of date_trunc('day', x) = TIMESTAMP '2024-02-29 10:00:00', also where x is null.
  "CREATE OR REPLACE MACRO medallion_date_trunc(unit, x) AS CASE WHEN x IS NOT NULL THEN date_trunc(unit, x) END",
  // The value that stands where the other list has its extreme.
  "CREATE OR REPLACE MACRO medallion_at(l, orders, extreme) AS CASE WHEN extreme IS NOT NULL THEN l[list_position(orders, extreme)] END",
  // Texts that Spark reads as a value of the type, else null.
  // Spaces and control characters around a text, which Spark does not mind.
  `CREATE OR REPLACE MACRO medallion_trimmed(x) AS trim(x, E'${TRIMMED}')`,
  "CREATE OR REPLACE MACRO medallion_integer_text(x) AS CASE WHEN regexp_full_match(medallion_trimmed(x), '[+-]?[0-9]+') THEN medallion_trimmed(x) END",
  // A number without its exponent, of which DuckDB makes 0.01 where it should be 0.00.
  "CREATE OR REPLACE MACRO medallion_shifted(sign, digits, shift) AS CASE WHEN shift < -400 OR trim(digits, '0') = '' THEN '0' WHEN shift > 40 THEN 'too great' WHEN shift >= 0 THEN sign || digits || repeat('0', shift) ELSE sign || left(digits, greatest(length(digits) + shift, 0)) || '.' || lpad(right(digits, least(length(digits), -shift)), -shift, '0') END",
  "CREATE OR REPLACE MACRO medallion_plain(t) AS CASE WHEN regexp_matches(t, '[eE]') THEN list_transform([regexp_extract(t, '^([+-]?)([0-9]*)[.]?([0-9]*)[eE]([+-]?[0-9]+)$', ['sign', 'whole', 'fraction', 'exponent'])], lambda p: medallion_shifted(p['sign'], p['whole'] || p['fraction'], CAST(coalesce(TRY_CAST(p['exponent'] AS INTEGER), CASE WHEN p['exponent'][1] = '-' THEN -1000000 ELSE 1000000 END) - length(p['fraction']) AS INTEGER)))[1] ELSE t END",
  "CREATE OR REPLACE MACRO medallion_decimal_text(x) AS CASE WHEN regexp_full_match(medallion_trimmed(x), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?') THEN medallion_plain(medallion_trimmed(x)) END",
  "CREATE OR REPLACE MACRO medallion_double_text(x) AS CASE WHEN regexp_full_match(medallion_trimmed(x), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[dDfF]?') THEN rtrim(medallion_trimmed(x), 'dDfF') WHEN regexp_full_match(lower(medallion_trimmed(x)), '[+-]?(inf|infinity)|nan') THEN lower(medallion_trimmed(x)) END",
  "CREATE OR REPLACE MACRO medallion_boolean_text(x) AS CASE WHEN lower(medallion_trimmed(x)) IN ('t', 'true', 'y', 'yes', '1') THEN 'true' WHEN lower(medallion_trimmed(x)) IN ('f', 'false', 'n', 'no', '0') THEN 'false' END",
  // The digits of a double, of which a decimal is made; NaN and Infinity are null.
  "CREATE OR REPLACE MACRO medallion_double_digits(x) AS CASE WHEN isfinite(x) THEN medallion_plain(CAST(CAST(x AS DOUBLE) AS VARCHAR)) END",
  "CREATE OR REPLACE MACRO medallion_float(x) AS CASE WHEN abs(x) >= 3.4028235677973366e38 AND NOT isnan(x) THEN sign(x) * CAST('inf' AS FLOAT) ELSE CAST(x AS FLOAT) END",
  // Years of 4 to 7 digits; month and day may be missing, and what follows a space or T is not looked at.
  "CREATE OR REPLACE MACRO medallion_completed(date) AS ltrim(date, '+') || CASE WHEN regexp_matches(date, '[0-9]-[0-9]+-') THEN '' WHEN regexp_matches(date, '[0-9]-') THEN '-01' ELSE '-01-01' END",
  "CREATE OR REPLACE MACRO medallion_date_text(x) AS CASE WHEN regexp_full_match(medallion_trimmed(x), '[+-]?[0-9]{4,7}(-[0-9]{1,2}(-[0-9]{1,2}([ T](?s:.*))?)?)?') THEN medallion_completed(regexp_extract(medallion_trimmed(x), '^[^ T]*')) END",
  // A zone stands after seconds only: Z, UTC, GMT+2, +02:30, +0230, Europe/Rome, CET.
  `CREATE OR REPLACE MACRO medallion_timestamp_parts(x) AS regexp_extract(medallion_trimmed(x), '${TIMESTAMP}', ['date', 'hour', 'minute', 'second', 'fraction', 'zone', 'sign', 'zone_offset', 'region'])`,
  // The six digits of an offset, and what DuckDB reads: nothing beyond 18 hours.
  "CREATE OR REPLACE MACRO medallion_offset_digits(o) AS CASE WHEN contains(o, ':') THEN lpad(split_part(o, ':', 1), 2, '0') || lpad(split_part(o, ':', 2), 2, '0') || lpad(split_part(o, ':', 3), 2, '0') ELSE rpad(CASE WHEN length(o) = 1 THEN '0' || o ELSE o END, 6, '0') END",
  "CREATE OR REPLACE MACRO medallion_offset(sign, d) AS CASE WHEN CAST(d AS INTEGER) <= 180000 AND substring(d, 3, 2) < '60' AND substring(d, 5, 2) < '60' THEN sign || left(d, 2) || ':' || substring(d, 3, 2) || ':' || right(d, 2) END",
  `CREATE OR REPLACE MACRO medallion_region(r) AS CASE WHEN contains('${ZONE_NAMES}', '|' || r || '|') THEN r ELSE map_extract_value(${SHORT_ZONES}, r) END`,
  "CREATE OR REPLACE MACRO medallion_zone(p) AS CASE WHEN p['region'] <> '' THEN medallion_region(p['region']) WHEN p['zone_offset'] <> '' THEN medallion_offset(p['sign'], medallion_offset_digits(p['zone_offset'])) ELSE '+00' END",
  // Where clocks are put back, an hour comes twice: the first is meant, and DuckDB takes the second.
  "CREATE OR REPLACE MACRO medallion_before(clock, zone, later) AS timezone('UTC', clock - (timezone(zone, later - INTERVAL 1 DAY) - timezone('UTC', later - INTERVAL 1 DAY)))",
  "CREATE OR REPLACE MACRO medallion_earlier(clock, zone, later, before) AS CASE WHEN before < later AND timezone(zone, before) = clock THEN before ELSE later END",
  "CREATE OR REPLACE MACRO medallion_in_zone(clock, zone) AS medallion_earlier(clock, zone, timezone(zone, clock), medallion_before(clock, zone, timezone(zone, clock)))",
  "CREATE OR REPLACE MACRO medallion_stamp(s) AS CASE WHEN s['zone'][1] IN ('+', '-') THEN s['clock'] || s['zone'] ELSE CAST(timezone('UTC', medallion_in_zone(TRY_CAST(s['clock'] AS TIMESTAMP), s['zone'])) AS VARCHAR) || '+00' END",
  "CREATE OR REPLACE MACRO medallion_clock(p) AS CASE WHEN CAST('0' || p['hour'] AS INTEGER) < 24 AND CAST('0' || p['minute'] AS INTEGER) < 60 AND CAST('0' || p['second'] AS INTEGER) < 60 THEN medallion_completed(p['date']) || ' ' || lpad(p['hour'], 2, '0') || ':' || lpad(p['minute'], 2, '0') || ':' || lpad(p['second'], 2, '0') || rtrim('.' || left(p['fraction'], 6), '.') END",
  `CREATE OR REPLACE MACRO medallion_timestamp_text(x) AS CASE WHEN regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?Z?') THEN rtrim(x, 'Z') || '+00' WHEN regexp_matches(medallion_trimmed(x), '${TIMESTAMP}') THEN list_transform(list_transform([medallion_timestamp_parts(x)], lambda p: {'clock': medallion_clock(p), 'zone': medallion_zone(p)}), lambda s: medallion_stamp(s))[1] END`,
  `CREATE OR REPLACE MACRO medallion_timestamp_ntz_text(x) AS CASE WHEN regexp_matches(medallion_trimmed(x), '${TIMESTAMP}') THEN list_transform([medallion_timestamp_parts(x)], lambda p: CASE WHEN medallion_zone(p) IS NOT NULL THEN medallion_clock(p) END)[1] END`,
  "CREATE OR REPLACE MACRO medallion_require(given, read, type_name) AS CASE WHEN given IS NULL OR read IS NOT NULL THEN read ELSE error('\"' || given || '\" is not a ' || type_name) END",
];
