/** Telecommunications: calls in legs over cells in their own zones, subscribers over time, tariffs by day, prepaid credit, agents on payroll. */
import { fn, param, pipeline, source, t } from "medallion";

export const telco = pipeline("telco")
  .bronze({
    legs_raw: source.json("legs/*.json", {
      call_id: t.string().id("call"),
      leg: t.int(),
      sim_id: t.bigint().id("sim"),
      peer_id: t.bigint().id("sim").nullable(),
      cell_id: t.int().id("cell"),
      began_at: t.timestamp(),
      ended_at: t.timestamp().nullable(),
      billed: t.int().unit("s"),
      bytes: t.bigint().unit("B").nullable(),
      quality: t.double().rate().nullable(),
      kind: t.enum(["voice", "sms", "data"]),
      dropped: t.boolean().nullable(),
      dialled: t.string().pii("phone"),
      route: t.array(t.string()),
    }),
    cells_raw: source.csv("cells.csv", {
      cell_id: t.int().id("cell"),
      site_id: t.int().id("site"),
      zone: t.string(),
      local_open: t.timestampNtz(),
      band: t.int().unit("MHz"),
      lat: t.double().rate(),
    }),
    sims_raw: source.csv("sims/*.csv", {
      sim_id: t.bigint().id("sim"),
      holder_id: t.bigint().id("holder"),
      plan: t.string(),
      fee: t.decimal(10, 2).unit("EUR").rate(),
      holder_name: t.string().pii("name"),
      op: t.string().nullable(),
      valid_from: t.timestamp(),
    }),
    tariffs_raw: source.csv("tariffs/*.csv", {
      plan: t.string(),
      day: t.date(),
      per_s: t.decimal(10, 6).unit("EUR/s").rate(),
      cap: t.decimal(10, 2).unit("EUR").nullable(),
    }),
    credit_raw: source.csv("credit/*.csv", {
      sim_id: t.bigint().id("sim"),
      day: t.date(),
      credit: t.decimal(12, 2).unit("EUR").balance(),
      topups: t.decimal(12, 2).unit("EUR"),
    }),
    agents_raw: source.csv("agents/*.csv", {
      agent_id: t.int().id("agent"),
      boss_id: t.int().id("agent").nullable(),
      name: t.string().pii("name"),
      grade: t.int(),
      salary: t.decimal(12, 2).unit("EUR"),
      hired: t.date(),
      left: t.date().nullable(),
      noted_at: t.timestamp(),
    }),
  })
  .silver(($) => ({
    legs: $.legs_raw
      .where((l) => l.billed.ge(0))
      .derive((l) => ({ day: l.began_at.toDate(), seconds: l.ended_at.secondsSince(l.began_at) }))
      .key((l) => [l.call_id, l.leg])
      .expectOrQuarantine({ ends_later: (l) => l.ended_at.isNull().or(l.ended_at.ge(l.began_at)) }),
    cells: $.cells_raw.dedupe({ key: (c) => c.cell_id, orderBy: (c) => c.local_open.desc() }).key((c) => c.cell_id),
    tariffs: $.tariffs_raw.dedupe({ key: (x) => [x.plan, x.day], orderBy: (x) => x.per_s }).key((x) => [x.plan, x.day]),
    credit: $.credit_raw
      .dedupe({ key: (c) => [c.sim_id, c.day], orderBy: (c) => c.topups })
      .key((c) => [c.sim_id, c.day]),
    agents: $.agents_raw.dedupe({ key: (a) => a.agent_id, orderBy: (a) => a.noted_at.desc() }).key((a) => a.agent_id),
  }))
  .scd2(($) => ({
    sims: $.sims_raw.changes({
      key: (s) => s.sim_id,
      sequenceBy: (s) => s.valid_from,
      deleteWhen: (s) => s.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .scd1(($) => ({
    sims_now: $.sims_raw.changes({
      key: (s) => s.sim_id,
      sequenceBy: (s) => s.valid_from,
      deleteWhen: (s) => s.op.eq("D"),
      columns: ({ op, valid_from, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    calls: $.legs
      .groupBy((l) => ({ call_id: l.call_id }))
      .aggregate((l) => ({
        legs: fn.countRows(),
        sim_id: l.sim_id.firstBy(l.began_at),
        began_at: l.began_at.min(),
        ended_at: l.ended_at.max(),
        billed: l.billed.sum(),
        bytes: l.bytes.sum(),
        dropped: l.dropped.some(),
      }))
      .key((c) => c.call_id),
    rated: $.legs
      .asOfJoin($.sims, {
        on: (l, s) => l.sim_id.eq(s.sim_id),
        at: (l) => l.began_at,
        select: (l, s) => ({
          call_id: l.call_id,
          leg: l.leg,
          day: l.day,
          cell_id: l.cell_id,
          sim_id: l.sim_id,
          plan: s.plan.orElse("none"),
          billed: l.billed,
          quality: l.quality,
        }),
      })
      .lookup(
        $.tariffs,
        (l) => [l.plan, l.day],
        (l, x) => ({ ...l, charge: l.billed.times(x.per_s.orElse(0)), cap: x.cap }),
      )
      .key((l) => [l.call_id, l.leg]),
  }))
  .gold(($) => ({
    by_site: $.rated
      .lookup(
        $.cells,
        (l) => l.cell_id,
        (l, c) => ({ site_id: c.site_id, day: l.day, charge: l.charge, billed: l.billed, quality: l.quality }),
      )
      .whereNotNull((l) => ({ site_id: l.site_id }))
      .groupBy((l) => ({ site_id: l.site_id, day: l.day }))
      .aggregate((l) => ({
        charge: l.charge.sum(),
        billed: l.billed.sum(),
        quality: l.quality.avg(),
        legs: fn.countRows(),
      }))
      .key((l) => [l.site_id, l.day]),
    by_plan: $.rated
      .groupBy((l) => ({ plan: l.plan, day: l.day }))
      .aggregate((l) => ({ charge: l.charge.sum(), sims: l.sim_id.countDistinct(), calls: l.call_id.countDistinct() }))
      .key((l) => [l.plan, l.day]),
    credit_by_day: $.credit
      .groupBy((c) => ({ day: c.day }))
      .aggregate((c) => ({ credit: c.credit.sum(), topups: c.topups.sum() }))
      .key((c) => c.day),
    callers: $.legs.select((l) => ({ caller: l.dialled.sha256(param.secret("salt", { scope: "telco" })), day: l.day })),
  }));
