/** Advertising: impressions and clicks in three currencies, a funnel, budgets that are allocated. */
import { fn, param, pipeline, source, t } from "medallion";

export const ads = pipeline("ads")
  .bronze({
    events_raw: source.json("events/*.json", {
      event_id: t.string(),
      user_id: t.string().pii("cookie"),
      campaign_id: t.int().id("campaign"),
      kind: t.enum(["view", "click", "buy"]),
      at: t.timestamp(),
      cost: t.decimal(12, 6).unit("USD"),
      revenue: t.decimal(12, 2).unit("EUR").nullable(),
      page: t.string().nullable(),
      tags: t.array(t.string()),
    }),
    campaigns_raw: source.csv("campaigns.csv", {
      campaign_id: t.int().id("campaign"),
      name: t.string(),
      channel: t.string(),
      budget: t.decimal(12, 2).unit("EUR"),
      starts: t.date(),
      ends: t.date().nullable(),
    }),
    fx_raw: source.csv("fx/*.csv", { day: t.date(), usd_eur: t.decimal(10, 6).rate() }),
    wallets_raw: source.csv("wallets.csv", {
      campaign_id: t.int().id("campaign"),
      day: t.date(),
      left_over: t.decimal(12, 2).unit("EUR").balance(),
    }),
  })
  .silver(($) => ({
    campaigns: $.campaigns_raw
      .key((c) => c.campaign_id)
      .expectOrDrop({ ordered: (c) => c.ends.isNull().or(c.ends.ge(c.starts)) }),
    fx: $.fx_raw.key((f) => f.day),
    wallets: $.wallets_raw.key((w) => [w.campaign_id, w.day]),
    events: $.events_raw
      .dedupe({ key: (e) => e.event_id, orderBy: (e) => e.at })
      .derive((e) => ({
        day: e.at.toDate(),
        hour: e.at.hour(),
        visitor: e.user_id.tokenize(param.secret("pepper", { scope: "governance" })),
        path: e.page.splitPart("?", 1).orElse("/"),
      }))
      .select(({ user_id, page, ...rest }) => rest)
      .key((e) => e.event_id),
  }))
  .silver(($) => ({
    priced: $.events
      .lookup(
        $.fx,
        (e) => e.day,
        (e, f) => ({ ...e, rate: f.usd_eur }),
      )
      .whereNotNull((e) => ({ rate: e.rate }))
      .derive((e) => ({ cost_eur: e.cost.convert("EUR", e.rate).round(4), earned: e.revenue.orElse(0) }))
      .select(({ rate, ...rest }) => rest),
  }))
  .gold(($) => ({
    by_campaign: $.priced
      .groupBy((e) => ({ campaign_id: e.campaign_id, day: e.day }))
      .aggregate((e) => ({
        views: e.kind.eq("view").countIf(),
        clicks: e.kind.eq("click").countIf(),
        buyers: e.visitor.countDistinct().filter(e.kind.eq("buy")),
        cost: e.cost_eur.sum(),
        earned: e.earned.sum(),
      }))
      .derive((e) => ({ click_rate: e.clicks.div(e.views) }))
      .key((e) => [e.campaign_id, e.day]),
    totals: $.priced
      .groupBy((e) => ({ campaign_id: e.campaign_id }))
      .aggregate((e) => ({
        cost: e.cost_eur.sum(),
        earned: e.earned.sum(),
        first: e.at.min(),
        visitors: e.visitor.countDistinct(),
      }))
      .key((e) => e.campaign_id),
  }))
  .gold(($) => ({
    spent: $.campaigns
      .lookup(
        $.totals,
        (c) => c.campaign_id,
        (c, s) => ({
          campaign_id: c.campaign_id,
          name: c.name,
          budget: c.budget,
          cost: s.cost.orElse(0),
          over_budget: s.cost.orElse(0).gt(c.budget),
        }),
      )
      .derive((c) => ({ rest: c.budget.minus(c.cost), used: c.cost.div(c.budget).round(4) })),
    shares: $.totals
      .select((c) => ({
        campaign_id: c.campaign_id,
        cost: c.cost,
        all: c.cost.sum().over({ partitionBy: fn.lit(1) }),
      }))
      .derive((c) => ({ share: c.cost.div(c.all) })),
    funnel: $.events
      .groupBy((e) => ({ visitor: e.visitor, campaign_id: e.campaign_id }))
      .aggregate((e) => ({
        viewed: e.at.min().filter(e.kind.eq("view")),
        clicked: e.at.min().filter(e.kind.eq("click")),
        bought: e.at.min().filter(e.kind.eq("buy")),
      }))
      .derive((e) => ({
        step: fn
          .when(e.bought.isNotNull(), 3)
          .when(e.clicked.isNotNull(), 2)
          .when(e.viewed.isNotNull(), 1)
          .otherwise(0),
      }))
      .groupBy((e) => ({ campaign_id: e.campaign_id, step: e.step }))
      .aggregate(() => ({ visitors: fn.countRows() })),
    wallet: $.wallets
      .groupBy((w) => ({ campaign_id: w.campaign_id }))
      .aggregate((w) => ({ left_over: w.left_over.lastBy(w.day) })),
    tagged: $.events
      .where((e) => e.tags.has("promo"))
      .groupBy((e) => ({ day: e.day }))
      .aggregate((e) => ({ cost: e.cost.sum() })),
    idle: $.campaigns.antiJoin($.events, (c, e) => c.campaign_id.eq(e.campaign_id)),
  }));
