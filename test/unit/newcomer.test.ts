/** What somebody writes who knows other tools, in plain JavaScript: each mistake names itself, its place and what to do. */
import { fn, MedallionError, param, pipeline, source, sql, t } from "medallion";
import { plan, run } from "medallion/run";
import { expect, test } from "vitest";
import { refused } from "../refused.ts";

// biome-ignore lint/suspicious/noExplicitAny: callers without types.
type Untyped = any;

const base = (): Untyped =>
  pipeline("p").bronze({
    raw: source.json("x/*.json", {
      id: t.bigint(),
      s: t.string().nullable(),
      at: t.timestamp(),
      day: t.date(),
      n: t.int().nullable(),
    }),
    other: source.json("y/*.json", { id: t.bigint() }),
  });
const silver = (make: (raw: Untyped, $: Untyped) => unknown) => () =>
  base().silver(($: Untyped) => ({ x: make($.raw, $) }));
const where = (make: (c: Untyped) => unknown) => silver((raw) => raw.where(make));
const derive = (make: (c: Untyped) => unknown) => silver((raw) => raw.derive((c: Untyped) => ({ z: make(c) })));
const untyped = (value: unknown): Untyped => value;

test.each<[string, () => unknown, string, string]>([
  [
    "an argument too few",
    where((c) => c.id.between(1)),
    "between() accepts 2 arguments, not 1",
    "give what is missing",
  ],
  ["no argument", where((c) => c.id.eq()), "eq() accepts 1 argument, not 0", "give what is missing"],
  ["an argument too many", where((c) => c.id.eq(1, 2)), "eq() accepts 1 argument, not 2", "leave out what is too much"],
  ["a constant too many", derive((c) => c.n.round(2, "up")), "round() accepts 1 argument, not 2", "leave out what"],
  ["no value instead", derive((c) => c.s.orElse()), "orElse() accepts 1 argument, not 0", "give what is missing"],
  ["a method of a text without its text", where((c) => c.s.contains()), "contains() accepts 1 argument, not 0", "give"],
  [
    "an action as an option",
    silver((raw) => raw.expect({ a: (c: Untyped) => c.id.gt(0) }, { action: "drop" })),
    "expect() accepts 1 argument, not 2",
    "the action is in the name",
  ],
  [
    "two keys",
    silver((raw) =>
      raw.key(
        (c: Untyped) => c.id,
        (c: Untyped) => c.at,
      ),
    ),
    "key() accepts 1 argument",
    "are a list",
  ],
  [
    "columns by name",
    silver((raw) => raw.select("id", "s")),
    "select() accepts 1 argument, not 2",
    "({ id: c.id, amount",
  ],
  [
    "a join without columns",
    silver((raw, $) => raw.join($.other)),
    "join() accepts 3 arguments, not 1",
    "(o, c) => ({ ...o",
  ],
  ["a column by name", silver((raw) => raw.key("id")), 'key() accepts a function, not "id"', "(c) => c.amount"],
  [
    "braces",
    silver((raw) => raw.where(() => {})),
    "the callback of where() returns nothing",
    "with parentheses around",
  ],
  [
    "braces of a layer",
    () => base().silver(() => {}),
    "the callback of silver() returns nothing",
    "with parentheses around the braces: ($) =>",
  ],
  [
    "an object of tables instead of a callback",
    () => base().silver({}),
    "silver() accepts a function, not an object",
    "name each table",
  ],
  [
    "a list in fn.lit()",
    silver((raw) => raw.derive(() => ({ x: fn.lit([1, 2] as Untyped) }))),
    "accepts a constant, not a list",
    "fn.struct(",
  ],
  [
    "no alternatives",
    silver((raw) => raw.derive(() => ({ x: (fn as Untyped).coalesce() }))),
    "coalesce() accepts at least one argument",
    "give what is missing",
  ],
  [
    "no parts of a text",
    silver((raw) => raw.derive(() => ({ x: fn.concat() }))),
    "concat() accepts at least one argument",
    "give what is missing",
  ],
  [
    "columns as a text",
    () => pipeline("p").bronze({ raw: source.csv("r.csv", "id bigint" as Untyped) }),
    "a source needs at least one column",
    "{ id: t.bigint() }",
  ],
  [
    "a table without a name",
    () => base().silver(($: Untyped) => $.raw),
    "gives no object of named tables",
    "name each table",
  ],
  ["a column and no object", silver((raw) => raw.select((c: Untyped) => c.id)), "an object of named", "({ id: c.id })"],
  [
    "a list of groups",
    silver((raw) => raw.groupBy((c: Untyped) => [c.id, c.s])),
    "an object of named",
    "({ id: c.id, s: c.s })",
  ],
  [
    "a date of here",
    where((c) => c.at.ge("01.02.2025")),
    "is not a constant of type TIMESTAMP",
    "2024-01-31T09:00:00Z",
  ],
  ["a day of here", where((c) => c.day.ge("01/02/2025")), "is not a constant of type DATE", "2024-01-31"],
  [
    "days between dates",
    silver((raw) => raw.derive((c: Untyped) => ({ days: c.day.minus(c.day) }))),
    "minus() accepts numbers, not DATE and DATE",
    "later.daysSince(earlier)",
  ],
  [
    "the next day",
    silver((raw) => raw.derive((c: Untyped) => ({ next: c.day.plus(1) }))),
    "plus() accepts numbers, not DATE and INT",
    "addDays(1)",
  ],
  [
    "an hour later",
    silver((raw) => raw.derive((c: Untyped) => ({ later: c.at.plus(3600) }))),
    "plus() accepts numbers, not TIMESTAMP and INT",
    "addSeconds(60)",
  ],
  [
    "texts together",
    silver((raw) => raw.derive((c: Untyped) => ({ name: c.s.plus("!") }))),
    "plus() accepts numbers, not STRING and STRING",
    "concat()",
  ],
  [
    "a Date that is none",
    where((c) => c.at.ge(new Date("nonsense"))),
    "an invalid Date is not a constant",
    "as a Date",
  ],
  [
    "a number as a condition",
    where((c) => c.n),
    "a condition was expected, not INT",
    "return one, such as c.amount.gt(0)",
  ],
  [
    "an order by name",
    derive(() => fn.rank().over(untyped({ orderBy: "at" }))),
    "a value of JavaScript is not a column",
    "use a column",
  ],
  [
    "an option in lower case",
    derive((c) => fn.rank().over(untyped({ orderby: c.at }))),
    'no option "orderby"',
    '"orderBy"',
  ],
  [
    "a window without an order",
    derive(() => fn.rank().over({} as never)),
    "needs an orderBy",
    "over({ orderBy: c.at })",
  ],
  [
    "keys and sequence of another spelling",
    () =>
      base().scd2(($: Untyped) => ({
        x: $.raw.changes({ keys: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at }),
      })),
    'changes() has no option "keys"',
    "it is called key here",
  ],
  ["an aggregate compared", where((c) => c.n.sum().gt(1)), 'no method "gt"', "after aggregate()"],
  [
    "a method of JavaScript",
    where((c) => c.s.toLowerCase().eq("x")),
    "toLowerCase() is called lower() here",
    "use that name",
  ],
  [
    "a name that nothing has",
    where(() => untyped(new Function("return o.id")())),
    "the callback of where() names what is not there: o is not defined",
    "name its argument",
  ],
  [
    "a field by a method",
    derive(() => untyped(fn.struct({ a: fn.lit(1) })).field("a")),
    'no method "field"',
    "a field is reached by fields",
  ],
  [
    "a text compared with an array",
    where((c) => c.s.split(",").contains("x")),
    '"x" is not a constant of type ARRAY<STRING>',
    "compare one element, at(0)",
  ],
  [
    "a text compared with a struct",
    where(() => untyped(fn.struct({ a: fn.lit(1) })).eq("x")),
    '"x" is not a constant of type STRUCT<a: INT>',
    "compare a field of it",
  ],
  ["join() of an array", derive((c) => c.s.split(",").join(" ")), "join() is called joinText() here", "use that name"],
  [
    "a rule that warns",
    silver((raw) => raw.expectOrWarn({})),
    "expectOrWarn() is called expect() here",
    "use that name",
  ],
  [
    "a column type's word of Zod",
    () => untyped(t.string()).optional(),
    "optional() is called nullable() here",
    "use that name",
  ],
  [
    "a column that is said to be not null",
    () => untyped(t.string()).notNull(),
    'no method "notNull"',
    "declared nullable()",
  ],
  ["a default", () => untyped(t.string()).default("x"), 'no method "default"', "there are nullable, pii"],
  [
    "the unit of a text",
    () => untyped(t.string()).unit("EUR"),
    "unit() is of a number, not STRING",
    "declare a number",
  ],
  [
    "the rate of a list",
    () => untyped(t.array(t.int())).rate(),
    "rate() is of a number, not ARRAY<INT>",
    "declare a number",
  ],
  [
    "a source without a path",
    () => untyped(source).csv({ id: t.int() }),
    "needs a path, not an object",
    "give one first",
  ],
  [
    "keys under other names",
    silver((raw) => raw.key((c: Untyped) => ({ other: c.id }))),
    '"other" is not one',
    "give the columns",
  ],
  [
    "a step whose arguments are others",
    silver((raw) => raw.drop("s")),
    "drop() is called select() here",
    "select(({ op, ...rest }) => rest)",
  ],
  [
    "a date by its parts of a timestamp",
    derive((c) => c.at.daysSince(c.at)),
    "daysSince() accepts a DATE, not TIMESTAMP",
    "toDate()",
  ],
  [
    "seconds of a date",
    derive((c) => c.day.secondsSince(c.day)),
    "secondsSince() accepts a TIMESTAMP, not DATE",
    "cast(t.timestamp())",
  ],
  [
    "a sum of conditions",
    silver((raw) => raw.aggregate((c: Untyped) => ({ n: c.id.gt(1).sum() }))),
    "sum() accepts a number, not BOOLEAN",
    "countIf()",
  ],
  [
    "numbers as one text",
    silver((raw) =>
      raw
        .aggregate((c: Untyped) => ({ ids: c.id.arrayAgg() }))
        .derive((c: Untyped) => ({ text: c.ids.joinText(", ") })),
    ),
    "joinText() accepts an ARRAY<STRING>, not ARRAY<BIGINT>",
    "cast(t.array(t.string()))",
  ],
  [
    "a measure of groups without aggregate()",
    silver((raw) => raw.groupBy((c: Untyped) => ({ s: c.s })).sum("n")),
    'no method "sum"',
    "groupBy() goes on with aggregate(",
  ],
  [
    "a filter before the measure",
    silver((raw) => raw.aggregate((c: Untyped) => ({ n: c.n.filter(c.id.gt(1)).sum() }))),
    'no method "filter"',
    "o.amount.sum().filter(",
  ],
  [
    "an aggregate of texts of other tools",
    silver((raw) => raw.aggregate((c: Untyped) => ({ all: c.s.stringAgg(",") }))),
    'no method "stringAgg"',
    "joinText(",
  ],
  [
    "a count of rows as a column's",
    silver((raw) => raw.aggregate((c: Untyped) => ({ n: c.count() }))),
    'there is no column "count"',
    "rows are counted by fn.countRows(). The columns are: id, s",
  ],
  [
    "a sum of a column by its name",
    silver((raw) => raw.aggregate((c: Untyped) => ({ n: c.sum("n") }))),
    'there is no column "sum"',
    "c.amount.sum()",
  ],
  [
    "a function of fn as a column's",
    derive((c) => c.coalesce(c.s, "x")),
    'there is no column "coalesce"',
    "fn.coalesce()",
  ],
  ["the time of now", where((c) => c.at.lt(untyped(fn).now())), 'no method "now"', 'param.timestamp("as_of")'],
  [
    "a union of three",
    silver((raw, $) => raw.union($.other, $.other)),
    "union() accepts 1 argument, not 2",
    "union(other).union(another)",
  ],
  ["rows of another table", where((c) => c.id.in(base().tables.other)), "a table is not a column", "semiJoin()"],
  ["several names", () => untyped(t).number(), "int() or bigint() or decimal() or double()", "use one of these names"],
  [
    "a function of fn that is a method",
    derive(() => untyped(fn).sum()),
    'no method "sum"',
    "its method: c.amount.sum()",
  ],
  ["SQL as text", derive(() => untyped(sql)("upper(s)")), 'sql() accepts a column type, not "upper(s)"', "t.string()"],
  ["SQL without a type", derive((c) => untyped(sql)`upper(${c.s})`), "sql needs the type of its result", "t.string()"],
  ["a layer that is not", () => base().platinum(() => ({})), 'no method "platinum"', "gold"],
  ["a layer misspelt", () => untyped(pipeline("p")).bronce({}), 'no method "bronce"', "did you mean bronze()?"],
  [
    "names of one case",
    () =>
      untyped(pipeline("p")).bronze({ Raw: source.json("x", { id: t.int() }), raw: source.json("x", { id: t.int() }) }),
    '"raw" differs in case only',
    "another name",
  ],
  ["a pipeline without a name", () => untyped(pipeline)(), "undefined cannot name a pipeline", "letters, digits and _"],
  ["a pipeline of two words", () => pipeline("my Shop!"), '"my Shop!" cannot name a pipeline', ": my_Shop"],
  [
    "a table of two words",
    () => pipeline("p").bronze({ "my raw": source.json("x", { id: t.int() }) }),
    "cannot name a table",
    ": my_raw",
  ],
  ["a parameter without a name", () => untyped(param).string(), "undefined cannot name a parameter", "letters, digits"],
])("%s", (_, mistake, message, help) => {
  const error = refused(mistake);
  expect(error.message).toContain(message);
  expect(error.help).toContain(help);
  expect(error.location).toMatch(/newcomer\.test\.ts:\d+:\d+$/);
});

test("constants stand in coalesce(), greatest() and least()", async () => {
  const p = pipeline("p")
    .bronze({
      raw: source.json("x/*.json", {
        id: t.int(),
        s: t.string().nullable(),
        n: t.int().nullable(),
        eur: t.decimal(10, 2).unit("EUR").nullable(),
      }),
    })
    .silver(($) => ({
      x: $.raw.select((c) => ({
        id: c.id,
        s: fn.coalesce(c.s, "none"),
        eur: fn.coalesce(c.eur, 0),
        most: fn.greatest(c.n, 5),
        least: fn.least(c.n, c.id, 5),
      })),
    }))
    .gold(($) => ({ all: $.x.key((x) => [x.s, x.eur]).aggregate((x) => ({ eur: x.eur.sum() })) }));
  await using update = await run(p, { inputs: { raw: [{ id: 1 }, { id: 9, s: "a", n: 7, eur: "1.50" }] } });
  const rows = await update.rows(p.tables.x);
  expect(rows.toSorted((a, b) => a.id - b.id)).toEqual([
    { id: 1, s: "none", eur: "0.00", most: 5, least: 1 },
    { id: 9, s: "a", eur: "1.50", most: 7, least: 5 },
  ]);
});

const p = pipeline("p").bronze({ raw: source.json("x/*.json", { id: t.int() }) });

test.each([
  ["an option misspelt", { warehous: "x" }, 'run() has no option "warehous"', 'did you mean "warehouse"?'],
  [
    "a word for missing files",
    { missingFiles: "error" },
    'missingFiles of run() cannot be "error"',
    '"warn" or "fail"',
  ],
  ["a folder that is a number", { baseDir: 5 }, "baseDir of run() cannot be 5", "the path of a folder"],
  ["a text for true", { fullRefresh: "yes" }, 'fullRefresh of run() cannot be "yes"', "true or false"],
  ["a table for a list", { acceptLoss: "silver.x" }, 'acceptLoss of run() cannot be "silver.x"', "in a list"],
  ["a signal that is none", { signal: true }, "signal of run() cannot be true", "AbortController"],
  ["parameters in a Map", { params: new Map() }, "params of run() cannot be an instance of a class", "values by name"],
  ["a handler that is none", { onEvent: true }, "onEvent of run() cannot be true", "give a function"],
])("%s is refused by run()", async (_, options, message, help) => {
  const error = await run(p, untyped(options)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MedallionError);
  expect(error).toMatchObject({
    message,
    help: expect.stringContaining(help),
    location: expect.stringContaining("newcomer.test.ts"),
  });
});

test("plan() knows the same options", async () => {
  await expect(plan(p, untyped({ warehous: "x" }))).rejects.toThrow('plan() has no option "warehous"');
});

test("a look at the result that is none", async () => {
  await using update = await run(p, { inputs: { raw: [{ id: 1 }] } });
  const wrong = untyped(update);
  await expect(wrong.rows("raw")).rejects.toThrow('rows() accepts a table of the pipeline "p"');
  await expect(wrong.query()).rejects.toThrow("query() accepts SQL as a text, not undefined");
  await expect(update.query("SELECT * FROM raw")).rejects.toMatchObject({ help: expect.stringContaining("its layer") });
});
