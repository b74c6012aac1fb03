/** Claims of an insurer: policies as change events, customers as snapshots, payments, reserves. */
import { fn, param, pipeline, source, t } from "medallion";

const SALT = param.secret("salt", { scope: "governance" });

export const claims = pipeline("claims")
  .bronze({
    policies_raw: source.csv("policies/*.csv", {
      policy_id: t.string().id("policy"),
      customer_id: t.bigint().id("customer"),
      product: t.string(),
      premium: t.decimal(10, 2).unit("EUR"),
      from_day: t.date(),
      to_day: t.date().nullable(),
      op: t.string(),
      lsn: t.bigint(),
    }),
    customers_raw: source.csv("customers/*.csv", {
      taken_on: t.date(),
      customer_id: t.bigint().id("customer"),
      first_name: t.string().pii("name"),
      last_name: t.string().pii("name"),
      email: t.string().pii("email").nullable(),
      born: t.date().pii("birthday"),
      postcode: t.string(),
      agreed: t.boolean(),
    }),
    claims_raw: source.json("claims/*.json", {
      claim_id: t.bigint(),
      policy_id: t.string().id("policy"),
      reported_at: t.timestamp(),
      happened_on: t.date(),
      amount: t.decimal(12, 2).unit("EUR"),
      state: t.enum(["open", "paid", "refused"]),
      cause: t.string().nullable(),
      handler: t.string().pii("name"),
    }),
    payments_raw: source.json("payments/*.json", {
      payment_id: t.bigint(),
      claim_id: t.bigint(),
      paid_on: t.date(),
      amount: t.decimal(12, 2).unit("EUR"),
      iban: t.string().pii("iban"),
    }),
    reserves_raw: source.csv("reserves.csv", {
      claim_id: t.bigint(),
      month: t.date(),
      reserve: t.decimal(12, 2).unit("EUR").balance(),
    }),
  })
  .silver(($) => ({
    newest_customers: $.customers_raw.semiJoin(
      $.customers_raw.aggregate((c) => ({ last: c.taken_on.max() })),
      (c, n) => c.taken_on.eq(n.last),
    ),
    claims: $.claims_raw
      .dedupe({ key: (c) => c.claim_id, orderBy: (c) => c.reported_at.desc() })
      .derive((c) => ({
        delay: c.reported_at.toDate().daysSince(c.happened_on),
        size: fn.when(c.amount.ge(10000), "large").when(c.amount.ge(1000), "medium").otherwise("small"),
        reason: c.cause.trim().lower().nullIf("").orElse("not said"),
      }))
      .key((c) => c.claim_id)
      .expectOrQuarantine({ positive: (c) => c.amount.gt(0), reported_after: (c) => c.delay.ge(0) }),
    payments: $.payments_raw
      .key((p) => p.payment_id)
      .expectOrFail({ paid: (p) => p.amount.ne(0) })
      .mask({ iban: "governance.mask_iban" }),
    reserves: $.reserves_raw.key((r) => [r.claim_id, r.month]),
  }))
  .scd2(($) => ({
    policies: $.policies_raw.changes({
      key: (p) => p.policy_id,
      sequenceBy: (p) => p.lsn,
      deleteWhen: (p) => p.op.eq("DELETE"),
      columns: ({ op, lsn, ...rest }) => rest,
    }),
  }))
  .scd1(($) => ({
    policies_now: $.policies_raw.changes({
      key: (p) => p.policy_id,
      sequenceBy: (p) => p.lsn,
      deleteWhen: (p) => p.op.eq("DELETE"),
      columns: ({ op, lsn, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    customers: $.newest_customers.snapshots({
      key: (c) => c.customer_id,
      version: (c) => c.taken_on.max(),
      trackHistory: (c) => ({ postcode: c.postcode, agreed: c.agreed }),
      columns: ({ taken_on, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    paid: $.payments
      .groupBy((p) => ({ claim_id: p.claim_id }))
      .aggregate((p) => ({ paid: p.amount.sum(), payments: fn.countRows(), last: p.paid_on.max() }))
      .key((p) => p.claim_id),
    customers_now: $.customers
      .where((c) => c.__END_AT.isNull())
      .select((c) => ({
        customer_id: c.customer_id,
        person: c.email.orElse("").sha256(SALT),
        area: c.postcode.left(2),
        domain: c.email.emailDomain(),
        agreed: c.agreed,
      }))
      .key((c) => c.customer_id),
  }))
  .gold(($) => ({
    claim_facts: $.claims
      .lookup(
        $.policies_now,
        (c) => c.policy_id,
        (c, p) => ({ ...c, product: p.product.orElse("none"), customer_id: p.customer_id }),
      )
      .lookup(
        $.paid,
        (c) => c.claim_id,
        (c, p) => ({
          claim_id: c.claim_id,
          product: c.product,
          happened_on: c.happened_on,
          state: c.state,
          size: c.size,
          amount: c.amount,
          paid: p.paid.orElse(0),
          payments: p.payments.orElse(0n),
        }),
      )
      .derive((c) => ({ open: c.amount.minus(c.paid) }))
      .key((c) => c.claim_id),
    loss_ratio: $.claims
      .where((c) => c.state.in("open", "paid"))
      .lookup(
        $.policies_now,
        (c) => c.policy_id,
        (c, p) => ({ product: p.product.orElse("none"), year: c.happened_on.year(), amount: c.amount }),
      )
      .groupBy((c) => ({ product: c.product, year: c.year }))
      .aggregate((c) => ({ claims: fn.countRows(), amount: c.amount.sum(), mean: c.amount.avg() }))
      .key((c) => [c.product, c.year]),
    premiums: $.policies_now
      .groupBy((p) => ({ product: p.product }))
      .aggregate((p) => ({ premium: p.premium.sum(), policies: p.policy_id.count() }))
      .key((p) => p.product),
    reserve_by_month: $.reserves
      .groupBy((r) => ({ month: r.month }))
      .aggregate((r) => ({ reserve: r.reserve.sum() }))
      .key((r) => r.month),
    fraud: $.claims
      .semiJoin(
        $.payments.where((p) => p.amount.gt(5000)),
        (c, p) => c.claim_id.eq(p.claim_id),
      )
      .select((c) => ({
        claim_id: c.claim_id,
        handler: c.handler.mask({ showLast: 1 }),
        place: fn.rowNumber().over({ orderBy: c.amount.desc() }),
      })),
    agreed: $.customers_now
      .where((c) => c.agreed)
      .groupBy((c) => ({ area: c.area }))
      .aggregate((c) => ({ people: c.person.countDistinct() })),
  }));
