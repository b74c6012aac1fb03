/** What somebody types who knows other commands, or reads names off the output. */
import { expect, test } from "vitest";
import { cli, command, project, put } from "./support.ts";

test.each([
  [["chekc"], 'there is no command "chekc"', 'did you mean "check"?'],
  [["run", "--jsno"], "no flag --jsno", "did you mean --json?"],
  [["run", "--select", "silver.clean"], "no flag --select", "did you mean --only?"],
  [["run", "--table", "clean"], "no flag --table", "did you mean --only?"],
  [["run", "clean", "raw"], 'does not know what to do with "clean"', "--only clean,raw"],
  [["run", "--full-refresh", "clean"], 'does not know what to do with "clean"', "--only clean"],
  [["run", "--vars", "a=1"], "no flag --vars", "did you mean --param?"],
  [["run", "--target", "sprak"], 'has no target "sprak"', 'did you mean "spark"?'],
  [["run", "--target", "prod"], 'has no target "prod"', "--env prod"],
  [["preview", "clean", "--limit", "-1"], 'accepts a whole number above zero, not "-1"', ""],
  [["show", "silver.claen"], 'there is no table "silver.claen"', 'did you mean "silver.clean"?'],
])("%j", async (argv, message, help) => {
  const { code, stderr } = await cli(project(), argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain(help);
});

test("a table is named as the output names it", async () => {
  const folder = project();
  const previewed = await cli(folder, ["preview", "silver.clean", "--json"]);
  expect(JSON.parse(previewed.stdout)).toMatchObject({ table: "clean", layer: "silver" });
  const quarantine = await cli(folder, ["preview", "silver.clean_quarantine", "--json"]);
  expect(JSON.parse(quarantine.stdout)).toMatchObject({ table: "clean_quarantine", layer: "silver" });
  expect(JSON.parse((await cli(folder, ["show", "silver.clean", "--json"])).stdout).tables).toHaveLength(1);
});

test("a base directory that is not there is one error, not a warning for each source", async () => {
  for (const command of ["run", "plan"]) {
    const { code, stderr } = await cli(project(), [command, "--base-dir", "nowhere"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/error CLI002: --base-dir: there is no folder \S+\/nowhere/);
    expect(stderr).not.toContain("SRC004");
  }
});

test("one help for what is wrong with several tables, and --base-dir is one", async () => {
  const folder = project();
  put(folder, {
    "pipeline.ts": `import { pipeline, source, t } from "medallion";
export default pipeline("p").bronze({ a: source.csv("a.csv", { id: t.int() }), b: source.csv("b.csv", { id: t.int() }) });
`,
  });
  const relative = await cli(folder, ["compile", "--target", "databricks"]);
  expect(relative.stdout.match(/cannot read the relative path/g)).toHaveLength(2);
  expect(relative.stdout.match(/--base-dir \/Volumes/g)).toHaveLength(1);
  const placed = await cli(folder, ["compile", "--target", "databricks", "--base-dir", "/Volumes/main/raw", "--json"]);
  expect(JSON.parse(placed.stdout).diagnostics).toEqual([]);
});

test("a module that imports what medallion does not export is told where it is", async () => {
  const folder = project();
  put(folder, { "pipeline.ts": 'import { pipeline, run } from "medallion";\nexport default run(pipeline("p"));\n' });
  expect((await command(folder, ["check"])).stdout).toContain('import { run } from "medallion/run"');
});
