/**
 * Names that other tools have for what has another one here, by ours; of several, those that are there are meant. Another
 * spelling of our own, as left_join, is found as a mistyped one. `docs/guides/you-know-it-as.md` has the same.
 */
const NAMES: Readonly<Record<string, string>> = {
  where: "filter",
  whereNotNull: "dropna",
  select: "map project drop rename",
  derive: "withColumn withColumns mutate assign",
  aggregate: "agg summarise summarize",
  dedupe: "distinct dropDuplicates",
  orderBy: "sort sortBy arrange",
  limit: "take head",
  union: "unionAll unionByName",
  join: "merge innerJoin",
  asOfJoin: "join_asof",
  eq: "equals",
  ne: "neq",
  ge: "gte",
  le: "lte",
  in: "isin",
  isNotNull: "notnull",
  orElse: "fillna fill_null coalesce ifNull nvl",
  plus: "add",
  minus: "sub",
  times: "mul",
  cast: "astype",
  substring: "substr",
  matches: "rlike",
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

/** Their arguments are others than those of what is called so elsewhere. */
export const CALLED_OTHERWISE: readonly string[] = ["select", "derive", "dedupe", "substring", "when"];
