/** What somebody types who knows other commands, or reads names off the output. */
import path from "node:path";
import { expect, test } from "vitest";
import { problemLines } from "../../src/cli/output/problem.ts";
import { displayWidth } from "../../src/cli/output/style.ts";
import { settingPlace } from "../../src/config/place.ts";
import { cli, command, project, put } from "./support.ts";

test.each([
  [["chekc"], 'there is no command "chekc"', 'did you mean "check"?'],
  [["run", "--jsno"], "no flag --jsno", "did you mean --json?"],
  [["run", "--select", "silver.clean"], "no flag --select", "did you mean --only?"],
  [["run", "--table", "clean"], "no flag --table", "did you mean --only?"],
  [["run", "clean", "raw"], 'does not know what to do with "clean"', "--only clean,raw"],
  [["run", "--full-refresh", "clean"], 'does not know what to do with "clean"', "--only clean"],
  [["run", "src/pipeline.ts"], 'does not know what to do with "src/pipeline.ts"', "--pipeline src/pipeline.ts"],
  [["run", "--vars", "a=1"], "no flag --vars", "did you mean --param?"],
  [["run", "--target", "sprak"], 'has no target "sprak"', 'did you mean "spark"?'],
  [["run", "--target", "prod"], 'has no target "prod"', "--env prod"],
  [["run", "--memory-limit", "2"], '--memory-limit accepts a size, not "2"', "2GB"],
  [["preview", "clean", "--limit", "-1"], 'accepts a whole number above zero, not "-1"', ""],
  [["show", "silver.claen"], 'there is no table "silver.claen"', 'did you mean "silver.clean"?'],
])("%j", async (argv, message, help) => {
  const { code, stderr } = await cli(project(), argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain(help);
});

test.each([
  ['{ pipline: "./pipeline.ts" }', "there is no setting pipline", "did you mean pipeline?"],
  ['{ pipeline: "./pipeline.ts", colour: 1 }', "there is no setting colour", "its settings are: pipeline, baseDir"],
  ["{ }", "pipeline is missing", 'defineConfig({ pipeline: "./src/pipeline.ts" })'],
  ['{ pipeline: "./pipeline.ts", warehouse: 5 }', "warehouse must be a text, not 5", "defineConfig"],
  [
    '{ pipeline: "./pipeline.ts", environments: ["dev"] }',
    "environments must be an object, not a list",
    "defineConfig",
  ],
  ["undefined", "it has no default export", "defineConfig"],
  ['{ pipeline: "" }', 'pipeline must be a text that is not empty, not ""', "./src/pipeline.ts"],
  ['{ pipeline: "./pipeline.ts", duckdb: { threads: 0 } }', "duckdb.threads must be at least 1, not 0", "tsc"],
  ['{ pipeline: "./pipeline.ts", duckdb: { threads: 1.5 } }', "duckdb.threads must be a whole number, not 1.5", "tsc"],
  ['{ pipeline: "./pipeline.ts", params: { a: {} } }', "params.a: expected a text, a number, true or false", "tsc"],
  [
    '{ pipeline: "./pipeline.ts", databricks: { mode: "x" } }',
    'databricks.mode must be one of "development", "production", not "x"',
    "tsc",
  ],
  [
    '{ pipeline: "./pipeline.ts", databricks: { clusters: [5] } }',
    "databricks.clusters.0 must be an object, not 5",
    "tsc",
  ],
  ['{ pipeline: "./pipeline.ts", params: { ["__proto__"]: 1 } }', "params: __proto__ cannot be a name", "defineConfig"],
  [
    '{ pipeline: "./pipeline.ts", environments: { ["__proto__"]: {} } }',
    "environments: __proto__ cannot be a name",
    "defineConfig",
  ],
  [
    '{ pipeline: "./pipeline.ts", environments: { dev: { spark: { conf: { ["__proto__"]: "1" } } } } }',
    "environments.dev.spark.conf: __proto__ cannot be a name",
    "defineConfig",
  ],
  [
    '{ pipeline: "./pipeline.ts", databricks: { tags: { ["__proto__"]: "1" } } }',
    "databricks.tags: __proto__ cannot be a name",
    "defineConfig",
  ],
])("a config that is %s", async (config, message, help) => {
  const folder = project();
  put(folder, { "medallion.config.ts": `export default ${config};\n` });
  const { code, stderr } = await cli(folder, ["plan"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^medallion\.config\.ts:1:\d+\n/);
  expect(stderr).toContain(`CFG002: medallion.config.ts is not a config: ${message}`);
  expect(stderr).toContain(help);
});

test("the place of a setting is that of the innermost part of its path that is written", () => {
  const folder = project();
  const text = `import { defineConfig } from "medallion/config"; // { pipeline: "x" }
const databricks = { host: "}" };
const base = { pipeline: "a.ts", params: { "a b": 1, c: [1, { d: 2 }] } };
export default defineConfig({
  ...base,
  /* pipeline: */ pipeline: 5,
  databricks,
  environments: { prod: other({ duckdb: { threads: 0 } }), 'test': { engines: [{ run() { return { f: 1 }; } }, 7] } },
});
`;
  put(folder, { "medallion.config.ts": text });
  const file = path.join(folder, "medallion.config.ts");
  const shown = (...of: readonly (string | number)[]) => {
    const [line, column] = (settingPlace(file, of) ?? "")
      .slice(file.length + 1)
      .split(":")
      .map(Number);
    return text.split("\n")[Number(line) - 1]?.slice(Number(column) - 1);
  };
  for (const [of, start] of [
    [["pipeline"], "pipeline: 5"],
    [["databricks", "host"], "databricks,"],
    [["params", "a b"], '"a b": 1'],
    [["params", "c", 1, "d"], "d: 2"],
    [["environments", "prod", "duckdb", "threads"], "threads: 0"],
    [["environments", "test", "engines", 1], "7]"],
    [["environments", "test", "engines", 0, "run"], "run()"],
    [["warehouse"], "export default"],
    [[], "export default"],
  ] as const)
    expect(shown(...of)).toMatch(new RegExp(`^${start.replace(/[()[\]]/g, "\\$&")}`));
});

test("a default export that is a function is said to be one", async () => {
  const folder = project();
  put(folder, { "pipeline.ts": "export default () => 1;\n" });
  const { code, stderr } = await cli(folder, ["plan"]);
  expect(code).toBe(1);
  expect(stderr).toContain("LOAD002: the default export of pipeline.ts is a function, not a pipeline");
});

test.each([
  ["export const shop = pipeline", /is missing\n.*export default shop;/],
  ["export default source", /an instance of a class, not a pipeline\n.*export default pipeline/],
])("a module that is: %s", async (start, said) => {
  const folder = project();
  const made = start.endsWith("source") ? ".csv" : '("shop").bronze({ a: source.csv("a", { id: t.int() }) }); //';
  put(folder, {
    "pipeline.ts": `import { pipeline, source, t } from "medallion";\n${start}${made}("a", { id: t.int() });\n`,
  });
  expect((await cli(folder, ["plan"])).stderr).toMatch(said);
});

test("a folder of a project is told where the config is", async () => {
  const folder = project();
  put(folder, { "data/sub/readme.md": "" });
  const { code, stderr } = await cli(path.join(folder, "data/sub"), ["plan"]);
  expect(code).toBe(2);
  expect(stderr).toContain("--config ../../medallion.config.ts");
});

test("a table that may lose rows is one of the pipeline", async () => {
  for (const command of ["run", "plan"]) {
    const { code, stderr } = await cli(project(), [command, "--accept-loss", "silver.claen"]);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "silver.clean"?');
  }
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

test("numbers in lists, structs and variants are as exact as those in columns", async () => {
  const folder = project();
  put(folder, {
    "pipeline.ts": `import { pipeline, source, t } from "medallion";
export default pipeline("p").bronze({
  n: source.json("n.json", { a: t.array(t.bigint()), d: t.struct({ x: t.decimal(38, 10) }), v: t.variant(), f: t.array(t.double()) }),
});
`,
    "n.json":
      '{"a":[9007199254740993,-5,0],"d":{"x":"1234567890123456789.5"},"v":{"n":12345678901234567890,"e":1e999,"f":-0.10},"f":[0.30000000000000004,1e300,1.5e-7]}\n',
  });
  const { rows } = JSON.parse((await cli(folder, ["preview", "n", "--json"])).stdout);
  expect(rows).toEqual([
    {
      a: ["9007199254740993", -5, 0],
      d: { x: "1234567890123456789.5000000000" },
      v: { n: "12345678901234567890", e: "1e999", f: -0.1 },
      f: [0.30000000000000004, 1e300, 1.5e-7],
    },
  ]);
});

test("values are printed at every depth as they are in a column", async () => {
  const folder = project();
  const types = `a: t.bigint(), b: t.decimal(38, 9), c: t.date(), d: t.timestamp(), e: t.timestampNtz(), f: t.binary(),
    g: t.double(), h: t.double(), i: t.double(), j: t.float(), k: t.boolean(), l: t.string(), m: t.variant(), "n, (o": t.int().nullable()`;
  put(folder, {
    "pipeline.ts": `import { pipeline, source, t } from "medallion";
const row = { ${types} };
export default pipeline("p").bronze({
  n: source.json("n.json", { ...row, s: t.struct(row), deep: t.array(t.struct({ m: t.map(t.string(), t.array(t.struct(row))) })), dates: t.map(t.date(), t.timestamp()) }),
});
`,
  });
  const row =
    `"a":9007199254740993,"b":"0.100000000","c":"0001-02-03","d":"9999-12-31T23:59:59.999999Z","e":"1969-12-31T23:59:59.5","f":"AP8=",
"g":"NaN","h":"-Infinity","i":1e300,"j":0.1,"k":true,"l":"it's \\"{[","m":{"x":[1.50]},"n, (o":null`.replaceAll(
      "\n",
      "",
    );
  const dates = '{"2024-02-29":"2024-01-01T00:00:00Z"}';
  put(folder, { "n.json": `{${row},"s":{${row}},"deep":[{"m":{"k":[{${row}}]}}],"dates":${dates}}\n` });
  const { rows } = JSON.parse((await cli(folder, ["preview", "n", "--json"])).stdout);
  const { s, deep, dates: written, _rescued_data: _, ...top } = rows[0];
  expect(top).toEqual({
    ...{ a: "9007199254740993", b: "0.100000000", c: "0001-02-03", d: "9999-12-31T23:59:59.999999Z" },
    ...{ e: "1969-12-31T23:59:59.500000", f: "AP8=", g: "NaN", h: "-Infinity", i: 1e300, j: 0.1, k: true },
    ...{ l: "it's \"{[", m: { x: [1.5] }, "n, (o": null },
  });
  expect([s, deep]).toEqual([top, [{ m: { k: [top] } }]]);
  expect(written).toEqual({ "2024-02-29": "2024-01-01T00:00:00.000000Z" });
});

test("of a long line what is around its mistake is shown", () => {
  const folder = project();
  const long = `${"x".repeat(300)} r.idd ${"y".repeat(9e4)}`;
  put(folder, { "long.ts": `short\n${long}\n` });
  const location = `${path.join(folder, "long.ts")}:2:304`;
  const [, , line = "", mark = ""] = problemLines({ code: "COL001", message: "no column", location });
  expect(line).toMatch(/^ {2}2 \| …x+ r\.idd y+…$/);
  expect(line.length).toBeLessThan(200);
  expect(line.slice(mark.indexOf("^"), mark.length)).toBe("idd");
  const [, , , first = "", under = ""] = problemLines({
    code: "COL001",
    message: "no",
    location: location.replace("304", "1"),
  });
  expect([first.slice(0, 9), first.at(-1), under.indexOf("^")]).toEqual(["  2 | xxx", "…", 6]);
});

test("no line of an excerpt is wider than the terminal, and its mark is beneath the mistake", () => {
  const folder = project();
  for (const lead of ["", "\t\t", "漢".repeat(30), "x".repeat(50), "x".repeat(130)])
    for (const rest of ["", ";".repeat(40), ";".repeat(9e4)]) {
      put(folder, { "long.ts": `${"-".repeat(79)}\n${lead}idd${rest}\n` });
      const location = `${path.join(folder, "long.ts")}:2:${lead.length + 1}`;
      const lines = problemLines({ code: "COL001", message: "no column", location }, { cwd: folder, width: 80 });
      const shown = lines.map((one) => one.replaceAll("\t", " ".repeat(8)));
      for (const one of shown) expect(displayWidth(one)).toBeLessThanOrEqual(80);
      const [line = "", mark = ""] = shown.slice(-2);
      const at = line.indexOf("idd");
      expect([at < 0, mark.indexOf("^"), mark.endsWith("^^^")]).toEqual([false, displayWidth(line.slice(0, at)), true]);
      if (lead.length + rest.length < 60 && !lead.includes("漢"))
        expect(line).toBe(`  2 | ${lead.replaceAll("\t", " ".repeat(8))}idd${rest}`);
    }
});

test("a preview shows what was rescued, where a row has some", async () => {
  const folder = project();
  put(folder, {
    "pipeline.ts": `import { pipeline, source, t } from "medallion";
export default pipeline("p").bronze({ a: source.csv("a.csv", { id: t.int(), paid: t.date().nullable() }) });
`,
    "a.csv": "id,paid\n1,2024-01-02\n2,31.12.2024\n",
  });
  expect((await cli(folder, ["preview", "a", "--limit", "1"])).stdout).not.toContain("_rescued_data");
  expect((await cli(folder, ["preview", "a"])).stdout).toMatch(/_rescued_data[\s\S]*2 +null +\{"paid":"31\.12\.2024"/);
  const { rows } = JSON.parse((await cli(folder, ["preview", "a", "--json"])).stdout);
  expect(rows[1]).toMatchObject({ id: 2, paid: null, _rescued_data: expect.stringContaining("31.12.2024") });
});
