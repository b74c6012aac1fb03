/** A star schema: facts with a history and a dimension, and what is made of them. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { fn, pipeline, source, t } from "medallion";
import { withDuckDB } from "./warehouse.ts";

/** Rows of facts in the star schema. */
export const FACTS = Number(process.env["MEDALLION_BENCH_FACTS"] ?? 1_000_000);

export const star = pipeline("star")
  .bronze({
    sales_raw: source.parquet("sales/*.parquet", {
      id: t.bigint(),
      customer: t.int(),
      product: t.int(),
      quantity: t.int(),
      price: t.decimal(10, 2),
      at: t.timestamp(),
    }),
    customers_raw: source.parquet("customers/*.parquet", {
      id: t.int(),
      country: t.string(),
      changed_at: t.timestamp(),
    }),
    products_raw: source.parquet("products/*.parquet", { id: t.int(), family: t.string() }),
  })
  .scd2(($) => ({ customers: $.customers_raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.changed_at }) }))
  .silver(($) => ({
    products: $.products_raw.key((p) => p.id),
    sales: $.sales_raw.dedupe({ key: (s) => s.id, orderBy: (s) => s.at.desc() }).key((s) => s.id),
  }))
  .gold(($) => ({
    facts: $.sales
      .asOfJoin($.customers, {
        on: (s, c) => s.customer.eq(c.id),
        at: (s) => s.at,
        select: (s, c) => ({ ...s, country: c.country }),
      })
      .lookup(
        $.products,
        (s) => s.product,
        (s, p) => ({ ...s, family: p.family }),
      ),
  }))
  .gold(($) => ({
    by_country: $.facts
      .groupBy((f) => ({ country: f.country, month: f.at.truncate("month") }))
      .aggregate((f) => ({
        sales: fn.countRows(),
        quantity: f.quantity.sum(),
        mean: f.quantity.avg(),
        price: f.price.max(),
      })),
    by_day: $.facts
      .groupBy((f) => ({ day: f.at.truncate("day"), family: f.family }))
      .aggregate((f) => ({ customers: f.customer.countDistinct(), price: f.price.median() })),
    last_of_product: $.sales.dedupe({ key: (s) => s.product, orderBy: (s) => [s.at.desc(), s.id] }),
    total: $.facts.aggregate((f) => ({ sales: fn.countRows(), quantity: f.quantity.sum() })),
  }));

/** Gives the file with the facts that come later: 1 % of them, of the last days. */
export async function layOutStar(folder: string, facts: number): Promise<string> {
  const file = (name: string) => path.join(folder, name);
  await withDuckDB(":memory:", (connection) => writeStar(connection, facts, file));
  return file("late.parquet");
}

async function writeStar(connection: DuckDBConnection, facts: number, file: (name: string) => string): Promise<void> {
  const copy = (sql: string, name: string) => connection.run(`COPY (${sql}) TO '${file(name)}' (FORMAT parquet)`);
  const sales = (from: number, to: number) => `SELECT range AS id, (hash(range) % 50000)::INTEGER AS customer,
    (hash(range + 1) % 2000)::INTEGER AS product, (1 + hash(range + 2) % 9)::INTEGER AS quantity,
    ((hash(range + 3) % 100000) / 100)::DECIMAL(10, 2) AS price,
    TIMESTAMPTZ '2024-01-01T00:00:00Z' + INTERVAL (range * 31536000 // ${facts}) SECOND AS at FROM range(${from}, ${to})`;
  const old = Math.round(facts * 0.99);
  await Promise.all(["sales", "customers", "products"].map((name) => mkdir(file(name), { recursive: true })));
  await copy(sales(0, old), "sales/old.parquet");
  await copy(sales(old, facts), "late.parquet");
  await copy(
    "SELECT range::INTEGER AS id, 'c' || range % 40 AS country, TIMESTAMPTZ '2024-01-01T00:00:00Z' AS changed_at FROM range(50000)",
    "customers/1.parquet",
  );
  await copy("SELECT range::INTEGER AS id, 'f' || range % 30 AS family FROM range(2000)", "products/1.parquet");
}
