/** A shop with a view of every kind that is kept up to date, over streams, change targets, files that are replaced, and views. */
import { fn, pipeline, source, t } from "medallion";

export const shop = pipeline("shop")
  .bronze({
    orders_raw: source.json("orders/*.json", {
      id: t.int(),
      customer: t.int().nullable(),
      product: t.string(),
      quantity: t.int().nullable(),
      price: t.decimal(10, 2),
      at: t.timestamp(),
    }),
    customers_raw: source.json("customers/*.json", {
      id: t.int(),
      country: t.string().nullable(),
      seq: t.timestamp(),
      op: t.string(),
    }),
    products_raw: source.json(
      "products/*.json",
      { sku: t.string(), family: t.string().nullable() },
      { onChange: "replace" },
    ),
  })
  .scd1(($) => ({
    customers: $.customers_raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, seq, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    history: $.customers_raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, seq, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    orders: $.orders_raw
      .dedupe({ key: (o) => o.id, orderBy: (o) => o.at.desc() })
      .key((o) => o.id)
      .expect({ has_customer: (o) => o.customer.isNotNull() })
      .expectOrDrop({ some: (o) => o.quantity.ge(0) })
      .expectOrQuarantine({ priced: (o) => o.price.gt(1) }),
    at_home: $.customers.where((c) => c.country.isNotNull()).derive((c) => ({ upper: c.country.upper() })),
    sales: $.orders_raw.select((o) => ({ ...o })),
    products: $.products_raw.select((p) => ({ ...p })),
    late: $.orders_raw.where((o) => o.at.ge("2024-01-03T00:00:00Z")).materialized(),
  }))
  .silver(($) => ({
    facts: $.orders
      .lookup(
        $.customers,
        (o) => o.customer,
        (o, c) => ({ ...o, country: c.country }),
      )
      .derive((o) => ({ amount: o.price.times(o.quantity) })),
    as_it_was: $.orders.asOfJoin($.history, {
      on: (o, c) => o.customer.eq(c.id),
      at: (o) => o.at,
      select: (o, c) => ({ id: o.id, country: c.country }),
    }),
    joined: $.orders.join(
      $.at_home,
      (o, c) => o.customer.eq(c.id),
      (o, c) => ({ id: o.id, upper: c.upper, quantity: o.quantity }),
    ),
    with_family: $.orders.leftJoin(
      $.products_raw,
      (o, p) => o.product.eq(p.sku),
      (o, p) => ({ id: o.id, product: o.product, family: p.family }),
    ),
    known: $.orders.semiJoin($.customers, (o, c) => o.customer.eq(c.id)),
    unknown: $.orders.antiJoin($.customers, (o, c) => o.customer.eq(c.id)),
    ranked: $.orders.derive((o) => ({
      place: fn.rowNumber().over({ partitionBy: o.customer, orderBy: [o.at, o.id] }),
      before: o.quantity.lag().over({ partitionBy: o.customer, orderBy: [o.at, o.id] }),
    })),
    everyone: $.customers
      .select((c) => ({ id: c.id, country: c.country }))
      .union($.at_home.select((c) => ({ id: c.id, country: c.country }))),
  }))
  .gold(($) => ({
    by_customer: $.sales
      .groupBy((o) => ({ customer: o.customer, day: o.at.truncate("day") }))
      .aggregate((o) => ({
        orders: fn.countRows(),
        middle: o.quantity.median(),
        kinds: o.product.countDistinct(),
        last: o.product.maxBy(o.at),
        spent: o.price.sum(),
      })),
    by_country: $.facts
      .groupBy((f) => ({ country: f.country }))
      .aggregate((f) => ({
        orders: fn.countRows(),
        quantity: f.quantity.sum(),
        mean: f.quantity.avg(),
        least: f.price.min(),
        most: f.at.max(),
        some: f.quantity.count(),
        all_large: f.quantity.gt(3).every(),
        large: f.quantity.gt(3).countIf(),
      })),
    by_product: $.sales
      .groupBy((o) => ({ product: o.product }))
      .aggregate((o) => ({
        orders: fn.countRows(),
        spent: o.price.sum(),
        quantity: o.quantity.sum(),
        mean: o.quantity.avg(),
        first: o.at.min(),
      }))
      .derive((o) => ({ each: o.spent.div(o.quantity.nullIf(0)) }))
      .leftJoin(
        $.products,
        (o, p) => o.product.eq(p.sku),
        (o, p) => ({ ...o, family: p.family }),
      ),
    of_families: $.with_family.groupBy((o) => ({ family: o.family })).aggregate(() => ({ orders: fn.countRows() })),
    total: $.sales.aggregate((o) => ({ orders: fn.countRows(), spent: o.price.sum(), last: o.at.max() })),
    best: $.ranked.where((r) => r.place.eq(1)),
    // What is kept by needs no column of a join: a constant, and a rank that is not known of before.
    matched: $.orders
      .join(
        $.at_home,
        (o, c) => o.customer.eq(c.id),
        (o, c) => ({ id: o.id, upper: c.upper }),
      )
      .groupBy(() => ({ of: "all" }))
      .aggregate((o) => ({ orders: o.id.countDistinct() })),
    leaders: $.orders
      .join(
        $.at_home,
        (o, c) => o.customer.eq(c.id),
        (o, c) => ({ product: o.product, upper: c.upper }),
      )
      .groupBy((o) => ({ upper: o.upper, product: o.product }))
      .aggregate(() => ({ orders: fn.countRows() }))
      .derive((o) => ({ place: fn.rowNumber().over({ partitionBy: o.upper, orderBy: [o.orders.desc(), o.product] }) }))
      .where((o) => o.place.le(2))
      .lookup(
        $.products.key((p) => p.sku),
        (o) => o.product,
        (o, p) => ({ ...o, family: p.family }),
      ),
    // Conditions of what aggregates and windows make.
    loyal: $.sales
      .groupBy((o) => ({ customer: o.customer }))
      .aggregate((o) => ({ middle: o.quantity.median(), orders: fn.countRows() }))
      .where((o) => o.orders.gt(1).and(o.middle.ge(1)))
      .derive((o) => ({ more: o.middle.plus(1) })),
    newest: $.sales
      .derive((o) => ({ place: fn.rank().over({ partitionBy: o.customer, orderBy: o.at.desc() }) }))
      .where((o) => o.place.le(2).and(o.price.gt(1)))
      .select(({ place, ...o }) => o),
    of_many: $.sales.semiJoin(
      $.orders.groupBy((o) => ({ customer: o.customer })).aggregate((o) => ({ kinds: o.product.countDistinct() })),
      (o, c) => o.customer.eq(c.customer).and(c.kinds.gt(1)),
    ),
    by_first: $.sales
      .leftJoin(
        $.customers
          .derive((c) => ({ place: fn.rowNumber().over({ partitionBy: c.country, orderBy: c.id }) }))
          .where((c) => c.place.eq(1)),
        (o, c) => o.customer.eq(c.id),
        (o, c) => ({ id: o.id, product: o.product, first: c.country }),
      )
      .groupBy((o) => ({ product: o.product, first: o.first }))
      .aggregate((o) => ({ orders: o.id.countDistinct() })),
    top: $.orders.orderBy((o) => o.price.desc()).limit(2),
  }));
