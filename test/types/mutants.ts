/** Further edits of `store.ts`: each with what finds it. What nothing finds has the reason. */
import type { Edit } from "./edits.ts";

export interface Mutant extends Edit {
  /** `tsc`: a compile error. `analyzer`: an error of the builder, or a finding, since the types do not know enough. */
  readonly verdict: "tsc" | "analyzer" | { readonly cannot: string };
  /** Why plain JavaScript is told nothing of what the types find. */
  readonly untyped?: string;
}

type Where = Omit<Mutant, "what" | "from" | "to" | "verdict">;

const edit = (verdict: Mutant["verdict"], what: string, from: string, to: string, more?: Where): Mutant => ({
  what,
  from,
  to,
  verdict,
  ...more,
});
const LATE = "    late: $.orders_raw\n";
const TOP = "    top: $.by_category.";
/** A table that is made in addition. */
const silver = (verdict: Mutant["verdict"], what: string, query: string, more?: Where): Mutant =>
  edit(verdict, what, LATE, `    made: ${query},\n${LATE}`, more);
const gold = (verdict: Mutant["verdict"], what: string, query: string): Mutant =>
  edit(verdict, what, TOP, `    made: ${query},\n${TOP}`);

const MATCH = "s.customer_id.eq(c.customer_id)";
const RULES =
  '.expectOrQuarantine({ amount_positive: (o) => o.amount.gt(0), dated: (o) => o.ordered_at.gt("2020-01-01") })';

const byTypes: readonly Mutant[] = [
  // Texts of a few values
  edit("tsc", "a value that an enum has not", 'ne("test")', 'ne("tset")', { names: '"shop" | "test" | "web"' }),
  edit("tsc", "a value in another case", 'ne("test")', 'ne("Test")'),
  edit("tsc", "a value that an enum has not, in a list", 'o.channel.ne("test")', 'o.channel.in("web", "shops")'),
  edit("tsc", "a number for a value of an enum", 'ne("test")', "ne(1)"),
  silver(
    "tsc",
    "an enum that is null as a value of no enum",
    '$.orders_raw.select((o) => ({ x: o.channel.orElse("") }))',
  ),
  silver(
    "tsc",
    "a case of an enum and of another value",
    '$.orders_raw.select((o) => ({ x: fn.when(o.paid, o.channel).otherwise("unpaid") }))',
  ),
  silver(
    "tsc",
    "two enums that share no value",
    '$.orders_raw.derive((o) => ({ y: o.note.tryCast(t.enum(["new", "old"])) })).where((o) => o.channel.eq(o.y))',
  ),
  edit("tsc", "an enum of values that are no list", 't.enum(["web", "shop", "test"])', 't.enum("web", "shop", "test")'),
  edit("tsc", "an enum of numbers", 't.enum(["web", "shop", "test"])', "t.enum([1, 2, 3])"),
  edit("tsc", "an enum without values", 't.enum(["web", "shop", "test"])', "t.enum([])"),
  edit("tsc", "a value that an enum has no longer", 't.enum(["web", "shop", "test"])', 't.enum(["web", "shop"])', {
    on: 'o.channel.ne("test")',
  }),
  edit("tsc", "?? of a column", 'p.category.orElse("none")', 'p.category ?? "none"', { on: ".key((r) => r.category)" }),
  // Identifiers
  edit("tsc", "a lookup by another identifier", "(o) => o.product_id,\n", "(o) => o.customer_id,\n", {
    names: "NumberIdExpr",
  }),
  edit("tsc", "a match of two identifiers", MATCH, "s.customer_id.eq(s.order_id)", { names: "id of customer" }),
  gold("tsc", "the sum of an identifier", "$.sales.aggregate((s) => ({ x: s.customer_id.sum() }))"),
  silver("tsc", "an identifier plus one", "$.orders_raw.select((o) => ({ x: o.product_id.plus(1) }))"),
  silver(
    "tsc",
    "two identifiers in one column",
    "$.orders_raw.select((o) => ({ x: fn.coalesce(o.product_id, o.customer_id) }))",
  ),
  edit("tsc", "a fraction as an identifier", "t.int().balance()", 't.double().id("shelf")'),
  // Measures
  silver("tsc", "the sum of a balance", "$.stock_raw.aggregate((s) => ({ x: s.on_hand.sum() }))"),
  gold("tsc", "the sum of a distinct count", "$.by_category.aggregate((r) => ({ x: r.orders.sum() }))"),
  gold(
    "tsc",
    "the median of what a join repeated",
    "$.sales.join($.by_category, (s, c) => s.amount.lt(c.revenue), (s) => ({ a: s.amount })).aggregate((r) => ({ x: r.a.median() }))",
  ),
  gold(
    "tsc",
    "the sum of what a join repeated",
    "$.sales.join($.by_category, (s, c) => s.amount.lt(c.revenue), (s) => ({ a: s.amount })).aggregate((r) => ({ x: r.a.sum() }))",
  ),
  silver("tsc", "EUR and USD in one column", "$.orders_raw.select((o) => ({ x: fn.coalesce(o.amount, o.shipping) }))"),
  silver(
    "tsc",
    "the greatest of EUR and USD",
    "$.orders_raw.select((o) => ({ x: fn.greatest(o.amount, o.shipping) }))",
  ),
  silver(
    "tsc",
    "EUR and USD in a union",
    "$.orders_raw.select((o) => ({ x: o.amount })).union($.orders_raw.select((o) => ({ x: o.shipping })))",
  ),
  silver(
    "tsc",
    "EUR and USD in a union of structs",
    "$.orders_raw.select((o) => ({ x: fn.struct({ v: o.amount }) })).union($.orders_raw.select((o) => ({ x: fn.struct({ v: o.shipping }) })))",
  ),
  // Types of arguments
  silver("tsc", "a date compared with a time", "$.orders_raw.where((o) => o.ordered_at.toDate().eq(o.ordered_at))"),
  silver("tsc", "in() of another type", "$.orders_raw.where((o) => o.status.in(1, 2))"),
  silver("tsc", "between() of another type", '$.orders_raw.where((o) => o.quantity.between("a", "b"))'),
  silver("tsc", "days that are a text", '$.orders_raw.select((o) => ({ x: o.ordered_at.toDate().addDays("1") }))', {
    untyped: "the text of a whole number stands for it",
  }),
  silver("tsc", "a number at the end of a text", "$.orders_raw.select((o) => ({ x: o.status.concat(o.quantity) }))"),
  silver("tsc", "a cast to the name of a type", '$.orders_raw.select((o) => ({ x: o.quantity.cast("bigint") }))'),
  silver("tsc", "a unit of time misspelt", '$.orders_raw.select((o) => ({ x: o.ordered_at.truncate("hours") }))'),
  silver("tsc", "the hash of a number", '$.orders_raw.select((o) => ({ x: o.quantity.sha256("s") }))'),
  silver("tsc", "a hash without a salt", "$.customers_raw.select((c) => ({ x: c.email.sha256() }))"),
  silver("tsc", "an option of a method misspelt", "$.customers_raw.select((c) => ({ x: c.email.mask({ last: 2 }) }))"),
  silver("tsc", "the sum of a text", "$.orders_raw.aggregate((o) => ({ x: o.status.sum() }))"),
  silver("tsc", "whether a text always holds", "$.orders_raw.aggregate((o) => ({ x: o.status.every() }))"),
  silver(
    "tsc",
    "a filter that is no condition",
    "$.orders_raw.aggregate((o) => ({ x: o.amount.sum().filter(o.amount) }))",
  ),
  gold("tsc", "a policy misspelt", '$.by_category.refreshPolicy("ful")'),
  gold("tsc", "clustered by a name", '$.by_category.clusterBy("category")'),
  gold("tsc", "a tag that is a number", "$.by_category.tags({ cost: 1 })"),
  edit("tsc", "a label that is a number", "title: t.string(),", "title: t.string().pii(1),"),
  edit("tsc", "a pseudonym from a source", "title: t.string(),", 'title: t.string().pii("pseudonym"),'),
  edit("tsc", "a decimal without its scale", 't.decimal(12, 2).unit("USD")', 't.decimal(12).unit("USD")'),
  silver("tsc", "a flow of other columns", "$.orders_raw.appendFlow({ more: $.products_raw })"),
  silver(
    "tsc",
    "a flow of a table that is recomputed",
    "$.products_raw.appendFlow({ more: $.products_raw.dedupe({ key: (p) => p.title, orderBy: (p) => p.price }) })",
  ),
  silver("tsc", "dedupe by a name", '$.products_raw.dedupe({ key: "title", orderBy: (p) => p.price })'),
  edit("tsc", "a history that is truncated", 'deleteWhen: (c) => c.op.eq("D"),', 'truncateWhen: (c) => c.op.eq("T"),', {
    on: "customers: $.customers_raw",
  }),
  edit("tsc", "a layer that is async", "  .gold(($) => ({\n    top", "  .gold(async ($) => ({\n    top", {
    on: ".gold(async",
  }),
  edit("tsc", "more digits than a decimal has", 't.decimal(12, 2).unit("USD")', 't.decimal(39, 2).unit("USD")'),
  edit("tsc", "more digits after the point than in all", 't.decimal(12, 2).unit("USD")', 't.decimal(5, 6).unit("USD")'),
  edit(
    "tsc",
    "a history of a column that is not stored",
    'deleteWhen: (c) => c.op.eq("D"),',
    'deleteWhen: (c) => c.op.eq("D"),\n      trackHistory: (c) => ({ op: c.op }),',
    { on: "trackHistory", names: "op" },
  ),
  // What a callback gives
  edit("tsc", "raw SQL without a type", 'o.amount.times("0.8")', "sql`${o.amount} * 2`"),
  edit("tsc", "an async callback of columns", ".select(({ note,", ".select(async ({ note,"),
  silver("tsc", "an async condition", "$.orders_raw.where(async (o) => o.paid)"),
  silver(
    "tsc",
    "a column to group by",
    "$.orders_raw.groupBy((o) => o.status).aggregate((o) => ({ n: o.amount.sum() }))",
  ),
  silver("tsc", "a list of columns to select", "$.orders_raw.select((o) => [o.status, o.note])"),
  silver("tsc", "a column that is not null, without its name", "$.orders_raw.whereNotNull((o) => o.note)"),
  silver("tsc", "a count of groups", "$.orders_raw.groupBy((o) => ({ s: o.status })).count()"),
  silver("tsc", "an alias", '$.orders_raw.alias("o")'),
  silver("tsc", "a column by its name", '$.orders_raw.where(() => $.orders_raw.col("paid"))'),
  silver("tsc", "a limit without an order", "$.orders_raw.limit(10)"),
  silver(
    "tsc",
    "a filter and a window",
    "$.orders_raw.select((o) => ({ x: o.amount.sum().filter(o.paid).over({ partitionBy: o.status }) }))",
  ),
];

const byAnalyzers: readonly Mutant[] = [
  // Keys
  edit("analyzer", "a column twice in a key", ".key((r) => r.category)", ".key((r) => [r.category, r.category])"),
  edit("analyzer", "a key that is no group", ".key((r) => r.category)", ".key((r) => r.revenue)"),
  edit(
    "analyzer",
    "deduped by another column than the key",
    "key: (p) => p.product_id, orderBy",
    "key: (p) => p.category, orderBy",
  ),
  edit("analyzer", "a key that is worked out", ".key((o) => o.order_id)", ".key((o) => o.order_id.plus(1))"),
  edit(
    "analyzer",
    "a change key that is not stored",
    "      sequenceBy: (c) => c.changed_at,\n    }),",
    "      sequenceBy: (c) => c.changed_at,\n      columns: ({ customer_id, ...rest }) => rest,\n    }),",
    { on: "current: $.customers_raw" },
  ),
  // Joins
  gold("analyzer", "a match that names one side", "$.sales.semiJoin($.by_category, (_, c) => c.revenue.gt(0))"),
  gold("analyzer", "a match that is a constant", "$.sales.semiJoin($.by_category, () => fn.lit(true))"),
  edit("analyzer", "an asOfJoin off the key", MATCH, "s.category.eq(c.country)", { on: ".asOfJoin(" }),
  gold(
    "analyzer",
    "a join to every version",
    "$.sales.leftJoin($.customers, (s, c) => s.customer_id.eq(c.customer_id), (s, c) => ({ a: s.order_id, b: c.country }))",
  ),
  // Measures
  gold("analyzer", "the sum of a foreign key", "$.sales.aggregate((s) => ({ x: s.order_id.sum() }))"),
  gold("analyzer", "an average of averages", "$.revenue_by_country.aggregate((r) => ({ x: r.mean.avg() }))"),
  gold(
    "analyzer",
    "a count of the matches of a join",
    "$.sales.join($.overviews, (s, c) => s.category.eq(c.category), (s) => ({ a: s.category })).aggregate(() => ({ x: fn.countRows() }))".replace(
      "$.overviews",
      "$.sales",
    ),
  ),
  gold("analyzer", "a table and itself", "$.by_category.union($.by_category)"),
  // Layers and kinds
  silver("analyzer", "a source in silver", 'source.json("x.json", { id: t.bigint() })'),
  gold("analyzer", "a source in gold", 'source.json("x.json", { id: t.bigint() })'),
  silver(
    "analyzer",
    "a window in a stream",
    "$.orders_raw.derive((o) => ({ r: fn.rowNumber().over({ orderBy: o.ordered_at }) })).streaming()",
  ),
  silver(
    "analyzer",
    "partitioned and clustered",
    "$.orders_raw.partitionBy((o) => ({ s: o.status })).clusterBy((o) => ({ s: o.status }))".replaceAll(
      "{ s: o.status }",
      "{ status: o.status }",
    ),
  ),
  edit("analyzer", "a table named like a part of another", LATE, LATE.replace("late", "orders_checked")),
  // Names and constants
  edit(
    "analyzer",
    "a value of an enum twice",
    't.enum(["web", "shop", "test"])',
    't.enum(["web", "shop", "test", "web"])',
  ),
  edit(
    "analyzer",
    "columns that differ in case",
    "title: t.string(),",
    "title: t.string(),\n      Title: t.string(),",
    {
      on: 'source.csv("products',
    },
  ),
  edit("analyzer", "a day that does not exist", '"2020-01-01"', '"2020-13-01"'),
  edit("analyzer", "a constant that is no INT", "o.quantity.gt(3)", "o.quantity.gt(3000000000)"),
  edit("analyzer", "a limit below zero", ".limit(10)", ".limit(-1)"),
  edit("analyzer", "a source without a path", 'source.csv("products/*.csv"', 'source.csv(""'),
  edit("analyzer", "a name that cannot be a pipeline's", 'pipeline("store")', 'pipeline("my store!")'),
  edit("analyzer", "two expectations of one name", RULES, `${RULES}.expect({ dated: (o) => o.amount.gt(1) })`),
  edit("analyzer", "a reason that is empty", 'o.amount.times("0.8")', 'o.amount.declassify("")'),
  // Conditions
  silver("analyzer", "a column compared with itself", "$.orders_raw.where((o) => o.status.eq(o.status))"),
  silver(
    "analyzer",
    "a column of the query outside",
    "$.orders_raw.where((o) => {\n      $.products_raw.where((p) => p.product_id.eq(o.product_id));\n      return o.paid;\n    })",
  ),
  silver("analyzer", "JSON of a column", "$.orders_raw.derive((o) => ({ x: JSON.stringify(o.status) }))"),
  edit("analyzer", "a null that ne() leaves out", 'o.status.ne("cancelled")', 'o.note.ne("cancelled")'),
  edit(
    "analyzer",
    "a rank without an order",
    "partitionBy: s.category, orderBy: s.amount.desc()",
    "partitionBy: s.category",
  ),
  silver(
    "analyzer",
    "a pattern that the engines read differently",
    '$.orders_raw.where((o) => o.status.matches("(?<=a)b"))',
  ),
  // Personal data
  gold(
    "analyzer",
    "personal data that chooses rows",
    '$.current.where((c) => c.email.like("a%")).select((c) => ({ x: c.country }))',
  ),
  silver("analyzer", "a salt in the SQL", '$.customers_raw.select((c) => ({ x: c.email.sha256("salt") }))'),
];

const MEANT =
  "what is meant is not in the code: another column or function of the same type is a right pipeline as well";
const CONSTANT = "a constant may have any value of its type";
const DATA = "the data decides: each update counts what breaks it";

const LINT =
  "|| gives the first condition before the builder sees the second: the lint rules of medallion init report it";

const unknowable: readonly Mutant[] = [
  edit({ cannot: LINT }, "|| in where", "isNotNull().and(o.quantity.gt(3))", "isNotNull() || o.quantity.gt(3)"),
  edit({ cannot: MEANT }, "another column of the same type", "fn.when(s.amount.gt(100)", "fn.when(s.price.gt(100)"),
  edit({ cannot: MEANT }, "another aggregate", "revenue: r.amount.sum(),", "revenue: r.amount.max(),"),
  edit({ cannot: MEANT }, "another comparison", "o.quantity.gt(3)", "o.quantity.ge(3)"),
  edit({ cannot: MEANT }, "the other direction of an order", "r.revenue.desc()", "r.revenue.asc()"),
  edit({ cannot: MEANT }, "another action of a rule", ".expectOrQuarantine({ amount", ".expectOrDrop({ amount"),
  edit({ cannot: MEANT }, "a condition that is left out", '      .where((o) => o.status.ne("cancelled"))\n', ""),
  edit(
    { cannot: MEANT },
    "another column to group by",
    "groupBy((r) => ({ country: r.country }))",
    "groupBy((r) => ({ country: r.country, q: r.quantity }))",
  ),
  edit({ cannot: CONSTANT }, "another factor", 'times("0.8")', 'times("8")'),
  edit({ cannot: CONSTANT }, "a value misspelt", '"cancelled"', '"canceled"'),
  edit({ cannot: CONSTANT }, "another value of an enum", 'o.channel.ne("test")', 'o.channel.ne("shop")'),
  silver(
    "analyzer",
    "a value in lower case that no enum has",
    '$.orders_raw.where((o) => o.channel.lower().eq("shops"))',
  ),
  edit({ cannot: CONSTANT }, "another limit", ".limit(10)", ".limit(100)"),
  edit({ cannot: CONSTANT }, "another value for nulls", 'p.category.orElse("none")', 'p.category.orElse("")'),
  edit(
    { cannot: "files are known when they are read: SRC003" },
    "a path misspelt",
    '"orders/*.json"',
    '"order/*.json"',
  ),
  silver({ cannot: DATA }, "a key that the data may break", "$.orders_raw.key((o) => o.customer_id)"),
];

export const mutants: readonly Mutant[] = [...byTypes, ...byAnalyzers, ...unknowable];
