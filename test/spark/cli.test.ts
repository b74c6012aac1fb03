/** `medallion run --target spark` through the real command and the real `spark-pipelines`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/spark";
import { afterAll, expect, inject, test } from "vitest";
import { command, emptyFolder, install, project, put } from "../cli/support.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const { venv, connect } = inject("spark");
const onServer = ["run", "--target", "spark", "--spark-home", venv, "--remote", `sc://localhost:${connect}`];

/** Schemas of its own on the shared server. */
function withSchemas(at: string, prefix: string, pipeline: string): string {
  put(at, {
    "medallion.config.ts": `import { defineConfig } from "medallion/config";
export default defineConfig({ pipeline: "./pipeline.ts", spark: { schemas: { bronze: "${prefix}_bronze", silver: "${prefix}_silver", gold: "${prefix}_gold" } } });
`,
    "pipeline.ts": `import { pipeline, source, t } from "medallion";

export default pipeline("tiny")
  .bronze({ raw: source.json("data/*.json", { id: t.bigint(), amount: t.decimal(10, 2), note: t.string().nullable() }) })
${pipeline}
`,
    "data/1.json": '{"id":1,"amount":2.50,"note":"7"}\n{"id":9007199254740993,"amount":-1}\nbroken\n',
  });
  return at;
}

test("an update on a server: progress, a report, the rows; JSON for a program", async () => {
  const at = withSchemas(
    project(),
    "cli_ok",
    "  .silver(($) => ({ clean: $.raw.expect({ has_note: (r) => r.note.isNotNull() }) }));",
  );
  const first = await command(at, onServer);
  expect(first.stderr).toMatch(/^Starting Spark …\ndone {4}raw {2}\([\d.]+ m?s\)\ndone {4}clean {2}\([\d.]+ m?s\)\n/);
  expect(first.stdout).toMatch(
    /^TABLE +LAYER +KIND +TIME\nraw +bronze +streaming +[\d.]+ m?s\nclean +silver +streaming +[\d.]+ m?s\n/,
  );
  expect(first.stdout).toMatch(/Update completed in .*: 2 done of 2 tables\.\nLog: \.medallion\/spark\/run\.log\n$/);
  expect(first.code).toBe(0);
  expect((await spark.sql("SELECT id, note FROM cli_ok_silver.clean ORDER BY id")).rows).toEqual([
    ["1", "7"],
    ["9007199254740993", null],
  ]);
  const again = await command(at, [...onServer, "--only", "raw", "--json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({
    engine: "spark",
    status: "completed",
    tables: [{ name: "raw", status: "completed", kind: "streaming", rowsRead: null, rowsWritten: null }],
  });
  expect(again.stderr).toBe("");
  await spark.sql("DROP SCHEMA cli_ok_bronze CASCADE");
});

test("an engine error is shown on the user's line, a broken rule on its own line; both end with 1", async () => {
  const at = withSchemas(
    project(),
    "cli_bad",
    `  .silver(($) => ({
    numbers: $.raw.select((r) => ({ id: r.id, n: r.note.orElse("none").cast(t.int()) })),
    ruled: $.raw.expectOrFail({ positive: (r) => r.amount.gt(0) }),
    fine: $.raw,
  }))
  .gold(($) => ({ sums: $.numbers.aggregate((r) => ({ total: r.n.sum() })) }));`,
  );
  const failed = await command(at, onServer);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/^numbers +silver +streaming +[\d.]+ m?s +failed$/m);
  expect(failed.stdout).toMatch(/^fine +silver +streaming +[\d.]+ m?s +done$/m);
  expect(failed.stdout).toMatch(/^sums +gold +materialized +not run$/m);
  expect(failed.stdout).toContain('not run gold.sums: it reads "numbers", which did not complete');
  expect(failed.stdout).toMatch(/pipeline\.ts:6:\d+\n {2}error SPARK004: .*CAST_INVALID_INPUT.*'none'/s);
  expect(failed.stdout).toContain("6 |     numbers: $.raw.select(");
  expect(failed.stdout).toMatch(
    /pipeline\.ts:7:\d+\n {2}error EXPECT002: a row breaks the rule "positive" of silver\.ruled/,
  );
  expect(failed.stdout).toContain("Update failed in");
  await spark.batch(["DROP SCHEMA cli_bad_bronze CASCADE", "DROP SCHEMA cli_bad_silver CASCADE"]);
});

test("medallion/spark runs from TypeScript: the events begin and end, an abort ends Spark", async () => {
  const at = emptyFolder();
  put(at, { "data/1.json": '{"id":1}\n' });
  const p = pipeline("tiny").bronze({ raw: source.json("data/*.json", { id: t.bigint() }) });
  const options = {
    baseDir: at,
    home: venv,
    remote: `sc://localhost:${connect}`,
    schemas: { bronze: "from_code" },
  };
  const events: string[] = [];
  const update = await run(p, { ...options, onEvent: (e) => events.push(`${e.eventType} ${e.updateId}`) });
  expect(update).toMatchObject({
    status: "completed",
    tables: [{ name: "raw", layer: "bronze", status: "completed" }],
  });
  expect([events.at(0), events.at(-1)]).toEqual([`create_update ${update.id}`, `update_progress ${update.id}`]);
  await spark.sql("DROP SCHEMA from_code CASCADE");
  expect(await run(p, { ...options, signal: AbortSignal.abort() })).toMatchObject({ status: "failed" });
});

test("a Python without pyspark is named with what to install", async () => {
  const at = project();
  const home = emptyFolder();
  put(home, { "bin/spark-pipelines": "" });
  const { PATH = "" } = process.env;
  const result = await command(at, ["run", "--target", "spark", "--spark-home", home], {
    env: { PATH, PYSPARK_PYTHON: "/usr/bin/env", PYTHONPATH: "" },
  });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("error SPARK003: /usr/bin/env cannot load pyspark");
  const bare = await command(at, ["run", "--target", "spark", "--spark-home", home], {
    env: { PATH, PYSPARK_PYTHON: "python3" },
  });
  expect(bare.stderr).toMatch(/error SPARK003: python3 has no package \w+, which spark-pipelines needs/);
  expect(bare.stderr).toContain('python3 -m pip install "pyspark[pipelines]==4.3.0" pyyaml');
});

test("a Spark of its own keeps its tables between runs; Ctrl-C ends it", { timeout: 600_000 }, async () => {
  const at = emptyFolder();
  install(at);
  put(at, { "package.json": '{ "type": "module" }' });
  withSchemas(at, "own", "  .silver(($) => ({ clean: $.raw }));");
  const own = ["run", "--target", "spark", "--spark-home", venv];
  const first = await command(at, own);
  expect(first.stdout).toContain("2 done of 2 tables");
  expect(existsSync(path.join(at, ".medallion/spark/warehouse/own_silver.db/clean"))).toBe(true);
  put(at, { "data/2.json": '{"id":3,"amount":1}\n' });
  expect((await command(at, own)).stdout).toContain("2 done of 2 tables");
  const log = path.join(at, ".medallion/spark/run.log");
  expect(readFileSync(log, "utf8")).toContain("Run is COMPLETED");
  expect(logged(path.join(at, ".medallion/spark/warehouse/own_silver.db/clean/_spark_metadata"))).toEqual(["0", "1"]);

  const stopped = await command(at, own, {
    onOutput: (stderr, interrupt) => {
      if (stderr.includes("Starting Spark")) setTimeout(interrupt, 3000);
    },
  });
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toContain("Interrupted. Spark was stopped");
  await expect.poll(() => processesOf(at), { timeout: 10_000 }).toEqual([]);
});

/** The batches that a stream has written into a table. */
const logged = (folder: string) =>
  readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .sort();

/** Command lines of running processes that name a folder. */
function processesOf(folder: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
      } catch {
        // It ended while we looked.
        return [];
      }
    })
    .filter((line) => line.includes(folder));
}
