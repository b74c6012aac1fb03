/** Rows that share a place in an order: what is made of them does not depend on how they lie in the table. */
import type { DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { fn, pipeline, source, t } from "medallion";
import { beforeAll, describe, expect, test } from "vitest";
import type { RelationNode } from "../../src/ast/relation.ts";
import type { Dialect } from "../../src/sql/dialect.ts";
import { printQuery } from "../../src/sql/query.ts";
import { duckdb, duckdbIdentifier } from "../../src/targets/duckdb/dialect.ts";
import { databricks } from "../../src/targets/spark-sql/dialect.ts";
import { connectWithMacros } from "../macros.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 20261126);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 60);

const columns = {
  k: t.int(),
  o: t.int().nullable(),
  x: t.string().nullable(),
  y: t.int().nullable(),
  list: t.array(t.int()),
};

const p = pipeline("ties")
  .bronze({ raw: source.json("x", columns) })
  .silver(($) => ({
    windows: $.raw.select((c) => {
      const by = { partitionBy: [c.k], orderBy: [c.o.desc()] };
      const rows = (start: number | "unbounded", end: number | "unbounded") =>
        ({ ...by, frame: { unit: "rows", start, end } }) as const;
      const range = (start: number | "unbounded", end: number | "unbounded") =>
        ({ ...by, frame: { unit: "range", start, end } }) as const;
      return {
        ...c,
        nth: fn.rowNumber().over(by),
        rank: fn.rank().over(by),
        before: c.x.lag(1).over(by),
        after: c.y.lead(1).over(by),
        first: c.x.firstValue().over(by),
        last: c.x.lastValue().over(by),
        first_of_two: c.y.firstValue().over(rows(-1, 0)),
        first_from_here: c.x.firstValue().over(range(0, "unbounded")),
        last_of_all: c.x.lastValue().over(range("unbounded", "unbounded")),
        running: c.y.sum().over(rows("unbounded", 0)),
        to_here: c.y.sum().over(by),
        latest: c.x.maxBy(c.o).over({ partitionBy: [c.k] }),
        earliest: c.y.minBy(c.o).over(range("unbounded", 0)),
      };
    }),
    picked: $.raw
      .groupBy((c) => ({ k: c.k }))
      .aggregate((c) => ({
        x: c.x.maxBy(c.o),
        y: c.y.maxBy(c.o),
        least: c.y.minBy(c.o),
        kept: c.x.maxBy(c.o).filter(c.y.gt(0)),
      })),
    deduped: $.raw.dedupe({ key: (c) => c.k, orderBy: (c) => c.o.desc() }),
    limited: $.raw.orderBy((c) => c.o).limit(2),
  }));

function queryOf(name: keyof typeof p.tables, dialect: Dialect): string {
  const node = p.toNode().tables.find((table) => table.name === name);
  if (node?.kind !== "query") throw new Error(`no table ${name}`);
  const tables = new Map(p.toNode().tables.map((table) => [table.name, table]));
  return printQuery(node.query as RelationNode, { dialect, table: duckdbIdentifier, source: () => "nothing", tables });
}

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await connectWithMacros();
});

const cell = (max: number) => fc.option(fc.nat({ max }), { freq: 4 });
const row = fc.record({ k: fc.nat({ max: 1 }), o: cell(1), x: cell(2), y: cell(2) });
const given = fc
  .array(row, { minLength: 1, maxLength: 8 })
  .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));

type Row = { readonly k: number; readonly o: number | null; readonly x: number | null; readonly y: number | null };

async function rowsOf(rows: readonly Row[], sql: string): Promise<readonly string[]> {
  const values = rows.map((r) => `(${r.k}, ${r.o}, CAST(${r.x} AS VARCHAR), CAST(${r.y} AS INTEGER), [1])`);
  await connection.run(
    `CREATE OR REPLACE TABLE raw AS SELECT * FROM (VALUES ${values.join(", ")}) AS v(k, o, x, y, list)`,
  );
  const made = await connection.runAndReadAll(sql);
  return made
    .getRowsJson()
    .map((one) => JSON.stringify(one))
    .sort();
}

describe("the order of the table decides nothing", () => {
  test.each(["windows", "picked", "deduped", "limited"] as const)("%s", async (name) => {
    const sql = queryOf(name, duckdb);
    await fc.assert(
      fc.asyncProperty(given, async ([rows, shuffled]) => {
        expect(await rowsOf(rows, sql)).toEqual(await rowsOf(shuffled, sql));
      }),
      { numRuns: CASES, seed: SEED },
    );
  });
});

test("values that are picked by one order are those of one row", async () => {
  const sql = queryOf("picked", duckdb);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
      const made = (await rowsOf(rows, sql)).map((text) => JSON.parse(text) as (number | string | null)[]);
      for (const [k, x, y] of made) {
        const ordered = rows.filter((r) => r.k === k && r.o !== null);
        const greatest = Math.max(...ordered.map((r) => r.o ?? 0));
        const candidates = ordered.filter((r) => r.o === greatest);
        const one = ordered.length === 0 ? x === null && y === null : undefined;
        expect(one ?? candidates.some((r) => (r.x === null ? null : String(r.x)) === x && r.y === y)).toBe(true);
      }
    }),
    { numRuns: CASES, seed: SEED },
  );
});

test("what is proven to be unique is ordered by nothing more", () => {
  const proven = pipeline("proven")
    .bronze({ raw: source.json("x", columns) })
    .silver(($) => ({
      one: $.raw
        .dedupe({ key: (c) => c.k, orderBy: (c) => c.o })
        .derive((c) => ({ nth: fn.rowNumber().over({ orderBy: [c.k] }) })),
    }));
  const [, table] = proven.toNode().tables;
  if (table?.kind !== "query") throw new Error("no table");
  const sql = printQuery(table.query, { dialect: databricks, table: (n) => n, source: () => "raw", tables: new Map() });
  expect(sql).toContain("row_number() OVER (ORDER BY k ASC NULLS FIRST) AS nth");
  expect(sql).toContain("PARTITION BY k ORDER BY o ASC NULLS FIRST, x ASC NULLS FIRST, y ASC NULLS FIRST)");
});

test("on Spark a place in an order is a struct, and null where the order is", () => {
  expect(queryOf("picked", databricks)).toContain("max_by(x, CASE WHEN o IS NOT NULL THEN struct(o, x, y) END) AS x");
});
