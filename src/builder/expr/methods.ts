/** How a method call becomes a catalogue call: which arguments are expressions and which are constants. */
import type { AggregateName, FunctionName, ScalarName, WindowName } from "../../functions/index.ts";
import { datePatternProblem, jsonPathProblem, regexProblem, replacedRegexProblem } from "../../functions/portable.ts";
import type { TypedName } from "../typed/methods.ts";

type OptionCheck = (value: unknown) => string | undefined;

export interface MethodSpec {
  /** Catalogue name, where it is another than the method's. */
  readonly fn?: string;
  /** Constant arguments, in order, that become options of the node. */
  readonly options?: readonly (readonly [name: string, check: OptionCheck, fallback?: string | number])[];
  /** Constants are values of the result, beside the method's own. */
  readonly valued?: boolean;
  /** What type an expression argument's constants take: the value's own (the default) or this one. */
  readonly operandType?: "int" | "bigint";
}

/** A method is a function of the catalogue by its own name, or says by which. */
type Methods<Name extends string, Fn extends string> = {
  readonly [K in Name]: K extends Fn ? MethodSpec : MethodSpec & { readonly fn: Fn };
};

/** What the expression class has itself. */
export type OwnMethod =
  | "toNode"
  | "cast"
  | "tryCast"
  | "asc"
  | "desc"
  | "mask"
  | "sha256"
  | "tokenize"
  | "convert"
  | "has"
  | "entry"
  | "fields";

export const count =
  (least: number): OptionCheck =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= 2 ** 31 - 1
      ? undefined
      : `must be a whole number, ${least} or more`;
export const words: OptionCheck = (value) => (typeof value === "string" ? undefined : "must be a string");
export const nonEmpty: OptionCheck = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be a string that is not empty";
const oneOf =
  (...units: readonly string[]): OptionCheck =>
  (value) =>
    typeof value === "string" && units.includes(value) ? undefined : `must be one of ${units.join(", ")}`;
const checkedText =
  (check: (text: string) => string | undefined): OptionCheck =>
  (value) =>
    typeof value === "string" ? check(value) : "must be a string";
const fraction: OptionCheck = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? undefined : "must be between 0 and 1";
const groupReferences: OptionCheck = (value) =>
  typeof value === "string" && !/\\|\$(?![0-9])/.test(value) ? undefined : "accepts text and $1 … $9, no backslash";
const likePattern: OptionCheck = (value) =>
  typeof value === "string" && /^(?:[^!]|![%_!])*$/.test(value) ? undefined : "takes ! only before %, _ or !";

const none: MethodSpec = {};
const offset: MethodSpec = { options: [["offset", count(0), 1]] };

/** The methods that make an aggregate. */
export const AGGREGATES = {
  count: none,
  countDistinct: none,
  countIf: none,
  sum: none,
  avg: none,
  min: none,
  max: none,
  stddev: none,
  stddevPop: none,
  variance: none,
  variancePop: none,
  median: none,
  percentile: { options: [["percentage", fraction]] },
  maxBy: none,
  minBy: none,
  lastBy: { fn: "maxBy" },
  firstBy: { fn: "minBy" },
  every: none,
  some: none,
  arrayAgg: none,
} as const satisfies Partial<Methods<TypedName, AggregateName>>;

/** The methods that need a window. */
export const WINDOWS = {
  lag: offset,
  lead: offset,
  firstValue: none,
  lastValue: none,
} as const satisfies Partial<Methods<TypedName, WindowName>>;

/** Every method of an expression that is a catalogue call, by method name. */
export const METHODS = {
  eq: none,
  ne: none,
  lt: none,
  le: none,
  gt: none,
  ge: none,
  eqNullSafe: none,
  between: none,
  in: none,
  and: none,
  or: none,
  not: none,
  isNull: none,
  isNotNull: none,
  orElse: { fn: "coalesce", valued: true },
  nullIf: none,
  declassify: { options: [["reason", nonEmpty]] },
  plus: none,
  minus: none,
  times: none,
  div: none,
  mod: none,
  negate: none,
  abs: none,
  ceil: none,
  floor: none,
  round: { options: [["digits", count(0), 0]] },
  sqrt: none,
  exp: none,
  power: none,
  ln: none,
  log10: none,
  acknowledgeFanOut: none,
  acknowledgeDisjoint: none,
  upper: none,
  lower: none,
  trim: none,
  ltrim: none,
  rtrim: none,
  length: none,
  concat: none,
  substring: {
    options: [
      ["start", count(1)],
      ["length", count(0)],
    ],
  },
  left: { options: [["length", count(0)]] },
  right: { options: [["length", count(0)]] },
  replace: {
    options: [
      ["search", nonEmpty],
      ["replacement", words],
    ],
  },
  contains: none,
  startsWith: none,
  endsWith: none,
  position: none,
  like: { options: [["pattern", likePattern]] },
  lpad: {
    options: [
      ["length", count(0)],
      ["pad", nonEmpty],
    ],
  },
  rpad: {
    options: [
      ["length", count(0)],
      ["pad", nonEmpty],
    ],
  },
  repeat: { options: [["times", count(0)]] },
  splitPart: {
    options: [
      ["delimiter", nonEmpty],
      ["part", count(1)],
    ],
  },
  split: { options: [["delimiter", nonEmpty]] },
  translate: {
    options: [
      ["from", nonEmpty],
      ["to", words],
    ],
  },
  initcap: none,
  soundex: none,
  matches: { options: [["pattern", checkedText(regexProblem)]] },
  regexpReplace: {
    options: [
      ["pattern", checkedText(replacedRegexProblem)],
      ["replacement", groupReferences],
    ],
  },
  regexpExtract: {
    options: [
      ["pattern", checkedText(regexProblem)],
      ["group", count(0)],
    ],
  },
  jsonText: { options: [["path", checkedText(jsonPathProblem)]] },
  variantText: { options: [["path", checkedText(jsonPathProblem)]] },
  md5: none,
  sha1: none,
  redact: { options: [["replacement", words, "REDACTED"]] },
  emailDomain: none,
  toDate: none,
  year: none,
  quarter: none,
  month: none,
  day: none,
  dayOfYear: none,
  dayOfWeek: none,
  weekOfYear: none,
  hour: none,
  minute: none,
  second: none,
  truncate: { options: [["unit", oneOf("year", "quarter", "month", "week", "day", "hour", "minute", "second")]] },
  lastDay: none,
  addDays: { operandType: "int" },
  addMonths: { operandType: "int" },
  addSeconds: { operandType: "bigint" },
  daysSince: none,
  secondsSince: none,
  unixSeconds: none,
  format: { options: [["pattern", checkedText(datePatternProblem)]] },
  size: none,
  sorted: none,
  joinText: { options: [["separator", words]] },
  at: { options: [["index", count(0)]] },
  keys: none,
} as const satisfies Methods<
  Exclude<TypedName, OwnMethod | keyof typeof AGGREGATES | keyof typeof WINDOWS>,
  ScalarName
>;

type FnOf<M> = { [K in keyof M]: M[K] extends { readonly fn: infer F } ? F : K }[keyof M];

/** Functions that the expression class and `fn` call themselves. */
type CalledByName =
  | "mask"
  | "sha256"
  | "tokenize"
  | "convertUnit"
  | "has"
  | "entry"
  | "field"
  | "greatest"
  | "least"
  | "makeDate"
  | "countRows"
  | "rowNumber"
  | "rank"
  | "denseRank";

type Nothing<T extends never> = T;

/** A function of the catalogue that nothing calls is an error here, by its name. */
export type Uncalled = Nothing<
  Exclude<FunctionName, CalledByName | FnOf<typeof METHODS> | FnOf<typeof AGGREGATES> | FnOf<typeof WINDOWS>>
>;
