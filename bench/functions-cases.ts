/** What `bench/functions.ts` measures: each expression alongside what an engineer would write for DuckDB. */
import { fn, pipeline, source, t } from "medallion";
import { COLUMNS } from "./functions-rows.ts";

const demo = pipeline("bench").bronze({ raw: source.json("x", COLUMNS) }).tables.raw;
export type Columns = Parameters<Parameters<(typeof demo)["where"]>[0]>[0];
export const relation = demo;

export interface Case {
  readonly name: string;
  readonly make: (c: Columns) => unknown;
  /** The nearest of DuckDB's own, or of an engineer's without Spark's meaning. */
  readonly native: string;
  /** Why it may take up to 15 times as long. */
  readonly slow?: string;
}

const one = (name: string, make: Case["make"], native: string, slow?: string): Case => ({
  name,
  make,
  native,
  ...(slow !== undefined && { slow }),
});

const FDLIBM = "Spark's last bit is fdlibm's, which is worked out step by step";
const DIGITS = "all digits of Spark's decimal, of which DuckDB's double has 15";
const JSON_RULES = "Spark's rules of JSON: keys that come twice, what follows the value, digits of numbers";

export const SCALARS: readonly Case[] = [
  one("eq", (c) => c.i.eq(c.j), "i = j"),
  one("ne", (c) => c.i.ne(c.j), "i <> j"),
  one("lt", (c) => c.m.lt(c.n), "m < n"),
  one("le", (c) => c.i.le(c.j), "i <= j"),
  one("gt", (c) => c.s.gt("5"), "s > '5'"),
  one("ge", (c) => c.day.ge("2010-01-01"), "day >= DATE '2010-01-01'"),
  one("eqNullSafe", (c) => c.s.eqNullSafe("5"), "s IS NOT DISTINCT FROM '5'"),
  one("between", (c) => c.i.between(5, 500), "i BETWEEN 5 AND 500"),
  one("in", (c) => c.i.in(1, 2, 3), "i IN (1, 2, 3)"),
  one("and", (c) => c.b.and(c.i.gt(5)), "b AND i > 5"),
  one("or", (c) => c.b.or(c.i.gt(5)), "b OR i > 5"),
  one("not", (c) => c.b.not(), "NOT b"),
  one("isNull", (c) => c.s.isNull(), "s IS NULL"),
  one("isNotNull", (c) => c.s.isNotNull(), "s IS NOT NULL"),
  one("coalesce", (c) => c.m.orElse(c.n), "coalesce(m, n)"),
  one("nullIf", (c) => c.i.nullIf(5), "nullif(i, 5)"),
  one("declassify", (c) => c.s.declassify("bench"), "s"),
  one("plus", (c) => c.m.plus(c.n), "m + n"),
  one("plus of integers", (c) => c.i.plus(c.j), "i + j"),
  one("minus", (c) => c.m.minus(c.n), "m - n"),
  one("times", (c) => c.m.times(c.n), "m * n"),
  one("times of wide decimals", (c) => c.w.times(c.w), "w * w"),
  one("div", (c) => c.m.div(c.n), "m / n", DIGITS),
  one("div of wide decimals", (c) => c.w.div(c.n), "w / n", DIGITS),
  one("div of a computed decimal", (c) => c.m.minus(c.n).div(c.n).times(100), "(m - n) / n * 100", DIGITS),
  one("div of doubles", (c) => c.d.div(c.e), "d / e"),
  one("mod", (c) => c.i.mod(c.j), "i % j"),
  one("mod of decimals", (c) => c.m.mod(c.n), "m % n"),
  one("negate", (c) => c.m.negate(), "-m"),
  one("abs", (c) => c.m.abs(), "abs(m)"),
  one("ceil", (c) => c.d.ceil(), "ceil(d)"),
  one("floor", (c) => c.m.floor(), "floor(m)"),
  one("round", (c) => c.m.round(1), "round(m, 1)"),
  one("round of a double", (c) => c.d.round(2), "round(d, 2)", DIGITS),
  one("sqrt", (c) => c.d.sqrt(), "sqrt(d)"),
  one("exp", (c) => c.e.exp(), "exp(e)", FDLIBM),
  one("power", (c) => c.e.power(1.5), "power(e, 1.5)", FDLIBM),
  one("ln", (c) => c.e.ln(), "ln(e)", FDLIBM),
  one("log10", (c) => c.e.log10(), "log10(e)", FDLIBM),
  one("greatest", (c) => fn.greatest(c.i, c.j), "greatest(i, j)"),
  one("least", (c) => fn.least(c.m, c.n), "least(m, n)"),
  one("convertUnit", (c) => c.m.convert("EUR", "0.9"), "m * 0.9"),
  one("acknowledgeFanOut", (c) => c.m.acknowledgeFanOut(), "m"),
  one("acknowledgeDisjoint", (c) => c.m.acknowledgeDisjoint(), "m"),
  one("upper", (c) => c.name.upper(), "upper(name)"),
  one("lower", (c) => c.name.lower(), "lower(name)"),
  one("trim", (c) => c.name.trim(), "trim(name)"),
  one("ltrim", (c) => c.name.ltrim(), "ltrim(name)"),
  one("rtrim", (c) => c.name.rtrim(), "rtrim(name)"),
  one("length", (c) => c.name.length(), "length(name)"),
  one("concat", (c) => c.name.concat("-", c.s), "name || '-' || s"),
  one("substring", (c) => c.name.substring(2, 4), "substring(name, 2, 4)"),
  one("left", (c) => c.name.left(3), "left(name, 3)"),
  one("right", (c) => c.name.right(3), "right(name, 3)"),
  one("replace", (c) => c.name.replace("o", "0"), "replace(name, 'o', '0')"),
  one("contains", (c) => c.name.contains("er 1"), "contains(name, 'er 1')"),
  one("startsWith", (c) => c.name.startsWith("Cu"), "starts_with(name, 'Cu')"),
  one("endsWith", (c) => c.name.endsWith("7"), "ends_with(name, '7')"),
  one("like", (c) => c.name.like("C%7"), "name LIKE 'C%7'"),
  one("lpad", (c) => c.s.lpad(9, "0"), "lpad(s, 9, '0')"),
  one("rpad", (c) => c.s.rpad(9, "0"), "rpad(s, 9, '0')"),
  one("repeat", (c) => c.s.repeat(2), "repeat(s, 2)"),
  one("splitPart", (c) => c.name.splitPart(" ", 2), "split_part(name, ' ', 2)"),
  one("split", (c) => c.name.split(" "), "string_split(name, ' ')"),
  one("translate", (c) => c.name.translate("os", "05"), "translate(name, 'os', '05')"),
  one("position", (c) => c.name.position("m"), "instr(name, 'm')"),
  one("matches", (c) => c.name.matches("^[A-Z][a-z]+ [0-9]+"), "regexp_matches(name, '^[A-Z][a-z]+ [0-9]+')"),
  one("regexpReplace", (c) => c.name.regexpReplace("[0-9]+", "n"), "regexp_replace(name, '[0-9]+', 'n', 'g')"),
  one("regexpExtract", (c) => c.name.regexpExtract("([0-9]+)", 1), "regexp_extract(name, '([0-9]+)', 1)"),
  one("jsonText", (c) => c.json.jsonText("$.user.name"), "json_extract_string(json, '$.user.name')", JSON_RULES),
  one("md5", (c) => c.name.md5(), "md5(name)"),
  one("sha1", (c) => c.name.sha1(), "sha1(name)"),
  one("sha256", (c) => c.name.sha256("pepper"), "sha256('pepper' || name)"),
  one("tokenize", (c) => c.name.tokenize("pepper"), "'tok_' || left(sha256('pepper' || name), 16)"),
  one("redact", (c) => c.name.redact(), "CASE WHEN name IS NOT NULL THEN 'REDACTED' END"),
  one("mask", (c) => c.name.mask({ showLast: 2 }), "repeat('*', length(name) - 2) || right(name, 2)"),
  one("emailDomain", (c) => c.name.emailDomain(), "lower(split_part(name, '@', 2))"),
  one("toDate", (c) => c.ts.toDate(), "CAST(ts AS DATE)"),
  one("year", (c) => c.day.year(), "year(day)"),
  one("quarter", (c) => c.day.quarter(), "quarter(day)"),
  one("month", (c) => c.ts.month(), "month(ts)"),
  one("day", (c) => c.ts.day(), "day(ts)"),
  one("dayOfYear", (c) => c.day.dayOfYear(), "dayofyear(day)"),
  one("dayOfWeek", (c) => c.day.dayOfWeek(), "dayofweek(day)"),
  one("weekOfYear", (c) => c.day.weekOfYear(), "weekofyear(day)"),
  one("hour", (c) => c.ts.hour(), "hour(ts)"),
  one("minute", (c) => c.ts.minute(), "minute(ts)"),
  one("second", (c) => c.ntz.second(), "second(ntz)"),
  one("truncate", (c) => c.ts.truncate("day"), "date_trunc('day', ts)"),
  one("truncate of a wall clock", (c) => c.ntz.truncate("month"), "date_trunc('month', ntz)"),
  one("lastDay", (c) => c.day.lastDay(), "last_day(day)"),
  one("addDays", (c) => c.day.addDays(c.j), "day + j"),
  one("addMonths", (c) => c.day.addMonths(3), "day + INTERVAL 3 MONTH"),
  one("addSeconds", (c) => c.ts.addSeconds(60), "ts + INTERVAL 60 SECOND"),
  one("daysSince", (c) => c.due.daysSince(c.day), "date_diff('day', day, due)"),
  one("secondsSince", (c) => c.ts.secondsSince(c.ts), "date_diff('second', ts, ts)"),
  one("unixSeconds", (c) => c.ts.unixSeconds(), "epoch_us(ts) // 1000000"),
  one("format", (c) => c.day.format("yyyy-MM"), "strftime(day, '%Y-%m')"),
  one(
    "parseDate",
    (c) => c.day.format("yyyy-MM-dd").parseDate("yyyy-MM-dd"),
    "CAST(strftime(day, '%Y-%m-%d') AS DATE)",
  ),
  one("tryParseDate", (c) => c.day_text.tryParseDate("yyyy-MM-dd"), "try_strptime(day_text, '%Y-%m-%d')"),
  one(
    "parseTimestamp",
    (c) => c.day.format("yyyy-MM-dd").parseTimestamp("yyyy-MM-dd"),
    "CAST(strftime(day, '%Y-%m-%d') AS TIMESTAMP)",
  ),
  one("tryParseTimestamp", (c) => c.day_text.tryParseTimestamp("yyyy-MM-dd"), "try_strptime(day_text, '%Y-%m-%d')"),
  one(
    "makeDate",
    (c) => fn.makeDate(c.day.year(), c.day.month(), c.day.month()),
    "make_date(year(day), month(day), month(day))",
  ),
  one("size", (c) => c.words.size(), "len(words)"),
  one("has", (c) => c.words.has("red"), "list_contains(words, 'red')"),
  one("at", (c) => c.words.at(0), "words[1]"),
  one("joinText", (c) => c.words.joinText(","), "array_to_string(words, ',')"),
  one("sorted", (c) => c.words.sorted(), "list_sort(words)"),
  one("distinct", (c) => c.words.distinct(), "list_sort(list_distinct(words))"),
  one("field", (c) => c.rec.fields.city, "rec.city"),
  one("entry", (c) => c.dict.entry("a"), "dict['a']"),
  one("keys", (c) => c.dict.keys(), "map_keys(dict)"),
  one("variantText", (c) => c.v.variantText("$.id"), "json_extract_string(v, '$.id')", JSON_RULES),
];

/** What the pairs of types do not show. */
export const CASTS: readonly Case[] = [
  one("text to bigint, or null", (c) => c.whole_text.tryCast(t.bigint()), "TRY_CAST(whole_text AS BIGINT)"),
  one("text to date, or null", (c) => c.day_text.tryCast(t.date()), "TRY_CAST(day_text AS DATE)"),
  one("double with halves to decimal", (c) => c.d.cast(t.decimal(18, 2)), "CAST(d AS DECIMAL(18, 2))"),
  one("decimal to decimal", (c) => c.m.cast(t.decimal(12, 1)), "CAST(m AS DECIMAL(12, 1))"),
];

const SPREAD = "squares that leave the range of a double are NaN, where DuckDB fails";
const LISTS = "Spark's percentile is between two neighbours of the sorted values";

/** Over a thousand groups. */
export const AGGREGATES: readonly Case[] = [
  one("count", (c) => c.s.count(), "count(s)"),
  one("countRows", () => fn.countRows(), "count(*)"),
  one("countDistinct", (c) => c.j.countDistinct(), "count(DISTINCT j)"),
  one("countIf", (c) => c.b.countIf(), "count_if(b)"),
  one("sum", (c) => c.m.sum(), "sum(m)"),
  one("avg", (c) => c.m.avg(), "avg(m)"),
  one("min", (c) => c.m.min(), "min(m)"),
  one("max", (c) => c.day.max(), "max(day)"),
  one("stddev", (c) => c.d.stddev(), "stddev_samp(d)", SPREAD),
  one("stddevPop", (c) => c.d.stddevPop(), "stddev_pop(d)", SPREAD),
  one("variance", (c) => c.d.variance(), "var_samp(d)", SPREAD),
  one("variancePop", (c) => c.d.variancePop(), "var_pop(d)", SPREAD),
  one("median", (c) => c.d.median(), "median(d)", LISTS),
  one("percentile", (c) => c.d.percentile(0.9), "quantile_cont(d, 0.9)", LISTS),
  one("maxBy", (c) => c.s.maxBy(c.ts), "arg_max(s, ts)"),
  one("minBy", (c) => c.m.minBy(c.ts), "arg_min(m, ts)"),
  one("every", (c) => c.b.every(), "bool_and(b)"),
  one("some", (c) => c.b.some(), "bool_or(b)"),
  one("arrayAgg", (c) => c.j.arrayAgg(), "list_sort(list(j))"),
];

const over = (c: Columns) => ({ partitionBy: c.j, orderBy: c.ts });

const TIES = "rows that share a place in the order are told apart by all of their columns, so that engines agree";

export const WINDOWS: readonly Case[] = [
  one("rowNumber", (c) => fn.rowNumber().over(over(c)), "row_number() OVER (PARTITION BY j ORDER BY ts)", TIES),
  one("rank", (c) => fn.rank().over(over(c)), "rank() OVER (PARTITION BY j ORDER BY ts)"),
  one("denseRank", (c) => fn.denseRank().over(over(c)), "dense_rank() OVER (PARTITION BY j ORDER BY ts)"),
  one("percentRank", (c) => fn.percentRank().over(over(c)), "percent_rank() OVER (PARTITION BY j ORDER BY ts)"),
  one("cumeDist", (c) => fn.cumeDist().over(over(c)), "cume_dist() OVER (PARTITION BY j ORDER BY ts)"),
  one("lag", (c) => c.m.lag(1).over(over(c)), "lag(m) OVER (PARTITION BY j ORDER BY ts)", TIES),
  one("lead", (c) => c.m.lead(1).over(over(c)), "lead(m) OVER (PARTITION BY j ORDER BY ts)", TIES),
  one("firstValue", (c) => c.m.firstValue().over(over(c)), "first_value(m) OVER (PARTITION BY j ORDER BY ts)", TIES),
  one("lastValue", (c) => c.m.lastValue().over(over(c)), "last_value(m) OVER (PARTITION BY j ORDER BY ts)", TIES),
];

/** Functions of the catalogue that DuckDB is refused. */
export const REFUSED = ["initcap", "soundex"];
