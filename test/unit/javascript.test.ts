/** What plain JavaScript may get wrong when it builds a pipeline: a `MedallionError` with a place, never a `TypeError`. */
import fc from "fast-check";
import {
  analyze,
  compile,
  fn,
  fromManifest,
  lineage,
  MedallionError,
  param,
  pipeline,
  source,
  sql,
  t,
} from "medallion";
import { bundle, connect, startUpdate } from "medallion/databricks";
import { run as onDuckdb, plan } from "medallion/run";
import { run as onSpark } from "medallion/spark";
import { describe, expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: these tests are about callers without types.
type Untyped = any;
type Callback = (c: Untyped, other: Untyped) => unknown;

const base = (): Untyped =>
  pipeline("p").bronze({
    orders_raw: source.json("o", {
      id: t.bigint(),
      eur: t.decimal(10, 2),
      note: t.string().nullable(),
      paid: t.boolean(),
      at: t.timestamp(),
      day: t.date(),
      blob: t.binary(),
      extra: t.variant(),
      tags: t.array(t.string()),
      place: t.struct({ city: t.string(), known: t.boolean() }),
      scores: t.map(t.string(), t.int()),
    }),
    people_raw: source.json("p", { id: t.bigint(), name: t.string(), active: t.boolean(), at: t.timestamp() }),
  });

const silver = (query: ($: Untyped) => unknown): Untyped => base().silver(($: Untyped) => ({ made: query($) }));
const where = (condition: Callback) => (): Untyped => silver(($) => $.orders_raw.where(condition));
const derive = (columns: Callback) => (): Untyped => silver(($) => $.orders_raw.derive(columns));

const changes = (settings: ($: Untyped) => Untyped = ($) => $.people_raw): Untyped => {
  let made: Untyped;
  silver(($) => {
    made = settings($).changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at });
    return $.people_raw;
  });
  return made;
};

function thrownBy(run: () => unknown): { code?: string; location?: string; message: string; help?: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof MedallionError) return error as Untyped;
    throw error;
  }
  return { message: "nothing was thrown" };
}

describe("an operator of JavaScript is an error at its line", () => {
  test.each<[string, () => unknown, string]>([
    ["&&", where((o) => o.note.eq("x") && o.eur.gt(0)), "EXPR004"],
    ["&& in front of another and()", where((o) => o.note.eq("x") && o.eur.gt(0).and(o.id.gt(0))), "EXPR004"],
    ["&& of a boolean column", where((o) => o.paid && o.eur.gt(0)), "EXPR004"],
    ["&& within and()", where((o) => o.id.gt(0).and(o.note.eq("x") && o.eur.gt(0))), "EXPR004"],
    ["?:", derive((o) => ({ x: o.note.eq("x") ? o.eur : o.id })), "EXPR004"],
    ["?: of a boolean column", derive((o) => ({ x: o.paid ? o.eur : o.id })), "EXPR004"],
    [
      "if",
      derive((o) => {
        if (o.note.eq("x")) return { x: o.eur };
        return { x: o.id };
      }),
      "EXPR004",
    ],
    [
      "a statement",
      where((o) => {
        o.note.eq("x");
        return o.eur.gt(0);
      }),
      "EXPR004",
    ],
    ["&& of values", derive((o) => ({ x: o.eur.plus(1) && o.id })), "EXPR004"],
    ["?: of a value", derive((o) => ({ x: o.eur.minus(1) ? o.eur : o.id })), "EXPR004"],
    [
      "a statement of a value",
      derive((o) => {
        o.eur.times(2);
        return { x: o.eur };
      }),
      "EXPR004",
    ],
    ["!", where((o) => !o.paid), "EXPR001"],
    ["=== in or()", where((o) => o.id.gt(0).or(o.eur === o.id)), "EXPR001"],
    ["=== in and(), of a column that is used as well", where((o) => o.id.gt(0).and(o.id === 1)), "EXPR001"],
    ["=== in or() of a case", derive((o) => ({ x: fn.when(o.paid.or(o.note === "x"), 1).otherwise(0) })), "EXPR001"],
    ["a column that is spread", derive((o) => ({ ...o.place })), "EXPR002"],
    [
      "a table that is spread",
      () => silver(($) => $.orders_raw.select((o: Untyped) => ({ ...$.orders_raw, id: o.id }))),
      "EXPR002",
    ],
    [
      "a table that is spread into a layer",
      () => base().silver(($: Untyped) => ({ ...$.orders_raw, made: $.people_raw })),
      "EXPR002",
    ],
    ["a rest in derive", derive(({ note, ...rest }: Untyped) => rest), "EXPR002"],
    ["a column renamed in derive", derive(({ note, ...rest }: Untyped) => ({ ...rest, remark: note })), "EXPR002"],
    ["a column as a window", derive((o) => ({ x: o.eur.sum().over(o.id) })), "ARG001"],
    ["a list as a window", derive((o) => ({ x: fn.rank().over([o.id] as Untyped) })), "ARG001"],
    ["a case with its other value", derive((o) => ({ x: (fn.when as Untyped)(o.paid, 1, 0) })), "ARG001"],
    ["an index of a list", derive((o) => ({ x: o.tags[0] })), "FN001"],
    ["an index of a text", where((o) => o.note[0].eq("x")), "FN001"],
    ["a field that there is not", derive((o) => ({ x: o.place.fields.town })), "COL001"],
    ["a field of a text", derive((o) => ({ x: o.note.fields.town })), "COL001"],
    ["raw SQL that is called", derive(() => ({ x: (sql(t.string()) as Untyped)("upper(note)") })), "ARG001"],
    ["an order as a column", derive((o) => ({ x: o.eur.desc() })), "EXPR001"],
    ["===", where((o) => o.eur === o.id), "EXPR001"],
    ["=== as a column", derive((o) => ({ x: o.eur === o.id })), "EXPR001"],
    ["! of a number as a column", derive((o) => ({ x: !o.eur, y: o.id })), "EXPR001"],
    ["! of a boolean column as a column", derive((o) => ({ x: !o.paid })), "EXPR004"],
    ["a null as a column", derive(() => ({ x: null })), "EXPR001"],
    ["no value as a column", derive(() => ({ x: undefined })), "EXPR001"],
    ["nothing but constants", () => silver(($) => $.orders_raw.aggregate(() => ({ x: 1 }))), "ARG001"],
    // biome-ignore lint/suspicious/noDoubleEquals: it is what is tested
    ["==", where((o) => o.eur == "1"), "EXPR003"],
    [">", where((o) => o.eur > 1), "EXPR003"],
    ["+", derive((o) => ({ x: o.eur + 1 })), "EXPR003"],
    ["-", derive((o) => ({ x: o.eur - o.id })), "EXPR003"],
    ["a sign", derive((o) => ({ x: -o.eur })), "EXPR003"],
    ["a template", where((o) => o.note.eq(`${o.id}`)), "EXPR003"],
    ["String()", where((o) => o.note.eq(String(o.id))), "EXPR003"],
    ["toString()", where((o) => o.note.eq(o.id.toString())), "EXPR003"],
    [
      "an aggregate in a template",
      () => silver(($) => $.orders_raw.aggregate((o: Untyped) => ({ x: `${o.eur.sum()}` }))),
      "EXPR003",
    ],
    [
      "&& in a join",
      () =>
        silver(($) =>
          $.orders_raw.semiJoin($.people_raw, (o: Untyped, p: Untyped) => o.id.eq(p.id) && o.note.eq(p.name)),
        ),
      "EXPR004",
    ],
    [
      "&& in an expectation",
      () => silver(($) => $.orders_raw.expect({ known: (o: Untyped) => o.note.isNotNull() && o.eur.gt(0) })),
      "EXPR004",
    ],
    [
      "&& in deleteWhen",
      () =>
        base().scd1(($: Untyped) => ({
          made: $.people_raw.changes({
            key: (c: Untyped) => c.id,
            sequenceBy: (c: Untyped) => c.at,
            deleteWhen: (c: Untyped) => c.name.eq("x") && c.active,
          }),
        })),
      "EXPR004",
    ],
    ["&& in a helper", where((o) => isNamed(o) && o.eur.gt(0)), "EXPR004"],
  ])("%s", (_, run, code) => {
    expect(thrownBy(run)).toMatchObject({ code, location: expect.stringMatching(/javascript\.test\.ts:\d+:\d+$/) });
  });

  test("at the line of the condition", () => {
    let next: string | undefined;
    const { location } = thrownBy(
      where((o) => {
        const lost = o.note.eq("x");
        const kept = o.eur.gt(0);
        next = kept.toNode().at;
        return lost && kept;
      }),
    );
    const line = (place: string | undefined) => Number(/:(\d+):\d+$/.exec(place ?? "")?.[1]);
    expect(line(location)).toBe(line(next) - 1);
  });
});

describe("a callback runs again where a condition is left over, and only there", () => {
  test("once for what is right", () => {
    let runs = 0;
    where((o) => {
      runs++;
      return o.note.eq("x").and(o.eur.gt(0));
    })();
    expect(runs).toBe(1);
  });

  test("what it does not make again is lost all the same", () => {
    let runs = 0;
    const once = where((o) => (runs++ === 0 ? o.note.eq("x") && o.eur.gt(0) : o.eur.gt(0)));
    expect(thrownBy(once)).toMatchObject({
      code: "EXPR004",
      location: expect.stringMatching(/javascript\.test\.ts:\d+:\d+$/),
    });
  });
});

describe("times of different kinds are not put together", () => {
  const kinds = { date: t.date(), timestamp: t.timestamp(), ntz: t.timestampNtz() };
  const events = (): Untyped => pipeline("p").bronze({ events: source.json("e", kinds) });
  const mixed = Object.keys(kinds).flatMap((a) => Object.keys(kinds).map((b) => [a, b] as const));
  const ways: readonly (readonly [string, (a: Untyped, b: Untyped) => unknown])[] = [
    ...["eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe", "nullIf", "orElse", "in"].map(
      (name) => [name, (a: Untyped, b: Untyped) => a[name](b)] as const,
    ),
    ["between", (a, b) => a.between(b, b)],
    ["case", (a, b) => fn.when(a.isNull(), a).otherwise(b)],
    ["coalesce", (a, b) => fn.coalesce(a, b)],
  ];

  test.each(ways)("%s", (_, together) => {
    for (const [a, b] of mixed) {
      const made = () =>
        events().silver(($: Untyped) => ({ s: $.events.derive((c: Untyped) => ({ x: together(c[a], c[b]) })) }));
      if (a === b) expect(made).not.toThrow();
      else expect(thrownBy(made), `${a}, ${b}`).toMatchObject({ code: "TYPE001" });
    }
  });
});

const isNamed = (o: Untyped): unknown => o.note.isNotNull();

describe("what a callback makes and rightly does not use is no error", () => {
  const flags = (o: Untyped) => ({ positive: o.eur.gt(0), named: o.note.isNotNull() });
  test.each<[string, () => unknown]>([
    ["one of several that a helper made", where((o) => flags(o).positive)],
    [
      "a rest that drops a boolean column",
      () => silver(($) => $.orders_raw.select(({ paid, ...rest }: Untyped) => rest)),
    ],
    [
      "a rest under another name",
      () => silver(($) => $.orders_raw.select(({ paid, ...rest }: Untyped) => ({ ...rest, x: paid }))),
    ],
    ["a spread", where((o) => flags({ ...o }).positive)],
    ["another field of a struct", where((o) => o.place.fields.city.eq("x"))],
    ["conditions in a list", where((o) => o.eur.gt(0).and(...[o.id, o.day].map((c: Untyped) => c.isNotNull())))],
    [
      "a condition of a case, of a filter and of a count",
      () =>
        silver(($) =>
          $.orders_raw.aggregate((o: Untyped) => ({
            a: (fn as Untyped).when(o.paid, o.eur).otherwise(null).sum(),
            b: o.id.count().filter(o.eur.gt(0)),
            c: o.eur.gt(0).countIf(),
          })),
        ),
    ],
    [
      "a condition in a window",
      derive((o) => ({ x: o.eur.sum().over({ partitionBy: o.eur.gt(0), orderBy: o.paid.desc() }) })),
    ],
    ["the same condition twice", where((o) => o.eur.gt(0) && o.eur.gt(0))],
    ["a choice of the program", where((o) => (process.env["NEVER_SET"] ? o.eur.gt(0) : o.id.gt(0)))],
    [
      "a condition of a parameter that the layer shares",
      () =>
        base().silver(($: Untyped) => {
          const wanted = param.string("region").eq("EU");
          return {
            a: $.people_raw.where((p: Untyped) => p.active.and(wanted)),
            b: $.people_raw.where((p: Untyped) => p.active),
          };
        }),
    ],
  ])("%s", (_, run) => {
    expect(run).not.toThrow();
  });
});

describe("what vanishes without an error", () => {
  test.each<[string, () => unknown, string]>([
    ["the tables of an async layer", () => base().silver(async ($: Untyped) => ({ made: $.orders_raw })), "EXPR005"],
    ["the tables of an async gold", () => base().gold(async () => ({})), "EXPR005"],
    ["the condition of an async callback", where(async (o) => o.eur.gt(0)), "EXPR005"],
    ["the columns of a callback without return", derive(() => {}), "EXPR001"],
    ["the tables of a callback without return", () => base().silver(() => {}), "EXPR001"],
    ["an aggregate in derive", derive((o) => ({ x: o.eur.sum() })), "AGG002"],
    ["an aggregate in where", where((o) => o.paid.some()), "AGG002"],
    [
      "a misspelt option",
      () => silver(($) => $.orders_raw.dedupe({ key: (o: Untyped) => o.id, orderBy: (o: Untyped) => o.at, keep: 1 })),
      "ARG001",
    ],
    ["a window that is no object", derive(() => ({ n: fn.rowNumber().over("x" as Untyped) })), "ARG001"],
    ["a window ordered by a number", derive(() => ({ n: fn.rowNumber().over({ orderBy: 5 } as Untyped) })), "EXPR001"],
    ["a window without an order", derive(() => ({ n: fn.rowNumber().over({} as Untyped) })), "WIN002"],
    ["a rule after changes()", () => changes().expect({ x: (c: Untyped) => c.id.gt(0) }), "SCD008"],
    ["a step after changes()", () => changes().where((c: Untyped) => c.id.gt(0)), "SET001"],
    ["a key after changes()", () => changes().key((c: Untyped) => c.id), "SET001"],
    ["a misspelt setting of changes()", () => changes().coment("x"), "FN001"],
    ["groups of nothing", () => silver(($) => $.orders_raw.groupBy(() => ({}))), "ARG001"],
    ["a list in in()", where((o) => o.note.in(["a"])), "EXPR001"],
    ["a misspelt method", where((o) => o.eur.gtt(0)), "FN001"],
    ["a misspelt step", () => silver(($) => $.orders_raw.wher((o: Untyped) => o.paid)), "FN001"],
    [
      "a method of a value on an aggregate",
      () => silver(($) => $.orders_raw.aggregate((o: Untyped) => ({ x: o.eur.sum().plus(1) }))),
      "FN001",
    ],
  ])("%s", (_, run, code) => {
    expect(thrownBy(run)).toMatchObject({ code, location: expect.stringContaining("javascript.test.ts") });
  });
});

test("what is set before changes() is told where it belongs", () => {
  const rules = thrownBy(() => changes(($) => $.people_raw.expect({ x: (c: Untyped) => c.active })));
  expect(rules.help).toBe("put the rules on a table that changes() or snapshots() reads");
  expect(thrownBy(() => changes(($) => $.people_raw.comment("x"))).help).toBe("set it on what changes() gives");
});

test.each<[string, (given: Untyped) => unknown]>([
  ["analyze()", (given) => analyze(given)],
  ["compile()", (given) => compile(given, { target: "duckdb" })],
  ["lineage()", (given) => lineage(given)],
  ["bundle()", (given) => bundle(given, { environments: { dev: {} } })],
  ["run() on DuckDB", (given) => onDuckdb(given)],
  ["plan()", (given) => plan(given)],
  ["run() on Spark", (given) => onSpark(given)],
  [
    "startUpdate()",
    (given) => startUpdate(given, { client: connect({ host: "https://dbc.example.com", token: "t" }) }),
  ],
])("%s refuses what is not a pipeline", async (_, use) => {
  for (const given of [undefined, null, {}, "shop", { toNode: () => ({}) }]) {
    const thrown: unknown = await Promise.resolve()
      .then(() => use(given))
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: "ARG001",
      message: expect.stringMatching(/^\w+\(\) accepts a pipeline, not /),
    });
  }
});

/** Everything that has methods, made anew, and how to come to it. */
const owners: Readonly<Record<string, (use: (owner: Untyped) => unknown) => unknown>> = {
  pipeline: (use) => use(base()),
  relation: (use) => silver(($) => use($.orders_raw)),
  table: (use) => silver(($) => use($.orders_raw.key((o: Untyped) => o.id).comment("x"))),
  changes: (use) =>
    base().scd1(($: Untyped) => ({
      made: use($.people_raw.changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at })),
    })),
  grouped: (use) => silver(($) => use($.orders_raw.groupBy((o: Untyped) => ({ id: o.id })))),
  sorted: (use) => silver(($) => use($.orders_raw.orderBy((o: Untyped) => o.id))),
  ...Object.fromEntries(
    ["id", "eur", "note", "paid", "at", "day", "blob", "extra", "tags", "place", "scores"].map((column) => [
      `expression ${column}`,
      (use: (owner: Untyped) => unknown) => derive((o) => ({ x: use(o[column]) }))(),
    ]),
  ),
  aggregate: (use) => silver(($) => $.orders_raw.aggregate((o: Untyped) => ({ x: use(o.eur.sum()) }))),
  window: (use) => derive(() => ({ x: use(fn.rowNumber()) }))(),
  order: (use) => silver(($) => $.orders_raw.orderBy((o: Untyped) => use(o.id.asc())).limit(1)),
  case: (use) => derive((o) => ({ x: use(fn.when(o.paid, 1)) }))(),
  fn: (use) => derive(() => ({ x: use(fn) }))(),
  param: (use) => derive(() => ({ x: use(param) }))(),
  t: (use) => use(t),
  "t.string": (use) => use(t.string()),
  "t.decimal": (use) => use(t.decimal(4, 2)),
  source: (use) => use(source),
  door: (use) => use({ analyze, compile, fromManifest, lineage, pipeline, sql }),
};

/** What does something else than build. */
const LEFT_OUT = new Set([
  "constructor",
  "toNode",
  "toJSON",
  "toOrder",
  "toSettings",
  "toFlows",
  "toString",
  "withSettings",
]);

function methodsOf(value: object): readonly string[] {
  const names = new Set<string>();
  for (let at = value; at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) if (!LEFT_OUT.has(name) && !/^[#~]/.test(name)) names.add(name);
  return [...names].filter((name) => typeof value[name as keyof object] === "function");
}

const calls: readonly (readonly [owner: string, method: string])[] = Object.entries(owners).flatMap(
  ([owner, reach]) => {
    let names: readonly string[] = [];
    try {
      reach((value) => {
        names = methodsOf(value);
        return value;
      });
    } catch {
      // What it is not does not matter here.
    }
    return names.map((method): readonly [string, string] => [owner, method]);
  },
);

const nothing = fc.constantFrom<unknown>(
  undefined,
  null,
  0,
  -1,
  1.5,
  Number.NaN,
  "",
  "x",
  "nope",
  true,
  [],
  {},
  [[]],
  { x: 1 },
  new Date(0),
  10n,
  Symbol("s"),
  /x/,
  new Map(),
  new Uint8Array(1),
  Object.create(null),
);
const callback = fc.constantFrom<Callback>(
  () => undefined,
  () => null,
  () => "x",
  () => [],
  () => ({}),
  () => ({ x: undefined }),
  () => [undefined],
  async () => ({}),
  (c) => c,
  (c) => c?.id,
  (c) => [c?.id, 1],
  (c) => ({ x: c?.eur }),
  (c) => ({ x: c }),
  (_, d) => d,
  (c) => c?.eur?.sum?.(),
  (c) => ({ x: c?.eur?.sum?.() }),
  () => fn.rowNumber(),
  () => fn.when(param.boolean("b"), 1),
  () => t.string(),
  () => base(),
);
const option = fc.dictionary(
  fc.constantFrom(
    "key",
    "sequenceBy",
    "orderBy",
    "on",
    "at",
    "select",
    "columns",
    "version",
    "partitionBy",
    "frame",
    "function",
    "using",
    "default",
    "showLast",
    "metadata",
    "delimiter",
    "target",
    "scope",
    "rules",
  ),
  fc.oneof(nothing, callback),
);
const thing = fc.oneof(
  nothing,
  callback,
  option,
  fc
    .constantFrom(
      () => base().tables.orders_raw,
      () => base(),
      () => t.string(),
      () => param.bigint("n"),
      () => param.secret("s", { scope: "x" }),
    )
    .map((make) => make()),
);

test("every method gives a value or a MedallionError, whatever it is given", () => {
  expect(calls.length).toBeGreaterThan(300);
  const runs = Number(process.env["MEDALLION_CASES"] ?? 3000);
  fc.assert(
    fc.property(fc.constantFrom(...calls), fc.array(thing, { maxLength: 3 }), ([owner, method], args) => {
      try {
        owners[owner]?.((value) => value[method](...args));
      } catch (error) {
        if (error instanceof MedallionError && error.code !== "BUG001") return;
        throw error;
      }
    }),
    {
      numRuns: runs,
      seed: Number(process.env["MEDALLION_SEED"] ?? 1),
      examples: calls.map((call) => [call, []] as Untyped),
    },
  );
});

test("tools may look at tables and columns: only a name that a user could mean is an error", () => {
  const { tables } = base();
  expect(tables).toEqual(tables);
  expect(() => (tables as Record<string, unknown>)["nowhere"]).toThrow(expect.objectContaining({ code: "TBL003" }));
});
