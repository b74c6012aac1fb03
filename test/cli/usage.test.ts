import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, symlinkSync, unlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { cli, command, emptyFolder, project, put, ROOT } from "./support.ts";

describe("wrong use ends with 2 and says what would be right", () => {
  test.each([
    [["chek"], "CLI001", 'did you mean "check"?'],
    [["--json"], "CLI001", "the commands are"],
    [["run", "--ful-refresh"], "CLI002", "did you mean --full-refresh?"],
    [["run", "--warehouse"], "CLI002", "--warehouse PATH"],
    [["run", "--only", "--json"], "CLI002", "--only A,B"],
    [["check", "--debug=yes"], "CLI002", "medallion check --help"],
    [["preview"], "CLI003", "medallion preview --help"],
    [["preview", "a", "b"], "CLI003", "medallion preview --help"],
    [["preview", "a", "--limit", "0"], "CLI002", "above zero"],
    [["check"], "CFG001", "medallion init"],
    [["check", "--pipeline", "nope.ts"], "LOAD001", "--pipeline FILE"],
  ] as const)("%j", async (argv, code, help) => {
    const result = await cli(emptyFolder(), argv);
    expect(result.code).toBe(2);
    const json = (argv as readonly string[]).includes("--json");
    const text = json ? result.stdout : result.stderr;
    expect(text).toContain(code);
    expect(text).toContain(help);
    if (json) expect(JSON.parse(result.stdout).error.code).toBe(code);
    else expect(result.stdout).toBe("");
  });

  test("paths that are something else than what is asked for, and a folder in which nothing can be made", async () => {
    const at = project();
    symlinkSync("loop", path.join(at, "loop"));
    for (const [argv, code, said] of [
      [["run", "--config", "data"], 2, "CFG001: data is a folder"],
      [["run", "--pipeline", "data"], 2, "LOAD001: data is a folder"],
      [["run", "--base-dir", "data/1.json"], 2, "data/1.json is not a folder"],
      [["run", "--base-dir", "loop"], 2, "there is no folder"],
      [["run", "--warehouse", "loop/w.duckdb"], 1, "WAREHOUSE004"],
      [["run", "--threads", "100000"], 1, "a whole number from 1 to 4096"],
      [["run", "--warehouse", "/proc/none/w.duckdb"], 1, "cannot be created: "],
      [["compile", "--target", "duckdb", "--out", "/proc/none"], 1, "OUT001"],
      [["compile", "--target", "duckdb", "--out", "loop/a"], 1, "cannot be written: its links lead in a circle"],
    ] as const) {
      const result = await cli(at, argv);
      expect([argv, result.code, result.stderr]).toEqual([argv, code, expect.stringContaining(said)]);
    }
  });

  test("a shell whose folder is gone", () => {
    const run = 'mkdir gone && cd gone && rmdir ../gone && "$0" --conditions=medallion-source "$1" check';
    const main = path.join(ROOT, "src/cli/main.ts");
    const { status, stderr } = spawnSync("/bin/sh", ["-c", run, process.execPath, main], { cwd: emptyFolder() });
    expect([status, String(stderr)]).toEqual([
      2,
      "error CFG001: this folder is gone\n  help: go to one that is there\n",
    ]);
  });

  test("no command shows the help on stderr", async () => {
    const result = await cli(emptyFolder(), []);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("Usage");
  });

  test("names of tables, targets and environments", async () => {
    const at = project();
    expect(await cli(at, ["run", "--only", "clen"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "clean"?'),
    });
    expect(await cli(at, ["show", "nothing"])).toMatchObject({ code: 2, stderr: expect.stringContaining("TBL003") });
    expect(await cli(at, ["compile"])).toMatchObject({ code: 2, stderr: expect.stringContaining("TARGET002") });
    expect(await cli(at, ["compile", "-t", "duckbd"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "duckdb"?'),
    });
    expect(await cli(at, ["run", "--env", "ce"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "ci"?'),
    });
    expect(readdirSync(at)).not.toContain(".medallion");
  });
});

test("help names the flags and has examples; help and version end with 0", async () => {
  const folder = emptyFolder();
  const general = await cli(folder, ["--help"]);
  expect(general.code).toBe(0);
  for (const name of ["init", "check", "compile", "plan", "run", "preview", "show", "deploy"]) {
    expect(general.stdout).toContain(`  ${name}`);
    const own = await cli(folder, [name, "--help"]);
    expect(own).toMatchObject({ code: 0, stderr: "" });
    expect(own.stdout).toMatch(/Flags\n.*--json.*Examples\n {2}medallion /s);
    expect((await cli(folder, ["help", name])).stdout).toBe(own.stdout);
  }
  expect(await cli(folder, ["--version"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test("a config with a mistyped key says which", async () => {
  const folder = emptyFolder();
  put(folder, { "medallion.config.ts": 'export default { pipeline: "./p.ts", warehose: "w" };' });
  expect(await cli(folder, ["run"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("did you mean warehouse?"),
  });
});

describe("the user's code, in the real process", () => {
  test("a mistake of the builder is shown on the user's line, without a stack", async () => {
    const folder = project(".where((r) => r.amout.gt(0))");
    const { code, stdout } = await command(folder, ["check"]);
    expect(stdout).toContain("pipeline.ts:6:18\nerror COL001");
    expect(stdout).toContain("  6 |     clean: $.raw.where((r) => r.amout.gt(0)),\n    |                  ^^^^^\n");
    expect(stdout).toContain('did you mean "amount"?');
    expect(stdout).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    const json = await command(folder, ["check", "--json"]);
    expect(json).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({
      errors: 1,
      diagnostics: [{ code: "COL001", location: "pipeline.ts:6:18" }],
    });
  });

  test.each([
    ["a syntax error", "const x = ;", "pipeline.ts:1:10"],
    ["a throw", "const y = [];\nexport default y[0].z;", "pipeline.ts:2:21"],
    ["a missing package", 'import "not-there";', "Cannot find package 'not-there'"],
    ["no pipeline", "export default 3;", "LOAD002"],
  ])("%s", async (_, contents, shown) => {
    const folder = project();
    put(folder, { "pipeline.ts": contents });
    const { code, stderr } = await command(folder, ["run"]);
    expect(stderr).toContain(shown);
    expect(stderr).not.toMatch(/\n\s+at |BUG001/);
    expect(code).toBe(1);
  });

  test('a project without "type": "module" works as well', async () => {
    const folder = project();
    put(folder, { "package.json": "{}" });
    const result = await command(folder, ["show", "clean", "--json"]);
    expect(result.stderr).toBe("");
    expect(JSON.parse(result.stdout).tables[0]).toMatchObject({
      name: "clean",
      location: expect.stringMatching(/pipeline\.ts:\d+:\d+$/),
    });
  });
});

test("a project that has its own copy of the package is refused by the command of another copy", async () => {
  const folder = project();
  const own = path.join(folder, "node_modules/medallion");
  unlinkSync(own);
  for (const name of ["src", "package.json"]) cpSync(path.join(ROOT, name), path.join(own, name), { recursive: true });
  put(folder, { "medallion.config.ts": 'export default { pipeline: "./pipeline.ts" };' });
  for (const command of [["show"], ["plan"], ["run"], ["check"], ["compile", "--target", "spark"]]) {
    const { code, stdout, stderr } = await cli(folder, command);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(
      /^error COPY001: a pipeline of another copy of medallion .*\n {2}help: .*npx medallion$/m,
    );
  }
});

test("an unexpected error is one line, and a stack only with --debug", async () => {
  const folder = project();
  put(folder, {
    "pipeline.ts": 'export default { name: "x", toNode() { throw new TypeError("boom\\nmore"); } };',
  });
  const short = await cli(folder, ["show"]);
  expect(short).toMatchObject({ code: 1, stdout: "" });
  expect(short.stderr.split("\n")).toHaveLength(3);
  expect(short.stderr).toMatch(/BUG001: boom\n.*--debug/);
  expect((await cli(folder, ["show", "--debug"])).stderr).toMatch(/\n\s+at /);
});

describe("a Node that is too old", () => {
  const { engines, exports } = JSON.parse(readFileSync("package.json", "utf8"));
  const says = `medallion needs Node ${engines.node.replace(">=", "")} or newer, and this is Node 20.20.2`;
  const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";
  const onOldNode = (...args: readonly string[]) =>
    spawnSync(process.execPath, ["--import", `data:text/javascript,${old}`, ...args], { encoding: "utf8" });

  test("is told by the command before anything is loaded", () => {
    const ran = onOldNode(new URL("../../src/cli/main.ts", import.meta.url).pathname, "check");
    expect(ran).toMatchObject({ status: 2, stdout: "" });
    expect(ran.stderr).toContain(`error NODE001: ${says}`);
    expect(ran.stderr).toContain("npm install --save-dev node@24");
  });

  const doors = Object.keys(exports).flatMap((door) =>
    // What has types alone runs anywhere.
    door === "./ast" || door.endsWith(".json") ? [] : [door.replace(".", "medallion")],
  );
  test.each(doors)("is told by the first import of %s", (door) => {
    const script = `import(${JSON.stringify(door)}).catch((e) => console.log(e.name, e.code, e.message))`;
    const ran = onOldNode("--conditions=medallion-source", "--input-type=module", "--eval", script);
    expect(ran.stdout).toBe(`MedallionError NODE001 ${says}\n`);
  });
});
