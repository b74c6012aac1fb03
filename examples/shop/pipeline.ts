import { pipeline, source, t } from "medallion";

/** The pipeline of the README: orders and customers of a shop. */
export default pipeline("shop")
  .bronze({
    orders_raw: source.json("data/orders/*.json", {
      order_id: t.bigint(),
      customer_id: t.bigint(),
      ordered_at: t.timestamp(),
      amount: t.decimal(12, 2),
      status: t.string(),
    }),
    customers_raw: source.csv("data/customers/*.csv", {
      customer_id: t.bigint(),
      email: t.string().pii("email"),
      country: t.string(),
      op: t.string(),
      changed_at: t.timestamp(),
    }),
  })
  .silver(($) => ({
    orders: $.orders_raw
      .where((o) => o.status.ne("cancelled"))
      .derive((o) => ({ order_date: o.ordered_at.toDate() }))
      .key((o) => o.order_id)
      .expectOrQuarantine({ amount_positive: (o) => o.amount.gt(0) }),
  }))
  .scd2(($) => ({
    customers: $.customers_raw.changes({
      key: (c) => c.customer_id,
      sequenceBy: (c) => c.changed_at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .gold(($) => ({
    revenue_by_country: $.orders
      .asOfJoin($.customers, {
        on: (o, c) => o.customer_id.eq(c.customer_id),
        at: (o) => o.ordered_at,
        select: (o, c) => ({ country: c.country, amount: o.amount }),
      })
      .groupBy((r) => ({ country: r.country }))
      .aggregate((r) => ({ revenue: r.amount.sum(), orders: r.amount.count() })),
  }));
