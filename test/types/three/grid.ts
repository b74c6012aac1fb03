/** An energy market: half-hour readings that come late and twice, meters and suppliers over time, bids, prices by area, storage. */
import { fn, param, pipeline, source, sql, t } from "medallion";

const SALT = param.secret("salt", { scope: "grid" });
const reading = {
  meter_id: t.bigint().id("meter"),
  at: t.timestamp(),
  kwh: t.decimal(12, 3).unit("kWh"),
  quality: t.enum(["actual", "estimated", "substituted"]),
  received_at: t.timestamp(),
  note: t.string().nullable(),
};
const meter = {
  meter_id: t.bigint().id("meter"),
  supplier_id: t.int().id("supplier"),
  area_id: t.int().id("area"),
  profile: t.string(),
  holder: t.string().pii("name"),
  email: t.string().pii("email").nullable(),
  op: t.enum(["I", "U", "D"]),
  valid_from: t.timestamp(),
};

export const grid = pipeline("grid")
  .bronze({
    readings_raw: source
      .json("readings/*.json", reading)
      .appendFlow({ by_hand: source.csv("by_hand/*.csv", reading) })
      .backfill({ archive: source.parquet("archive/*.parquet", reading) }),
    meters_raw: source.csv("meters/*.csv", meter),
    old_meters_raw: source.csv("old_meters/*.csv", meter),
    suppliers_raw: source.csv("suppliers/*.csv", {
      taken_on: t.date(),
      supplier_id: t.int().id("supplier"),
      name: t.string(),
      margin: t.decimal(6, 4).rate().nullable(),
      active: t.boolean(),
    }),
    bids_raw: source.json("bids/*.json", {
      bid_id: t.string().id("bid"),
      supplier_id: t.int().id("supplier"),
      area_id: t.int().id("area"),
      period: t.timestamp(),
      side: t.enum(["buy", "sell"]),
      mwh: t.decimal(12, 3).unit("MWh"),
      price: t.decimal(10, 2).unit("EUR/MWh").rate(),
      state: t.enum(["open", "filled", "withdrawn"]),
      submitted_at: t.timestamp(),
      trader: t.string().pii("name"),
      steps: t.array(t.struct({ mwh: t.decimal(12, 3).unit("MWh"), price: t.decimal(10, 2).unit("EUR/MWh").rate() })),
    }),
    prices_raw: source.csv("prices/*.csv", {
      area_id: t.int().id("area"),
      period: t.timestamp(),
      price: t.decimal(10, 2).unit("EUR/MWh").rate(),
      published_at: t.timestamp(),
    }),
    weather_raw: source.json("weather/*.json", {
      area_id: t.int().id("area"),
      day: t.date(),
      celsius: t.double().unit("C").rate().nullable(),
      tags: t.map(t.string(), t.string()).nullable(),
    }),
    storage_raw: source.csv("storage/*.csv", {
      site: t.string(),
      area_id: t.int().id("area"),
      day: t.date(),
      stored: t.decimal(12, 3).unit("MWh").balance(),
      charged: t.decimal(12, 3).unit("MWh"),
      drawn: t.decimal(12, 3).unit("MWh").nullable(),
    }),
  })
  .silver(($) => ({
    readings: $.readings_raw
      .where((r) => r.at.ge(param.timestamp("since", { default: "2024-01-01T00:00:00Z" })))
      .dedupe({ key: (r) => [r.meter_id, r.at], orderBy: (r) => r.received_at.desc() })
      .derive((r) => ({
        day: r.at.toDate(),
        mwh: r.kwh.cast(t.decimal(16, 6)).convert("MWh", "0.001"),
        estimated: r.quality.ne("actual"),
      }))
      .select(({ note, ...rest }) => rest)
      .key((r) => [r.meter_id, r.at])
      .expectOrQuarantine({ half_hour: (r) => r.at.minute().in(0, 30), not_negative: (r) => r.kwh.ge(0) })
      .expect({ plausible: (r) => r.kwh.le(param.int("most", { default: 500 })) })
      .clusterBy((r) => ({ day: r.day })),
    prices: $.prices_raw
      .dedupe({ key: (p) => [p.area_id, p.period], orderBy: (p) => p.published_at.desc() })
      .key((p) => [p.area_id, p.period])
      .expectOrFail({ bounded: (p) => p.price.between(-500, 4000) }),
    bids: $.bids_raw
      .dedupe({ key: (b) => b.bid_id, orderBy: (b) => b.submitted_at.desc() })
      .where((b) => b.state.ne("withdrawn"))
      .derive((b) => ({
        position: fn.when(b.side.eq("buy"), b.mwh).otherwise(b.mwh.negate()),
        lead: b.period.secondsSince(b.submitted_at),
        day: b.period.toDate(),
      }))
      .key((b) => b.bid_id)
      .expectOrDrop({ in_time: (b) => b.lead.ge(3600) })
      .mask({ trader: "governance.mask_name" }),
    storage: $.storage_raw
      .dedupe({ key: (s) => [s.site, s.day], orderBy: (s) => s.charged })
      .key((s) => [s.site, s.day]),
    weather: $.weather_raw
      .dedupe({ key: (w) => [w.area_id, w.day], orderBy: (w) => w.celsius })
      .key((w) => [w.area_id, w.day]),
    suppliers_new: $.suppliers_raw.semiJoin(
      $.suppliers_raw.aggregate((s) => ({ last: s.taken_on.max() })),
      (s, n) => s.taken_on.eq(n.last),
    ),
  }))
  .scd2(($) => ({
    meters: $.meters_raw
      .changes({
        key: (m) => m.meter_id,
        sequenceBy: (m) => m.valid_from,
        deleteWhen: (m) => m.op.eq("D"),
        columns: ({ op, ...rest }) => rest,
        trackHistory: (m) => ({ supplier_id: m.supplier_id, profile: m.profile, area_id: m.area_id }),
      })
      .backfill({
        old: $.old_meters_raw.changes({
          key: (m) => m.meter_id,
          sequenceBy: (m) => m.valid_from,
          deleteWhen: (m) => m.op.eq("D"),
          columns: ({ op, ...rest }) => rest,
          trackHistory: (m) => ({ supplier_id: m.supplier_id, profile: m.profile, area_id: m.area_id }),
        }),
      }),
    suppliers: $.suppliers_new.snapshots({
      key: (s) => s.supplier_id,
      version: (s) => s.taken_on.max(),
      columns: ({ taken_on, ...rest }) => rest,
    }),
  }))
  .scd1(($) => ({
    meters_now: $.meters_raw.changes({
      key: (m) => m.meter_id,
      sequenceBy: (m) => fn.struct({ at: m.valid_from, op: m.op.cast(t.string()) }),
      deleteWhen: (m) => m.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
      ignoreNullUpdates: (m) => ({ email: m.email }),
    }),
  }))
  .silver(($) => ({
    suppliers_now: $.suppliers
      .where((s) => s.__END_AT.isNull().and(s.active))
      .select((s) => ({ supplier_id: s.supplier_id, name: s.name, margin: s.margin.orElse(0) }))
      .key((s) => s.supplier_id),
  }))
  .silver(($) => ({
    settled: $.readings
      .asOfJoin($.meters, {
        on: (r, m) => r.meter_id.eq(m.meter_id),
        at: (r) => r.at,
        select: (r, m) => ({
          meter_id: r.meter_id,
          at: r.at,
          day: r.day,
          mwh: r.mwh,
          estimated: r.estimated,
          supplier_id: m.supplier_id,
          area_id: m.area_id,
          profile: m.profile.orElse("none"),
        }),
      })
      .whereNotNull((r) => ({ supplier_id: r.supplier_id, area_id: r.area_id }))
      .lookup(
        $.prices,
        (r) => [r.area_id, r.at],
        (r, p) => ({ ...r, cost: r.mwh.times(p.price), priced: p.price.isNotNull() }),
      )
      .key((r) => [r.meter_id, r.at])
      .references($.suppliers_now, (r) => r.supplier_id),
    positions: $.bids
      .where((b) => b.state.eq("filled"))
      .groupBy((b) => ({ supplier_id: b.supplier_id, period: b.period }))
      .aggregate((b) => ({ position: b.position.sum(), bids: fn.countRows() }))
      .key((b) => [b.supplier_id, b.period]),
  }))
  .silver(($) => ({
    used: $.settled
      .groupBy((r) => ({ supplier_id: r.supplier_id, period: r.at }))
      .aggregate((r) => ({ mwh: r.mwh.sum(), meters: r.meter_id.countDistinct(), estimated: r.estimated.countIf() }))
      .key((r) => [r.supplier_id, r.period]),
  }))
  .silver(($) => ({
    imbalance: $.positions
      .fullJoin(
        $.used,
        (p, u) => p.supplier_id.eq(u.supplier_id).and(p.period.eq(u.period)),
        (p, u) => ({
          supplier_id: fn.coalesce(p.supplier_id, u.supplier_id),
          period: fn.coalesce(p.period, u.period),
          bought: p.position.acknowledgeFanOut().orElse(0),
          used: u.mwh.acknowledgeFanOut().orElse(0),
        }),
      )
      .derive((i) => ({ open: i.bought.minus(i.used) })),
  }))
  .gold(($) => ({
    cost_by_supplier: $.settled
      .groupBy((r) => ({ supplier_id: r.supplier_id, day: r.day }))
      .aggregate((r) => ({
        mwh: r.mwh.sum(),
        cost: r.cost.sum(),
        guessed: r.mwh.sum().filter(r.estimated),
        unpriced: r.priced.not().countIf(),
        peak: r.mwh.max(),
        p90: r.mwh.percentile(0.9),
      }))
      .derive((r) => ({ paid_per_mwh: r.cost.div(r.mwh), share_guessed: r.guessed.orElse(0).div(r.mwh) }))
      .key((r) => [r.supplier_id, r.day])
      .comment("what each supplier used, and what it cost"),
    named: $.imbalance
      .whereNotNull((i) => ({ supplier_id: i.supplier_id }))
      .lookup(
        $.suppliers_now,
        (i) => i.supplier_id,
        (i, s) => ({ ...i, name: s.name.orElse("unknown") }),
      )
      .groupBy((i) => ({ name: i.name }))
      .aggregate((i) => ({ open: i.open.sum(), periods: fn.countRows() })),
    merit: $.bids
      .where((b) => b.side.eq("sell"))
      .select((b) => ({
        bid_id: b.bid_id,
        area_id: b.area_id,
        period: b.period,
        place: fn.rowNumber().over({ partitionBy: [b.area_id, b.period], orderBy: b.price }),
        offered: b.mwh.sum().over({ partitionBy: [b.area_id, b.period], orderBy: b.price }),
        before: b.price.lag().over({ partitionBy: [b.area_id, b.period], orderBy: b.price }),
        trader: b.trader.tokenize(SALT),
      }))
      .key((b) => b.bid_id),
    stored: $.storage
      .groupBy((s) => ({ day: s.day }))
      .aggregate((s) => ({ stored: s.stored.sum(), charged: s.charged.sum() })),
    month_end: $.storage
      .groupBy((s) => ({ site: s.site, month: s.day.truncate("month") }))
      .aggregate((s) => ({ stored: s.stored.lastBy(s.day), charged: s.charged.sum(), drawn: s.drawn.sum() }))
      .key((s) => [s.site, s.month]),
    flows: $.bids
      .select((b) => ({ day: b.day, what: fn.lit("bid"), mwh: b.mwh }))
      .union($.storage.select((s) => ({ day: s.day, what: fn.lit("storage"), mwh: s.charged })))
      .groupBy((f) => ({ day: f.day, what: f.what }))
      .aggregate((f) => ({ mwh: f.mwh.sum() })),
    silent: $.meters_now
      .antiJoin($.readings, (m, r) => m.meter_id.eq(r.meter_id))
      .select((m) => ({
        meter_id: m.meter_id,
        domain: m.email.emailDomain(),
        code: sql(t.string())`upper(${m.profile})`,
      })),
    dear: $.prices
      .orderBy((p) => p.price.desc())
      .limit(10)
      .select((p) => ({ area_id: p.area_id, period: p.period, price: p.price })),
    cold: $.settled
      .lookup(
        $.weather,
        (r) => [r.area_id, r.day],
        (r, w) => ({ day: r.day, mwh: r.mwh, cold: w.celsius.lt(5).orElse(false), station: w.tags.entry("station") }),
      )
      .groupBy((r) => ({ day: r.day, cold: r.cold }))
      .aggregate((r) => ({ mwh: r.mwh.sum(), stations: r.station.countDistinct() })),
  }));
