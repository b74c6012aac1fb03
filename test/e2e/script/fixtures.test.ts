/** Every pipeline of the fixtures and examples has the same rows as a script and through the embedded engine. */
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { compile } from "medallion";
import { expect, test } from "vitest";
import flights from "../../../examples/flights/pipeline.ts";
import shop from "../../../examples/shop/pipeline.ts";
import clauses from "../../fixtures/pipelines/clauses.ts";
import copied from "../../fixtures/pipelines/copied.ts";
import everything from "../../fixtures/pipelines/everything.ts";
import kinds from "../../fixtures/pipelines/kinds.ts";
import features, { featuresOf } from "../../fixtures/pipelines/spark.ts";
import { writeEverything } from "../everything-data.ts";
import { folder, write } from "../support.ts";
import { expectSame, parquet, script } from "./both-ways.ts";

const lines = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

test("everything: every step and setting", async () => {
  const base = await folder();
  await writeEverything(base);
  expect(await expectSame(everything, base)).toBe(19);
});

test("kinds: flows and backfills of files and tables, events and snapshots that came together", async () => {
  const base = await folder();
  const event = (id: number, version: number) => ({ id, version, name: `n${id % 5}`, amount: (id * 137) % 1000 });
  const events = Array.from({ length: 40 }, (_, i) => event(i % 25, i));
  const csv = `id,version,name,amount\n${events.map((e) => Object.values(e).join(",")).join("\n")}\nx,1,bad,1\n`;
  for (const place of ["csv", "more"]) await write(base, `${place}/1.csv`, csv);
  for (const place of ["json", "old"])
    await write(base, `${place}/1.json`, lines(...events, { ...event(1, 1), amount: -1 }));
  await parquet(
    base,
    "parquet/1.parquet",
    "SELECT range AS id, 1 AS version, 'p' AS name, 1.5::DECIMAL(12, 2) AS amount FROM range(20)",
  );
  for (const day of [1, 2, 3, 4]) {
    const items = [0, 1, 2, 3].filter((i) => (i + day) % 3 !== 0).map((i) => `s${i},${day},${(i * day) % 2}`);
    await write(base, `stock/${day}.csv`, `sku,day,amount\n${items.join("\n")}\n`);
  }
  expect(await expectSame(kinds, base)).toBe(13);
});

test("clauses: parameters in paths and rules, flows, snapshots and truncations", async () => {
  const base = await folder();
  const order = (id: number, extra: object = {}) => ({
    id,
    customer: 1,
    amount: id * 3,
    region: "EU",
    note: "n",
    ...extra,
  });
  await write(
    base,
    "landed here/orders/1.csv",
    "id;customer;amount;region;note\n1;1;5.5;EU;x\n2;1;-1;EU;NA\n3;1;7;XX;-\n4;1;9;US;y\n",
  );
  await write(base, "shops/1.json", lines(order(5), order(6, { region: "XX", note: null }), order(7, { amount: 900 })));
  await parquet(
    base,
    "archive/1.parquet",
    "SELECT 8::BIGINT AS id, 1::BIGINT AS customer, 3::DECIMAL(10, 2) AS amount, 'OLD' AS region, NULL::VARCHAR AS note",
  );
  const change = (id: number, changed: number, city: string | null, op = "U") => ({
    id,
    name: `n${id}`,
    city,
    op,
    changed,
    part: changed % 3,
  });
  await write(
    base,
    "customers/1.json",
    lines(
      change(1, 1, "Rome"),
      change(1, 3, null),
      change(0, 2, null, "T"),
      change(2, 4, "Oslo"),
      change(2, 6, null, "D"),
    ),
  );
  await write(base, "old_customers/1.json", lines(change(3, 5, "Bonn"), change(4, 1, "Kiel")));
  await write(
    base,
    "stock/1.json",
    lines(
      { sku: "a", shelf: "x", amount: 1, taken: "2024-01-01" },
      { sku: "b", shelf: "y", amount: 2, taken: "2024-01-01" },
    ),
  );
  await write(base, "stock/2.json", lines({ sku: "a", shelf: "z", amount: 1, taken: "2024-01-02" }));
  expect(await expectSame(clauses, base, { landing: "landed here" })).toBe(14);
  expect(await expectSame(clauses, base, { landing: "landed here", region: "US", most: 8 })).toBe(14);
  expect(() => compile(clauses, { target: "duckdb" })).toThrow(expect.objectContaining({ code: "PARAM002" }));
});

test("features: views, rules of every action, nested values", async () => {
  const base = await folder();
  await write(
    base,
    "land/orders/1.csv",
    "id;customer;amount;region;note\n1;10;5.5;EU;x\n2;NA;7;US;-\n3;11;5000;EU;big\n4;11;0;EU;none\n",
  );
  await write(base, "shops/deep/1.json", lines({ id: 5, customer: 12, amount: 8.25, region: "??", note: null }));
  await parquet(
    base,
    "archive.parquet",
    "SELECT 6::BIGINT AS id, 10::BIGINT AS customer, 850.5::DECIMAL(10, 2) AS amount, 'it''s \\ closed' AS region, NULL::VARCHAR AS note",
  );
  await write(
    base,
    "catalog/1.json",
    JSON.stringify([
      { sku: "a", price: "12.5", since: "2024-02-29", active: true },
      { sku: null, price: "1" },
    ]),
  );
  const change = (id: number, seq: number, city: string | null, op = "U") => ({ id, name: "a", city, op, seq });
  await write(
    base,
    "changes/1.json",
    lines(change(1, 1, "Rome"), change(1, 3, null), change(2, 2, "Oslo"), change(2, 5, "Oslo", "D")),
  );
  await write(base, "more_changes/1.json", lines(change(3, 4, "Bonn")));
  await write(base, "stock/1.csv", 'x,1,2024-01-01\n"y, z",2,2024-01-01\n');
  const params = { landing: "land", most: 800 };
  expect(() => compile(features, { target: "duckdb", params })).toThrow(/cannot read the digits of "price"/);
  expect(await expectSame(featuresOf(15), base, params)).toBe(15);
});

test("copied: a table and its copy", async () => {
  const base = await folder();
  await write(base, "small.json", '{"id":1}\n{"id":null}\n{"id":2}\n');
  await write(base, "big.csv", "id,text\n1,a\n-2,b\n,c\n");
  expect(await expectSame(copied, base)).toBe(3);
});

test("the shop of the README, but for its broken lines, where the script stops", async () => {
  const base = await folder();
  await cp("examples/shop/data", path.join(base, "data"), { recursive: true });
  const stopped = await script(shop, base);
  expect(stopped.error).toMatch(/Malformed JSON in file ".*orders-3.json", at byte 56 in line 152/);
  stopped.close();
  for (const [name, broken] of [
    ["orders/orders-3.json", '"12.5O"'],
    ["customers/changes-2.csv", "7,too,few"],
  ] as const) {
    const file = path.join(base, "data", name);
    const good = (await readFile(file, "utf8")).split("\n").filter((line) => !line.includes(broken));
    await writeFile(file, good.join("\n"));
  }
  expect(await expectSame(shop, base)).toBe(5);
});

test("the flights", async () => {
  const base = await folder();
  await cp("examples/flights/data", path.join(base, "data"), { recursive: true });
  expect(await expectSame(flights, base)).toBeGreaterThan(10);
});
