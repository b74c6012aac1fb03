/** One change of what decides rows at a time: the table is what a new warehouse would hold, or says what it would lose. */
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type AnyPipeline, param, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { place } from "./place.ts";

// biome-ignore lint/suspicious/noExplicitAny: one variable holds tables of many shapes
type Untyped = any;

const wide = { id: t.int(), at: t.int(), name: t.string().nullable() };
const lines = (...rows: readonly (readonly [number, number, string | null])[]) =>
  rows.map(([id, at, name]) => `${JSON.stringify({ id, at, name, more: id * 10 })}\n`).join("");

const bronze = (columns: Untyped): AnyPipeline =>
  pipeline("p")
    .bronze({ raw: source.json("in/*.json", columns) })
    .silver(($: Untyped) => ({ table: $.raw.where((r: Untyped) => r.id.gt(0)) }));
const silver = (of: (raw: Untyped) => Untyped): AnyPipeline =>
  pipeline("p")
    .bronze({ raw: source.json("in/*.json", wide) })
    .silver(($: Untyped) => ({ table: of($.raw) }));
const changed = (type: "scd1" | "scd2", more: (r: Untyped) => Untyped): AnyPipeline =>
  pipeline("p")
    .bronze({ raw: source.json("in/*.json", wide) })
    [type](($: Untyped) => ({ table: $.raw.changes(more($.raw)) }) as Untyped);
const events = (more: Untyped = {}) => ({ key: (r: Untyped) => r.id, sequenceBy: (r: Untyped) => r.at, ...more });

const filtered = silver((raw) => raw.where((r: Untyped) => r.id.gt(1)));
type Changes = Readonly<Record<string, readonly [before: AnyPipeline, after: AnyPipeline]>>;

const OF_BRONZE: Changes = {
  "a type": [bronze(wide), bronze({ ...wide, at: t.string() })],
  "a column may be null": [bronze(wide), bronze({ ...wide, at: t.int().nullable() })],
  "a column may be null no more": [bronze(wide), bronze({ ...wide, name: t.string() })],
  "the order of columns": [bronze(wide), bronze({ name: wide.name, at: wide.at, id: wide.id })],
  "a column is added": [bronze(wide), bronze({ ...wide, more: t.int() })],
  "a column is removed": [bronze(wide), bronze({ id: wide.id, at: wide.at })],
  "a column is renamed": [bronze(wide), bronze({ id: wide.id, at: wide.at, more: t.string().nullable() })],
};

const CHANGES: Changes = {
  ...OF_BRONZE,
  "a wider type": [bronze(wide), bronze({ ...wide, at: t.bigint() })],
  "a condition": [filtered, silver((raw) => raw.where((r: Untyped) => r.id.gt(0)))],
  "an aggregate": [
    silver((raw) => raw.aggregate((r: Untyped) => ({ n: r.at.sum() }))),
    silver((raw) => raw.aggregate((r: Untyped) => ({ n: r.at.max() }))),
  ],
  "an expectation": [filtered, silver((raw) => raw.expectOrDrop({ named: (r: Untyped) => r.name.isNotNull() }))],
  "what an expectation does": [
    silver((raw) => raw.expectOrDrop({ named: (r: Untyped) => r.name.isNotNull() })),
    silver((raw) => raw.expectOrQuarantine({ named: (r: Untyped) => r.name.isNotNull() })),
  ],
  "the key of changes": [
    changed("scd1", () => events()),
    changed("scd1", () => events({ key: (r: Untyped) => [r.id, r.at], sequenceBy: (r: Untyped) => r.id })),
  ],
  "the sequence of changes": [
    changed("scd2", () => events()),
    changed("scd2", () => events({ sequenceBy: (r: Untyped) => r.at.negate() })),
  ],
  "the type of a change target": [changed("scd1", () => events()), changed("scd2", () => events())],
  "a stream becomes a view": [filtered, silver((raw) => raw.where((r: Untyped) => r.id.gt(1)).materialized())],
  "a query becomes a change target": [filtered, changed("scd1", () => events())],
};

const ROWS =
  "SELECT COLUMNS(c -> c NOT LIKE '\\_%' ESCAPE '\\' OR c LIKE '\\_\\_%' ESCAPE '\\') FROM silver.table ORDER BY ALL";

test.each(Object.entries(CHANGES))("%s: the rows are those of a new warehouse, once", async (_, [before, after]) => {
  const [here, fresh] = [await place(), await place()];
  for (const one of [here, fresh]) await one.write("in/1.json", lines([1, 1, "a"], [2, 5, null], [2, 3, "b"]));
  await here.run(before);
  for (const one of [here, fresh]) await one.write("in/2.json", lines([3, 9, "c"], [1, 2, "d"]));
  expect((await here.run(after)).status).toBe("completed");
  await fresh.run(after);
  expect(await here.rows(ROWS)).toEqual(await fresh.rows(ROWS));
  expect((await here.run(after)).tables.every((table) => table.includes(":skipped"))).toBe(true);
});

test.each(Object.entries(OF_BRONZE))("%s: no row of a file that is gone is lost", async (_, [before, after]) => {
  const here = await place();
  await here.write("in/1.json", lines([1, 1, "a"], [2, 5, null]));
  await here.run(before);
  await rm(path.join(here.base, "in/1.json"));
  expect((await here.run(after)).reasons).toMatch(/STATE001.*2 rows of 1 file that are gone \(in\/1\.json\)/s);
  expect(await here.rows("SELECT count(*) FROM bronze.raw")).toEqual(["2"]);
});

test("a table that moves to another layer is made there, and the old one is named", async () => {
  const here = await place();
  await here.write("in/1.json", lines([1, 1, "a"]));
  const at = (layer: "silver" | "gold") =>
    pipeline("p")
      .bronze({ raw: source.json("in/*.json", wide) })
      .silver(($) => ({ base: $.raw.where((r) => r.id.gt(0)) }))
      [layer](($: Untyped) => ({ moved: $.base.where((r: Untyped) => r.id.gt(0)) }) as Untyped);
  await here.run(at("silver"));
  const ran = await here.run(at("gold"));
  expect(ran.warned).toEqual([expect.stringMatching(/STATE004: silver\.moved is not in the pipeline any more/)]);
  expect(await here.rows("SELECT id FROM gold.moved")).toEqual(["1"]);
  expect(await here.rows("SELECT id FROM silver.moved")).toEqual(["1"]);
});

test("a file of another name is another file; rows and columns that somebody adds by hand stay", async () => {
  const here = await place();
  await here.write("in/1.json", lines([1, 1, "a"]));
  const p = silver((raw) => raw.where((r: Untyped) => r.id.gt(0)));
  await here.run(p);
  await rm(path.join(here.base, "in/1.json"));
  await here.write("in/renamed.json", lines([1, 1, "a"]));
  await here.run(p);
  expect(await here.rows("SELECT count(*) FROM bronze.raw")).toEqual(["2"]);
  await here.byHand('INSERT INTO silver.table (id, "at") VALUES (7, 7)');
  await here.byHand("ALTER TABLE silver.table ADD COLUMN extra INTEGER");
  await here.write("in/2.json", lines([2, 2, "b"]));
  expect(await here.run(p)).toMatchObject({ status: "completed", warned: [] });
  expect(await here.rows("SELECT id, extra FROM silver.table ORDER BY id")).toEqual([
    "1 null",
    "1 null",
    "2 null",
    "7 null",
  ]);
});

test("a warehouse that is gone is made again; what is left of another one beside it is no part of it", async () => {
  const here = await place();
  await here.write("in/1.json", lines([1, 1, "a"]));
  const p = silver((raw) => raw.where((r: Untyped) => r.id.ge(param.int("least", { default: 0 }))));
  await here.run(p);
  await rm(path.join(here.base, "w.duckdb"));
  await writeFile(path.join(here.base, "w.duckdb.wal"), "of another database");
  expect(await here.run(p)).toMatchObject({ status: "completed", tables: ["raw:completed 1", "table:completed 1"] });
  expect(await here.rows("SELECT id FROM silver.table")).toEqual(["1"]);
});
