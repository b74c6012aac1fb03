/** `check` reports what compilers refuse, all of it, before anything is written. */
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cli, project, put } from "./support.ts";

const TEXTS =
  ".select((r) => ({ one: r.amount.cast(t.double()).cast(t.string()), two: r.amount.cast(t.float()).cast(t.string()) }))";

const config = (more: string) => `import { defineConfig } from "medallion/config";
export default defineConfig({ pipeline: "./pipeline.ts", ${more} });
`;

test("what the targets of the config and the embedded engine refuse", async () => {
  const folder = project(TEXTS);
  const errors = await cli(folder, ["check", "--json"]);
  expect(JSON.parse(errors.stdout)).toMatchObject({
    errors: 2,
    diagnostics: [
      { code: "TARGET001", severity: "error", message: expect.stringMatching(/ \(the embedded engine\)$/) },
      { code: "TARGET001", severity: "error" },
    ],
  });
  expect(errors.code).toBe(1);
  // A project that goes elsewhere need not run here.
  const elsewhere = project(TEXTS);
  put(elsewhere, { "medallion.config.ts": config('target: "spark"') });
  expect(JSON.parse((await cli(elsewhere, ["check", "--json"])).stdout)).toMatchObject({ errors: 0, warnings: 2 });
  const both = project(TEXTS);
  put(both, { "medallion.config.ts": config('target: "spark", environments: { here: { target: "duckdb" } }') });
  const shown = await cli(both, ["check"]);
  expect(shown.stdout.match(/TARGET001/g)).toHaveLength(2);
  expect(shown.stdout).toContain("(DuckDB (embedded), the embedded engine)");
});

test("where the config names no target, what Databricks and Spark refuse is a warning, table by table", async () => {
  const failing = `import { pipeline, source, t } from "medallion";
const fail = { onChange: "fail" } as const;
export default pipeline("p").bronze({ a: source.csv("a.csv", { id: t.int() }, fail), b: source.csv("b.csv", { id: t.int() }, fail) });
`;
  const [folder, decided] = [project(), project()];
  put(folder, { "pipeline.ts": failing });
  put(decided, { "pipeline.ts": failing, "medallion.config.ts": config('target: "duckdb"') });
  const { code, stdout } = await cli(folder, ["check", "--json"]);
  expect(code).toBe(0);
  const { errors, diagnostics } = JSON.parse(stdout);
  expect(errors).toBe(0);
  const by = "Auto Loader does not tell that a file changed (Databricks (Lakeflow))";
  for (const table of ["a", "b"]) {
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: "TARGET005", severity: "warning", table, message: expect.stringContaining(by) }),
    );
  }
  expect(diagnostics).toHaveLength(4);
  expect(JSON.parse((await cli(decided, ["check", "--json"])).stdout).diagnostics).toEqual([]);
});

test("compile prints all refusals, and writes nothing", async () => {
  const folder = project(TEXTS);
  const { code, stderr } = await cli(folder, ["compile", "--target", "duckdb"]);
  expect(stderr.match(/TARGET001/g)).toHaveLength(2);
  expect(stderr).toContain("The pipeline has 2 errors: nothing was done.");
  expect(code).toBe(1);
  expect(existsSync(path.join(folder, "out"))).toBe(false);
});
