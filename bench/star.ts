/** A star schema: facts with a history and a dimension, and what is made of them. */
import { fn, pipeline, source, t } from "medallion";

export const star = pipeline("star")
  .bronze({
    sales_raw: source.parquet("sales/*.parquet", {
      id: t.bigint(),
      customer: t.int(),
      product: t.int(),
      quantity: t.int(),
      price: t.decimal(10, 2),
      at: t.timestamp(),
    }),
    customers_raw: source.parquet("customers/*.parquet", {
      id: t.int(),
      country: t.string(),
      changed_at: t.timestamp(),
    }),
    products_raw: source.parquet("products/*.parquet", { id: t.int(), family: t.string() }),
  })
  .scd2(($) => ({ customers: $.customers_raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.changed_at }) }))
  .silver(($) => ({
    products: $.products_raw.key((p) => p.id),
    sales: $.sales_raw.dedupe({ key: (s) => s.id, orderBy: (s) => s.at.desc() }).key((s) => s.id),
  }))
  .gold(($) => ({
    facts: $.sales
      .asOfJoin($.customers, {
        on: (s, c) => s.customer.eq(c.id),
        at: (s) => s.at,
        select: (s, c) => ({ ...s, country: c.country }),
      })
      .lookup(
        $.products,
        (s) => s.product,
        (s, p) => ({ ...s, family: p.family }),
      ),
  }))
  .gold(($) => ({
    by_country: $.facts
      .groupBy((f) => ({ country: f.country, month: f.at.truncate("month") }))
      .aggregate((f) => ({
        sales: fn.countRows(),
        quantity: f.quantity.sum(),
        mean: f.quantity.avg(),
        price: f.price.max(),
      })),
    by_day: $.facts
      .groupBy((f) => ({ day: f.at.truncate("day"), family: f.family }))
      .aggregate((f) => ({ customers: f.customer.countDistinct(), price: f.price.median() })),
    last_of_product: $.sales.dedupe({ key: (s) => s.product, orderBy: (s) => [s.at.desc(), s.id] }),
    total: $.facts.aggregate((f) => ({ sales: fn.countRows(), quantity: f.quantity.sum() })),
  }));
