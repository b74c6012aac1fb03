/** Food delivery: restaurants, menus, orders with nested items, couriers, refunds, payouts, promotions. */
import { fn, param, pipeline, source, t } from "medallion";

const order = {
  order_id: t.bigint().id("order"),
  eater_id: t.bigint().id("eater"),
  restaurant_id: t.int().id("restaurant"),
  courier_id: t.int().id("courier").nullable(),
  at: t.timestamp(),
  delivered_at: t.timestamp().nullable(),
  status: t.enum(["placed", "cooking", "delivered", "cancelled"]),
  total: t.decimal(12, 2).unit("EUR"),
  tip: t.decimal(8, 2).unit("EUR").nullable(),
  fee: t.decimal(8, 2).unit("EUR"),
  distance: t.double().unit("km"),
  promo: t.string().nullable(),
  items: t.array(t.struct({ sku: t.string(), qty: t.int(), price: t.decimal(8, 2).unit("EUR") })),
  address: t.struct({
    street: t.string().pii("address"),
    zip: t.string(),
    geo: t.struct({ lat: t.double().pii("location"), lon: t.double().pii("location") }),
  }),
  attrs: t.map(t.string(), t.string()),
  extra: t.variant().nullable(),
  comment: t.string().pii("free_text").nullable(),
};
export const food = pipeline("food")
  .bronze({
    orders_raw: source
      .json("orders/*.json", order)
      .appendFlow({ app: source.json("app/*.json", order) })
      .backfill({ old: source.parquet("old/*.parquet", order) }),
    refunds_raw: source.csv("refunds/*.csv", {
      refund_id: t.bigint(),
      order_id: t.bigint().id("order"),
      amount: t.decimal(12, 2).unit("EUR"),
      reason: t.string().nullable(),
      at: t.timestamp(),
      approved: t.boolean().nullable(),
      agent: t.string().pii("name"),
    }),
    restaurants_raw: source.json("restaurants/*.json", {
      restaurant_id: t.int().id("restaurant"),
      name: t.string(),
      city: t.string(),
      commission: t.decimal(5, 4).rate(),
      owner: t.string().pii("name"),
      iban: t.string().pii("iban"),
      op: t.string(),
      at: t.timestamp(),
    }),
    eaters_raw: source.json("eaters/*.json", {
      eater_id: t.bigint().id("eater"),
      email: t.string().pii("email"),
      phone: t.string().pii("phone").nullable(),
      joined: t.date(),
      zip: t.string(),
      op: t.string(),
      at: t.timestamp(),
    }),
    couriers_raw: source.csv("couriers/*.csv", {
      day: t.date(),
      courier_id: t.int().id("courier"),
      name: t.string().pii("name"),
      vehicle: t.enum(["bike", "car", "foot"]),
      wage: t.decimal(6, 2).unit("EUR/h").rate(),
      active: t.boolean(),
    }),
    wallets_raw: source.csv("wallets/*.csv", {
      eater_id: t.bigint().id("eater"),
      day: t.date(),
      credit: t.decimal(10, 2).unit("EUR").balance(),
    }),
    promos_raw: source.csv("promos.csv", {
      promo: t.string(),
      percent: t.decimal(5, 2),
      starts: t.date(),
      ends: t.date(),
    }),
  })
  .scd1(($) => ({
    eaters: $.eaters_raw.changes({
      key: (e) => e.eater_id,
      sequenceBy: (e) => e.at,
      deleteWhen: (e) => e.op.eq("D"),
      columns: ({ op, at, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    restaurants: $.restaurants_raw.changes({
      key: (r) => r.restaurant_id,
      sequenceBy: (r) => r.at,
      deleteWhen: (r) => r.op.eq("D"),
      columns: ({ op, at, ...rest }) => rest,
    }),
    couriers: $.couriers_raw.snapshots({
      key: (c) => c.courier_id,
      version: (c) => c.day.max(),
      columns: ({ day, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    orders: $.orders_raw
      .dedupe({ key: (o) => o.order_id, orderBy: (o) => o.at.desc() })
      .derive((o) => ({
        day: o.at.toDate(),
        wait: o.delivered_at.secondsSince(o.at).cast(t.bigint().unit("s")),
        first_sku: o.items.at(0).fields.sku,
        n_items: o.items.size(),
        zip: o.address.fields.zip.declassify("a zip"),
      }))
      .key((o) => o.order_id)
      .references($.eaters, (o) => o.eater_id)
      .expectOrQuarantine({ total: (o) => o.total.ge(0) }),
    refunds: $.refunds_raw
      .where((r) => r.approved.orElse(false))
      .dedupe({ key: (r) => r.refund_id, orderBy: (r) => r.at })
      .key((r) => r.refund_id),
    wallets: $.wallets_raw
      .dedupe({ key: (w) => [w.eater_id, w.day], orderBy: (w) => w.credit.desc() })
      .key((w) => [w.eater_id, w.day]),
    promos: $.promos_raw.dedupe({ key: (p) => p.promo, orderBy: (p) => p.starts }).key((p) => p.promo),
    couriers_now: $.couriers.where((c) => c.__END_AT.isNull()).key((c) => c.courier_id),
    menus: $.restaurants.select((r) => ({
      restaurant_id: r.restaurant_id,
      city: r.city,
      until: r.__END_AT,
      current: r.__END_AT.isNull(),
    })),
  }))
  .silver(($) => ({
    refunded: $.refunds
      .groupBy((r) => ({ order_id: r.order_id }))
      .aggregate((r) => ({
        refunded: r.amount.sum(),
        times: fn.countRows(),
        last: r.at.max(),
        agents: r.agent.countDistinct(),
      }))
      .key((r) => r.order_id),
    priced: $.orders
      .asOfJoin($.restaurants, {
        on: (o, r) => o.restaurant_id.eq(r.restaurant_id),
        at: (o) => o.at,
        select: (o, r) => ({
          order_id: o.order_id,
          eater_id: o.eater_id,
          restaurant_id: o.restaurant_id,
          courier_id: o.courier_id,
          at: o.at,
          day: o.day,
          status: o.status,
          total: o.total,
          tip: o.tip,
          fee: o.fee,
          distance: o.distance,
          promo: o.promo,
          wait: o.wait,
          n_items: o.n_items,
          city: r.city,
          commission: r.commission,
          owner: r.owner,
          street: o.address.fields.street,
        }),
      })
      .key((p) => p.order_id),
    both: $.orders.leftJoin(
      $.refunds,
      (o, r) => o.order_id.eq(r.order_id),
      (o, r) => ({
        order_id: o.order_id,
        day: o.day,
        total: o.total,
        status: o.status,
        items: o.items,
        promo: o.promo,
        refund: r.amount,
        reason: r.reason,
        eater_id: o.eater_id,
        at: o.at,
        delivered_at: o.delivered_at,
        attrs: o.attrs,
        pair: fn.struct({ total: o.total, refund: r.amount }),
      }),
    ),
  }))
  .silver(($) => ({
    net: $.priced
      .lookup(
        $.refunded,
        (p) => p.order_id,
        (p, r) => ({ ...p, refunded: r.refunded.orElse(0), times: r.times.orElse(0) }),
      )
      .derive((p) => ({ net: p.total.minus(p.refunded), cut: p.total.times(p.commission) }))
      .key((p) => p.order_id),
  }))
  .gold(($) => ({
    daily: $.net
      .groupBy((n) => ({ day: n.day, city: n.city.orElse("?") }))
      .aggregate((n) => ({
        orders: fn.countRows(),
        total: n.total.sum(),
        cut: n.cut.sum(),
        eaters: n.eater_id.countDistinct(),
        wait: n.wait.avg(),
        late: n.wait.gt(3600).countIf(),
        km: n.distance.sum(),
        best: n.total.max(),
      }))
      .key((n) => [n.day, n.city]),
    eaters_out: $.eaters.select((e) => ({
      eater: e.eater_id.cast(t.string()).tokenize(param.secret("salt", { scope: "food" })),
      domain: e.email.emailDomain(),
      zip: e.zip.left(2),
      joined: e.joined,
    })),
    credit: $.wallets
      .groupBy((w) => ({ day: w.day }))
      .aggregate((w) => ({ credit: w.credit.sum() }))
      .key((w) => w.day),
  }));
