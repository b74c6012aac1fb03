/** The plans that DuckDB makes of what is printed: no join compares every row with every other, and planning stays linear. */
import { DuckDBInstance } from "@duckdb/node-api";
import { pipeline, type Relation, source, t } from "medallion";
import { beforeAll, describe, expect, test } from "vitest";
import { printQuery } from "../../src/sql/query.ts";
import { duckdb, duckdbIdentifier } from "../../src/targets/duckdb/dialect.ts";
import { createMacro, MACROS } from "../../src/targets/duckdb/macros/index.ts";

let connection: Awaited<ReturnType<DuckDBInstance["connect"]>>;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const macro of MACROS) await connection.run(createMacro(macro));
});

type Anything = { toNode(): ReturnType<Relation<unknown>["toNode"]> };

function print(relation: Anything): string {
  const context = { dialect: duckdb, table: duckdbIdentifier, source: () => "nothing", tables: new Map() };
  return printQuery(relation.toNode(), context);
}

async function planOf(sql: string): Promise<string> {
  return String((await connection.runAndReadAll(`EXPLAIN ${sql}`)).getRows()[0]?.[1]);
}

/** What orders the events of a history, with the type that DuckDB has for it and values of it in order. */
const SEQUENCES = {
  timestamp: [t.timestamp(), "TIMESTAMPTZ", ["'2024-01-01'", "'2024-02-01'", "'2024-03-01'"]],
  timestampNtz: [t.timestampNtz(), "TIMESTAMP", ["'2024-01-01'", "'2024-02-01'", "'2024-03-01'"]],
  date: [t.date(), "DATE", ["'2024-01-01'", "'2024-02-01'", "'2024-03-01'"]],
  bigint: [t.bigint(), "BIGINT", ["-9223372036854775808", "0", "9223372036854775807"]],
  decimal: [t.decimal(10, 2), "DECIMAL(10, 2)", ["-99999999.99", "0.01", "99999999.99"]],
  string: [t.string(), "VARCHAR", ["''", "'a'", "'b'"]],
} as const;

describe("an as-of join is a hash join, and finds the version of each time", () => {
  test.each(Object.entries(SEQUENCES))("%s", async (_, [type, name, [first, second, third]]) => {
    const p = pipeline("p")
      .bronze({
        facts: source.json("f", { k: t.int(), at: type }),
        events: source.json("e", { k: t.int(), seq: type, v: t.int() }),
      })
      .scd2(($) => ({ history: $.events.changes({ key: (c) => c.k, sequenceBy: (c) => c.seq }) }));
    const { facts, history } = p.tables;
    const joined = facts.asOfJoin(
      history as never,
      {
        on: (f: never, h: never) => (f as { k: { eq(o: unknown): unknown } }).k.eq((h as { k: unknown }).k) as never,
        at: (f: never) => (f as { at: never }).at,
        select: (f: never, h: never) => ({ at: (f as { at: never }).at, v: (h as { v: never }).v }),
      } as never,
    ) as unknown as Anything;
    const typed = (value: string) => `CAST(${value} AS ${name})`;
    await connection.run(
      `CREATE OR REPLACE TABLE facts AS SELECT * FROM (VALUES ${[first, second, third].map((v) => `(1, ${typed(v)})`).join(", ")}, (2, ${typed(first)}), (1, NULL)) AS v(k, "at")`,
    );
    await connection.run(
      `CREATE OR REPLACE TABLE history AS SELECT * FROM (VALUES (1, 10, ${typed(first)}, ${typed(second)}), (1, 20, ${typed(second)}, NULL)) AS v(k, v, __START_AT, __END_AT)`,
    );
    const sql = print(joined);
    const rows = (
      await connection.runAndReadAll(`SELECT v FROM (${sql}) ORDER BY "at" NULLS LAST, v NULLS LAST`)
    ).getRowsJson();
    expect(rows.map(([v]) => v)).toEqual([10, null, 20, 20, null]);
    const plan = await planOf(sql);
    expect(plan).toContain("HASH_JOIN");
    expect(plan).not.toMatch(/NL_JOIN|NESTED_LOOP|CROSS_PRODUCT/);
  });
});
