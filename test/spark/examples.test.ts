/** Both examples on the real Spark: the rows of every table are those of DuckDB, also after more files came. */
import { cp } from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import flights from "../../examples/flights/pipeline.ts";
import shop from "../../examples/shop/pipeline.ts";
import { folder, write } from "../e2e/support.ts";
import { dropped, duckUpdate, expectSameTables, sparkProject } from "./sdp/project.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

async function copy(example: string): Promise<string> {
  const base = await folder();
  await cp(`examples/${example}/data`, path.join(base, "data"), { recursive: true });
  return base;
}

test("the shop: orders, a history and revenue, then late changes and more orders", { timeout: 600_000 }, async () => {
  const base = await copy("shop");
  const project = await sparkProject(shop, base);
  const first = await project.run();
  expect(first.output).toContain("Run is COMPLETED");
  expect(first.code).toBe(0);
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(8);
  await write(
    base,
    "data/customers/changes-late.csv",
    "op,customer_id,email,country,changed_at,source\nU,1,late@example.com,PT,2024-01-01 00:00:01,crm\nU,x,a@b.c,PT,2024-01-01,crm\n",
  );
  await write(
    base,
    "data/orders/orders-late.json",
    '{"order_id":900001,"customer_id":1,"ordered_at":"2024-02-01T00:00:00Z","amount":12.5,"status":"paid","gift":true}\nbroken\n',
  );
  expect((await project.run()).code).toBe(0);
  await duckUpdate(project);
  await expectSameTables(project, spark);
  await dropped(project, spark);
});

test("the flights: CSV with NA, JSON, Parquet, a history, lookups and aggregates, then a late file", {
  timeout: 600_000,
}, async () => {
  const base = await copy("flights");
  const project = await sparkProject(flights, base);
  const first = await project.run();
  expect(first.output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(22);
  await cp("examples/flights/more/2013-12-late.csv", path.join(base, "data/flights/2013-12-late.csv"));
  expect((await project.run()).code).toBe(0);
  await duckUpdate(project);
  await expectSameTables(project, spark);
  await dropped(project, spark);
});
