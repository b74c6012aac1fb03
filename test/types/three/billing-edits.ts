/** Edits of one place of `billing.ts`, as those of `market-edits.ts`. */
export const billingEdits = `
KEY005,METRIC006,WIN005 | billing | invoice dedupe account | dedupe({ key: (i) => i.invoice_id, orderBy: (i) => i.version.desc() }) ==> dedupe({ key: (i) => i.account_id, orderBy: (i) => i.version.desc() })
meant | billing | invoice days reversed | i.to_day.daysSince(i.from_day).plus(1) ==> i.from_day.daysSince(i.to_day).plus(1)
tsc2 FK002,KEY005,WIN005 | billing | invoice key sub | .key((i) => i.invoice_id)⏎      .expectOrQuarantine ==> .key((i) => i.sub_id)⏎      .expectOrQuarantine
tsc COL002 | billing | a measure of a group's name | failed: c.failed.sum(), ==> failed: c.failed.sum(), day: c.slowest.max(),
KEY005 | billing | rates dedupe currency | dedupe({ key: (r) => [r.currency, r.day], orderBy: (r) => r.eur }) ==> dedupe({ key: (r) => r.currency, orderBy: (r) => r.day.desc() })
data | billing | balance key account | balances: $.balances_raw.key((b) => [b.account_id, b.day]), ==> balances: $.balances_raw.key((b) => b.account_id),
tsc2 TYPE001 | billing | subs sequence hour | sequenceBy: (s) => s.happened_at, ==> sequenceBy: (s) => s.happened_at.hour(),
KEY005 | billing | subs_now history | .where((s) => s.__END_AT.isNull().and(s.status.ne("cancelled"))) ==> .where((s) => s.status.ne("cancelled"))
KEY005 | billing | subs_now or | s.__END_AT.isNull().and(s.status.ne("cancelled")) ==> s.__END_AT.isNull().or(s.status.ne("cancelled"))
tsc EXPR004 | billing | subs_now && | s.__END_AT.isNull().and(s.status.ne("cancelled")) ==> s.__END_AT.isNull() && s.status.ne("cancelled")
KEY005 | billing | subs_now not null | s.__END_AT.isNull().and(s.status ==> s.__END_AT.isNotNull().and(s.status
EXPR006 | billing | subs_now gt now | s.__END_AT.isNull().and(s.status ==> s.__END_AT.gt("2024-03-01T00:00:00Z").and(s.status
JOIN009 | billing | phases current plan | .asOfJoin($.plans, { ==> .asOfJoin($.plans.where((p) => p.__END_AT.isNull()), {
tsc JOIN003 | billing | phases at date | at: (s) => s.__START_AT, ==> at: (s) => s.__START_AT.toDate(),
tsc2 METRIC001,METRIC002 | billing | phases monthly plus seats | p.per_seat⏎            .times(s.seats)⏎ ==> p.per_seat⏎            .plus(s.seats)⏎
tsc METRIC001,METRIC002 | billing | phases monthly only price | p.per_seat⏎            .times(s.seats)⏎ ==> p.per_seat⏎
meant | billing | phases discount null | s.discount.orElse(0).negate().plus(1) ==> s.discount.negate().plus(1)
EXPR006 | billing | phases last null | s.until.orElse("2999-12-31T00:00:00Z").toDate() ==> s.until.toDate()
KEY005 | billing | called key | .key((u) => [u.sub_id, u.day]), ==> .key((u) => u.sub_id),
tsc COL001 | billing | settled join | .lookup(⏎        $.refunds,⏎        (p) => p.payment_id,⏎        (p, r) ==> .join(⏎        $.refunds_raw,⏎        (p, r) => p.payment_id.eq(r.payment_id),⏎        (p, r)
right | billing | settled no ack | r.refunded.acknowledgeFanOut().orElse(0) }), ==> r.refunded.orElse(0) }),
JOIN007 | billing | settled replaced amount | (p, r) => ({ ...p, refunded ==> (p, r) => ({ ...p, ...r, amount: p.fee, refunded
meant | billing | streak no partition | fn.rowNumber().over({ partitionBy: i.sub_id, orderBy: i.issued }) ==> fn.rowNumber().over({ orderBy: i.issued })
WIN002 | billing | streak lag no order | i.net.lag().over({ partitionBy: i.sub_id, orderBy: i.issued }) ==> i.net.lag().over({ partitionBy: i.sub_id })
WIN005 | billing | streak frame one | frame: { unit: "rows", start: "unbounded", end: 0 } ==> frame: { unit: "rows", start: 0, end: 0 }
JOIN005 | billing | prorated no overlap end | i.sub_id.eq(s.sub_id).and(s.first.le(i.to_day)).and(s.last.gt(i.from_day)), ==> i.sub_id.eq(s.sub_id).and(s.first.le(i.to_day)),
JOIN005 | billing | prorated no times | i.sub_id.eq(s.sub_id).and(s.first.le(i.to_day)).and(s.last.gt(i.from_day)), ==> i.sub_id.eq(s.sub_id),
EXPR007,JOIN004,JOIN005 | billing | prorated one side | i.sub_id.eq(s.sub_id).and(s.first.le(i.to_day)).and(s.last.gt(i.from_day)), ==> i.sub_id.eq(i.sub_id).and(i.from_day.le(i.to_day)),
meant | billing | prorated greatest least | fn.greatest(i.from_day, s.first) ==> fn.least(i.from_day, s.first)
tsc METRIC001 | billing | prorated no ack | monthly: s.monthly.acknowledgeFanOut(), ==> monthly: s.monthly,
tsc METRIC001 | billing | prorated due is a ratio | p.monthly.times(p.days.div(p.month_days)) ==> p.monthly.times(p.days).div(p.month_days)
KEY005,METRIC006 | billing | prorated key part | .key((p) => [p.invoice_id, p.from_day]), ==> .key((p) => p.invoice_id),
tsc KEY006 | billing | open lookup account | $.settled,⏎        (i) => i.invoice_id, ==> $.settled,⏎        (i) => i.account_id,
JOIN007 | billing | revenue spread account | (i, a) => ({ ...i, country: a.country.orElse("?") }), ==> (i, a) => ({ ...i, ...a, country: a.country.orElse("?") }),
tsc PII001 | billing | revenue email | (i, a) => ({ ...i, country: a.country.orElse("?") }), ==> (i, a) => ({ ...i, country: a.email.orElse("?") }),
tsc AGG002 | billing | revenue per invoice sum | per_invoice: r.net.div(r.invoices) ==> per_invoice: r.net.avg()
METRIC007 | billing | mrr all versions | mrr: $.subs_now⏎      .lookup( ==> mrr: $.subs⏎      .lookup(
EXPR008 | billing | mrr status missing | s.status.eq("trial").countIf() ==> s.status.eq("cancelled").countIf()
tsc KEY001 | billing | churn start | s.__START_AT.toDate().truncate("month") ==> s.__END_AT.toDate().truncate("month")
tsc METRIC001 | billing | owed by account | owed: $.balances⏎      .groupBy((b) => ({ day: b.day })) ==> owed: $.balances⏎      .groupBy((b) => ({ day: b.account_id }))
METRIC001 | billing | owed by month | owed: $.balances⏎      .groupBy((b) => ({ day: b.day })) ==> owed: $.balances⏎      .groupBy((b) => ({ day: b.day.truncate("month") }))
tsc METRIC001 | billing | owed last sum | owed: b.owed.lastBy(b.day), highest ==> owed: b.owed.sum(), highest
WIN005 | billing | owed last by account | owed: b.owed.lastBy(b.day), highest ==> owed: b.owed.lastBy(b.account_id), highest
tsc FK002 | billing | currency order | (i) => [i.currency, i.due], ==> (i) => [i.due, i.currency],
JOIN008,METRIC008 | billing | currency rate const conv | foreign: i.net.div(r.eur) ==> foreign: i.net.convert("EUR", 1.1)
UNION002 | billing | cash union twice | $.refunds_raw_kept.select((r) => ({ day: r.refunded_on, kind: fn.lit("refund"), amount: r.amount.negate() })), ==> $.payments.select((p) => ({ day: p.paid_on, kind: fn.lit("payment"), amount: p.amount })),
tsc UNION001 | billing | cash union type | kind: fn.lit("refund"), amount ==> kind: fn.lit(2), amount
JOIN004 | billing | idle one side | .antiJoin($.called, (s, c) => s.sub_id.eq(c.sub_id)) ==> .antiJoin($.called, (s) => s.sub_id.eq(s.sub_id))
EXPR007 | billing | grown self | .where((s) => s.net.gt(s.before)) ==> .where((s) => s.net.gt(s.net))
tsc METRIC001 | billing | source seats balance | seats: t.int().unit("seat"), ==> seats: t.int().unit("seat").balance(),
tsc KEY006 | billing | source id lost | invoice_id: t.string().id("invoice"),⏎      paid_on ==> invoice_id: t.string(),⏎      paid_on
WIN005 | billing | streak lag in windows of one row | i.net.lag().over({ partitionBy: i.sub_id, orderBy: i.issued }) ==> i.net.lag().over({ partitionBy: i.invoice_id, orderBy: i.issued })
JOIN008,METRIC008 | billing | cents the wrong way round | foreign: i.net.div(r.eur) ==> foreign: i.net.convert("ct", "0.01")
guard | billing | rows of a key are numbered | fn.rowNumber().over({ partitionBy: i.sub_id, orderBy: i.issued }) ==> fn.rowNumber().over({ partitionBy: i.invoice_id, orderBy: i.issued })
SET007 | billing | clustering given twice | .clusterBy((u) => ({ day: u.day })), ==> .clusterBy((u) => ({ day: u.day })).clusterBy((u) => ({ sub_id: u.sub_id })),
SET007 | billing | a second key for a key of two columns | .key((i) => i.invoice_id)⏎      .expectOrQuarantine ==> .key((i) => i.account_id).key((i) => i.invoice_id)⏎      .expectOrQuarantine
`;
