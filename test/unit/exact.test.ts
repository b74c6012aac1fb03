/** The quick ways of exact arithmetic and of casts give what the exact ways give, on DuckDB. */
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { fn, pipeline, source, t } from "medallion";
import { beforeAll, expect, test } from "vitest";
import type { ExprNode } from "../../src/ast/expr.ts";
import { PRELUDE, registerFunctions } from "../../src/engines/duckdb/functions/functions.ts";
import { readText } from "../../src/engines/duckdb/ingest/values.ts";
import { callNode, columnNode } from "../../src/nodes/exprs.ts";
import { printExpr } from "../../src/sql/expr.ts";
import { duckdb } from "../../src/targets/duckdb/dialect.ts";
import { createMacro, MACROS } from "../../src/targets/duckdb/macros/index.ts";
import { primitive } from "../../src/types/types.ts";
import { JSON_TEXTS } from "../spark/functions/json-texts.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 20261126);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 40);
const ROWS = 40;

type Connection = Awaited<ReturnType<DuckDBInstance["connect"]>>;
let connection: Connection;
/** With functions of the engine instead of macros. */
let engine: Connection;
beforeAll(async () => {
  [connection, engine] = [
    await (await DuckDBInstance.create(":memory:")).connect(),
    await (await DuckDBInstance.create(":memory:")).connect(),
  ];
  registerFunctions(engine);
  for (const statement of PRELUDE) await engine.run(statement);
  for (const macro of MACROS) await connection.run(createMacro(macro));
  for (const one of [connection, engine]) await one.run("SET TimeZone = 'UTC'");
});

async function column(sql: string, on = connection): Promise<readonly unknown[]> {
  return (await on.runAndReadAll(sql)).getRowsJson().map(([value]) => value);
}

const print = (node: ExprNode) => printExpr(node, { dialect: duckdb, column: (c) => c.name });

/** A decimal of at most so many digits: few as often as many, a half or a power of ten now and then. */
function digitsOf({ precision, scale }: { precision: number; scale: number }): fc.Arbitrary<bigint> {
  const some = fc
    .integer({ min: 1, max: precision })
    .chain((count) => fc.bigInt({ min: -(10n ** BigInt(count)) + 1n, max: 10n ** BigInt(count) - 1n }));
  const round = fc
    .nat({ max: precision - 1 })
    .chain((zeros) => fc.constantFrom(1n, 5n, -5n).map((n) => n * 10n ** BigInt(zeros)));
  return fc.oneof(
    { weight: 4, arbitrary: some },
    { weight: 1, arbitrary: round },
    fc.constant(10n ** BigInt(scale === precision ? 0 : scale)),
  );
}

const TYPES = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) =>
    fc.record({ precision: fc.constant(precision), scale: fc.nat({ max: Math.min(precision, 20) }) }),
  );

const point = (digits: bigint, scale: number): string => {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  return `${digits < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${text.slice(-scale)}`}`;
};

const abs = (n: bigint) => (n < 0n ? -n : n);

function halfUp(n: bigint, d: bigint): bigint {
  const up = 2n * (abs(n) % abs(d)) >= abs(d) ? 1n : 0n;
  return (n < 0n === d < 0n ? 1n : -1n) * (abs(n) / abs(d) + up);
}

type Scaled = readonly [n: bigint, d: bigint, x: number, y: number, scale: number];
/** An operation, and its result with `scale` digits after the point as a whole number, of two whole numbers with `x` and `y` of them. */
const EXACT = {
  div: ([n, d, x, y, scale]: Scaled) => (d === 0n ? null : halfUp(n * 10n ** BigInt(scale + y), d * 10n ** BigInt(x))),
  times: ([n, d, x, y, scale]: Scaled) => halfUp(n * d, 10n ** BigInt(x + y - scale)),
} as const;

test.each(["div", "times"] as const)(
  "%s of decimals is exact, rounded half away from zero, whatever the digits",
  async (operation) => {
    let refused = 0;
    const rowsOf = ([x, y]: readonly [{ precision: number; scale: number }, { precision: number; scale: number }]) =>
      fc.record({
        x: fc.constant(x),
        y: fc.constant(y),
        rows: fc.array(fc.tuple(digitsOf(x), digitsOf(y)), { minLength: ROWS, maxLength: ROWS }),
      });
    await fc.assert(
      fc.asyncProperty(fc.tuple(TYPES, TYPES).chain(rowsOf), fc.boolean(), async ({ x, y, rows }, computed) => {
        const a = t.decimal(x.precision, x.scale);
        const b = t.decimal(y.precision, y.scale);
        const made: { node?: ExprNode } = {};
        const raw = pipeline("demo").bronze({ raw: source.json("x", { a, b }) }).tables.raw;
        raw.select((c) => {
          // Through `coalesce` the operands are no columns, which are worked out once.
          const [p, q] = computed ? [c.a.orElse(c.a), c.b.orElse(c.b)] : [c.a, c.b];
          const result = operation === "div" ? p.div(q) : p.times(q);
          made.node = (result as unknown as { toNode(): ExprNode }).toNode();
          return { result };
        });
        const { node } = made;
        if (node?.type.kind !== "decimal") throw new Error("of decimals a decimal is made");
        const { precision, scale } = node.type;
        let sql = "";
        try {
          sql = print(node);
        } catch {
          refused++;
          return;
        }
        const exact = rows.map(([n, d]) => EXACT[operation]([n, d, x.scale, y.scale, scale]));
        const fits = (q: bigint | null | undefined) => abs(q ?? 0n) < 10n ** BigInt(precision);
        const kept = rows.filter((_, i) => fits(exact[i]));
        if (kept.length === 0) return;
        const values = kept.map(([n, d], i) => `(${i}, '${point(n, x.scale)}', '${point(d, y.scale)}')`);
        await connection.run(
          `CREATE OR REPLACE TEMP TABLE given AS SELECT i, CAST(a AS DECIMAL(${x.precision}, ${x.scale})) AS a, CAST(b AS DECIMAL(${y.precision}, ${y.scale})) AS b FROM (VALUES ${values.join(", ")}) AS v(i, a, b)`,
        );
        const got = await column(`SELECT CAST(${sql} AS VARCHAR) FROM given ORDER BY i`);
        const whole = got.map((text) => (text === null ? null : BigInt(String(text).replace(".", ""))));
        expect(whole, sql).toEqual(exact.filter(fits));
      }),
      { numRuns: CASES, seed: SEED },
    );
    expect(refused).toBeLessThan(CASES / 2);
  },
  120_000,
);

/** Texts with one character changed, left out or put in. */
function oneOff(...texts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.constantFrom("", ..." \t-+:.,_/TZ0123456789aB", "  ", ":0", "24", "+05:30");
  return fc
    .tuple(fc.constantFrom(...texts), fc.nat({ max: 28 }), fc.nat({ max: 2 }), change)
    .map(([text, at, length, by]) => text.slice(0, at) + by + text.slice(at + length));
}

const texts = fc.oneof(
  fc.stringMatching(/^[+-]?[0-9]{1,20}([.][0-9]{0,20})?([eE][+-]?[0-9]{1,2})?$/),
  fc.stringMatching(
    /^[12][0-9]{3}-[01]?[0-9]-[0-3]?[0-9]([ T][0-2]?[0-9]:[0-6][0-9](:[0-6][0-9]([.][0-9]{0,10})?)?(Z|[+-][01][0-9](:?[03]0)?)?)?$/,
  ),
  oneOff("2024-02-29T12:34:56Z", "2024-02-29 20:04:06", "2024-02-29T00:00:00.250Z", "1924-2-29 9:05:07.123456789-0830"),
  oneOff("true", "No", "-12.5e-3d", ".5", "2024-2-9", "2024-02-09 noon", "Infinity", "12"),
  fc.constantFrom(
    "true",
    "false",
    "TRUE",
    "t",
    "no",
    "",
    "x",
    "0",
    "-0",
    "1.",
    ".5",
    "1e3",
    "00012",
    "0000-01-01",
    "٣",
  ),
);

test("a text reads as it does with a space around it, which is never the quick way", async () => {
  const readers = {
    integer: "BIGINT",
    decimal: "DECIMAL(38, 9)",
    double: "DOUBLE",
    boolean: "BOOLEAN",
    date: "DATE",
    timestamp: "TIMESTAMPTZ",
    timestamp_ntz: "TIMESTAMP",
  };
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 200, maxLength: 200 }), async (given) => {
      const values = given.map((text, i) => `(${i}, '${text}')`).join(", ");
      await connection.run(`CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES ${values}) AS v(i, s)`);
      for (const [name, type] of Object.entries(readers)) {
        const read = (sql: string) =>
          column(`SELECT CAST(TRY_CAST(medallion_${name}_text(${sql}) AS ${type}) AS VARCHAR) FROM given ORDER BY i`);
        expect(await read("s"), name).toEqual(await read("' ' || s"));
      }
      for (const type of [t.timestamp(), t.timestampNtz()]) {
        const read = (from: string) =>
          column(`SELECT CAST(${readText("s", type.declaration.type)} AS VARCHAR) FROM ${from} ORDER BY i`, engine);
        await engine.run(`CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES ${values}) AS v(i, s)`);
        expect(await read("given")).toEqual(await read("(SELECT i, ' ' || s AS s FROM given)"));
      }
    }),
    { numRuns: Math.ceil(CASES / 4), seed: SEED },
  );
}, 120_000);

test("what stands around a text is trimmed: spaces and control characters, in any number", async () => {
  const blanks = Array.from({ length: 33 }, (_, i) => (i === 32 ? 127 : i + 1));
  const any = fc.array(fc.constantFrom(...blanks, 32, 32, 65, 66, 160, 0x3000, 0x1f600, 0x85), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 200, maxLength: 200 }), async (given) => {
      const values = given.map((codes, i) => `(${i}, '' ${codes.map((code) => `|| chr(${code})`).join("")})`);
      await connection.run(`CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES ${values}) AS v(i, s)`);
      const all = blanks.map((code) => `chr(${code})`).join(" || ");
      const trimmed = await column(`SELECT trim(s, ${all}) FROM given ORDER BY i`);
      expect(await column("SELECT medallion_trimmed(s) FROM given ORDER BY i")).toEqual(trimmed);
    }),
    { numRuns: Math.ceil(CASES / 8), seed: SEED },
  );
});

/** Doubles of which many are halves, of a decimal or in binary: 0.125 with two digits. */
const DOUBLES = (() => {
  const halves = fc
    .tuple(fc.integer({ min: -99999, max: 99999 }), fc.integer({ min: 1, max: 9 }))
    .map(([n, s]) => Number(`${n}5e-${s}`));
  const dyadic = fc.tuple(fc.integer(), fc.nat({ max: 12 })).map(([n, s]) => n / 2 ** s);
  return fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e14, max: 1e14 }),
    halves,
    dyadic,
    fc.integer(),
  );
})();

test("a double becomes the decimal of its digits, beside a half too", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(DOUBLES, { minLength: 200, maxLength: 200 }),
      fc.nat({ max: 9 }),
      async (given, scale) => {
        const values = given.map((x, i) => `(${i}, CAST('${x}' AS DOUBLE))`).join(", ");
        await connection.run(`CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES ${values}) AS v(i, x)`);
        const made: { node?: ExprNode } = {};
        pipeline("demo")
          .bronze({ raw: source.json("x", { x: t.double() }) })
          .tables.raw.select((c) => {
            const cast = c.x.cast(t.decimal(30, scale));
            made.node = (cast as unknown as { toNode(): ExprNode }).toNode();
            return { cast };
          });
        if (!made.node) throw new Error("no expression was made");
        const got = await column(`SELECT CAST(${print(made.node)} AS VARCHAR) FROM given ORDER BY i`);
        const slowly = `CAST(CAST(medallion_double_digits(x) AS DECIMAL(30, ${scale})) AS VARCHAR)`;
        expect(got).toEqual(await column(`SELECT ${slowly} FROM given ORDER BY i`));
      },
    ),
    { numRuns: CASES, seed: SEED },
  );
}, 120_000);

/** A double rounded half away from zero by the digits that JavaScript writes, which are as few as tell it apart. */
function roundedByDigits(x: number, scale: number): number {
  const [, sign = "", whole = "", part = "", exponent = "0"] =
    /^(-?)(\d+)\.?(\d*)(?:e([+-]\d+))?$/.exec(String(x)) ?? [];
  const below = part.length - Number(exponent);
  const digits = BigInt(whole + part);
  if (below <= scale) return x === 0 ? 0 : x;
  const unit = 10n ** BigInt(below - scale);
  const rounded = digits / unit + ((digits % unit) * 2n >= unit ? 1n : 0n);
  return rounded === 0n ? 0 : Number(`${sign}${rounded}e-${scale}`);
}

const roundTo = (digits: number): string => {
  const facts = { type: primitive("double"), nullable: true, labels: [], unit: "", additivity: "additive" } as const;
  return print(callNode("round", [columnNode("x", facts, 0)], { digits }, undefined));
};

test("a double is rounded by its digits, of any size", async () => {
  const any = fc.oneof(
    DOUBLES,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 200, maxLength: 200 }), fc.nat({ max: 22 }), async (given, scale) => {
      const values = given.map((x, i) => `(${i}, CAST('${x}' AS DOUBLE))`).join(", ");
      await connection.run(`CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES ${values}) AS v(i, x)`);
      const got = await column(`SELECT ${roundTo(scale)} FROM given ORDER BY i`);
      expect(got).toEqual(given.map((x) => roundedByDigits(x, scale)));
    }),
    { numRuns: CASES, seed: SEED },
  );
  const special = "(VALUES ('nan'::DOUBLE), ('inf'::DOUBLE), (NULL::DOUBLE)) AS v(x)";
  expect(await column(`SELECT CAST(${roundTo(2)} AS VARCHAR) FROM ${special}`)).toEqual(["nan", "inf", null]);
}, 120_000);

test("JSON gives by the quick way what it gives by the slow one", async () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
    fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})([.][0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$/),
  );
  const keys = fc.constantFrom("a", "b", "c", "a.b", "NaN", "é", "", "\\u0061", "\\u00e9", '\\"', "\\\\", "{");
  const { json } = fc.letrec<{ json: string }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("null", "true", "false", '"x"', '"1"', '""', '"inf,]"', "NaN", "01", "[1,]"),
      numbers,
      fc.string().map((text) => JSON.stringify(text)),
      fc.array(tie("json"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
      fc
        .array(fc.tuple(keys, tie("json")), { maxLength: 5 })
        .map(
          (fields) => `{${fields.map(([key, value], i) => `"${key}"${i % 2 === 0 ? "" : " \t"}:${value}`).join(",")}}`,
        ),
    ),
  }));
  const given = fc.oneof(
    fc.constantFrom(...JSON_TEXTS.filter((text) => text !== null)),
    json.map((value) => `{"a":${value}}`),
    fc.tuple(json, fc.constantFrom("", " ", "x", "}", ", 1")).map(([value, after]) => `{"a":{"b":${value}}}${after}`),
    json,
    fc
      .tuple(json, fc.integer({ min: 990, max: 1010 }))
      .map(([value, depth]) => "[".repeat(depth) + value + "]".repeat(depth)),
  );
  const quoted = (text: string) => duckdb.text(text).text;
  let quick = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(given, { minLength: 100, maxLength: 100 }), async (texts) => {
      const values = texts.map((text, i) => `(${i}, ${quoted(text)})`).join(", ");
      for (const one of [connection, engine]) {
        await one.run(`CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES ${values}) AS v(i, s)`);
      }
      for (const path of ["$.a", "$.a.b", "$.a[0]", "$"]) {
        const slowly = `list_transform(list_transform([s], lambda t: medallion_json(t)), lambda j: medallion_json_shown(j, '${path}'))[1]`;
        const [got, wanted] = [`medallion_json_text(s, '${path}')`, slowly].map((sql) =>
          column(`SELECT ${sql} FROM given ORDER BY i`),
        );
        const answers = await got;
        expect(answers, path).toEqual(await wanted);
        expect(await column(`SELECT ${slowly} FROM given ORDER BY i`, engine), path).toEqual(answers);
        const usual = await column(`SELECT coalesce(medallion_json_usual(s, '${path}'), false) FROM given`);
        quick += usual.filter((is) => is === true).length;
      }
    }),
    { numRuns: Math.ceil(CASES / 4), seed: SEED },
  );
  expect(quick).toBeGreaterThan(100);
}, 120_000);

test("a decimal constant that has more digits than its type is refused where it is written, and never rounded", () => {
  const type = t.decimal(5, 2);
  const raw = source.json("x", { id: t.int(), m: t.map(type, t.int()).nullable() });
  const refused = [
    () => fn.lit("1.555", type),
    () => fn.lit("1000.00", type),
    () => fn.lit("1.555", t.decimal(5, 2).pii("amount")),
    () => raw.select((r) => ({ x: r.m.entry("1.005") })),
  ];
  for (const make of refused) {
    expect(make).toThrow(expect.objectContaining({ code: "TYPE002", message: expect.stringContaining("more digits") }));
  }
  for (const text of ["1.50", "999.99", "-999.990", "0", "0.01000"] as const)
    expect(() => fn.lit(text, type)).not.toThrow();
  expect(() => fn.lit(9007199254740992, t.bigint())).toThrow(
    expect.objectContaining({ code: "TYPE002", help: expect.stringContaining("9007199254740993n") }),
  );
});
