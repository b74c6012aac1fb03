/**
 * Edits of one place of `grid.ts` and `yard.ts`, a line each: what finds it, as in `wrong.ts`, the file, what it is, what stands
 * there ==> what is written instead. A ⏎ is the end of a line. What becomes of the tables after it counts as well.
 */
export const marketEdits = `
tsc FLOW002 | grid | appendFlow with other cols | .appendFlow({ by_hand: source.csv("by_hand/*.csv", reading) }) ==> .appendFlow({ by_hand: source.csv("by_hand/*.csv", { ...reading, extra: t.int() }) })
tsc ARG001 | grid | appendFlow given directly | .appendFlow({ by_hand: source.csv("by_hand/*.csv", reading) }) ==> .appendFlow(source.csv("by_hand/*.csv", reading))
tsc FLOW002 | grid | backfill unit differs | .backfill({ archive: source.parquet("archive/*.parquet", reading) }) ==> .backfill({ archive: source.parquet("archive/*.parquet", { ...reading, kwh: t.decimal(12, 3).unit("MWh") }) })
tsc FLOW002 | grid | backfill nullable | .backfill({ archive: source.parquet("archive/*.parquet", reading) }) ==> .backfill({ archive: source.parquet("archive/*.parquet", { ...reading, quality: reading.quality.nullable() }) })
tsc FLOW002 | grid | backfill lacks | .backfill({ archive: source.parquet("archive/*.parquet", reading) }) ==> .backfill({ archive: source.parquet("archive/*.parquet", { meter_id: reading.meter_id, at: reading.at }) })
tsc TYPE006 | grid | enum misspelt | r.quality.ne("actual") ==> r.quality.ne("Actual")
tsc TYPE006 | grid | enum in side | b.side.eq("buy") ==> b.side.eq("bought")
KEY005 | grid | key of only meter | .key((r) => [r.meter_id, r.at])⏎      .expectOrQuarantine ==> .key((r) => r.meter_id)⏎      .expectOrQuarantine
tsc EXPR001 | grid | minute in list | r.at.minute().in(0, 30) ==> r.at.minute().in([0, 30])
tsc2 EXPR003 | grid | ge text number | half_hour: (r) => r.at.minute().in(0, 30), not_negative: (r) => r.kwh.ge(0) ==> half_hour: (r) => r.at.minute().in(0, 30), not_negative: (r) => r.kwh >= 0
tsc2 TYPE002 | grid | convert unit swapped | .convert("MWh", "0.001") ==> .convert("0.001", "MWh")
METRIC008 | grid | convert without cast | r.kwh.cast(t.decimal(16, 6)).convert("MWh", "0.001") ==> r.kwh.convert("MWh", 1000)
TYPE002 | grid | param misspelt kind | param.timestamp("since", { default: "2024-01-01T00:00:00Z" }) ==> param.timestamp("since", { default: "2024" })
tsc TYPE001 | grid | param date for ts | param.timestamp("since", { default: "2024-01-01T00:00:00Z" }) ==> param.date("since", { default: "2024-01-01" })
tsc ARG001 | grid | param default plain | param.int("most", { default: 500 }) ==> param.int("most", 500)
tsc EXPR001 | grid | dedupe orderBy fwd string | orderBy: (r) => r.received_at.desc() ==> orderBy: (r) => "received_at desc"
tsc EXPR001 | grid | dedupe order desc prop | orderBy: (r) => r.received_at.desc() ==> orderBy: (r) => r.received_at.desc
tsc EXPR001 | grid | dedupe by key list object | dedupe({ key: (r) => [r.meter_id, r.at], ==> dedupe({ key: (r) => ({ meter_id: r.meter_id, at: r.at }),
tsc ARG001 | grid | clusterBy string | .clusterBy((r) => ({ day: r.day })) ==> .clusterBy("day")
EXPR008 | grid | between three | p.price.between(-500, 4000) ==> p.price.between(4000, -500)
tsc KEY006 | grid | price in MWh cmp | p.price.between(-500, 4000) ==> p.price.le(p.area_id)
tsc ARG001 | grid | expectOrFail list | .expectOrFail({ bounded: (p) => p.price.between(-500, 4000) }) ==> .expectOrFail("bounded", (p) => p.price.between(-500, 4000))
tsc EXPR001 | grid | case missing otherwise | fn.when(b.side.eq("buy"), b.mwh).otherwise(b.mwh.negate()) ==> fn.when(b.side.eq("buy"), b.mwh)
EXPR003 | grid | case minus | .otherwise(b.mwh.negate()) ==> .otherwise(-b.mwh)
tsc METRIC001,METRIC002 | grid | case mix units | .otherwise(b.mwh.negate()) ==> .otherwise(b.price)
tsc TYPE001 | grid | seconds of dates | b.period.secondsSince(b.submitted_at) ==> b.period.toDate().secondsSince(b.submitted_at)
tsc TYPE001 | grid | minus timestamps | b.period.secondsSince(b.submitted_at) ==> b.period.minus(b.submitted_at)
tsc COL001 | grid | drop uses missing col | .select(({ note, ...rest }) => rest) ==> .select(({ notes, ...rest }) => rest)
tsc2 COL001 | grid | drop used later | .select(({ note, ...rest }) => rest) ==> .select(({ note, day, ...rest }) => rest)
tsc COL001 | grid | mask unknown column | .mask({ trader: "governance.mask_name" }) ==> .mask({ traders: "governance.mask_name" })
tsc ARG001 | grid | mask a fn | .mask({ trader: "governance.mask_name" }) ==> .mask({ trader: (b) => b.trader.redact() })
tsc AGG001 | grid | aggregate col | $.suppliers_raw.aggregate((s) => ({ last: s.taken_on.max() })) ==> $.suppliers_raw.aggregate((s) => ({ last: s.taken_on }))
tsc EXPR002 | grid | aggregate lastBy | $.suppliers_raw.aggregate((s) => ({ last: s.taken_on.max() })) ==> $.suppliers_raw.aggregate((s) => s.taken_on.max())
JOIN004 | grid | semi on one side | (s, n) => s.taken_on.eq(n.last), ==> (s, n) => s.taken_on.eq(s.taken_on),
tsc TYPE001 | grid | semi on nothing | (s, n) => s.taken_on.eq(n.last), ==> (s, n) => n.last,
tsc ARG001 | grid | changes key string | .changes({⏎        key: (m) => m.meter_id,⏎        sequenceBy: (m) => m.valid_from,⏎        deleteWhen ==> .changes({⏎        key: "meter_id",⏎        sequenceBy: (m) => m.valid_from,⏎        deleteWhen
tsc ARG001 | grid | changes keys (DLT) | .changes({⏎        key: (m) => m.meter_id,⏎        sequenceBy: (m) => m.valid_from,⏎        deleteWhen ==> .changes({⏎        keys: (m) => m.meter_id,⏎        sequenceBy: (m) => m.valid_from,⏎        deleteWhen
tsc ARG001 | grid | changes sequence_by | .changes({⏎        key: (m) => m.meter_id,⏎        sequenceBy: (m) => m.valid_from,⏎        deleteWhen ==> .changes({⏎        key: (m) => m.meter_id,⏎        sequence_by: (m) => m.valid_from,⏎        deleteWhen
tsc ARG001 | grid | applyAsDeletes | deleteWhen: (m) => m.op.eq("D"),⏎        columns: ({ op, ...rest }) => rest,⏎        trackHistory ==> applyAsDeletes: (m) => m.op.eq("D"),⏎        columns: ({ op, ...rest }) => rest,⏎        trackHistory
tsc TYPE006 | grid | delete by DELETE | deleteWhen: (m) => m.op.eq("D"),⏎        columns: ({ op, ...rest }) => rest,⏎        trackHistory ==> deleteWhen: (m) => m.op.eq("DELETE"),⏎        columns: ({ op, ...rest }) => rest,⏎        trackHistory
tsc FLOW004 | grid | track a list | trackHistory: (m) => ({ supplier_id: m.supplier_id, profile: m.profile, area_id: m.area_id }),⏎      })⏎      .backfill ==> trackHistory: (m) => [m.supplier_id, m.profile],⏎      })⏎      .backfill
tsc COL001 | grid | track op (dropped) | trackHistory: (m) => ({ supplier_id: m.supplier_id, profile: m.profile, area_id: m.area_id }),⏎      })⏎      .backfill ==> trackHistory: (m) => ({ op: m.op }),⏎      })⏎      .backfill
tsc ARG001 | grid | except columns | columns: ({ op, ...rest }) => rest,⏎        trackHistory ==> exceptColumns: ["op"],⏎        trackHistory
tsc FLOW001 | grid | backfill a query | old: $.old_meters_raw.changes({ ==> old: $.old_meters_raw, other: $.old_meters_raw.changes({
tsc FLOW004,SCD009 | grid | backfill other seq | old: $.old_meters_raw.changes({⏎          key: (m) => m.meter_id,⏎          sequenceBy: (m) => m.valid_from ==> old: $.old_meters_raw.changes({⏎          key: (m) => m.meter_id,⏎          sequenceBy: (m) => m.meter_id
tsc FLOW004 | grid | backfill other key | old: $.old_meters_raw.changes({⏎          key: (m) => m.meter_id, ==> old: $.old_meters_raw.changes({⏎          key: (m) => m.supplier_id,
tsc AGG001 | grid | snapshot version no agg | version: (s) => s.taken_on.max(), ==> version: (s) => s.taken_on,
tsc ARG001 | grid | snapshot version string | version: (s) => s.taken_on.max(), ==> version: "taken_on",
tsc ARG001 | grid | ignoreNullUpdates names | ignoreNullUpdates: (m) => ({ email: m.email }), ==> ignoreNullUpdates: ["email"],
tsc SCD001 | grid | scd1 query | meters_now: $.meters_raw.changes({ ==> meters_other: $.meters_raw.where((m) => m.op.ne("D")), meters_now: $.meters_raw.changes({
tsc ARG001 | grid | snapshots in place of changes | suppliers: $.suppliers_new.snapshots({ ==> suppliers: $.suppliers_new.changes({
KEY005 | grid | now by active only | s.__END_AT.isNull().and(s.active) ==> s.active
tsc EXPR004 | grid | now by && | s.__END_AT.isNull().and(s.active) ==> s.__END_AT.isNull() && s.active
tsc ARG001 | grid | __END_AT eq null | s.__END_AT.isNull().and(s.active) ==> s.__END_AT.eq(null).and(s.active)
tsc TYPE002 | grid | orElse wrong type | s.margin.orElse(0) ==> s.margin.orElse("0%")
tsc JOIN003 | grid | asOf at day | at: (r) => r.at, ==> at: (r) => r.day,
tsc JOIN001,KEY006 | grid | asOf on supplier | on: (r, m) => r.meter_id.eq(m.meter_id), ==> on: (r, m) => r.meter_id.eq(m.supplier_id),
tsc ARG001 | grid | asOf on object | on: (r, m) => r.meter_id.eq(m.meter_id), ==> on: "meter_id",
tsc JOIN002 | grid | asOf scd1 | .asOfJoin($.meters, { ==> .asOfJoin($.meters_now, {
tsc FK001 | grid | lookup history | .lookup(⏎        $.prices,⏎        (r) => [r.area_id, r.at], ==> .lookup(⏎        $.meters,⏎        (r) => [r.area_id, r.at],
tsc FK002 | grid | lookup key swapped | (r) => [r.area_id, r.at],⏎        (r, p) ==> (r) => [r.at, r.area_id],⏎        (r, p)
tsc FK002 | grid | lookup key one | (r) => [r.area_id, r.at],⏎        (r, p) ==> (r) => r.area_id,⏎        (r, p)
tsc2 ARG001 | grid | lookup as condition | (r) => [r.area_id, r.at],⏎        (r, p) ==> (r, p) => r.area_id.eq(p.area_id),⏎        (r, p)
tsc METRIC001 | grid | cost not summed since rate | cost: r.mwh.times(p.price) ==> cost: p.price
tsc METRIC001,METRIC002 | grid | cost plus | cost: r.mwh.times(p.price) ==> cost: r.mwh.plus(p.price)
tsc EXPR002 | grid | whereNotNull list | .whereNotNull((r) => ({ supplier_id: r.supplier_id, area_id: r.area_id })) ==> .whereNotNull((r) => [r.supplier_id, r.area_id])
tsc2 KEY001 | grid | whereNotNull missing | .whereNotNull((r) => ({ supplier_id: r.supplier_id, area_id: r.area_id })) ==> .where((r) => r.supplier_id.isNotNull())
tsc KEY006 | grid | references wrong col | .references($.suppliers_now, (r) => r.supplier_id) ==> .references($.suppliers_now, (r) => r.area_id)
tsc FK001 | grid | references history | .references($.suppliers_now, (r) => r.supplier_id) ==> .references($.suppliers, (r) => r.supplier_id)
tsc EXPR002 | grid | groupBy list | .groupBy((b) => ({ supplier_id: b.supplier_id, period: b.period })) ==> .groupBy((b) => [b.supplier_id, b.period])
tsc METRIC001,METRIC002 | grid | sum of price | position: b.position.sum(), bids: fn.countRows() ==> position: b.price.sum(), bids: fn.countRows()
tsc FN001 | grid | sum in measure arith | position: b.position.sum(), bids: fn.countRows() ==> position: b.position.sum().div(1000), bids: fn.countRows()
tsc FN001 | grid | count(*) | position: b.position.sum(), bids: fn.countRows() ==> position: b.position.sum(), bids: fn.count("*")
KEY005 | grid | key not group | .key((b) => [b.supplier_id, b.period]) ==> .key((b) => b.supplier_id)
tsc TYPE001 | grid | sum of condition | estimated: r.estimated.countIf() ==> estimated: r.estimated.sum()
tsc FN001 | grid | countDistinct of both | meters: r.meter_id.countDistinct() ==> meters: fn.countDistinct(r.meter_id)
meant | grid | fullJoin key null | supplier_id: fn.coalesce(p.supplier_id, u.supplier_id), ==> supplier_id: p.supplier_id,
tsc FK002,KEY006 | grid | fullJoin coalesce other id | supplier_id: fn.coalesce(p.supplier_id, u.supplier_id), ==> supplier_id: fn.coalesce(p.supplier_id, u.meters),
right | grid | fullJoin no ack | p.position.acknowledgeFanOut().orElse(0) ==> p.position.orElse(0)
meant | grid | fullJoin no orElse | p.position.acknowledgeFanOut().orElse(0) ==> p.position.acknowledgeFanOut()
constant | grid | minus kwh | i.bought.minus(i.used) ==> i.bought.minus(1000)
tsc FN001 | grid | filter on where | guessed: r.mwh.sum().filter(r.estimated) ==> guessed: r.mwh.filter(r.estimated).sum()
EXPR007 | grid | sum of distinct later | share_guessed: r.guessed.orElse(0).div(r.mwh) ==> share_guessed: r.guessed.div(0)
ARG001 | grid | percentile 90 | r.mwh.percentile(0.9) ==> r.mwh.percentile(90)
tsc ARG001 | grid | window string | fn.rowNumber().over({ partitionBy: [b.area_id, b.period], orderBy: b.price }) ==> fn.rowNumber().over("price")
WIN002 | grid | window no order | fn.rowNumber().over({ partitionBy: [b.area_id, b.period], orderBy: b.price }) ==> fn.rowNumber().over({ partitionBy: [b.area_id, b.period] })
tsc ARG001 | grid | window lag(1, order) | b.price.lag().over( ==> b.price.lag(1, 0).over(
tsc PII001 | grid | trader raw | trader: b.trader.tokenize(SALT) ==> trader: b.trader
tsc ARG001 | grid | trader tokenise no salt | trader: b.trader.tokenize(SALT) ==> trader: b.trader.tokenize()
METRIC001 | grid | stored by month sum | stored: s.stored.lastBy(s.day), charged ==> stored: s.stored.sum(), charged
tsc METRIC001 | grid | stored without group | stored: $.storage⏎      .groupBy((s) => ({ day: s.day })) ==> stored: $.storage⏎      .groupBy((s) => ({ site: s.site }))
tsc ARG001 | grid | truncate upper | s.day.truncate("month") ==> s.day.truncate("MONTH")
tsc TYPE001 | grid | truncate hour of day | s.day.truncate("month") ==> s.day.truncate("hour")
tsc UNION001 | grid | union other name | ({ day: s.day, what: fn.lit("storage"), mwh: s.charged }) ==> ({ day: s.day, what: fn.lit("storage"), charged: s.charged })
tsc METRIC002 | grid | union kwh | flows: $.bids⏎      .select((b) => ({ day: b.day, what: fn.lit("bid"), mwh: b.mwh })) ==> flows: $.readings⏎      .select((b) => ({ day: b.day, what: fn.lit("bid"), mwh: b.kwh }))
METRIC001 | grid | union balance | mwh: s.charged }) ==> mwh: s.stored })
tsc TBL003 | grid | silver reads gold | used: $.settled ==> used: $.cost_by_supplier
tsc LAYER001 | grid | gold reads bronze | silent: $.meters_now ==> silent: $.meters_raw
tsc PII001 | grid | email domain raw | m.email.emailDomain() ==> m.email
tsc FN001 | grid | orderBy no limit | .orderBy((p) => p.price.desc())⏎      .limit(10)⏎ ==> .orderBy((p) => p.price.desc())⏎
tsc ARG001 | grid | limit text | .limit(10) ==> .limit("10")
tsc FN001 | grid | map dot | w.tags.entry("station") ==> w.tags.station
tsc FN001 | grid | map brackets | w.tags.entry("station") ==> w.tags["station"]
meant | grid | nullable cond | w.celsius.lt(5).orElse(false) ==> w.celsius.lt(5)
tsc COL001 | yard | metadata off | { metadata: true }, ==> {},
tsc SRC002 | yard | metadata misspelt | { metadata: true }, ==> { metaData: true },
tsc ARG001 | yard | delete when string | deleteWhen: (b) => b.op.eq("D"),⏎      truncateWhen ==> deleteWhen: "op = 'D'",⏎      truncateWhen
tsc2 COL001 | yard | truncate on scd2 | slots: $.slots_new.snapshots({⏎      key: (s) => s.slot_id,⏎      version: (s) => s.taken_on.max(), ==> slots: $.boxes_raw.changes({⏎      key: (s) => s.box_id,⏎      sequenceBy: (s) => s.lsn,⏎      truncateWhen: (s) => s.op.eq("T"),
tsc COL001 | yard | sequence dropped ok | sequenceBy: (h) => h.version, ==> sequenceBy: (h) => h.versions,
tsc TYPE001 | yard | delete not boolean | deleteWhen: (h) => h.lifted, ==> deleteWhen: (h) => h.version,
tsc2 EXPR001 | yard | delete === true | deleteWhen: (h) => h.lifted, ==> deleteWhen: (h) => h.lifted === true,
tsc EXPR001 | yard | delete inverted const | deleteWhen: (h) => h.lifted, ==> deleteWhen: () => true,
tsc SCD008 | yard | expect on changes | .comment("holds of customs") ==> .expect({ a: (h) => h.reason.ne("") })
tsc FN001 | yard | struct field direct | b.lines.at(0).fields.fee ==> b.lines.at(0).fee
tsc FN001 | yard | array index brackets | b.lines.at(0).fields.fee ==> b.lines[0].fee
tsc EXPR001 | yard | array length | b.lines.size() ==> b.lines.length
EXPR008 | yard | between reversed | x.celsius.between(-60, 60) ==> x.celsius.between(60, -60)
tsc FN001 | yard | filter before agg | m.moved_at.min().filter(m.kind.eq("gate_in")) ==> m.moved_at.where(m.kind.eq("gate_in")).min()
tsc TYPE006 | yard | filter enum wrong | m.moved_at.min().filter(m.kind.eq("gate_in")) ==> m.moved_at.min().filter(m.kind.eq("gatein"))
tsc FN001 | yard | gross sum last | gross: m.gross.lastBy(m.moved_at) ==> gross: m.gross.last()
tsc ARG001 | yard | gross lastBy none | gross: m.gross.lastBy(m.moved_at) ==> gross: m.gross.lastBy()
tsc TYPE001 | yard | days minus | s.left.toDate().daysSince(s.came.toDate()) ==> s.left.daysSince(s.came)
meant | yard | days wrong way | s.left.toDate().daysSince(s.came.toDate()) ==> s.came.toDate().daysSince(s.left.toDate())
tsc COL001 | yard | key nullable slot | .key((m) => m.box_id)⏎      .references ==> .key((m) => m.truck_id)⏎      .references
tsc KEY006 | yard | references line | .references($.boxes, (m) => m.box_id) ==> .references($.lines, (m) => m.box_id)
WIN002 | yard | lag default | m.moved_at.lag().over({ partitionBy: m.box_id, orderBy: m.moved_at }) ==> m.moved_at.lag().over({ partitionBy: m.box_id })
tsc FN001 | yard | avg of mean | mean: w.wait.avg(), ==> mean: w.wait.mean(),
tsc FN001 | yard | every misuse | warm: x.warm.every(), ==> warm: x.warm.all(),
right | yard | alarm eq true | x.alarm.orElse(false).countIf() ==> x.alarm.eq(true).countIf()
tsc ARG001 | yard | lookups key | .lookup(⏎        $.boxes,⏎        (s) => s.box_id, ==> .lookup(⏎        $.boxes,⏎        "box_id",
tsc ARG001 | yard | lookups without on | .lookup(⏎        $.boxes,⏎        (s) => s.box_id,⏎        (s, b) ==> .lookup(⏎        $.boxes,⏎        (s, b)
tsc FK001 | yard | lookup of no key | $.slots_now,⏎        (p) => p.slot_id, ==> $.slots,⏎        (p) => p.slot_id,
tsc COL001 | yard | sum of per_day | due: s.due.sum(), ==> due: s.per_day.sum(),
tsc2 METRIC001,METRIC002 | yard | rate lost | due: l.per_day.times( ==> due: l.per_day.plus(
tsc EXPR001 | yard | greatest one list | fn.greatest(s.days.minus(l.free_days.acknowledgeFanOut().orElse(0)), fn.lit(0)) ==> fn.greatest([s.days.minus(l.free_days.acknowledgeFanOut().orElse(0)), 0])
tsc2 EXPR003 | yard | Math.max | fn.greatest(s.days.minus(l.free_days.acknowledgeFanOut().orElse(0)), fn.lit(0)) ==> Math.max(s.days.minus(l.free_days.acknowledgeFanOut().orElse(0)), 0)
tsc KEY006 | yard | semi key mismatch | (p, h) => p.box_id.eq(h.box_id) ==> (p, h) => p.box_id.eq(h.reason)
JOIN004 | yard | semi reversed const | (p, h) => p.box_id.eq(h.box_id) ==> (p, h) => p.box_id.eq("h.box_id")
tsc TYPE001 | yard | anti join id | (s, p) => s.slot_id.eq(p.slot_id) ==> (s, p) => s.slot_id.eq(p.box_id)
right | yard | phone raw | driver: m.phone.orElse("").sha256(SALT) ==> driver: m.phone
right | yard | driver upper | initials: m.driver.redact() ==> initials: m.driver.left(1)
PII004 | yard | sha on null | m.phone.orElse("").sha256(SALT) ==> m.phone.sha256("salt")
METRIC006 | yard | teu sum over history | .aggregate((s) => ({ slots: fn.countRows(), powered: s.powered.countIf() })) ==> .aggregate((s) => ({ slots: fn.countRows(), powered: s.powered.count() }))
tsc METRIC001 | yard | teu summed | .aggregate((s) => ({ slots: fn.countRows(), powered: s.powered.countIf() })) ==> .aggregate((s) => ({ slots: s.teu.sum(), powered: s.powered.countIf() }))
tsc METRIC002 | yard | convert number | h.kwh.convert("MWh", 0.001) ==> h.kwh.div(1000).plus(h.alarms)
KEY005 | yard | slots all versions | $.slots.where((s) => s.__END_AT.isNull()).key((s) => s.slot_id) ==> $.slots.key((s) => s.slot_id)
METRIC007 | yard | bare history count | capacity: $.slots_now⏎ ==> capacity: $.slots⏎
tsc TBL001 | yard | table twice | fees: $.bookings ==> moves: $.bookings
tsc TEXT001 | yard | comment number | .comment("each move of a box") ==> .comment(5)
tsc SET001 | yard | step after setting | .comment("each move of a box") ==> .comment("each move of a box").derive((m) => ({ day: m.moved_at.toDate() }))
tsc EXPR001 | yard | toDate without call | day: w.moved_at.toDate(), kind ==> day: w.moved_at.toDate, kind
tsc ARG001 | yard | date_trunc | hour: x.at.truncate("hour") ==> hour: x.at.truncate("hours")
tsc ARG001 | yard | timestamp cast | hour: x.at.truncate("hour") ==> hour: x.at.cast("date")
constant | yard | box id plain compare | m.kind.in("gate_in", "gate_out") ==> m.box_id.in("gate_in", "gate_out")
`;
