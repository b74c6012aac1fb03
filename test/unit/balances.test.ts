/** Balances of several accounts in one group, and what stands for a column or a day and is none. */
import { type AnyPipeline, analyze, fn, fromManifest, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";

const stock = pipeline("stock")
  .bronze({
    days_raw: source.csv("days/*.csv", {
      day: t.date(),
      shop: t.string(),
      sku: t.string(),
      pieces: t.int().balance(),
      sold: t.int(),
    }),
    readings_raw: source.csv("readings/*.csv", {
      id: t.bigint(),
      meter: t.string(),
      at: t.timestamp(),
      level: t.double().balance(),
    }),
  })
  .silver(($) => ({
    days: $.days_raw.key((d) => [d.shop, d.sku, d.day]),
    readings: $.readings_raw.key((r) => r.id),
    by_shop: $.days_raw.groupBy((d) => ({ shop: d.shop, day: d.day })).aggregate((d) => ({ pieces: d.pieces.sum() })),
  }));

/** What is found, which is the same of the manifest. */
function told(p: AnyPipeline): readonly string[] {
  const found = analyze(p).map(({ code, message }) => `${code} ${message}`);
  expect(analyze(fromManifest(JSON.parse(JSON.stringify(p)))).map(({ code, message }) => `${code} ${message}`)).toEqual(
    found,
  );
  return found;
}

const several = (accounts: string): string =>
  `METRIC009 a group has balances of several ${accounts}, and this is the one of one of them`;

test("the last balance is that of an account", () => {
  const of = (last: Parameters<typeof stock.gold>[0]): readonly string[] => told(stock.gold(last));
  expect(
    of(($) => ({
      made: $.days.groupBy((d) => ({ shop: d.shop })).aggregate((d) => ({ pieces: d.pieces.lastBy(d.day) })),
    })),
  ).toEqual([several('"sku"')]);
  expect(
    of(($) => ({
      made: $.days.where((d) => d.sold.gt(0)).aggregate((d) => ({ pieces: d.pieces.firstBy(d.day) })),
    })),
  ).toEqual([several('"shop", "sku"')]);
  expect(of(($) => ({ made: $.by_shop.aggregate((d) => ({ pieces: d.pieces.lastBy(d.day) })) }))).toEqual([
    several('"shop"'),
  ]);
  expect(
    of(($) => ({
      made: $.days
        .select((d) => ({ article: d.sku, day: d.day, shop: d.shop, pieces: d.pieces }))
        .groupBy((d) => ({ month: d.day.truncate("month"), shop: d.shop }))
        .aggregate((d) => ({ pieces: d.pieces.lastBy(d.day) })),
    })),
  ).toEqual([several('"article"')]);
});

test("of one account, or of rows whose key is not of accounts and times, nothing is said", () => {
  const p = stock.gold(($) => ({
    of_each: $.days
      .groupBy((d) => ({ shop: d.shop, sku: d.sku }))
      .aggregate((d) => ({ pieces: d.pieces.lastBy(d.day) }))
      .groupBy((d) => ({ shop: d.shop }))
      .aggregate((d) => ({ pieces: d.pieces.sum() })),
    of_one: $.days
      .where((d) => d.sku.eq("a"))
      .groupBy((d) => ({ shop: d.shop }))
      .aggregate((d) => ({ pieces: d.pieces.lastBy(d.day) })),
    of_one_by_filter: $.days
      .groupBy((d) => ({ shop: d.shop }))
      .aggregate((d) => ({ pieces: d.pieces.lastBy(d.day).filter(d.sku.eq("a")) })),
    levels: $.readings.groupBy((r) => ({ meter: r.meter })).aggregate((r) => ({ level: r.level.lastBy(r.at) })),
    best_day: $.days.groupBy((d) => ({ shop: d.shop })).aggregate((d) => ({ sold: d.sold.maxBy(d.day) })),
  }));
  expect(told(p)).toEqual([]);
});

test("a text in the place of the column that it names", () => {
  const p = stock.silver(($) => ({
    selected: $.days.select(() => ({ shop: "shop", other: "sku" })),
    grouped: $.days.groupBy(() => ({ sku: fn.lit("sku") })).aggregate((d) => ({ sold: d.sold.sum() })),
    unpivoted: $.days.select((d) => ({ measure: "sold", value: d.sold })),
  }));
  expect(told(p)).toEqual([
    'EXPR015 "shop" is this text on every row, not the column "shop"',
    'EXPR015 "sku" is this text on every row, not the column "sku"',
  ]);
});

test("days that there are not", () => {
  const made = (make: Parameters<typeof stock.silver>[0]) => told(stock.silver(make));
  expect(
    made(($) => ({
      month: $.days.derive(() => ({ on: fn.makeDate(2024, 13, 1) })),
      day: $.days.derive((d) => ({ on: fn.makeDate(d.sold, 4, 31) })),
      swapped: $.days.derive((d) => ({ on: fn.makeDate(1, d.day.year(), 31) })),
      leap: $.days.derive((d) => ({ on: fn.makeDate(d.day.year(), 2, 29) })),
      common: $.days.derive(() => ({ on: fn.makeDate(2023, 2, 29) })),
      early: $.days.derive(() => ({ on: fn.makeDate(33, 12, 31) })),
    })),
  ).toEqual([
    "TYPE002 makeDate(2024, 13, 1) is not a day",
    "TYPE002 makeDate(…, 4, 31) is not a day",
    "TYPE002 makeDate(2023, 2, 29) is not a day",
  ]);
});

test("rows are counted in 32 bits, as Spark counts them", () => {
  const made = (make: Parameters<typeof stock.silver>[0]) => () => stock.silver(make);
  expect(made(($) => ({ few: $.days.orderBy((d) => d.day).limit(2 ** 31 - 1) }))).not.toThrow();
  expect(made(($) => ({ many: $.days.orderBy((d) => d.day).limit(2 ** 31) }))).toThrow(
    "limit() accepts a whole number",
  );
  const before = (rows: number) =>
    made(($) => ({
      sums: $.days.derive((d) => ({
        so_far: d.sold
          .sum()
          .over({ partitionBy: d.shop, orderBy: d.day, frame: { unit: "rows", start: -rows, end: 0 } }),
      })),
    }));
  expect(before(2 ** 31 - 1)).not.toThrow();
  expect(before(2 ** 31)).toThrow("a frame has a unit");
});
