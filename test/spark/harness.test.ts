/** The harness itself: what it says of values is exact, on both engines. */
import { t } from "medallion";
import { afterAll, describe, expect, test } from "vitest";
import type { SqlType } from "../../src/types/types.ts";
import type { Canonical } from "./canonical.ts";
import { duckSession } from "./duck.ts";
import { EngineError } from "./engines.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
const duck = await duckSession();
afterAll(() => Promise.all([spark.close(), duck.close()]));

const types: Readonly<Record<string, SqlType>> = {
  string: t.string().declaration.type,
  boolean: t.boolean().declaration.type,
  tinyint: t.tinyint().declaration.type,
  bigint: t.bigint().declaration.type,
  float: t.float().declaration.type,
  double: t.double().declaration.type,
  decimal: t.decimal(38, 10).declaration.type,
  date: t.date().declaration.type,
  timestamp: t.timestamp().declaration.type,
  ntz: t.timestampNtz().declaration.type,
  binary: t.binary().declaration.type,
  variant: t.variant().declaration.type,
  list: t.array(t.string()).declaration.type,
  record: t.struct({ a: t.int(), b: t.array(t.decimal(3, 1)) }).declaration.type,
  dict: t.map(t.string(), t.double()).declaration.type,
};
const columns = Object.entries(types).map(([name, type]) => ({ name, type }));
const NOTHING = columns.map(() => null);
const ROWS: readonly (readonly Canonical[])[] = [
  NOTHING,
  [
    "Ünï 😀 \\ ' \" \n ${x}",
    true,
    "-128",
    "-9223372036854775808",
    "0.10000000149011612",
    "-0",
    "-1234567890123456789012345678.0123456789",
    "0001-01-01",
    "0001-01-01 00:00:00.000001",
    "9999-12-31 23:59:59.999999",
    "00ff",
    '{"a":[1,"x",null],"b":{"c":true}}',
    ["b", null, ""],
    { a: "1", b: ["1.5", null] },
    [
      ["a", "NaN"],
      ["k", null],
    ],
  ],
  [
    "",
    false,
    "127",
    "9223372036854775807",
    "Infinity",
    "NaN",
    "0.0000000000",
    "2024-02-29",
    "1969-12-31 23:59:59.999999",
    "1582-10-10 00:00:00.000000",
    "",
    "null",
    [],
    { a: null, b: [] },
    [],
  ],
];

describe.each([
  ["Spark", spark],
  ["DuckDB", duck],
] as const)("%s", (_, engine) => {
  test("gives back the rows of a view, value by value and type by type", async () => {
    await engine.view("given", columns, ROWS);
    const { columns: got, rows } = await engine.sql("SELECT * FROM given");
    expect(rows).toEqual(ROWS);
    expect(got.map((c) => c.type)).toEqual(
      "STRING BOOLEAN TINYINT BIGINT FLOAT DOUBLE DECIMAL(38,10) DATE TIMESTAMP TIMESTAMP_NTZ BINARY VARIANT"
        .split(" ")
        .concat("ARRAY<STRING>", "STRUCT<a: INT, b: ARRAY<DECIMAL(3,1)>>", "MAP<STRING, DOUBLE>"),
    );
    await engine.view("nothing", columns, []);
    expect((await engine.sql("SELECT * FROM nothing")).rows).toEqual([]);
  });

  test("a statement that fails in a batch says why and leaves the others alone", async () => {
    const [first, second, third] = await engine.batch(["SELECT 1", "SELECT no_such_function(1)", "SELECT 2"]);
    expect(first).toMatchObject({ rows: [["1"]] });
    expect(second).toBeInstanceOf(EngineError);
    expect(String(second)).toContain("no_such_function");
    expect(third).toMatchObject({ rows: [["2"]] });
  });
});

test("Spark's parser tells a statement that it takes from one that it does not", async () => {
  expect(await spark.parse("CREATE MATERIALIZED VIEW a AS SELECT * FROM b")).toBeUndefined();
  expect(await spark.parse("CREATE OR REFRESH MATERIALIZED VIEW a AS SELECT 1")).toMatchObject({
    condition: "PARSE_SYNTAX_ERROR",
  });
});

test("ANSI errors come with Spark's error class", async () => {
  const [error] = await spark.batch(["SELECT CAST('x' AS INT)"]);
  expect(error).toMatchObject({ condition: "CAST_INVALID_INPUT" });
});
