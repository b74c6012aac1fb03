/** Every step and setting: compiled for every target as reviewed, and run on DuckDB with known answers. */
import { analyze, compile } from "medallion";
import { run } from "medallion/run";
import { beforeAll, describe, expect, test } from "vitest";
import clauses from "../fixtures/pipelines/clauses.ts";
import everything from "../fixtures/pipelines/everything.ts";
import { expectProject } from "../golden.ts";
import { writeEverything } from "./everything-data.ts";
import { folder, rows, table } from "./support.ts";

test("analysed without findings, and what every target gets is as reviewed", async () => {
  expect(analyze(everything)).toEqual([]);
  await expectProject("everything", compile(everything, { target: "spark" }));
  for (const target of ["databricks", "duckdb"] as const) {
    const files = compile(everything, { target }).files.filter((f) => f.path !== "00_setup.sql");
    await expect(files.map((f) => `-- ${f.path}\n${f.contents}`).join("\n")).toMatchFileSnapshot(
      `../golden/everything.${target}.sql`,
    );
  }
});

test("every clause of Databricks, with a catalog, schemas and one file a layer, is as reviewed", async () => {
  expect(analyze(clauses)).toEqual([]);
  const options = { target: "databricks", catalog: "main", schemas: { gold: "mart" }, layout: "layer" } as const;
  const { files, diagnostics } = compile(clauses, options);
  expect(files.map((f) => f.path)).toEqual(["bronze.sql", "silver.sql", "gold.sql", "silver.py"]);
  const [bronze, silver, gold, python] = files;
  await expect([bronze, silver, gold].map((f) => `-- ${f?.path}\n${f?.contents}`).join("\n")).toMatchFileSnapshot(
    "../golden/clauses.databricks.sql",
  );
  await expect(python?.contents).toMatchFileSnapshot("../golden/clauses.databricks.py");
  expect(diagnostics.map((d) => [d.code, d.severity, d.table, d.clause].filter(Boolean).join(" "))).toEqual([
    ...["orders_raw", "archive_raw", "customers_raw", "old_customers_raw", "stock_raw"].map(
      (name) => `TARGET008 warning ${name}`,
    ),
    "TARGET007 info valid_orders expect()",
    "TARGET003 info orders expectOrQuarantine()",
    "TARGET003 info orders owner()",
    "TARGET003 info orders tags()",
    "TARGET007 info stock scd2() of snapshots()",
    "TARGET007 info by_region refreshPolicy()",
    "REFRESH002 warning by_region refreshPolicy()",
  ]);
  expect(diagnostics.find((d) => d.table === "stock")?.message).toContain("needs Databricks Runtime 18.3");
  const placed = compile(clauses, { ...options, baseDir: "abfss://c@a.dfs.core.windows.net/raw/" });
  expect(placed.diagnostics.filter((d) => d.code === "TARGET008")).toMatchObject([
    { table: "orders_raw", message: expect.stringContaining("which starts with a parameter") },
  ]);
  expect(placed.files[0]?.contents).toContain("'abfss://c@a.dfs.core.windows.net/raw/archive/*.parquet'");
});

describe("on DuckDB", () => {
  let query: (sql: string) => Promise<readonly Record<string, unknown>[]>;
  beforeAll(async () => {
    const { mkdtemp, rm } = await import("node:fs/promises");
    const base = await mkdtemp("/tmp/medallion-everything-");
    await writeEverything(base);
    const update = await run(everything, { baseDir: base });
    expect(update.tables.map((t) => [t.name, t.reason])).toEqual(update.tables.map((t) => [t.name, undefined]));
    expect(table(update, "orders")).toMatchObject({ rowsRead: 7, rowsWritten: 5, rowsDropped: 1, rowsQuarantined: 1 });
    query = (sql) => rows(update, sql);
    return async () => {
      await update.close();
      await rm(base, { recursive: true });
    };
  });

  const cases: readonly (readonly [string, string, readonly Record<string, unknown>[]])[] = [
    ["union", "SELECT count(*) AS n FROM silver.all_orders", [{ n: 10 }]],
    [
      "struct, array and metadata",
      "SELECT id, city, first_tag, file FROM silver.with_origin WHERE id IN (1, 2) GROUP BY ALL ORDER BY id",
      [
        { id: 1, city: "Rome", first_tag: "a", file: "orders/1.json" },
        { id: 2, city: null, first_tag: null, file: "orders/1.json" },
      ],
    ],
    [
      "dedupe and rules",
      "SELECT id, line FROM silver.orders ORDER BY ALL",
      [
        { id: 1, line: 1 },
        { id: 1, line: 2 },
        { id: 2, line: 1 },
        { id: 3, line: 1 },
        { id: 8, line: 1 },
      ],
    ],
    [
      "quarantine",
      "SELECT id, _broken_rules::VARCHAR AS rules FROM silver.orders_quarantine",
      [{ id: 6, rules: "[not_in_the_future]" }],
    ],
    [
      "scd1",
      "SELECT id, name, country FROM silver.customers ORDER BY id",
      [
        { id: 10, name: "n10", country: "DE" },
        { id: 11, name: "n11", country: "FR" },
      ],
    ],
    [
      "scd2",
      "SELECT id, name, country, __START_AT AS a, __END_AT AS z FROM silver.customer_history ORDER BY id, a",
      [
        { id: 10, name: "N10", country: "IT", a: 1, z: 3 },
        { id: 10, name: "N10", country: "DE", a: 3, z: null },
        { id: 11, name: "N11", country: "FR", a: 2, z: null },
        { id: 12, name: "N12", country: "NL", a: 1, z: 2 },
      ],
    ],
    [
      "join",
      "SELECT id, country, amount::VARCHAR AS amount FROM silver.inner_joined ORDER BY ALL",
      [
        { id: 1, country: "DE", amount: "200.00" },
        { id: 1, country: "DE", amount: "50.00" },
        { id: 2, country: "FR", amount: "7.50" },
        { id: 8, country: "FR", amount: "2.50" },
      ],
    ],
    ["leftJoin", "SELECT id FROM silver.left_joined WHERE country IS NULL", [{ id: 3 }]],
    [
      "fullJoin",
      "SELECT count(*) AS n, count(id) AS left_side, count(country) AS right_side FROM silver.full_joined",
      [{ n: 5, left_side: 5, right_side: 4 }],
    ],
    [
      "semiJoin",
      "SELECT id, line FROM silver.known ORDER BY ALL",
      [
        { id: 1, line: 1 },
        { id: 1, line: 2 },
        { id: 2, line: 1 },
      ],
    ],
    ["antiJoin", "SELECT id FROM silver.unknown_customers", [{ id: 3 }]],
    [
      "orderBy and limit",
      "SELECT id, line FROM silver.biggest ORDER BY ALL",
      [
        { id: 1, line: 1 },
        { id: 1, line: 2 },
      ],
    ],
    [
      "windows",
      "SELECT id, line, nth, total::VARCHAR AS total, before::VARCHAR AS before FROM silver.running WHERE id IN (1, 8) ORDER BY ALL",
      [
        { id: 1, line: 1, nth: 1, total: "50.00", before: null },
        { id: 1, line: 2, nth: 2, total: "250.00", before: "50.00" },
        { id: 8, line: 1, nth: 1, total: "2.50", before: null },
      ],
    ],
    [
      "a filter after a window",
      "SELECT id, line FROM silver.firsts ORDER BY ALL",
      [
        { id: 1, line: 1 },
        { id: 3, line: 1 },
        { id: 8, line: 1 },
      ],
    ],
    [
      "lookup, groups and a where after them",
      "SELECT country, revenue::VARCHAR AS revenue, customers, mean::VARCHAR AS mean FROM gold.by_country ORDER BY country NULLS LAST",
      [
        { country: "DE", revenue: "250.00", customers: 1, mean: "125.000000" },
        { country: "FR", revenue: "10.00", customers: 1, mean: "5.000000" },
        { country: null, revenue: "3.00", customers: 1, mean: "3.000000" },
      ],
    ],
    [
      "aggregates over everything",
      "SELECT orders, revenue::VARCHAR AS revenue, paid::VARCHAR AS paid FROM gold.overall",
      [{ orders: 5, revenue: "263.00", paid: "260.50" }],
    ],
    [
      "asOfJoin",
      "SELECT id, line, country FROM gold.as_it_was ORDER BY ALL",
      [
        { id: 1, line: 1, country: "IT" },
        { id: 1, line: 2, country: "IT" },
        { id: 2, line: 1, country: "FR" },
        { id: 3, line: 1, country: null },
        { id: 8, line: 1, country: "FR" },
      ],
    ],
  ];

  test.each(cases)("%s", async (_, sql, expected) => {
    expect(await query(sql)).toEqual(expected);
  });
});

test("nothing to read at all: every table is there and empty", async () => {
  await using update = await run(everything, { baseDir: await folder() });
  expect(update.status).toBe("completed");
  expect(await rows(update, "SELECT count(*) AS n FROM silver.orders")).toEqual([{ n: 0 }]);
});
