/**
 * Groups whose measures add up are made of the rows that their view has and of those that came: whatever comes, they are what a
 * recompute makes of the same files, and nothing is read again.
 */
import fc from "fast-check";
import { fn, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 5);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 4);

const columns = {
  g: t.string().nullable(),
  j: t.int(),
  n: t.bigint().nullable(),
  d: t.decimal(12, 2).nullable(),
  s: t.string().nullable(),
  b: t.boolean().nullable(),
};

const p = pipeline("p")
  .bronze({
    raw: source.json("in/*.json", columns),
    names_raw: source.json("names.json", { j: t.int(), name: t.string() }),
  })
  .silver(($) => ({ names: $.names_raw.key((r) => r.j) }))
  .silver(($) => ({
    groups: $.raw
      .groupBy((r) => ({ g: r.g, even: r.j.mod(2) }))
      .aggregate((r) => ({
        rows: fn.countRows(),
        known: r.n.count(),
        total: r.n.sum(),
        amount: r.d.sum(),
        large: r.d.gt(1).countIf(),
        least: r.d.min(),
        last: r.s.max(),
        all: r.b.every(),
        any: r.b.some(),
        some: r.d.sum().filter(r.b),
        again: r.d.sum(),
      })),
    of_names: $.raw
      .where((r) => r.n.gt(-3))
      .lookup(
        $.names,
        (r) => r.j,
        (r, l) => ({ ...r, name: l.name }),
      )
      .groupBy((r) => ({ name: r.name }))
      .aggregate((r) => ({ rows: fn.countRows(), total: r.n.sum() }))
      .expect({ few: (r) => r.rows.lt(4) }),
    both: $.raw
      .select((r) => ({ g: r.g, n: r.n }))
      .union($.raw.select((r) => ({ g: r.s, n: r.n })))
      .groupBy((r) => ({ g: r.g }))
      .aggregate((r) => ({ least: r.n.min(), rows: fn.countRows() })),
  }))
  .gold(($) => ({
    sizes: $.groups.groupBy((r) => ({ rows: r.rows })).aggregate(() => ({ groups: fn.countRows() })),
    some_groups: $.groups.where((r) => r.rows.gt(1)).select((r) => ({ g: r.g, even: r.even, total: r.total })),
  }));

const row = fc.record({
  g: fc.constantFrom("a", "b", "", null),
  j: fc.nat(5),
  n: fc.option(fc.integer({ min: -5, max: 5 })),
  d: fc.option(fc.integer({ min: -500, max: 500 }).map((cents) => (cents / 100).toFixed(2))),
  s: fc.constantFrom("a", "z", "é", null),
  b: fc.constantFrom(true, false, null),
});
const batches = fc.array(fc.array(row, { maxLength: 5 }), { minLength: 2, maxLength: 6 });
const lines = (all: readonly object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join("");

test("groups that rows come to are what a recompute makes", { timeout: 60_000 + CASES * 20_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (drawn) => {
      const base = await folder();
      await write(base, "names.json", lines([0, 1, 2].map((j) => ({ j, name: j > 0 ? "some" : "none" }))));
      for (const [n, all] of drawn.entries()) {
        await write(base, `in/${n}.json`, lines(all));
        await expectRecomputed(p, base);
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
});

test("of many groups those alone are written that rows came to", async () => {
  const base = await folder();
  const options = { baseDir: base, warehouse: `${base}/w.duckdb` };
  const many = pipeline("p")
    .bronze({ raw: source.json("in/*.json", { k: t.int(), v: t.int() }) })
    .silver(($) => ({
      by_k: $.raw.groupBy((r) => ({ k: r.k })).aggregate((r) => ({ rows: fn.countRows(), v: r.v.sum() })),
    }))
    .gold(($) => ({ copy: $.by_k.where((r) => r.v.gt(0)) }));
  await write(base, "in/0.json", lines(Array.from({ length: 25_000 }, (_, k) => ({ k, v: 1 }))));
  await (await run(many, options)).close();
  await write(base, "in/1.json", lines([7, 7, 25_000].map((k) => ({ k, v: 2 }))));
  await using update = await run(many, options);
  expect(table(update, "by_k")).toMatchObject({
    rowsWritten: 2,
    refresh: { technique: "GROUP_AGGREGATE", issues: [] },
  });
  expect(table(update, "copy")).toMatchObject({ rowsWritten: 2, refresh: { technique: "ROW_BASED", issues: [] } });
  for (const name of ["silver.by_k", "gold.copy"])
    expect(await rows(update, `FROM ${name} WHERE rows > 1 OR k = 25000 ORDER BY k`)).toEqual([
      { k: 7, rows: 3, v: 5 },
      { k: 25_000, rows: 1, v: 2 },
    ]);
});
