/** Fleet leasing: vehicles, contracts as a history, trips of the telematics, fuel cards, maintenance; drivers are persons. */
import { fn, param, pipeline, source, sql, t } from "medallion";

const SALT = param.secret("salt", { scope: "fleet" });

export const fleet = pipeline("fleet")
  .bronze({
    vehicles_raw: source.csv("vehicles/*.csv", {
      vin: t.string().id("vehicle"),
      plate: t.string().pii("plate"),
      make: t.string(),
      fuel: t.enum(["diesel", "petrol", "electric"]),
      tank: t.decimal(6, 1).unit("l"),
      list_price: t.decimal(12, 2).unit("EUR"),
      registered_on: t.date(),
      updated_at: t.timestamp(),
    }),
    contracts_raw: source.json("contracts/*.json", {
      contract_id: t.bigint().id("contract"),
      vin: t.string().id("vehicle"),
      customer_id: t.bigint().id("customer"),
      monthly_fee: t.decimal(10, 2).unit("EUR"),
      km_included: t.int().unit("km"),
      extra_km: t.decimal(8, 4).unit("EUR/km").rate(),
      state: t.enum(["active", "suspended", "ended"]),
      op: t.enum(["I", "U", "D"]),
      changed_at: t.timestamp(),
    }),
    drivers_raw: source.json("drivers/*.json", {
      driver_id: t.bigint().id("driver"),
      full_name: t.string().pii("name"),
      email: t.string().pii("email").nullable(),
      licence_no: t.string().pii("licence"),
      born: t.date().pii("birth_date"),
      depot: t.string(),
      active: t.boolean(),
      changed_at: t.timestamp(),
    }),
    trips_raw: source.json(
      "trips/*.json",
      {
        trip_id: t.string().id("trip"),
        vin: t.string().id("vehicle"),
        driver_id: t.bigint().id("driver").nullable(),
        started_at: t.timestamp(),
        ended_at: t.timestamp().nullable(),
        metres: t.bigint().unit("m"),
        idle_seconds: t.int().unit("s"),
        max_speed: t.double().unit("km/h").rate(),
        harsh_brakes: t.int(),
        purpose: t.enum(["business", "private", "unknown"]),
      },
      { metadata: true },
    ),
    fuel_raw: source.csv("fuel/*.csv", {
      receipt_no: t.string(),
      card_no: t.string().pii("card"),
      vin: t.string().id("vehicle"),
      filled_at: t.timestamp(),
      litres: t.decimal(8, 2).unit("l"),
      amount: t.decimal(10, 2),
      currency: t.enum(["EUR", "CHF"]),
      odometer: t.int().unit("km").balance(),
      station: t.string().nullable(),
    }),
    jobs_raw: source.parquet("jobs/*.parquet", {
      job_id: t.bigint().id("job"),
      vin: t.string().id("vehicle"),
      opened_on: t.date(),
      closed_on: t.date().nullable(),
      kind: t.string(),
      parts: t.decimal(10, 2).unit("EUR"),
      labour: t.decimal(10, 2).unit("EUR"),
      warranty: t.boolean().nullable(),
    }),
    fx_raw: source.csv("fx/*.csv", {
      day: t.date(),
      chf_eur: t.decimal(10, 6).rate(),
    }),
  })
  .scd1(($) => ({
    vehicles: $.vehicles_raw.changes({ key: (v) => v.vin, sequenceBy: (v) => v.updated_at }),
    drivers: $.drivers_raw.changes({
      key: (d) => d.driver_id,
      sequenceBy: (d) => d.changed_at,
      columns: ({ licence_no, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    contracts: $.contracts_raw.changes({
      key: (c) => c.vin,
      sequenceBy: (c) => c.changed_at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
      trackHistory: (c) => ({
        contract_id: c.contract_id,
        customer_id: c.customer_id,
        monthly_fee: c.monthly_fee,
        extra_km: c.extra_km,
        state: c.state,
      }),
    }),
  }))
  .silver(($) => ({
    fx: $.fx_raw.dedupe({ key: (f) => f.day, orderBy: (f) => f.chf_eur.desc() }).key((f) => f.day),
    trips: $.trips_raw
      .dedupe({ key: (x) => x.trip_id, orderBy: (x) => [x.started_at.desc(), x.metres.desc()] })
      .where((x) => x.purpose.ne("private"))
      .derive((x) => ({
        km: x.metres.cast(t.decimal(18, 3).unit("m")).convert("km", "0.001"),
        seconds: x.ended_at.secondsSince(x.started_at).orElse(0n),
        day: x.started_at.toDate(),
      }))
      .derive((x) => ({
        month: x.day.truncate("month"),
        at_night: x.started_at.hour().ge(22).or(x.started_at.hour().lt(6)),
        long: x.km.gt(100),
      }))
      .key((x) => x.trip_id)
      .references($.vehicles, (x) => x.vin)
      .expectOrQuarantine({
        forwards: (x) => x.ended_at.ge(x.started_at).orElse(true),
        plausible: (x) => x.km.between(0, 3000),
      })
      .expect({ speed: (x) => x.max_speed.le(250) })
      .comment("trips that are not private"),
    jobs: $.jobs_raw
      .derive((j) => ({
        cost: j.parts.plus(j.labour),
        days: fn.coalesce(j.closed_on, j.opened_on).daysSince(j.opened_on),
      }))
      .key((j) => j.job_id)
      .expectOrDrop({ priced: (j) => j.cost.ge(0) }),
  }))
  .silver(($) => ({
    fuel: $.fuel_raw
      .derive((f) => ({ day: f.filled_at.toDate() }))
      .lookup(
        $.fx,
        (f) => f.day,
        (f, x) => ({
          receipt_no: f.receipt_no,
          vin: f.vin,
          card: f.card_no.mask({ showLast: 4 }),
          filled_at: f.filled_at,
          day: f.day,
          litres: f.litres,
          odometer: f.odometer,
          eur: fn
            .when(f.currency.eq("EUR"), f.amount.cast(t.decimal(12, 2).unit("EUR")))
            .otherwise(f.amount.convert("EUR", x.chf_eur).round(2).cast(t.decimal(12, 2).unit("EUR"))),
          brand: f.station.splitPart(" ", 1).upper().orElse("OTHER"),
        }),
      )
      .key((f) => f.receipt_no)
      .expect({ rate_known: (f) => f.eur.isNotNull() }),
    trip_facts: $.trips
      .asOfJoin($.contracts, {
        on: (x, c) => x.vin.eq(c.vin),
        at: (x) => x.started_at,
        select: (x, c) => ({
          ...x,
          contract_id: c.contract_id,
          customer_id: c.customer_id,
          state: c.state,
          extra_km: c.extra_km,
        }),
      })
      .lookup(
        $.drivers,
        (x) => x.driver_id.orElse(0n),
        (x, d) => ({
          ...x,
          depot: d.depot.orElse("unassigned"),
          driver: d.email.sha256(SALT),
        }),
      )
      .key((x) => x.trip_id),
    contracts_now: $.contracts.where((c) => c.__END_AT.isNull()).key((c) => c.vin),
    untracked: $.vehicles.antiJoin($.trips, (v, x) => v.vin.eq(x.vin)).select((v) => ({ vin: v.vin, make: v.make })),
  }))
  .gold(($) => ({
    km_by_customer_month: $.trip_facts
      .whereNotNull((x) => ({ customer_id: x.customer_id }))
      .groupBy((x) => ({ customer_id: x.customer_id, month: x.month }))
      .aggregate((x) => ({
        km: x.km.sum(),
        km_business: x.km.sum().filter(x.purpose.eq("business")),
        trips: fn.countRows(),
        long_trips: x.long.countIf(),
        vehicles: x.vin.countDistinct(),
        idle: x.idle_seconds.sum(),
        seconds: x.seconds.sum(),
        fastest: x.max_speed.max(),
        first_trip: x.started_at.min(),
      }))
      .derive((x) => ({ km_per_trip: x.km.div(x.trips), business_share: x.km_business.orElse(0).div(x.km) }))
      .key((x) => [x.customer_id, x.month])
      .expect({ shares: (x) => x.business_share.between(0, 1) }),
    fuel_by_vehicle_month: $.fuel
      .groupBy((f) => ({ vin: f.vin, month: f.day.truncate("month") }))
      .aggregate((f) => ({
        litres: f.litres.sum(),
        eur: f.eur.sum(),
        odometer: f.odometer.lastBy(f.filled_at),
        fills: f.receipt_no.count(),
      }))
      .key((f) => [f.vin, f.month]),
    trips_by_depot: $.trip_facts
      .groupBy((x) => ({ depot: x.depot, at_night: x.at_night }))
      .aggregate((x) => ({
        trips: x.trip_id.count(),
        km: x.km.sum(),
        drivers: x.driver.countDistinct(),
        brakes: x.harsh_brakes.sum(),
      })),
    workshop: $.jobs
      .where((j) => j.warranty.orElse(false).not())
      .groupBy((j) => ({ vin: j.vin, month: j.opened_on.truncate("month") }))
      .aggregate((j) => ({
        cost: j.cost.sum(),
        jobs: j.job_id.count(),
        days: j.days.avg(),
        open: j.closed_on.isNull().countIf(),
      }))
      .key((j) => [j.vin, j.month]),
    last_trips: $.trip_facts
      .derive((x) => ({
        place: fn.rowNumber().over({ partitionBy: x.vin, orderBy: x.started_at.desc() }),
        so_far: x.km
          .sum()
          .over({ partitionBy: x.vin, orderBy: x.started_at, frame: { unit: "rows", start: "unbounded", end: 0 } }),
      }))
      .where((x) => x.place.le(3))
      .select((x) => ({
        vin: x.vin,
        trip_id: x.trip_id,
        day: x.day,
        km: x.km,
        so_far: x.so_far,
        label: sql(t.string(), { nullable: false })`concat(${x.vin}, '/', ${x.depot})`,
      })),
  }))
  .gold(($) => ({
    cost_per_month: $.fuel_by_vehicle_month
      .fullJoin(
        $.workshop,
        (f, w) => f.vin.eq(w.vin).and(f.month.eq(w.month)),
        (f, w) => ({
          vin: fn.coalesce(f.vin, w.vin),
          month: fn.coalesce(f.month, w.month),
          fuel: f.eur.acknowledgeFanOut().orElse(0),
          workshop: w.cost.acknowledgeFanOut().orElse(0),
          litres: f.litres.acknowledgeFanOut(),
        }),
      )
      .derive((c) => ({ total: c.fuel.plus(c.workshop) })),
    top_customers: $.km_by_customer_month.orderBy((k) => [k.km.desc(), k.customer_id, k.month]).limit(5),
  }))
  .gold(($) => ({
    cost_by_month: $.cost_per_month
      .groupBy((c) => ({ month: c.month }))
      .aggregate((c) => ({ total: c.total.sum(), vehicles: c.vin.countDistinct(), most: c.total.max() }))
      .derive((c) => ({ per_vehicle: c.total.div(c.vehicles).round(2) })),
    vehicle_costs: $.vehicles
      .lookup(
        $.contracts_now,
        (v) => v.vin,
        (v, c) => ({
          vin: v.vin,
          plate: v.plate.redact(),
          make: v.make.upper(),
          customer_id: c.customer_id,
          fee: c.monthly_fee,
        }),
      )
      .leftJoin(
        $.cost_per_month,
        (v, c) => v.vin.eq(c.vin),
        (v, c) => ({ ...v, month: c.month, total: c.total }),
      ),
  }));
