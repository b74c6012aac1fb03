/** Functions from outside: typed, compiled, run, planned and read as those of the catalogue are. */
import { analyze, compile, fn, fromManifest, lineage, pipeline, source, t } from "medallion";
import { defineFunction, type Plugin, SAME } from "medallion/plugin";
import { run } from "medallion/run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { place } from "../e2e/place.ts";
import { withoutPlaces } from "../places.ts";
import { removeDir, scratchDir, tsc } from "../types/tsc.ts";

const haversine = defineFunction({
  name: "acme.haversine",
  args: [t.double(), t.double(), t.double(), t.double()],
  returns: t.double().unit("km").rate(),
  sql: "acme.haversine($1, $2, $3, $4)",
  duckdb:
    "2 * 6371 * asin(sqrt(pow(sin(radians($3 - $1) / 2), 2) + cos(radians($1)) * cos(radians($3)) * pow(sin(radians($4 - $2) / 2), 2)))",
});
const clamp = defineFunction({
  name: "acme.clamp",
  args: [t.decimal(10, 2), t.decimal(10, 2)],
  returns: t.decimal(10, 2),
  sql: "least($1, $2)",
  duckdb: SAME,
});
const initial = defineFunction({
  name: "acme.initial",
  args: [t.string()],
  returns: t.string().nullable(),
  labels: "clear",
  sql: "left($1, 1)",
  duckdb: SAME,
});
const joined = defineFunction({
  name: "acme.joined",
  args: [t.string(), t.string()],
  returns: t.string(),
  sql: { operator: "$1 || $2" },
  duckdb: SAME,
});
const spread = defineFunction({
  name: "acme.spread",
  kind: "aggregate",
  args: [t.double()],
  returns: t.double().rate(),
  sql: "stddev_pop($1)",
  duckdb: SAME,
});
const onlySpark = defineFunction({
  name: "acme.geohash",
  args: [t.double(), t.double()],
  returns: t.string(),
  sql: "acme.geohash($1, $2)",
});
const acme: Plugin = { name: "acme", functions: [haversine, clamp, initial, joined, spread, onlySpark] };

const raw = source.json("in/*.json", {
  id: t.int(),
  lat: t.double(),
  lon: t.double().nullable(),
  price: t.decimal(8, 2).unit("EUR").rate(),
  name: t.string().pii("name"),
});
const p = pipeline("toy")
  .bronze({ raw })
  .silver(($) => ({
    places: $.raw.select((c) => ({
      id: c.id,
      km: haversine(c.lat, c.lon, 52.52, 13.405).cast(t.decimal(12, 3)),
      capped: clamp(c.price, "9.99"),
      first: initial(c.name),
      label: joined(joined(c.name, "-"), fn.when(c.id.gt(1), "b").otherwise("a")),
    })),
  }))
  .gold(($) => ({
    spreads: $.places.aggregate((r) => ({
      spread: spread(r.id.cast(t.double())),
      above: spread(r.id.cast(t.double())).filter(r.id.gt(1)),
    })),
  }));
const text = (target: "databricks" | "spark" | "duckdb") =>
  compile(p, { target })
    .files.map((file) => file.contents)
    .join("\n");

test("its SQL is Spark's on Databricks and Spark, and its own on DuckDB", () => {
  expect(analyze(p)).toEqual([]);
  for (const target of ["databricks", "spark"] as const) {
    expect(text(target)).toContain("acme.haversine(lat, lon, CAST('52.52' AS DOUBLE), CAST('13.405' AS DOUBLE))");
    expect(text(target)).toContain("least(CAST(price AS DECIMAL(10, 2)), CAST(9.99 AS DECIMAL(10, 2))) AS capped");
    expect(text(target)).toContain("(name || '-') || CASE");
    expect(text(target)).toContain("stddev_pop(CASE WHEN");
  }
  expect(text("duckdb")).toContain("2 * 6371 * asin");
});

test("nulls, labels, units and types travel through it", () => {
  const columns = new Map(p.toNode().tables[1]?.columns.map((c) => [c.name, c]));
  expect(columns.get("km")).toMatchObject({ nullable: true, unit: "km", additivity: "non-additive", labels: [] });
  // As raw SQL: a number is as additive as what it is made of.
  expect(columns.get("capped")).toMatchObject({
    nullable: false,
    unit: "EUR",
    additivity: "non-additive",
    type: { kind: "decimal", precision: 10, scale: 2 },
  });
  expect(columns.get("first")).toMatchObject({ nullable: true, labels: [] });
  expect(columns.get("label")).toMatchObject({ nullable: false, labels: ["name"] });
  expect(
    lineage(p)
      .find((l) => l.column === "km")
      ?.from.map((f) => f.column),
  ).toEqual(["lat", "lon"]);
});

test("it runs on DuckDB, and a new SQL of it is a planned change", async () => {
  const here = await place();
  await here.write(
    "in/1.json",
    '{"id":1,"lat":48.8566,"lon":2.3522,"price":12.5,"name":"Ada"}\n{"id":2,"lat":0,"lon":null,"price":1,"name":"Bob"}\n',
  );
  await here.run(p);
  expect(await here.rows("SELECT km, capped, first, label FROM silver.places ORDER BY id")).toEqual([
    "877.463 9.99 A Ada-a",
    "null 1.00 B Bob-b",
  ]);
  expect(await here.rows("SELECT spread, above FROM gold.spreads")).toEqual(["0.5 0"]);
  expect((await here.run(p)).planned).toEqual([]);
  const made = (sql: string) => {
    const once = defineFunction({ name: "acme.once", args: [t.int()], returns: t.int(), sql, duckdb: SAME });
    return pipeline("toy")
      .bronze({ raw })
      .silver(($) => ({ places: $.raw.select((c) => ({ id: once(c.id) })) }));
  };
  await using first = await run(made("abs($1)"), { baseDir: here.base, warehouse: `${here.base}/x.duckdb` });
  expect(first.status).toBe("completed");
  await first.close();
  await using second = await run(made("-abs($1)"), { baseDir: here.base, warehouse: `${here.base}/x.duckdb` });
  expect(await second.query("SELECT id FROM silver.places ORDER BY id DESC")).toEqual([{ id: -1 }, { id: -2 }]);
});

test("where it has no SQL for DuckDB, compiling for it is refused", () => {
  const only = pipeline("toy")
    .bronze({ raw })
    .silver(($) => ({ hashed: $.raw.select((c) => ({ at: onlySpark(c.lat, 0) })) }));
  expect(compile(only, { target: "spark" }).files.length).toBeGreaterThan(0);
  expect(() => compile(only, { target: "duckdb" })).toThrow(
    expect.objectContaining({
      code: "TARGET001",
      message: "duckdb cannot do acme.geohash() as Spark does",
      help: "its definition has no rendering for DuckDB",
    }),
  );
});

test("a manifest is bound to the plugin again, and names it where it is missing", () => {
  const json: unknown = JSON.parse(JSON.stringify(p));
  const same = fromManifest(json, { plugins: [acme] });
  expect(JSON.stringify(same)).toBe(JSON.stringify(p));
  expect(withoutPlaces(compile(same, { target: "duckdb" }))).toEqual(withoutPlaces(compile(p, { target: "duckdb" })));
  expect(() => fromManifest(json)).toThrow(
    expect.objectContaining({
      code: "MAN006",
      message: expect.stringContaining('expr.arg.fn names the function "acme.haversine" of a plugin that is not given'),
      help: "give fromManifest() the plugin: { plugins: [acme] }",
    }),
  );
  const forged: unknown = JSON.parse(JSON.stringify(p).replace('"labels":["name"]', '"labels":[]'));
  expect(() => fromManifest(forged, { plugins: [acme] })).toThrow(expect.objectContaining({ code: "MAN003" }));
});

test("names, SQL and arguments are checked for callers without types", () => {
  const parts = { args: [t.int()], returns: t.int() } as const;
  const code =
    (name: string, sql: string, kind: "scalar" | "aggregate" = "scalar") =>
    () =>
      defineFunction({ ...parts, name, sql, kind });
  expect(code("haversine", "f($1)")).toThrow(expect.objectContaining({ code: "FN002" }));
  expect(code("a.f", "f($2)")).toThrow('the function "a.f" has 1 arguments, and its SQL names $2');
  expect(code("a.f", "f($1, {unit})")).toThrow(expect.objectContaining({ code: "FN002" }));
  expect(code("a.f", "sum($1) / 2", "aggregate")).toThrow("is an aggregate, whose SQL is one call");
  // @ts-expect-error one of its parts is missing
  expect(() => defineFunction({ name: "a.f", args: [] })).toThrow(expect.objectContaining({ code: "ARG001" }));
  const id = defineFunction({ ...parts, name: "a.f", sql: "f($1)" });
  const select = (of: (c: { readonly name: never; readonly id: never }) => unknown) => () =>
    raw.select((c) => ({ x: of(c as never) }) as never);
  expect(select((c) => id(c.name))).toThrow("a.f() accepts INT as argument 1, not STRING");
  expect(select((c) => (id as (...values: never[]) => unknown)(c.id, c.id))).toThrow("accepts 1 arguments, not 2");
});

test("the rules of measures hold for an aggregate by what repeated rows do to it", () => {
  const own = <const W extends "sum" | "mean" | "count" | "nothing">(weighs: W) =>
    defineFunction({
      name: `acme.${weighs}`,
      kind: "aggregate",
      args: [t.int()],
      returns: t.int(),
      weighs,
      sql: "f($1)",
    });
  const [sum, mean, count, nothing] = [own("sum"), own("mean"), own("count"), own("nothing")];
  const base = pipeline("toy")
    .bronze({ raw: source.json("*.json", { id: t.int(), rate: t.int().rate(), n: t.int() }) })
    .silver(($) => ({ keyed: $.raw.key((c) => c.id) }));
  const codes = (p: Parameters<typeof analyze>[0]) => analyze(p).map((d) => `${d.code} ${d.table}`);
  const of = (f: typeof sum | typeof mean | typeof count | typeof nothing) =>
    base.silver(($) => ({
      rates: $.raw.aggregate((c) => ({ x: f(c.rate) })),
      joined: $.raw
        .join(
          $.raw.select((c) => ({ m: c.n })),
          (l, r) => l.n.eq(r.m),
          (l) => ({ n: l.n, one: fn.when(l.n.gt(1), 1).otherwise(0) }),
        )
        .aggregate((c) => ({ x: f(c.n), y: f(c.one) })),
      alone: $.keyed.groupBy((c) => ({ id: c.id })).aggregate((c) => ({ x: f(c.n) })),
    }));
  expect(codes(of(sum))).toEqual(["METRIC001 rates", "METRIC001 joined", "METRIC003 joined", "METRIC006 alone"]);
  expect(codes(of(mean))).toEqual(["METRIC001 joined", "METRIC003 joined", "METRIC006 alone"]);
  expect(codes(of(count))).toEqual(["METRIC003 joined"]);
  expect(codes(of(nothing))).toEqual([]);
});

let dir: string;
beforeAll(async () => {
  dir = await scratchDir();
});
afterAll(() => removeDir(dir));

test("tsc names what is wrong with a call, and the piece that is left out of a function that is built in", async () => {
  const src = "../../../../src";
  const errors = await tsc(dir, {
    "outside.ts": `import { pipeline, source, t } from "medallion"; import { defineFunction } from "medallion/plugin";
const twice = defineFunction({ name: "a.twice", args: [t.int()], returns: t.int(), sql: "$1 * 2" });
const half = defineFunction({ name: "a.half", args: [t.int()], returns: t.int().rate(), sql: "$1 / 2" });
const shown = defineFunction({ name: "a.shown", args: [t.string()], returns: t.string(), sql: "upper($1)" });
const p = pipeline("x").bronze({ raw: source.json("*.json", { id: t.int(), note: t.string().pii("name").nullable() }) });
export const a = p.silver(($) => ({ one: $.raw.select((c) => ({ x: twice(c.note) })) }));
export const b = p.silver(($) => ({ one: $.raw.select((c) => ({ x: twice(c.id, c.id) })) }));
export const c = p.silver(($) => ({ one: $.raw.select((c) => ({ x: shown(c.note) })) })).gold(($) => ({ leak: $.one }));
export const d = p.silver(($) => ({ one: $.raw.select((c) => ({ x: shown(c.note) })).key((c) => c.x) }));
export const f = p.silver(($) => ({ one: $.raw.aggregate((c) => ({ x: half(c.id).sum() })) }));
export const e = defineFunction({ name: "a.none", args: [], returns: t.int() });
`,
    "builtin.ts": `import { textFunctions } from "${src}/functions/text.ts";
import { aggregateFunctions, windowFunctions } from "${src}/functions/aggregates.ts";
import { arithmeticFunctions } from "${src}/functions/arithmetic.ts";
import type { Catalogue, NumberCatalogue } from "${src}/functions/spec.ts";
import { type Cells, duckdbFunctions } from "${src}/targets/duckdb/functions.ts";
const { upper: _, ...cells } = duckdbFunctions;
export const a = cells satisfies Cells;
const { spark: _s, ...upper } = textFunctions.upper;
export const b = { upper } satisfies Catalogue;
const { weighs: _w, ...avg } = aggregateFunctions.avg;
const { order: _o, ...lag } = windowFunctions.lag;
const { unit: _u, ...plus } = arithmeticFunctions.plus;
export const c = { avg } satisfies NumberCatalogue;
export const d = { lag } satisfies NumberCatalogue;
export const e = { plus } satisfies NumberCatalogue;
`,
  });
  const said = errors.map(({ file, line, text: says }) => `${file}:${line} ${says.replaceAll(/\s+/g, " ")}`);
  expect(said).toEqual([
    expect.stringMatching(/^builtin\.ts:7 .*'upper' is missing/),
    expect.stringMatching(/^builtin\.ts:9 .*'spark' is missing/),
    expect.stringMatching(/^builtin\.ts:13 .*'weighs' is missing/),
    expect.stringMatching(/^builtin\.ts:14 .*'order' is missing/),
    expect.stringMatching(/^builtin\.ts:15 .*'unit' is missing/),
    expect.stringMatching(/^outside\.ts:6 .*StringExpr/),
    expect.stringMatching(/^outside\.ts:7 /),
    expect.stringMatching(/^outside\.ts:8 .*column "x" carries personal data/),
    expect.stringMatching(/^outside\.ts:9 .*a key must not be null/),
    expect.stringMatching(/^outside\.ts:10 .*must not be summed/),
    expect.stringMatching(/^outside\.ts:11 .*'sql' is missing/),
  ]);
});
