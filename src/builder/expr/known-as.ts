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
  orElse: "fillna fill_null coalesce ifNull nvl",
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
  "contains has": "includes",
  "at entry": "getItem",
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
export const INSTEAD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "limit take head": "a table has no order: orderBy((o) => o.amount.desc()).limit(10)",
    count: "aggregate(() => ({ rows: fn.countRows() })), after groupBy() for a count of each group",
    "alias as col":
      "columns are properties in callbacks: where((o) => o.amount.gt(0)); both sides of a join are arguments",
    "rightJoin rightOuterJoin": "start from the other table: $.customers.leftJoin($.orders, …)",
    crossJoin:
      "a join compares columns of its sides: for every pair, derive(() => ({ all: 1 })) on both and compare that",
    "having qualify": "where() after aggregate(), or after the step that derives the value of the window",
    pivot:
      'each column is a measure with a filter: aggregate((o) => ({ web: o.amount.sum().filter(o.channel.eq("web")) }))',
    intersect: "semiJoin() keeps the rows that the other table has as well",
    "except exceptAll subtract": "antiJoin() leaves out the rows that the other table has",
    "show collect toPandas": "a pipeline is a description: medallion preview TABLE, or query() of what run() gives",
  }).flatMap(([names, how]) => names.split(" ").map((name) => [name, how])),
);

/** Their arguments are others than those of what is called so elsewhere. */
export const CALLED_OTHERWISE: readonly string[] = [
  "select",
  "derive",
  "dedupe",
  "substring",
  "position",
  "daysSince",
  "truncate",
  "when",
];
