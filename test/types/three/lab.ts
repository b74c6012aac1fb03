/** A hospital's laboratory: results that are corrected, orders with tests in them, patients as change events, reagents in stock. */
import { fn, param, pipeline, source, t } from "medallion";

const SALT = param.secret("salt", { scope: "lab" });

export const lab = pipeline("lab")
  .bronze({
    results_raw: source.json("results/*.json", {
      result_id: t.string().id("result"),
      order_id: t.bigint().id("order"),
      analyser_id: t.int().id("analyser"),
      analyte: t.enum(["glucose", "sodium", "troponin"]),
      value: t.double().unit("mmol/L"),
      low: t.double().unit("mmol/L").nullable(),
      high: t.double().unit("mmol/L").nullable(),
      flag: t.string().nullable(),
      final: t.boolean(),
      measured_at: t.timestamp(),
      sent_at: t.timestamp().nullable(),
      comment: t.string().pii("note").nullable(),
    }),
    orders_raw: source.json("orders/*.json", {
      order_id: t.bigint().id("order"),
      patient_id: t.bigint().id("patient"),
      ward: t.string(),
      urgent: t.boolean().nullable(),
      ordered_at: t.timestamp(),
      tests: t.array(t.struct({ code: t.string(), price: t.decimal(8, 2).unit("EUR") })),
      meta: t.map(t.string(), t.string()).nullable(),
    }),
    patients_raw: source.csv("patients/*.csv", {
      patient_id: t.bigint().id("patient"),
      name: t.string().pii("name"),
      born: t.date().pii("birthday"),
      sex: t.enum(["f", "m", "x"]),
      ward: t.string(),
      op: t.enum(["I", "U", "D"]),
      lsn: t.bigint(),
    }),
    analysers_raw: source.csv("analysers/*.csv", {
      analyser_id: t.int().id("analyser"),
      site: t.string(),
      offset: t.double().unit("mmol/L").rate(),
      valid_from: t.timestamp(),
    }),
    prices_raw: source.csv("prices.csv", {
      code: t.string(),
      price: t.decimal(8, 2).unit("EUR").rate(),
      minutes: t.int(),
    }),
    stock_raw: source.csv("stock/*.csv", {
      reagent: t.string(),
      day: t.date(),
      litres: t.decimal(10, 3).unit("L").balance(),
      used: t.decimal(10, 3).unit("L"),
    }),
  })
  .silver(($) => ({
    results: $.results_raw
      .dedupe({ key: (r) => r.result_id, orderBy: (r) => r.measured_at.desc() })
      .where((r) => r.final)
      .derive((r) => ({
        day: r.measured_at.toDate(),
        high_value: r.high.isNotNull().and(r.value.gt(r.high)).orElse(false),
      }))
      .key((r) => r.result_id)
      .expectOrQuarantine({
        sane: (r) => r.value.ge(0),
        range: (r) => r.low.isNull().or(r.low.le(r.high)).orElse(true),
      }),
    orders: $.orders_raw
      .dedupe({ key: (o) => o.order_id, orderBy: (o) => o.ordered_at })
      .derive((o) => ({ ordered_on: o.ordered_at.toDate() }))
      .key((o) => o.order_id),
    prices: $.prices_raw.key((p) => p.code),
    stock: $.stock_raw
      .dedupe({ key: (s) => [s.reagent, s.day], orderBy: (s) => s.used })
      .key((s) => [s.reagent, s.day]),
  }))
  .scd1(($) => ({
    patients: $.patients_raw.changes({
      key: (p) => p.patient_id,
      sequenceBy: (p) => p.lsn,
      deleteWhen: (p) => p.op.eq("D"),
      columns: ({ op, lsn, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    analysers: $.analysers_raw.changes({ key: (a) => a.analyser_id, sequenceBy: (a) => a.valid_from }),
  }))
  .silver(($) => ({
    calibrated: $.results
      .asOfJoin($.analysers, {
        on: (r, a) => r.analyser_id.eq(a.analyser_id),
        at: (r) => r.measured_at,
        select: ({ comment, ...r }, a) => ({
          ...r,
          site: a.site.orElse("none"),
          exact: r.value.minus(a.offset.orElse(0)),
        }),
      })
      .key((r) => r.result_id),
    placed: $.orders
      .lookup(
        $.patients,
        (o) => o.patient_id,
        (o, p) => ({
          order_id: o.order_id,
          ordered_on: o.ordered_on,
          ward: o.ward,
          sex: p.sex,
          patient: o.patient_id.cast(t.string()).sha256(SALT),
        }),
      )
      .key((o) => o.order_id),
    asked: $.orders.select((o) => ({
      order_id: o.order_id,
      tests: o.tests.size(),
      first: o.tests.at(0).fields.code.orElse("none"),
      source: o.meta.entry("source"),
    })),
  }))
  .gold(($) => ({
    by_ward: $.placed
      .groupBy((o) => ({ ward: o.ward, day: o.ordered_on }))
      .aggregate((o) => ({ orders: fn.countRows(), patients: o.patient.countDistinct() }))
      .key((o) => [o.ward, o.day]),
    by_site: $.calibrated
      .groupBy((r) => ({ site: r.site, analyte: r.analyte }))
      .aggregate((r) => ({
        mean: r.exact.avg(),
        worst: r.exact.max(),
        results: fn.countRows(),
        high: r.high_value.countIf(),
      }))
      .key((r) => [r.site, r.analyte]),
    stock_by_day: $.stock
      .groupBy((s) => ({ day: s.day }))
      .aggregate((s) => ({ litres: s.litres.sum(), used: s.used.sum() }))
      .key((s) => s.day),
  }));
