/** A container yard: moves as a log, boxes as a change feed that is emptied, slots as snapshots, holds with deletions, drivers. */
import { fn, param, pipeline, source, t } from "medallion";

const SALT = param.secret("salt", { scope: "yard" });

export const yard = pipeline("yard")
  .bronze({
    moves_raw: source.json(
      "moves/*.json",
      {
        move_id: t.bigint().id("move"),
        box_id: t.string().id("box"),
        truck_id: t.string().id("truck").nullable(),
        driver: t.string().pii("name").nullable(),
        phone: t.string().pii("phone").nullable(),
        kind: t.enum(["gate_in", "gate_out", "shift"]),
        from_slot: t.int().id("slot").nullable(),
        to_slot: t.int().id("slot").nullable(),
        moved_at: t.timestamp(),
        queued_at: t.timestamp().nullable(),
        gross: t.decimal(10, 1).unit("kg"),
        photos: t.array(t.string()),
      },
      { metadata: true },
    ),
    boxes_raw: source.csv("boxes/*.csv", {
      box_id: t.string().id("box"),
      line_id: t.string().id("line"),
      size: t.enum(["20", "40", "45"]),
      tare: t.decimal(10, 1).unit("kg"),
      payload_max: t.decimal(10, 1).unit("kg").nullable(),
      reefer: t.boolean().nullable(),
      op: t.string(),
      lsn: t.bigint(),
    }),
    holds_raw: source.json("holds/*.json", {
      hold_id: t.bigint().id("hold"),
      box_id: t.string().id("box"),
      reason: t.string(),
      officer: t.string().pii("name"),
      set_at: t.timestamp(),
      lifted: t.boolean(),
      version: t.int(),
    }),
    slots_raw: source.csv("slots/*.csv", {
      taken_on: t.date(),
      slot_id: t.int().id("slot"),
      block: t.string(),
      tier: t.int(),
      powered: t.boolean(),
      teu: t.int().unit("TEU").balance(),
    }),
    lines_raw: source.csv("lines.csv", {
      line_id: t.string().id("line"),
      name: t.string(),
      free_days: t.int(),
      per_day: t.decimal(8, 2).unit("EUR").rate(),
      since: t.date(),
    }),
    temps_raw: source.json("temps/*.json", {
      box_id: t.string().id("box"),
      at: t.timestamp(),
      celsius: t.double().unit("C").rate(),
      kwh: t.double().unit("kWh"),
      alarm: t.boolean().nullable(),
    }),
    bookings_raw: source.json("bookings/*.json", {
      booking_id: t.string().id("booking"),
      line_id: t.string().id("line"),
      booked_on: t.date(),
      due: t.date().nullable(),
      lines: t.array(t.struct({ box_id: t.string().id("box"), fee: t.decimal(8, 2).unit("EUR") })),
      contact: t.string().pii("email"),
    }),
  })
  .silver(($) => ({
    moves: $.moves_raw
      .expectOrQuarantine({
        heavy: (m) => m.gross.gt(0),
        to_known: (m) => m.to_slot.isNotNull().or(m.kind.eq("gate_out")),
      })
      .comment("each move of a box"),
    slots_new: $.slots_raw.semiJoin(
      $.slots_raw.aggregate((s) => ({ last: s.taken_on.max() })),
      (s, n) => s.taken_on.eq(n.last),
    ),
    lines: $.lines_raw
      .dedupe({ key: (l) => l.line_id, orderBy: (l) => l.since.desc() })
      .key((l) => l.line_id)
      .expectOrFail({ named: (l) => l.name.trim().ne("") }),
    temps: $.temps_raw
      .where((x) => x.celsius.between(-60, 60))
      .derive((x) => ({ hour: x.at.truncate("hour"), warm: x.celsius.gt(-15) }))
      .expectOrDrop({ metered: (x) => x.kwh.ge(0) }),
    bookings: $.bookings_raw
      .dedupe({ key: (b) => b.booking_id, orderBy: (b) => b.booked_on.desc() })
      .derive((b) => ({ first_fee: b.lines.at(0).fields.fee, boxes: b.lines.size() }))
      .key((b) => b.booking_id),
  }))
  .scd1(($) => ({
    boxes: $.boxes_raw.changes({
      key: (b) => b.box_id,
      sequenceBy: (b) => b.lsn,
      deleteWhen: (b) => b.op.eq("D"),
      truncateWhen: (b) => b.op.eq("T"),
      columns: ({ op, lsn, ...rest }) => rest,
    }),
    holds: $.holds_raw
      .changes({
        key: (h) => h.hold_id,
        sequenceBy: (h) => h.version,
        deleteWhen: (h) => h.lifted,
        columns: ({ version, lifted, ...rest }) => rest,
      })
      .comment("holds of customs"),
  }))
  .scd2(($) => ({
    slots: $.slots_new.snapshots({
      key: (s) => s.slot_id,
      version: (s) => s.taken_on.max(),
      columns: ({ taken_on, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    stays: $.moves
      .where((m) => m.kind.in("gate_in", "gate_out"))
      .groupBy((m) => ({ box_id: m.box_id }))
      .aggregate((m) => ({
        came: m.moved_at.min().filter(m.kind.eq("gate_in")),
        left: m.moved_at.max().filter(m.kind.eq("gate_out")),
        gross: m.gross.lastBy(m.moved_at),
        moves: fn.countRows(),
      }))
      .derive((s) => ({ days: s.left.toDate().daysSince(s.came.toDate()) }))
      .key((s) => s.box_id),
    places: $.moves
      .whereNotNull((m) => ({ to_slot: m.to_slot }))
      .dedupe({ key: (m) => m.box_id, orderBy: (m) => m.moved_at.desc() })
      .select((m) => ({ box_id: m.box_id, slot_id: m.to_slot, moved_at: m.moved_at, gross: m.gross }))
      .key((m) => m.box_id)
      .references($.boxes, (m) => m.box_id),
    waits: $.moves.derive((m) => ({
      wait: m.moved_at.secondsSince(m.queued_at),
      since_last: m.moved_at.secondsSince(m.moved_at.lag().over({ partitionBy: m.box_id, orderBy: m.moved_at })),
      nth: fn.rowNumber().over({ partitionBy: m.box_id, orderBy: m.moved_at }),
    })),
    hot: $.temps
      .groupBy((x) => ({ box_id: x.box_id, hour: x.hour }))
      .aggregate((x) => ({
        warmest: x.celsius.max(),
        mean: x.celsius.avg(),
        kwh: x.kwh.sum(),
        warm: x.warm.every(),
        alarms: x.alarm.orElse(false).countIf(),
      }))
      .key((x) => [x.box_id, x.hour]),
    slots_now: $.slots.where((s) => s.__END_AT.isNull()).key((s) => s.slot_id),
  }))
  .gold(($) => ({
    charges: $.stays
      .lookup(
        $.boxes,
        (s) => s.box_id,
        (s, b) => ({ box_id: s.box_id, days: s.days, line_id: b.line_id, size: b.size }),
      )
      .whereNotNull((s) => ({ line_id: s.line_id, days: s.days }))
      .lookup(
        $.lines,
        (s) => s.line_id,
        (s, l) => ({
          ...s,
          name: l.name,
          due: l.per_day.times(fn.greatest(s.days.minus(l.free_days.acknowledgeFanOut().orElse(0)), fn.lit(0))),
        }),
      )
      .groupBy((s) => ({ line_id: s.line_id }))
      .aggregate((s) => ({ due: s.due.sum(), boxes: fn.countRows(), days: s.days.sum(), longest: s.days.max() }))
      .key((s) => s.line_id),
    held: $.places
      .semiJoin($.holds, (p, h) => p.box_id.eq(h.box_id))
      .lookup(
        $.slots_now,
        (p) => p.slot_id,
        (p, s) => ({ box_id: p.box_id, block: s.block.orElse("?"), tier: s.tier }),
      )
      .groupBy((p) => ({ block: p.block }))
      .aggregate((p) => ({ boxes: p.box_id.countDistinct(), highest: p.tier.max() })),
    capacity: $.slots_now
      .groupBy((s) => ({ block: s.block }))
      .aggregate((s) => ({ slots: fn.countRows(), powered: s.powered.countIf() })),
    queue: $.waits
      .groupBy((w) => ({ day: w.moved_at.toDate(), kind: w.kind }))
      .aggregate((w) => ({
        mean: w.wait.avg(),
        p95: w.wait.percentile(0.95),
        moves: fn.countRows(),
        files: w._source_file.countDistinct(),
      })),
    drivers: $.moves
      .select((m) => ({
        driver: m.phone.orElse("").sha256(SALT),
        day: m.moved_at.toDate(),
        initials: m.driver.redact(),
      }))
      .groupBy((m) => ({ day: m.day }))
      .aggregate((m) => ({ drivers: m.driver.countDistinct() }))
      .key((m) => m.day),
    power: $.hot
      .groupBy((h) => ({ day: h.hour.toDate() }))
      .aggregate((h) => ({ kwh: h.kwh.sum(), alarms: h.alarms.sum(), warmest: h.warmest.max() }))
      .derive((h) => ({ mwh: h.kwh.convert("MWh", 0.001) }))
      .key((h) => h.day),
    empty_slots: $.slots_now
      .antiJoin($.places, (s, p) => s.slot_id.eq(p.slot_id))
      .select((s) => ({ slot_id: s.slot_id, block: s.block })),
    fees: $.bookings
      .groupBy((b) => ({ line_id: b.line_id }))
      .aggregate((b) => ({ fees: b.first_fee.sum(), boxes: b.boxes.sum() })),
  }));
