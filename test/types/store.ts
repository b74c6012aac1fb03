/** A pipeline of a plausible size, which the edits of `edits.ts` break one at a time. */
import { fn, pipeline, source, sql, t } from "medallion";

export default pipeline("store")
  .bronze({
    orders_raw: source.json("orders/*.json", {
      order_id: t.bigint(),
      customer_id: t.bigint().id("customer"),
      product_id: t.bigint().id("product"),
      ordered_at: t.timestamp(),
      quantity: t.int(),
      amount: t.decimal(12, 2).unit("EUR"),
      shipping: t.decimal(12, 2).unit("USD"),
      status: t.string(),
      channel: t.enum(["web", "shop", "test"]),
      note: t.string().nullable(),
      paid: t.boolean(),
    }),
    products_raw: source.csv("products/*.csv", {
      product_id: t.bigint().id("product"),
      title: t.string(),
      price: t.decimal(12, 2).unit("EUR").rate(),
      category: t.string().nullable(),
    }),
    customers_raw: source.csv("customers/*.csv", {
      customer_id: t.bigint().id("customer"),
      email: t.string().pii("email"),
      country: t.string(),
      op: t.string(),
      changed_at: t.timestamp(),
    }),
    stock_raw: source.parquet("stock.parquet", {
      product_id: t.bigint().id("product"),
      day: t.date(),
      on_hand: t.int().balance(),
    }),
  })
  .silver(($) => ({
    products: $.products_raw
      .whereNotNull((p) => ({ category: p.category }))
      .dedupe({ key: (p) => p.product_id, orderBy: (p) => p.title })
      .key((p) => p.product_id),
    orders: $.orders_raw
      .where((o) => o.status.ne("cancelled"))
      .where((o) => o.channel.ne("test"))
      .derive((o) => ({ order_date: o.ordered_at.toDate(), net: o.amount.times("0.8") }))
      .derive((o) => ({ initial: sql(t.string())`left(${o.status}, 1)` }))
      .key((o) => o.order_id)
      .expectOrQuarantine({ amount_positive: (o) => o.amount.gt(0), dated: (o) => o.ordered_at.gt("2020-01-01") })
      .comment("orders that count"),
    late: $.orders_raw
      .select(({ note, paid, ...rest }) => ({ ...rest, remark: note }))
      .where((o) => o.remark.isNotNull().and(o.quantity.gt(3))),
  }))
  .scd2(($) => ({
    customers: $.customers_raw.changes({
      key: (c) => c.customer_id,
      sequenceBy: (c) => c.changed_at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .scd1(($) => ({
    current: $.customers_raw.changes({
      key: (c) => c.customer_id,
      sequenceBy: (c) => c.changed_at,
    }),
  }))
  .silver(($) => ({
    sales: $.orders
      .lookup(
        $.products,
        (o) => o.product_id,
        (o, p) => ({
          order_id: o.order_id,
          customer_id: o.customer_id,
          ordered_at: o.ordered_at,
          quantity: o.quantity,
          amount: o.amount,
          category: p.category.orElse("none"),
          price: p.price,
        }),
      )
      .references($.orders, (s) => s.order_id),
  }))
  .gold(($) => ({
    revenue_by_country: $.sales
      .asOfJoin($.customers, {
        on: (s, c) => s.customer_id.eq(c.customer_id),
        at: (s) => s.ordered_at,
        select: (s, c) => ({ country: c.country, amount: s.amount, quantity: s.quantity }),
      })
      .groupBy((r) => ({ country: r.country }))
      .aggregate((r) => ({
        revenue: r.amount.sum(),
        pieces: r.quantity.sum(),
        mean: r.amount.avg(),
        orders: fn.countRows(),
      })),
    by_category: $.sales
      .groupBy((s) => ({ category: s.category }))
      .aggregate((s) => ({ revenue: s.amount.sum(), orders: s.order_id.countDistinct() }))
      .key((r) => r.category),
    shares: $.sales.select((s) => ({
      order_id: s.order_id,
      size: fn.when(s.amount.gt(100), "large").otherwise("small"),
      rank: fn.rowNumber().over({ partitionBy: s.category, orderBy: s.amount.desc() }),
    })),
  }))
  .gold(($) => ({
    top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10),
    overview: $.revenue_by_country
      .derive((r) => ({ per_order: r.revenue.div(r.orders) }))
      .where((r) => r.per_order.gt(1)),
  }));
