/** Shapes that are easily got wrong, over rows that come, change and go: they are what a recompute makes of them. */
import { rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { fn, param, pipeline, source, t } from "medallion";
import { test } from "vitest";
import { folder, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 9);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 2);

const columns = {
  k: t.int().nullable(),
  g: t.string().nullable(),
  x: t.double().nullable(),
  n: t.int(),
};
const least = param.int("least", { default: 1 });

const hostile = pipeline("hostile")
  .bronze({
    came: source.json("came/*.json", columns),
    is: source.json("is/*.json", columns, { onChange: "replace" }),
  })
  .scd1(($) => ({
    last: $.came
      .derive((r) => ({ id: r.k.orElse(9) }))
      .changes({ key: (r) => r.id, sequenceBy: (r) => r.n, deleteWhen: (r) => r.g.eq("gone") }),
  }))
  .silver(($) => ({
    /** The table on both sides. */
    pairs: $.is.join(
      $.is,
      (a, b) => a.k.eq(b.k).and(a.n.lt(b.n)),
      (a, b) => ({ k: a.k, n: a.n, m: b.n }),
    ),
    twice: $.is.select((r) => ({ ...r })).union($.is.where((r) => r.n.gt(2)).select((r) => ({ ...r }))),
    also: $.is.leftJoin(
      $.is.groupBy((r) => ({ g: r.g })).aggregate((r) => ({ most: r.n.max() })),
      (a, b) => a.g.eqNullSafe(b.g),
      (a, b) => ({ k: a.k, g: a.g, n: a.n, most: b.most }),
    ),
    first: $.is.dedupe({ key: (r) => [r.k, r.g], orderBy: (r) => r.n.desc() }),
    /** What settles its ties is below a filter, a computed column and a key that is computed of its own key. */
    settled: $.is
      .derive((r) => ({ minus: r.n.times(-1) }))
      .select((r) => ({ minus: r.minus, g: r.g, n: r.n, k: r.k }))
      .where((r) => r.n.ge(0))
      .dedupe({ key: (r) => r.g, orderBy: (r) => r.k })
      .select((r) => ({ upper: r.g.upper(), n: r.n, k: r.k })),
    of_came: $.came.dedupe({ key: (r) => r.g, orderBy: (r) => r.k.desc() }),
    with_match: $.came.semiJoin($.is, (a, b) => a.k.eq(b.k)),
    without_match: $.came.antiJoin($.is, (a, b) => a.k.eqNullSafe(b.k)),
    without_any: $.came.antiJoin($.is, (a, b) => a.k.eq(b.k).and(a.n.lt(b.n).or(a.g.isNull()))),
    /** What rows are matched with is made of the same table. */
    in_company: $.is.semiJoin(
      $.is.groupBy((r) => ({ g: r.g })).aggregate(() => ({ rows: fn.countRows() })),
      (a, b) => a.g.eq(b.g).and(b.rows.gt(1)),
    ),
    alone: $.came.antiJoin(
      $.came.groupBy((r) => ({ k: r.k })).aggregate(() => ({ rows: fn.countRows() })),
      (a, b) => a.k.eqNullSafe(b.k).and(b.rows.gt(1)),
    ),
    ranked: $.is.derive((r) => ({
      place: fn.rank().over({ partitionBy: r.g, orderBy: r.n }),
      row: fn.rowNumber().over({ partitionBy: r.g, orderBy: r.n }),
      before: r.k.lag().over({ partitionBy: r.g, orderBy: r.n }),
    })),
    checked: $.is
      .key((r) => r.n)
      .expectOrQuarantine({ small: (r) => r.n.lt(5) })
      .expectOrDrop({ known: (r) => r.g.isNotNull() }),
    of_floats: $.is.groupBy((r) => ({ x: r.x })).aggregate(() => ({ rows: fn.countRows() })),
    floats: $.is
      .groupBy((r) => ({ g: r.g }))
      .aggregate((r) => ({ least: r.x.min(), most: r.x.max(), kinds: r.x.countDistinct() })),
    bounded: $.is.where((r) => r.n.ge(least)),
    top: $.is.orderBy((r) => [r.n.desc(), r.k]).limit(2),
    top_of_came: $.came.orderBy((r) => r.n.desc()).limit(3),
    of_last: $.last
      .groupBy((r) => ({ g: r.g }))
      .aggregate((r) => ({ rows: fn.countRows(), sum: r.n.sum(), mean: r.n.avg() })),
    full: $.came.fullJoin(
      $.last,
      (a, b) => a.k.eq(b.k),
      (a, b) => ({ a: a.n, b: b.n }),
    ),
  }))
  .silver(($) => ({
    full_by_key: $.came.fullJoin(
      $.last,
      (a, b) => a.k.eq(b.k),
      (a, b) => ({ k: a.k.orElse(b.k), a: a.n, b: b.n, g: b.g }),
    ),
    full_with_nulls: $.is
      .fullJoin(
        $.first.groupBy((r) => ({ k: r.k })).aggregate((r) => ({ most: r.n.max() })),
        (a, b) => a.k.eqNullSafe(b.k).and(a.n.le(b.most)),
        (a, b) => ({ k: b.k.orElse(a.k), a: a.n, b: b.most }),
      )
      .where((r) => r.a.isNull().or(r.a.gt(1))),
    of_full: $.is
      .fullJoin(
        $.last,
        (a, b) => a.g.eq(b.g).and(a.k.eq(b.k)),
        (a, b) => ({ k: a.k.orElse(b.k), g: a.g.orElse(b.g), a: a.n, b: b.n }),
      )
      .groupBy((r) => ({ g: r.g }))
      .aggregate((r) => ({ rows: fn.countRows(), a: r.a.acknowledgeFanOut().sum(), least: r.b.min() })),
    of_checked: $.checked.groupBy((r) => ({ g: r.g })).aggregate((r) => ({ rows: fn.countRows(), least: r.n.min() })),
    of_first: $.first.lookup(
      $.checked,
      (r) => r.n,
      (r, c) => ({ ...r, other: c.k }),
    ),
    of_top: $.top.join(
      $.twice,
      (a, b) => a.g.eqNullSafe(b.g),
      (a, b) => ({ n: a.n, m: b.n }),
    ),
    windows_in_groups: $.ranked
      .groupBy((r) => ({ g: r.g, last: r.row.lastValue().over({ orderBy: [r.g] }) }))
      .aggregate((r) => ({ most: r.place.max() })),
    window_over_view: $.also
      .where((r) => r.most.gt(1))
      .derive((r) => ({ running: r.n.max().over({ partitionBy: r.k, orderBy: [r.n, r.g] }) })),
  }));

const row = fc.record({
  k: fc.option(fc.integer({ min: 0, max: 4 })),
  g: fc.option(fc.constantFrom("a", "A", "b", "", "gone")),
  x: fc.option(fc.constantFrom("-0.0", '"NaN"', "1.5")),
  n: fc.integer({ min: 0, max: 6 }),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

const lines = (rows: readonly Row[]) =>
  rows.map(({ k, g, x, n }) => `{"k": ${k}, "g": ${JSON.stringify(g)}, "x": ${x}, "n": ${n}}\n`).join("");

const delivery = fc.record({
  came: fc.array(row, { maxLength: 4 }),
  /** The rows as they are from now on; none where they stay. */
  is: fc.option(fc.array(row, { minLength: 1, maxLength: 6 })),
  least: fc.integer({ min: 0, max: 3 }),
});

test("rows that come, change and go", { timeout: 120_000 + CASES * 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 2, maxLength: 4 }), async (deliveries) => {
      const base = await folder();
      const start: Row = { k: 1, g: "a", x: "1.5", n: 1 };
      await write(base, "came/0.json", lines([start]));
      await write(base, "is/0.json", lines([start, { ...start, n: 3 }]));
      await expectRecomputed(hostile, base);
      for (const [i, { came, is, least }] of deliveries.entries()) {
        if (came.length > 0) await write(base, `came/${i + 1}.json`, lines(came));
        if (is) {
          await rm(path.join(base, "is"), { recursive: true });
          await write(base, `is/${i + 1}.json`, lines(is));
        }
        await expectRecomputed(hostile, base, { params: { least } });
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
});
