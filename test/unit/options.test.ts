/** An option that no one knows would be ignored: every door refuses it, and says which it may be. */
import { analyze, compile, fromManifest, lineage, param, pipeline, source, sql, t } from "medallion";
import { bundle, connect, deploy, follow, run as runOnDatabricks, startUpdate } from "medallion/databricks";
import { defineFormat } from "medallion/plugin";
import { plan, run } from "medallion/run";
import { run as runOnSpark } from "medallion/spark";
import { expect, test } from "vitest";

const p = pipeline("demo").bronze({ raw: source.json("/Volumes/raw/*.json", { id: t.bigint() }) });
const started = { pipelineId: "p", updateId: "u", url: "https://nowhere", tables: [] };

/** Of each door: a call with an option that is misspelled, and what was meant. */
const DOORS: Readonly<Record<string, readonly [given: (options: never) => unknown, wrong: string, meant: string]>> = {
  "run()": [(o) => run(p, o), "fullrefresh", "fullRefresh"],
  "plan()": [(o) => plan(p, o), "acceptloss", "acceptLoss"],
  "run() on Spark": [(o) => runOnSpark(p, o), "basedir", "baseDir"],
  "run() on Databricks": [(o) => runOnDatabricks(p, o), "fullrefresh", "fullRefresh"],
  "startUpdate()": [(o) => startUpdate(p, o), "validateonly", "validateOnly"],
  "follow()": [(o) => follow(p, started, o), "timeoutms", "timeoutMs"],
  "deploy()": [(o) => deploy(p, o), "dryrun", "dryRun"],
  "connect()": [(o) => connect(o), "hosts", "host"],
  "bundle()": [(o) => bundle(p, o), "environment", "environments"],
  "compile()": [(o) => compile(p, Object.assign(o, { target: "duckdb" })), "catalogs", "catalog"],
  "analyze()": [(o) => analyze(p, o), "rule", "rules"],
  "lineage()": [(o) => lineage(p, o), "companion", "companions"],
  "fromManifest()": [(o) => fromManifest(JSON.parse(JSON.stringify(p)), o), "plugin", "plugins"],
  "sql()": [(o) => sql(t.string(), o), "nulable", "nullable"],
  "param.string()": [(o) => param.string("x", o), "defualt", "default"],
  "defineFormat()": [(o) => defineFormat(o), "problems", "problem"],
};

test.each(Object.entries(DOORS))("%s", async (name, [call, wrong, meant]) => {
  const made = (async () => await call({ [wrong]: true } as never))();
  await expect(made).rejects.toMatchObject({
    code: "ARG001",
    message: `${name.split(" ")[0]} has no option "${wrong}"`,
    help: `did you mean "${meant}"?`,
    location: expect.stringContaining("options.test.ts"),
  });
});

test.each(Object.entries(DOORS))("%s, given a list", async (_, [call]) => {
  await expect((async () => await call([] as never))()).rejects.toMatchObject({ code: "ARG001" });
});
