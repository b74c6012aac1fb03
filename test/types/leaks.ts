/** Ways to get personal data into gold: each with what finds it. */

export interface Leak {
  readonly what: string;
  /** The query of a gold table over `leakBase`. */
  readonly query: string;
  /** `PII001`: a compile error as well. The rest is found by the analyzers or the builder alone. */
  readonly verdict: "PII001" | "PII005" | "ARG001" | "SQL001" | { readonly cannot: string };
}

export const leakBase = (query: string): string => `import { fn, param, pipeline, source, sql, t } from "medallion";

export default pipeline("leaks")
  .bronze({
    people_raw: source.json("people/*.json", {
      id: t.bigint(),
      email: t.string().pii("email"),
      nick: t.string().nullable().pii("name"),
      name: t.string().pii("name"),
      country: t.string(),
      born: t.date().pii("birth"),
      salary: t.decimal(12, 2).pii("income"),
      ill: t.boolean().pii("health"),
      changed_at: t.timestamp(),
      payload: t.variant().pii("payload"),
      phones: t.map(t.string(), t.string().pii("phone")),
      by_phone: t.map(t.string().pii("phone"), t.int()),
      mails: t.array(t.string().pii("email")),
      home: t.struct({ street: t.string().pii("street"), city: t.string() }),
    }, { metadata: true }),
    twins_raw: source.json("twins/*.json", { id: t.bigint(), email: t.string() }),
    orders_raw: source.json("orders/*.json", {
      id: t.bigint(),
      person: t.bigint(),
      buyer: t.string().pii("email"),
      at: t.timestamp(),
      told_at: t.timestamp().pii("birth"),
    }),
  })
  .silver(($) => ({
    people: $.people_raw.key((p) => p.id),
    orders: $.orders_raw.key((o) => o.id),
    twins: $.twins_raw,
    members: $.people_raw
      .dedupe({ key: (p) => p.email, orderBy: (p) => p.id })
      .select((p) => ({ email: p.email, segment: p.country }))
      .key((p) => p.email),
  }))
  .scd2(($) => ({
    history: $.people_raw.changes({ key: (p) => p.id, sequenceBy: (p) => p.changed_at }),
    by_birth: $.people_raw.changes({ key: (p) => p.id, sequenceBy: (p) => p.born, columns: (p) => ({ id: p.id }) }),
    moves: $.people_raw.changes({
      key: (p) => p.id,
      sequenceBy: (p) => p.changed_at,
      trackHistory: (p) => ({ home: p.home }),
    }),
    states: $.people_raw.snapshots({ key: (p) => p.id, version: (p) => p.born.max(), columns: (p) => ({ id: p.id }) }),
  }))
  .gold(($) => ({
    g: ${query},
  }));
`;

const SALT = 'param.secret("salt", { scope: "governance" })';
const leak = (verdict: Leak["verdict"], what: string, query: string): Leak => ({ what, query, verdict });
/** A column of people. */
const column = (verdict: Leak["verdict"], what: string, expression: string): Leak =>
  leak(verdict, what, `$.people.select((p) => ({ x: ${expression} }))`);
/** A measure of people of one country. */
const measure = (verdict: Leak["verdict"], what: string, expression: string): Leak =>
  leak(verdict, what, `$.people.groupBy((p) => ({ country: p.country })).aggregate((p) => ({ x: ${expression} }))`);
/** Who of the people is there. */
const rows = (verdict: Leak["verdict"], what: string, step: string): Leak =>
  leak(verdict, what, `$.people${step}.select((p) => ({ id: p.id }))`);
const raw = (what: string, text: string): Leak =>
  leak("SQL001", what, `$.people.select(() => ({ x: sql(t.string())\`${text}\` }))`);

const values: readonly Leak[] = [
  column("PII001", "the value of another row", "p.email.lag().over({ orderBy: p.id })"),
  column("PII001", "a rank", "fn.rank().over({ orderBy: p.salary.desc().nullsLast() })"),
  column("PII001", "a rank by several columns", "fn.denseRank().over({ orderBy: [p.id, p.salary] })"),
  column("PII001", "the neighbour in an order", "p.id.lag().over({ orderBy: p.salary })"),
  column("PII001", "the first in an order", "p.id.firstValue().over({ orderBy: p.salary })"),
  column("PII001", "a running count", "fn.countRows().over({ orderBy: p.salary })"),
  column("PII001", "the keys of a map", "p.by_phone.keys()"),
  column("PII001", "a map of labelled keys", "p.by_phone"),
  column("PII001", "whether a map has a key", 'p.by_phone.has("112")'),
  column("PII001", "the value of a labelled key", 'p.by_phone.entry("112")'),
  column("PII001", "how many keys a map has", "p.by_phone.size()"),
  column("PII001", "a value of a map", 'p.phones.entry("home")'),
  column("PII001", "whether an array has a value", 'p.mails.has("a@b")'),
  column("PII001", "how long an array is", "p.mails.size()"),
  column("PII001", "an array as a text", 'p.mails.joinText(",")'),
  column("PII001", "a struct in a struct", "fn.struct({ a: fn.struct({ b: p.email }) }).fields.a"),
  column("PII001", "whether a struct of it is null", "fn.struct({ a: p.id, b: p.email }).isNull()"),
  column(
    "PII001",
    "a field beside it, in a case",
    'fn.when(p.email.eq("a"), fn.struct({ a: p.id })).otherwise(null).fields.a',
  ),
  column("PII001", "a part of JSON", 'p.email.jsonText("$.a")'),
  column("PII001", "a part of a variant", 'p.payload.variantText("$.email")'),
  column("PII001", "a variant as a struct", "p.payload.cast(t.struct({ a: t.string() })).fields.a"),
  column("PII001", "a date there and back", "p.born.cast(t.string()).cast(t.date()).year()"),
  column("PII001", "a number in parts", 'p.salary.cast(t.string()).splitPart(".", 1).tryCast(t.int())'),
  column("PII001", "whether it reads as a number", "p.email.tryCast(t.int()).isNull()"),
  column("PII001", "a case in a case", 'fn.when(p.id.gt(1), fn.when(p.email.like("a%"), 1).otherwise(0)).otherwise(2)'),
  column("PII001", "characters of it", "p.email.left(5).right(2).substring(1, 1).upper()"),
  column("PII001", "a pattern in it", 'p.email.regexpExtract("([a-z]+)@", 1)'),
  column("PII001", "other letters for its own", 'p.email.translate("ab", "cd")'),
  column("PII001", "where it stands in another", "p.country.position(p.email)"),
  column("PII001", "whether another holds it", "p.country.contains(p.email)"),
  column("PII001", "whether it is in a list", 'p.email.in("a", "b")'),
  column("PII001", "days that it adds", "p.changed_at.toDate().addDays(p.salary.cast(t.int()))"),
  column("PII001", "the greater of it and a constant", "fn.greatest(p.salary, 0)"),
  column("PII001", "a hash without a salt", "p.email.md5()"),
  column("PII001", "another hash without a salt", "p.email.sha1()"),
  column("ARG001", "a hash with an empty salt", 'p.email.sha256("")'),
  column("ARG001", "a token with an empty salt", 'p.email.tokenize("")'),
  column("ARG001", "a reason of blanks", 'p.email.declassify("  ")'),
  column("PII001", "a value of the rescued data", 'p._rescued_data.jsonText("$.email")'),
  column("PII001", "whether anything was rescued", "p._rescued_data.isNotNull()"),
  column("PII001", "a field in raw SQL", "sql(t.string())`${p.home}.city`"),
  column("PII001", "an element in raw SQL", "sql(t.string())`element_at(${p.phones}, 'home')`"),
  column("PII001", "a lambda in raw SQL", "sql(t.array(t.string()))`transform(${p.mails}, email -> email)`"),
];

const measures: readonly Leak[] = [
  measure("PII001", "conditions in a list", 'p.email.eq("a").arrayAgg()'),
  measure("PII001", "texts in a list", "p.email.lower().arrayAgg()"),
  measure("PII001", "the median", "p.salary.median()"),
  measure("PII001", "a percentile", "p.salary.percentile(0.9)"),
  measure("PII001", "the deviation", "p.salary.stddev()"),
  measure("PII001", "the least", "p.born.min()"),
  measure("PII001", "whether all are", "p.salary.gt(1).every()"),
  measure("PII001", "how many are", 'p.email.like("a%").countIf()'),
  measure("PII001", "the row of the greatest", "p.id.maxBy(p.salary)"),
  measure("PII001", "a row of those that it filters", "p.id.minBy(p.changed_at).filter(p.salary.gt(1))"),
  measure("PII005", "a count of what is not a value", 'p.email.nullIf("bob@x").count()'),
  measure("PII005", "a count of cases", 'fn.when(p.email.like("a%"), 1).otherwise(null).count()'),
  measure("PII005", "a distinct count of cases", 'fn.when(p.email.like("a%"), p.id).otherwise(null).countDistinct()'),
  measure("PII005", "a count of what reads as a number", "p.email.tryCast(t.int()).count()"),
  leak(
    "PII005",
    "a count of a case that an earlier step made",
    "$.people.derive((p) => ({ y: fn.when(p.ill, 1).otherwise(null) })).groupBy((p) => ({ id: p.id })).aggregate((p) => ({ x: p.y.count() }))",
  ),
  column(
    "PII005",
    "a count of cases over a window",
    "fn.when(p.ill, 1).otherwise(null).count().over({ partitionBy: p.id })",
  ),
  column("PII005", "a window that a condition parts", 'fn.countRows().over({ partitionBy: p.email.like("a%") })'),
  column("PII005", "a window of those who are alike", "p.id.max().over({ partitionBy: [p.country, p.ill] })"),
  leak(
    "PII005",
    "groups that a condition parts, without it",
    "$.people.groupBy((p) => ({ country: p.country, ill: p.ill })).aggregate((p) => ({ all: p.id.arrayAgg() })).select(({ ill, ...rest }) => rest)",
  ),
  leak(
    "PII001",
    "a part of it as a group",
    "$.people.groupBy((p) => ({ k: p.email.left(2) })).aggregate(() => ({ n: fn.countRows() }))",
  ),
];

const matches: readonly Leak[] = [
  leak(
    "PII005",
    "a lookup by it",
    "$.orders.lookup($.members, (o) => o.buyer, (o, m) => ({ id: o.id, segment: m.segment }))",
  ),
  leak(
    "PII005",
    "whether a lookup by it finds one",
    "$.orders.lookup($.members, (o) => o.buyer, (o, m) => ({ id: o.id, member: m.segment.isNotNull() }))",
  ),
  leak(
    "PII005",
    "a left join on it",
    "$.orders.leftJoin($.members, (o, m) => o.buyer.eq(m.email), (o, m) => ({ id: o.id, segment: m.segment }))",
  ),
  leak(
    "PII005",
    "a full join on it",
    "$.orders.fullJoin($.members, (o, m) => o.buyer.eq(m.email), (o, m) => ({ id: o.id, segment: m.segment }))",
  ),
  leak(
    "PII005",
    "a left join with a condition on it",
    "$.orders.leftJoin($.people, (o, p) => o.person.eq(p.id).and(p.salary.gt(1000)), (o, p) => ({ id: o.id, rich: p.country.isNotNull() }))",
  ),
  leak(
    "PII005",
    "a history at its time",
    "$.orders.asOfJoin($.history, { on: (o, h) => o.person.eq(h.id), at: (o) => o.told_at, select: (o, h) => ({ id: o.id, c: h.country }) })",
  ),
  leak(
    "PII005",
    "a join on it",
    "$.orders.join($.members, (o, m) => o.buyer.eq(m.email), (o, m) => ({ id: o.id, segment: m.segment }))",
  ),
  leak(
    "PII005",
    "who is a member",
    "$.orders.semiJoin($.members, (o, m) => o.buyer.eq(m.email)).select((o) => ({ id: o.id }))",
  ),
  leak(
    "PII005",
    "who is no member",
    "$.orders.antiJoin($.members, (o, m) => o.buyer.eq(m.email)).select((o) => ({ id: o.id }))",
  ),
  leak(
    "PII001",
    "a union with a column without a label",
    "$.twins.select((w) => ({ m: w.email })).union($.people.select((p) => ({ m: p.email })))",
  ),
];

const chosen: readonly Leak[] = [
  rows("PII005", "the first ten", ".orderBy((p) => p.salary.desc()).limit(10)"),
  rows("PII005", "the first of each", ".dedupe({ key: (p) => p.country, orderBy: (p) => p.salary })"),
  rows("PII005", "one side of an or()", '.where((p) => p.id.gt(5).or(p.email.eq("a")))'),
  rows(
    "PII005",
    "a place in an order",
    ".derive((p) => ({ r: fn.rank().over({ orderBy: p.salary }) })).where((p) => p.r.le(3))",
  ),
  rows("PII005", "what reads as a number", ".where((p) => p.email.tryCast(t.int()).isNotNull())"),
  rows("PII005", "a null of nullIf()", '.where((p) => p.email.nullIf("bob@x").isNull())'),
  rows("PII005", "a null of a case", '.where((p) => fn.when(p.email.like("a%"), 1).otherwise(null).isNull())'),
  rows(
    "PII005",
    "a null that an earlier step made",
    '.derive((p) => ({ y: p.email.nullIf("bob@x") })).whereNotNull((p) => ({ y: p.y }))',
  ),
  leak(
    "PII005",
    "groups of which a measure holds",
    "$.people.groupBy((p) => ({ c: p.country })).aggregate((p) => ({ m: p.salary.max(), n: fn.countRows() })).where((r) => r.m.gt(1000)).select((r) => ({ n: r.n }))",
  ),
  leak("PII001", "the start of a version", "$.by_birth.select((h) => ({ s: h.__START_AT }))"),
  leak("PII001", "whether a version has an end", "$.by_birth.select((h) => ({ s: h.__END_AT.isNull() }))"),
  leak("PII001", "the version of a snapshot", "$.states.select((h) => ({ s: h.__START_AT }))"),
  leak(
    "PII005",
    "how often someone moved",
    "$.moves.groupBy((h) => ({ id: h.id })).aggregate(() => ({ n: fn.countRows() }))",
  ),
  leak("PII001", "a table that is not published", "$.people.select((p) => ({ x: p.email })).private()"),
  leak("PII001", "a view", "$.people.select((p) => ({ x: p.email })).temporary()"),
];

const texts: readonly Leak[] = [
  raw("a bare name in raw SQL", "upper(email)"),
  raw("a name in raw SQL by its table", "people.email"),
  raw("a quoted name in raw SQL", 'upper("email")'),
  raw("a name in backticks in raw SQL", "upper(\\`email\\`)"),
  raw("an escaped name in raw SQL", "upper(\\u0065mail)"),
  raw("an escape of SQL in raw SQL", "U&'e006dail'"),
  raw("a subquery in raw SQL", "(select max(email) from silver.people)"),
  raw("a query with a name in raw SQL", "(with x as (select 1) select email from x)"),
  raw("an order in raw SQL", "count(*) over (order by salary)"),
  raw("a name by a text in raw SQL", "upper(identifier('email'))"),
  raw("a name put together in raw SQL", "identifier('ema' || 'il')"),
  raw("all columns in raw SQL", "to_json(struct(*))"),
  raw("a secret in raw SQL", "secret('scope', 'key')"),
];

const ALIKE = "it tells that rows belong together, not whose they are";
const STATED = "who clears a label answers for what is left: it stands in the code";

/** What is no leak, or cannot be told from what is none. */
const unknowable: readonly Leak[] = [
  column(
    { cannot: ALIKE },
    "a number within those of one value",
    "fn.rowNumber().over({ partitionBy: p.email, orderBy: p.id })",
  ),
  rows({ cannot: ALIKE }, "one of each", ".dedupe({ key: (p) => p.email, orderBy: (p) => p.id })"),
  rows(
    { cannot: "whether there is a value is not meant" },
    "those of whom it is known",
    ".whereNotNull((p) => ({ nick: p.nick }))",
  ),
  leak(
    { cannot: ALIKE },
    "groups of it, without it",
    "$.people.groupBy((p) => ({ k: p.email })).aggregate(() => ({ n: fn.countRows() })).select(({ k, ...rest }) => rest)",
  ),
  measure({ cannot: "a count tells of nobody" }, "how many there are", "p.nick.countDistinct()"),
  leak(
    { cannot: "no column comes from the other side" },
    "a left join that brings nothing",
    "$.orders.leftJoin($.members, (o, m) => o.buyer.eq(m.email), (o) => ({ id: o.id }))",
  ),
  column({ cannot: STATED }, "a pseudonym of a condition", `p.ill.cast(t.string()).sha256(${SALT})`),
  column({ cannot: STATED }, "a mask of a text that was made longer", 'p.email.lpad(200, " ").mask({ showLast: 100 })'),
  column({ cannot: STATED }, "the domain of what is no address", 'fn.concat("@", p.name).emailDomain()'),
];

export const leaks: readonly Leak[] = [...values, ...measures, ...matches, ...chosen, ...texts, ...unknowable];
