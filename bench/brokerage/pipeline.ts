/** A brokerage in the manner of TPC-DI: trades and prices as CSV, accounts with a history and customers as JSON. */
import { fn, pipeline, source, t } from "medallion";

export default pipeline("brokerage")
  .bronze({
    trades_raw: source.csv("data/trades/*.csv", {
      trade_id: t.bigint(),
      account_id: t.int(),
      symbol: t.string(),
      traded_at: t.timestamp(),
      kind: t.string(),
      quantity: t.int(),
      price: t.decimal(10, 2),
      fee: t.decimal(8, 2).nullable(),
    }),
    prices_raw: source.csv("data/prices/*.csv", {
      symbol: t.string(),
      day: t.date(),
      close: t.decimal(10, 2),
      volume: t.bigint(),
    }),
    securities_raw: source.csv("data/securities.csv", { symbol: t.string(), company: t.string(), sector: t.string() }),
    accounts_raw: source.json("data/accounts/*.json", {
      account_id: t.int(),
      customer_id: t.int(),
      status: t.string(),
      changed_at: t.timestamp(),
    }),
    customers_raw: source.json("data/customers/*.json", {
      customer_id: t.int(),
      name: t.string(),
      country: t.string(),
      tier: t.int().nullable(),
    }),
  })
  .scd2(($) => ({
    accounts: $.accounts_raw.changes({ key: (a) => a.account_id, sequenceBy: (a) => a.changed_at }),
  }))
  .silver(($) => ({
    customers: $.customers_raw.key((c) => c.customer_id),
    securities: $.securities_raw.key((s) => s.symbol),
    prices: $.prices_raw.dedupe({ key: (p) => [p.symbol, p.day], orderBy: (p) => p.volume.desc() }),
    trades: $.trades_raw
      .dedupe({ key: (r) => r.trade_id, orderBy: (r) => r.traded_at.desc() })
      .key((r) => r.trade_id)
      .derive((r) => ({ day: r.traded_at.toDate() }))
      .expectOrQuarantine({ has_quantity: (r) => r.quantity.gt(0) }),
  }))
  .gold(($) => ({
    trade_facts: $.trades
      .asOfJoin($.accounts, {
        on: (r, a) => r.account_id.eq(a.account_id),
        at: (r) => r.traded_at,
        select: (r, a) => ({ ...r, customer_id: a.customer_id, status: a.status }),
      })
      .lookup(
        $.securities,
        (r) => r.symbol,
        (r, s) => ({ ...r, sector: s.sector }),
      )
      .lookup(
        $.customers,
        (r) => r.customer_id,
        (r, c) => ({ ...r, country: c.country }),
      ),
    volume_by_symbol: $.prices
      .groupBy((p) => ({ symbol: p.symbol, month: p.day.truncate("month") }))
      .aggregate((p) => ({ days: fn.countRows(), volume: p.volume.sum(), high: p.close.max(), low: p.close.min() })),
  }))
  .gold(($) => ({
    trades_by_sector: $.trade_facts
      .groupBy((f) => ({ sector: f.sector, country: f.country, month: f.day.truncate("month") }))
      .aggregate((f) => ({ trades: fn.countRows(), quantity: f.quantity.sum(), highest: f.price.max() })),
  }));
