/** Subscriptions: contracts as a history, prices valid in time, proration by days, usage, invoices, payments, rates of currencies. */
import { fn, param, pipeline, source, t } from "medallion";

const SALT = param.secret("salt", { scope: "billing" });

export const billing = pipeline("billing")
  .bronze({
    accounts_raw: source.json("accounts/*.json", {
      account_id: t.string().id("account"),
      company: t.string().pii("name"),
      email: t.string().pii("email"),
      country: t.string(),
      currency: t.enum(["EUR", "USD", "GBP"]),
      parent_id: t.string().id("account").nullable(),
      deleted: t.boolean(),
      lsn: t.bigint(),
    }),
    subs_raw: source.json("subs/*.json", {
      sub_id: t.bigint().id("sub"),
      account_id: t.string().id("account"),
      plan_id: t.string().id("plan"),
      seats: t.int().unit("seat"),
      status: t.enum(["trial", "active", "paused", "cancelled"]),
      discount: t.decimal(5, 4).rate().nullable(),
      happened_at: t.timestamp(),
    }),
    plans_raw: source.csv("plans/*.csv", {
      plan_id: t.string().id("plan"),
      since: t.timestamp(),
      title: t.string(),
      per_seat: t.decimal(10, 2).unit("EUR/seat").rate(),
      included: t.bigint().unit("call"),
      per_call: t.decimal(10, 6).unit("EUR/call").rate(),
    }),
    usage_raw: source.json(
      "usage/*.json",
      {
        event_id: t.string().id("event"),
        sub_id: t.bigint().id("sub"),
        at: t.timestamp(),
        calls: t.int().unit("call"),
        millis: t.bigint().unit("ms").nullable(),
        ip: t.string().pii("ip").nullable(),
        ok: t.boolean().nullable(),
      },
      { metadata: true },
    ),
    invoices_raw: source.json("invoices/*.json", {
      invoice_id: t.string().id("invoice"),
      account_id: t.string().id("account"),
      sub_id: t.bigint().id("sub"),
      issued: t.date(),
      due: t.date(),
      from_day: t.date(),
      to_day: t.date(),
      net: t.decimal(14, 2).unit("EUR"),
      vat: t.decimal(14, 2).unit("EUR"),
      voided: t.boolean().nullable(),
      version: t.int(),
      items: t.array(t.struct({ sku: t.string(), qty: t.int(), price: t.decimal(10, 2).unit("EUR") })),
    }),
    payments_raw: source.csv("payments/*.csv", {
      payment_id: t.string().id("payment"),
      invoice_id: t.string().id("invoice"),
      paid_on: t.date(),
      amount: t.decimal(14, 2).unit("EUR"),
      fee: t.decimal(10, 2).unit("EUR").nullable(),
      method: t.string(),
      card: t.string().pii("card").nullable(),
    }),
    refunds_raw: source.csv("refunds/*.csv", {
      payment_id: t.string().id("payment"),
      refunded_on: t.date(),
      amount: t.decimal(14, 2).unit("EUR"),
    }),
    rates_raw: source.csv("rates/*.csv", {
      currency: t.enum(["EUR", "USD", "GBP"]),
      day: t.date(),
      eur: t.decimal(12, 6).unit("EUR").rate(),
    }),
    balances_raw: source.csv("balances/*.csv", {
      account_id: t.string().id("account"),
      day: t.date(),
      owed: t.decimal(14, 2).unit("EUR").balance(),
    }),
  })
  .silver(($) => ({
    usage: $.usage_raw
      .where((u) => u.calls.gt(0))
      .derive((u) => ({ day: u.at.toDate(), hour: u.at.truncate("hour"), failed: u.ok.not().orElse(false) }))
      .expectOrDrop({ timed: (u) => u.millis.ge(0).orElse(true) })
      .clusterBy((u) => ({ day: u.day })),
    invoices: $.invoices_raw
      .dedupe({ key: (i) => i.invoice_id, orderBy: (i) => i.version.desc() })
      .where((i) => i.voided.ne(true).orElse(true))
      .derive((i) => ({
        gross: i.net.plus(i.vat),
        days: i.to_day.daysSince(i.from_day).plus(1),
        month: i.from_day.truncate("month"),
        month_days: i.from_day.lastDay().day(),
        lines: i.items.size(),
      }))
      .key((i) => i.invoice_id)
      .expectOrQuarantine({ period: (i) => i.to_day.ge(i.from_day), due: (i) => i.due.ge(i.issued) }),
    payments: $.payments_raw
      .dedupe({ key: (p) => p.payment_id, orderBy: (p) => p.paid_on })
      .key((p) => p.payment_id)
      .expect({ positive: (p) => p.amount.gt(0) }),
    refunds: $.refunds_raw
      .groupBy((r) => ({ payment_id: r.payment_id }))
      .aggregate((r) => ({ refunded: r.amount.sum(), refunds: fn.countRows(), last: r.refunded_on.max() }))
      .key((r) => r.payment_id),
    refunds_raw_kept: $.refunds_raw,
    rates: $.rates_raw
      .dedupe({ key: (r) => [r.currency, r.day], orderBy: (r) => r.eur })
      .key((r) => [r.currency, r.day]),
    balances: $.balances_raw.key((b) => [b.account_id, b.day]),
  }))
  .scd1(($) => ({
    accounts: $.accounts_raw.changes({
      key: (a) => a.account_id,
      sequenceBy: (a) => a.lsn,
      deleteWhen: (a) => a.deleted,
      columns: ({ lsn, deleted, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    subs: $.subs_raw.changes({
      key: (s) => s.sub_id,
      sequenceBy: (s) => s.happened_at,
      columns: ({ happened_at, ...rest }) => rest,
      ignoreNullUpdates: (s) => ({ discount: s.discount }),
    }),
    plans: $.plans_raw.changes({
      key: (p) => p.plan_id,
      sequenceBy: (p) => p.since,
      columns: ({ since, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    subs_now: $.subs
      .where((s) => s.__END_AT.isNull().and(s.status.ne("cancelled")))
      .select(({ __START_AT, __END_AT, ...rest }) => rest)
      .key((s) => s.sub_id)
      .references($.accounts, (s) => s.account_id),
    phases: $.subs
      .where((s) => s.status.eq("active"))
      .asOfJoin($.plans, {
        on: (s, p) => s.plan_id.eq(p.plan_id),
        at: (s) => s.__START_AT,
        select: (s, p) => ({
          sub_id: s.sub_id,
          account_id: s.account_id,
          plan_id: s.plan_id,
          from: s.__START_AT,
          until: s.__END_AT,
          monthly: p.per_seat
            .times(s.seats)
            .times(s.discount.orElse(0).negate().plus(1))
            .cast(t.decimal(14, 4).unit("EUR")),
        }),
      })
      .derive((s) => ({ first: s.from.toDate(), last: s.until.orElse("2999-12-31T00:00:00Z").toDate() })),
    called: $.usage
      .groupBy((u) => ({ sub_id: u.sub_id, day: u.day }))
      .aggregate((u) => ({
        calls: u.calls.sum(),
        failed: u.failed.countIf(),
        slowest: u.millis.max(),
        millis: u.millis.sum(),
        timed: u.millis.count(),
      }))
      .key((u) => [u.sub_id, u.day]),
    settled: $.payments
      .lookup(
        $.refunds,
        (p) => p.payment_id,
        (p, r) => ({ ...p, refunded: r.refunded.acknowledgeFanOut().orElse(0) }),
      )
      .groupBy((p) => ({ invoice_id: p.invoice_id }))
      .aggregate((p) => ({
        paid: p.amount.sum(),
        refunded: p.refunded.sum(),
        fees: p.fee.sum(),
        last_paid: p.paid_on.max(),
        payments: fn.countRows(),
      }))
      .key((p) => p.invoice_id),
    streaks: $.invoices.derive((i) => ({
      nth: fn.rowNumber().over({ partitionBy: i.sub_id, orderBy: i.issued }),
      before: i.net.lag().over({ partitionBy: i.sub_id, orderBy: i.issued }),
      billed: i.net
        .sum()
        .over({ partitionBy: i.account_id, orderBy: i.issued, frame: { unit: "rows", start: "unbounded", end: 0 } }),
    })),
  }))
  .silver(($) => ({
    prorated: $.invoices
      .join(
        $.phases,
        (i, s) => i.sub_id.eq(s.sub_id).and(s.first.le(i.to_day)).and(s.last.gt(i.from_day)),
        (i, s) => ({
          invoice_id: i.invoice_id,
          sub_id: i.sub_id,
          from_day: fn.greatest(i.from_day, s.first),
          to_day: fn.least(i.to_day, s.last.addDays(-1)),
          month_days: i.month_days,
          monthly: s.monthly.acknowledgeFanOut(),
        }),
      )
      .derive((p) => ({ days: p.to_day.daysSince(p.from_day).plus(1) }))
      .derive((p) => ({ due: p.monthly.times(p.days.div(p.month_days)).cast(t.decimal(14, 2).unit("EUR")) }))
      .key((p) => [p.invoice_id, p.from_day]),
  }))
  .silver(($) => ({
    checked: $.prorated
      .groupBy((p) => ({ invoice_id: p.invoice_id }))
      .aggregate((p) => ({ computed: p.due.sum(), phases: fn.countRows() }))
      .key((p) => p.invoice_id)
      .references($.invoices, (p) => p.invoice_id),
    open_items: $.invoices
      .lookup(
        $.settled,
        (i) => i.invoice_id,
        (i, s) => ({
          invoice_id: i.invoice_id,
          account_id: i.account_id,
          month: i.month,
          due: i.due,
          net: i.net,
          gross: i.gross,
          paid: s.paid.acknowledgeFanOut().orElse(0).minus(s.refunded.acknowledgeFanOut().orElse(0)),
          late: s.last_paid.daysSince(i.due),
        }),
      )
      .derive((i) => ({ open: i.gross.minus(i.paid), settled: i.paid.ge(i.gross) }))
      .key((i) => i.invoice_id),
  }))
  .gold(($) => ({
    revenue: $.open_items
      .lookup(
        $.accounts,
        (i) => i.account_id,
        (i, a) => ({ ...i, country: a.country.orElse("?") }),
      )
      .groupBy((i) => ({ country: i.country, month: i.month }))
      .aggregate((i) => ({
        net: i.net.sum(),
        open: i.open.sum(),
        invoices: fn.countRows(),
        payers: i.account_id.countDistinct(),
        unsettled: i.settled.not().countIf(),
        late: i.late.median(),
      }))
      .derive((r) => ({ per_invoice: r.net.div(r.invoices) }))
      .key((r) => [r.country, r.month]),
    differences: $.checked
      .lookup(
        $.invoices,
        (c) => c.invoice_id,
        (c, i) => ({ invoice_id: c.invoice_id, off: i.net.acknowledgeFanOut().minus(c.computed) }),
      )
      .where((d) => d.off.abs().gt("0.05")),
    mrr: $.subs_now
      .lookup(
        $.accounts,
        (s) => s.account_id,
        (s, a) => ({ plan_id: s.plan_id, status: s.status, seats: s.seats, currency: a.currency }),
      )
      .groupBy((s) => ({ plan_id: s.plan_id, status: s.status }))
      .aggregate((s) => ({ subs: fn.countRows(), trials: s.status.eq("trial").countIf() })),
    churn: $.subs
      .where((s) => s.status.eq("cancelled"))
      .groupBy((s) => ({ month: s.__START_AT.toDate().truncate("month") }))
      .aggregate((s) => ({ lost: s.sub_id.countDistinct() }))
      .key((s) => s.month),
    quality: $.called
      .groupBy((c) => ({ day: c.day }))
      .aggregate((c) => ({
        calls: c.calls.sum(),
        failed: c.failed.sum(),
        millis: c.millis.sum(),
        timed: c.timed.sum(),
        slowest: c.slowest.max(),
      }))
      .derive((c) => ({ error_rate: c.failed.div(c.calls), mean: c.millis.div(c.timed) }))
      .key((c) => c.day),
    owed: $.balances
      .groupBy((b) => ({ day: b.day }))
      .aggregate((b) => ({ owed: b.owed.sum() }))
      .key((b) => b.day),
    owed_last: $.balances
      .groupBy((b) => ({ account_id: b.account_id }))
      .aggregate((b) => ({ owed: b.owed.lastBy(b.day), highest: b.owed.max() }))
      .key((b) => b.account_id),
    currencies: $.open_items
      .lookup(
        $.accounts,
        (i) => i.account_id,
        (i, a) => ({ ...i, currency: a.currency }),
      )
      .whereNotNull((i) => ({ currency: i.currency }))
      .lookup(
        $.rates,
        (i) => [i.currency, i.due],
        (i, r) => ({ currency: i.currency, net: i.net, foreign: i.net.div(r.eur) }),
      )
      .groupBy((i) => ({ currency: i.currency }))
      .aggregate((i) => ({ net: i.net.sum(), unpriced: i.foreign.isNull().countIf() })),
    payers: $.payments
      .select((p) => ({
        card: p.card.orElse("").tokenize(SALT),
        method: p.method.lower(),
        month: p.paid_on.truncate("month"),
        amount: p.amount,
        fee: p.fee.orElse(0),
      }))
      .groupBy((p) => ({ method: p.method, month: p.month }))
      .aggregate((p) => ({ cards: p.card.countDistinct(), amount: p.amount.sum(), fee: p.fee.sum() })),
    cash: $.payments
      .select((p) => ({ day: p.paid_on, kind: fn.lit("payment"), amount: p.amount }))
      .union(
        $.refunds_raw_kept.select((r) => ({ day: r.refunded_on, kind: fn.lit("refund"), amount: r.amount.negate() })),
      )
      .groupBy((c) => ({ day: c.day }))
      .aggregate((c) => ({ amount: c.amount.sum(), rows: fn.countRows() }))
      .key((c) => c.day),
    biggest: $.open_items
      .groupBy((i) => ({ account_id: i.account_id }))
      .aggregate((i) => ({ open: i.open.sum() }))
      .orderBy((i) => i.open.desc())
      .limit(20),
    idle: $.subs_now
      .antiJoin($.called, (s, c) => s.sub_id.eq(c.sub_id))
      .select((s) => ({ sub_id: s.sub_id, plan_id: s.plan_id })),
    grown: $.streaks
      .where((s) => s.net.gt(s.before))
      .groupBy((s) => ({ month: s.month }))
      .aggregate((s) => ({ grown: fn.countRows(), first: s.nth.min() })),
  }));
