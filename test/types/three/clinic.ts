/** A hospital: wards and doctors that others share, admissions and transfers as events, vital signs in streams, drugs with units, bills. */
import { fn, param, pipeline, source, sql, t } from "medallion";

const SALT = param.secret("salt", { scope: "clinic" });

const wards = pipeline("wards")
  .bronze({
    wards_raw: source.csv("wards.csv", {
      ward_id: t.smallint().id("ward"),
      ward: t.string(),
      floor: t.tinyint(),
      beds: t.int().balance(),
      opened: t.date(),
    }),
    icd_raw: source.parquet("icd/*.parquet", {
      icd: t.string().id("icd"),
      chapter: t.string(),
      text: t.string().nullable(),
      severe: t.boolean(),
    }),
  })
  .silver(($) => ({
    wards: $.wards_raw
      .dedupe({ key: (w) => w.ward_id, orderBy: (w) => [w.opened.desc(), w.ward] })
      .key((w) => w.ward_id),
    icd: $.icd_raw.dedupe({ key: (i) => i.icd, orderBy: (i) => i.chapter }).key((i) => i.icd),
  }));

const people = pipeline("people")
  .include(wards)
  .bronze({
    patients_raw: source.json("patients/*.json", {
      patient_id: t.bigint().id("patient"),
      name: t.string().pii("name"),
      email: t.string().pii("email").nullable(),
      born: t.date().pii("birthdate"),
      insurer: t.enum(["public", "private", "none"]),
      zip: t.string().nullable(),
      address: t.struct({ street: t.string().pii("address"), city: t.string() }).nullable(),
      op: t.string(),
      lsn: t.bigint(),
      at: t.timestamp(),
    }),
    doctors_raw: source.csv(
      "doctors/*.csv",
      {
        taken_on: t.date(),
        doctor_id: t.int().id("doctor"),
        doctor: t.string().pii("name"),
        ward_id: t.smallint().id("ward").nullable(),
        fee: t.decimal(8, 2).unit("EUR").rate(),
        hours: t.decimal(5, 1).unit("h"),
      },
      { delimiter: ";", metadata: true },
    ),
  })
  .scd1(($) => ({
    patients: $.patients_raw.changes({
      key: (p) => p.patient_id,
      sequenceBy: (p) => fn.struct({ at: p.at, lsn: p.lsn }),
      deleteWhen: (p) => p.op.eq("D"),
      ignoreNullUpdates: (p) => ({ email: p.email, zip: p.zip }),
      columns: ({ op, lsn, at, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    doctors: $.doctors_raw
      .select(({ _ingested_at, _rescued_data, _source_file, _source_modified_at, ...rest }) => rest)
      .snapshots({
        key: (d) => d.doctor_id,
        version: (d) => d.taken_on.max(),
        columns: ({ taken_on, ...rest }) => rest,
        trackHistory: (d) => ({ ward_id: d.ward_id, fee: d.fee }),
      }),
    insurers: $.patients_raw
      .where((p) => p.op.ne("T"))
      .changes({
        key: (p) => p.patient_id,
        sequenceBy: (p) => p.at,
        deleteWhen: (p) => p.op.eq("D"),
        columns: (p) => ({ patient_id: p.patient_id, insurer: p.insurer, zip: p.zip }),
      }),
  }));

export const clinic = pipeline("clinic")
  .include(people)
  .include(wards)
  .bronze({
    admissions_raw: source.json("admissions/*.json", {
      admission_id: t.bigint().id("admission"),
      patient_id: t.bigint().id("patient"),
      ward_id: t.smallint().id("ward"),
      doctor_id: t.int().id("doctor").nullable(),
      icd: t.string().id("icd").nullable(),
      kind: t.enum(["emergency", "planned", "transfer"]),
      came: t.timestamp(),
      left: t.timestamp().nullable(),
      note: t.string().nullable(),
      codes: t.array(t.string()),
    }),
    vitals_raw: source.json("vitals/*.json", {
      admission_id: t.bigint().id("admission"),
      at: t.timestamp(),
      pulse: t.smallint().unit("bpm").rate().nullable(),
      celsius: t.double().unit("C").rate().nullable(),
      saline: t.double().unit("ml"),
      device: t.map(t.string(), t.string()),
      extra: t.variant().nullable(),
      local: t.timestampNtz(),
    }),
    doses_raw: source.csv("doses/*.csv", {
      dose_id: t.string().id("dose"),
      admission_id: t.bigint().id("admission"),
      drug: t.string(),
      given_at: t.timestamp(),
      amount: t.decimal(10, 3).unit("mg"),
      cost: t.decimal(10, 2).unit("EUR"),
    }),
    bills_raw: source
      .csv("bills/*.csv", {
        bill_id: t.bigint().id("bill"),
        admission_id: t.bigint().id("admission"),
        net: t.decimal(12, 2).unit("EUR"),
        vat: t.decimal(12, 2).unit("EUR").nullable(),
        paid: t.boolean().nullable(),
        issued: t.date(),
        usd_rate: t.decimal(8, 4).nullable(),
      })
      .backfill({
        before: source.parquet("bills_old/*.parquet", {
          bill_id: t.bigint().id("bill"),
          admission_id: t.bigint().id("admission"),
          net: t.decimal(12, 2).unit("EUR"),
          vat: t.decimal(12, 2).unit("EUR").nullable(),
          paid: t.boolean().nullable(),
          issued: t.date(),
          usd_rate: t.decimal(8, 4).nullable(),
        }),
      }),
    occupancy_raw: source.csv("occupancy/*.csv", {
      ward_id: t.smallint().id("ward"),
      day: t.date(),
      taken: t.int().unit("bed").balance(),
      moved: t.int(),
    }),
  })
  .silver(($) => ({
    admissions: $.admissions_raw
      .dedupe({ key: (a) => a.admission_id, orderBy: (a) => a.came.desc() })
      .derive((a) => ({
        day: a.came.toDate(),
        stay: a.left.secondsSince(a.came).div(3600).round(1),
        acute: a.kind.eq("emergency"),
        first_code: a.codes.at(0),
      }))
      .key((a) => a.admission_id)
      .references($.wards, (a) => a.ward_id)
      .references($.patients, (a) => a.patient_id)
      .expectOrQuarantine({ in_order: (a) => a.left.isNull().or(a.left.ge(a.came)) })
      .expect({ coded: (a) => a.icd.isNotNull() })
      .comment("each stay once"),
    vitals: $.vitals_raw
      .where((v) => v.celsius.between(30, 45).orElse(true))
      .derive((v) => ({
        fever: v.celsius.gt(38.5).orElse(false),
        hour: v.at.truncate("hour"),
        maker: v.device.entry("maker"),
        mode: v.extra.variantText("$.mode"),
        litres: v.saline.convert("l", "0.001"),
      }))
      .expectOrDrop({ pumped: (v) => v.saline.ge(0) }),
    doses: $.doses_raw
      .dedupe({ key: (d) => d.dose_id, orderBy: (d) => d.given_at })
      .where((d) => d.amount.gt(0))
      .key((d) => d.dose_id)
      .partitionBy((d) => ({ drug: d.drug })),
    bills: $.bills_raw
      .derive((b) => ({
        gross: b.net.plus(b.vat.orElse(0)),
        late: fn
          .when(b.paid.orElse(false), "paid")
          .when(b.issued.lt(param.date("due", { default: "2024-01-31" })), "late")
          .otherwise("open"),
        usd: b.net.convert("USD", b.usd_rate),
        initial: sql(t.string(), { nullable: false })`left(${b.issued.cast(t.string())}, 4)`,
      }))
      .expectOrDrop({ charged: (b) => b.net.ne(0) })
      .owner("billing"),
    occupancy: $.occupancy_raw
      .dedupe({ key: (o) => [o.ward_id, o.day], orderBy: (o) => o.taken.desc() })
      .key((o) => [o.ward_id, o.day])
      .references($.wards, (o) => o.ward_id),
    doctors_now: $.doctors.where((d) => d.__END_AT.isNull()).key((d) => d.doctor_id),
  }))
  .silver(($) => ({
    billed: $.bills
      .groupBy((b) => ({ admission_id: b.admission_id }))
      .aggregate((b) => ({ gross: b.gross.sum(), bills: fn.countRows(), last: b.issued.max() }))
      .key((b) => b.admission_id),
    insured: $.admissions
      .asOfJoin($.insurers, {
        on: (a, i) => a.patient_id.eq(i.patient_id),
        at: (a) => a.came,
        select: (a, i) => ({
          admission_id: a.admission_id,
          ward_id: a.ward_id,
          came: a.came,
          insurer: i.insurer,
          zip: i.zip,
        }),
      })
      .key((a) => a.admission_id),
    fevers: $.vitals
      .groupBy((v) => ({ admission_id: v.admission_id, hour: v.hour }))
      .aggregate((v) => ({
        hottest: v.celsius.max(),
        pulse: v.pulse.avg(),
        saline: v.saline.sum(),
        feverish: v.fever.some(),
      }))
      .key((v) => [v.admission_id, v.hour]),
    returns: $.admissions.derive((a) => ({
      nth: fn.rowNumber().over({ partitionBy: a.patient_id, orderBy: a.came }),
      before: a.left.lag().over({ partitionBy: a.patient_id, orderBy: a.came }),
      beds: fn.countRows().over({ partitionBy: a.ward_id }),
    })),
  }))
  .gold(($) => ({
    stays: $.admissions
      .lookup(
        $.wards,
        (a) => a.ward_id,
        (a, w) => ({ ...a, ward: w.ward, floor: w.floor }),
      )
      .lookup(
        $.icd,
        (a) => a.icd,
        (a, i) => ({
          admission_id: a.admission_id,
          ward: a.ward.orElse("?"),
          day: a.day,
          kind: a.kind,
          stay: a.stay,
          chapter: i.chapter,
          severe: i.severe.orElse(false),
        }),
      )
      .key((a) => a.admission_id),
    patients_seen: $.patients
      .select((p) => ({
        patient: p.patient_id.cast(t.string()).sha256(SALT),
        mail: p.email.emailDomain(),
        person: p.name.mask({ showLast: 2 }),
        insurer: p.insurer,
        decade: p.born.declassify("a decade names nobody").year().div(10).floor(),
        city: p.address.fields.city.declassify("a city names nobody"),
      }))
      .comment("without names"),
    income: $.billed
      .join(
        $.insured,
        (b, i) => b.admission_id.eq(i.admission_id),
        (b, i) => ({ gross: b.gross, insurer: i.insurer, day: i.came.toDate() }),
      )
      .groupBy((b) => ({ insurer: b.insurer, month: b.day.truncate("month") }))
      .aggregate((b) => ({ gross: b.gross.acknowledgeFanOut().sum(), stays: fn.countRows() })),
    drug_use: $.doses
      .groupBy((d) => ({ drug: d.drug, day: d.given_at.toDate() }))
      .aggregate((d) => ({
        amount: d.amount.sum(),
        cost: d.cost.sum(),
        doses: fn.countRows(),
        admissions: d.admission_id.countDistinct(),
        largest: d.amount.max(),
      }))
      .derive((d) => ({ per_mg: d.cost.div(d.amount), share: d.cost.sum().over({ partitionBy: d.day }) }))
      .key((d) => [d.drug, d.day]),
    full: $.occupancy
      .groupBy((o) => ({ day: o.day }))
      .aggregate((o) => ({ taken: o.taken.sum(), moved: o.moved.sum() }))
      .key((o) => o.day),
    last_full: $.occupancy
      .groupBy((o) => ({ ward_id: o.ward_id }))
      .aggregate((o) => ({ taken: o.taken.lastBy(o.day), moved: o.moved.sum() }))
      .key((o) => o.ward_id),
    readmitted: $.returns
      .where((r) => r.nth.gt(1).and(r.came.secondsSince(r.before).lt(86400 * 30)))
      .groupBy((r) => ({ ward_id: r.ward_id }))
      .aggregate((r) => ({ times: fn.countRows(), acute: r.acute.countIf(), soonest: r.came.min() }))
      .key((r) => r.ward_id),
    unbilled: $.admissions
      .antiJoin($.billed, (a, b) => a.admission_id.eq(b.admission_id))
      .semiJoin($.fevers, (a, f) => a.admission_id.eq(f.admission_id).and(f.feverish))
      .select((a) => ({ admission_id: a.admission_id, day: a.day }))
      .orderBy((a) => a.day.desc())
      .limit(100),
    ledger: $.bills
      .select((b) => ({ day: b.issued, what: fn.lit("bill"), eur: b.gross }))
      .union($.doses.select((d) => ({ day: d.given_at.toDate(), what: fn.lit("dose"), eur: d.cost.negate() }))),
    both: $.billed.fullJoin(
      $.insured,
      (b, i) => b.admission_id.eq(i.admission_id),
      (b, i) => ({ admission_id: fn.coalesce(b.admission_id, i.admission_id), gross: b.gross, zip: i.zip }),
    ),
    fee_by_ward: $.doctors_now
      .whereNotNull((d) => ({ ward_id: d.ward_id }))
      .groupBy((d) => ({ ward_id: d.ward_id }))
      .aggregate((d) => ({ hours: d.hours.sum(), mean_fee: d.fee.avg(), doctors: d.doctor_id.countDistinct() })),
  }));
