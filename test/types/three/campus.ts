/** A university: students as a history, enrolments, grades, courses and terms, fees; who is who stays in silver. */
import { fn, param, pipeline, source, t } from "medallion";

const pepper = param.secret("pepper", { scope: "campus" });

const feeColumns = {
  invoice_no: t.string(),
  student_no: t.int().id("student"),
  term_code: t.string().id("term"),
  due_on: t.date(),
  charged: t.decimal(9, 2).unit("EUR"),
  paid: t.decimal(9, 2).unit("EUR"),
  waived: t.boolean(),
};

export const campus = pipeline("campus")
  .bronze({
    students_raw: source.csv("students/*.csv", {
      student_no: t.int().id("student"),
      first_name: t.string().pii("name"),
      last_name: t.string().pii("name"),
      email: t.string().pii("email"),
      birth_date: t.date().pii("birth_date"),
      gender: t.enum(["f", "m", "x"]).nullable(),
      nationality: t.string(),
      programme: t.string(),
      first_term: t.string().id("term"),
      status: t.enum(["enrolled", "leave", "graduated", "withdrawn"]),
      version: t.bigint(),
      valid_from: t.timestamp(),
    }),
    terms_raw: source.csv("terms.csv", {
      term_code: t.string().id("term"),
      title: t.string(),
      starts_on: t.date(),
      ends_on: t.date(),
      position: t.int(),
    }),
    courses_raw: source.json("courses/*.json", {
      course_id: t.string().id("course"),
      title: t.string(),
      department: t.string(),
      credits: t.decimal(4, 1).unit("ECTS"),
      capacity: t.int().nullable(),
      tags: t.array(t.string()),
    }),
    enrolments_raw: source.json("enrolments/*.json", {
      enrolment_id: t.bigint(),
      student_no: t.int().id("student"),
      course_id: t.string().id("course"),
      term_code: t.string().id("term"),
      action: t.enum(["enrol", "drop"]),
      at: t.timestamp(),
    }),
    grades_raw: source.parquet("grades/*.parquet", {
      student_no: t.int().id("student"),
      course_id: t.string().id("course"),
      term_code: t.string().id("term"),
      attempt: t.smallint(),
      points: t.decimal(5, 2).nullable(),
      grade: t.string().nullable(),
      examiner: t.string().pii("name"),
      graded_on: t.date(),
    }),
    fees_raw: source.csv("fees/*.csv", feeColumns).backfill({ old: source.csv("archive/fees-*.csv", feeColumns) }),
    rooms_raw: source.csv("rooms/*.csv", {
      building: t.string(),
      room: t.string(),
      day: t.date(),
      seats: t.int().unit("seat").balance(),
      used: t.int().unit("seat").balance(),
    }),
  })
  .scd2(($) => ({
    students: $.students_raw.changes({
      key: (s) => s.student_no,
      sequenceBy: (s) => s.valid_from,
      columns: ({ version, ...rest }) => rest,
      trackHistory: (s) => ({ programme: s.programme, status: s.status }),
    }),
  }))
  .scd1(($) => ({
    enrolments: $.enrolments_raw.changes({
      key: (e) => [e.student_no, e.course_id, e.term_code],
      sequenceBy: (e) => e.at,
      deleteWhen: (e) => e.action.eq("drop"),
      columns: ({ action, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    terms: $.terms_raw
      .derive((t) => ({ year: t.starts_on.year(), days: t.ends_on.daysSince(t.starts_on).plus(1) }))
      .key((t) => t.term_code)
      .expectOrFail({ ordered: (t) => t.ends_on.gt(t.starts_on) }),
    courses: $.courses_raw
      .dedupe({ key: (c) => c.course_id, orderBy: (c) => c.title })
      .derive((c) => ({ large: c.capacity.ge(100).orElse(false), online: c.tags.has("online").orElse(false) }))
      .select(({ tags, ...rest }) => rest)
      .key((c) => c.course_id),
    exams: $.grades_raw
      .where((g) => g.points.isNotNull().or(g.grade.eq("W").orElse(false)))
      .select((g) => ({
        student_no: g.student_no,
        course_id: g.course_id,
        term_code: g.term_code,
        attempt: g.attempt,
        points: g.points,
        passed: g.points.ge(50).orElse(false),
        band: fn
          .when(g.points.ge(90), "excellent")
          .when(g.points.ge(70), "good")
          .when(g.points.ge(50), "pass")
          .otherwise("fail"),
        examiner: g.examiner.tokenize(pepper),
        graded_on: g.graded_on,
      }))
      .dedupe({ key: (g) => [g.student_no, g.course_id, g.term_code, g.attempt], orderBy: (g) => g.graded_on.desc() })
      .key((g) => [g.student_no, g.course_id, g.term_code, g.attempt])
      .expectOrQuarantine({ in_range: (g) => g.points.between(0, 100).orElse(true), first: (g) => g.attempt.ge(1) }),
    fees: $.fees_raw
      .dedupe({ key: (f) => f.invoice_no, orderBy: (f) => f.due_on.desc() })
      .derive((f) => ({ open: fn.when(f.waived, 0).otherwise(f.charged.minus(f.paid)) }))
      .key((f) => f.invoice_no)
      .expectOrQuarantine({ not_overpaid: (f) => f.open.ge(0) })
      .tags({ domain: "finance" }),
    rooms: $.rooms_raw.key((r) => [r.building, r.room, r.day]).expectOrDrop({ fits: (r) => r.used.le(r.seats) }),
  }))
  .silver(($) => ({
    students_now: $.students
      .where((s) => s.__END_AT.isNull())
      .select((s) => ({
        student_no: s.student_no,
        student: s.email.lower().sha256(pepper),
        domain: s.email.emailDomain(),
        programme: s.programme,
        nationality: s.nationality,
        gender: s.gender.orElse("x"),
        first_term: s.first_term,
        status: s.status,
      }))
      .key((s) => s.student_no)
      .references($.terms, (s) => s.first_term),
    attempts: $.exams
      .lookup(
        $.courses,
        (g) => g.course_id,
        (g, c) => ({ ...g, department: c.department.orElse("?"), credits: c.credits }),
      )
      .lookup(
        $.terms,
        (g) => g.term_code,
        (g, m) => ({ ...g, year: m.year, position: m.position }),
      )
      .derive((g) => ({
        place: fn
          .rowNumber()
          .over({ partitionBy: [g.student_no, g.course_id], orderBy: [g.position.desc(), g.attempt.desc()] }),
        before: g.points.lag().over({ partitionBy: [g.student_no, g.course_id], orderBy: [g.position, g.attempt] }),
      }))
      .derive((g) => ({ better: g.points.gt(g.before) })),
    enrolled: $.enrolments
      .lookup(
        $.courses,
        (e) => e.course_id,
        (e, c) => ({
          student_no: e.student_no,
          course_id: e.course_id,
          term_code: e.term_code,
          enrolled_at: e.at,
          department: c.department.orElse("?"),
        }),
      )
      .asOfJoin($.students, {
        on: (e, s) => e.student_no.eq(s.student_no),
        at: (e) => e.enrolled_at,
        select: (e, s) => ({ ...e, programme: s.programme, status: s.status, gender: s.gender }),
      })
      .key((e) => [e.student_no, e.course_id, e.term_code]),
    never_graded: $.enrolments.antiJoin($.exams, (e, g) =>
      e.student_no.eq(g.student_no).and(e.course_id.eq(g.course_id), e.term_code.eq(g.term_code)),
    ),
  }))
  .gold(($) => ({
    pass_rates: $.attempts
      .groupBy((g) => ({ department: g.department, term_code: g.term_code }))
      .aggregate((g) => ({
        exams: fn.countRows(),
        passed: g.passed.countIf(),
        students: g.student_no.countDistinct(),
        mean_points: g.points.avg(),
        best: g.points.max(),
        credits: g.credits.acknowledgeFanOut().sum().filter(g.passed),
        examiners: g.examiner.countDistinct(),
      }))
      .derive((g) => ({ pass_rate: g.passed.div(g.exams) }))
      .key((g) => [g.department, g.term_code])
      .expect({ rate: (g) => g.pass_rate.le(1) }),
    demand: $.enrolled
      .groupBy((e) => ({ course_id: e.course_id, term_code: e.term_code }))
      .aggregate((e) => ({
        enrolled: e.student_no.count(),
        women: e.gender.eq("f").countIf(),
        programmes: e.programme.countDistinct(),
      }))
      .key((e) => [e.course_id, e.term_code]),
    fees_by_term: $.fees
      .groupBy((f) => ({ term_code: f.term_code }))
      .aggregate((f) => ({
        charged: f.charged.sum(),
        paid: f.paid.sum(),
        open: f.open.sum(),
        late: f.open.gt(0).countIf(),
        payers: f.student_no.countDistinct(),
      }))
      .derive((f) => ({ share_paid: f.paid.div(f.charged).round(4) }))
      .key((f) => f.term_code),
    cohorts: $.students_now
      .groupBy((s) => ({ first_term: s.first_term, programme: s.programme }))
      .aggregate((s) => ({
        size: fn.countRows(),
        graduated: s.status.eq("graduated").countIf(),
        left: s.status.eq("withdrawn").countIf(),
        countries: s.nationality.countDistinct(),
      }))
      .key((s) => [s.first_term, s.programme]),
    seats_by_day: $.rooms
      .groupBy((r) => ({ building: r.building, day: r.day }))
      .aggregate((r) => ({ seats: r.seats.sum(), used: r.used.sum() })),
  }))
  .gold(($) => ({
    retention: $.cohorts
      .lookup(
        $.terms,
        (c) => c.first_term,
        (c, m) => ({ ...c, year: m.year, starts_on: m.starts_on }),
      )
      .groupBy((c) => ({ year: c.year }))
      .aggregate((c) => ({ size: c.size.sum(), graduated: c.graduated.sum(), cohorts: fn.countRows() }))
      .derive((c) => ({ graduation_rate: c.graduated.div(c.size) })),
    occupancy: $.seats_by_day
      .groupBy((r) => ({ building: r.building }))
      .aggregate((r) => ({ seats: r.seats.lastBy(r.day), used: r.used.lastBy(r.day), days: r.day.count() }))
      .derive((r) => ({ share: r.used.div(r.seats) })),
    busiest: $.demand
      .lookup(
        $.courses,
        (d) => d.course_id,
        (d, c) => ({
          course_id: d.course_id,
          term_code: d.term_code,
          enrolled: d.enrolled,
          title: c.title,
          capacity: c.capacity,
        }),
      )
      .derive((d) => ({ full: d.capacity.le(d.enrolled).orElse(false) }))
      .orderBy((d) => [d.enrolled.desc(), d.course_id, d.term_code])
      .limit(10),
    worst: $.pass_rates
      .where((g) => g.pass_rate.lt(0.5))
      .select((g) => ({ department: g.department, term_code: g.term_code, pass_rate: g.pass_rate })),
  }));
