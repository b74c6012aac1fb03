/** A join on the other side's whole key repeats no row: for callers without types, its columns may be summed. */
import { type AnyPipeline, analyze, fn, fromManifest, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: these tests are about callers without types.
type Untyped = any;

const shop = pipeline("p")
  .bronze({
    orders_raw: source.json("o", { id: t.bigint(), customer: t.bigint(), product: t.bigint(), amount: t.int() }),
    customers_raw: source.json("c", {
      id: t.bigint(),
      credit: t.int(),
      discount: t.int().rate().nullable(),
      country: t.string(),
    }),
    prices_raw: source.json("s", { product: t.bigint(), country: t.string(), price: t.int() }),
    products_raw: source.json("q", { id: t.bigint(), maker: t.string() }),
    makers_raw: source.json("m", { id: t.bigint(), maker: t.string(), stock: t.int(), since: t.bigint() }),
  })
  .scd2(($) => ({ makers: $.makers_raw.changes({ key: (m) => m.id, sequenceBy: (m) => m.since }) }))
  .silver(($) => ({
    orders: $.orders_raw,
    baskets: $.orders_raw.key((o) => o.id),
    customers: $.customers_raw.key((c) => c.id),
    products: $.products_raw.key((p) => p.id),
    prices: $.prices_raw.key((p) => [p.product, p.country]),
    by_country: $.customers_raw.groupBy((c) => ({ country: c.country })).aggregate((c) => ({ credit: c.credit.sum() })),
  })) as Untyped;

function codes(query: ($: Untyped) => unknown): readonly string[] {
  const p: AnyPipeline = shop.silver(($: Untyped) => ({ made: query($) }));
  const found = analyze(p).map((d) => d.code);
  expect(analyze(fromManifest(JSON.parse(JSON.stringify(p)))).map((d) => d.code)).toEqual(found);
  return found;
}

const onKey = (o: Untyped, c: Untyped) => o.customer.eq(c.id);
const both = (o: Untyped, c: Untyped) => ({ ...o, credit: c.credit, country: c.country });
const byId = (o: Untyped) => o.id;
const sum = (column: string) => (r: Untyped) => ({ total: r[column].sum() });

test.each<[string, ($: Untyped) => unknown]>([
  ["a join on the key", ($) => $.orders.join($.customers, onKey, both).aggregate(sum("amount"))],
  ["a left join on it", ($) => $.orders.leftJoin($.customers, onKey, both).aggregate(sum("amount"))],
  ["an average", ($) => $.orders.join($.customers, onKey, both).aggregate((r: Untyped) => ({ mean: r.amount.avg() }))],
  [
    "after further steps",
    ($) =>
      $.orders
        .join($.customers, onKey, both)
        .derive((r: Untyped) => ({ amount: r.amount.plus(1) }))
        .where((r: Untyped) => r.country.eq("DE"))
        .groupBy((r: Untyped) => ({ country: r.country }))
        .aggregate(sum("amount")),
  ],
  [
    "two joins on keys",
    ($) =>
      $.orders
        .join($.customers, onKey, both)
        .join(
          $.products,
          (o: Untyped, p: Untyped) => o.product.eq(p.id),
          (o: Untyped, p: Untyped) => ({ ...o, maker: p.maker }),
        )
        .aggregate(sum("amount")),
  ],
  [
    "the side that is on the right",
    ($) =>
      $.customers
        .join(
          $.orders,
          (c: Untyped, o: Untyped) => c.id.eq(o.customer),
          (_: Untyped, o: Untyped) => o,
        )
        .aggregate(sum("amount")),
  ],
  [
    "a key that the query makes",
    ($) =>
      $.customers
        .join(
          $.by_country,
          (c: Untyped, b: Untyped) => c.country.eq(b.country),
          (c: Untyped) => c,
        )
        .aggregate(sum("credit")),
  ],
  [
    "a join on a part of the key and a constant",
    ($) =>
      $.orders
        .join(
          $.prices,
          (o: Untyped, p: Untyped) => o.product.eq(p.product).and(p.country.eq("DE")),
          (o: Untyped) => o,
        )
        .aggregate(sum("amount")),
  ],
  [
    "a join on what is worked out of the other side",
    ($) =>
      $.orders
        .join($.customers, (o: Untyped, c: Untyped) => c.id.eq(o.customer.plus(1)), both)
        .aggregate(sum("amount")),
  ],
  ["a lookup by the row's own key", ($) => $.baskets.lookup($.customers, byId, both).aggregate(sum("credit"))],
  [
    "a lookup by a key that the query makes",
    ($) =>
      $.orders
        .groupBy((o: Untyped) => ({ id: o.customer }))
        .aggregate((o: Untyped) => ({ amount: o.amount.sum() }))
        .lookup($.customers, byId, both)
        .aggregate(sum("credit")),
  ],
  [
    "one lookup after another",
    ($) =>
      $.baskets
        .where((o: Untyped) => o.amount.gt(1))
        .derive((o: Untyped) => ({ twice: o.amount.times(2) }))
        .lookup($.products, byId, (o: Untyped, p: Untyped) => ({ ...o, maker: p.maker }))
        .join(
          $.products,
          (o: Untyped, p: Untyped) => o.product.eq(p.id),
          (o: Untyped) => o,
        )
        .lookup($.customers, byId, both)
        .aggregate(sum("credit")),
  ],
  [
    "both sides of a join on both keys",
    ($) => $.baskets.join($.customers, (o: Untyped, c: Untyped) => o.id.eq(c.id), both).aggregate(sum("credit")),
  ],
  [
    "an amount of which the other side's text is a condition",
    ($) =>
      $.orders
        .join($.customers, onKey, (o: Untyped, c: Untyped) => ({
          x: fn.when(c.country.eq("DE"), o.amount).otherwise(o.amount.times(-1)),
        }))
        .aggregate(sum("x")),
  ],
  [
    "an amount at the other side's rate",
    ($) =>
      $.orders
        .join($.customers, onKey, (o: Untyped, c: Untyped) => ({ x: o.amount.times(c.discount.orElse(1)) }))
        .aggregate(sum("x")),
  ],
  [
    "a union of two joins on keys",
    ($) =>
      $.orders
        .join($.customers, onKey, both)
        .union($.orders.leftJoin($.customers, onKey, both))
        .aggregate(sum("amount")),
  ],
  [
    "a union with what is acknowledged",
    ($) =>
      $.orders
        .join($.customers, onKey, (o: Untyped) => ({ amount: o.amount }))
        .union(
          $.orders.join($.customers, onKey, (_: Untyped, c: Untyped) => ({ amount: c.credit.acknowledgeFanOut() })),
        )
        .aggregate(sum("amount")),
  ],
  [
    "an as-of join after a join on the key",
    ($) =>
      $.orders
        .join($.customers, onKey, both)
        .asOfJoin($.makers, {
          on: (o: Untyped, m: Untyped) => o.product.eq(m.id),
          at: (o: Untyped) => o.id,
          select: (o: Untyped, m: Untyped) => ({ amount: o.amount, maker: m.maker }),
        })
        .aggregate(sum("amount")),
  ],
])("nothing is repeated: %s", (_, query) => {
  expect(codes(query)).toEqual([]);
});

test.each<[string, ($: Untyped) => unknown]>([
  ["the other side of a join on the key", ($) => $.orders.join($.customers, onKey, both).aggregate(sum("credit"))],
  [
    "a join off the key",
    ($) => $.orders.join($.customers, (o: Untyped, c: Untyped) => o.amount.eq(c.credit), both).aggregate(sum("amount")),
  ],
  [
    "a sum of both sides",
    ($) =>
      $.orders
        .join($.customers, onKey, both)
        .derive((r: Untyped) => ({ x: r.amount.plus(r.credit) }))
        .aggregate(sum("x")),
  ],
  [
    "a union of what is repeated and what is not",
    ($) =>
      $.orders
        .join($.customers, onKey, (o: Untyped) => ({ x: o.amount }))
        .union($.orders.join($.customers, onKey, (_: Untyped, c: Untyped) => ({ x: c.credit })))
        .aggregate(sum("x")),
  ],
  [
    "an amount of the other side of which the own text is a condition",
    ($) =>
      $.orders
        .join($.customers, onKey, (o: Untyped, c: Untyped) => ({
          x: fn.when(o.id.gt(1), c.credit).otherwise(o.amount),
        }))
        .aggregate(sum("x")),
  ],
  [
    "what an as-of join brings",
    ($) =>
      $.orders
        .asOfJoin($.makers, {
          on: (o: Untyped, m: Untyped) => o.product.eq(m.id),
          at: (o: Untyped) => o.id,
          select: (_: Untyped, m: Untyped) => ({ stock: m.stock }),
        })
        .aggregate(sum("stock")),
  ],
  [
    "a join on the key of what was repeated before",
    ($) =>
      $.orders
        .join(
          $.products,
          (o: Untyped, p: Untyped) => o.amount.gt(p.id),
          (o: Untyped) => o,
        )
        .join($.customers, onKey, both)
        .aggregate(sum("amount")),
  ],
  [
    "a window after a join on the key",
    ($) =>
      $.orders
        .join($.customers, onKey, both)
        .derive((r: Untyped) => ({ x: r.amount.sum().over({ partitionBy: r.country }) }))
        .aggregate(sum("x")),
  ],
  [
    "a lookup by another column",
    ($) => $.baskets.lookup($.customers, (o: Untyped) => o.customer, both).aggregate(sum("credit")),
  ],
  [
    "a lookup by what is worked out of the key",
    ($) => $.baskets.lookup($.customers, (o: Untyped) => o.id.mod(10), both).aggregate(sum("credit")),
  ],
  [
    "a lookup by a column of the key's name",
    ($) =>
      $.baskets
        .derive((o: Untyped) => ({ id: o.customer }))
        .lookup($.customers, byId, both)
        .aggregate(sum("credit")),
  ],
  [
    "a lookup by a key that a join repeated",
    ($) =>
      $.baskets
        .join(
          $.products,
          (o: Untyped, p: Untyped) => o.amount.gt(p.id),
          (o: Untyped) => o,
        )
        .lookup($.customers, byId, both)
        .aggregate(sum("credit")),
  ],
  [
    "a lookup by a key of which a full join gives none",
    ($) =>
      $.baskets
        .fullJoin(
          $.products,
          (o: Untyped, p: Untyped) => o.product.eq(p.id),
          (o: Untyped) => o,
        )
        .lookup($.customers, byId, both)
        .aggregate(sum("credit")),
  ],
])("repeated: %s", (_, query) => {
  expect(codes(query)).toContain("METRIC001");
});
