/** Every function of the catalogue, run on DuckDB: what it gives is what Spark gives. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { fn, pipeline, source, sql, t } from "medallion";
import { beforeAll, describe, expect, test } from "vitest";
import type { ExprNode } from "../../src/ast/expr.ts";
import { subexpressions } from "../../src/ast/walk.ts";
import { functionNames, functions } from "../../src/functions/index.ts";
import { printExpr } from "../../src/sql/expr.ts";
import { duckdb } from "../../src/targets/duckdb/dialect.ts";
import { databricks } from "../../src/targets/spark-sql/dialect.ts";
import { connectWithMacros } from "../macros.ts";

const columns = {
  s: t.string(),
  sn: t.string().nullable(),
  json: t.string(),
  b: t.boolean(),
  ti: t.tinyint(),
  i: t.int(),
  z: t.int(),
  big: t.bigint(),
  d: t.double(),
  m: t.decimal(12, 2),
  n: t.decimal(5, 3),
  day: t.date(),
  day2: t.date(),
  ts: t.timestamp(),
  ts2: t.timestamp(),
  ntz: t.timestampNtz(),
  list: t.array(t.string()),
  nums: t.array(t.int()),
  prices: t.array(t.decimal(5, 2)),
  rec: t.struct({ city: t.string(), zip: t.int() }),
  dict: t.map(t.string(), t.int()),
  v: t.variant(),
  text: t.string(),
};

const VALUES = `SELECT 'Ab c' AS s, CAST(NULL AS VARCHAR) AS sn, '{"a":{"b":"x"},"n":1}' AS json, true AS b, 7::TINYINT AS ti, -7 AS i, 0 AS z,
  9007199254740993 AS big, 2.5::DOUBLE AS d, 10.00::DECIMAL(12,2) AS m, 3.000::DECIMAL(5,3) AS n, DATE '2024-01-31' AS day, DATE '2023-12-25' AS day2,
  TIMESTAMPTZ '2024-02-29 23:59:30.5+00' AS ts, TIMESTAMPTZ '2024-02-29 23:59:00+00' AS ts2, TIMESTAMP '2024-02-29 10:11:12' AS ntz,
  ['b', NULL, 'a'] AS list, [3, 1] AS nums, [1.50]::DECIMAL(5,2)[] AS prices, {'city': 'Rome', 'zip': 100} AS rec, MAP {'k': 1, 'a': 2} AS dict, '{"u":{"id":5}}'::JSON AS v, ' 12.7 ' AS text`;

type Columns = Parameters<Parameters<(typeof demo)["where"]>[0]>[0];
const demo = pipeline("demo").bronze({ raw: source.json("x", columns) }).tables.raw;

/** The columns of the demo. Outside of a callback nothing asks whether a condition is used. */
const demoColumns = ((): Columns => {
  const given: Columns[] = [];
  demo.where((c) => {
    given.push(c);
    return c.b;
  });
  const [columns] = given;
  if (!columns) throw new Error("where() asked nothing");
  return columns;
})();

/** The node that a callback makes over the demo columns. */
const node = (make: (c: Columns) => unknown): ExprNode => (make(demoColumns) as { toNode(): ExprNode }).toNode();

const used = new Set<string>();
function remember(expr: ExprNode): void {
  for (const e of subexpressions(expr)) if ("fn" in e) used.add(e.fn);
}

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await connectWithMacros();
});

async function evaluate(expr: ExprNode, from: string = `(${VALUES})`): Promise<string | null> {
  const text = printExpr(expr, { dialect: duckdb, column: (c) => `"${c.name}"` });
  const reader = await connection.runAndReadAll(`SELECT CAST(${text} AS VARCHAR) AS v FROM ${from}`);
  return (reader.getRowObjectsJson()[0]?.["v"] ?? null) as string | null;
}

const scalars: readonly (readonly [string, (c: Columns) => unknown, string | null])[] = [
  ["eq", (c) => c.i.eq(-7), "true"],
  ["ne", (c) => c.i.ne(1), "true"],
  ["lt", (c) => c.m.lt("10.01"), "true"],
  ["le", (c) => c.m.le(10), "true"],
  ["gt", (c) => c.s.gt("A"), "true"],
  ["ge", (c) => c.day.ge("2024-01-31"), "true"],
  ["eq of null is null", (c) => c.sn.eq("x"), null],
  ["eqNullSafe", (c) => c.sn.eqNullSafe("x"), "false"],
  ["between", (c) => c.i.between(-7, 0), "true"],
  ["between", (c) => c.i.between(c.i, c.z), "true"],
  ["between", (c) => c.i.between(c.z, c.big), "false"],
  ["between", (c) => c.s.between(c.sn, "z"), null],
  ["in", (c) => c.s.in("x", "Ab c"), "true"],
  ["and", (c) => c.b.and(c.i.lt(0), c.i.gt(0)), "false"],
  ["or", (c) => c.b.not().or(c.i.lt(0)), "true"],
  ["isNull", (c) => c.sn.isNull(), "true"],
  ["isNotNull", (c) => c.sn.isNotNull(), "false"],
  ["orElse", (c) => c.sn.orElse("x"), "x"],
  ["coalesce", (c) => fn.coalesce(c.sn, c.s), "Ab c"],
  ["nullIf", (c) => c.s.nullIf("Ab c"), null],
  ["case", (c) => fn.when(c.b, 9007199254740993n).otherwise(0), "9007199254740993"],
  ["case", (c) => fn.coalesce(c.ts, new Date(0)).eq(c.ts), "true"],
  ["nullIf", (c) => c.i.nullIf(c.i), null],
  ["nullIf", (c) => c.i.nullIf(c.m), "-7"],
  ["declassify", (c) => c.s.declassify("test"), "Ab c"],
  ["plus int", (c) => c.i.plus(1), "-6"],
  ["plus decimal: DECIMAL(13,3)", (c) => c.m.plus(c.n), "13.000"],
  ["minus", (c) => c.m.minus("0.01"), "9.99"],
  ["times decimal: scale 5", (c) => c.m.times(c.n), "30.00000"],
  ["div of integers is a double", (c) => c.i.div(2), "-3.5"],
  ["div of decimals keeps Spark's scale", (c) => c.m.div(c.n), "3.33333333"],
  ["div rounds half away from zero", (c) => c.m.negate().div(c.n.times("2.000")), "-1.6666666666667"],
  ["div by zero is null", (c) => c.i.div(c.z), null],
  ["mod", (c) => c.i.mod(2), "-1"],
  ["negate", (c) => c.m.negate(), "-10.00"],
  ["abs", (c) => c.i.abs(), "7"],
  ["ceil", (c) => c.d.ceil(), "3"],
  ["floor decimal", (c) => c.m.minus("0.5").floor(), "9"],
  ["round", (c) => c.m.plus("0.005").round(2), "10.01"],
  ["round of a double goes by its digits", (c) => c.d.times(0).plus(1.005).round(2), "1.01"],
  ["round of a negative double", (c) => c.d.times(0).minus(2.5).round(), "-3.0"],
  ["round of a double to nothing", (c) => c.d.times(0).minus(0.004).round(2), "0.0"],
  ["sqrt of a negative is NaN", (c) => c.i.sqrt(), "nan"],
  ["exp", (c) => c.z.exp(), "1.0"],
  ["power", (c) => c.i.power(2), "49.0"],
  ["ln of zero is null", (c) => c.z.ln(), null],
  ["log10", (c) => c.m.log10(), "1.0"],
  ["greatest", (c) => fn.greatest(c.i, c.z), "0"],
  ["least", (c) => fn.least(c.i, c.z), "-7"],
  ["convert", (c) => c.m.convert("EUR", "0.5"), "5.000"],
  ["acknowledgeFanOut", (c) => c.m.acknowledgeFanOut(), "10.00"],
  ["acknowledgeDisjoint", (c) => c.m.acknowledgeDisjoint(), "10.00"],
  ["upper", (c) => c.s.upper(), "AB C"],
  ["lower", (c) => c.s.lower(), "ab c"],
  ["trim", (c) => c.text.trim(), "12.7"],
  ["ltrim", (c) => c.text.ltrim(), "12.7 "],
  ["rtrim", (c) => c.text.rtrim(), " 12.7"],
  ["length", (c) => c.s.length(), "4"],
  ["concat", (c) => c.s.concat("!", c.s), "Ab c!Ab c"],
  ["concat with null is null", (c) => fn.concat(c.s, c.sn), null],
  ["substring", (c) => c.s.substring(2, 2), "b "],
  ["left", (c) => c.s.left(2), "Ab"],
  ["right", (c) => c.s.right(1), "c"],
  ["replace", (c) => c.s.replace("b", "$1'"), "A$1' c"],
  ["contains", (c) => c.s.contains("b c"), "true"],
  ["startsWith", (c) => c.s.startsWith("Ab"), "true"],
  ["endsWith", (c) => c.s.endsWith("b"), "false"],
  ["position", (c) => c.s.position("c"), "4"],
  ["like", (c) => c.s.like("A_ %"), "true"],
  ["like with an escape", (c) => c.s.like("A!_%"), "false"],
  ["lpad", (c) => c.s.lpad(6, "*"), "**Ab c"],
  ["rpad", (c) => c.s.rpad(2, "*"), "Ab"],
  ["repeat", (c) => c.s.repeat(2), "Ab cAb c"],
  ["splitPart", (c) => c.s.splitPart(" ", 2), "c"],
  ["split", (c) => c.s.split(" "), "[Ab, c]"],
  ["translate", (c) => c.s.translate("Ac", "Xy"), "Xb y"],
  ["matches", (c) => c.s.matches("^[A-Z][a-z] "), "true"],
  ["regexpReplace", (c) => c.s.regexpReplace("([A-Z])(b)", "$2$1"), "bA c"],
  ["regexpExtract", (c) => c.s.regexpExtract("([A-Z])", 1), "A"],
  ["jsonText", (c) => c.json.jsonText("$.a.b"), "x"],
  ["jsonText of no JSON", (c) => c.s.jsonText("$.a"), null],
  ["md5", (c) => c.s.md5(), "3bc0cf3ea5b2b3e5bcbd8b2fb06ca0a0"],
  ["sha1", (c) => c.s.sha1(), ""],
  ["sha256", (c) => c.s.sha256("salt"), ""],
  ["tokenize", (c) => c.s.tokenize("salt"), ""],
  ["redact", (c) => c.s.redact(), "REDACTED"],
  ["redact keeps null", (c) => c.sn.redact(), null],
  ["mask", (c) => c.s.mask({ showLast: 1 }), "***c"],
  ["emailDomain", (c) => c.s.concat("@X.org").emailDomain(), "x.org"],
  ["parseDate", () => fn.lit("29.02.2024").parseDate("dd.MM.yyyy"), "2024-02-29"],
  ["tryParseDate", () => fn.lit("29.02.2023").tryParseDate("dd.MM.yyyy"), null],
  ["tryParseDate of other text", () => fn.lit("2024-02-29").tryParseDate("dd.MM.yyyy"), null],
  ["parseTimestamp", () => fn.lit("20240229_235958").parseTimestamp("yyyyMMdd_HHmmss"), "2024-02-29 23:59:58+00"],
  ["tryParseTimestamp", () => fn.lit("24:00").tryParseTimestamp("HH:mm"), null],
  ["tryParseTimestamp without a day", () => fn.lit("23:59").tryParseTimestamp("HH:mm"), "1970-01-01 23:59:00+00"],
  ["toDate", (c) => c.ts.toDate(), "2024-02-29"],
  ["year", (c) => c.day.year(), "2024"],
  ["quarter", (c) => c.day2.quarter(), "4"],
  ["month", (c) => c.ts.month(), "2"],
  ["day", (c) => c.ts.day(), "29"],
  ["dayOfYear", (c) => c.day.dayOfYear(), "31"],
  ["dayOfWeek: Thursday is 5", (c) => c.ts.dayOfWeek(), "5"],
  ["weekOfYear", (c) => c.day2.weekOfYear(), "52"],
  ["hour", (c) => c.ts.hour(), "23"],
  ["minute", (c) => c.ntz.minute(), "11"],
  ["second", (c) => c.ts.second(), "30"],
  ["truncate", (c) => c.ts.truncate("month"), "2024-02-01 00:00:00+00"],
  ["truncate a date", (c) => c.day.truncate("year"), "2024-01-01"],
  ["lastDay", (c) => c.ts.lastDay(), "2024-02-29"],
  ["addDays", (c) => c.day.addDays(1), "2024-02-01"],
  ["addMonths ends with the month", (c) => c.day.addMonths(1), "2024-02-29"],
  ["addSeconds", (c) => c.ntz.addSeconds(50), "2024-02-29 10:12:02"],
  ["daysSince", (c) => c.day.daysSince(c.day2), "37"],
  ["secondsSince", (c) => c.ts.secondsSince(c.ts2), "30"],
  ["unixSeconds", (c) => c.ts.unixSeconds(), "1709251170"],
  ["format", (c) => c.ts.format("yyyy-MM-dd HH:mm:ss"), "2024-02-29 23:59:30"],
  ["makeDate", (c) => fn.makeDate(c.day.year(), c.day.month(), c.ti), "2024-01-07"],
  ["size", (c) => c.list.size(), "3"],
  ["has", (c) => c.nums.has(3), "true"],
  ["has in a list with a null", (c) => c.list.has("z"), null],
  ["at", (c) => c.list.at(2), "a"],
  ["at beyond the end", (c) => c.list.at(9), null],
  ["joinText", (c) => c.list.joinText("-"), "b-a"],
  ["sorted", (c) => c.list.sorted(), "[NULL, a, b]"],
  ["distinct", (c) => c.list.distinct(), "[NULL, a, b]"],
  ["field", (c) => c.rec.fields.city, "Rome"],
  ["has a decimal", (c) => c.prices.has("1.5"), "true"],
  ["entry", (c) => c.dict.entry("a"), "2"],
  ["entry that is not there", (c) => c.dict.entry("q"), null],
  ["keys", (c) => c.dict.keys(), "[a, k]"],
  ["variantText", (c) => c.v.variantText("$.u.id"), "5"],
  ["when", (c) => fn.when(c.i.gt(0), "plus").when(c.i.lt(0), "minus").otherwise("zero"), "minus"],
  ["when without a value", (c) => fn.when(c.i.gt(0), c.m).otherwise(null), null],
  ["struct", (c) => fn.struct({ a: c.i }), "{'a': -7}"],
  ["raw SQL with a text", (c) => sql(t.string())`upper(${c.s}) || ';''"('`, `AB C;'"(`],
  ["greatest of texts", (c) => fn.greatest(c.s, c.text), "Ab c"],
  ["raw SQL", (c) => sql(t.int())`abs(${c.i.plus(1)}) + 1`, "7"],
  ["cast truncates", (c) => c.d.plus("10.2").cast(t.int()), "12"],
  ["tryCast text with a fraction to int is null", (c) => c.text.tryCast(t.int()), null],
  ["tryCast text to decimal", (c) => c.text.tryCast(t.decimal(5, 0)), "13"],
  ["cast int to text", (c) => c.i.cast(t.string()), "-7"],
  ["cast timestamp to text", (c) => c.ts.cast(t.string()), "2024-02-29 23:59:30.5"],
];

describe("functions on DuckDB", () => {
  test.each(scalars)("%s", async (name, make, expected) => {
    const expr = node(make);
    remember(expr);
    printExpr(expr, { dialect: databricks, column: (c) => c.name });
    const value = await evaluate(expr);
    const digest = {
      md5: /^[0-9a-f]{32}$/,
      sha1: /^[0-9a-f]{40}$/,
      sha256: /^[0-9a-f]{64}$/,
      tokenize: /^tok_[0-9a-f]{16}$/,
    }[name];
    if (digest) expect(value).toMatch(digest);
    else expect(value).toBe(expected);
  });
});

test.each(Object.entries(functions).filter(([, spec]) => spec.cycles))(
  "%s goes through its range, from the least to the greatest",
  async (name, { range }) => {
    const part = (c: Columns) => (c.ts as unknown as Readonly<Record<string, () => unknown>>)[name]?.();
    const value = printExpr(node(part), { dialect: duckdb, column: (c) => c.name });
    // The step is prime, and meets every second, week and day in 75 years.
    const times = "SELECT TIMESTAMPTZ '1999-12-31 00:00:00+00' + to_seconds(i * 7919) AS ts FROM range(300000) t(i)";
    const [ends] = (
      await connection.runAndReadAll(`SELECT min(x), max(x) FROM (SELECT ${value} AS x FROM (${times}))`)
    ).getRowsJson();
    expect(ends?.map(Number)).toEqual(range);
  },
);

const aggregates: readonly (readonly [string, (c: Columns) => unknown, string | null])[] = [
  ["count", (c) => c.sn.count(), "2"],
  ["countRows", () => fn.countRows(), "3"],
  ["countDistinct", (c) => c.i.countDistinct(), "2"],
  ["countIf", (c) => c.i.gt(1).countIf(), "2"],
  ["sum of decimals: DECIMAL(22,2)", (c) => c.m.sum(), "6.00"],
  ["sum with a filter", (c) => c.m.sum().filter(c.i.gt(1)), "5.00"],
  ["avg of decimals: four digits more", (c) => c.m.avg(), "2.000000"],
  ["avg of integers", (c) => c.i.avg(), "1.6666666666666667"],
  ["min", (c) => c.s.min(), "a"],
  ["max", (c) => c.day.max(), "2024-01-03"],
  ["stddev", (c) => c.d.stddev(), "1.0"],
  ["stddevPop", (c) => c.d.stddevPop(), "0.816496580927726"],
  ["variance", (c) => c.d.variance(), "1.0"],
  ["variancePop", (c) => c.d.variancePop(), "0.6666666666666666"],
  ["median", (c) => c.i.median(), "2.0"],
  ["percentile", (c) => c.d.percentile(0.25), "1.5"],
  ["maxBy", (c) => c.s.maxBy(c.day), "c"],
  ["minBy", (c) => c.s.minBy(c.day), "a"],
  ["lastBy", (c) => c.m.lastBy(c.day), "3.00"],
  ["every", (c) => c.b.every(), "false"],
  ["some", (c) => c.b.some(), "true"],
  ["arrayAgg", (c) => c.sn.arrayAgg(), "[x, y]"],
];

const ROWS = `(VALUES ('a', 'y', 1, 1.0::DOUBLE, 1.00::DECIMAL(12,2), DATE '2024-01-01', true), ('b', NULL, 2, 2.0, 2.00, DATE '2024-01-02', false),
  ('c', 'x', 2, 3.0, 3.00, DATE '2024-01-03', true)) AS r(s, sn, i, d, m, day, b)`;

describe("aggregates on DuckDB", () => {
  test.each(aggregates)("%s", async (_, make, expected) => {
    const expr = node(make);
    remember(expr);
    printExpr(expr, { dialect: databricks, column: (c) => c.name });
    expect(await evaluate(expr, ROWS)).toBe(expected);
  });
});

const windows: readonly (readonly [string, (c: Columns) => unknown, string | null])[] = [
  ["rowNumber", (c) => fn.rowNumber().over({ orderBy: c.s.desc() }), "3"],
  ["rank", (c) => fn.rank().over({ orderBy: c.i }), "1"],
  ["denseRank", (c) => fn.denseRank().over({ orderBy: c.i.desc() }), "2"],
  ["percentRank", (c) => fn.percentRank().over({ orderBy: c.i }), "0.0"],
  ["cumeDist", (c) => fn.cumeDist().over({ orderBy: c.s.desc() }), "1.0"],
  ["lag", (c) => c.s.lag().over({ orderBy: c.s }), null],
  ["lead", (c) => c.s.lead(2).over({ orderBy: c.s }), "c"],
  ["firstValue", (c) => c.s.firstValue().over({ orderBy: c.s }), "a"],
  [
    "lastValue over all",
    (c) => c.s.lastValue().over({ orderBy: c.s, frame: { unit: "rows", start: "unbounded", end: "unbounded" } }),
    "c",
  ],
  ["running sum", (c) => c.m.sum().over({ orderBy: c.s }), "1.00"],
  ["sum of the partition", (c) => c.m.sum().over({ partitionBy: c.b }), "4.00"],
];

describe("windows on DuckDB", () => {
  test.each(windows)("%s", async (_, make, expected) => {
    const expr = node(make);
    remember(expr);
    printExpr(expr, { dialect: databricks, column: (c) => c.name });
    expect(await evaluate(expr, `(SELECT * FROM ${ROWS}) ORDER BY s`)).toBe(expected);
  });
});

test("a truncated time that is null is not said to differ from one that is never the result of truncating", async () => {
  const nothing = "(SELECT CASE WHEN range > 5 THEN now() END AS ts FROM range(1))";
  const differs = node((c) => c.ts.truncate("minute").ne("2024-02-29T23:59:59Z"));
  expect(await evaluate(differs, nothing)).toBe(null);
});

test("every function of the catalogue is tested, or refused for DuckDB with a reason", () => {
  const refused = ["initcap", "soundex"];
  const missing = functionNames().filter((name) => !used.has(name) && !refused.includes(name));
  expect(missing).toEqual([]);
  for (const make of [(c: Columns) => c.s.initcap(), (c: Columns) => c.s.soundex()]) {
    expect(() => printExpr(node(make), { dialect: duckdb, column: (c) => c.name })).toThrow(/duckdb cannot do/);
  }
});

test("casts whose types declare other facts are other nodes", () => {
  const p = pipeline("p")
    .bronze({ raw: source.json("raw/*.json", { text: t.string(), v: t.variant() }) })
    .silver(($) => ({
      clean: $.raw.select(({ text, v }) => ({
        plain: text.cast(t.decimal(10, 2)),
        eur: text.cast(t.decimal(10, 2).unit("EUR")),
        usd: text.cast(t.decimal(10, 2).unit("USD")),
        rate: text.cast(t.decimal(10, 2).rate()),
        nullable: text.cast(t.decimal(10, 2).nullable()),
        email: text.cast(t.string().pii("email")),
        string: text.cast(t.string()),
        list: v.cast(t.array(t.string())),
        emails: v.cast(t.array(t.string().pii("email"))),
      })),
    }));
  const table = p.toNode().tables.find(({ name }) => name === "clean");
  const items = table?.kind === "query" && table.query.kind === "project" ? table.query.items : [];
  expect(new Set(items.map((item) => item.expr.id)).size).toBe(9);
});
