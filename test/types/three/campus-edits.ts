/** Edits of one place of `campus.ts`, written as those of `market-edits.ts` are. */
export const campusEdits = `
PII004 | campus | salt as text const | const pepper = param.secret("pepper", { scope: "campus" }); ==> const pepper = "pepper";
tsc METRIC002 | campus | fees charged plain | charged: t.decimal(9, 2).unit("EUR"), ==> charged: t.decimal(9, 2),
tsc TYPE001 | campus | fees waived string | waived: t.boolean(), ==> waived: t.string(),
meant | campus | fees student as plain | student_no: t.int().id("student"),⏎  term_code ==> student_no: t.int(),⏎  term_code
FLOW002 | campus | fees backfill other | source.csv("archive/fees-*.csv", feeColumns) ==> source.csv("archive/fees-*.csv", { ...feeColumns, charged: t.decimal(8, 2).unit("EUR") })
tsc FLOW002 | campus | fees backfill extra | source.csv("archive/fees-*.csv", feeColumns) ==> source.csv("archive/fees-*.csv", { ...feeColumns, extra: t.int() })
UNION002 | campus | fees backfill same path | source.csv("archive/fees-*.csv", feeColumns) ==> source.csv("fees/*.csv", feeColumns)
ARG001 | campus | fees backfill list | .backfill({ old: source.csv("archive/fees-*.csv", feeColumns) }) ==> .backfill([source.csv("archive/fees-*.csv", feeColumns)])
tsc FN001 | campus | fees backfill misspelt | .backfill({ old ==> .backFill({ old
tsc TYPE006 | campus | students gender no x | gender: t.enum(["f", "m", "x"]).nullable(), ==> gender: t.enum(["f", "m"]).nullable(),
tsc TYPE003 | campus | students status numbers | status: t.enum(["enrolled", "leave", "graduated", "withdrawn"]), ==> status: t.enum([1, 2, 3]),
tsc JOIN003 | campus | students valid_from ntz | valid_from: t.timestamp(), ==> valid_from: t.timestampNtz(),
tsc METRIC001 | campus | courses credits rate | credits: t.decimal(4, 1).unit("ECTS"), ==> credits: t.decimal(4, 1).unit("ECTS").rate(),
tsc TYPE001 | campus | courses tags text | tags: t.array(t.string()), ==> tags: t.string(),
tsc ARG001 | campus | courses tags no element | tags: t.array(t.string()), ==> tags: t.array(),
tsc COL002 | campus | courses type called | capacity: t.int().nullable(), ==> capacity: t.int,
tsc TYPE003 | campus | enrol action as const | action: t.enum(["enrol", "drop"]), ==> action: t.enum("enrol|drop"),
tsc JOIN003 | campus | enrol at date | at: t.timestamp(), ==> at: t.date(),
EXPR008 | campus | grades points scale | points: t.decimal(5, 2).nullable(), ==> points: t.decimal(2, 2).nullable(),
EXPR008 | campus | grades points small | points: t.decimal(5, 2).nullable(), ==> points: t.decimal(3, 2).nullable(),
tsc METRIC001 | campus | rooms used rate | used: t.int().unit("seat").balance(), ==> used: t.int().unit("seat").rate(),
JOIN001,KEY005 | campus | scd2 key name | key: (s) => s.student_no,⏎      sequenceBy ==> key: (s) => s.email,⏎      sequenceBy
tsc JOIN003,PII005 | campus | scd2 seq birth | sequenceBy: (s) => s.valid_from, ==> sequenceBy: (s) => s.birth_date,
tsc JOIN003 | campus | scd2 seq struct | sequenceBy: (s) => s.valid_from, ==> sequenceBy: (s) => fn.struct({ a: s.valid_from, b: s.version }),
tsc COL001 | campus | scd2 columns rename | columns: ({ version, ...rest }) => rest, ==> columns: ({ version, programme, ...rest }) => ({ ...rest, program: programme }),
right | campus | scd2 columns computed | columns: ({ version, ...rest }) => rest, ==> columns: ({ version, ...rest }) => ({ ...rest, email: rest.email.lower() }),
KEY002 | campus | scd2 track one of other | programme: s.programme, status: s.status }),⏎    }) ==> programme: s.programme, status: s.programme }),⏎    })
ARG001 | campus | scd2 track null | trackHistory: (s) => ({ programme: s.programme, status: s.status }), ==> trackHistory: () => ({}),
data | campus | scd1 key two | key: (e) => [e.student_no, e.course_id, e.term_code],⏎      sequenceBy ==> key: (e) => [e.student_no, e.course_id],⏎      sequenceBy
tsc EXPR001 | campus | scd1 key object | key: (e) => [e.student_no, e.course_id, e.term_code],⏎      sequenceBy ==> key: (e) => ({ a: e.student_no, b: e.course_id }),⏎      sequenceBy
SCD009 | campus | scd1 seq key | sequenceBy: (e) => e.at, ==> sequenceBy: (e) => e.term_code,
right | campus | scd1 seq id | sequenceBy: (e) => e.at, ==> sequenceBy: (e) => e.enrolment_id,
EXPR008 | campus | scd1 delete all | e.action.eq("drop"), ==> e.action.in("drop", "enrol"),
EXPR008 | campus | scd1 delete both | e.action.eq("drop"), ==> e.action.eq("drop").or(e.action.eq("enrol")),
EXPR008 | campus | scd1 delete and | e.action.eq("drop"), ==> e.action.eq("drop").and(e.action.eq("enrol")),
tsc COL001 | campus | scd1 delete columns lost | columns: ({ action, ...rest }) => rest, ==> columns: ({ at, action, ...rest }) => rest,
meant | campus | terms days swapped | t.ends_on.daysSince(t.starts_on) ==> t.starts_on.daysSince(t.ends_on)
EXPR007 | campus | terms days same | t.ends_on.daysSince(t.starts_on) ==> t.starts_on.daysSince(t.starts_on)
tsc TYPE001 | campus | terms days minus | t.ends_on.daysSince(t.starts_on) ==> t.ends_on.minus(t.starts_on)
tsc3 KEY006 | campus | terms key title | .key((t) => t.term_code)⏎      .expectOrFail ==> .key((t) => t.title)⏎      .expectOrFail
tsc ARG001 | campus | terms key text | .key((t) => t.term_code)⏎      .expectOrFail ==> .key("term_code")⏎      .expectOrFail
EXPR007 | campus | terms fail self | t.ends_on.gt(t.starts_on) }) ==> t.ends_on.gt(t.ends_on) })
TYPE002 | campus | terms fail text date | t.ends_on.gt(t.starts_on) }) ==> t.ends_on.gt("01/10/2023") })
TYPE002 | campus | terms fail ts | t.ends_on.gt(t.starts_on) }) ==> t.ends_on.gt("2023-10-01T00:00:00Z") })
EXPR012 | campus | terms fail date obj | t.ends_on.gt(t.starts_on) }) ==> t.ends_on.gt(new Date()) })
lint | campus | courses large || | c.capacity.ge(100).orElse(false) ==> c.capacity.ge(100) || false
lint | campus | courses large ?? | c.capacity.ge(100).orElse(false) ==> c.capacity.ge(100) ?? false
tsc TYPE002 | campus | courses large orElse first | c.capacity.ge(100).orElse(false) ==> c.capacity.orElse(false).ge(100)
tsc2 EXPR003 | campus | courses large > | c.capacity.ge(100).orElse(false) ==> c.capacity > 100
tsc FN001 | campus | courses tags includes | c.tags.has("online").orElse(false) ==> c.tags.includes("online")
tsc TYPE002 | campus | courses tags number | c.tags.has("online").orElse(false) ==> c.tags.has(1).orElse(false)
tsc COL001 | campus | courses drop misspelt | .select(({ tags, ...rest }) => rest) ==> .select(({ tag, ...rest }) => rest)
tsc EXPR002 | campus | courses drop keeps | .select(({ tags, ...rest }) => rest) ==> .select(({ tags, ...rest }) => tags)
tsc COL001 | campus | courses drop cap | .select(({ tags, ...rest }) => rest) ==> .select(({ tags, capacity, ...rest }) => rest)
KEY005 | campus | courses dedupe key title | .dedupe({ key: (c) => c.course_id, orderBy: (c) => c.title }) ==> .dedupe({ key: (c) => c.title, orderBy: (c) => c.course_id })
KEY005 | campus | courses dedupe both | .dedupe({ key: (c) => c.course_id, orderBy: (c) => c.title }) ==> .dedupe({ key: (c) => [c.course_id, c.title], orderBy: (c) => c.title })
guard | campus | courses dedupe order const | orderBy: (c) => c.title }) ==> orderBy: () => fn.lit(1) })
guard | campus | courses dedupe order key | orderBy: (c) => c.title }) ==> orderBy: (c) => c.course_id })
tsc EXPR004 | campus | exams where && | g.points.isNotNull().or(g.grade.eq("W").orElse(false)) ==> g.points.isNotNull() && g.grade.eq("W")
EXPR006 | campus | exams where null lost | g.points.isNotNull().or(g.grade.eq("W").orElse(false)) ==> g.grade.ne("W")
EXPR008 | campus | exams where and | g.points.isNotNull().or(g.grade.eq("W").orElse(false)) ==> g.points.isNotNull().and(g.points.isNull())
EXPR008 | campus | exams where or complement | g.points.isNotNull().or(g.grade.eq("W").orElse(false)) ==> g.points.isNotNull().or(g.points.isNull())
EXPR008 | campus | exams where impossible | g.points.isNotNull().or(g.grade.eq("W").orElse(false)) ==> g.points.gt(1000)
lint | campus | exams where js if | .where((g) => g.points.isNotNull().or(g.grade.eq("W").orElse(false))) ==> .where((g) => { if (g.points) return g.points.gt(0); return g.grade.eq("W").orElse(false); })
COL002 | campus | exams name twice | attempt: g.attempt,⏎        points ==> attempt: g.attempt,⏎        Points: g.points,⏎        points
right | campus | exams passed null | passed: g.points.ge(50).orElse(false), ==> passed: g.points.ge(50),
EXPR008 | campus | exams passed 500 | passed: g.points.ge(50).orElse(false), ==> passed: g.points.ge(50000).orElse(false),
tsc TYPE002 | campus | exams passed text | passed: g.points.ge(50).orElse(false), ==> passed: g.points.ge("fifty").orElse(false),
tsc TYPE002 | campus | exams passed orElse text | passed: g.points.ge(50).orElse(false), ==> passed: g.points.ge(50).orElse("no"),
tsc2 EXPR003 | campus | exams passed js | passed: g.points.ge(50).orElse(false), ==> passed: g.points >= 50,
EXPR007 | campus | exams passed self | passed: g.points.ge(50).orElse(false), ==> passed: g.points.ge(g.points).orElse(false),
EXPR008 | campus | band order | .when(g.points.ge(90), "excellent") ==> .when(g.points.ge(60), "excellent")
EXPR008 | campus | band dup | .when(g.points.ge(70), "good") ==> .when(g.points.ge(90), "good")
EXPR008 | campus | band dead | .when(g.points.ge(70), "good") ==> .when(g.points.ge(95), "good")
tsc TYPE001 | campus | band number | .when(g.points.ge(70), "good") ==> .when(g.points.ge(70), 2)
tsc EXPR001 | campus | band swapped | .when(g.points.ge(70), "good") ==> .when("good", g.points.ge(70))
EXPR008 | campus | band lt | .when(g.points.ge(90), "excellent") ==> .when(g.points.lt(90), "excellent")
tsc FN001 | campus | band otherwise fn | .otherwise("fail"), ==> .else("fail"),
guard | campus | band same value | .when(g.points.ge(50), "pass") ==> .when(g.points.ge(50), "good")
right | campus | examiner raw | examiner: g.examiner.tokenize(pepper), ==> examiner: g.examiner,
tsc ARG001 | campus | examiner no salt | examiner: g.examiner.tokenize(pepper), ==> examiner: g.examiner.tokenize(),
tsc TYPE001 | campus | examiner hash id | examiner: g.examiner.tokenize(pepper), ==> examiner: g.student_no.tokenize(pepper),
KEY005 | campus | exams dedupe fewer | .dedupe({ key: (g) => [g.student_no, g.course_id, g.term_code, g.attempt], ==> .dedupe({ key: (g) => [g.student_no, g.course_id, g.term_code],
KEY005 | campus | exams dedupe more | .dedupe({ key: (g) => [g.student_no, g.course_id, g.term_code, g.attempt], ==> .dedupe({ key: (g) => [g.student_no, g.course_id, g.term_code, g.attempt, g.examiner],
KEY005 | campus | exams key fewer | .key((g) => [g.student_no, g.course_id, g.term_code, g.attempt])⏎ ==> .key((g) => [g.student_no, g.course_id, g.term_code])⏎
right | campus | exams key reordered | .key((g) => [g.student_no, g.course_id, g.term_code, g.attempt])⏎ ==> .key((g) => [g.attempt, g.student_no, g.course_id, g.term_code])⏎
KEY005 | campus | exams key graded | .key((g) => [g.student_no, g.course_id, g.term_code, g.attempt])⏎ ==> .key((g) => [g.student_no, g.course_id, g.term_code, g.graded_on])⏎
EXPR008 | campus | exams range reversed | g.points.between(0, 100).orElse(true) ==> g.points.between(100, 0).orElse(true)
tsc TYPE001 | campus | exams range one | g.points.between(0, 100).orElse(true) ==> g.points.between(0).orElse(true)
TYPE002 | campus | exams first overflow | g.attempt.ge(1) }) ==> g.attempt.ge(100000) })
tsc TYPE001 | campus | exams first and extra | g.attempt.ge(1) }) ==> g.attempt.ge(1, 5) })
tsc2 EXPR001 | campus | fees open swapped | fn.when(f.waived, 0).otherwise ==> fn.when(0, f.waived).otherwise
tsc EXPR001 | campus | fees open !waived | fn.when(f.waived, 0) ==> fn.when(!f.waived, 0)
tsc2 EXPR003 | campus | fees open js | f.charged.minus(f.paid) ==> f.charged - f.paid
tsc TYPE001 | campus | fees open ts | f.charged.minus(f.paid) ==> f.charged.minus(f.due_on)
EXPR007 | campus | fees open same | f.charged.minus(f.paid) ==> f.charged.minus(f.charged)
tsc TYPE001 | campus | fees minus three | f.charged.minus(f.paid) ==> f.charged.minus(f.paid, f.paid)
tsc FN001 | campus | fees dedupe order asc | orderBy: (f) => f.due_on.desc() }) ==> orderBy: (f) => f.due_on.reverse() })
KEY005 | campus | fees dedupe key student | key: (f) => f.invoice_no, orderBy ==> key: (f) => f.student_no, orderBy
guard | campus | fees over nothing | { not_overpaid: (f) => f.open.ge(0) } ==> {}
tsc ARG001 | campus | fees over list | { not_overpaid: (f) => f.open.ge(0) } ==> [(f) => f.open.ge(0)]
tsc TEXT001 | campus | fees tags number | .tags({ domain: "finance" }) ==> .tags({ domain: 1 })
data | campus | rooms key fewer | .key((r) => [r.building, r.room, r.day]) ==> .key((r) => [r.room, r.day])
METRIC005 | campus | rooms key balance | .key((r) => [r.building, r.room, r.day]) ==> .key((r) => [r.building, r.room, r.day, r.seats])
EXPR007 | campus | rooms fits self | r.used.le(r.seats) ==> r.used.le(r.used)
KEY005 | campus | now is start | s.__END_AT.isNull()) ==> s.__START_AT.isNotNull())
tsc COL001 | campus | now misspelt | s.__END_AT.isNull()) ==> s.__END_DATE.isNull())
KEY005 | campus | now history lost | .where((s) => s.__END_AT.isNull())⏎ ==> ⏎
tsc EXPR001 | campus | now undefined | s.__END_AT.isNull()) ==> s.__END_AT.eq(undefined))
KEY005 | campus | now key student | .key((s) => s.student_no)⏎      .references ==> .key((s) => s.student)⏎      .references
tsc KEY006 | campus | now ref course | .references($.terms, (s) => s.first_term) ==> .references($.courses, (s) => s.first_term)
tsc FK002 | campus | now ref two | .references($.terms, (s) => s.first_term) ==> .references($.terms, (s) => [s.first_term, s.programme])
tsc REL001 | campus | now ref swapped | .references($.terms, (s) => s.first_term) ==> .references((s) => s.first_term, $.terms)
tsc KEY001 | campus | attempts lookup no null | c.department.orElse("?"), credits: c.credits }) ==> c.department, credits: c.credits })
tsc EXPR001 | campus | place partition text | partitionBy: [g.student_no, g.course_id], orderBy: [g.position.desc(), ==> partitionBy: ["student_no"], orderBy: [g.position.desc(),
WIN005 | campus | place order by partition | orderBy: [g.position.desc(), g.attempt.desc()] ==> orderBy: [g.course_id, g.student_no]
WIN005 | campus | place order twice | orderBy: [g.position.desc(), g.attempt.desc()] ==> orderBy: [g.position.desc(), g.position]
WIN005 | campus | lag by partition | orderBy: [g.position, g.attempt] ==> orderBy: g.course_id
guard | campus | lag offset | g.points.lag() ==> g.points.lag(0)
ARG001 | campus | lag negative | g.points.lag() ==> g.points.lag(-1)
tsc ARG001 | campus | lag default | g.points.lag() ==> g.points.lag(1, 0)
tsc EXPR001 | campus | lag no over | .lag().over({ partitionBy: [g.student_no, g.course_id], orderBy: [g.position, g.attempt] }) ==> .lag()
EXPR007 | campus | better itself | g.points.gt(g.before) ==> g.points.gt(g.points)
tsc FK001 | campus | enrolled lookup students | .lookup(⏎        $.courses,⏎        (e) => e.course_id,⏎        (e, c) => ({ ==> .lookup(⏎        $.students,⏎        (e) => e.student_no,⏎        (e, c) => ({
tsc TYPE001 | campus | enrolled asof id | on: (e, s) => e.student_no.eq(s.student_no), ==> on: (e, s) => e.course_id.eq(s.student_no),
JOIN001 | campus | enrolled asof first_term | on: (e, s) => e.student_no.eq(s.student_no), ==> on: (e, s) => e.term_code.eq(s.first_term),
JOIN001 | campus | enrolled asof more | on: (e, s) => e.student_no.eq(s.student_no), ==> on: (e, s) => e.student_no.eq(s.student_no).or(e.term_code.eq(s.first_term)),
JOIN001 | campus | enrolled asof ne | on: (e, s) => e.student_no.eq(s.student_no), ==> on: (e, s) => e.student_no.ge(s.student_no),
tsc EXPR001 | campus | enrolled at const | at: (e) => e.enrolled_at, ==> at: () => new Date(),
right | campus | enrolled at lit | at: (e) => e.enrolled_at, ==> at: () => fn.lit("2024-01-01T00:00:00Z", t.timestamp()),
tsc TBL003 | campus | enrolled asof now | .asOfJoin($.students, { ==> .asOfJoin($.students_now, {
TYPE002 | campus | enrolled select start | status: s.status, gender: s.gender }),⏎ ==> status: s.status, gender: s.__START_AT }),⏎
KEY005 | campus | enrolled key less | .key((e) => [e.student_no, e.course_id, e.term_code]),⏎    never ==> .key((e) => [e.student_no, e.course_id]),⏎    never
tsc KEY006 | campus | never cross | e.course_id.eq(g.course_id), e.term_code.eq(g.term_code)) ==> e.course_id.eq(g.term_code), e.term_code.eq(g.term_code))
EXPR007 | campus | never self cmp | e.course_id.eq(g.course_id), e.term_code.eq(g.term_code)) ==> e.course_id.eq(e.course_id), e.term_code.eq(g.term_code))
guard | campus | never same twice | e.course_id.eq(g.course_id), e.term_code.eq(g.term_code)) ==> e.course_id.eq(g.course_id), e.course_id.eq(g.course_id))
tsc TBL003 | campus | never table | $.enrolments.antiJoin($.exams ==> $.enrolments.antiJoin($.grades
tsc EXPR002 | campus | rates group cond | groupBy((g) => ({ department: g.department, term_code: g.term_code })) ==> groupBy((g) => g.department.eq("cs"))
tsc COL002 | campus | rates group pass | groupBy((g) => ({ department: g.department, term_code: g.term_code })) ==> groupBy((g) => ({ department: g.department, term_code: g.term_code, passed: g.passed }))
METRIC006 | campus | rates passed count | passed: g.passed.countIf(), ==> passed: g.passed.count(),
tsc TYPE001 | campus | rates passed sum | passed: g.passed.countIf(), ==> passed: g.passed.sum(),
tsc FN001 | campus | rates passed every | passed: g.passed.countIf(), ==> passed: g.passed.filter(g.passed).countIf(),
tsc METRIC005 | campus | rates students avg | students: g.student_no.countDistinct(),⏎        mean ==> students: g.student_no.avg(),⏎        mean
ARG001 | campus | rates mean median | mean_points: g.points.avg(), ==> mean_points: g.points.percentile(50),
tsc TYPE001 | campus | rates mean of text | mean_points: g.points.avg(), ==> mean_points: g.band.avg(),
tsc METRIC001 | campus | rates mean lag | mean_points: g.points.avg(), ==> mean_points: g.before.sum(),
tsc AGG001 | campus | rates best fn | best: g.points.max(), ==> best: fn.greatest(g.points, g.before),
tsc2 EXPR003 | campus | rates best js | best: g.points.max(), ==> best: Math.max(g.points),
tsc METRIC001 | campus | rates credits avg | g.credits.acknowledgeFanOut().sum() ==> g.credits.avg()
tsc TYPE001 | campus | rates credits arg | .sum().filter(g.passed), ==> .sum(g.passed),
EXPR008 | campus | rates credits filter band | .sum().filter(g.passed), ==> .sum().filter(g.band.eq("passed")),
tsc EXPR001 | campus | rates examiners max | examiners: g.examiner.countDistinct(), ==> examiners: g.examiner.countDistinct,
EXPR007 | campus | rates rate swapped | pass_rate: g.passed.div(g.exams) })) ==> pass_rate: g.exams.div(g.exams) }))
tsc3 EXPR003 | campus | rates rate js | pass_rate: g.passed.div(g.exams) })) ==> pass_rate: g.passed / g.exams }))
tsc METRIC002 | campus | rates rate credits | pass_rate: g.passed.div(g.exams) })) ==> pass_rate: g.passed.plus(g.credits) }))
tsc TYPE001 | campus | rates avg flag | best: g.points.max(), ==> best: g.passed.avg(),
KEY005 | campus | rates key less | .key((g) => [g.department, g.term_code])⏎      .expect ==> .key((g) => g.department)⏎      .expect
guard | campus | rates key more | .key((g) => [g.department, g.term_code])⏎      .expect ==> .key((g) => [g.department, g.term_code, g.exams])⏎      .expect
EXPR008 | campus | rates rule range | g.pass_rate.le(1) ==> g.pass_rate.between(1, 0)
tsc TBL003 | campus | demand silver name | demand: $.enrolled ==> demand: $.enrolment
METRIC006 | campus | demand women count | e.gender.eq("f").countIf() ==> e.gender.eq("f").count()
tsc EXPR001 | campus | demand women filter | e.gender.eq("f").countIf() ==> e.gender.count().filter("f")
tsc2 EXPR001 | campus | demand women js | e.gender.eq("f").countIf() ==> e.gender === "f"
EXPR008 | campus | demand women two | e.gender.eq("f").countIf() ==> e.gender.eq("f").and(e.gender.eq("m")).countIf()
EXPR008 | campus | demand women dup | e.gender.eq("f").countIf() ==> e.gender.isNotNull().and(e.gender.isNull()).countIf()
METRIC006 | campus | demand programmes max | programmes: e.programme.countDistinct() ==> programmes: e.course_id.countDistinct()
METRIC006 | campus | fees term | groupBy((f) => ({ term_code: f.term_code })) ==> groupBy((f) => ({ term_code: f.invoice_no }))
EXPR008 | campus | fees late neg | late: f.open.gt(0).countIf() ==> late: f.open.lt(0).and(f.open.gt(0)).countIf()
ARG001 | campus | fees share swapped | f.paid.div(f.charged).round(4) ==> f.paid.div(f.charged).round(-4)
ARG001 | campus | fees share frac | f.paid.div(f.charged).round(4) ==> f.paid.div(f.charged).round(0.5)
tsc METRIC002 | campus | fees share mod | f.paid.div(f.charged).round(4) ==> f.paid.div(f.late).plus(f.charged.div(f.paid))
METRIC007 | campus | cohort history | cohorts: $.students_now ==> cohorts: $.students
tsc TYPE006 | campus | cohort grad misspelt | s.status.eq("graduated").countIf() ==> s.status.eq("graduate").countIf()
EXPR009 | campus | cohort left like | s.status.eq("withdrawn").countIf() ==> s.status.like("withdr").countIf()
EXPR008 | campus | cohort left upper | s.status.eq("withdrawn").countIf() ==> s.status.upper().eq("withdrawn").countIf()
EXPR008 | campus | cohort left starts | s.status.eq("withdrawn").countIf() ==> s.status.startsWith("W").countIf()
guard | campus | cohort left contains all | s.status.eq("withdrawn").countIf() ==> s.status.in("enrolled", "leave", "graduated", "withdrawn").countIf()
EXPR008 | campus | cohort left ne | s.status.eq("withdrawn").countIf() ==> s.status.ne("withdrawn").or(s.status.ne("leave")).countIf()
tsc AGG001 | campus | cohort countries domain | countries: s.nationality.countDistinct() ==> countries: s.nationality.upper()
KEY005,METRIC005 | campus | cohort key size | .key((s) => [s.first_term, s.programme]) ==> .key((s) => [s.first_term, s.size])
METRIC001 | campus | seats month | groupBy((r) => ({ building: r.building, day: r.day })) ==> groupBy((r) => ({ building: r.building, day: r.day.truncate("month") }))
tsc TYPE001 | campus | seats avg | seats: r.seats.sum(), used: r.used.sum() ==> seats: r.seats.sum(), used: r.used.plus(r.room).sum()
tsc KEY006 | campus | retention lookup | (c) => c.first_term,⏎        (c, m) ==> (c) => c.programme,⏎        (c, m)
tsc METRIC001 | campus | retention sum distinct | size: c.size.sum(), graduated: c.graduated.sum() ==> size: c.countries.sum(), graduated: c.graduated.sum()
METRIC004 | campus | retention avg | size: c.size.sum(), graduated: c.graduated.sum() ==> size: c.size.sum(), graduated: c.graduated.div(c.size).avg()
EXPR007 | campus | retention rate const | c.graduated.div(c.size) })) ==> c.graduated.div(0.0) }))
tsc METRIC001 | campus | occupancy sum | seats: r.seats.lastBy(r.day), used ==> seats: r.seats.sum(), used
right | campus | occupancy avg | seats: r.seats.lastBy(r.day), used ==> seats: r.seats.avg(), used
meant | campus | occupancy by used | seats: r.seats.lastBy(r.day), used ==> seats: r.seats.lastBy(r.used), used
WIN005 | campus | occupancy by building | seats: r.seats.lastBy(r.day), used ==> seats: r.seats.lastBy(r.building), used
guard | campus | busiest cap null | d.capacity.le(d.enrolled).orElse(false) ==> d.capacity.le(d.enrolled).or(false)
tsc TYPE002 | campus | busiest cap not | d.capacity.le(d.enrolled).orElse(false) ==> d.capacity.le(d.enrolled).not().orElse(0)
WIN005 | campus | busiest order | [d.enrolled.desc(), d.course_id, d.term_code] ==> [d.enrolled.desc(), d.course_id, d.course_id]
right | campus | busiest order neg | [d.enrolled.desc(), d.course_id, d.term_code] ==> [d.enrolled.negate(), d.course_id, d.term_code]
ARG001 | campus | busiest limit neg | .limit(10), ==> .limit(-10),
tsc ARG001 | campus | busiest limit big | .limit(10), ==> .limit(10n),
right | campus | worst text | g.pass_rate.lt(0.5)) ==> g.pass_rate.lt("0.5"))
EXPR008 | campus | worst pct | g.pass_rate.lt(0.5)) ==> g.pass_rate.lt(0.5).and(g.pass_rate.gt(0.9)))
METRIC009 | campus | occupancy of one building | .groupBy((r) => ({ building: r.building }))⏎      .aggregate((r) => ({ seats: r.seats.lastBy ==> .aggregate((r) => ({ seats: r.seats.lastBy
right | campus | occupancy of a named building | $.seats_by_day⏎      .groupBy((r) => ({ building: r.building }))⏎      .aggregate ==> $.seats_by_day⏎      .where((r) => r.building.eq("A"))⏎      .aggregate
METRIC009 | campus | seats of one room | .aggregate((r) => ({ seats: r.seats.sum(), used: r.used.sum() })), ==> .aggregate((r) => ({ seats: r.seats.lastBy(r.day), used: r.used.sum() })),
EXPR015 | campus | demand group as text | groupBy((e) => ({ course_id: e.course_id, term_code: e.term_code })) ==> groupBy((e) => ({ course_id: e.course_id, term_code: e.term_code, programme: "programme" }))
EXPR015 | campus | worst column as text | department: g.department, term_code: g.term_code, pass_rate: g.pass_rate }) ==> department: "department", term_code: g.term_code, pass_rate: g.pass_rate })
right | campus | worst text of another name | department: g.department, term_code: g.term_code, pass_rate: g.pass_rate }) ==> measure: "pass_rate", term_code: g.term_code, value: g.pass_rate })
TYPE002 | campus | terms year month swapped | year: t.starts_on.year(), ==> year: fn.makeDate(1, 2024, 1).year(),
TYPE002 | campus | terms no such day | year: t.starts_on.year(), ==> year: fn.makeDate(t.starts_on.year(), 2, 30).year(),
right | campus | terms last day | year: t.starts_on.year(), ==> year: fn.makeDate(t.starts_on.year(), 2, 29).year(),
ARG001 | campus | busiest limit beyond int | .limit(10), ==> .limit(3000000000),
tsc COL002 | campus | rooms declared without columns | rooms_raw: source.csv("rooms/*.csv", {⏎      building: t.string(),⏎      room: t.string(),⏎      day: t.date(),⏎      seats: t.int().unit("seat").balance(),⏎      used: t.int().unit("seat").balance(),⏎    }), ==> rooms_raw: source.csv("rooms/*.csv", {}),
tsc | campus | courses key as object | .key((c) => c.course_id),⏎    exams ==> .key((c) => ({ course_id: c.course_id })),⏎    exams
tsc ARG001 | campus | gold with an argument more | .select((g) => ({ department: g.department, term_code: g.term_code, pass_rate: g.pass_rate })),⏎  })); ==> .select((g) => ({ department: g.department, term_code: g.term_code, pass_rate: g.pass_rate })),⏎  }), "daily");
`;
