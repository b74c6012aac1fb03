/** Cases of the scalar functions, in the order of the catalogue. */
import type { Options } from "../../../src/functions/spec.ts";
import type { Case } from "./cases.ts";
import { JSON_TEXTS } from "./json-texts.ts";
import type { ValueType } from "./values.ts";

const INTEGERS = ["tinyint", "smallint", "int", "bigint"] as const;
const DECIMALS = ["money", "rate", "whole", "wide", "fraction"] as const;
const FRACTIONS = ["float", "double"] as const;
const NUMBERS = [...INTEGERS, ...DECIMALS, ...FRACTIONS] as const;
const TIMES = ["timestamp", "ntz"] as const;
const SIMPLE = ["string", "boolean", ...NUMBERS, "date", ...TIMES, "binary"] as const;
const LISTS = ["strings", "ints", "doubles", "records"] as const;
const ALL: readonly ValueType[] = [...SIMPLE, ...LISTS, "record", "variant", "dict"];
/** Pairs of types that meet: each with itself, and what is widened. */
const NUMBER_PAIRS: readonly (readonly [ValueType, ValueType])[] = [
  ...NUMBERS.map((type) => [type, type] as const),
  ...([
    ["tinyint", "int"],
    ["int", "bigint"],
    ["bigint", "smallint"],
    ["int", "money"],
    ["money", "bigint"],
  ] as const),
  ...([
    ["money", "rate"],
    ["rate", "money"],
    ["whole", "rate"],
    ["wide", "money"],
    ["fraction", "money"],
  ] as const),
  ...([
    ["whole", "fraction"],
    ["int", "double"],
    ["double", "bigint"],
    ["float", "int"],
    ["money", "double"],
  ] as const),
  ...([
    ["float", "double"],
    ["rate", "float"],
    ["tinyint", "rate"],
    ["wide", "double"],
  ] as const),
];
const SAME = [...SIMPLE, ...LISTS, "record"] as const;

const each = (
  fn: string,
  types: readonly ValueType[],
  options: readonly Options[] = [],
  extra: Partial<Case> = {},
): readonly Case[] =>
  types.flatMap((type) =>
    options.length === 0
      ? [{ fn, args: [type], ...extra }]
      : options.map((given) => ({ fn, args: [type], options: given, ...extra })),
  );
const pairs = (
  fn: string,
  list: readonly (readonly [ValueType, ValueType])[],
  extra: Partial<Case> = {},
): readonly Case[] => list.map((args) => ({ fn, args, ...extra }));
const text = (fn: string, ...options: readonly Options[]): readonly Case[] => each(fn, ["string"], options);

const comparable = [
  ...pairs(
    "",
    SAME.map((type) => [type, type] as const),
  ),
  ...pairs("", NUMBER_PAIRS),
];
const compared = (fn: string): readonly Case[] => comparable.map((given) => ({ ...given, fn }));
const triple = (fn: string): readonly Case[] => SAME.map((type) => ({ fn, args: [type, type, type] }));

const comparison: readonly Case[] = [
  ...["eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe", "nullIf", "coalesce"].flatMap(compared),
  ...["between", "in"].flatMap(triple),
  // Each end is compared by itself.
  ...NUMBER_PAIRS.filter(([a, b]) => a !== b).flatMap(([a, b]): Case[] => [
    { fn: "between", args: [a, a, b] },
    { fn: "between", args: [a, b, a] },
    { fn: "between", args: [a, b, b] },
  ]),
  ...pairs("in", NUMBER_PAIRS),
  ...["and", "or"].flatMap((fn): Case[] => [
    { fn, args: ["boolean", "boolean"] },
    { fn, args: ["boolean", "boolean", "boolean"] },
  ]),
  ...each("not", ["boolean"]),
  ...each("isNull", ALL),
  ...each("isNotNull", ALL),
  ...each("declassify", ALL, [{ reason: "test" }]),
];

const arithmetic: readonly Case[] = [
  ...["plus", "minus", "times", "div", "mod"].flatMap((fn) => pairs(fn, NUMBER_PAIRS)),
  ...pairs("convertUnit", [
    ["money", "rate"],
    ["int", "int"],
    ["double", "double"],
  ]).map((c) => ({ ...c, options: { to: "EUR" } })),
  ...["negate", "abs", "ceil", "floor", "acknowledgeFanOut", "acknowledgeDisjoint"].flatMap((fn) => each(fn, NUMBERS)),
  ...each(
    "round",
    [...INTEGERS, ...DECIMALS],
    [{ digits: 0 }, { digits: 1 }, { digits: 2 }, { digits: 20 }, { digits: 40 }],
  ),
  ...each(
    "round",
    ["double"],
    [0, 1, 2, 5, 9, 10, 20, 22].map((digits) => ({ digits })),
  ),
  ...each("sqrt", NUMBERS),
  ...["exp", "ln", "log10"].flatMap((fn) => each(fn, NUMBERS)),
  ...pairs("power", NUMBER_PAIRS),
  ...["greatest", "least"].flatMap((fn) => [
    ...pairs(fn, NUMBER_PAIRS),
    ...NUMBERS.map((type): Case => ({ fn, args: [type, type, type] })),
  ]),
];

const SHARP_PATTERNS = [
  "a",
  "^a",
  "[A-Z]",
  "\\p{L}+",
  "\\p{Lu}",
  "\\d+",
  "[^\\n]+",
  "\\Aa\\z",
  "(a)(b)?",
  "x{2,}",
  "\\w",
  "\\W",
  "\\.",
  "[é😀]",
  "(a|b)*",
];

const strings: readonly Case[] = [
  ...["upper", "lower", "trim", "ltrim", "rtrim", "length", "initcap", "soundex", "md5", "sha1", "emailDomain"].flatMap(
    (fn) => text(fn),
  ),
  { fn: "concat", args: ["string"] },
  { fn: "concat", args: ["string", "string"] },
  { fn: "concat", args: ["string", "string", "string"] },
  ...text(
    "substring",
    { start: 1, length: 0 },
    { start: 1, length: 2 },
    { start: 2, length: 1 },
    { start: 3, length: 2147483647 },
    { start: 2147483647, length: 2147483647 },
  ),
  ...text("left", { length: 0 }, { length: 1 }, { length: 2 }, { length: 2147483647 }),
  ...text("right", { length: 0 }, { length: 1 }, { length: 2 }, { length: 2147483647 }),
  ...text(
    "replace",
    { search: "a", replacement: "" },
    { search: "a", replacement: "$1'\\" },
    { search: "é", replacement: "e" },
    { search: "😀", replacement: "aa" },
    { search: "aa", replacement: "b" },
    { search: "\\", replacement: "\\\\" },
  ),
  ...pairs("contains", [["string", "string"]]),
  ...pairs("startsWith", [["string", "string"]]),
  ...pairs("endsWith", [["string", "string"]]),
  ...pairs("position", [["string", "string"]]),
  ...text(
    "like",
    { pattern: "%" },
    { pattern: "_" },
    { pattern: "a%" },
    { pattern: "%b%" },
    { pattern: "!%" },
    { pattern: "a!_b" },
    { pattern: "!!" },
    { pattern: "__" },
    { pattern: "\\" },
    { pattern: "" },
    { pattern: "line_break" },
    { pattern: "%\n%" },
    { pattern: "'" },
  ),
  ...["lpad", "rpad"].flatMap((fn) =>
    text(
      fn,
      { length: 0, pad: "*" },
      { length: 1, pad: "*" },
      { length: 6, pad: "xyz" },
      { length: 5, pad: "😀é" },
      { length: 3, pad: "'\\" },
    ),
  ),
  ...text("repeat", { times: 0 }, { times: 1 }, { times: 3 }),
  ...text(
    "splitPart",
    { delimiter: ",", part: 1 },
    { delimiter: ",", part: 3 },
    { delimiter: ",", part: 9 },
    { delimiter: "X", part: 2 },
    { delimiter: "@", part: 2 },
    { delimiter: "😀", part: 2 },
    { delimiter: ".", part: 1 },
    { delimiter: "ab", part: 1 },
  ),
  ...text(
    "translate",
    { from: "ab", to: "xy" },
    { from: "ab", to: "x" },
    { from: "a", to: "" },
    { from: "é😀", to: "e!" },
    { from: "aa", to: "xy" },
    { from: "\\'", to: "ab" },
  ),
  ...text("matches", ...SHARP_PATTERNS.map((pattern) => ({ pattern }))),
  ...text(
    "regexpReplace",
    ...SHARP_PATTERNS.filter((pattern) => !pattern.includes("*")).map((pattern) => ({ pattern, replacement: "<>" })),
    { pattern: "(a)(b)?", replacement: "$2-$1" },
    { pattern: "([A-Z])", replacement: "$1$1" },
    { pattern: "a", replacement: "$0$0'" },
  ),
  ...text(
    "regexpExtract",
    ...SHARP_PATTERNS.map((pattern) => ({ pattern, group: 0 })),
    { pattern: "(a)(b)?", group: 2 },
    { pattern: "([A-Z])", group: 1 },
    { pattern: "(\\d)\\.(\\d)", group: 2 },
  ),
  ...text(
    "split",
    { delimiter: "," },
    { delimiter: "X" },
    { delimiter: "😀" },
    { delimiter: "." },
    { delimiter: "\\" },
    { delimiter: "$1" },
    { delimiter: "ab" },
    { delimiter: "\n" },
  ),
  ...["$", "$.a", "$.a.b", "$.a[0]", "$.a[1].b", "$[0]", "$.missing"].flatMap((path): Case[] => [
    { fn: "jsonText", args: ["string"], options: { path }, values: [JSON_TEXTS] },
  ]),
  ...text("sha256", { salt: "pepper" }, { salt: "s'\\é" }),
  ...text("tokenize", { salt: "pepper" }, { salt: "s'\\é" }),
  ...text("redact", { replacement: "REDACTED" }, { replacement: "" }, { replacement: "'\\${x}" }),
  ...text("mask", { showLast: 0 }, { showLast: 1 }, { showLast: 4 }, { showLast: 100 }),
];

const PARTS = ["year", "quarter", "month", "day", "dayOfYear", "dayOfWeek", "weekOfYear", "toDate", "lastDay"];
const STEPS = [null, "-1", "0", "1", "29", "-366", "3652058", "-3652058"];
const MONTHS = [null, "-1", "0", "1", "12", "13", "-1200", "119987"];
const SECONDS = [
  ...[null, "-1", "0", "1", "60", "86399", "-86400", "31536000000", "999999999999", "1000000000000"],
  ...["-9223372036854775808", "9223372036854775807"],
];

const PATTERNS = [
  ...["yyyy-MM-dd", "dd/MM/yyyy HH:mm:ss", "dd.MM.yyyy", "yyyyMMdd", "yyyyMMdd_HHmmss", "MM-dd-yyyy HH:mm"],
  ...["yyyy", "HH:mm", "MM, dd", "ss:mm:HH ddMMyyyy", "dd", "mm_ss"],
];
/** Texts of these patterns, nearly of them, and of days and hours that there are not. */
const WRITTEN = [
  ...[
    null,
    "",
    " ",
    "2024-02-29",
    "2023-02-29",
    "2024-2-9",
    " 2024-02-29",
    "2024-02-29 ",
    "2024-02-29T00:00",
    "0000-01-01",
  ],
  ...["+2024-01-01", "+12024-01-01", "12024-01-01", "-0044-03-15", "-0000-01-01", "-12024-01-01", "024-01-01", "-2024"],
  ...[
    "29/02/2024 23:59:59",
    "29/02/2024 24:00:00",
    "31/04/2024 00:00:00",
    "29/02/2024 23:59:60",
    "29/02/2024  23:59:59",
  ],
  ...[
    "29.02.2024",
    "29x02x2024",
    "1.2.2024",
    "29.02.24",
    "00.01.2024",
    "01.00.2024",
    "01.13.2024",
    "32.01.2024",
    "01.01.-0001",
  ],
  ...["20240229", "20230229", "2024022", "202402290", "20240229_235958", "20240229_235960"],
  ...[
    "03-01-2022 08:23",
    "03-01-2022 08:23:01",
    "2024",
    "99999",
    "+99999",
    "0001",
    "23:59",
    "24:00",
    "3:59",
    "23:60",
    "23:59\n",
  ],
  ...["02, 29", "02, 30", "2, 29", "58:59:23 29022024", "29", "31", "59_58", "٢٠٢٤-٠٢-٢٩", "2024-02-29\u0000", "abc"],
];

const parsedBy = (fn: string, pattern: string, written: typeof WRITTEN): Case => ({
  fn,
  args: ["string"],
  options: { pattern },
  values: [written],
});
/** A text that fails costs Spark a query of its own. */
const SOME_WRITTEN = WRITTEN.filter((_, i) => i % 3 === 0);

const times: readonly Case[] = [
  ...PARTS.flatMap((fn) => each(fn, ["date", ...TIMES])),
  ...["hour", "minute", "second"].flatMap((fn) => each(fn, TIMES)),
  ...each(
    "truncate",
    ["date"],
    ["year", "quarter", "month", "week"].map((unit) => ({ unit })),
  ),
  ...each(
    "truncate",
    TIMES,
    ["year", "quarter", "month", "week", "day", "hour", "minute", "second"].map((unit) => ({ unit })),
  ),
  { fn: "addDays", args: ["date", "int"], values: [undefined, STEPS] },
  { fn: "addDays", args: ["date", "tinyint"] },
  { fn: "addDays", args: ["date", "bigint"] },
  { fn: "addMonths", args: ["date", "int"], values: [undefined, MONTHS] },
  { fn: "addMonths", args: ["date", "smallint"] },
  { fn: "addMonths", args: ["date", "bigint"] },
  ...TIMES.map((type): Case => ({ fn: "addSeconds", args: [type, "bigint"], values: [undefined, SECONDS] })),
  ...TIMES.map((type): Case => ({ fn: "addSeconds", args: [type, "int"] })),
  ...pairs("daysSince", [["date", "date"]]),
  ...pairs("secondsSince", [
    ["timestamp", "timestamp"],
    ["ntz", "ntz"],
  ]),
  ...each("unixSeconds", ["timestamp"]),
  ...each(
    "format",
    ["date", ...TIMES],
    ["yyyy-MM-dd", "dd/MM/yyyy HH:mm:ss", "yyyy", "HH.mm", "yyyyMMdd_HHmmss"].map((pattern) => ({ pattern })),
  ),
  ...["tryParseDate", "tryParseTimestamp"].flatMap((fn) => PATTERNS.map((pattern) => parsedBy(fn, pattern, WRITTEN))),
  ...["parseDate", "parseTimestamp"].flatMap((fn) =>
    PATTERNS.slice(0, 4).map((pattern) => parsedBy(fn, pattern, SOME_WRITTEN)),
  ),
  {
    fn: "makeDate",
    args: ["int", "int", "int"],
    values: [
      [null, "-1", "0", "1", "1582", "2023", "2024", "9999", "10000"],
      [null, "0", "1", "2", "12", "13"],
      [null, "0", "1", "28", "29", "30", "31", "32"],
    ],
  },
  { fn: "makeDate", args: ["bigint", "tinyint", "smallint"] },
];

const collections: readonly Case[] = [
  ...each("size", [...LISTS, "dict", "codes"]),
  { fn: "has", args: ["strings", "string"] },
  { fn: "has", args: ["ints", "int"] },
  { fn: "has", args: ["doubles", "double"] },
  { fn: "has", args: ["dict", "string"], values: [undefined, [null, "", "k", "K", "é", "q"]] },
  { fn: "has", args: ["codes", "int"], values: [undefined, [null, "-1", "1", "2"]] },
  ...each("at", LISTS, [{ index: 0 }, { index: 2 }, { index: 2147483647 }]),
  ...each("joinText", ["strings"], [{ separator: "," }, { separator: "" }, { separator: "'\\😀" }]),
  ...each("sorted", LISTS),
  ...each("distinct", LISTS),
  ...each("field", ["record"], [{ name: "city" }, { name: "zip" }, { name: "where" }]),
  { fn: "entry", args: ["dict", "string"], values: [undefined, [null, "", "k", "K", "é", "q"]] },
  { fn: "entry", args: ["codes", "int"], values: [undefined, [null, "-1", "1", "2"]] },
  ...each("keys", ["dict", "codes"]),
  ...each(
    "variantText",
    ["variant"],
    ["$", "$.u", "$.u.id", "$.u[0]", "$[0]", "$[0].a", "$.u.id[1]"].map((path) => ({ path })),
  ),
];

export const SCALARS: readonly Case[] = [...comparison, ...arithmetic, ...strings, ...times, ...collections];
