/** A declared key that the data breaks: counted where rows are written, and read once by lookups. */
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { reportUpdate } from "medallion/cli";
import { type RunEvent, run } from "medallion/run";
import { expect, test } from "vitest";
import { countNewKeys } from "../../src/engines/duckdb/keys.ts";
import { Session } from "../../src/engines/duckdb/warehouse/session.ts";
import { folder, rows, table, write } from "./support.ts";

const shop = pipeline("shop")
  .bronze({
    nation_raw: source.csv("nat/*.csv", { nation_id: t.int(), name: t.string() }),
    orders_raw: source.csv("ord/*.csv", { order_id: t.int(), nation_id: t.int(), amount: t.int() }),
  })
  .silver(($) => ({ nations: $.nation_raw.key((n) => n.nation_id), orders: $.orders_raw.key((o) => o.order_id) }))
  .gold(($) => ({
    revenue: $.orders
      .lookup(
        $.nations,
        (o) => o.nation_id,
        (o, n) => ({ ...o, nation: n.name }),
      )
      .groupBy((o) => ({ nation: o.nation }))
      .aggregate((o) => ({ revenue: o.amount.sum() })),
  }));

test("a key that is there twice doubles nothing and is reported", async () => {
  const base = await folder();
  await write(base, "nat/1.csv", "nation_id,name\n1,Germany\n1,Deutschland\n2,France\n");
  await write(base, "ord/1.csv", "order_id,nation_id,amount\n1,1,100\n2,1,50\n3,2,7\n");
  const events: RunEvent[] = [];
  await using update = await run(shop, { baseDir: base, onEvent: (event) => events.push(event) });
  expect(await rows(update, "FROM gold.revenue ORDER BY nation")).toEqual([
    { nation: "Deutschland", revenue: 150 },
    { nation: "France", revenue: 7 },
  ]);
  expect(table(update, "nations").expectations).toEqual([
    { name: "key(nation_id)", action: "warn", passed: 1, failed: 2 },
  ]);
  expect(table(update, "orders").expectations).toEqual([
    { name: "key(order_id)", action: "warn", passed: 3, failed: 0 },
  ]);
  expect(events.filter((event) => event.level === "WARN")).toEqual([
    expect.objectContaining({
      table: "nations",
      message: expect.stringContaining("2 of 3 rows that were written to silver.nations"),
      details: expect.objectContaining({ code: "KEY003", help: expect.stringContaining("GROUP BY nation_id") }),
    }),
  ]);
  const logged = "SELECT details->>'$.code' AS code FROM _medallion.event_log WHERE level = 'WARN'";
  expect(await rows(update, logged)).toEqual([{ code: "KEY003" }]);
  expect(reportUpdate(update)).toMatch(/nations +key\(nation_id\) +2 +3 +warn/);
});

test("of a table that grows the new rows are counted, against all rows", async () => {
  const base = await folder();
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  const counted = async () => {
    await using update = await run(shop, options);
    return ["nations", "orders"].map((name) => table(update, name).expectations[0]);
  };
  const key = (name: string, passed: number, failed: number) => ({
    name: `key(${name})`,
    action: "warn",
    passed,
    failed,
  });
  await write(base, "nat/1.csv", "nation_id,name\n1,Germany\n2,France\n");
  await write(base, "ord/1.csv", "order_id,nation_id,amount\n1,1,100\n");
  expect(await counted()).toEqual([key("nation_id", 2, 0), key("order_id", 1, 0)]);
  expect(await counted()).toEqual([undefined, undefined]);
  await write(base, "nat/2.csv", "nation_id,name\n3,Spain\n1,Deutschland\n4,Italy\n4,Italia\n");
  expect(await counted()).toEqual([key("nation_id", 1, 3), undefined]);
  await write(base, "nat/3.csv", "nation_id,name\n5,Peru\n");
  expect(await counted()).toEqual([key("nation_id", 1, 0), undefined]);
});

test("files, rules and views: every table with a key that could be broken is counted", async () => {
  const base = await folder();
  const columns = { id: t.int(), n: t.int() };
  const made = pipeline("made")
    .bronze({
      clean: source.json("raw/*.json", columns).key((r) => r.id),
      checked: source
        .json("raw/*.json", columns)
        .key((r) => r.id)
        .expectOrDrop({ small: (r) => r.n.lt(10) }),
    })
    .silver(($) => ({
      view: $.clean
        .materialized()
        .key((r) => r.id)
        .expectOrQuarantine({ small: (r) => r.n.lt(10) }),
      first: $.clean.dedupe({ key: (r) => r.id, orderBy: (r) => r.n }).key((r) => r.id),
    }));
  await write(base, "raw/1.json", '{"id":1,"n":1}\n{"id":1,"n":20}\n{"id":2,"n":2}\n{"id":2,"n":3}\n');
  await using update = await run(made, { baseDir: base });
  const counts = update.tables.map(({ name, expectations }) => [
    name,
    ...expectations.map((e) => [e.name, e.passed, e.failed]),
  ]);
  expect(counts).toEqual([
    ["clean", ["key(id)", 0, 4]],
    ["checked", ["small", 3, 1], ["key(id)", 1, 2]],
    ["view", ["small", 3, 1], ["key(id)", 1, 2]],
    ["first"],
  ]);
});

const cell = fc.option(fc.integer({ min: 0, max: 3 }));
const keys = fc.array(fc.tuple(cell, cell), { maxLength: 12 });

test("the count of a key is that of its definition, for any rows that come in two goes", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const session = new Session(":memory:", await instance.connect());
  const insert = async (some: readonly (readonly (number | null)[])[]) => {
    if (some.length > 0)
      await session.exec(`INSERT INTO t VALUES ${some.map((row) => `(${row.map(String).join(", ")})`).join(", ")}`);
  };
  const broken = fc.asyncProperty(keys, keys, async (before, after) => {
    await session.exec('CREATE OR REPLACE TABLE t (n INTEGER, "__old" INTEGER)');
    await insert(before);
    const counted = await session.transaction(async () => {
      await insert(after);
      return countNewKeys(session, { target: "t", key: ["n", "__old"], start: before.length });
    });
    const all = [...before, ...after].map(String);
    const alone = ([a, b]: readonly (number | null)[]) =>
      a !== null && b !== null && all.filter((other) => other === `${a},${b}`).length === 1;
    const passed = after.filter(alone).length;
    expect(counted).toEqual({ name: "key(n, __old)", action: "warn", passed, failed: after.length - passed });
  });
  await fc.assert(broken, {
    numRuns: Number(process.env["MEDALLION_CASES"] ?? 60),
    seed: Number(process.env["MEDALLION_SEED"] ?? 1),
  });
  await session.close();
  instance.closeSync();
});
