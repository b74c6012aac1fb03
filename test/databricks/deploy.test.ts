import { type AnyPipeline, pipeline, source, t } from "medallion";
import {
  connect,
  type DatabricksClient,
  type DatabricksEnvironment,
  DatabricksError,
  deploy,
} from "medallion/databricks";
import { expect, test } from "vitest";
import shop from "../../examples/shop/pipeline.ts";
import { TOKEN, Workspace } from "./server.ts";

const ROOT = "/Workspace/Users/ada.lovelace@example.com/.medallion/shop/dev";

async function started(): Promise<{ readonly workspace: Workspace; readonly client: DatabricksClient }> {
  const workspace = await Workspace.start();
  const client = connect({ host: workspace.host, token: TOKEN, env: {}, retryDelayMs: 1 });
  return { workspace, client };
}

const to = (environment: DatabricksEnvironment, dryRun = false) => ({ environment, environmentName: "dev", dryRun });
const writes = (workspace: Workspace): number => workspace.requests.filter((r) => r.method !== "GET").length;

test("the first deployment uploads the SQL and makes the pipeline; the second changes nothing", async () => {
  const { workspace, client } = await started();
  const first = await deploy(shop, { client, ...to({ catalog: "dev", configuration: { region: "eu" } }) });
  expect(first).toMatchObject({ pipeline: "created", pipelineId: "p-1", name: "shop", rootPath: ROOT, settings: [] });
  expect(first.url).toBe(`${workspace.host}/pipelines/p-1`);
  expect(first.files.map((f) => `${f.change} ${f.path}`)).toEqual([
    "added src/01_bronze_orders_raw.sql",
    "added src/02_bronze_customers_raw.sql",
    "added src/03_silver_orders.sql",
    "added src/04_silver_customers.sql",
    "added src/05_gold_revenue_by_country.sql",
  ]);
  expect(workspace.store.files.get(`${ROOT}/src/03_silver_orders.sql`)).toContain(
    "CREATE OR REFRESH STREAMING TABLE silver.orders",
  );
  expect(workspace.store.pipelines.get("p-1")?.spec).toEqual({
    id: "p-1",
    name: "shop",
    catalog: "dev",
    schema: "bronze",
    serverless: true,
    development: false,
    continuous: false,
    channel: "CURRENT",
    configuration: { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", region: "eu" },
    root_path: `${ROOT}/src`,
    libraries: [{ glob: { include: `${ROOT}/src/**` } }],
  });

  const before = writes(workspace);
  const second = await deploy(shop, { client, ...to({ catalog: "dev", configuration: { region: "eu" } }) });
  expect(second).toMatchObject({ pipeline: "unchanged", pipelineId: "p-1", settings: [], permissions: [] });
  expect(second.files.every((f) => f.change === "unchanged")).toBe(true);
  expect(writes(workspace)).toBe(before);
});

test("only what differs is changed, and said", async () => {
  const { workspace, client } = await started();
  await deploy(shop, {
    client,
    ...to({ catalog: "dev", tags: { team: "data" }, configuration: { region: "eu", old: 1 } }),
  });
  workspace.store.files.set(`${ROOT}/src/03_silver_orders.sql`, "SELECT 1 -- by hand");
  const uploads = workspace.asked("POST /api/2.0/workspace/import").length;

  const changed: DatabricksEnvironment = {
    catalog: "dev2",
    continuous: true,
    configuration: { region: "us" },
    notifications: [{ email: ["a@example.com"], on: ["update-failure"] }],
  };
  const dry = await deploy(shop, { client, ...to(changed, true) });
  expect(workspace.asked("POST /api/2.0/workspace/import")).toHaveLength(uploads);
  expect(workspace.asked("PUT")).toEqual([]);
  const done = await deploy(shop, { client, ...to(changed) });
  expect(done).toEqual({ ...dry, dryRun: false });
  expect(done.pipeline).toBe("changed");
  expect(done.files.filter((f) => f.change !== "unchanged")).toEqual([
    { path: "src/03_silver_orders.sql", change: "changed" },
  ]);
  expect(done.settings).toEqual([
    { name: "catalog", was: "dev", is: "dev2" },
    { name: "continuous", was: "false", is: "true" },
    { name: "configuration.region", was: "eu", is: "us" },
    { name: "notifications", is: '[{"alerts":["on-update-failure"],"email_recipients":["a@example.com"]}]' },
    { name: "configuration.old", was: "1" },
    { name: "tags.team", was: "data" },
  ]);
  expect(workspace.store.pipelines.get("p-1")?.spec).toMatchObject({
    catalog: "dev2",
    configuration: { region: "us" },
  });
  expect(workspace.store.pipelines.get("p-1")?.spec).not.toHaveProperty("tags");
  expect((await deploy(shop, { client, ...to(changed) })).pipeline).toBe("unchanged");
});

test("files of an earlier deployment go, those of others stay, and a broken one is mended by the next", async () => {
  const { workspace, client } = await started();
  const small = (...names: readonly string[]): AnyPipeline =>
    pipeline("shop").bronze(Object.fromEntries(names.map((n) => [n, source.json("/v/*.json", { id: t.bigint() })])));
  await deploy(small("a", "b"), { client, ...to({}) });
  workspace.store.files.set(`${ROOT}/src/mine.sql`, "-- by somebody else");
  workspace.fail("POST /api/2.0/workspace/delete", { status: 403, body: { message: "no" } });
  await expect(deploy(small("a", "c"), { client, ...to({}) })).rejects.toMatchObject({ code: "DBX011" });
  const done = await deploy(small("a", "c"), { client, ...to({}) });
  expect(done.files).toEqual([
    { path: "src/01_bronze_a.sql", change: "unchanged" },
    { path: "src/02_bronze_c.sql", change: "unchanged" },
    { path: "src/02_bronze_b.sql", change: "removed" },
  ]);
  expect([...workspace.store.files.keys()].map((f) => f.slice(ROOT.length + 1)).sort()).toEqual([
    "medallion.json",
    "src/01_bronze_a.sql",
    "src/02_bronze_c.sql",
    "src/mine.sql",
  ]);
});

test("in development each developer has an own pipeline; a path, names and schemas are as they are given", async () => {
  const { workspace, client } = await started();
  const dev = await deploy(shop, { client, ...to({ mode: "development" }) });
  expect(dev.name).toBe("[dev ada_lovelace] shop");
  expect(workspace.store.pipelines.get("p-1")?.spec).toMatchObject({ development: true });
  const given: DatabricksEnvironment = {
    mode: "production",
    name: "the shop's",
    rootPath: "/Workspace/Shared/shop/",
    schemas: { silver: "clean" },
    schema: "logs",
    serverless: false,
    edition: "ADVANCED",
    photon: true,
    runAs: { servicePrincipal: "app-1" },
    eventLog: { name: "shop_events" },
  };
  const made = await deploy(shop, { client, ...to(given) });
  expect(made).toMatchObject({ name: "the shop's", rootPath: "/Workspace/Shared/shop", pipelineId: "p-2" });
  expect(workspace.store.files.get("/Workspace/Shared/shop/src/03_silver_orders.sql")).toContain(
    "STREAMING TABLE clean.orders",
  );
  const { spec, runAs } = workspace.store.pipelines.get("p-2") ?? {};
  expect(spec).toMatchObject({ edition: "ADVANCED", photon: true, schema: "logs", event_log: { name: "shop_events" } });
  expect(runAs).toEqual({ service_principal_name: "app-1" });
  expect((await deploy(shop, { client, ...to(given) })).pipeline).toBe("unchanged");
});

test("permissions are added where they are not there, and none is taken away", async () => {
  const { workspace, client } = await started();
  const permissions = [
    { group: "analysts", level: "CAN_VIEW" } as const,
    { user: "b@example.com", level: "CAN_RUN" } as const,
  ];
  const first = await deploy(shop, { client, ...to({ permissions: permissions.slice(0, 1) }) });
  expect(first.permissions).toEqual(permissions.slice(0, 1));
  const second = await deploy(shop, { client, ...to({ permissions }) });
  expect(second).toMatchObject({ pipeline: "changed", permissions: permissions.slice(1) });
  expect(await deploy(shop, { client, ...to({ permissions }) })).toMatchObject({
    pipeline: "unchanged",
    permissions: [],
  });
  expect((await deploy(shop, { client, ...to({}) })).pipeline).toBe("unchanged");
  expect(workspace.store.pipelines.get("p-1")?.permissions).toHaveLength(2);
});

test("what the workspace or its people set and we do not is kept", async () => {
  const { workspace, client } = await started();
  const classic = { serverless: false, catalog: "a" };
  await deploy(shop, { client, ...to(classic) });
  const made = workspace.store.pipelines.get("p-1");
  if (!made) throw new Error("it was not made");
  made.spec = {
    ...made.spec,
    clusters: [{ label: "default", num_workers: 2 }],
    edition: "PRO",
    pipeline_type: "WORKSPACE",
  };
  expect((await deploy(shop, { client, ...to(classic) })).pipeline).toBe("unchanged");
  await deploy(shop, { client, ...to({ ...classic, catalog: "b" }) });
  expect(made.spec).toMatchObject({ catalog: "b", edition: "PRO", clusters: [{ label: "default", num_workers: 2 }] });
  await deploy(shop, { client, ...to({ catalog: "b" }) });
  expect(made.spec).not.toHaveProperty("clusters");
});

/** Settings that the workspace or its people made: an edit puts the whole settings in place of the old ones. */
const THEIRS = {
  storage: "dbfs:/pipelines/p-1",
  environment: { dependencies: ["faker"] },
  filters: { include: ["com.example"] },
  restart_window: { start_hour: 3, days_of_week: ["SUNDAY"] },
  serverless_compute_id: "s-1",
  trigger: { cron: { quartz_cron_schedule: "0 0 3 * * ?", timezone_id: "UTC" } },
  usage_policy_id: "u-9",
  photon: false,
};

test("every setting that we do not know of is kept when another changes", async () => {
  const { workspace, client } = await started();
  await deploy(shop, { client, ...to({ serverless: false, catalog: "a" }) });
  const made = workspace.store.pipelines.get("p-1");
  if (!made) throw new Error("it was not made");
  made.spec = { ...made.spec, ...THEIRS };
  made.parameters = { day: "2025-01-01" };
  await deploy(shop, { client, ...to({ serverless: false, catalog: "b" }) });
  expect(made.spec).toMatchObject({ ...THEIRS, catalog: "b" });
  expect(made.parameters).toEqual({ day: "2025-01-01" });

  const budget = { catalog: "b", budgetPolicyId: "b-1" };
  await deploy(shop, { client, ...to(budget) });
  expect(made.spec).toMatchObject({ budget_policy_id: "b-1", trigger: THEIRS.trigger });
  expect(made.spec).not.toHaveProperty("usage_policy_id");
  expect(made.spec).not.toHaveProperty("photon");
  await deploy(shop, { client, ...to({ catalog: "b", usagePolicyId: "u-1" }) });
  expect(made.spec).toMatchObject({ usage_policy_id: "u-1" });
  expect(made.spec).not.toHaveProperty("budget_policy_id");
});

test("a name that is not one pipeline's, or one that a bundle manages, is refused before anything is written", async () => {
  const { workspace, client } = await started();
  await client.pipelines.create({ name: "shop" });
  await client.pipelines.create({ name: "shop", allow_duplicate_names: true });
  await client.pipelines.create({ name: "sh_p" });
  const before = writes(workspace);
  await expect(deploy(shop, { client, ...to({}) })).rejects.toMatchObject({
    code: "DBX031",
    message: expect.stringContaining("p-1, p-2"),
  });
  await client.pipelines.create({ name: "bundled", deployment: { kind: "BUNDLE", metadata_file_path: "/x" } });
  const error = await deploy(shop, { client, ...to({ name: "bundled" }) }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DatabricksError);
  expect(error).toMatchObject({ code: "DBX032", help: expect.stringContaining("databricks bundle deploy") });
  expect(writes(workspace)).toBe(before + 1);
});
