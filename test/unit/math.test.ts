/** The macros that give DuckDB Spark's exp, ln, log10 and power, beside what Java's StrictMath gives. */
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, expect, test } from "vitest";
import { createMacro } from "../../src/targets/duckdb/macros/index.ts";
import { EXP, LN, LOG10, POWER } from "../../src/targets/duckdb/macros/math.ts";
import { MATH_BITS } from "./math-bits.ts";

const DUCKDB_MATH = [EXP, LN, LOG10, POWER].map(createMacro);

let connection: Awaited<ReturnType<DuckDBInstance["connect"]>>;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
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
  const made = await rows(
    `SELECT i, ${BITS("z")} AS z FROM (SELECT i, medallion_${name}(${columns.join(", ")}) AS z FROM given_${name}) ORDER BY i`,
  );
  expect(made.map(({ z }, i) => [...(cases[i] ?? []).slice(0, -1), z].join(" "))).toEqual(lines);
});

test("a null makes a null, even to the power of 0", async () => {
  const sql =
    "SELECT medallion_exp(x) AS e, medallion_ln(x) AS l, medallion_log10(x) AS g, medallion_power(x, 0) AS p, medallion_power(1, x) AS q FROM (VALUES (CAST(NULL AS DOUBLE))) AS t(x)";
  expect(await rows(sql)).toEqual([{ e: null, l: null, g: null, p: null, q: null }]);
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
