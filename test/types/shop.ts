/** The pipeline that the tests of the types build on: one table for each thing that a rule looks at. */
import { fn, pipeline, source, t } from "medallion";

export const shop = pipeline("shop")
  .bronze({
    orders_raw: source.json("orders/*.json", {
      order_id: t.bigint(),
      line: t.bigint(),
      customer_id: t.bigint(),
      ordered_at: t.timestamp(),
      amount: t.decimal(12, 2).unit("EUR"),
      usd: t.decimal(12, 2).unit("USD"),
      price: t.decimal(12, 2).unit("EUR").rate(),
      status: t.string(),
      note: t.string().nullable(),
      coupon_id: t.bigint().nullable(),
      corrected_at: t.timestamp().nullable(),
    }),
    customers_raw: source.csv("customers/*.csv", {
      customer_id: t.bigint(),
      email: t.string().pii("email"),
      full_name: t.string().pii("name"),
      born: t.date().pii("birthday"),
      income: t.decimal(12, 2).unit("EUR").pii("income"),
      country: t.string(),
      credit: t.decimal(12, 2).unit("EUR"),
      op: t.string(),
      changed_at: t.timestamp(),
    }),
    accounts_raw: source.parquet("accounts.parquet", {
      account: t.string(),
      day: t.date(),
      balance: t.decimal(12, 2).balance(),
      contact: t.struct({ phone: t.string().pii("phone"), city: t.string() }).nullable(),
    }),
  })
  .bronze({
    bikes_raw: source.json("bikes/*.json", {
      bike_id: t.bigint().id("bike"),
      frame: t.string().id("frame"),
      maker: t.string(),
      gears: t.bigint(),
    }),
    trips_raw: source.json("trips/*.json", {
      trip_id: t.bigint().id("trip"),
      bike_id: t.bigint().id("bike").nullable(),
      station_id: t.bigint().id("station"),
      minutes: t.int(),
    }),
  })
  .silver(($) => ({
    bikes: $.bikes_raw.key((b) => b.bike_id),
    trips: $.trips_raw.key((x) => x.trip_id),
    customers: $.customers_raw.key((c) => c.customer_id),
    orders: $.orders_raw.key((o) => [o.order_id, o.line]),
    loose: $.orders_raw,
    accounts: $.accounts_raw,
  }))
  .scd2(($) => ({
    history: $.customers_raw.changes({
      key: (c) => c.customer_id,
      sequenceBy: (c) => c.changed_at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .gold(($) => ({
    by_status: $.orders
      .groupBy((o) => ({ status: o.status }))
      .aggregate((o) => ({
        revenue: o.amount.sum(),
        mean: o.amount.avg(),
        orders: fn.countRows(),
        buyers: o.customer_id.countDistinct(),
      })),
  }));
