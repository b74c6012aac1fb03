/** Constants of JavaScript as columns: with the types of their digits, in queries, joins and aggregates. */
import { type AnyPipeline, compile, fn, fromManifest, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, write } from "./support.ts";

const p = pipeline("constants")
  .bronze({ raw: source.csv("raw.csv", { id: t.bigint(), shop: t.string() }) })
  .silver(($) => ({
    marked: $.raw.derive(() => ({
      source: "web",
      version: 1,
      long: 1234567890,
      big: 9007199254740993n,
      ratio: -1.5,
      active: true,
      at: new Date("2024-02-29T10:00:00Z"),
    })),
    typed: $.raw.select((r) => ({
      id: r.id,
      nothing: fn.lit(null, t.string()),
      price: fn.lit("1.50", t.decimal(9, 2)),
      day: fn.lit("2024-02-29", t.date()),
      list: fn.lit(null, t.array(t.int())),
      n: fn.lit(Number("3"), t.double()),
    })),
  }))
  .gold(($) => ({
    shops: $.marked
      .groupBy((m) => ({ shop: m.shop }))
      .aggregate((m) => ({ kind: "shop", ids: m.id.count(), version: 2, active: false })),
    total: $.marked.aggregate(() => ({ source: "all", rows: fn.countRows() })),
    empty: $.marked
      .where((m) => m.id.lt(0))
      .groupBy((m) => ({ shop: m.shop }))
      .aggregate(() => ({ source: "none" })),
  }));

test("they are columns of every row and group, and of none where there is none", async () => {
  const base = await folder();
  await write(base, "raw.csv", "id,shop\n1,a\n2,a\n3,b\n");
  await using update = await run(p, { baseDir: base });
  const [marked] = await update.rows(p.tables.marked);
  expect(marked).toEqual({
    id: 1n,
    shop: "a",
    source: "web",
    version: 1,
    long: 1234567890n,
    big: 9007199254740993n,
    ratio: -1.5,
    active: true,
    at: "2024-02-29T10:00:00.000000Z",
  });
  expect((await update.rows(p.tables.typed))[2]).toEqual({
    id: 3n,
    nothing: null,
    price: "1.50",
    day: "2024-02-29",
    list: null,
    n: 3,
  });
  expect(await update.query("SELECT * FROM gold.shops ORDER BY shop")).toEqual([
    { shop: "a", kind: "shop", ids: 2n, version: 2, active: false },
    { shop: "b", kind: "shop", ids: 1n, version: 2, active: false },
  ]);
  expect(await update.rows(p.tables.total)).toEqual([{ source: "all", rows: 3n }]);
  expect(await update.rows(p.tables.empty)).toEqual([]);
});

test("they follow new rows, and a manifest keeps them", async () => {
  const base = await folder();
  await write(base, "in/1.csv", "id,shop\n1,a\n");
  const q = pipeline("growing")
    .bronze({ raw: source.csv("in/*.csv", { id: t.bigint(), shop: t.string() }) })
    .silver(($) => ({
      by_shop: $.raw.groupBy((r) => ({ shop: r.shop })).aggregate((r) => ({ k: 1, n: r.id.count() })),
    }));
  const warehouse = `${base}/w.duckdb`;
  await (await run(q, { baseDir: base, warehouse })).close();
  await write(base, "in/2.csv", "id,shop\n2,a\n3,b\n");
  await using update = await run(q, { baseDir: base, warehouse });
  expect(await update.query("SELECT * FROM silver.by_shop ORDER BY shop")).toEqual([
    { shop: "a", k: 1, n: 2n },
    { shop: "b", k: 1, n: 1n },
  ]);
  const again = fromManifest(JSON.parse(JSON.stringify(p)));
  const sql = (given: AnyPipeline, target: "duckdb" | "spark" | "databricks") =>
    compile(given, { target }).files.map(({ contents }) => contents.replaceAll(/^.*constants\.test\.ts.*\n/gm, ""));
  for (const target of ["duckdb", "spark", "databricks"] as const) expect(sql(again, target)).toEqual(sql(p, target));
});

test("a constant is a group: one of all rows, none where there are none, and no position of a column", async () => {
  const grouped = pipeline("grouped")
    .bronze({ raw: source.csv("in/*.csv", { id: t.bigint(), shop: t.string() }) })
    .silver(($) => ({
      all: $.raw.groupBy(() => ({ source: "web", version: 2 })).aggregate((r) => ({ ids: r.id.sum() })),
      none: $.raw
        .where((r) => r.id.lt(0))
        .groupBy(() => ({ version: 3 }))
        .aggregate((r) => ({ ids: r.id.sum() })),
      shops: $.raw.groupBy((r) => ({ version: 2, shop: r.shop })).aggregate(() => ({ rows: fn.countRows() })),
      first: $.raw
        .orderBy((r) => [fn.lit(2), fn.lit("x").desc(), r.id.desc()])
        .limit(1)
        .derive(() => ({ version: 1 })),
    }));
  const base = await folder();
  await write(base, "in/1.csv", "id,shop\n1,a\n2,a\n3,b\n");
  const warehouse = `${base}/w.duckdb`;
  const state = async () => {
    await using update = await run(grouped, { baseDir: base, warehouse });
    expect(update.status).toBe("completed");
    const { all, none, shops, first } = grouped.tables;
    return {
      all: await update.rows(all),
      none: await update.rows(none),
      shops: [...(await update.rows(shops))].sort((a, b) => a.shop.localeCompare(b.shop)),
      first: await update.rows(first),
    };
  };
  expect(await state()).toEqual({
    all: [{ source: "web", version: 2, ids: 6n }],
    none: [],
    shops: [
      { version: 2, shop: "a", rows: 2n },
      { version: 2, shop: "b", rows: 1n },
    ],
    first: [{ id: 3n, shop: "b", version: 1 }],
  });
  await write(base, "in/2.csv", "id,shop\n4,b\n");
  expect(await state()).toEqual({
    all: [{ source: "web", version: 2, ids: 10n }],
    none: [],
    shops: [
      { version: 2, shop: "a", rows: 2n },
      { version: 2, shop: "b", rows: 2n },
    ],
    first: [{ id: 4n, shop: "b", version: 1 }],
  });
});
