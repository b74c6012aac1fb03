/**
 * Names that other tools have for what has another one here, by ours; of several, those that are there are meant. Another
 * spelling of our own, as left_join, is found as a mistyped one. `docs/guides/you-know-it-as.md` has the same.
 */
const NAMES: Readonly<Record<string, string>> = {
  where: "filter",
  whereNotNull: "dropna",
  select: "map project drop rename withColumnRenamed selectExpr",
  derive: "withColumn withColumns mutate assign",
  aggregate: "agg summarise summarize",
  expect: "expectOrWarn expectAll expect_all",
  expectOrDrop: "expect_all_or_drop",
  expectOrFail: "expect_all_or_fail",
  key: "primaryKey",
  references: "foreignKey",
  dedupe: "distinct dropDuplicates",
  orderBy: "sort sortBy arrange",
  limit: "take head",
  union: "unionAll unionByName",
  join: "merge innerJoin",
  leftJoin: "leftOuterJoin",
  fullJoin: "outerJoin fullOuterJoin",
  asOfJoin: "join_asof",
  eq: "equals equalTo",
  ne: "neq notEqual",
  gt: "greaterThan",
  lt: "lessThan",
  ge: "gte geq",
  le: "lte leq",
  in: "isin oneOf",
  isNull: "isna",
  isNotNull: "notnull notna",
  orElse: "fillna fill_null coalesce",
  "orElse coalesce": "ifNull nvl",
  plus: "add",
  minus: "sub",
  times: "mul multiply",
  div: "divide",
  cast: "astype",
  parseTimestamp: "toTimestamp strptime",
  substring: "substr slice",
  lower: "toLowerCase",
  upper: "toUpperCase",
  replace: "replaceAll",
  matches: "rlike test match",
  position: "indexOf instr",
  year: "getFullYear",
  daysSince: "datediff dateDiff",
  addDays: "date_add dateAdd",
  truncate: "date_trunc dateTrunc trunc",
  format: "date_format toISOString strftime",
  avg: "mean",
  countDistinct: "nunique n_distinct",
  stddev: "std",
  variance: "var",
  some: "any",
  every: "all",
  arrayAgg: "collect_list",
  lag: "shift",
  countRows: "count",
  when: "case ifelse",
  string: "text varchar",
  boolean: "bool",
  bigint: "long",
  int: "integer",
  timestamp: "datetime",
  variant: "json",
  struct: "object",
  nullable: "optional nullish",
  "contains has": "includes",
  "at entry": "getItem get",
  joinText: "join",
  "length size": "len",
  "firstBy firstValue": "first",
  "lastBy lastValue": "last",
  "int bigint decimal double": "number",
  has: "contains",
  size: "length",
  length: "size",
};

/** Our names, by theirs. */
export const KNOWN_AS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(NAMES).flatMap(([ours, theirs]) => theirs.split(" ").map((name) => [name, ours.split(" ")])),
);

/** What is done in another way here, by the name that is looked for. */
export const INSTEAD: ReadonlyMap<string, string> = byName({
  "limit take head": "a table has no order: orderBy((o) => o.amount.desc()).limit(10)",
  count: "aggregate(() => ({ rows: fn.countRows() })), after groupBy() for a count of each group",
  "alias as col":
    "columns are properties in callbacks: where((o) => o.amount.gt(0)); both sides of a join are arguments",
  "rightJoin rightOuterJoin": "start from the other table: $.customers.leftJoin($.orders, …)",
  "notNull nonNull required": "nothing to say: a column is not null unless it is declared nullable()",
  crossJoin:
    "a join compares columns of its sides: for every pair, derive(() => ({ all: 1 })) on both and compare that",
  "having qualify": "where() after aggregate(), or after the step that derives the value of the window",
  pivot:
    'each column is a measure with a filter: aggregate((o) => ({ web: o.amount.sum().filter(o.channel.eq("web")) }))',
  intersect: "semiJoin() keeps the rows that the other table has as well",
  "except exceptAll subtract": "antiJoin() leaves out the rows that the other table has",
  "show collect toPandas": "a pipeline is a description: medallion preview TABLE, or query() of what run() gives",
  "notIn isNotIn": 'in("new", "paid").not()',
  "map forEach reduce find flatMap":
    'of an array at(0) is an element, and has("new") asks for one; what is made of all of them is raw SQL',
  "addHours addMinutes": "addSeconds(3600) of a timestamp",
  "addWeeks addYears": "addDays(7) and addMonths(12) of a date",
  "hoursSince minutesSince": "secondsSince(earlier) of a timestamp, and div(3600) of it",
  toFixed: "round(2) rounds, and cast(t.decimal(12, 2)) has two digits after the point",
  "getTime valueOf": "unixSeconds() of a timestamp; later.daysSince(earlier) and secondsSince() are between two",
  filter: 'a measure is filtered once it is made: o.amount.sum().filter(o.channel.eq("web"))',
  "stringAgg string_agg groupConcat group_concat listagg":
    'arrayAgg() as the measure, and joinText(", ") of it in the step after',
  "collectSet collect_set": "arrayAgg() as the measure, and distinct() of it in the step after",
  "explode unnest flatten":
    "a row per position: select((o) => ({ id: o.id, item: o.items.at(0) })), one for each, put together by union()",
  "now currentDate currentTimestamp current_date current_timestamp today":
    'a time is a parameter, param.timestamp("as_of"); _ingested_at tells when a row was read',
  "sequence generateSeries generate_series dateSpine date_spine":
    "days are a source, such as a CSV file of them: join() it by (d, x) => d.day.ge(x.starts).and(d.day.lt(x.ends))",
});

/** How ours is called, by the name that is looked for, where the arguments are others than those of theirs. */
export const HOW: ReadonlyMap<string, string> = byName({
  "map project selectExpr":
    "select((o) => ({ id: o.id, total: o.price.times(o.quantity) })) names the columns that stay",
  drop: "select(({ op, ...rest }) => rest) leaves one out",
  "rename withColumnRenamed": "select(({ city, ...rest }) => ({ ...rest, town: city })) renames one",
  "withColumn withColumns mutate assign":
    "derive((o) => ({ total: o.price.times(o.quantity) })) adds one or replaces it",
  "distinct dropDuplicates":
    "dedupe({ key, orderBy }) says which row of a key stays; rows without a key: groupBy((o) => ({ ...o })).aggregate(() => ({}))",
  "substr slice": "substring(start, length): the first character is 1",
  "indexOf instr": "position(part): the first character is 1, and 0 says that the part is not there",
  "datediff dateDiff": "later.daysSince(earlier), of dates: toDate() gives the day of a timestamp",
  "date_trunc dateTrunc trunc": 'truncate("month")',
  "case ifelse": "fn.when(condition, value).otherwise(value)",
});

function byName(given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(given).flatMap(([names, how]) => names.split(" ").map((name) => [name, how])));
}
