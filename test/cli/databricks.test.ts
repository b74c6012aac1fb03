/**
 * `deploy`, `run --target databricks` and `compile --bundle` against a workspace on this machine. One of each kind is in the
 * real process: what its streams, its signals and its exit code are, and where the lines of the project are.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { event, failure, flow, update } from "../databricks/events.ts";
import { TOKEN, Workspace } from "../databricks/server.ts";
import { cli, command, project, put } from "./support.ts";

/** A project with an environment for the workspace. */
function inWorkspace(settings = "{}"): string {
  const folder = project(".where((r) => r.id.gt(0)).expectOrQuarantine({ positive: (r) => r.amount.gt(0) })");
  put(folder, {
    "medallion.config.ts": `import { defineConfig } from "medallion/config";
export default defineConfig({
  pipeline: "./pipeline.ts",
  environments: { ci: { warehouse: ":memory:" }, dev: { databricks: { catalog: "dev", baseDir: "/Volumes/dev/raw/files", ...${settings} } } },
});
`,
  });
  return folder;
}

const EVENTS = [
  [event(0, "create_update"), flow(1, "dev.bronze.raw", "RUNNING")],
  [
    flow(3, "dev.bronze.raw_checked", "COMPLETED", { metrics: { num_output_rows: 10 } }),
    flow(3, "dev.bronze.raw", "COMPLETED", { metrics: { num_output_rows: 10 } }),
    flow(3, "dev.bronze.raw_quarantine", "COMPLETED", { metrics: { num_output_rows: 0 } }),
    flow(4, "dev.silver.clean_checked", "RUNNING"),
    flow(5, "dev.silver.clean_checked", "COMPLETED", {
      metrics: { num_output_rows: 10 },
      data_quality: {
        dropped_records: 0,
        expectations: [{ name: "positive", dataset: "clean_checked", passed_records: 8, failed_records: 2 }],
      },
    }),
    flow(6, "dev.silver.clean", "COMPLETED", { metrics: { num_output_rows: 8 } }),
    flow(6, "dev.silver.clean_quarantine", "COMPLETED", { metrics: { num_output_rows: 2 } }),
    update(7, "COMPLETED"),
  ],
];

describe("deploy", () => {
  test("says what it did; again, and there is nothing to do; a dry run changes nothing", async () => {
    const workspace = await Workspace.start();
    const folder = inWorkspace();
    const go = (...flags: readonly string[]) =>
      command(folder, ["deploy", "--env", "dev", ...flags], { env: workspace.env });
    const dry = await go("--dry-run");
    expect(dry).toMatchObject({ code: 0, stderr: "" });
    expect(dry.stdout).toContain(`Pipeline "tiny" would be made in ${workspace.host}: 2 files changed, 0 not.`);
    expect(dry.stdout).toContain("this was a dry run");
    expect(workspace.requests.filter((r) => r.method !== "GET")).toEqual([]);

    const first = await go();
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toBe(
      [
        "FILE                     CHANGE",
        "src/01_bronze_raw.sql    added",
        "src/02_silver_clean.sql  added",
        "",
        `Pipeline "tiny" made in ${workspace.host}: 2 files changed, 0 not.`,
        "Files: /Workspace/Users/ada.lovelace@example.com/.medallion/tiny/dev",
        `Pipeline: ${workspace.host}/pipelines/p-1`,
        "Run it: medallion run --target databricks --env dev",
        "",
      ].join("\n"),
    );
    expect((await go()).stdout).toContain(`Pipeline "tiny" is up to date in ${workspace.host}: 2 files.`);

    put(folder, {
      "medallion.config.ts": readFileSync(path.join(folder, "medallion.config.ts"), "utf8").replace(
        '"dev",',
        '"dev2", tags: { a: "b" },',
      ),
    });
    const changed = await go();
    expect(changed.stdout).toMatch(/^SETTING +WAS +IS\ncatalog +dev +dev2\ntags\.a +b\n/);
    const json = JSON.parse((await go("--json")).stdout);
    expect(json).toMatchObject({ pipeline: "unchanged", pipelineId: "p-1", dryRun: false, settings: [] });
  });

  test("--validate has the workspace check what was deployed, and shows its errors with the lines of the tables", async () => {
    const workspace = await Workspace.start();
    const folder = inWorkspace();
    const go = (...flags: readonly string[]) =>
      cli(folder, ["deploy", "--env", "dev", "--validate", ...flags], { env: workspace.env });
    workspace.store.script = { states: ["COMPLETED"], events: [[update(1, "COMPLETED")]] };
    const good = await go();
    expect(good).toMatchObject({ code: 0, stderr: "" });
    expect(good.stdout).toMatch(/made in[\s\S]*The workspace accepts the pipeline\. http.*\/updates\/u-2\n$/);
    expect(workspace.asked("POST /api/2.0/pipelines/p-1/updates").at(-1)?.body).toEqual({ validate_only: true });
    const error = (message: string) => event(1, "update_progress", { level: "ERROR", error: failure(message) });
    const files = "/Workspace/Users/ada/.medallion/tiny/dev/src";
    workspace.store.script = {
      states: ["FAILED"],
      events: [
        [
          error(`[PARSE_SYNTAX_ERROR] Syntax error at or near 'x' in ${files}/01_bronze_raw.sql`),
          error("[UNRESOLVED_COLUMN] in the flow of `dev`.`silver`.`clean`"),
          update(3, "FAILED", { level: "ERROR", error: failure("the update failed") }),
        ],
      ],
    };
    const bad = await go();
    expect(bad.code).toBe(1);
    expect(bad.stderr).toMatch(/pipeline\.ts:4:\d+\n\s*error DBX040: bronze\.raw: \[PARSE_SYNTAX_ERROR\]/);
    expect(bad.stderr).toMatch(/pipeline\.ts:\d+:\d+\n\s*error DBX040: silver\.clean: \[UNRESOLVED_COLUMN\]/);
    expect(bad.stderr).not.toContain("the update failed");
    const json = JSON.parse((await go("--json")).stdout);
    expect(json).toMatchObject({
      pipeline: "unchanged",
      validation: { status: "failed", errors: [{ table: "raw" }, { table: "clean" }] },
    });
  });

  test.each<[string, readonly string[], Record<string, string>, number, string, string]>([
    ["no environment is named", [], {}, 2, "CFG004", "--env dev"],
    ["the environment is elsewhere", ["--env", "ci"], {}, 2, "CFG004", "--env dev"],
    ["there is no host", ["--env", "dev"], {}, 1, "DBX001", "DATABRICKS_HOST"],
    ["there is no token", ["--env", "dev"], { DATABRICKS_HOST: "https://x.example" }, 1, "DBX002", "DATABRICKS_TOKEN"],
  ])("where %s it says so, with a way out", async (_, flags, env, code, shown, help) => {
    for (const words of [["deploy"], ["run", "--target", "databricks"]]) {
      const result = await cli(inWorkspace(), [...words, ...flags], { env });
      expect(result).toMatchObject({ code, stdout: "" });
      expect(result.stderr).toContain(`error ${shown}`);
      expect(result.stderr).toContain(help);
    }
  });

  test("a refused token ends with 1, as JSON too, and is not shown, not with --debug either", async () => {
    const workspace = await Workspace.start();
    const folder = inWorkspace();
    const token = "dapi-of-another-workspace";
    const env = { ...workspace.env, DATABRICKS_TOKEN: token };
    const text = await command(folder, ["deploy", "--env", "dev", "--debug"], { env });
    expect(text).toMatchObject({ code: 1, stdout: "" });
    expect(text.stderr).toMatch(/error DBX010: .*does not accept the credentials.*\(GET \S+Me: 401 UNAUTHENTICATED\)/);
    const json = await cli(folder, ["deploy", "--env", "dev", "--json"], { env });
    expect(json).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(json.stdout).error).toMatchObject({ code: "DBX010", status: 401 });
    expect(text.stderr + json.stdout).not.toContain(token);
  });
});

test("parameters come from the environment and from --param; one without a value is an error at its line", async () => {
  const workspace = await Workspace.start();
  const folder = project(
    '.where((r) => r.note.eq(param.string("region")).and(r.id.gt(param.bigint("least", { default: 5 }))))',
  );
  put(folder, {
    "pipeline.ts": readFileSync(path.join(folder, "pipeline.ts"), "utf8").replace("{ pipeline,", "{ param, pipeline,"),
    "medallion.config.ts": `export default { pipeline: "./pipeline.ts", databricks: {}, environments: { eu: { params: { region: "eu" } } } };`,
  });
  const go = (...flags: readonly string[]) => cli(folder, ["deploy", ...flags], { env: workspace.env });
  const missing = await command(folder, ["deploy"], { env: workspace.env });
  expect(missing).toMatchObject({ code: 1, stdout: "" });
  expect(missing.stderr).toMatch(/^pipeline\.ts:6:\d+\nerror PARAM002: .*"region" of silver\.clean/);
  const configuration = () => workspace.store.pipelines.get("p-1")?.spec["configuration"];
  expect(await go("--env", "eu")).toMatchObject({ code: 0 });
  expect(configuration()).toMatchObject({ region: "eu", least: "5" });
  expect(await go("--env", "eu", "--param", "region=us", "-p", "least=7")).toMatchObject({ code: 0 });
  expect(configuration()).toMatchObject({ region: "us", least: "7" });
  expect((await go("--env", "eu", "--param", "regoin=us")).stderr).toContain('did you mean "region"?');
});

describe("run --target databricks", () => {
  test("starts an update, shows its progress, and ends with the report of the tables", async () => {
    const workspace = await Workspace.start();
    const folder = inWorkspace();
    await cli(folder, ["deploy", "--env", "dev"], { env: workspace.env });
    workspace.store.script = { states: ["QUEUED", "RUNNING", "COMPLETED"], events: EVENTS };
    const run = ["run", "-t", "databricks", "--env", "dev"];
    const text = await command(folder, run, { env: workspace.env });
    expect(text.stderr).toBe(
      [
        `Update u-2 started: ${workspace.host}/pipelines/p-1/updates/u-2`,
        "done    raw: 10 rows  (2.0 s)",
        "done    clean: 8 rows, 2 quarantined  (2.0 s)",
        "",
      ].join("\n"),
    );
    expect(text.stdout).toMatch(/^raw +bronze +streaming +10 +10 +0 +0 +- +2\.0 s$/m);
    expect(text.stdout).toMatch(/^clean +silver +streaming +\? +8 +\? +2 +8\/2 /m);
    expect(text.stdout).toMatch(/clean +positive +2 +10 +quarantine/);
    expect(text.stdout).toContain("Update completed in 7.0 s: 2 done of 2 tables.");
    expect(text.stdout).toContain("Quarantined: 2 rows of clean; in clean_quarantine");
    expect(text.stdout).toContain(`Update: ${workspace.host}/pipelines/p-1/updates/u-2`);
    expect(text.code).toBe(0);

    const json = await cli(folder, [...run, "--json", "--only", "clean", "--full-refresh"], { env: workspace.env });
    expect(json).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({
      engine: "databricks",
      status: "completed",
      state: "COMPLETED",
      pipelineId: "p-1",
      tables: [{ name: "raw" }, { name: "clean", rowsWritten: 8, rowsQuarantined: 2 }],
    });
    expect(workspace.asked("POST /api/2.0/pipelines/p-1/updates").at(-1)?.body).toEqual({
      refresh_selection: ["dev.bronze.raw", "dev.bronze.raw_quarantine", "raw_checked"],
      full_refresh_selection: ["dev.silver.clean", "dev.silver.clean_quarantine", "clean_checked"],
    });
    expect(readdirSync(folder)).not.toContain(".medallion");
    expect(text.stdout + text.stderr + json.stdout).not.toContain(TOKEN);
  });

  test("a table that fails is shown with its line, and the exit code is 1", async () => {
    const workspace = await Workspace.start();
    const folder = inWorkspace();
    await cli(folder, ["deploy", "--env", "dev"], { env: workspace.env });
    workspace.store.script = {
      states: ["FAILED"],
      events: [
        [
          flow(1, "dev.bronze.raw", "COMPLETED", { metrics: { num_output_rows: 10 } }),
          flow(
            2,
            "dev.silver.clean",
            "FAILED",
            {},
            { level: "ERROR", error: failure("[DIVIDE_BY_ZERO] Division by zero.") },
          ),
          update(3, "FAILED", { level: "ERROR" }),
        ],
      ],
    };
    const text = await command(folder, ["run", "--target", "databricks", "--env", "dev"], { env: workspace.env });
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(
      /failed silver\.clean\n {2}pipeline\.ts:6:18\n {2}error DBX040: silver\.clean: \[DIVIDE_BY_ZERO\]/,
    );
    expect(text.stdout).toContain("  6 |     clean: $.raw");
    const json = await command(folder, ["run", "--target", "databricks", "--env", "dev", "--json"], {
      env: workspace.env,
    });
    expect(json).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(json.stdout).tables[1].error).toMatchObject({ code: "DBX040", location: "pipeline.ts:6:18" });
  });

  test("Ctrl-C stops following and says where the update goes on", async () => {
    const workspace = await Workspace.start();
    const folder = inWorkspace();
    await cli(folder, ["deploy", "--env", "dev"], { env: workspace.env });
    workspace.store.script = { states: ["RUNNING"], events: [] };
    const result = await command(folder, ["run", "--target", "databricks", "--env", "dev"], {
      env: workspace.env,
      onOutput: (stderr, interrupt) => {
        if (stderr.includes("started:") && !stderr.includes("Interrupted")) interrupt();
      },
    });
    expect(result).toMatchObject({ code: 130, stdout: "" });
    expect(result.stderr).toContain(
      `The update goes on; look at it or stop it at ${workspace.host}/pipelines/p-1/updates/u-2`,
    );
    expect(workspace.store.stopped).toBe(0);
  });

  test("what was never deployed is an error that says what to do", async () => {
    const workspace = await Workspace.start();
    const result = await cli(inWorkspace(), ["run", "-t", "databricks", "--env", "dev"], { env: workspace.env });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(/error DBX030.*\n.*medallion deploy/s) });
  });

  test.each([
    ["--param", "a=b"],
    ["--warehouse", "w"],
    ["--base-dir", "."],
  ])("%s is for the engine on this machine", async (flag, value) => {
    expect(await cli(inWorkspace(), ["run", "-t", "databricks", flag, value])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`CLI004: ${flag} does not go with`),
    });
  });

  test("a target that there is not", async () => {
    expect(await cli(inWorkspace(), ["run", "-t", "databrick"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "databricks"?'),
    });
  });
});

test("compile writes the SQL that deploy and a bundle bring, with the folder that paths start from", async () => {
  const folder = inWorkspace();
  const compile = ["compile", "-t", "databricks", "--env", "dev", "--out"];
  await cli(folder, [...compile, "plain"]);
  await cli(folder, [...compile, "bundled", "--bundle"]);
  const text = (file: string) => readFileSync(path.join(folder, file), "utf8");
  const plain = text("plain/01_bronze_raw.sql");
  expect(plain).toContain("'/Volumes/dev/raw/files/data/*.json'");
  // A bundle names the catalog as a setting of the pipeline.
  expect(plain.replace("dev.bronze", "bronze").replace("dev.bronze", "bronze")).toBe(
    text("bundled/src/01_bronze_raw.sql"),
  );
});

describe("compile --bundle", () => {
  test("writes the bundle of all environments, and says which is the default", async () => {
    const folder = inWorkspace('{ mode: "development", host: "https://dev.example" }');
    const result = await command(folder, ["compile", "-t", "databricks", "--bundle", "--out", "b", "--env", "dev"]);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    const files = readdirSync(path.join(folder, "b"), { recursive: true, encoding: "utf8" }).sort();
    expect(files).toEqual([
      "databricks.yml",
      "resources",
      "resources/tiny.pipeline.yml",
      "src",
      "src/01_bronze_raw.sql",
      "src/02_silver_clean.sql",
    ]);
    const root = readFileSync(path.join(folder, "b/databricks.yml"), "utf8");
    expect(root).toContain("mode: development\n    default: true\n    workspace:\n      host: https://dev.example\n");
    expect(root).toContain("# Made by medallion from pipeline.ts:");
    const again = await command(folder, ["compile", "-t", "databricks", "--bundle", "--out", "b", "--env", "dev"]);
    expect(again.stdout).toContain("b is up to date: 4 files for databricks.");
  });

  test("only for Databricks, and only with an environment", async () => {
    expect(await cli(inWorkspace(), ["compile", "-t", "duckdb", "--bundle"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("CLI004"),
    });
    expect(await cli(project(), ["compile", "-t", "databricks", "--bundle"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("BUNDLE001"),
    });
  });
});

test.each([
  ["{ catalogue: 'x' }", "did you mean catalog?"],
  ["{ mode: 'dev' }", "environments.dev.databricks.mode"],
  ["{ permissions: [{ level: 'CAN_RUN' }] }", "one of user, group, servicePrincipal"],
  ["{ runAs: { group: 'a' } }", "{ user } or { servicePrincipal }"],
  ["{ rootPath: 'files' }", "begins with /"],
  ["{ schemas: { brass: 'x' } }", "brass"],
  ["{ token: 'dapi' }", "token"],
])("a config with %s says what is wrong", async (settings, shown) => {
  const result = await cli(inWorkspace(settings), ["deploy", "--env", "dev"]);
  expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("CFG002") });
  expect(result.stderr).toContain(shown);
});
