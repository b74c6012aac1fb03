/** A lookup over a key that the data breaks: each row once, and the same row of the key on Spark and DuckDB. */
import { pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import type { Dialect } from "../../src/sql/dialect.ts";
import { printQuery } from "../../src/sql/query.ts";
import { duckdb } from "../../src/targets/duckdb/dialect.ts";
import { spark as sparkDialect } from "../../src/targets/spark-sql/dialect.ts";
import { sorted } from "./canonical.ts";
import { duckSession } from "./duck.ts";
import { sparkSession } from "./session.ts";

const [spark, duck] = [await sparkSession(), await duckSession()];
afterAll(() => Promise.all([spark.close(), duck.close()]));

const nation = {
  id: t.int(),
  name: t.string().nullable(),
  rate: t.double().nullable(),
  tags: t.array(t.string()).nullable(),
  place: t.struct({ city: t.string().nullable(), since: t.date() }).nullable(),
};
const p = pipeline("lookups")
  .bronze({
    nations_raw: source.json("n/*.json", nation),
    orders_raw: source.json("o/*.json", { id: t.int(), nation: t.int() }),
  })
  .silver(($) => ({
    looked_up: $.orders_raw.lookup(
      $.nations_raw.key((n) => n.id),
      (o) => o.nation,
      (o, n) => ({ ...o, name: n.name, rate: n.rate, tags: n.tags, place: n.place }),
    ),
  }));

const place = (city: string | null, since: string) => ({ city, since });
const NATIONS = [
  ["1", "b", "NaN", ["x"], place("B", "2020-01-01")],
  ["1", "b", "-Infinity", ["x", "y"], place("B", "2020-01-02")],
  ["1", "b", "-Infinity", ["x"], place("B", "2019-12-31")],
  ["1", "b", "-Infinity", ["x"], place(null, "2020-01-01")],
  ["2", "é", "1.5", [], null],
  ["2", "z", null, null, null],
  ["2", "Z", "2.5", ["a"], null],
  ["3", "x", "0.5", null, place("C", "2020-01-01")],
  ["3", null, "0.5", null, place("C", "2020-01-01")],
] as const;
const ORDERS = [
  ["1", "1"],
  ["2", "1"],
  ["3", "2"],
  ["4", "3"],
  ["5", "9"],
] as const;

test("one row of each key, the first by all of its columns", async () => {
  const tables = new Map(p.toNode().tables.map((table) => [table.name, table]));
  const [nations, orders, lookedUp] = [...tables.values()];
  if (!nations || !orders || lookedUp?.kind !== "query") throw new Error("not the tables that were made");
  const columns = (table: typeof nations) => table.columns.map(({ name, type }) => ({ name, type }));
  const answer = async (engine: typeof spark | typeof duck, dialect: Dialect) => {
    await engine.view("nations_raw", columns(nations), NATIONS);
    await engine.view("orders_raw", columns(orders), ORDERS);
    const sql = printQuery(lookedUp.query, { dialect, table: (name) => name, source: () => "", tables });
    return sorted((await engine.sql(sql)).rows);
  };
  const onSpark = await answer(spark, sparkDialect);
  expect(onSpark).toEqual(await answer(duck, duckdb));
  expect(onSpark.map((row) => [row[0], row[2], row[3]])).toEqual([
    ["1", "b", "-Infinity"],
    ["2", "b", "-Infinity"],
    ["3", "Z", "2.5"],
    ["4", null, "0.5"],
    ["5", null, null],
  ]);
});
