/** How DuckDB means each function of the catalogue. What it means as Spark does says so, so that none is forgotten. */
import {
  atom,
  BINDING,
  type Binding,
  call,
  chain,
  inList,
  type Macro,
  noArgument,
  operator,
  type Sql,
} from "../../functions/fragment.ts";
import type { FunctionName, ScalarName } from "../../functions/index.ts";
import type { FunctionDefinition } from "../../functions/plugin-functions.ts";
import {
  type AggregateRendering,
  type Refusal,
  type RenderInput,
  type Rendering,
  refused,
  SAME,
} from "../../functions/spec.ts";
import { fill } from "../../functions/template.ts";
import { saltOf } from "../../functions/text.ts";
import { isFractional, sameType } from "../../types/types.ts";
import { average, counted, extreme, percentile, pick, sortedList, spread, sumOf } from "./aggregates.ts";
import {
  absolute,
  greatest,
  negated,
  power,
  product,
  quotient,
  real,
  remainder,
  rounded,
  rounding,
  sum,
} from "./arithmetic.ts";
import { bound, boundLong } from "./bind.ts";
import { JSON_TEXT } from "./macros/json.ts";
import { LOWER, UPPER } from "./macros/letters.ts";
import { EXP, LN, LOG10 } from "./macros/math.ts";
import {
  addDays,
  addMonths,
  addSeconds,
  format,
  makeDate,
  parsed,
  secondsSince,
  truncate,
  unixSeconds,
} from "./times.ts";
import { comparable, doubled, nestedOrder, unified } from "./widen.ts";

/** A rendering for each function: without one it does not compile. */
export type Cells = {
  readonly [K in FunctionName]: typeof SAME | (K extends ScalarName ? Rendering : AggregateRendering);
};

/**
 * The case of letters. Of ASCII alone DuckDB's own function has the rule, which is asked first: in a lambda, where a
 * computed argument is held, it compiles the patterns of the macro again for every vector of rows.
 */
const letters =
  (own: string, macro: Macro): Rendering =>
  ({ args: [x = noArgument()] }) => {
    if (x.plain) return call(macro, [x]);
    return boundLong([x], (held = x) => {
      const slowly = bound([held], (...args) => call(macro, args));
      return atom`CASE WHEN strlen(${held}) = length(${held}) THEN ${call(own, [held])} ELSE ${slowly} END`;
    });
  };

/** A template that writes an argument twice, where it is worked out once. */
const once =
  (template: string, binding: Binding = BINDING.atom) =>
  ({ args, options, text }: RenderInput): Sql =>
    bound(args, (...values) => fill(template, values, options, text, binding));

/** A rendering of a plugin: a template, whose arguments are worked out once each. */
export function outsideRendering({ duckdb, spec }: FunctionDefinition): Rendering | AggregateRendering {
  const template = duckdb === SAME ? spec.spark : duckdb;
  if (template === undefined) return refused("its definition has no rendering for DuckDB");
  if (spec.kind === "aggregate") return template;
  const [text, binding] =
    typeof template === "string"
      ? ([template, BINDING.atom] as const)
      : ([template.operator, BINDING.operator] as const);
  return /(\$\d).*\1/s.test(text) ? once(text, binding) : template;
}

const comparison =
  (word: string): Rendering =>
  (input) =>
    chain(word, comparable(input));

/** An order, not only equality. */
const ordering =
  (word: string): Rendering =>
  (input) =>
    nestedOrder(input.types) ?? chain(word, comparable(input));

/**
 * Of equal neighbours the first: DuckDB's list_distinct leaves nulls out and keeps every NaN. Adding zero makes 0 of -0, as
 * Spark does.
 */
function distinct({ args: [x = noArgument()], type }: RenderInput): Sql | Refusal {
  const element = type.kind === "array" ? type.element : type;
  const values = isFractional(element) ? atom`list_transform(${x}, lambda v: v + 0)` : x;
  return (
    nestedOrder([element]) ??
    bound(
      [atom`list_sort(${values}, 'ASC', 'NULLS FIRST')`],
      (l = x) => atom`list_filter(${l}, lambda v, i: i = 1 OR v IS DISTINCT FROM ${l}[i - 1])`,
    )
  );
}

/** Spark compares a value with either end by itself, in the type that the two have in common. */
function between(input: RenderInput): Sql | Refusal {
  const [type, ofLow, ofHigh] = input.types;
  const refusal = nestedOrder(input.types);
  if (refusal) return refusal;
  if (!type || !ofLow || !ofHigh || sameType(ofLow, ofHigh)) {
    const [x = noArgument(), low = noArgument(), high = noArgument()] = comparable(input);
    return operator`${x} BETWEEN ${low} AND ${high}`;
  }
  const [value = noArgument(), low = noArgument(), high = noArgument()] = input.args;
  const [known, knownLow, knownHigh] = input.constants;
  return boundLong([value], (x = value) => {
    const above = { ...input, args: [x, low], types: [type, ofLow], constants: [known, knownLow] };
    const below = { ...input, args: [x, high], types: [type, ofHigh], constants: [known, knownHigh] };
    return chain("AND", [chain(">=", comparable(above)), chain("<=", comparable(below))], BINDING.and);
  });
}

function nullIf(input: RenderInput): Sql {
  const [a = noArgument(), b = noArgument()] = comparable(input);
  if (a === input.args[0] && b === input.args[1]) return boundLong([a], (x = a) => call("nullif", [x, b]));
  return bound(input.args, (...args) => {
    const [x = noArgument(), y = noArgument()] = comparable({ ...input, args });
    return atom`CASE WHEN ${x} = ${y} THEN NULL ELSE ${args[0] ?? noArgument()} END`;
  });
}

const HAS_KEY = once("CASE WHEN $2 IS NOT NULL THEN map_contains($1, $2) END");
const HAS_ELEMENT = once(
  "CASE WHEN list_contains($1, $2) THEN true WHEN len(list_filter($1, lambda x: x IS NULL)) > 0 OR $2 IS NULL THEN NULL ELSE list_contains($1, $2) END",
);

export const duckdbFunctions = {
  eq: comparison("="),
  ne: comparison("<>"),
  lt: ordering("<"),
  le: ordering("<="),
  gt: ordering(">"),
  ge: ordering(">="),
  eqNullSafe: comparison("IS NOT DISTINCT FROM"),
  between,
  in: (input) => inList(comparable(input)),
  and: SAME,
  or: SAME,
  not: SAME,
  isNull: SAME,
  isNotNull: SAME,
  coalesce: (input) => call("coalesce", unified(input)),
  nullIf,
  declassify: SAME,

  plus: sum("+"),
  minus: sum("-"),
  times: product,
  div: quotient,
  mod: remainder,
  negate: negated,
  abs: absolute,
  ceil: rounding("ceil"),
  floor: rounding("floor"),
  round: rounded,
  sqrt: real((x) => atom`CASE WHEN ${x} < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt(${x}) END`),
  exp: ({ args: [x = noArgument()], types: [type] }) => call(EXP, [doubled(x, type)]),
  power,
  ln: real((x) => atom`${LN}(CASE WHEN ${x} > 0 THEN ${x} END)`),
  log10: real((x) => atom`${LOG10}(CASE WHEN ${x} > 0 THEN ${x} END)`),
  greatest: greatest("greatest"),
  least: greatest("least"),
  convertUnit: product,
  acknowledgeFanOut: SAME,
  acknowledgeDisjoint: SAME,

  upper: letters("upper", UPPER),
  lower: letters("lower", LOWER),
  trim: "trim($1, ' ')",
  ltrim: "ltrim($1, ' ')",
  rtrim: "rtrim($1, ' ')",
  length: "CAST(length($1) AS INTEGER)",
  concat: SAME,
  substring: SAME,
  left: SAME,
  right: SAME,
  replace: SAME,
  contains: SAME,
  startsWith: "starts_with($1, $2)",
  endsWith: "ends_with($1, $2)",
  like: SAME,
  lpad: SAME,
  rpad: SAME,
  repeat: SAME,
  splitPart: ({ args: [x = noArgument()], options, text }) =>
    boundLong(
      [x],
      (held = x) => atom`split_part(${held}, ${text(String(options["delimiter"]))}, ${Number(options["part"])})`,
    ),
  translate: SAME,
  initcap: refused("DuckDB has no initcap: use upper and lower on the parts you know"),
  soundex: refused("DuckDB has no soundex: compute it before the pipeline, or run on Spark"),
  position: "CAST(instr($1, $2) AS INTEGER)",
  matches: "regexp_matches($1, {pattern})",
  regexpReplace: ({ args: [x = noArgument()], text, options }) => {
    const replacement = String(options["replacement"]).replace(/\$(\d)/g, "\\$1");
    return atom`regexp_replace(${x}, ${text(String(options["pattern"]))}, ${text(replacement)}, 'g')`;
  },
  regexpExtract: SAME,
  split: "string_split($1, {delimiter})",
  jsonText: ({ args: [x = noArgument()], text, options }) =>
    bound([x], (held = x) => call(JSON_TEXT, [held, text(String(options["path"]))])),
  md5: SAME,
  sha1: SAME,
  sha256: (input) => atom`sha256(${saltOf(input)} || ${input.args[0] ?? noArgument()})`,
  tokenize: (input) => operator`'tok_' || left(sha256(${saltOf(input)} || ${input.args[0] ?? noArgument()}), 16)`,
  redact: SAME,
  mask: once(
    "CASE WHEN length($1) > {showLast} THEN repeat('*', length($1) - {showLast}) || right($1, {showLast}) ELSE repeat('*', length($1)) END",
  ),
  emailDomain: ({ args: [x = noArgument()] }) =>
    boundLong([x], (held = x) => {
      const domain = atom`split_part(${held}, '@', 2)`;
      const slowly = bound([domain], (...part) => call(LOWER, part));
      return atom`CASE WHEN strlen(${held}) = length(${held}) THEN lower(${domain}) ELSE ${slowly} END`;
    }),

  toDate: "CAST($1 AS DATE)",
  year: "CAST(year($1) AS INTEGER)",
  quarter: "CAST(quarter($1) AS INTEGER)",
  month: "CAST(month($1) AS INTEGER)",
  day: "CAST(day($1) AS INTEGER)",
  dayOfYear: "CAST(dayofyear($1) AS INTEGER)",
  dayOfWeek: "CAST(dayofweek($1) + 1 AS INTEGER)",
  weekOfYear: "CAST(weekofyear($1) AS INTEGER)",
  hour: "CAST(hour($1) AS INTEGER)",
  minute: "CAST(minute($1) AS INTEGER)",
  second: "CAST(second($1) AS INTEGER)",
  truncate,
  lastDay: "last_day(CAST($1 AS DATE))",
  addDays,
  addMonths,
  addSeconds,
  daysSince: "CAST(date_diff('day', $2, $1) AS INTEGER)",
  secondsSince,
  unixSeconds,
  format,
  parseDate: parsed("DATE", "require"),
  tryParseDate: parsed("DATE", "try"),
  parseTimestamp: parsed("TIMESTAMP", "require"),
  tryParseTimestamp: parsed("TIMESTAMP", "try"),
  makeDate,

  size: ({ args, types: [whole] }) =>
    atom`CAST(${call(whole?.kind === "map" ? "cardinality" : "len", args)} AS INTEGER)`,
  has: (input) => (input.types[0]?.kind === "map" ? HAS_KEY : HAS_ELEMENT)(input),
  at: ({ args: [x = noArgument()], options }) => atom`${x}[${Number(options["index"]) + 1}]`,
  joinText: once("CASE WHEN $1 IS NOT NULL THEN coalesce(array_to_string($1, {separator}), '') END"),
  sorted: ({ args: [x = noArgument()], type }) =>
    nestedOrder(type.kind === "array" ? [type.element] : []) ?? atom`list_sort(${x}, 'ASC', 'NULLS FIRST')`,
  distinct,
  field: ({ args: [x = noArgument()], options }) => atom`(${x})."${String(options["name"]).replaceAll('"', '""')}"`,
  entry: "map_extract_value($1, $2)",
  keys: "list_sort(map_keys($1), 'ASC', 'NULLS FIRST')",
  variantText: ({ args: [x = noArgument()], text, options }) =>
    bound([x], (held = x) => atom`${JSON_TEXT}(CAST(${held} AS VARCHAR), ${text(String(options["path"]))})`),

  count: SAME,
  countRows: SAME,
  countDistinct: SAME,
  // DuckDB's count_if is null over nulls alone.
  countIf: ({ args: [x = noArgument()], aggregate }) => aggregate("count($1)", atom`CASE WHEN ${x} THEN 1 END`),
  sum: sumOf,
  avg: average,
  min: extreme("min"),
  max: extreme("max"),
  stddev: spread("stddev_samp", 2),
  stddevPop: spread("stddev_pop", 1),
  variance: spread("var_samp", 2),
  variancePop: spread("var_pop", 1),
  median: percentile(0.5),
  percentile: percentile(),
  maxBy: pick("arg_max_null", "max"),
  minBy: pick("arg_min_null", "min"),
  every: SAME,
  some: SAME,
  arrayAgg: sortedList,
  rowNumber: counted("row_number()"),
  rank: counted("rank()"),
  denseRank: counted("dense_rank()"),
  percentRank: SAME,
  cumeDist: SAME,
  lag: SAME,
  lead: SAME,
  firstValue: SAME,
  lastValue: SAME,
} satisfies Cells;
