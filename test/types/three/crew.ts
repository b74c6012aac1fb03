/** An airline: crew with histories, rosters, flights, duty, fuel, certificates. */
import { fn, param, pipeline, source, t } from "medallion";

const SALT = param.secret("salt", { scope: "crew" });
const airports = pipeline("airports")
  .bronze({
    airports_raw: source.csv("airports.csv", {
      iata: t.string().id("airport"),
      city: t.string(),
      zone: t.string(),
      lat: t.double(),
      lon: t.double(),
      opened: t.date(),
      fee: t.decimal(10, 2).unit("EUR").rate(),
    }),
    aircraft_raw: source.parquet("aircraft/*.parquet", {
      tail: t.string().id("aircraft"),
      model: t.enum(["A320", "A321", "B738"]),
      seats: t.smallint(),
      burn: t.double().unit("kg/h").rate(),
      built: t.date(),
      config: t.map(t.string(), t.int()),
    }),
  })
  .silver(($) => ({
    airports: $.airports_raw.dedupe({ key: (a) => a.iata, orderBy: (a) => a.opened.desc() }).key((a) => a.iata),
    aircraft: $.aircraft_raw.dedupe({ key: (a) => a.tail, orderBy: (a) => a.built.desc() }).key((a) => a.tail),
  }));
const staff = pipeline("staff")
  .include(airports)
  .bronze({
    crew_raw: source.json("crew/*.json", {
      crew_id: t.bigint().id("crew"),
      name: t.string().pii("name"),
      email: t.string().pii("email").nullable(),
      born: t.date().pii("birthdate"),
      rank: t.enum(["captain", "first_officer", "cabin"]),
      base: t.string().id("airport"),
      salary: t.decimal(10, 2).unit("EUR").pii("salary"),
      langs: t.array(t.string()),
      contact: t.struct({ phone: t.string().pii("phone"), city: t.string() }).nullable(),
      phones: t.map(t.string(), t.string().pii("phone")),
      mails: t.array(t.string().pii("email")),
      op: t.enum(["I", "U", "D"]),
      at: t.timestamp(),
      lsn: t.bigint(),
      vip: t.boolean().pii("health").nullable(),
    }),
    licences_raw: source.csv("licences/*.csv", {
      taken_on: t.date(),
      crew_id: t.bigint().id("crew"),
      model: t.enum(["A320", "A321", "B738"]),
      valid_to: t.date().nullable(),
      hours: t.decimal(8, 1).unit("h"),
    }),
  })
  .scd2(($) => ({
    crew: $.crew_raw.changes({
      key: (c) => c.crew_id,
      sequenceBy: (c) => c.at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, lsn, at, ...rest }) => rest,
      trackHistory: (c) => ({ rank: c.rank, base: c.base }),
    }),
    licences: $.licences_raw.snapshots({
      key: (l) => [l.crew_id, l.model],
      version: (l) => l.taken_on.max(),
      columns: ({ taken_on, ...rest }) => rest,
    }),
  }))
  .scd1(($) => ({
    crew_latest: $.crew_raw.changes({
      key: (c) => c.crew_id,
      sequenceBy: (c) => fn.struct({ at: c.at, lsn: c.lsn }),
      deleteWhen: (c) => c.op.eq("D"),
      ignoreNullUpdates: (c) => ({ email: c.email }),
      columns: ({ op, lsn, at, ...rest }) => rest,
    }),
  }));
export const crew = pipeline("crewing")
  .include(staff)
  .include(airports)
  .bronze({
    flights_raw: source.csv(
      "flights/*.csv",
      {
        flight_id: t.bigint().id("flight"),
        number: t.string(),
        tail: t.string().id("aircraft"),
        origin: t.string().id("airport"),
        dest: t.string().id("airport"),
        std: t.timestamp(),
        sta: t.timestamp(),
        atd: t.timestamp().nullable(),
        ata: t.timestamp().nullable(),
        local: t.timestampNtz(),
        pax: t.int().nullable(),
        fuel: t.double().unit("kg"),
        status: t.enum(["scheduled", "flown", "cancelled"]),
        delay_code: t.string().nullable(),
        revenue: t.decimal(12, 2).unit("EUR"),
        cost_usd: t.decimal(12, 2).unit("USD"),
        on_block: t.int().unit("kg").balance(),
      },
      { metadata: true },
    ),
    roster_raw: source.json("roster/*.json", {
      duty_id: t.string().id("duty"),
      crew_id: t.bigint().id("crew"),
      flight_id: t.bigint().id("flight"),
      role: t.enum(["captain", "first_officer", "cabin"]),
      began: t.timestamp(),
      ended: t.timestamp().nullable(),
      allowance: t.decimal(8, 2).unit("EUR"),
      hours: t.decimal(6, 2).unit("h"),
      deadhead: t.boolean(),
      note: t.string().nullable(),
      legs: t.array(t.struct({ n: t.int(), min: t.int().unit("min") })),
    }),
    parking_raw: source.csv("parking/*.csv", {
      iata: t.string().id("airport"),
      day: t.date(),
      stands: t.int().unit("stand").balance(),
      moved: t.int(),
    }),
    rates_raw: source.csv("rates/*.csv", { day: t.date(), usd_eur: t.decimal(10, 6) }),
  })
  .silver(($) => ({
    flights: $.flights_raw
      .select(({ _ingested_at, _rescued_data, _source_file, _source_modified_at, ...rest }) => rest)
      .dedupe({ key: (f) => f.flight_id, orderBy: (f) => f.std.desc() })
      .derive((f) => ({
        day: f.std.toDate(),
        late: f.atd.secondsSince(f.std).gt(900).orElse(false),
        block: f.ata.secondsSince(f.atd).cast(t.bigint().unit("s")),
      }))
      .key((f) => f.flight_id)
      .references($.airports, (f) => f.origin)
      .references($.airports, (f) => f.dest)
      .references($.aircraft, (f) => f.tail)
      .expectOrQuarantine({ forward: (f) => f.sta.gt(f.std) })
      .expect({ pax: (f) => f.pax.isNotNull() }),
    roster: $.roster_raw
      .where((r) => r.hours.gt(0))
      .derive((r) => ({ day: r.began.toDate(), pay: r.allowance.times(r.hours.cast(t.decimal(6, 2))) }))
      .key((r) => r.duty_id)
      .expectOrDrop({ hours: (r) => r.hours.le(16) }),
    parking: $.parking_raw
      .dedupe({ key: (p) => [p.iata, p.day], orderBy: (p) => p.stands.desc() })
      .key((p) => [p.iata, p.day]),
    rates: $.rates_raw.dedupe({ key: (r) => r.day, orderBy: (r) => r.usd_eur }).key((r) => r.day),
    crew_now: $.crew.where((c) => c.__END_AT.isNull()).key((c) => c.crew_id),
  }))
  .silver(($) => ({
    assigned: $.roster
      .asOfJoin($.crew, {
        on: (r, c) => r.crew_id.eq(c.crew_id),
        at: (r) => r.began,
        select: (r, c) => ({
          duty_id: r.duty_id,
          flight_id: r.flight_id,
          crew_id: r.crew_id,
          day: r.day,
          hours: r.hours,
          pay: r.pay,
          deadhead: r.deadhead,
          base: c.base,
          rank: c.rank,
        }),
      })
      .key((a) => a.duty_id),
    per_flight: $.roster
      .groupBy((r) => ({ flight_id: r.flight_id }))
      .aggregate((r) => ({
        crew: fn.countRows(),
        hours: r.hours.sum(),
        pay: r.pay.sum(),
        mean_hours: r.hours.avg(),
        people: r.crew_id.countDistinct(),
      }))
      .key((r) => r.flight_id),
    flight_crew: $.flights.join(
      $.roster,
      (f, r) => f.flight_id.eq(r.flight_id),
      (f, r) => ({
        flight_id: f.flight_id,
        duty_id: r.duty_id,
        day: f.day,
        origin: f.origin,
        status: f.status,
        fuel: f.fuel,
        pax: f.pax,
        late: f.late,
        hours: r.hours,
        number: f.number,
        std: f.std,
        sta: f.sta,
        legs: r.legs,
        note: r.note,
        revenue: f.revenue,
        crew_id: r.crew_id,
      }),
    ),
    by_day: $.flights
      .groupBy((f) => ({ day: f.day, origin: f.origin }))
      .aggregate((f) => ({
        flights: fn.countRows(),
        fuel: f.fuel.sum(),
        late: f.late.countIf(),
        mean_pax: f.pax.avg(),
        tails: f.tail.countDistinct(),
        first: f.std.min(),
        revenue: f.revenue.sum(),
        longest: f.block.max(),
      }))
      .key((f) => [f.day, f.origin]),
  }))
  .gold(($) => ({
    punctual: $.by_day
      .lookup(
        $.airports,
        (b) => b.origin,
        (b, a) => ({ ...b, city: a.city }),
      )
      .derive((b) => ({ rate: b.late.div(b.flights), per_flight: b.fuel.div(b.flights) }))
      .key((b) => [b.day, b.origin]),
    pay: $.assigned
      .whereNotNull((a) => ({ base: a.base }))
      .groupBy((a) => ({ base: a.base, month: a.day.truncate("month") }))
      .aggregate((a) => ({ pay: a.pay.sum(), hours: a.hours.sum(), duties: fn.countRows() }))
      .key((a) => [a.base, a.month]),
    stands: $.parking
      .groupBy((p) => ({ iata: p.iata }))
      .aggregate((p) => ({ stands: p.stands.lastBy(p.day), moved: p.moved.sum() }))
      .key((p) => p.iata),
    people: $.crew_now.select((c) => ({
      who: c.crew_id.cast(t.string()).sha256(SALT),
      mail: c.email.emailDomain(),
      rank: c.rank,
      city: c.contact.fields.city.declassify("a city names nobody"),
    })),
    top: $.by_day.orderBy((b) => b.fuel.desc()).limit(10),
  }));
