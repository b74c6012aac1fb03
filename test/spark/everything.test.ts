/** Every step and setting, and what the Spark target has words of its own for: the same rows on Spark and on DuckDB. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, test } from "vitest";
import { writeEverything, writeMore } from "../e2e/everything-data.ts";
import { folder, write } from "../e2e/support.ts";
import everything from "../fixtures/pipelines/everything.ts";
import features from "../fixtures/pipelines/spark.ts";
import { dropped, duckUpdate, expectSameTables, sparkProject } from "./sdp/project.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

test("every step, in two deliveries", { timeout: 600_000 }, async () => {
  const base = await folder();
  const project = await sparkProject(everything, base);
  await writeEverything(base);
  expect((await project.run()).output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(23);
  await writeMore(base);
  expect((await project.run()).output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  await expectSameTables(project, spark);
  await dropped(project, spark);
});

const lines = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function parquet(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${sql}) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

test("flows, views that are read in both ways, rules of every action, nested values, parameters", {
  timeout: 600_000,
}, async () => {
  const base = await folder();
  const project = await sparkProject(features, base, { params: { landing: "landed here", most: 800 } });
  await write(
    base,
    "landed here/orders/a b.csv",
    "id;customer;amount;region;note\n1;10;5.5;EU;x\n2;NA;7;US;-\n3;11;5000;EU;big\n4;11;0;EU;none\n",
  );
  await write(base, "shops/deep/er/1.json", lines({ id: 5, customer: 12, amount: 8.25, region: "??", note: null }));
  await parquet(
    path.join(base, "archive.parquet"),
    "SELECT 6::BIGINT AS id, 10 AS CUSTOMER, 850.5::DECIMAL(10,2) AS amount, 'it''s \\ closed' AS region, NULL::VARCHAR AS note, TIMESTAMPTZ '2020-01-01 00:00:00.123456+00' AS added UNION ALL SELECT 8, NULL, 1, 'EU', 'old', NULL",
  );
  await write(
    base,
    "catalog/1.json",
    JSON.stringify([
      {
        sku: "a",
        price: "1234567890123456.7891",
        sizes: [{ w: 1, h: 1.5 }, { w: null }],
        stock: { x: 1, y: null },
        since: "2024-02-29",
        active: true,
        extra: { deep: [1, "x"] },
      },
      { sku: "b", price: "no", sizes: [{ w: "many" }], stock: { x: "1" }, since: "2024", active: "yes", extra: 1 },
      { sku: null, price: 1 },
      { sku: "c", sizes: [], stock: {}, active: "TRUE", more: { of: "it" } },
      3,
    ]),
  );
  await write(
    base,
    "changes/1.json",
    lines(
      { id: 1, name: "a", city: "Rome", op: "U", seq: 1 },
      { id: 1, name: "b", city: null, op: "U", seq: 3 },
      { id: 2, name: "c", city: "Oslo", op: "U", seq: 2 },
      { id: 2, name: "c", city: "Oslo", op: "D", seq: 5 },
    ),
  );
  await write(base, "more_changes/1.json", lines({ id: 3, name: "d", city: "Bonn", op: "U", seq: 4 }));
  await write(base, "stock/1.csv", 'x,1,2024-01-01\n"y, z",2,2024-01-01\n');
  const first = await project.run();
  expect(first.output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(18);
  const counts = await spark.sql(`SELECT * FROM ${project.name("silver", "set_aside_expectations")} ORDER BY rule`);
  expect(counts.columns.map((c) => c.name)).toEqual(["rule", "action", "passed", "failed"]);

  await write(base, "landed here/orders/more.csv", "note;region;amount;customer;id\nlate;EU;12;10;12\n");
  await write(base, "shops/2.json", lines({ id: 14, customer: 10, amount: 1, region: "US", note: "n", tip: 2 }));
  await write(
    base,
    "changes/2.json",
    lines({ id: 0, name: null, city: null, op: "T", seq: 2 }, { id: 1, name: "z", city: "Kiel", op: "U", seq: 2 }),
  );
  await rm(path.join(base, "stock/1.csv"));
  await write(base, "stock/2.csv", "x,3,2024-01-02\n");
  expect((await project.run()).output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  await expectSameTables(project, spark);
  await dropped(project, spark);
});
