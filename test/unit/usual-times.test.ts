/** A timestamp as most are written takes a short way: it is read as by the exact one, which a blank before it leads to. */
import { pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { readText } from "../../src/engines/duckdb/ingest/values.ts";
import { printQuery } from "../../src/sql/query.ts";
import { duckdb } from "../../src/targets/duckdb/dialect.ts";
import { TIMESTAMP_NTZ_TEXT, TIMESTAMP_TEXT } from "../../src/targets/duckdb/macros/times.ts";
import { connectWithMacros } from "../macros.ts";
import { NEARLY_USUAL } from "../nearly-usual.ts";

const WAYS = {
  "a cast to a timestamp": (x: string) => `TRY_CAST(${TIMESTAMP_TEXT.name}(${x}) AS TIMESTAMPTZ)`,
  "a cast to a timestamp without zone": (x: string) => `TRY_CAST(${TIMESTAMP_NTZ_TEXT.name}(${x}) AS TIMESTAMP)`,
  "a timestamp of a file": (x: string) => readText(x, { kind: "timestamp" }),
  "a timestamp without zone of a file": (x: string) => readText(x, { kind: "timestampNtz" }),
};

test.each(Object.entries(WAYS))("%s", async (_, read) => {
  const connection = await connectWithMacros();
  const rows = NEARLY_USUAL.map((text) => `('${text}', ' ${text}')`);
  const result = await connection.runAndReadAll(
    `SELECT x, shortly, exactly FROM (SELECT x, ${read("x")} AS shortly, ${read("y")} AS exactly FROM (VALUES ${rows.join(", ")}) AS v(x, y)) WHERE shortly IS DISTINCT FROM exactly`,
  );
  expect(result.getRowsJson()).toEqual([]);
});

test("a timestamp is cast to the second in which it is, before 1970 as well", async () => {
  const { rows } = pipeline("p").bronze({ rows: source.json("x", { at: t.timestamp() }) }).tables;
  const sql = printQuery(rows.select((r) => ({ seconds: r.at.cast(t.bigint()) })).toNode(), {
    dialect: duckdb,
    table: () =>
      "(SELECT make_timestamptz(CAST(i AS BIGINT)) AS at FROM (SELECT range - 2500000 AS i FROM range(0, 5000000, 250000) UNION ALL SELECT unnest([-1, 1, -62135596800000000, 253402300799999999, -999999])))",
    source: () => "nothing",
    tables: new Map(),
  });
  const connection = await connectWithMacros();
  const given = await connection.runAndReadAll(sql);
  const micros = [
    ...Array.from({ length: 20 }, (_, i) => BigInt(i * 250_000 - 2_500_000)),
    ...[-1n, 1n, -62_135_596_800_000_000n, 253_402_300_799_999_999n, -999_999n],
  ];
  const floor = (i: bigint) => i / 1_000_000n - (i % 1_000_000n < 0n ? 1n : 0n);
  expect(given.getRowsJson().map(([seconds]) => BigInt(String(seconds)))).toEqual(micros.map(floor));
});
