/** Spark's exp, ln, log10 and power on DuckDB: the macros of a script and the functions of the engine give what StrictMath gives. */
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { registerFunctions } from "../../src/engines/duckdb/functions/functions.ts";
import { createMacro } from "../../src/targets/duckdb/macros/index.ts";
import { EXP, LN, LOG10, POWER } from "../../src/targets/duckdb/macros/math.ts";
import { MATH_BITS } from "./math-bits.ts";

const DUCKDB_MATH = [EXP, LN, LOG10, POWER].map(createMacro);

let connection: Awaited<ReturnType<DuckDBInstance["connect"]>>;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  registerFunctions(connection);
  for (const statement of DUCKDB_MATH) await connection.run(statement);
});

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

const double = (hex: string): string => `CAST(CAST(${BigInt.asIntN(64, BigInt(`0x${hex}`))} AS BIT) AS DOUBLE)`;

/** NaN is one value, whatever its bits. */
const BITS = (x: string): string =>
  `CASE WHEN isnan(${x}) THEN '7ff8000000000000' ELSE lower(hex(CAST(CAST(${x} AS BIT) AS BLOB))) END`;

test.each(Object.entries(MATH_BITS))("%s gives the bits that StrictMath gives", async (name, table) => {
  const lines = table.trim().split(/\s*\n\s*/);
  const cases = lines.map((line) => line.split(" "));
  const given = cases.map((words, i) => `(${i}, ${words.slice(0, -1).map(double).join(", ")})`);
  const columns = (cases[0] ?? []).slice(1).map((_, i) => `a${i}`);
  // A table, for DuckDB works out what is constant in another way.
  await connection.run(
    `CREATE TABLE given_${name} AS FROM (VALUES ${given.join(", ")}) AS t(i, ${columns.join(", ")})`,
  );
  for (const fn of [`medallion_${name}`, `medallion_${name}_of_engine`]) {
    const made = await rows(
      `SELECT i, ${BITS("z")} AS z FROM (SELECT i, ${fn}(${columns.join(", ")}) AS z FROM given_${name}) ORDER BY i`,
    );
    expect(made.map(({ z }, i) => [...(cases[i] ?? []).slice(0, -1), z].join(" "))).toEqual(lines);
  }
});

const CASES = Number(process.env["MEDALLION_CASES"] ?? 10);
const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const bitsOf = (x: number): bigint => new BigUint64Array(Float64Array.of(x).buffer)[0] ?? 0n;
const around = (x: number) => fc.integer({ min: -3, max: 3 }).map((n) => bitsOf(x) + BigInt(n));
/** Any bits; usual numbers; whole ones and halves; near 1; subnormal; where results leave the range; edges of fdlibm's branches. */
const doubles = fc.oneof(
  bits,
  fc.double({ min: -1000, max: 1000, noNaN: true }).map(bitsOf),
  fc.integer({ min: -80, max: 80 }).map((n) => bitsOf(n / 2)),
  fc.double({ min: 0.999, max: 1.001, noNaN: true }).map(bitsOf),
  fc.bigInt({ min: 0n, max: 2n ** 52n }),
  fc.constantFrom(0.5, 1, Math.SQRT2, Math.LN2, 709.78, 2 ** 31, 2 ** 64).chain(around),
  fc.constantFrom(0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY).map(bitsOf),
);

test("the functions of the engine give the bits of the macros, whatever the numbers", async () => {
  const pairs = fc.array(fc.tuple(doubles, doubles), { minLength: 1000, maxLength: 1000 });
  const calls = { exp: "x", ln: "x", log10: "x", power: "x, y" };
  await fc.assert(
    fc.asyncProperty(pairs, async (given) => {
      const values = given.map((pair) => `(${pair.map((b) => double(b.toString(16))).join(", ")})`);
      await connection.run(`CREATE OR REPLACE TEMP TABLE pairs AS FROM (VALUES ${values.join(", ")}) AS t(x, y)`);
      for (const [name, args] of Object.entries(calls)) {
        const both = `SELECT x, y, medallion_${name}(${args}) AS m, medallion_${name}_of_engine(${args}) AS e FROM pairs`;
        expect(await rows(`SELECT * FROM (${both}) WHERE ${BITS("m")} <> ${BITS("e")}`), name).toEqual([]);
      }
    }),
    { numRuns: CASES },
  );
}, 120_000);

test("a null makes a null, even to the power of 0", async () => {
  const sql =
    "SELECT medallion_exp(x) AS e, medallion_ln(x) AS l, medallion_log10(x) AS g, medallion_power(x, 0) AS p, medallion_power(1, x) AS q FROM (VALUES (CAST(NULL AS DOUBLE))) AS t(x)";
  expect(await rows(sql)).toEqual([{ e: null, l: null, g: null, p: null, q: null }]);
  const engine = "medallion_exp_of_engine(x) AS e, medallion_power_of_engine(2, x) AS p";
  expect(await rows(`SELECT ${engine} FROM (VALUES (0), (NULL)) AS t(x)`)).toEqual([
    { e: 1, p: 1 },
    { e: null, p: null },
  ]);
});

test("no name within the macros hides one of the query", async () => {
  // Every name that the macros use, as a column of a table that is named as their lambdas' parameter is.
  const names = [...new Set(DUCKDB_MATH.join(" ").match(/\b[a-z]\w*\b/g))].filter((name) => name !== "lambda");
  await connection.run(
    `CREATE TABLE v AS SELECT ${names.map((name, i) => `CAST(${1 + i / 64} AS DOUBLE) AS "${name}"`).join(", ")}`,
  );
  for (const [i, name] of names.entries()) {
    const x = `CAST(${1 + i / 64} AS DOUBLE)`;
    const calls = (arg: string) => `[medallion_exp(${arg}), medallion_log10(${arg}), medallion_power(${arg}, 1.3)]`;
    const [row] = await rows(
      `SELECT ${calls(`v."${name}"`)} = ${calls(x)} AND list_transform([${x}], lambda v: ${calls("v")})[1] = ${calls(`"${name}"`)} AS same FROM v`,
    );
    expect([name, row?.["same"]]).toEqual([name, true]);
  }
});
