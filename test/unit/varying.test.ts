/** What is another value in each build or update, and rates between units that everybody knows. */
import { analyze, fromManifest, pipeline, source, sql, t } from "medallion";
import { describe, expect, test } from "vitest";

const p = pipeline("p").bronze({
  raw: source.json("r", {
    id: t.bigint(),
    at: t.timestamp(),
    day: t.date(),
    seconds: t.bigint(),
    note: t.string(),
    kwh: t.decimal(10, 2).unit("kWh"),
    miles: t.double().unit("mi"),
    heat: t.double().unit("C").rate(),
    plain: t.double(),
    tiles: t.double().unit("tiles"),
  }),
});
type Raw = (typeof p)["tables"]["raw"];

const codes = (query: (raw: Raw) => unknown): readonly string[] => {
  const made = p.silver(($) => ({ made: query($.raw) as Raw }));
  const found = analyze(made).map(({ code }) => code);
  expect(analyze(fromManifest(JSON.parse(JSON.stringify(made)))).map(({ code }) => code)).toEqual(found);
  return found;
};

describe("the moment of the build is not a constant", () => {
  test.each<[string, (raw: Raw) => unknown]>([
    ["new Date()", (r) => r.where((c) => c.at.lt(new Date()))],
    ["a text of it", (r) => r.where((c) => c.at.lt(new Date().toISOString()))],
    ["milliseconds", (r) => r.where((c) => c.seconds.lt(Date.now()))],
    ["seconds", (r) => r.where((c) => c.seconds.lt(Math.floor(Date.now() / 1000)))],
    ["a column", (r) => r.derive(() => ({ loaded: new Date() }))],
  ])("%s", (_, query) => {
    expect(() => query(p.tables.raw)).toThrow(expect.objectContaining({ code: "EXPR012" }));
  });

  test.each<[string, (raw: Raw) => unknown]>([
    ["an instant that is written down", (r) => r.where((c) => c.at.lt(new Date("2024-01-31T09:00:00Z")))],
    ["a day, today's as well", (r) => r.where((c) => c.day.le(new Date().toISOString().slice(0, 10)))],
    ["a moment to come", (r) => r.where((c) => c.at.lt(new Date(Date.now() + 86_400_000)))],
    ["an instant before the process began", (r) => r.where((c) => c.at.lt(new Date(performance.timeOrigin - 1)))],
    ["a number of as many digits", (r) => r.where((c) => c.seconds.lt(1_700_000_000_000))],
  ])("but %s is", (_, query) => {
    expect(codes(query)).toEqual([]);
  });
});

describe("raw SQL that gives another value each time is said", () => {
  const made = (text: string) => (raw: Raw) =>
    raw.derive(() => ({ x: sql(t.string())(Object.assign([text], { raw: [text] })) }));
  test.each(["cast(now() AS STRING)", "CAST(current_timestamp AS STRING)", "uuid()", "cast(Rand (1) AS STRING)"])(
    "%s",
    (text) => {
      expect(codes(made(text))).toEqual(["EXPR013"]);
    },
  );
  test.each(["'now() and rand()'", "lower('uuid()')", "upper('current_date')", "named_struct('a', 1).now"])(
    "not %s",
    (text) => {
      expect(codes(made(text))).toEqual([]);
    },
  );
});

test("a window in raw SQL makes a table a materialized view, as any window does", () => {
  const made = p.silver(($) => ({
    made: $.raw.derive((c) => ({ n: sql(t.int())`row_number() OVER (ORDER BY ${c.id})` })).streaming(),
  }));
  expect(analyze(made).map(({ code, message }) => [code, message])).toEqual([
    ["STREAM001", expect.stringContaining("it uses a window function")],
  ]);
});

test.each<[string, (raw: Raw) => unknown]>([
  ["the other way", (r) => r.derive((c) => ({ x: c.kwh.convert("MWh", 1000) }))],
  ["a unit to itself", (r) => r.derive((c) => ({ x: c.tiles.convert("tiles", 2) }))],
  ["less than nothing", (r) => r.derive((c) => ({ x: c.tiles.convert("m2", -0.25) }))],
  ["degrees", (r) => r.derive((c) => ({ x: c.heat.convert("F", 1.8) }))],
])("a rate between units is another one: %s", (_, query) => {
  expect(codes(query)).toEqual(["METRIC008"]);
});

test.each<[string, (raw: Raw) => unknown]>([
  ["right", (r) => r.derive((c) => ({ x: c.kwh.convert("MWh", "0.001") }))],
  ["rounded", (r) => r.derive((c) => ({ x: c.miles.convert("km", 1.6) }))],
  ["of a column", (r) => r.derive((c) => ({ x: c.kwh.convert("MWh", c.plain) }))],
  ["between units of one's own", (r) => r.derive((c) => ({ x: c.tiles.convert("m2", 0.25) }))],
  ["from no unit", (r) => r.derive((c) => ({ x: c.plain.convert("kg", 3) }))],
  ["from what is measured in another way", (r) => r.derive((c) => ({ x: c.kwh.convert("km", 7) }))],
])("a rate is right: %s", (_, query) => {
  expect(codes(query)).toEqual([]);
});

describe("a declaration is one thing", () => {
  // biome-ignore lint/suspicious/noExplicitAny: what TypeScript refuses, plain JavaScript writes.
  const u = t as any;
  test.each<[string, () => unknown, string]>([
    ["a map whose keys are maps", () => t.map(t.map(t.int(), t.int()), t.int()), "TYPE003"],
    ["a map whose keys hold variants", () => t.map(t.struct({ a: t.variant() }), t.int()), "TYPE003"],
    ["a unit of an identifier", () => u.int().id("x").unit("kg"), "ARG001"],
    ["a balance of an identifier", () => u.int().id("x").balance(), "ARG001"],
    ["an identifier with a unit", () => t.int().unit("kg").id("x"), "ARG001"],
    ["two units", () => u.int().unit("kg").unit("g"), "METRIC002"],
    ["a balance that is a rate", () => t.int().balance().rate(), "ARG001"],
    ["a unit without a name", () => t.int().unit(""), "ARG001"],
    ["a parameter of a path that is not closed", () => source.csv("${landing/x.csv", { id: t.int() }), "SRC001"],
  ])("%s", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  test("a map whose keys are texts is one, and one whose keys are maps is none in a manifest", () => {
    const made = pipeline("m").bronze({ raw: source.json("m", { tags: t.map(t.string(), t.int()) }) });
    const text = JSON.stringify(made);
    expect(() => fromManifest(JSON.parse(text))).not.toThrow();
    const wrong = text.replaceAll('"key":{"kind":"string"}', '"key":{"kind":"variant"}');
    expect(wrong).not.toBe(text);
    expect(() => fromManifest(JSON.parse(wrong))).toThrow(expect.objectContaining({ code: "MAN005" }));
  });
});
