import { pipeline, source, t } from "medallion";
import { connect, type DatabricksClient, deploy, follow, startUpdate } from "medallion/databricks";
import type { RunEvent } from "medallion/run";
import { expect, test } from "vitest";
import shop from "../../examples/shop/pipeline.ts";
import { selection } from "../../src/engines/databricks/selection.ts";
import { event, failure, flow, update } from "./events.ts";
import { TOKEN, Workspace } from "./server.ts";

const POLL = { pollMs: 5 };

async function deployed(
  p: Parameters<typeof deploy>[0] = shop,
  environment = {},
): Promise<{
  readonly workspace: Workspace;
  readonly client: DatabricksClient;
}> {
  const workspace = await Workspace.start();
  const client = connect({ host: workspace.host, token: TOKEN, env: {}, retryDelayMs: 1 });
  await deploy(p, { client, environment });
  return { workspace, client };
}

/** The shop's update as the event log tells it. */
const GOOD = [
  [
    event(0, "create_update", { message: "Update started" }),
    update(0, "WAITING_FOR_RESOURCES"),
    flow(1, "`dev`.`bronze`.`orders_raw`", "QUEUED"),
  ],
  [
    flow(2, "dev.bronze.orders_raw", "RUNNING"),
    flow(3, "dev.bronze.orders_raw", "RUNNING", { metrics: { num_output_rows: 4 } }),
    flow(4, "dev.bronze.orders_raw", "COMPLETED", { metrics: { num_output_rows: 2, num_deleted_rows: null } }),
    flow(4, "dev.bronze.customers_raw", "COMPLETED", { metrics: { num_output_rows: 5 } }),
    flow(5, "dev.silver.orders", "STARTING"),
    flow(6, "dev.silver.orders_checked", "COMPLETED", {
      metrics: { num_output_rows: 5 },
      data_quality: {
        dropped_records: 0,
        expectations: [{ name: "amount_positive", dataset: "orders_checked", passed_records: 3, failed_records: 2 }],
      },
    }),
    flow(7, "dev.silver.orders", "COMPLETED", { metrics: { num_output_rows: 3 } }),
    flow(8, "dev.silver.orders_quarantine", "COMPLETED", { metrics: { num_output_rows: 2 } }),
    flow(8, "orders_expectations", "COMPLETED", {
      metrics: { num_output_rows: 3 },
      data_quality: {
        expectations: [{ name: "key(order_id)", dataset: "orders_expectations", passed_records: 1, failed_records: 2 }],
      },
    }),
    flow(
      9,
      "dev.silver.customers",
      "COMPLETED",
      { metrics: { num_upserted_rows: 4, num_deleted_rows: 1 } },
      {
        origin: { dataset_name: "dev.silver.customers", flow_name: "customers_flow" },
      },
    ),
    flow(9, "customers_changes", "COMPLETED", { metrics: { num_output_rows: 999 } }),
  ],
  [flow(11, "dev.gold.revenue_by_country", "COMPLETED", { metrics: { num_output_rows: 2 } }), update(12, "COMPLETED")],
];

test("an update ends with the same shape as on DuckDB, and tells of each table once", async () => {
  const { workspace, client } = await deployed();
  workspace.store.script = { states: ["QUEUED", "RUNNING", "COMPLETED"], events: GOOD };
  workspace.store.pageSize = 2;
  const told: RunEvent[] = [];
  const started = await startUpdate(shop, { client });
  expect(started).toMatchObject({
    pipelineId: "p-1",
    url: `${workspace.host}/pipelines/p-1/updates/${started.updateId}`,
  });
  const result = await follow(shop, started, { client, ...POLL, onEvent: (e) => told.push(e) });
  expect(result).toMatchObject({ id: started.updateId, status: "completed", state: "COMPLETED", durationMs: 12_000 });
  const facts = result.tables.map((r) => [
    r.name,
    r.kind,
    r.status,
    r.rowsRead,
    r.rowsWritten,
    r.rowsDropped,
    r.rowsQuarantined,
  ]);
  expect(facts).toEqual([
    ["orders_raw", "streaming", "completed", null, 6, 0, null],
    ["customers_raw", "streaming", "completed", null, 5, 0, null],
    ["orders", "streaming", "completed", null, 3, null, 2],
    ["customers", "scd2", "completed", null, 5, null, 0],
    ["revenue_by_country", "materialized", "completed", 2, 2, 0, 0],
  ]);
  expect(result.tables[2]).toMatchObject({
    durationMs: 3000,
    expectations: [
      { name: "amount_positive", action: "quarantine", passed: 3, failed: 2 },
      { name: "key(order_id)", action: "warn", passed: 1, failed: 2 },
    ],
  });
  expect([result.error, ...result.tables.map((r) => r.error)].filter((e) => e !== undefined)).toEqual([]);
  const steps = told.flatMap((e) => (e.table === "orders" && e.eventType === "flow_progress" ? [e.details] : []));
  expect(steps).toMatchObject([
    { flow_progress: { status: "RUNNING" } },
    { code: "KEY003", table: "orders", location: expect.stringContaining("pipeline.ts") },
    { flow_progress: { status: "COMPLETED" }, result: result.tables[2] },
  ]);
  expect(told.filter((e) => e.level === "WARN").map((e) => e.message)).toEqual([
    expect.stringContaining("2 of 3 rows of silver.orders have a null or repeated key (order_id)"),
  ]);
  const states = told.flatMap((e) => (e.eventType === "update_progress" ? [e.details.update_progress.state] : []));
  expect(states).toEqual(["WAITING_FOR_RESOURCES", "COMPLETED"]);
});

test("rows that a rule drops are counted as such", async () => {
  const p = pipeline("dropping")
    .bronze({ raw: source.json("/v/*.json", { id: t.bigint(), amount: t.int().nullable() }) })
    .silver(($) => ({
      clean: $.raw.expectOrDrop({ known: (r) => r.amount.isNotNull() }).expect({ low: (r) => r.id.lt(9) }),
    }));
  const { workspace, client } = await deployed(p);
  const quality = (passed: number, failed: number) => ({
    dropped_records: failed,
    expectations: [
      { name: "known", dataset: "clean", passed_records: passed, failed_records: failed },
      { name: "low", dataset: "clean", passed_records: passed, failed_records: 0 },
    ],
  });
  workspace.store.script = {
    states: ["COMPLETED"],
    events: [
      [
        flow(1, "clean", "RUNNING", { metrics: { num_output_rows: 4 }, data_quality: quality(4, 1) }),
        flow(2, "clean", "COMPLETED", { metrics: { num_output_rows: 6 }, data_quality: quality(6, 2) }),
        update(3, "COMPLETED"),
      ],
    ],
  };
  const result = await follow(p, await startUpdate(p, { client }), { client, ...POLL });
  expect(result.tables[1]).toMatchObject({
    rowsRead: 13,
    rowsWritten: 10,
    rowsDropped: 3,
    rowsQuarantined: 0,
    expectations: [
      { name: "known", action: "drop", passed: 10, failed: 3 },
      { name: "low", action: "warn", passed: 10, failed: 0 },
    ],
  });
});

test("a token that the workspace's log repeats is in no event and no error", async () => {
  const p = pipeline("told").bronze({ raw: source.json("/v/*.json", { id: t.bigint() }) });
  const { workspace, client } = await deployed(p);
  const said = (text: string) => ({ level: "ERROR", message: text, error: failure(`outer ${text}`, `inner ${text}`) });
  workspace.store.script = {
    states: ["FAILED"],
    events: [
      [
        flow(1, "bronze.raw", "FAILED", {}, said(`GET https://x?token=${encodeURIComponent(TOKEN)}`)),
        update(2, "FAILED", said(JSON.stringify({ Authorization: `Bearer ${TOKEN}` }))),
      ],
    ],
  };
  const events: unknown[] = [];
  const started = await startUpdate(p, { client });
  const result = await follow(p, started, { client, ...POLL, onEvent: (event) => events.push(event) });
  const told = JSON.stringify([result, events]);
  expect(told).toContain("***");
  expect(told).toContain("inner");
  expect(told).not.toContain(TOKEN.slice(0, 8));
});

test("a broken expectation is mapped to its line; what reads the table did not run", async () => {
  const p = pipeline("strict")
    .bronze({ raw: source.json("/v/*.json", { id: t.bigint(), amount: t.int() }) })
    .silver(($) => ({ clean: $.raw.expectOrFail({ positive: (r) => r.amount.gt(0) }) }))
    .gold(($) => ({ total: $.clean.aggregate((c) => ({ amount: c.amount.sum() })) }));
  const line = p.toNode().tables[1]?.settings.expectations[0]?.at ?? p.toNode().tables[1]?.at;
  expect(line).toMatch(/follow\.test\.ts:\d+:\d+$/);
  const { workspace, client } = await deployed(p);
  const said =
    "[EXPECTATION_VIOLATION.VERBOSITY_ALL] Flow 'clean' failed to meet the expectation. Violated expectations: 'positive'.";
  workspace.store.script = {
    states: ["FAILED"],
    events: [
      [
        flow(1, "bronze.raw", "COMPLETED", { metrics: { num_output_rows: 3 } }),
        flow(
          2,
          "silver.clean",
          "FAILED",
          {},
          { level: "ERROR", error: failure("Job aborted", `${said}\n\tat org.apache.Spark.run(S.scala:1)`) },
        ),
        flow(3, "gold.total", "SKIPPED"),
        update(4, "FAILED", { level: "ERROR", error: failure("Update failed") }),
      ],
    ],
  };
  const started = await startUpdate(p, { client });
  const result = await follow(p, started, { client, ...POLL });
  expect(result).toMatchObject({ status: "failed", state: "FAILED" });
  expect(result.tables.map((r) => [r.name, r.status, r.reason])).toEqual([
    ["raw", "completed", undefined],
    ["clean", "failed", `silver.clean: ${said}`],
    ["total", "excluded", "what it reads from did not complete"],
  ]);
  expect(result.tables.map((r) => r.error)).toEqual([
    undefined,
    {
      code: "DBX041",
      message: `silver.clean: ${said}`,
      help: expect.stringContaining("positive"),
      location: line,
      table: "clean",
    },
    undefined,
  ]);
  expect(result.error).toBeUndefined();
});

test.each([
  [
    "its qualified name",
    "[TABLE_OR_VIEW_NOT_FOUND] Failed to analyze flow `dev`.`silver`.`orders`: no such column",
    "orders",
  ],
  [
    "its file",
    "[PARSE_SYNTAX_ERROR] at /Workspace/Users/x/src/05_gold_revenue_by_country.sql line 12",
    "revenue_by_country",
  ],
  ["nothing", "The cluster could not be started", ""],
])("an update that fails before any flow names the table by %s", async (_, message, table) => {
  const { workspace, client } = await deployed();
  workspace.store.script = {
    states: ["FAILED"],
    events: [[update(1, "FAILED", { level: "ERROR", error: failure("Update failed", message) })]],
  };
  const result = await follow(shop, await startUpdate(shop, { client }), { client, ...POLL });
  const node = shop.toNode().tables.find((t) => t.name === table);
  const error = result.tables.find((r) => r.name === table)?.error ?? result.error;
  expect(error).toMatchObject({ code: "DBX040", message: expect.stringContaining(message) });
  expect(error?.location).toBe(node?.at);
  expect(result.tables.filter((r) => r.status === "failed").map((r) => r.name)).toEqual(table === "" ? [] : [table]);
  expect(result.status).toBe("failed");
});

test("an update that is stopped is a failed one, whose tables did not run", async () => {
  const { workspace, client } = await deployed();
  workspace.store.script = { states: ["RUNNING"], events: [[flow(1, "bronze.orders_raw", "RUNNING")]] };
  const started = await startUpdate(shop, { client });
  await expect(startUpdate(shop, { client })).rejects.toMatchObject({ code: "DBX013" });
  const following = follow(shop, started, { client, ...POLL });
  await client.pipelines.stop(started.pipelineId);
  const result = await following;
  expect(result).toMatchObject({ status: "failed", state: "CANCELED", error: { code: "DBX044" } });
  expect(new Set(result.tables.map((r) => `${r.status}: ${r.reason}`))).toEqual(
    new Set(["excluded: the update ended before it"]),
  );
  expect(workspace.store.stopped).toBe(1);
});

test("the log may lag, repeat itself, hold other updates and trouble in between", async () => {
  const { workspace, client } = await deployed();
  const late = [[], [], [], [], ...GOOD];
  workspace.store.script = { states: ["COMPLETED"], events: late };
  const started = await startUpdate(shop, { client });
  workspace.fail("GET /api/2.0/pipelines/p-1/events", { status: 503 }, 2);
  workspace.fail("GET /api/2.0/pipelines/p-1/events", {
    body: {
      events: [
        { ...flow(1, "orders", "FAILED", { metrics: { num_output_rows: 77 } }), origin: { update_id: "another" } },
      ],
    },
  });
  workspace.fail("GET /api/2.0/pipelines/p-1/updates", { hangUp: true });
  const result = await follow(shop, started, { client, ...POLL });
  expect(result.tables.map((r) => r.rowsWritten)).toEqual([6, 5, 3, 5, 2]);
});

test("where the log never tells the end, the state does", async () => {
  const { workspace, client } = await deployed();
  workspace.store.script = { states: ["COMPLETED"], events: [[flow(1, "bronze.orders_raw", "RUNNING")]] };
  const result = await follow(shop, await startUpdate(shop, { client }), { client, ...POLL });
  expect(result.status).toBe("completed");
  expect(result.tables[0]?.status).toBe("completed");
});

test("following ends in time or by a signal, and the update goes on", async () => {
  const { workspace, client } = await deployed();
  workspace.store.script = { states: ["RUNNING"], events: [] };
  const started = await startUpdate(shop, { client });
  await expect(follow(shop, started, { client, ...POLL, timeoutMs: 50 })).rejects.toMatchObject({
    code: "DBX043",
    help: expect.stringContaining(started.url),
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  await expect(follow(shop, started, { client, ...POLL, signal: stop.signal })).rejects.toMatchObject({
    code: "DBX020",
  });
  expect(workspace.store.stopped).toBe(0);
});

test("a selection takes what the tables read, with all that belongs to them, by the names of the workspace", async () => {
  const environment = { catalog: "dev", schemas: { silver: "clean" } } as const;
  const { workspace, client } = await deployed(shop, environment);
  const asked = (): unknown => workspace.asked("POST /api/2.0/pipelines/p-1/updates").at(-1)?.body;
  workspace.store.script = { states: ["COMPLETED"], events: [[update(1, "COMPLETED")]] };
  const started = await startUpdate(shop, { client, environment, only: ["orders"] });
  expect(started.tables).toEqual(["orders_raw", "orders"]);
  const names = [
    "dev.bronze.orders_raw",
    "dev.bronze.orders_raw_quarantine",
    "orders_raw_checked",
    "dev.clean.orders",
    "dev.clean.orders_quarantine",
    "orders_checked",
    "orders_expectations",
  ];
  expect(asked()).toEqual({ refresh_selection: names });
  const result = await follow(shop, started, { client, ...POLL });
  expect(result.tables.map((r) => r.name)).toEqual(["orders_raw", "orders"]);
  await follow(shop, await startUpdate(shop, { client, environment, only: ["orders"], fullRefresh: true }), {
    client,
    ...POLL,
  });
  expect(asked()).toEqual({ refresh_selection: names.slice(0, 3), full_refresh_selection: names.slice(3) });
  await startUpdate(shop, { client, environment, fullRefresh: true });
  expect(asked()).toEqual({ full_refresh: true });
});

test("a full refresh empties the tables that were named and the streams below them, never what they read", () => {
  const order = { id: t.bigint(), at: t.timestamp(), amount: t.int() };
  const p = pipeline("chain")
    .bronze({ raw: source.json("/in/*.json", order), others: source.json("/others/*.json", order) })
    .silver(($) => ({ view: $.raw.where((r) => r.amount.gt(0)).temporary() }))
    .silver(($) => ({
      copied: $.view.where((r) => r.id.gt(0)),
      inner: $.view.where((r) => r.id.gt(1)).private(),
      joined: $.raw.semiJoin($.others, (r, o) => r.id.eq(o.id)),
    }))
    .scd1(($) => ({ latest: $.copied.changes({ key: (r) => r.id, sequenceBy: (r) => r.at }) }));
  const of = (only: string[], fullRefresh = true) => selection(p.toNode(), only, fullRefresh, { catalog: "c" });
  const raw = ["c.bronze.raw", "c.bronze.raw_quarantine", "raw_checked"];
  const others = ["c.bronze.others", "c.bronze.others_quarantine", "others_checked"];
  expect(of(["copied"])).toEqual({
    tables: ["raw", "view", "copied", "latest"],
    refresh: raw,
    fullRefreshOf: ["c.silver.copied", "c.silver.latest"],
  });
  // A stream through a view goes on no better than one without; a materialized view reads what is there.
  expect(of(["raw"])).toEqual({
    tables: ["raw", "view", "copied", "inner", "latest"],
    fullRefreshOf: [...raw, "c.silver.copied", "inner", "c.silver.latest"],
  });
  expect(of(["joined"])).toMatchObject({ refresh: [...raw, ...others], fullRefreshOf: ["c.silver.joined"] });
  // A view has no rows that could be read again.
  expect(of(["view"])).toEqual({ tables: ["raw", "view"], refresh: raw });
  expect(of(["latest"], false)).toEqual({
    tables: ["raw", "view", "copied", "latest"],
    refresh: [...raw, "c.silver.copied", "c.silver.latest"],
  });
});

test("what is not deployed cannot be run", async () => {
  const workspace = await Workspace.start();
  const client = connect({ host: workspace.host, token: TOKEN, env: {} });
  await expect(startUpdate(shop, { client, environment: { mode: "development" } })).rejects.toMatchObject({
    code: "DBX030",
    message: expect.stringContaining("[dev ada_lovelace] shop"),
    help: expect.stringContaining("medallion deploy"),
  });
});
