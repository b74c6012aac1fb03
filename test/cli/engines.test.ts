/** Engines behind one contract: one from outside runs as the built-in ones do, and all have one shape of `--json`. */
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { pipeline, source, t } from "medallion";
import { run as onDatabricks } from "medallion/databricks";
import { type RunEvent, run } from "medallion/run";
import { run as onSpark } from "medallion/spark";
import { describe, expect, test } from "vitest";
import { markdownBlocks } from "../docs/blocks.ts";
import { folder, write } from "../e2e/support.ts";
import { cli, project, put, ROOT } from "./support.ts";

/** An engine as a user writes it, through the public types alone. It knows what it wrote and nothing else. */
const TOY = `import { type MedallionConfig, defineConfig } from "medallion/config";
import type { Engine, RunEvent, TableResult } from "medallion/run";

const toy: Engine = {
  name: "toy",
  run: async (pipeline, { only, fullRefresh = false, params, onEvent }) => {
    const unknown = { rowsRead: null, rowsDropped: null, rowsQuarantined: null, expectations: [] } as const;
    const head = { timestamp: "2026-01-01T00:00:00Z", updateId: "u-1", level: "INFO", message: "" } as const;
    const emit = (event: RunEvent) => onEvent?.(event);
    emit({ ...head, id: "1", eventType: "create_update", details: { create_update: { full_refresh: fullRefresh } } });
    const nodes = pipeline.toNode().tables.filter((t) => only?.includes(t.name) ?? true);
    const tables = nodes.map(({ name, layer }, i): TableResult => {
      const facts = { name, layer, kind: "materialized", durationMs: 1, skipped: false, ...unknown } as const;
      const error = { code: "TOY001", message: "it broke", help: "mend it", table: name };
      const result: TableResult =
        name === params?.["broken"]
          ? { ...facts, status: "failed", rowsWritten: null, reason: error.message, error }
          : { ...facts, status: "completed", rowsWritten: 7 };
      const status = result.status === "failed" ? "FAILED" : "COMPLETED";
      const details = { flow_progress: { status }, result } as const;
      emit({ ...head, id: String(i + 2), eventType: "flow_progress", table: name, details });
      return result;
    });
    const status = tables.some((t) => t.status === "failed") ? "failed" : "completed";
    return { engine: "toy", id: "u-1", status, durationMs: 5, tables, warnings: [] };
  },
};
const config: MedallionConfig = { pipeline: "./pipeline.ts", engines: [NAMED] };
export default defineConfig(config);
`;

function withToy(named = "toy"): string {
  const at = project();
  writeFileSync(path.join(at, "medallion.config.ts"), TOY.replace("NAMED", named));
  return at;
}

describe("an engine of the config", () => {
  test("runs with the progress and the report of the built-in ones; what it did not count is unknown", async () => {
    const result = await cli(withToy(), ["run", "--target", "toy"]);
    expect(result).toMatchObject({ code: 0, stderr: "done    raw: 7 rows  (1 ms)\ndone    clean: 7 rows  (1 ms)\n" });
    expect(result.stdout).toMatch(/^raw +bronze +materialized +\? +7 +\? +\? +- +1 ms$/m);
    expect(result.stdout).toContain("Update completed in 5 ms: 2 done of 2 tables.");
  });

  test("is given the request; its failed table is shown with its error and ends with 1", async () => {
    const at = withToy();
    const failed = await cli(at, ["run", "-t", "toy", "--param", "broken=clean"]);
    expect(failed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/failed silver\.clean\n {2}error TOY001: /),
    });
    const json = JSON.parse((await cli(at, ["run", "-t", "toy", "--only", "raw", "--json"])).stdout);
    expect(Object.keys(json)).toEqual(["engine", "id", "status", "upToDate", "durationMs", "tables", "warnings"]);
    expect(json).toMatchObject({ engine: "toy", tables: [{ name: "raw", rowsWritten: 7, rowsRead: null }] });
  });

  test("is named by --target alone, and cannot take the name of a built-in one", async () => {
    expect((await cli(withToy(), ["run", "-t", "tyo"])).stderr).toContain('did you mean "toy"?');
    expect((await cli(withToy(), ["run", "-t", "toy", "--warehouse", "w"])).stderr).toContain("CLI004");
    expect((await cli(withToy(), ["run", "-t", "toy", "--remote", "sc://x"])).stderr).toMatch(
      /CLI004: --remote does not go with --target toy\n {2}help: it is for --target spark/,
    );
    const taken = await cli(withToy('{ ...toy, name: "spark" }'), ["run"]);
    expect(taken.stderr).toMatch(/CFG002.*engines\.0: its name is that of a built-in engine/);
    expect((await cli(withToy('{ name: "half" } as Engine'), ["run"])).stderr).toContain("expected an engine");
  });
});

describe("the engine of the guide", () => {
  const GUIDE = markdownBlocks("docs/guides/plugins.md", readFileSync("docs/guides/plugins.md", "utf8"));
  const engine = GUIDE.find(({ code }) => code.includes("const script: Engine"))?.code ?? "";

  function withScript(sql: string): string {
    const at = project();
    symlinkSync(path.join(ROOT, "node_modules/@duckdb"), path.join(at, "node_modules/@duckdb"));
    put(at, {
      "script.ts": engine,
      "medallion.config.ts": `import { script } from "./script.ts";
        export default { pipeline: "./pipeline.ts", engines: [script] };`,
      "pipeline.ts": `import { fn, pipeline, source, sql, t } from "medallion";
        export default pipeline("p")
          .bronze({ raw: source.json("in/*.json", { id: t.bigint() }) })
          .silver(($) => ({
            clean: $.raw.derive((r) => ({ more: sql(t.bigint())\`${sql}\` })),
            total: $.raw.aggregate(() => ({ rows: fn.countRows() })),
          }))
          .gold(($) => ({ last: $.clean.aggregate((r) => ({ id: r.id.max() })) }));`,
      "in/1.json": '{"id":1}\n{"id":2}\n',
    });
    return at;
  }

  test("writes the rows of the tables that are asked for, and of those that they read", async () => {
    const at = withScript("1");
    const ran = await cli(at, ["run", "-t", "script", "--only", "last"]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("3 done of 3 tables") });
    const connection = await (await DuckDBInstance.create(path.join(at, "script.duckdb"))).connect();
    expect((await connection.runAndReadAll("SELECT id FROM gold.last")).getRows()).toEqual([[2n]]);
    connection.closeSync();
  });

  test("leaves out what reads a table that failed", async () => {
    const { code, stdout } = await cli(withScript("error('it broke')"), ["run", "-t", "script", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).tables).toMatchObject([
      { name: "raw", kind: "streaming", status: "completed" },
      { name: "clean", kind: "streaming", status: "failed", error: { message: expect.stringContaining("it broke") } },
      { name: "total", kind: "materialized", status: "completed" },
      { name: "last", kind: "materialized", status: "excluded", reason: "it reads clean, which did not complete" },
    ]);
  });
});

test("DuckDB has the same shape, with where its result is after it", async () => {
  const json = JSON.parse((await cli(project(), ["run", "--json"])).stdout);
  expect(Object.keys(json)).toEqual([
    "engine",
    "id",
    "status",
    "upToDate",
    "durationMs",
    "tables",
    "warnings",
    "warehouse",
  ]);
  expect(json.engine).toBe("duckdb");
});

test.each([
  ["duckdb", "remote", "sc://x"],
  ["spark", "warehouse", "w.duckdb"],
  ["spark", "accept-loss", "all"],
  ["databricks", "spark-home", "x"],
])("a flag that means nothing to %s is refused: --%s", async (target, flag, value) => {
  const { code, stderr } = await cli(project(), ["run", "-t", target, `--${flag}`, value]);
  expect(code).toBe(2);
  expect(stderr).toContain(`CLI004: --${flag} does not go with --target ${target}`);
});

const p = pipeline("one").bronze({ raw: source.json("in/*.json", { id: t.bigint() }) });

test("every engine refuses a table that is not there, and Databricks what is deployed", async () => {
  const client = Object.create(null);
  for (const refused of [run(p, { only: ["row"] }), onSpark(p, { only: ["row"] })]) {
    await expect(refused).rejects.toMatchObject({ code: "TBL003" });
  }
  for (const given of [{ params: {} }, { baseDir: "x" }]) {
    await expect(onDatabricks(p, { client, ...given })).rejects.toMatchObject({ code: "DBX034" });
  }
});

test("a stopped update on DuckDB runs no further table, says so, and goes on the next time", async () => {
  const two = p.silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }));
  const base = await folder();
  await write(base, "in/1.json", '{"id":1}\n');
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  const stop = new AbortController();
  const onEvent = (event: RunEvent): void => {
    if (event.eventType === "flow_progress" && event.table === "raw") stop.abort();
  };
  const stopped = await run(two, { ...options, onEvent, signal: stop.signal });
  await stopped.close();
  expect(stopped).toMatchObject({ status: "failed", error: { code: "RUN003" } });
  expect(stopped.tables.map((r) => r.status)).toEqual(["completed", "excluded"]);
  await using again = await run(two, options);
  expect(again.tables.map((r) => [r.status, r.rowsWritten])).toEqual([
    ["skipped", 0],
    ["completed", 1],
  ]);
});
