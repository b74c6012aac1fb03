/** Every expression that the types know, written over columns with every mixture of null and label. */

/** Two columns of a kind: `x` that a method is called on, and `y` that it is given. */
interface Pair {
  readonly x: string;
  readonly y: string;
  readonly family: Family;
}
export type Family =
  | "string"
  | "boolean"
  | "number"
  | "date"
  | "time"
  | "binary"
  | "array"
  | "struct"
  | "map"
  | "variant";

const EUR = 't.decimal(12, 2).unit("EUR")';

const pairs: Readonly<Record<string, Pair>> = {
  text: { x: "t.string()", y: "t.string()", family: "string" },
  choice: { x: "t.enum(['v', 'w'])", y: "t.enum(['v', 'z'])", family: "string" },
  flag: { x: "t.boolean()", y: "t.boolean()", family: "boolean" },
  tiny: { x: "t.tinyint()", y: "t.smallint()", family: "number" },
  whole: { x: "t.int()", y: "t.bigint()", family: "number" },
  large: { x: "t.bigint()", y: "t.int().rate()", family: "number" },
  single: { x: "t.float()", y: "t.float()", family: "number" },
  real: { x: "t.double()", y: "t.int()", family: "number" },
  money: { x: EUR, y: EUR, family: "number" },
  price: { x: `${EUR}.rate()`, y: EUR, family: "number" },
  paid: { x: EUR, y: `${EUR}.balance()`, family: "number" },
  state: { x: `${EUR}.balance()`, y: `${EUR}.rate()`, family: "number" },
  day: { x: "t.date()", y: "t.date()", family: "date" },
  instant: { x: "t.timestamp()", y: "t.timestamp()", family: "time" },
  clock: { x: "t.timestampNtz()", y: "t.timestampNtz()", family: "time" },
  bytes: { x: "t.binary()", y: "t.binary()", family: "binary" },
  words: { x: 't.array(t.string().pii("P"))', y: "t.array(t.string())", family: "array" },
  rates: { x: `t.array(${EUR}.rate())`, y: `t.array(${EUR}.pii("Q"))`, family: "array" },
  shape: {
    x: `t.struct({ a: t.string().pii("P"), n: ${EUR}.rate(), s: t.struct({ b: t.date() }) })`,
    y: `t.struct({ a: t.string(), n: ${EUR}, s: t.struct({ b: t.date().pii("Q") }) })`,
    family: "struct",
  },
  prices: { x: `t.map(t.string(), ${EUR}.rate().pii("P"))`, y: `t.map(t.string(), ${EUR})`, family: "map" },
  json: { x: "t.variant()", y: "t.variant()", family: "variant" },
};

const NESTED: ReadonlySet<Family> = new Set<Family>(["array", "struct", "map"]);

/** A column that may be null; with a label of its own, where its type has no labelled parts. */
function declared({ declaration, family, label, nullable }: Column): string {
  const labelled = label !== undefined && !NESTED.has(family) ? `${declaration}.pii("${label}")` : declaration;
  return nullable ? `${labelled}.nullable()` : labelled;
}
interface Column {
  readonly declaration: string;
  readonly family: Family;
  readonly label?: string;
  readonly nullable?: boolean;
}

/** The declarations of all columns, as the text of an object. */
export const columns: string = `{\n${Object.entries(pairs)
  .flatMap(([name, { x, y, family }]) => [
    `${name}_x: ${declared({ declaration: x, family })}`,
    `${name}_xn: ${declared({ declaration: x, family, nullable: true })}`,
    `${name}_xl: ${declared({ declaration: x, family, label: "A" })}`,
    `${name}_xnl: ${declared({ declaration: x, family, label: "A", nullable: true })}`,
    `${name}_y: ${declared({ declaration: y, family })}`,
    `${name}_yl: ${declared({ declaration: y, family, label: "B" })}`,
    `${name}_ynl: ${declared({ declaration: y, family, label: "B", nullable: true })}`,
  ])
  .map((line) => `  ${line},\n`)
  .join("")}}`;

/** Which columns stand for `x` and `y`. */
const MIXTURES: readonly Mixture[] = [
  ["x", "ynl"],
  ["xn", "yl"],
  ["xl", "y"],
  ["xnl", "ynl"],
];
type Mixture = readonly [x: "x" | "xn" | "xl" | "xnl", y: "y" | "yl" | "ynl"];

const when = [
  "fn.when(c.flag_x, x).otherwise(y)",
  "fn.when(c.flag_ynl, x).otherwise(null)",
  "fn.when(c.flag_x, y).when(c.flag_xl, x).otherwise(y)",
  "fn.coalesce(x, y)",
  "fn.coalesce(x, y, x)",
  "fn.coalesce(fn.when(c.flag_xl, x).otherwise(y), fn.coalesce(y, x))",
  "fn.struct({ a: x, b: y })",
  "fn.struct({ a: x, b: y }).fields.a",
  "fn.when(c.flag_xl, fn.struct({ a: x, b: y })).otherwise(null).fields.b",
  "sql(t.string())`f(${x}, ${y})`",
  'sql(t.decimal(9, 2).unit("USD").rate().pii("Z"))`f(${x})`',
  'sql(t.struct({ a: t.string(), d: t.date().pii("Z") }).nullable())`f(${x})`',
];
const every = ["x.isNull()", "x.isNotNull()", "x.declassify('why')"];
/** Casts that there are: Spark's. */
const anyCast = [
  "x.cast(t.string())",
  "x.tryCast(t.string())",
  "x.cast(t.string().pii('told').nullable())",
  "x.tryCast(t.string().pii('told'))",
];
const casts: Partial<Record<Family, readonly string[]>> = {
  string: ["x.tryCast(t.int())", "x.cast(t.date())", "x.cast(t.decimal(9, 2).unit('KM').balance())"],
  number: ["x.tryCast(t.int())"],
  variant: [
    "x.cast(t.struct({ a: t.string() }))",
    "x.cast(t.struct({ a: t.string().pii('told'), n: t.int().unit('KM').rate() }).nullable())",
    "x.tryCast(t.array(t.date()))",
    "x.cast(t.array(t.int().unit('KM').rate().pii('told')))",
  ],
  struct: ["x.cast(t.struct({ a: t.string(), n: t.double(), s: t.struct({ b: t.string() }) }))"],
};
const comparisons = ["eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe"]
  .map((method) => `x.${method}(y)`)
  .concat("x.between(x, y)", "x.between(y, x)", "x.in(x, y)", "x.nullIf(y)");
const neighbours = ["lag", "lead", "firstValue", "lastValue"].map(
  (method) => `x.${method}().over({ orderBy: c.day_x })`,
);
const BYTES = "new Uint8Array([1])";
const dateParts = ["toDate", "year", "quarter", "month", "day", "dayOfYear", "dayOfWeek", "weekOfYear", "lastDay"]
  .map((method) => `x.${method}()`)
  .concat("x.format('yyyy')", "x.truncate('month')");
const constants = (value: string): readonly string[] => [
  `x.eq(${value})`,
  `x.eqNullSafe(${value})`,
  `x.between(${value}, ${value})`,
  `x.in(${value}, ${value})`,
  `x.orElse(${value})`,
  `fn.when(c.flag_x, x).otherwise(x)`,
];

/** The expressions of each family, over `x`, `y` and the other columns of `c`. */
const scalars: Readonly<Record<Family, readonly string[]>> = {
  string: [
    ...comparisons,
    ...constants("'v'"),
    "x.orElse(y)",
    "x.nullIf('v')",
    ...["upper", "lower", "trim", "ltrim", "rtrim", "length", "initcap", "soundex", "md5", "sha1"].map(
      (m) => `x.${m}()`,
    ),
    ...["redact", "mask", "emailDomain"].map((m) => `x.${m}()`),
    ...["sha256", "tokenize"].map((m) => `x.${m}('salt')`),
    ...["contains", "startsWith", "endsWith", "position", "concat"].map((m) => `x.${m}(y)`),
    ...["contains", "position", "concat"].map((m) => `x.${m}('v')`),
    "x.concat(y, 'v', c.text_x)",
    "fn.concat(x, y)",
    "fn.concat('v', x)",
    ...["fn.lit('x')", "fn.lit(1)", "fn.lit(1.5)", "fn.lit(2n)", "fn.lit(true)", "fn.lit(new Date(0))"],
    ...["fn.lit(null, t.string())", "fn.lit(1, t.decimal(9, 2).unit('EUR').rate())", "fn.lit(1234567890)"],
    ...[
      "fn.lit('2024-01-01', t.date().pii('told').nullable())",
      "fn.lit(null, t.array(t.int()))",
      "fn.lit(2, t.double())",
    ],
    "x.concat(y.concat('v'))",
    "fn.concat(x.concat('v'), y.orElse(x.upper()))",
    "x.substring(1, 2)",
    "x.left(1)",
    "x.right(1)",
    "x.replace('a', 'b')",
    "x.like('a%')",
    "x.lpad(3, ' ')",
    "x.rpad(3, ' ')",
    "x.repeat(2)",
    "x.splitPart('-', 1)",
    "x.split('-')",
    "x.split('-').at(0)",
    "x.translate('a', 'b')",
    "x.matches('a+')",
    "x.regexpReplace('a+', 'b')",
    "x.regexpExtract('a+', 0)",
    "x.jsonText('$.a')",
    ...["parseDate", "tryParseDate", "parseTimestamp", "tryParseTimestamp"].map((m) => `x.${m}('dd.MM.yyyy')`),
    "fn.greatest(x, y)",
    "fn.least(x, y)",
    "fn.when(c.flag_xl, 'v').otherwise(x)",
    "fn.when(c.flag_xl, 'a').otherwise('b')",
    ...neighbours,
  ],
  boolean: [
    ...comparisons,
    ...constants("true"),
    "x.orElse(y)",
    "x.nullIf(true)",
    "x.and(y)",
    "x.or(y, false)",
    "x.and(y.or(x.not()))",
    "x.not()",
    "fn.when(x, 1).otherwise(0)",
    "fn.when(x, 'a').when(y, 'b').otherwise(null)",
    ...neighbours,
  ],
  number: [
    ...comparisons,
    ...constants("1"),
    "x.orElse(y)",
    "x.nullIf(1)",
    ...["plus", "minus", "times", "div", "mod"].flatMap((m) => [`x.${m}(y)`, `x.${m}(2)`]),
    ...["times", "div", "mod"].flatMap((m) => [`x.${m}(c.whole_ynl)`, `c.whole_x.${m}(x)`]),
    ...["negate", "abs", "ceil", "floor", "sqrt", "exp", "ln", "log10", "acknowledgeFanOut", "acknowledgeDisjoint"].map(
      (m) => `x.${m}()`,
    ),
    ...["2", "y", "c.whole_ynl"].map((exponent) => `x.power(${exponent})`),
    "x.plus(y.minus(1).orElse(0))",
    "x.orElse(y.orElse(1)).times(y.div(2))",
    "x.convert('USD', '2')",
    "x.convert('USD', c.whole_ynl)",
    "c.price_x.div(c.real_x).times(c.real_x)",
    "fn.greatest(x, y)",
    "fn.least(x, y, x)",
    "fn.when(c.flag_x, 0).otherwise(x)",
    "fn.when(c.flag_x, 0).otherwise(1)",
    "fn.when(c.flag_x, 0n).otherwise(1)",
    "fn.when(c.flag_x, 1.5).otherwise(1n)",
    ...["coalesce(x, 0n)", "greatest(x, y, 0n)", "when(c.flag_xl, 1n).otherwise(x)"].map((call) => `fn.${call}`),
    "x.cast(t.double())",
    "x.cast(t.double().unit('KM'))",
    "x.tryCast(t.double().rate().pii('told'))",
    "x.cast(t.decimal(20, 4))",
    ...neighbours,
  ],
  date: [
    ...comparisons,
    ...constants("'2024-01-01'"),
    ...dateParts,
    "x.orElse(y)",
    "x.nullIf('2024-01-01')",
    "x.addDays(1)",
    "x.addDays(c.whole_ynl)",
    "x.addMonths(1)",
    "x.addMonths(c.whole_ynl)",
    "x.daysSince(y)",
    "x.addDays(c.whole_xn.plus(y.daysSince(x)))",
    "fn.makeDate(x.year(), y.month(), x.day())",
    "fn.greatest(x, y)",
    ...neighbours,
  ],
  time: [
    ...comparisons,
    ...constants("'2024-01-01'"),
    ...dateParts,
    "x.orElse(y)",
    "x.nullIf('2024-01-01')",
    ...["hour", "minute", "second"].map((m) => `x.${m}()`),
    "x.addSeconds(1)",
    "x.addSeconds(c.whole_ynl)",
    "x.secondsSince(y)",
    ...neighbours,
  ],
  binary: [...comparisons, ...constants(BYTES), "x.orElse(y)", `x.nullIf(${BYTES})`, ...neighbours],
  array: ["x.size()", "x.at(0)", "x.sorted()", "x.sorted().at(1)", "x.distinct()", ...neighbours],
  struct: [
    ...neighbours,
    "x.fields.a",
    "x.fields.n",
    "x.fields.s",
    "x.fields.s.fields.b",
    "fn.coalesce(x, y).fields.s.fields.b",
  ],
  map: ["x.entry('k')", "x.has('k')", "x.size()", "x.keys()", "x.keys().at(0)", ...neighbours],
  variant: ["x.variantText('$.a')", ...neighbours],
};

/** What only one kind of a family takes. */
const own: Readonly<Record<string, readonly string[]>> = {
  instant: ["x.unixSeconds()", "fn.when(c.flag_xl, new Date(0)).otherwise(x)", "fn.coalesce(x, new Date(0))"],
  words: ["x.joinText(',')", "x.has('v')"],
  rates: ["x.has(1)"],
  ...Object.fromEntries(
    ["tiny", "whole", "large", "real", "money", "price", "paid", "state"].map((k) => [k, ["x.round()", "x.round(1)"]]),
  ),
};

const aggregates: Readonly<Record<Family, readonly string[]>> = {
  string: ["min()", "max()"],
  boolean: ["min()", "max()", "every()", "some()", "countIf()"],
  number: [
    ...["avg", "min", "max", "stddev", "stddevPop", "variance", "variancePop", "median"].map((m) => `${m}()`),
    "percentile(0.5)",
  ],
  date: ["min()", "max()"],
  time: ["min()", "max()"],
  binary: ["min()", "max()"],
  array: [],
  struct: [],
  map: [],
  variant: [],
};
/** The kinds whose numbers may be summed. */
const SUMMED: ReadonlySet<string> = new Set(["tiny", "whole", "large", "single", "real", "money", "paid"]);
/** What a value may be picked by. */
const ORDERS: ReadonlySet<Family> = new Set<Family>(["string", "boolean", "number", "date", "time"]);
const UNORDERED: ReadonlySet<Family> = new Set<Family>(["map", "variant"]);

function aggregatesOf(kind: string, family: Family): readonly string[] {
  const each = [
    "count()",
    ...(UNORDERED.has(family) ? [] : ["countDistinct()", "arrayAgg()"]),
    ...["maxBy", "minBy", "lastBy", "firstBy"].map((pick) => `${pick}(${ORDERS.has(family) ? "y" : "c.day_ynl"})`),
    ...aggregates[family],
    ...(SUMMED.has(kind) ? ["sum()"] : []),
  ];
  return each.map((call) => `x.${call}`);
}

/** The texts of a kind in every mixture, with the columns in place of `x` and `y`. */
function mixed(kind: string, texts: readonly string[], mixtures: readonly Mixture[] = MIXTURES): readonly string[] {
  return mixtures.flatMap(([x, y]) =>
    texts.map((text) => text.replace(/\bx\b/g, `c.${kind}_${x}`).replace(/\by\b/g, `c.${kind}_${y}`)),
  );
}

const kinds = Object.entries(pairs);
const once = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

function scalarsOf(kind: string, family: Family): readonly string[] {
  return [...every, ...anyCast, ...(casts[family] ?? []), ...when, ...scalars[family], ...(own[kind] ?? [])];
}

/** The kinds of parameters. */
export const parameters = ["string", "boolean", "int", "bigint", "double", "date", "timestamp"] as const;

/** Expressions of one row. */
export const rowExpressions: readonly string[] = once([
  ...kinds.flatMap(([kind, { family }]) => mixed(kind, scalarsOf(kind, family))),
  ...parameters.map((name) => `param.${name}("p")`),
  'c.text_xl.eq(param.string("p"))',
]);

/** Expressions of one row after a join, which repeats numbers. Nulls and labels are the same as without. */
export const joinedExpressions: readonly string[] = once(
  kinds
    .filter(([, { family }]) => family === "number" || NESTED.has(family))
    .flatMap(([kind, { family }]) => mixed(kind, scalarsOf(kind, family), [["xl", "ynl"]])),
);

/** Expressions of a group. */
export const groupExpressions: readonly string[] = once([
  ...kinds.flatMap(([kind, { family }]) => {
    const calls = aggregatesOf(kind, family);
    return mixed(kind, [...calls, ...calls.map((call) => `${call}.filter(c.flag_ynl)`)]);
  }),
  "fn.countRows()",
  "fn.countRows().filter(c.flag_xl)",
]);

/** Aggregates and ranks on each row of a window. */
export const windowExpressions: readonly string[] = once([
  ...kinds.flatMap(([kind, { family }]) =>
    mixed(
      kind,
      // What is counted once has no window.
      aggregatesOf(kind, family)
        .filter((call) => !call.includes("countDistinct"))
        .map((call) => `${call}.over({ partitionBy: c.flag_x })`),
    ),
  ),
  ...["countRows", "rowNumber", "rank", "denseRank", "percentRank", "cumeDist"].map(
    (name) => `fn.${name}().over({ orderBy: c.day_x })`,
  ),
]);

/** The methods that the list calls, by family; `fn` for the functions. */
export function calledMethods(): ReadonlyMap<Family | "fn", ReadonlySet<string>> {
  const called = new Map<Family | "fn", Set<string>>([["fn", new Set()]]);
  for (const [kind, { family }] of kinds) {
    const texts = [
      ...scalarsOf(kind, family),
      ...aggregatesOf(kind, family),
      "fn.countRows()",
      "fn.rowNumber()",
      "fn.rank()",
      "fn.denseRank()",
      "fn.percentRank()",
      "fn.cumeDist()",
    ];
    const names = called.get(family) ?? new Set<string>();
    for (const text of texts) {
      for (const [, name] of text.matchAll(/\bx\.(\w+)/g)) if (name) names.add(name);
      for (const [, name] of text.matchAll(/\bfn\.(\w+)/g)) if (name) called.get("fn")?.add(name);
    }
    called.set(family, names);
  }
  return called;
}
