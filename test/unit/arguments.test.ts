/**
 * What callers without types may give: each part of the arguments of each method is replaced by values of every kind. What
 * is not stated here as accepted is a `MedallionError` with a code, a place and a help; nothing is ignored.
 */
import { fn, MedallionError, param, pipeline, source, sql, t } from "medallion";
import { describe, expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: these tests are about callers without types.
type Untyped = any;
type Call = (args: Untyped[]) => unknown;

const base = (): Untyped =>
  pipeline("p")
    .bronze({
      orders_raw: source.json("o", {
        id: t.bigint(),
        eur: t.decimal(10, 2),
        note: t.string().nullable(),
        paid: t.boolean(),
        at: t.timestamp(),
        day: t.date(),
        tags: t.array(t.string()),
        scores: t.map(t.string(), t.int()),
      }),
      people_raw: source.json("p", { id: t.bigint(), name: t.string(), active: t.boolean(), at: t.timestamp() }),
    })
    .silver(($: Untyped) => ({ people: $.people_raw.key((c: Untyped) => c.id) })) as Untyped;

/** Stands for the table `people`, which there is only within a pipeline. */
const PEOPLE = Symbol("people");

const silver = (make: ($: Untyped) => unknown): unknown => base().silver(($: Untyped) => ({ made: make($) }));
const derive = (make: (o: Untyped) => unknown): unknown =>
  silver(($) => $.orders_raw.derive((o: Untyped) => ({ x: make(o) })));

const table =
  (method: string): Call =>
  (args) =>
    silver(($) => $.orders_raw[method](...args.map((one) => (one === PEOPLE ? $.people : one))));
const value =
  (column: string, method: string): Call =>
  (args) =>
    derive((o) => o[column][method](...args));
const measure =
  (column: string, method: string): Call =>
  (args) =>
    silver(($) => $.orders_raw.aggregate((o: Untyped) => ({ x: o[column][method](...args) })));
const target =
  (method: string): Call =>
  (args) =>
    base().scd2(($: Untyped) => ({ made: $.people_raw[method](...args) }));
/** A window's parts are given as callbacks here. */
const over: Call = ([window, ...more]) =>
  derive((o) => {
    const parts = ["partitionBy", "orderBy"].flatMap((part) =>
      typeof window?.[part] === "function" ? [[part, window[part](o)] as const] : [],
    );
    const given = parts.length > 0 ? { ...window, ...Object.fromEntries(parts) } : window;
    return o.eur.sum().over(given, ...more);
  });
const declared =
  (method: string): Call =>
  (args) =>
    (t.string() as Untyped)[method](...args);
const of =
  (owner: Untyped, method: string): Call =>
  (args) =>
    owner[method](...args);
const files =
  (format: string): Call =>
  (args) =>
    pipeline("q").bronze({ x: (source as Untyped)[format](...args) });
const asked =
  (column: string, method: string): Call =>
  (args) =>
    silver(($) => $.orders_raw.where((o: Untyped) => o[column].eq((param as Untyped)[method](...args))));

const KINDS: Readonly<Record<string, unknown>> = {
  null: null,
  undefined,
  zero: 0,
  negative: -1,
  fraction: 1.5,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  bigint: 10n,
  empty: "",
  text: "x",
  lines: "a\nb",
  separator: "a\u2028b",
  NUL: "a\0b",
  surrogate: "\ud800",
  true: true,
  false: false,
  "[]": [],
  list: ["a"],
  "{}": {},
  object: { x: 1 },
  bare: Object.assign(Object.create(null), { x: 1 }),
  Date: new Date(0),
  "invalid Date": new Date(Number.NaN),
  symbol: Symbol("s"),
  pattern: /x/,
  Map: new Map([["a", "b"]]),
  Set: new Set(["a"]),
  bytes: new Uint8Array(1),
  promise: Promise.resolve(1),
  boxed: new String("abc"),
  instance: new (class Words {
    a = "b";
  })(),
  "callback of a text": () => "x",
  "callback of nothing": () => undefined,
  column: t.string(),
  relation: base().tables.people,
};

const id = (o: Untyped) => o.id;
const paid = (o: Untyped) => o.paid;
const sides = (o: Untyped, p: Untyped) => o.id.eq(p.id);
const joined = (o: Untyped, p: Untyped) => ({ id: o.id, name: p.name });
const few = (o: Untyped) => ({ id: o.id, name: o.name });

const TEXT = "empty text lines separator";
const WORDS = `${TEXT} NUL`;
const WHOLE = "zero negative bigint";
const NUMBER = `${WHOLE} fraction`;
/** It may be given any number of values. */
const MORE = { more: "any" };
const FLAG = "undefined true false";

/** A right call, and what each part of its arguments may be as well, by its path; of what is not here, nothing. */
const CALLS: Readonly<Record<string, readonly [Call, Untyped[], Readonly<Record<string, string>>?]>> = {
  comment: [table("comment"), ["x"], { 0: TEXT }],
  owner: [table("owner"), ["x"], { 0: "text" }],
  tags: [table("tags"), [{ a: "b" }], { 0: "{}", "0.a": TEXT }],
  properties: [table("properties"), [{ a: "b" }], { 0: "{}", "0.a": TEXT }],
  clusterBy: [table("clusterBy"), [id]],
  partitionBy: [table("partitionBy"), [id]],
  "mask of a table": [
    table("mask"),
    [{ eur: { function: "f", using: id } }],
    { 0: "{}", "0.eur": "text", "0.eur.function": "text", "0.eur.using": "undefined" },
  ],
  rowFilter: [table("rowFilter"), ["f", id], { 0: "text" }],
  key: [table("key"), [id]],
  references: [table("references"), [PEOPLE, id], { 0: "relation" }],
  expect: [table("expect"), [{ r: paid }], { 0: "{}" }],
  expectOrDrop: [table("expectOrDrop"), [{ r: paid }], { 0: "{}" }],
  refreshPolicy: [table("refreshPolicy"), ["full"]],
  private: [table("private"), []],
  materialized: [table("materialized"), []],
  where: [table("where"), [paid]],
  whereNotNull: [table("whereNotNull"), [(o: Untyped) => ({ note: o.note })]],
  select: [table("select"), [(o: Untyped) => ({ id: o.id })]],
  lookup: [table("lookup"), [PEOPLE, id, joined], { 0: "relation" }],
  join: [table("join"), [PEOPLE, sides, joined], { 0: "relation" }],
  semiJoin: [table("semiJoin"), [PEOPLE, sides], { 0: "relation" }],
  asOfJoin: [table("asOfJoin"), [PEOPLE, { on: sides, at: (o: Untyped) => o.at, select: joined }], { 0: "relation" }],
  groupBy: [
    (args) => silver(($) => $.orders_raw.groupBy(...args).aggregate(() => ({ n: fn.countRows() }))),
    [(o: Untyped) => ({ id: o.id })],
  ],
  derive: [table("derive"), [(o: Untyped) => ({ id: o.id })]],
  aggregate: [table("aggregate"), [(o: Untyped) => ({ n: o.id.max() })]],
  orderBy: [(args) => silver(($) => $.orders_raw.orderBy(...args).limit(1)), [id]],
  leftJoin: [table("leftJoin"), [PEOPLE, sides, joined], { 0: "relation" }],
  fullJoin: [table("fullJoin"), [PEOPLE, sides, joined], { 0: "relation" }],
  antiJoin: [table("antiJoin"), [PEOPLE, sides], { 0: "relation" }],
  union: [
    (args) => silver(($) => $.orders_raw.union(...args.map((one) => (one === PEOPLE ? $.orders_raw : one)))),
    [PEOPLE],
  ],
  pipe: [table("pipe"), [(o: Untyped) => o]],
  with: [table("with"), [(o: Untyped) => o]],
  expectOrFail: [table("expectOrFail"), [{ r: paid }], { 0: "{}" }],
  expectOrQuarantine: [table("expectOrQuarantine"), [{ r: paid }], { 0: "{}" }],
  temporary: [table("temporary"), []],
  streaming: [table("streaming"), []],
  limit: [(args) => silver(($) => $.orders_raw.orderBy(id).limit(...args)), [1], { 0: "zero" }],
  dedupe: [table("dedupe"), [{ key: id, orderBy: id }]],
  changes: [
    target("changes"),
    [
      {
        key: id,
        sequenceBy: (o: Untyped) => o.at,
        deleteWhen: (o: Untyped) => o.active,
        truncateWhen: (o: Untyped) => o.active,
        ignoreNullUpdates: true,
        columns: few,
        trackHistory: (o: Untyped) => o.name,
      },
    ],
    {
      "0.deleteWhen": "undefined",
      "0.truncateWhen": "undefined",
      "0.ignoreNullUpdates": "undefined true",
      "0.columns": "undefined",
      "0.trackHistory": "undefined",
    },
  ],
  snapshots: [
    target("snapshots"),
    [{ key: id, version: (o: Untyped) => o.at.max(), columns: few, trackHistory: (o: Untyped) => o.name }],
    { "0.version": "undefined", "0.columns": "undefined", "0.trackHistory": "undefined" },
  ],
  over: [
    over,
    [{ partitionBy: id, orderBy: id, frame: { unit: "rows", start: -1, end: 0 } }],
    {
      0: "{}",
      "0.partitionBy": "undefined [] callback of nothing",
      "0.orderBy": "undefined [] callback of nothing",
      "0.frame": "undefined",
      "0.frame.start": "zero negative",
      "0.frame.end": "zero negative",
    },
  ],
  nullsFirst: [
    (args) => silver(($) => $.orders_raw.orderBy((o: Untyped) => o.id.asc().nullsFirst(...args)).limit(1)),
    [],
  ],
  eq: [value("id", "eq"), [1], { 0: WHOLE }],
  eqNullSafe: [value("id", "eqNullSafe"), [1], { 0: `${WHOLE} null` }],
  between: [value("id", "between"), [1, 2], { 0: WHOLE, 1: WHOLE }],
  in: [value("note", "in"), ["a", "b"], { ...MORE, 0: WORDS, 1: WORDS }],
  and: [value("paid", "and"), [true], { 0: "true false" }],
  plus: [value("eur", "plus"), [1], { 0: NUMBER }],
  orElse: [value("note", "orElse"), ["a"], { ...MORE, 0: WORDS }],
  nullIf: [value("note", "nullIf"), ["a"], { 0: WORDS }],
  concat: [value("note", "concat"), ["a"], { ...MORE, 0: WORDS }],
  round: [value("eur", "round"), [1], { 0: "undefined zero" }],
  replace: [value("note", "replace"), ["a", "b"], { 0: "text lines separator NUL", 1: WORDS }],
  regexpExtract: [value("note", "regexpExtract"), ["(a)", 1], { 1: "zero" }],
  lpad: [value("note", "lpad"), [1, "x"], { 0: "zero", 1: "text lines separator NUL" }],
  trim: [value("note", "trim"), []],
  truncate: [value("at", "truncate"), ["day"]],
  addDays: [value("day", "addDays"), [1], { 0: WHOLE }],
  daysSince: [value("day", "daysSince"), ["2020-01-01"], { 0: "Date" }],
  cast: [value("id", "cast"), [t.string()], { 0: "column" }],
  tryCast: [value("note", "tryCast"), [t.int()], { 0: "column" }],
  mask: [value("note", "mask"), [{ showLast: 2 }], { 0: "undefined {}", "0.showLast": "undefined zero" }],
  convert: [value("eur", "convert"), ["EUR", "1.1"], { 0: "text lines separator NUL", 1: NUMBER }],
  declassify: [value("note", "declassify"), ["a"], { 0: "text lines separator NUL" }],
  has: [value("tags", "has"), ["a"], { 0: WORDS }],
  entry: [value("scores", "entry"), ["a"], { 0: WORDS }],
  sum: [measure("eur", "sum"), []],
  percentile: [measure("eur", "percentile"), [0.5], { 0: "zero" }],
  csv: [
    files("csv"),
    [
      "a/*.csv",
      { id: t.bigint() },
      {
        delimiter: ";",
        header: true,
        nullValues: ["NA"],
        encoding: "utf-8",
        onChange: "ignore",
        native: false,
        metadata: true,
      },
    ],
    {
      0: "text lines separator",
      "1.id": "column",
      2: "undefined {}",
      "2.delimiter": "undefined text",
      "2.header": FLAG,
      "2.nullValues": "undefined [] list",
      "2.nullValues.0": TEXT,
      "2.encoding": "undefined",
      "2.onChange": "undefined",
      "2.native": FLAG,
      "2.metadata": FLAG,
    },
  ],
  parquet: [
    files("parquet"),
    ["a", { id: t.bigint() }, { metadata: true }],
    { 0: "text lines separator", "1.id": "column", 2: "undefined {}", "2.metadata": FLAG },
  ],
  table: [files("table"), ["a.b", { id: t.bigint() }], { 0: "text", "1.id": "column" }],
  "param.bigint": [
    asked("id", "bigint"),
    ["n", { default: 1n }],
    { 0: "text", 1: "undefined {}", "1.default": `undefined ${WHOLE}` },
  ],
  "param.string": [
    asked("note", "string"),
    ["n", { default: "x" }],
    { 0: "text", 1: "undefined {}", "1.default": `undefined ${WORDS}` },
  ],
  "param.date": [
    asked("day", "date"),
    ["n", { default: "2020-01-01" }],
    { 0: "text", 1: "undefined {}", "1.default": "undefined Date" },
  ],
  "param.secret": [
    (args) => derive((o) => o.note.sha256((param as Untyped).secret(...args))),
    ["n", { scope: "x" }],
    { 0: "text", "1.scope": "text" },
  ],
  sql: [
    ([type, options]) => derive((o) => (sql as Untyped)(type, options)`abs(${o.id})`),
    [t.bigint(), { nullable: true }],
    { ...MORE, 0: "column", 1: "undefined {}", "1.nullable": FLAG },
  ],
  "t.string": [of(t, "string"), []],
  "t.enum": [of(t, "enum"), [["a", "b"]], { 0: "list", "0.0": TEXT, "0.1": TEXT }],
  "t.decimal": [of(t, "decimal"), [4, 2], { 1: "zero" }],
  "t.struct": [of(t, "struct"), [{ a: t.int() }], { "0.a": "column" }],
  "t.array": [of(t, "array"), [t.int()], { 0: "column" }],
  "t.map": [of(t, "map"), [t.string(), t.int()], { 0: "column", 1: "column" }],
  nullable: [declared("nullable"), []],
  pii: [declared("pii"), ["email"], { 0: "text" }],
  "comment of a column": [declared("comment"), ["a"], { 0: TEXT }],
  id: [declared("id"), ["bike"], { 0: "text" }],
  "fn.lit": [
    (args) => derive(() => (fn as Untyped).lit(...args)),
    [1, t.int()],
    { 0: `null ${WHOLE}`, 1: "undefined" },
  ],
  "fn.when": [
    (args) => derive((o) => (fn as Untyped).when(o.paid, ...args).otherwise(2)),
    [1],
    { 0: `null NaN Infinity ${NUMBER}` },
  ],
  "fn.coalesce": [(args) => derive((o) => (fn as Untyped).coalesce(o.note, ...args)), ["a"], { ...MORE, 0: WORDS }],
  "fn.concat": [(args) => derive((o) => (fn as Untyped).concat(o.note, ...args)), ["a"], { ...MORE, 0: WORDS }],
  include: [(args) => base().include(...args), [pipeline("y")]],
  bronze: [
    (args) => (pipeline("q") as Untyped).bronze(...args),
    [{ x: source.json("o", { id: t.int() }) }],
    { 0: "{}" },
  ],
  silver: [(args) => base().silver(...args), [() => ({})]],
};

type Path = readonly (string | number)[];

const isPlain = (part: Untyped): boolean =>
  typeof part === "object" &&
  part !== null &&
  [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(part));

function pathsOf(part: Untyped, at: Path = []): readonly Path[] {
  const own = at.length === 0 ? [] : [at];
  return isPlain(part) ? [...own, ...Object.keys(part).flatMap((key) => pathsOf(part[key], [...at, key]))] : own;
}

function replaced(part: Untyped, [key, ...rest]: Path, by: unknown): Untyped {
  if (key === undefined) return by;
  const put = (name: string, old: unknown) => (name === String(key) ? replaced(old, rest, by) : old);
  if (Array.isArray(part)) return part.map((old, i) => put(String(i), old));
  return Object.fromEntries(Object.entries(part).map(([name, old]) => [name, put(name, old)]));
}

const at = (part: Untyped, path: Path): unknown => path.reduce((found, key) => found[key], part);

/** `undefined` where it was accepted; else what is wrong with how it was refused. */
function refusal(call: Call, args: Untyped[]): string | undefined {
  try {
    call(args);
    return undefined;
  } catch (error) {
    if (!(error instanceof MedallionError)) return `threw ${error}`;
    const { code, location, help } = error;
    if (code === "BUG001" || !location?.includes("arguments.test.ts"))
      return `${code} at ${location}: ${error.message}`;
    return help === undefined || help === "" ? `no help: ${error.message}` : "refused";
  }
}

describe.each(Object.entries(CALLS))("%s", (_, [call, good, accepted = {}]) => {
  test("accepts what is right, and not one more argument", () => {
    const refused = [good, [...good, "x"]].map((args) => refusal(call, args));
    expect(refused).toEqual([undefined, "more" in accepted ? undefined : "refused"]);
  });

  test("refuses callbacks that read an argument more than there are", () => {
    const callbacks = pathsOf(good).filter((path) => typeof at(good, path) === "function" && call !== over);
    const greedy = (_0: Untyped, _1: Untyped, third: Untyped) => third.id.eq(third.name);
    const found = callbacks.map((path) => [path.join("."), refusal(call, replaced(good, path, greedy))]);
    expect(found).toEqual(callbacks.map((path) => [path.join("."), "refused"]));
  });

  test("refuses values of other kinds with a code, a place and a help", () => {
    for (const path of pathsOf(good)) {
      const found = Object.entries(KINDS).map(([kind, value]) => [kind, refusal(call, replaced(good, path, value))]);
      const stated = accepted[path.join(".")] ?? "";
      const odd = found.filter(([, said]) => said !== undefined && said !== "refused");
      expect(odd, path.join(".")).toEqual([]);
      const taken = found.flatMap(([kind, said]) => (said === undefined ? [kind] : []));
      const right = Object.keys(KINDS).filter((kind) => ` ${stated} `.includes(` ${kind} `));
      expect(taken, path.join(".")).toEqual(right);
    }
  });
});
