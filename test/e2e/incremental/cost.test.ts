/** What an update of a view reads, and when it is recomputed instead. */
import path from "node:path";
import { fn, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const p = pipeline("cost")
  .bronze({
    came: source.json("came/*.json", { id: t.int(), product: t.int(), at: t.timestamp(), n: t.int() }),
    products_raw: source.json("products/*.json", { id: t.int(), family: t.string(), seq: t.int(), gone: t.boolean() }),
  })
  .scd1(($) => ({
    products: $.products_raw.changes({
      key: (r) => r.id,
      sequenceBy: (r) => r.seq,
      deleteWhen: (r) => r.gone,
      columns: ({ id, family }) => ({ id, family }),
    }),
  }))
  .silver(($) => ({
    loud: $.products.where((r) => r.family.ne("quiet")).derive((r) => ({ upper: r.family.upper() })),
    both: $.products.union($.products.where((r) => r.id.gt(1))),
    per_day: $.came
      .lookup(
        $.products,
        (r) => r.product,
        (r, product) => ({ day: r.at.toDate(), family: product.family, n: r.n }),
      )
      .groupBy((r) => ({ family: r.family, day: r.day }))
      .aggregate((r) => ({ rows: fn.countRows(), middle: r.n.median() })),
  }));

const sold = (n: number) =>
  Array.from({ length: n }, (_, i) => {
    const at = `2024-01-${String(1 + (i % 20)).padStart(2, "0")}T00:00:00Z`;
    return `${JSON.stringify({ id: i, product: i % 50, at, n: i })}\n`;
  }).join("");
const product = (id: number, family: string, seq: number, gone = false) =>
  `${JSON.stringify({ id, family, seq, gone })}\n`;
const products = Array.from({ length: 50 }, (_, i) => product(i, `f${i % 25}`, 1)).join("");

test("groups that are found by a part of their key alone are recomputed where most rows share that part", async () => {
  const base = await folder();
  await write(base, "came/0.json", sold(2000));
  await write(base, "products/0.json", products);
  const options = { warehouse: path.join(base, "w.duckdb"), baseDir: base };
  await (await run(p, options)).close();
  await write(base, "products/1.json", product(7, "f8", 2));
  await using update = await run(p, options);
  // Product 7 is sold on two days out of twenty.
  const refresh = update.tables.find((table) => table.name === "per_day")?.refresh;
  expect(refresh).toMatchObject({ technique: "GENERIC_AGGREGATE" });
  await update.close();
  await write(base, "products/2.json", Array.from({ length: 5 }, (_, i) => product(i, "f24", 3)).join(""));
  // Twelve groups of a hundred, on ten days out of twenty.
  await using more = await run(p, options);
  expect(more.tables.find((table) => table.name === "per_day")?.refresh).toMatchObject({
    technique: "COMPLETE_RECOMPUTE",
    issues: [{ message: "what has changed is looked for among 50 of its 100 rows" }],
  });
});

test("rows that came to a change target stand for their keys, unless several writes are read at once", async () => {
  const base = await folder();
  await write(base, "came/0.json", sold(40));
  await write(base, "products/0.json", products);
  await expectRecomputed(p, base);
  const options = { warehouse: path.join(base, "w.duckdb"), baseDir: base };
  const changes = [
    [
      product(1, "new", 2) + product(60, "new", 2) + product(2, "quiet", 2),
      product(1, "quiet", 3) + product(60, "", 3, true),
    ],
    [product(1, "again", 4) + product(3, "x", 4, true)],
    [product(3, "back", 5), product(3, "back", 6, true), product(3, "once more", 7) + product(2, "loud", 7)],
  ];
  for (const [i, writes] of changes.entries()) {
    for (const [k, rows] of writes.entries()) {
      await write(base, `products/${i + 1}-${k}.json`, rows);
      if (k < writes.length - 1) await (await run(p, { ...options, only: ["products"] })).close();
    }
    for (const { name, refresh } of await expectRecomputed(p, base))
      if (name === "loud") expect(refresh?.technique).toBe("ROW_BASED");
  }
});
