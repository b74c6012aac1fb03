/** What `--memory-limit`, `--threads`, `--temp-directory` and `duckdb` of the config come to. */
import { expect, test } from "vitest";
import { cli, project, put } from "./support.ts";

const config = (duckdb: string) => ({
  "medallion.config.ts": `import { defineConfig } from "medallion/config";
export default defineConfig({ pipeline: "./pipeline.ts", duckdb: ${duckdb} });
`,
});

test("the config has the limits, and a flag goes before it", async () => {
  const folder = project();
  put(folder, config('{ memoryLimit: "a lot", threads: 1, eventLogRetentionDays: 30 }'));
  const refused = await cli(folder, ["run"]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('ARG001: memoryLimit cannot be "a lot"')]);
  const given = await cli(folder, ["run", "--memory-limit", "500MB", "--temp-directory", "spilled"]);
  expect([given.code, given.stderr]).toEqual([0, expect.not.stringContaining("error")]);
});

test("a mistyped limit is no limit", async () => {
  const folder = project();
  put(folder, config('{ memorylimit: "1GB" }'));
  const result = await cli(folder, ["run"]);
  expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(/CFG002[\s\S]*did you mean memoryLimit\?/) });
});

test("they are DuckDB's alone", async () => {
  const folder = project();
  const spark = await cli(folder, ["run", "--target", "spark", "--threads", "2"]);
  expect(spark).toMatchObject({ code: 2, stderr: expect.stringMatching(/CLI004[\s\S]*it is for --target duckdb/) });
  const none = await cli(folder, ["run", "--threads", "none"]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("CLI002") });
});
