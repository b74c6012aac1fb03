/** `t.enum()` for callers without types, in manifests, in zod schemas and in the SQL of targets. */
import { type AnyPipeline, analyze, compile, fn, fromManifest, pipeline, source, t } from "medallion";
import { fromZod, toZod } from "medallion/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { refused } from "../refused.ts";

const stage = t.enum(["paid", "new"]);
const columns = { id: t.int(), stage: stage.nullable(), side: t.enum(["left", "right"]), text: t.string() };
const bronze = pipeline("p").bronze({ raw: source.csv("in/*.csv", columns) });

/** A callback as plain JavaScript has it. */
// biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
const plain = (made: (c: any) => any): AnyPipeline =>
  bronze.silver(($) => ({ made: $.raw.derive((c) => ({ made: made(c) })) }));

describe("plain JavaScript", () => {
  // biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
  const mistakes: Readonly<Record<string, (c: any) => unknown>> = {
    eq: (c) => c.stage.eq("payed"),
    ne: (c) => c.stage.ne("payed"),
    eqNullSafe: (c) => c.stage.eqNullSafe("payed"),
    in: (c) => c.stage.in("new", "payed"),
    nullIf: (c) => c.stage.nullIf("payed"),
    orElse: (c) => c.stage.orElse("payed"),
    "the last of a case": (c) => fn.when(c.id.eq(1), c.stage).otherwise("payed"),
    "the first of a case": (c) => fn.when(c.id.eq(1), "payed").otherwise(c.stage),
    "from the other side": (c) => fn.lit("payed").eq(c.stage),
    lit: () => fn.lit("payed" as "new", stage),
  };
  test.each(Object.entries(mistakes))("%s with another value is reported at its line", (_, made) => {
    const { code, message, location } = refused(() => plain(made));
    expect({ code, message }).toEqual({ code: "TYPE006", message: '"payed" is not one of the values "new" | "paid"' });
    expect(location).toMatch(/enums\.test\.ts:\d+/);
  });

  test("values that have nothing in common", () => {
    const message = 'two texts that have no value in common are never equal: "new" | "paid", and "left" | "right"';
    expect(refused(() => plain((c) => c.stage.eq(c.side)))).toMatchObject({ code: "TYPE006", message });
  });

  test.each([
    ["nothing", undefined],
    ["an empty list", []],
    ["a number", ["a", 1]],
    ["a value twice", ["a", "b", "a"]],
  ])("the list is %s", (_, values) => {
    expect(refused(() => t.enum(values as unknown as ["a"]))).toMatchObject({ code: "TYPE003" });
  });

  test("no identifier is one of a few values", () => {
    const column = stage as unknown as { id(name: string): unknown };
    expect(refused(() => column.id("stage"))).toMatchObject({ code: "KEY006" });
  });

  test("what is compared as a text, and what may be any, is right", () => {
    for (const made of [
      // biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
      (c: any) => c.stage.cast(t.string()).eq("payed"),
      // biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
      (c: any) => c.stage.gt("payed"),
      // biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
      (c: any) => c.stage.contains("pay"),
      // biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
      (c: any) => fn.when(c.id.eq(1), c.stage).when(c.id.eq(2), c.text).otherwise("payed"),
    ])
      expect(analyze(plain(made)).filter((d) => d.severity === "error")).toEqual([]);
  });
});

/** The type of the column that is made. */
function typeOf(p: AnyPipeline): unknown {
  return p
    .toNode()
    .tables.at(-1)
    ?.columns.find((c) => c.name === "made")?.type;
}

test("values that meet are put together; with any text they are any", () => {
  const of = (...values: string[]) => ({ kind: "string", values });
  expect(typeOf(plain((c) => fn.coalesce(c.stage, c.side)))).toEqual(of("left", "new", "paid", "right"));
  expect(typeOf(plain((c) => fn.when(c.id.eq(1), c.stage).otherwise("new")))).toEqual(of("new", "paid"));
  expect(typeOf(plain((c) => fn.coalesce(c.stage, c.text)))).toEqual({ kind: "string" });
  expect(typeOf(plain((c) => c.stage.upper()))).toEqual({ kind: "string" });
  expect(typeOf(plain((c) => c.stage.max().over({})))).toEqual(of("new", "paid"));
  const union = bronze.silver(($) => ({
    made: $.raw.select((c) => ({ made: c.stage })).union($.raw.select((c) => ({ made: c.side }))),
  }));
  expect(typeOf(union)).toEqual(of("left", "new", "paid", "right"));
});

describe("manifests", () => {
  const text = JSON.stringify(plain((c) => c.stage.eq("new")));
  const read = (from: string, to: string) => refused(() => fromManifest(JSON.parse(text.replaceAll(from, to))));

  test("are the same pipeline", () => {
    expect(JSON.stringify(fromManifest(JSON.parse(text)))).toBe(text);
  });

  test.each([
    [
      "a constant that is none of the values",
      '"value":"new"',
      '"value":"nwe"',
      "MAN005",
      /TYPE006|not one of the values/,
    ],
    ["values that are not sorted", '["new","paid"]', '["paid","new"]', "MAN002", /is not sorted/],
    ["a value twice", '["new","paid"]', '["new","new"]', "MAN005", /twice/],
    ["no values", '["new","paid"]', "[]", "MAN005", /a list of values/],
    ["values that are no texts", '["new","paid"]', "[1]", "MAN002", /values/],
  ])("%s", (_, from, to, code, message) => {
    const refused = read(from, to);
    expect(refused.message).toMatch(message);
    expect(code === refused.code || refused.code === "TYPE006").toBe(true);
  });
});

test("zod schemas have them both ways", () => {
  const schema = z.object({ level: z.enum(["low", "high"]).nullable(), name: z.string() });
  const { level, name } = fromZod(schema);
  expect(level.declaration).toMatchObject({ type: { kind: "string", values: ["high", "low"] }, nullable: true });
  const row = toZod({ level, name });
  expect(row.safeParse({ level: "low", name: "x" }).success).toBe(true);
  expect(row.safeParse({ level: "mid", name: "x" }).success).toBe(false);
  expect(fromZod(row)["level"]?.declaration).toEqual(level.declaration);
});

test("the values stay in the order in which they were given", () => {
  expect(stage.nullable().values).toEqual(["paid", "new"]);
});

describe("SQL", () => {
  const parquet = { ...columns, tags: t.array(t.enum(["x"])).nullable() };
  const p = bronze
    .bronze({ typed: source.parquet("/in/*.parquet", parquet), theirs: source.table("a.b", columns) })
    .silver(($) => ({ made: $.raw.select((c) => ({ one: c.text.cast(stage), two: c.text.tryCast(stage) })) }));
  const sqlOf = (target: "databricks" | "spark") =>
    compile(p, { target, ...(target === "databricks" && { baseDir: "/Volumes/a/b/c" }) })
      .files.map((file) => file.contents)
      .join("\n");

  test.each(["databricks", "spark"] as const)("%s holds texts to their values", (target) => {
    const text = sqlOf(target);
    for (const part of [
      "CASE WHEN __raw_stage IN ('new', 'paid') THEN __raw_stage END AS stage",
      `struct('side' AS name, 'an ENUM("left", "right")' AS type,`,
      'raise_error(\'a.b has values of stage that are not declared: it is ENUM("new", "paid")\')',
      `ELSE raise_error('"' || CAST(text AS STRING) || '" is not an ENUM("new", "paid")') END AS one`,
      "CASE WHEN (TRY_CAST(text AS STRING) IN ('new', 'paid')) THEN TRY_CAST(text AS STRING) END AS two",
    ])
      expect(text).toContain(part);
  });

  test("Databricks rescues what its typed reader would have let pass", () => {
    const text = sqlOf("databricks");
    expect(text).toContain("CASE WHEN (side IS NULL OR side IN ('left', 'right')) THEN side END AS side");
    expect(text).toContain(
      "'side', CASE WHEN NOT (side IS NULL OR side IN ('left', 'right')) THEN CAST(side AS VARIANT) END",
    );
    expect(text).toContain(
      "CASE WHEN (tags IS NULL OR forall(tags, e0 -> (e0 IS NULL OR e0 IN ('x')))) THEN tags END AS tags",
    );
  });
});
