/**
 * Rows of an append-only input are found by their keys, or by the first of the times that keys begin with: whether a key is
 * new, was left out by a rule or comes late, the tables are what a recompute makes of the same files.
 */
import fc from "fast-check";
import { fn, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { folder, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 6);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 4);

const p = pipeline("p")
  .bronze({
    raw: source.json("in/*.json", {
      id: t.int().nullable(),
      kind: t.string(),
      v: t.int(),
      at: t.timestamp(),
      day: t.date(),
      local: t.timestampNtz(),
      seen: t.timestamp().nullable(),
    }),
  })
  .silver(($) => ({
    last: $.raw
      .where((r) => r.kind.ne("none"))
      .dedupe({ key: (r) => [r.id, r.kind], orderBy: (r) => [r.v.desc(), r.at] })
      .expectOrDrop({ kept: (r) => r.v.ne(2) })
      .expectOrQuarantine({ small: (r) => r.v.lt(5) }),
    numbered: $.raw.derive((r) => ({ place: fn.rowNumber().over({ partitionBy: r.id, orderBy: [r.at, r.v] }) })),
    days: $.raw
      .groupBy((r) => ({ day: r.at.truncate("day"), kind: r.kind }))
      .aggregate((r) => ({ middle: r.v.median(), kinds: r.id.countDistinct() })),
    months: $.raw
      .groupBy((r) => ({ month: r.at.truncate("month").toDate() }))
      .aggregate((r) => ({ middle: r.v.median() })),
    quarters: $.raw
      .groupBy((r) => ({ quarter: r.day.truncate("quarter") }))
      .aggregate((r) => ({ middle: r.v.median() })),
    hours: $.raw.groupBy((r) => ({ hour: r.local.truncate("hour") })).aggregate((r) => ({ middle: r.v.median() })),
    dates: $.raw.groupBy((r) => ({ date: r.local.toDate() })).aggregate((r) => ({ middle: r.v.median() })),
    seen: $.raw.groupBy((r) => ({ week: r.seen.truncate("week") })).aggregate((r) => ({ middle: r.v.median() })),
    of_days: $.raw.derive((r) => ({
      place: fn.rowNumber().over({ partitionBy: r.day, orderBy: [r.v, r.at] }),
    })),
  }));

const BEGIN = Date.parse("1969-12-30T22:00:00Z");
const HOUR = 3_600_000;

const row = fc.record({
  id: fc.option(fc.nat(8), { freq: 9 }),
  kind: fc.constantFrom("a", "b", "none"),
  v: fc.nat(7),
  hours: fc.nat(120),
  isSeen: fc.boolean(),
});
const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 6 });

type Drawn = typeof row extends fc.Arbitrary<infer D> ? D : never;

function line({ id, kind, v, hours, isSeen }: Drawn): string {
  const at = new Date(BEGIN + hours * HOUR * 7 + v * 1234).toISOString();
  const local = at.replace("Z", "");
  return `${JSON.stringify({ id, kind, v, at, day: at.slice(0, 10), local, seen: isSeen ? at : null })}\n`;
}

test("keys that are new, that a rule left out, and that come late", { timeout: 60_000 + CASES * 20_000 }, async () => {
  const techniques = new Set<string>();
  await fc.assert(
    fc.asyncProperty(batches, async (drawn) => {
      const base = await folder();
      for (const [i, batch] of drawn.entries()) {
        await write(base, `in/${i}.json`, batch.map(line).join(""));
        for (const { name, refresh } of await expectRecomputed(p, base)) {
          if (i > 0 && refresh) techniques.add(`${name} ${refresh.technique}`);
        }
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
  const views = ["days", "months", "quarters", "hours", "dates", "seen"].map((name) => `${name} GENERIC_AGGREGATE`);
  expect([...techniques]).toEqual(
    expect.arrayContaining([...views, "last WINDOW_FUNCTION", "numbered WINDOW_FUNCTION", "of_days WINDOW_FUNCTION"]),
  );
});

test("a side of an outer join of which a window chooses the rows: who matches none of them stays so", async () => {
  const shop = pipeline("shop")
    .bronze({
      people_raw: source.json("people/*.json", { id: t.int(), country: t.string() }),
      sales_raw: source.json("sales/*.json", { id: t.int(), person: t.int(), product: t.int() }),
    })
    .silver(($) => ({
      people: $.people_raw.dedupe({ key: (p) => p.id, orderBy: (p) => p.country }).key((p) => p.id),
      sales: $.sales_raw.dedupe({ key: (s) => s.id, orderBy: (s) => s.person }).key((s) => s.id),
    }))
    .gold(($) => ({
      by_first: $.sales
        .leftJoin(
          $.people
            .derive((p) => ({ place: fn.rowNumber().over({ partitionBy: p.country, orderBy: p.id }) }))
            .where((p) => p.place.eq(1)),
          (s, p) => s.person.eq(p.id),
          (s, p) => ({ id: s.id, product: s.product, first: p.country }),
        )
        .groupBy((s) => ({ product: s.product, first: s.first }))
        .aggregate((s) => ({ sales: s.id.countDistinct() })),
    }));
  const base = await folder();
  // A few people who are not the first of their country.
  const people = Array.from({ length: 60 }, (_, id) => `{"id":${id},"country":"${id % 55}"}\n`);
  await write(base, "people/1.json", people.join(""));
  await write(
    base,
    "sales/1.json",
    people.map((_, id) => `{"id":${id},"person":${id},"product":${id % 20}}\n`).join(""),
  );
  await expectRecomputed(shop, base);
  for (const [id, person] of [57, 7, 59, 99].entries()) {
    await write(base, `sales/${id + 2}.json`, `{"id":${id + 60},"person":${person},"product":${id}}\n`);
    const tables = await expectRecomputed(shop, base);
    expect(tables.find(({ name }) => name === "by_first")?.refresh).toMatchObject({ technique: "GENERIC_AGGREGATE" });
  }
});
