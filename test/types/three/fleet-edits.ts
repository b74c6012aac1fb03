/** Edits of one place of `fleet.ts`, written as those of `market-edits.ts` are. */
export const fleetEdits = `
tsc TYPE006 | fleet | enum literal of other column | x.purpose.ne("private") ==> x.purpose.ne("active")
tsc COL001 | fleet | source col dropped | harsh_brakes: t.int(),⏎ ==> ⏎
METRIC002 | fleet | source unit km | metres: t.bigint().unit("m"), ==> metres: t.bigint().unit("km"),
tsc TYPE003 | fleet | decimal scale above | t.decimal(8, 4).unit("EUR/km") ==> t.decimal(4, 8).unit("EUR/km")
tsc TYPE003 | fleet | decimal no args | amount: t.decimal(10, 2), ==> amount: t.decimal(),
tsc TYPE003 | fleet | decimal fraction prec | parts: t.decimal(10, 2) ==> parts: t.decimal(10.5, 2)
COL002 | fleet | column twice in case | started_at: t.timestamp(),⏎        ended_at ==> started_at: t.timestamp(),⏎        Started_At: t.timestamp(),⏎        ended_at
PII002 | fleet | pii empty | pii("licence") ==> pii("")
tsc PII002 | fleet | pii without label | pii("licence") ==> pii()
ARG001 | fleet | unit empty | unit("s") ==> unit("")
ARG001 | fleet | unit id of | t.int().unit("s") ==> t.int().unit("id of x")
tsc ARG001 | fleet | enum spread | t.enum(["EUR", "CHF"]) ==> t.enum("EUR", "CHF")
tsc SRC002 | fleet | metadata false used | { metadata: true }, ==> { metadata: "yes" },
tsc KEY006 | fleet | scd1 key not id | key: (v) => v.vin, sequenceBy ==> key: (v) => v.plate, sequenceBy
tsc ARG001 | fleet | scd1 key list empty | key: (d) => d.driver_id, ==> key: () => [],
tsc ARG001 | fleet | scd1 no key | key: (v) => v.vin, sequenceBy: (v) => v.updated_at ==> sequenceBy: (v) => v.updated_at
SCD009 | fleet | sequence is key | sequenceBy: (v) => v.updated_at ==> sequenceBy: (v) => v.vin
SCD009 | fleet | sequence boolean | sequenceBy: (d) => d.changed_at ==> sequenceBy: (d) => d.active
PII005 | fleet | sequence pii | sequenceBy: (d) => d.changed_at ==> sequenceBy: (d) => d.born
SCD009 | fleet | sequence const | sequenceBy: (d) => d.changed_at ==> sequenceBy: () => fn.lit(1)
tsc PII005,SCD003 | fleet | sequence nullable | sequenceBy: (d) => d.changed_at ==> sequenceBy: (d) => d.email
tsc EXPR002 | fleet | columns list | columns: ({ licence_no, ...rest }) => rest ==> columns: (d) => [d.driver_id, d.email]
JOIN001,KEY005 | fleet | scd2 key contract | key: (c) => c.vin,⏎      sequenceBy ==> key: (c) => c.contract_id,⏎      sequenceBy
JOIN001,KEY005 | fleet | scd2 key both | key: (c) => c.vin,⏎      sequenceBy ==> key: (c) => [c.vin, c.customer_id],⏎      sequenceBy
KEY004 | fleet | scd2 key twice | key: (c) => c.vin,⏎      sequenceBy ==> key: (c) => [c.vin, c.vin],⏎      sequenceBy
meant | fleet | delete when inverted | deleteWhen: (c) => c.op.eq("D"), ==> deleteWhen: (c) => c.op.ne("D"),
tsc2 EXPR001 | fleet | delete js eq | deleteWhen: (c) => c.op.eq("D"), ==> deleteWhen: (c) => c.op === "D",
tsc ARG001 | fleet | delete misspelt key | deleteWhen: (c) => c.op.eq("D"), ==> deletewhen: (c) => c.op.eq("D"),
meant | fleet | delete removed | deleteWhen: (c) => c.op.eq("D"),⏎ ==> ⏎
KEY005 | fleet | fx dedupe other key | dedupe({ key: (f) => f.day, orderBy ==> dedupe({ key: (f) => f.chf_eur, orderBy
tsc FK001 | fleet | fx no key | .key((f) => f.day),⏎ ==> ,⏎
tsc FN001 | fleet | fx distinct | dedupe({ key: (f) => f.day, orderBy: (f) => f.chf_eur.desc() }) ==> distinct()
guard | fleet | fx order by key | orderBy: (f) => f.chf_eur.desc() }) ==> orderBy: (f) => f.day.desc() })
WIN005 | fleet | dedupe order missing part | orderBy: (x) => [x.started_at.desc(), x.metres.desc()] ==> orderBy: (x) => [x.started_at.desc(), x.started_at]
ARG001 | fleet | dedupe order empty | orderBy: (x) => [x.started_at.desc(), x.metres.desc()] ==> orderBy: () => []
tsc EXPR004 | fleet | where && | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.purpose.ne("private") && x.metres.gt(0))
lint | fleet | where || | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.purpose.ne("private") || x.metres.gt(0))
tsc EXPR001 | fleet | where ! | .where((x) => x.purpose.ne("private")) ==> .where((x) => !x.purpose.eq("private"))
tsc2 EXPR003 | fleet | where != | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.purpose != "private")
tsc EXPR001 | fleet | where array | .where((x) => x.purpose.ne("private")) ==> .where((x) => [x.purpose.ne("private")])
EXPR008 | fleet | where eq const only | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.purpose.ne("private").or(x.purpose.eq("private")))
EXPR008 | fleet | where always | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.purpose.ne("private").or(x.purpose.ne("business")))
EXPR008 | fleet | where never | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.purpose.eq("private").and(x.purpose.eq("business")))
guard | fleet | where not in all | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.purpose.in("private", "business", "unknown"))
EXPR006 | fleet | where null compare | .where((x) => x.purpose.ne("private")) ==> .where((x) => x.driver_id.ne(0))
tsc EXPR005 | fleet | where async | .where((x) => x.purpose.ne("private")) ==> .where(async (x) => x.purpose.ne("private"))
EXPR004 | fleet | where twice lost | .where((x) => x.purpose.ne("private")) ==> .where((x) => { const a = x.metres.gt(0); return x.purpose.ne("private"); })
EXPR004 | fleet | where comma | .where((x) => x.purpose.ne("private")) ==> .where((x) => (x.metres.gt(0), x.purpose.ne("private")))
METRIC008 | fleet | convert wrong factor | .convert("km", "0.001") ==> .convert("km", 1000)
constant | fleet | convert target misspelt | .convert("km", "0.001") ==> .convert("kms", "0.001")
tsc EXPR001 | fleet | convert no rate | .convert("km", "0.001") ==> .convert("km")
METRIC002,METRIC008 | fleet | km cast unit | cast(t.decimal(18, 3).unit("m")).convert ==> cast(t.decimal(18, 3).unit("km")).convert
METRIC002 | fleet | km cast to unit no convert | x.metres.cast(t.decimal(18, 3).unit("m")).convert("km", "0.001") ==> x.metres.cast(t.decimal(18, 3).unit("km"))
meant | fleet | seconds swapped | x.ended_at.secondsSince(x.started_at).orElse(0n) ==> x.started_at.secondsSince(x.ended_at).orElse(0n)
tsc3 EXPR003 | fleet | seconds js minus | x.ended_at.secondsSince(x.started_at).orElse(0n) ==> x.ended_at - x.started_at
tsc TYPE001 | fleet | seconds of days | x.ended_at.secondsSince(x.started_at) ==> x.ended_at.daysSince(x.started_at)
tsc COL001 | fleet | derive col same step | day: x.started_at.toDate(),⏎      }))⏎ ==> day: x.started_at.toDate(), mon: x.day.truncate("month"),⏎      }))⏎
ARG001 | fleet | month of day format wrong | month: x.day.truncate("month"), ==> month: x.day.format("YYYY-MM"),
EXPR009 | fleet | month format minutes | month: x.day.truncate("month"), ==> month: x.day.format("yyyy-mm"),
EXPR008 | fleet | night and | x.started_at.hour().ge(22).or(x.started_at.hour().lt(6)) ==> x.started_at.hour().ge(22).and(x.started_at.hour().lt(6))
lint | fleet | night || | x.started_at.hour().ge(22).or(x.started_at.hour().lt(6)) ==> x.started_at.hour().ge(22) || x.started_at.hour().lt(6)
EXPR008 | fleet | night 24 | x.started_at.hour().ge(22).or ==> x.started_at.hour().ge(24).or
EXPR008 | fleet | night between reversed | x.started_at.hour().ge(22).or(x.started_at.hour().lt(6)) ==> x.started_at.hour().between(22, 6)
tsc TYPE002 | fleet | long text | x.km.gt(100) ==> x.km.gt("hundred")
tsc METRIC002 | fleet | long m | x.km.gt(100) ==> x.metres.gt(x.km)
KEY005 | fleet | trips key vin | .key((x) => x.trip_id)⏎      .references ==> .key((x) => x.vin)⏎      .references
tsc FK001 | fleet | references raw | .references($.vehicles, ==> .references($.vehicles_raw,
tsc FK001 | fleet | references self | .references($.vehicles, (x) => x.vin) ==> .references($.trips_raw, (x) => x.trip_id)
meant | fleet | rule swapped | x.ended_at.ge(x.started_at).orElse(true) ==> x.started_at.ge(x.ended_at).orElse(true)
EXPR007 | fleet | rule itself | x.ended_at.ge(x.started_at).orElse(true) ==> x.ended_at.ge(x.ended_at).orElse(true)
EXPR008 | fleet | rule between reversed | x.km.between(0, 3000) ==> x.km.between(3000, 0)
EXPECT001 | fleet | rule names twice | speed: (x) => x.max_speed.le(250) ==> forwards: (x) => x.max_speed.le(250)
tsc ARG001 | fleet | rule string | speed: (x) => x.max_speed.le(250) ==> speed: "max_speed <= 250"
tsc TEXT001 | fleet | comment number | .comment("trips that are not private") ==> .comment(5)
EXPR014 | fleet | coalesce swapped | fn.coalesce(j.closed_on, j.opened_on) ==> fn.coalesce(j.opened_on, j.closed_on)
tsc EXPR003 | fleet | cost js plus | j.parts.plus(j.labour) ==> j.parts + j.labour
tsc TYPE001 | fleet | cost plus days | j.parts.plus(j.labour) ==> j.parts.plus(j.labour, 1)
tsc TYPE001 | fleet | cost concat | j.parts.plus(j.labour) ==> j.parts.concat(j.labour)
tsc FK001 | fleet | layer fx raw lookup | $.fx,⏎ ==> $.fx_raw,⏎
tsc ARG001 | fleet | mask longer | f.card_no.mask({ showLast: 4 }) ==> f.card_no.mask({ showlast: 4 })
constant | fleet | mask many | f.card_no.mask({ showLast: 4 }) ==> f.card_no.mask({ showLast: 100 })
tsc TYPE002 | fleet | case chf factor swapped | f.amount.convert("EUR", x.chf_eur) ==> f.amount.convert(x.chf_eur, "EUR")
tsc METRIC002 | fleet | case first no unit | f.amount.cast(t.decimal(12, 2).unit("EUR")))⏎ ==> f.amount)⏎
ARG001 | fleet | brand split zero | splitPart(" ", 1) ==> splitPart(" ", 0)
tsc ARG001 | fleet | brand split args | splitPart(" ", 1) ==> splitPart(1, " ")
EXPR008 | fleet | brand lower never | .upper().orElse("OTHER") ==> .upper().eq("aral").orElse(false)
lint | fleet | brand ?? | f.station.splitPart(" ", 1).upper().orElse("OTHER") ==> f.station.splitPart(" ", 1).upper() ?? "OTHER"
ARG001 | fleet | brand substring | splitPart(" ", 1) ==> substring(0, 3)
data | fleet | fuel key | .key((f) => f.receipt_no) ==> .key((f) => f.brand)
tsc KEY001 | fleet | fuel key nullable | .key((f) => f.receipt_no) ==> .key((f) => f.eur)
tsc KEY006 | fleet | asof off key | x.vin.eq(c.vin),⏎        at ==> x.trip_id.eq(c.vin),⏎        at
JOIN001,JOIN004 | fleet | asof on itself | x.vin.eq(c.vin),⏎        at ==> x.vin.eq(x.vin),⏎        at
tsc JOIN003 | fleet | asof at day | at: (x) => x.started_at, ==> at: (x) => x.day,
tsc ARG001 | fleet | asof no at | at: (x) => x.started_at,⏎ ==> ⏎
tsc ARG001 | fleet | asof join | .asOfJoin($.contracts, { ==> .join($.contracts, {
right | fleet | asof filtered | .asOfJoin($.contracts, { ==> .asOfJoin($.contracts.where((c) => c.state.eq("active")), {
JOIN007 | fleet | asof spread all | ...x,⏎          contract_id ==> ...x, ...c,⏎          contract_id
right | fleet | asof on and | x.vin.eq(c.vin),⏎        at ==> x.vin.eq(c.vin).and(c.state.eq("active")),⏎        at
right | fleet | lookup driver null | x.driver_id.orElse(0n) ==> x.driver_id
tsc KEY006 | fleet | lookup drivers cust | x.driver_id.orElse(0n) ==> x.customer_id
right | fleet | driver raw email | d.email.sha256(SALT) ==> d.email
PII004 | fleet | driver salt text | d.email.sha256(SALT) ==> d.email.sha256("pepper")
ARG001 | fleet | driver salt empty | d.email.sha256(SALT) ==> d.email.sha256("")
tsc ARG001 | fleet | driver no salt | d.email.sha256(SALT) ==> d.email.sha256()
ARG001 | fleet | driver declassified empty | d.email.sha256(SALT) ==> d.email.declassify("")
KEY004 | fleet | trip facts key dup | .key((x) => x.trip_id),⏎    contracts_now ==> .key((x) => [x.trip_id, x.trip_id]),⏎    contracts_now
WIN005 | fleet | trip facts key vin | .key((x) => x.trip_id),⏎    contracts_now ==> .key((x) => x.vin),⏎    contracts_now
KEY005 | fleet | contracts now not filtered | $.contracts.where((c) => c.__END_AT.isNull()).key ==> $.contracts.key
KEY005 | fleet | contracts now inverse | c.__END_AT.isNull()) ==> c.__END_AT.isNotNull())
KEY005 | fleet | contracts now state | c.__END_AT.isNull()) ==> c.state.eq("active"))
EXPR008 | fleet | contracts now start | c.__END_AT.isNull()) ==> c.__START_AT.isNull())
tsc FK002,KEY005 | fleet | contracts now key contract | .key((c) => c.vin),⏎    untracked ==> .key((c) => c.contract_id),⏎    untracked
meant | fleet | untracked semi | $.vehicles.antiJoin ==> $.vehicles.semiJoin
JOIN004 | fleet | untracked one side | (v, x) => v.vin.eq(x.vin)).select ==> (v) => v.vin.ne("")).select
JOIN006 | fleet | untracked ne | (v, x) => v.vin.eq(x.vin)).select ==> (v, x) => v.vin.ne(x.vin)).select
meant | fleet | untracked history | $.vehicles.antiJoin($.trips ==> $.vehicles.antiJoin($.contracts
tsc TBL003 | fleet | gold misspelt | km_by_customer_month: $.trip_facts ==> km_by_customer_month: $.trips_facts
tsc EXPR002 | fleet | notnull of col | .whereNotNull((x) => ({ customer_id: x.customer_id })) ==> .whereNotNull((x) => x.customer_id)
KEY002 | fleet | notnull other | .whereNotNull((x) => ({ customer_id: x.customer_id })) ==> .whereNotNull((x) => ({ customer_id: x.contract_id }))
tsc ARG001 | fleet | group by names | groupBy((x) => ({ customer_id: x.customer_id, month: x.month })) ==> groupBy("customer_id", "month")
KEY005 | fleet | group more | groupBy((x) => ({ customer_id: x.customer_id, month: x.month })) ==> groupBy((x) => ({ customer_id: x.customer_id, month: x.month, day: x.day }))
tsc METRIC002 | fleet | sum of plus | km: x.km.sum(),⏎        km_business ==> km: x.km.plus(x.seconds).sum(),⏎        km_business
right | fleet | sum of price times km | km: x.km.sum(),⏎        km_business ==> km: x.extra_km.times(x.km).sum(),⏎        km_business
tsc AGG001 | fleet | plain column | km: x.km.sum(),⏎        km_business ==> km: x.km,⏎        km_business
EXPR008 | fleet | filter never private | x.purpose.eq("business")) ==> x.purpose.eq("private"))
tsc TYPE001 | fleet | filter column | x.km.sum().filter(x.purpose.eq("business")) ==> x.km.sum().filter(x.purpose)
tsc FN001 | fleet | filter before | x.km.sum().filter(x.purpose.eq("business")) ==> x.km.filter(x.purpose.eq("business")).sum()
tsc EXPR001 | fleet | countRows no call | trips: fn.countRows(), ==> trips: fn.countRows,
METRIC006 | fleet | count of flag | long_trips: x.long.countIf(), ==> long_trips: x.long.count(),
METRIC006 | fleet | countDistinct of group | vehicles: x.vin.countDistinct(), ==> vehicles: x.customer_id.countDistinct(),
tsc TYPE001 | fleet | sum of id | vehicles: x.vin.countDistinct(), ==> vehicles: x.vin.sum(),
meant | fleet | count for distinct | vehicles: x.vin.countDistinct(), ==> vehicles: x.vin.count(),
tsc METRIC001 | fleet | fastest sum | fastest: x.max_speed.max(), ==> fastest: x.max_speed.sum(),
tsc FN001 | fleet | first by | first_trip: x.started_at.min(), ==> first_trip: x.started_at.first(),
meant | fleet | ratio swapped | x.km.div(x.trips) ==> x.trips.div(x.km)
tsc3 EXPR003 | fleet | ratio js | x.km.div(x.trips) ==> x.km / x.trips
EXPR007 | fleet | share self | x.km_business.orElse(0).div(x.km) ==> x.km.div(x.km)
EXPR007 | fleet | share zero | x.km_business.orElse(0).div(x.km) ==> x.km_business.orElse(0).div(0)
KEY005 | fleet | gold key less | .key((x) => [x.customer_id, x.month])⏎      .expect ==> .key((x) => x.customer_id)⏎      .expect
KEY005 | fleet | gold key ratio | .key((x) => [x.customer_id, x.month])⏎      .expect ==> .key((x) => [x.customer_id, x.km])⏎      .expect
tsc KEY005 | fleet | gold key && | .key((x) => [x.customer_id, x.month])⏎      .expect ==> .key((x) => x.customer_id && x.month)⏎      .expect
KEY005 | fleet | gold key comma | .key((x) => [x.customer_id, x.month])⏎      .expect ==> .key((x) => (x.customer_id, x.month))⏎      .expect
METRIC001 | fleet | odometer sum | f.odometer.lastBy(f.filled_at) ==> f.odometer.sum()
tsc FN001 | fleet | odometer last | f.odometer.lastBy(f.filled_at) ==> f.odometer.last()
EXPR007 | fleet | odometer by itself | f.odometer.lastBy(f.filled_at) ==> f.odometer.lastBy(f.odometer)
tsc METRIC001,METRIC002 | fleet | odometer plus litres | litres: f.litres.sum(),⏎ ==> litres: f.litres.plus(f.odometer).sum(),⏎
tsc AGG001 | fleet | fills concat | fills: f.receipt_no.count(), ==> fills: f.receipt_no.concat("x"),
right | fleet | depot count group | trips: x.trip_id.count(), ==> trips: x.depot.count(),
tsc EXPR001 | fleet | workshop !warranty | j.warranty.orElse(false).not() ==> !j.warranty
EXPR006 | fleet | workshop warranty null | j.warranty.orElse(false).not() ==> j.warranty.not()
METRIC006 | fleet | workshop open | j.closed_on.isNull().countIf() ==> j.closed_on.isNull().count()
guard | fleet | workshop open count | j.closed_on.isNull().countIf() ==> j.opened_on.isNull().countIf()
tsc FN001 | fleet | workshop avg sum | days: j.days.avg() ==> days: j.days.avg().sum()
WIN002 | fleet | place no order | fn.rowNumber().over({ partitionBy: x.vin, orderBy: x.started_at.desc() }) ==> fn.rowNumber().over({ partitionBy: x.vin })
WIN005 | fleet | place by vin | fn.rowNumber().over({ partitionBy: x.vin, orderBy: x.started_at.desc() }) ==> fn.rowNumber().over({ partitionBy: x.vin, orderBy: x.vin })
guard | fleet | place by key | fn.rowNumber().over({ partitionBy: x.vin, orderBy: x.started_at.desc() }) ==> fn.rowNumber().over({ partitionBy: x.trip_id, orderBy: x.started_at.desc() })
tsc EXPR001 | fleet | place no over | fn.rowNumber().over({ partitionBy: x.vin, orderBy: x.started_at.desc() }) ==> fn.rowNumber()
EXPR008 | fleet | place le 0 | .where((x) => x.place.le(3)) ==> .where((x) => x.place.le(0))
EXPR008 | fleet | place lt 1 | .where((x) => x.place.le(3)) ==> .where((x) => x.place.lt(1))
WIN004 | fleet | frame reversed | start: "unbounded", end: 0 } ==> start: 0, end: -2 }
tsc WIN004 | fleet | frame word | unit: "rows", start: "unbounded" ==> unit: "row", start: "unbounded"
meant | fleet | full one key | f.vin.eq(w.vin).and(f.month.eq(w.month)), ==> f.vin.eq(w.vin),
tsc EXPR004 | fleet | full && | f.vin.eq(w.vin).and(f.month.eq(w.month)), ==> f.vin.eq(w.vin) && f.month.eq(w.month),
JOIN006 | fleet | full or | f.vin.eq(w.vin).and(f.month.eq(w.month)), ==> f.vin.eq(w.vin).or(f.month.eq(w.month)),
EXPR007,JOIN006 | fleet | full self | f.vin.eq(w.vin).and(f.month.eq(w.month)), ==> f.vin.eq(w.vin).and(f.month.eq(f.month)),
meant | fleet | full no coalesce | vin: fn.coalesce(f.vin, w.vin), ==> vin: f.vin,
tsc TYPE001 | fleet | full coalesce cross | month: fn.coalesce(f.month, w.month), ==> month: fn.coalesce(f.month, w.vin),
EXPR007 | fleet | full same twice | month: fn.coalesce(f.month, w.month), ==> month: fn.coalesce(f.month, f.month),
tsc METRIC002 | fleet | full swap | fuel: f.eur.acknowledgeFanOut().orElse(0) ==> fuel: f.litres.acknowledgeFanOut().orElse(0)
tsc METRIC002 | fleet | total litres | c.fuel.plus(c.workshop) ==> c.fuel.plus(c.litres)
EXPR014 | fleet | join for full | $.fuel_by_vehicle_month⏎      .fullJoin( ==> $.fuel_by_vehicle_month⏎      .join(
ARG001 | fleet | limit float | .limit(5) ==> .limit(2.5)
guard | fleet | limit zero | .limit(5) ==> .limit(0)
tsc ARG001 | fleet | order text | .orderBy((k) => [k.km.desc(), k.customer_id, k.month]) ==> .orderBy("km")
tsc2 EXPR003 | fleet | order bool | .orderBy((k) => [k.km.desc(), k.customer_id, k.month]) ==> .orderBy((k) => k.km > 5)
WIN005 | fleet | order partial | .orderBy((k) => [k.km.desc(), k.customer_id, k.month]) ==> .orderBy((k) => [k.km.desc(), k.km])
tsc FN001 | fleet | month max sum | most: c.total.max() ==> most: c.total.max().plus(1)
meant | fleet | month total sum of litres | total: c.total.sum(), vehicles ==> total: c.litres.sum(), vehicles
tsc TYPE001 | fleet | month ratio avg | c.total.div(c.vehicles).round(2) ==> c.total.div(c.month).round(2)
tsc PII001 | fleet | plate in where | make: v.make.upper() ==> make: v.plate.left(1)
JOIN004 | fleet | gold left one side | (v, c) => v.vin.eq(c.vin),⏎        (v, c) => ({ ...v, month ==> (v) => v.vin.eq("V1"),⏎        (v, c) => ({ ...v, month
JOIN007 | fleet | gold left month | (v, c) => ({ ...v, month: c.month, total: c.total }), ==> (v, c) => ({ ...v, ...c }),
tsc TBL001 | fleet | same table again | vehicle_costs: $.vehicles⏎ ==> vehicles: $.vehicles⏎
TBL001 | fleet | same name other case | vehicle_costs: $.vehicles⏎ ==> Cost_per_month: $.vehicles⏎
tsc2 TBL003 | fleet | undefined table | last_trips: $.trip_facts⏎ ==> last_trips: undefined ?? $.trip_factz⏎
tsc2 COL001 | fleet | lookup sides mixed up | (x, d) => ({⏎          ...x,⏎          depot: ==> (d, x) => ({⏎          ...x,⏎          depot:
tsc METRIC001,METRIC002 | fleet | cost minus share | cost: j.parts.plus(j.labour), ==> cost: j.parts.minus(j.parts.div(j.labour)),
tsc LAYER001 | fleet | gold of bronze, which has other columns | trips_by_depot: $.trip_facts⏎ ==> trips_by_depot: $.trips_raw⏎
EXPR008 | fleet | null and compared | forwards: (x) => x.ended_at.ge(x.started_at).orElse(true), ==> forwards: (x) => x.ended_at.isNull().and(x.ended_at.ge(x.started_at)),
`;
