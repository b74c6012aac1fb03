/** Telemetry of machines: readings, alarms, calibrations over time, sessions. */
import { fn, pipeline, source, sql, t } from "medallion";

export const plant = pipeline("plant")
  .bronze({
    readings_raw: source.json("readings/*.json", {
      machine_id: t.bigint().id("machine"),
      sensor: t.string(),
      read_at: t.timestamp(),
      celsius: t.double().unit("C").rate(),
      energy: t.decimal(14, 3).unit("kWh"),
      level: t.decimal(10, 2).unit("l").balance(),
      status: t.enum(["ok", "warn", "fault"]),
      code: t.string().nullable(),
      payload: t.string().nullable(),
    }),
    machines_raw: source.csv("machines/*.csv", {
      machine_id: t.bigint().id("machine"),
      site_id: t.int().id("site"),
      model: t.string(),
      rated: t.decimal(10, 2).unit("kWh"),
      operator: t.string().pii("name"),
      op: t.string(),
      changed_at: t.timestamp(),
    }),
    sites_raw: source.csv("sites.csv", {
      site_id: t.int().id("site"),
      city: t.string(),
      zone: t.string(),
      opened: t.date(),
    }),
    alarms_raw: source.csv("alarms/*.csv", {
      alarm_id: t.bigint(),
      machine_id: t.bigint().id("machine"),
      raised_at: t.timestamp(),
      cleared_at: t.timestamp().nullable(),
      severity: t.int(),
      text: t.string().nullable(),
    }),
  })
  .silver(($) => ({
    sites: $.sites_raw.dedupe({ key: (s) => s.site_id, orderBy: (s) => s.opened.desc() }).key((s) => s.site_id),
    readings: $.readings_raw
      .where((r) => r.status.ne("fault").and(r.celsius.between(-50, 400)))
      .derive((r) => ({
        day: r.read_at.toDate(),
        fahrenheit: r.celsius.times(1.8),
        error: r.code.orElse("none"),
        firmware: r.payload.jsonText("$.fw").orElse("?"),
      }))
      .select(({ payload, code, ...rest }) => rest)
      .expectOrDrop({ energy_not_negative: (r) => r.energy.ge(0) })
      .expect({ recent: (r) => r.read_at.ge("2020-01-01T00:00:00Z") }),
    alarms: $.alarms_raw
      .dedupe({ key: (a) => a.alarm_id, orderBy: (a) => a.raised_at.desc() })
      .derive((a) => ({
        minutes: a.cleared_at.secondsSince(a.raised_at).div(60),
        grade: fn.when(a.severity.ge(8), "high").when(a.severity.ge(4), "medium").otherwise("low"),
      }))
      .key((a) => a.alarm_id)
      .expectOrQuarantine({ cleared_later: (a) => a.cleared_at.isNull().or(a.cleared_at.ge(a.raised_at)) }),
  }))
  .scd2(($) => ({
    machines: $.machines_raw.changes({
      key: (m) => m.machine_id,
      sequenceBy: (m) => m.changed_at,
      deleteWhen: (m) => m.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    machines_now: $.machines
      .where((m) => m.__END_AT.isNull())
      .select((m) => ({ machine_id: m.machine_id, site_id: m.site_id, model: m.model, rated: m.rated }))
      .key((m) => m.machine_id)
      .references($.sites, (m) => m.site_id),
    sessions: $.readings
      .derive((r) => ({ before: r.read_at.lag().over({ partitionBy: r.machine_id, orderBy: r.read_at }) }))
      .derive((r) => ({
        starts: fn.when(r.before.isNull().or(r.read_at.secondsSince(r.before).gt(1800)), 1).otherwise(0),
      }))
      .derive((r) => ({
        session: r.starts.sum().over({
          partitionBy: r.machine_id,
          orderBy: r.read_at,
          frame: { unit: "rows", start: "unbounded", end: 0 },
        }),
      })),
    daily: $.readings
      .groupBy((r) => ({ machine_id: r.machine_id, day: r.day }))
      .aggregate((r) => ({
        energy: r.energy.sum(),
        readings: fn.countRows(),
        hottest: r.celsius.max(),
        p95: r.celsius.percentile(0.95),
        level: r.level.lastBy(r.read_at),
        warnings: r.status.eq("warn").countIf(),
      }))
      .key((d) => [d.machine_id, d.day]),
  }))
  .gold(($) => ({
    energy_by_site: $.readings
      .asOfJoin($.machines, {
        on: (r, m) => r.machine_id.eq(m.machine_id),
        at: (r) => r.read_at,
        select: (r, m) => ({ day: r.day, site_id: m.site_id, energy: r.energy, rated: m.rated }),
      })
      .whereNotNull((r) => ({ site_id: r.site_id }))
      .groupBy((r) => ({ site_id: r.site_id, day: r.day }))
      .aggregate((r) => ({ energy: r.energy.sum(), readings: fn.countRows() }))
      .key((r) => [r.site_id, r.day]),
    alarms_by_city: $.alarms
      .lookup(
        $.machines_now,
        (a) => a.machine_id,
        (a, m) => ({ alarm_id: a.alarm_id, grade: a.grade, minutes: a.minutes, site_id: m.site_id }),
      )
      .whereNotNull((a) => ({ site_id: a.site_id }))
      .lookup(
        $.sites,
        (a) => a.site_id,
        (a, s) => ({ alarm_id: a.alarm_id, grade: a.grade, minutes: a.minutes, city: s.city.orElse("unknown") }),
      )
      .groupBy((a) => ({ city: a.city, grade: a.grade }))
      .aggregate((a) => ({ alarms: a.alarm_id.countDistinct(), median: a.minutes.median() }))
      .orderBy((a) => [a.city, a.grade])
      .limit(100),
    moving: $.daily.select((d) => ({
      machine_id: d.machine_id,
      day: d.day,
      week: d.energy.sum().over({
        partitionBy: d.machine_id,
        orderBy: d.day,
        frame: { unit: "rows", start: -6, end: 0 },
      }),
      rank: fn.rank().over({ partitionBy: d.day, orderBy: d.energy.desc() }),
    })),
    levels: $.daily.groupBy((d) => ({ day: d.day })).aggregate((d) => ({ level: d.level.sum() })),
    session_lengths: $.sessions
      .groupBy((s) => ({ machine_id: s.machine_id, session: s.session }))
      .aggregate((s) => ({ first: s.read_at.min(), last: s.read_at.max(), energy: s.energy.sum() }))
      .derive((s) => ({
        seconds: s.last.secondsSince(s.first),
        shown: sql(t.string())`upper(${s.session.cast(t.string())})`,
      })),
    quiet: $.sites.antiJoin($.machines_now, (s, m) => s.site_id.eq(m.site_id)).select((s) => ({ city: s.city })),
  }));
