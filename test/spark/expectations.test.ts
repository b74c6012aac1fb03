/** Rules on Spark: one that fails does fail, though a filter could hide the row; counts are right. */
import { pipeline, source, t } from "medallion";
import { afterAll, describe, expect, test } from "vitest";
import type { EventBody } from "../../src/engines/events.ts";
import { Follower } from "../../src/engines/spark/follow.ts";
import { folder, write } from "../e2e/support.ts";
import { dropped, duckUpdate, expectSameTables, sparkProject } from "./sdp/project.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const order = { id: t.bigint(), customer: t.bigint(), amount: t.decimal(10, 2) };
const raw = pipeline("rules").bronze({
  orders_raw: source.json("orders/*.json", order),
  people_raw: source.json("people/*.json", { id: t.bigint() }),
});
const FAST = { "spark.sql.pipelines.maxFlowRetryAttempts": "0" };

const failing = {
  "a streaming table": raw.silver(($) => ({ orders: $.orders_raw.expectOrFail({ positive: (o) => o.amount.gt(0) }) })),
  "a table of files": pipeline("rules").bronze({
    orders: source.json("orders/*.json", order).expectOrFail({ positive: (o) => o.amount.gt(0) }),
  }),
  "a row that another rule drops": raw.silver(($) => ({
    orders: $.orders_raw
      .expectOrDrop({ small: (o) => o.amount.gt(-1) })
      .expectOrFail({ positive: (o) => o.amount.gt(0) }),
  })),
  "a row that another rule sets aside": raw.silver(($) => ({
    orders: $.orders_raw
      .expectOrQuarantine({ small: (o) => o.amount.gt(-1) })
      .expectOrFail({ positive: (o) => o.amount.gt(0) }),
  })),
  "an aggregate": raw
    .silver(($) => ({ valid: $.orders_raw }))
    .gold(($) => ({
      orders: $.valid
        .groupBy((o) => ({ customer: o.customer }))
        .aggregate((o) => ({ total: o.amount.sum() }))
        .expectOrFail({ positive: (o) => o.total.gt(0) }),
    })),
};

describe.each(Object.entries(failing))("expectOrFail on %s", (_, p) => {
  test("fails its flow with the rule's name", async () => {
    const base = await folder();
    const project = await sparkProject(p, base);
    await write(base, "orders/1.json", '{"id":1,"customer":1,"amount":-5}\n{"id":2,"customer":2,"amount":5}\n');
    const { code, output } = await project.run(FAST);
    expect(code).toBe(1);
    expect(output).toMatch(/USER_RAISED_EXCEPTION\] a row breaks the rule "positive" of \w+\.orders/);
    await dropped(project, spark);
  });
});

test("a key that is twice in a snapshot fails its flow", async () => {
  const base = await folder();
  const p = raw.scd1(($) => ({ current: $.people_raw.snapshots({ key: (c) => c.id }) }));
  const project = await sparkProject(p, base);
  await write(base, "people/1.json", '{"id":1}\n{"id":2}\n{"id":1}\n');
  const { code, output } = await project.run(FAST);
  expect(code).toBe(1);
  expect(output).toMatch(/USER_RAISED_EXCEPTION\] keys come more than once in the snapshot of silver\.current/);
  const told: EventBody[] = [];
  const follower = new Follower(p.toNode(), new Set(["current"]), { target: "spark" }, (event) => told.push(event));
  for (const line of output.split("\n")) follower.take(line);
  expect(follower.end(code).find((t) => t.name === "current")).toMatchObject({
    status: "failed",
    error: { code: "SCD005", location: expect.stringContaining("expectations.test.ts") },
  });
  await dropped(project, spark);
});

test("a rule is asked of the rows of the table, not of rows that a join leaves out", async () => {
  const p = raw
    .silver(($) => ({ valid: $.orders_raw, people: $.people_raw.key((c) => c.id) }))
    .silver(($) => ({
      joined: $.valid
        .join(
          $.people,
          (o, c) => o.customer.eq(c.id),
          (o, c) => ({ id: o.id, person: c.id, amount: o.amount }),
        )
        .expectOrFail({ positive: (o) => o.amount.gt(0) }),
    }));
  const base = await folder();
  const project = await sparkProject(p, base);
  await write(base, "orders/1.json", '{"id":1,"customer":1,"amount":-5}\n{"id":2,"customer":2,"amount":5}\n');
  await write(base, "people/1.json", '{"id":2}\n');
  expect((await project.run(FAST)).code).toBe(0);
  await duckUpdate(project);
  await expectSameTables(project, spark);
  await dropped(project, spark);
});

test("rules are counted over all rows that could be read, keys over all rows of the table", async () => {
  const p = pipeline("counts")
    .bronze({ raw: source.json("orders/*.json", order).expect({ even: (o) => o.id.mod(2n).eq(0) }) })
    .silver(($) => ({
      kept: $.raw
        .expect({ large: (o) => o.amount.gt(10) })
        .expectOrDrop({ known: (o) => o.customer.gt(0) })
        .expectOrFail({ sane: (o) => o.amount.lt(1000) })
        .key((o) => o.id),
      aside: $.raw.expectOrQuarantine({ known: (o) => o.customer.gt(0) }).key((o) => o.customer),
      view: $.raw
        .where((o) => o.amount.gt(1))
        .key((o) => [o.id, o.customer])
        .temporary(),
      proven: $.raw.dedupe({ key: (o) => o.id, orderBy: (o) => o.amount }).key((o) => o.id),
    }))
    .gold(($) => ({ reader: $.view.where((o) => o.amount.lt(1000)) }));
  const base = await folder();
  const project = await sparkProject(p, base);
  const put = (file: string, ...rows: readonly (readonly [number, number, number])[]) =>
    write(
      base,
      `orders/${file}`,
      rows.map(([id, customer, amount]) => `${JSON.stringify({ id, customer, amount })}\n`).join(""),
    );
  await put("1.json", [1, 1, 5], [2, 0, 50], [3, 0, 1]);
  await write(base, "orders/broken.json", "broken\n");
  expect((await project.run(FAST)).code).toBe(0);
  await put("2.json", [4, 4, 40], [4, 4, 41]);
  expect((await project.run(FAST)).code).toBe(0);
  const counts = async (layer: string, table: string) =>
    (await spark.sql(`SELECT * FROM ${project.name(layer, `${table}_expectations`)} ORDER BY rule`)).rows;
  expect(await counts("bronze", "raw")).toEqual([["even", "warn", "3", "2"]]);
  expect(await counts("silver", "kept")).toEqual([
    ["key(id)", "warn", "1", "2"],
    ["known", "drop", "3", "2"],
    ["large", "warn", "3", "2"],
    ["sane", "fail", "5", "0"],
  ]);
  expect(await counts("silver", "aside")).toEqual([
    ["key(customer)", "warn", "1", "2"],
    ["known", "quarantine", "3", "2"],
  ]);
  expect(await counts("silver", "view")).toEqual([["key(id, customer)", "warn", "2", "2"]]);
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBeGreaterThan(0);
  await dropped(project, spark);
});
