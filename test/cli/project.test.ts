import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { EDITOR } from "../../src/cli/init/template.ts";
import { dependencyFrom } from "../../src/cli/package-info.ts";
import { cli, command, emptyFolder, install, project, put, ROOT } from "./support.ts";

test("init, check, run, preview, compile: a new project works from the first minute", async () => {
  const folder = path.join(emptyFolder(), "my shop");
  const made = await command(path.dirname(folder), ["init", "my shop"]);
  expect(made.stdout).toContain('  cd "my shop"\n');
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).name).toBe("my-shop");
  expect(JSON.parse(readFileSync(path.join(folder, ".vscode/settings.json"), "utf8"))).toEqual(EDITOR);
  install(folder);
  // The paths of the sources must not be found by chance: the types are those of this package's sources.
  execFileSync(
    path.join(ROOT, "node_modules/.bin/tsc"),
    [
      "-p",
      ".",
      "--customConditions",
      "medallion-source",
      "--types",
      "node",
      "--typeRoots",
      path.join(ROOT, "node_modules/@types"),
    ],
    { cwd: folder },
  );

  expect(await command(folder, ["check"])).toMatchObject({ code: 0, stdout: "No problems in 5 tables of shop.\n" });
  const first = await command(folder, ["run"]);
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/^orders +silver +streaming +6 +4 +1 +1 +8\/1 /m);
  expect(first.stdout).toMatch(/orders +amount_positive +1 +5 +quarantine/);
  expect(first.stdout).toContain("Warehouse: .medallion/warehouse.duckdb");
  expect(first.stderr).toMatch(/^done {4}orders: 4 rows, 1 dropped, 1 quarantined/m);
  expect(first.stdout + first.stderr).not.toContain("\u001b");

  const second = await command(folder, ["run"]);
  expect(second).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Everything is up to date.") });

  const gold = await command(folder, ["preview", "revenue_by_country", "--json"]);
  const { rows } = JSON.parse(gold.stdout);
  expect(new Set(rows.map((r: object) => JSON.stringify(r)))).toEqual(
    new Set([
      '{"country":"DE","revenue":"140.49","orders":2}',
      '{"country":"FR","revenue":"80.00","orders":1}',
      '{"country":"SE","revenue":"310.00","orders":1}',
    ]),
  );
  const broken = await command(folder, ["preview", "orders_quarantine"]);
  expect(broken.stdout).toContain("amount_positive");

  const compiled = await command(folder, ["compile", "--target", "databricks", "--json"]);
  const { files, out } = JSON.parse(compiled.stdout);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(existsSync(path.join(out, file.path))).toBe(true);
});

test("init leaves a folder with content alone", async () => {
  const folder = emptyFolder();
  put(folder, { "mine.txt": "mine", ".git/HEAD": "" });
  expect(await cli(folder, ["init"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("INIT001: this folder is not empty: it holds mine.txt"),
  });
  expect(await cli(folder, ["init", "mine.txt"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("INIT001"),
  });
  expect(await cli(folder, ["init", "sub", "--json"])).toMatchObject({ code: 0, stderr: "" });
});

test("init stands next to what git init and npm init leave, and adds to package.json what it lacks", async () => {
  const folder = emptyFolder();
  put(folder, {
    ".git/HEAD": "",
    ".vscode/extensions.json": "{}",
    "node_modules/.package-lock.json": "{}",
    "package-lock.json": "{}",
    "README.md": "mine",
    "package.json": JSON.stringify({
      name: "given",
      version: "3.0.0",
      type: "commonjs",
      scripts: { start: "mine" },
      dependencies: { medallion: "1.2.3" },
    }),
  });
  expect(await cli(folder, ["init"])).toMatchObject({ code: 0, stderr: "" });
  expect(readFileSync(path.join(folder, "README.md"), "utf8")).toBe("mine");
  expect(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"))).toMatchObject({
    name: "given",
    version: "3.0.0",
    type: "module",
    scripts: { start: "mine", check: "tsc && oxlint --type-aware && medallion check" },
    dependencies: { medallion: "1.2.3" },
    devDependencies: { typescript: expect.any(String) },
  });
  const other = emptyFolder();
  put(other, {
    "package.json": JSON.stringify({ dependencies: { typescript: "1.0.0" }, devDependencies: { medallion: "1.2.3" } }),
  });
  expect(await cli(other, ["init"])).toMatchObject({ code: 0 });
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(other, "package.json"), "utf8"));
  expect(dependencies).toEqual({ typescript: "1.0.0" });
  expect(devDependencies).toMatchObject({ medallion: "1.2.3", oxlint: expect.any(String) });
  expect(devDependencies).not.toHaveProperty("typescript");
  const broken = emptyFolder();
  put(broken, { "package.json": "{" });
  expect(await cli(broken, ["init"])).toMatchObject({ code: 1, stderr: expect.stringContaining("is not JSON") });
  expect(readFileSync(path.join(broken, "package.json"), "utf8")).toBe("{");
});

test("a project depends on the medallion that made it: by version, or by the file or folder that it came from", () => {
  const folder = emptyFolder();
  const own = path.join(folder, "tool/node_modules/medallion");
  const lock = (resolved: string) =>
    put(folder, {
      "tool/node_modules/.package-lock.json": JSON.stringify({
        packages: { "node_modules/medallion": { resolved } },
      }),
    });
  const target = path.join(folder, "new");
  const [registry, tarball, checkout] = ["^0.1.0", "file:../medallion-0.1.0.tgz", "file:../checkout"];
  expect(dependencyFrom(target, own)).toBe(registry);
  lock("https://registry.example/medallion-0.1.0.tgz");
  expect(dependencyFrom(target, own)).toBe(registry);
  lock("file:../medallion-0.1.0.tgz");
  expect(dependencyFrom(target, own)).toBe(tarball);
  rmSync(path.join(folder, "tool/node_modules/.package-lock.json"), { force: true });
  put(folder, { "tool/package.json": JSON.stringify({ dependencies: { medallion: "file:../medallion-0.1.0.tgz" } }) });
  expect(dependencyFrom(target, own)).toBe(tarball);
  expect(dependencyFrom(target, path.join(folder, "checkout"))).toBe(checkout);
});

test("a path that matches no file warns with the base directory, and fails its table with --missing-files fail", async () => {
  const folder = project();
  rmSync(path.join(folder, "data/1.json"));
  const warned = await cli(folder, ["run", "--json"]);
  expect(warned.code).toBe(0);
  expect(JSON.parse(warned.stdout).warnings).toMatchObject([
    { code: "SRC004", table: "raw", message: `no file matches "data/*.json" in ${folder}` },
  ]);
  const failing = await cli(folder, ["run", "--missing-files", "fail", "--json"]);
  expect(failing.code).toBe(1);
  expect(JSON.parse(failing.stdout).tables[0]).toMatchObject({
    name: "raw",
    status: "failed",
    error: {
      code: "SRC004",
      message: expect.stringContaining(folder),
      help: expect.stringContaining("base directory"),
    },
  });
  expect(await cli(folder, ["run", "--missing-files", "fail", "--target", "spark"])).toMatchObject({ code: 2 });
  expect(await cli(folder, ["run", "--missing-files", "none"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--missing-files accepts warn or fail, not "none"'),
  });
});

test("the preview of a quarantine shows the reasons first", async () => {
  const folder = project(".expectOrQuarantine({ positive: (r) => r.amount.gt(0) })");
  const { stdout } = await cli(folder, ["preview", "clean_quarantine"]);
  expect(stdout.split("\n")[0]).toMatch(/^_broken_rules +_reason +_row +id /);
  const json = JSON.parse((await cli(folder, ["preview", "clean_quarantine", "--json"])).stdout);
  expect(Object.keys(json.rows[0]).slice(0, 3)).toEqual(["_broken_rules", "_reason", "_row"]);
});

test("in 80 columns the preview of a quarantine has the rules, the reason and the row as it came", async () => {
  const folder = project();
  put(folder, {
    "data/2.json": '{"id":"seven","amount":3,"note":"a note that makes the row longer than forty letters"}\n',
  });
  const { stdout } = await cli(folder, ["preview", "raw_quarantine"], { tty: 80 });
  const lines = stripVTControlCharacters(stdout).split("\n").slice(0, 2);
  expect(lines[0]).toMatch(/^_broken_rules +_reason +_row$/);
  expect(lines[1]).toMatch(/^\[readable\] +id: .* \{"id":"seven",/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

describe("run", () => {
  test("a failing table ends with 1, shows the line, and names what did not run", async () => {
    const folder = project(".expectOrFail({ positive: (r) => r.amount.gt(0) })");
    put(folder, {
      "pipeline.ts": `${readFileSync(path.join(folder, "pipeline.ts"), "utf8").trimEnd().slice(0, -1)}\n  .silver(($) => ({ after: $.clean }));\n`,
    });
    // The real process: only there the places are those of the user's file.
    const text = await command(folder, ["run"]);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^clean .* failed$/m);
    expect(text.stdout).toMatch(/failed silver\.clean\n {2}.*pipeline\.ts:6:18\n {2}error EXPECT/);
    expect(text.stdout).toContain('not run silver.after: it reads "clean"');
    expect(text.stdout).toContain("keeps its last good state");

    const json = await cli(folder, ["run", "--json"]);
    expect(json).toMatchObject({ code: 1, stderr: "" });
    const update = JSON.parse(json.stdout);
    expect(update.status).toBe("failed");
    expect(update.tables.map((t: { status: string }) => t.status)).toEqual(["skipped", "failed", "excluded"]);
    expect(update.tables[1].error).toMatchObject({ table: "clean", code: expect.stringMatching(/^EXPECT/) });
    expect(await cli(folder, ["preview", "after"])).toMatchObject({ code: 1, stdout: "" });
  });

  test("JSON tells the counts and whether anything was to do", async () => {
    const folder = project(".where((r) => r.amount.gt(0))");
    const first = JSON.parse((await cli(folder, ["run", "--json"])).stdout);
    expect(first).toMatchObject({ status: "completed", upToDate: false });
    expect(first.tables[1]).toMatchObject({ name: "clean", rowsRead: 2, rowsWritten: 1, rowsDropped: 1 });
    expect(JSON.parse((await cli(folder, ["run", "--json"])).stdout).upToDate).toBe(true);
    expect(JSON.parse((await cli(folder, ["run", "--full-refresh", "--json"])).stdout).upToDate).toBe(false);
  });

  test("--only runs a table and what it reads; an environment of the config is taken", async () => {
    const folder = project();
    const update = JSON.parse((await cli(folder, ["run", "--only", "raw", "--env", "ci", "--json"])).stdout);
    expect(update.warehouse).toBe(":memory:");
    expect(update.tables.map((t: { name: string }) => t.name)).toEqual(["raw"]);
    expect(existsSync(path.join(folder, ".medallion"))).toBe(false);
  });

  test("a pipeline with errors does nothing", async () => {
    const folder = project(
      ".where((r) => r.amount.gt(0)) })).gold(($) => ({ g: $.clean.select((r) => ({ who: r.note }))",
    );
    const file = path.join(folder, "pipeline.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("t.string()", 't.string().pii("name")'));
    for (const argv of [["run"], ["compile", "-t", "duckdb"], ["preview", "clean"]]) {
      const result = await cli(folder, argv);
      expect(result).toMatchObject({ code: 1, stdout: "" });
      expect(result.stderr).toContain("error PII001");
      expect(result.stderr).toContain("nothing was done");
    }
    const json = await cli(folder, ["run", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "RUN001" }, diagnostics: [{ code: "PII001" }] });
    expect((await cli(folder, ["check"])).stdout).toContain("1 error in 3 tables of tiny.");
    expect(existsSync(path.join(folder, ".medallion"))).toBe(false);
  });

  test("a warehouse that is none is an error with a code", async () => {
    const folder = project();
    put(folder, { "w.duckdb": "this is not a database, but it is long enough to look like a file" });
    const result = await cli(folder, ["run", "--warehouse", "w.duckdb"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/error WAREHOUSE\d+/);
  });

  test("Ctrl-C ends at once with 130 and says that the last good state is kept", async () => {
    const folder = project();
    put(folder, {
      "pipeline.ts": `import { pipeline, source, t } from "medallion";
export default pipeline("slow")
  .bronze({ raw: source.json("data/*.json", { id: t.bigint() }) })
  .silver(($) => ({ pairs: $.raw.join($.raw, (a, b) => a.id.lt(b.id), (a, b) => ({ x: a.id.plus(b.id) })) }));
`,
      "data/1.json": Array.from({ length: 60_000 }, (_, id) => `{"id":${id}}\n`).join(""),
    });
    let at = 0;
    const result = await command(folder, ["run"], {
      onOutput: (stderr, interrupt) => {
        if (at > 0 || !stderr.includes("done    raw")) return;
        at = performance.now();
        // Well into the join, which takes far longer than this test may.
        setTimeout(interrupt, 300);
      },
    });
    expect(result.code).toBe(130);
    expect(result.stderr).toContain("keeps its last good state");
    expect(performance.now() - at).toBeLessThan(10_000);
    const kept = await command(folder, ["preview", "raw", "--limit", "1", "--json"]);
    expect(JSON.parse(kept.stdout).total).toBe(60_000);
  });
});

describe("preview", () => {
  test("JSON is exact: whole numbers that JavaScript cannot hold and decimals are text", async () => {
    const folder = project();
    const { stdout } = await cli(folder, ["preview", "clean", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      table: "clean",
      total: 2,
      rows: [
        { id: 1, amount: "2.50", note: "a" },
        { id: "9007199254740993", amount: "-1.00", note: null },
      ],
    });
  });

  test("data does not steer the terminal, and what does not fit is named", async () => {
    const folder = project();
    put(folder, { "data/2.json": `${JSON.stringify({ id: 3, amount: 1, note: "\u001b[31mred\n漢字" })}\n` });
    const wide = await cli(folder, ["preview", "clean"]);
    expect(wide.stdout).toContain("\\u001b[31mred\\n漢字");
    const narrow = await cli(folder, ["preview", "clean", "-n", "1"], { tty: 12 });
    expect(narrow.stdout).toContain("not shown: note");
    expect(narrow.stdout).toContain("1 of 3 rows");
  });

  test("a table without a quarantine says so", async () => {
    expect((await cli(project(), ["preview", "clean_quarantine"])).stdout).toContain("no row broke a rule");
  });
});

test("show: tables by layer, columns with type, null and labels, and where they come from", async () => {
  const folder = project(".derive((r) => ({ twice: r.amount.plus(r.amount) })).key((r) => r.id)");
  const all = await cli(folder, ["show"]);
  expect(all.stdout).toMatch(
    /bronze\n {2}raw +streaming +reads json data\/\*\.json\n {4}id BIGINT, amount DECIMAL\(10,2\), note STRING\?/,
  );
  expect(all.stdout).toMatch(/silver\n {2}clean +streaming +key id; reads raw\n/);
  const one = await cli(folder, ["show", "clean"]);
  expect(one.stdout).toMatch(/ {2}twice +DECIMAL\(11,2\) +not null +raw\.amount +amount\.plus\(amount\)\n/);
  const json = JSON.parse((await cli(folder, ["show", "clean", "--json"])).stdout);
  expect(json.tables).toHaveLength(1);
  expect(json.tables[0]).toMatchObject({ key: ["id"], inputs: ["raw"], layer: "silver" });
});

test("a DuckDB script reads below --base-dir", async () => {
  const folder = project();
  const argv = ["compile", "--target", "duckdb", "--out", "sql"];
  const text = () =>
    readdirSync(path.join(folder, "sql")).map((file) => readFileSync(path.join(folder, "sql", file), "utf8"));
  expect((await cli(folder, argv)).code).toBe(0);
  expect(text().join()).not.toContain("starts_with(filename");
  put(folder, { "elsewhere/note.txt": "" });
  expect((await cli(folder, [...argv, "--base-dir", "elsewhere"])).code).toBe(0);
  expect(text().join()).toMatch(/read_(?:csv|json)\('elsewhere\//);
});

test("compile writes what changed and nothing else", async () => {
  const folder = project();
  const argv = ["compile", "--target", "duckdb", "--out", "sql", "--json"];
  const first = JSON.parse((await cli(folder, argv)).stdout);
  expect(first.files.every((f: { changed: boolean }) => f.changed)).toBe(true);
  const second = JSON.parse((await cli(folder, argv)).stdout);
  expect(second.files.some((f: { changed: boolean }) => f.changed)).toBe(false);
  expect((await cli(folder, argv.slice(0, -1))).stdout).toContain("sql is up to date");
  put(folder, { blocked: "a file" });
  expect(await cli(folder, [...argv.slice(0, 4), "blocked"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("OUT001"),
  });
});

test("parameters come from the config, the environment and the command line, the nearest first", async () => {
  const folder = project();
  put(folder, {
    "medallion.config.ts": `import { defineConfig } from "medallion/config";
export default defineConfig({
  pipeline: "./pipeline.ts",
  params: { least: 0, folder: "data" },
  environments: { high: { params: { least: 100 }, warehouse: ":memory:" } },
});
`,
    "pipeline.ts": `import { param, pipeline, source, t } from "medallion";

export default pipeline("tiny")
  .bronze({ raw: source.json("\${folder}/*.json", { id: t.bigint(), amount: t.decimal(10, 2), note: t.string().nullable() }) })
  .silver(($) => ({ clean: $.raw.where((r) => r.amount.gt(param.bigint("least").cast(t.decimal(10, 2)))) }));
`,
  });
  const written = async (...flags: readonly string[]): Promise<number> => {
    const { stdout } = await cli(folder, ["run", "--json", ...flags]);
    return JSON.parse(stdout).tables[1].rowsWritten;
  };
  expect(await written()).toBe(1);
  expect(await written("--env", "high")).toBe(0);
  expect(await written("--env", "high", "--param", "least=-5", "-p", "folder=data")).toBe(2);
  expect(await cli(folder, ["run", "--param", "least"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--param accepts NAME=VALUE, not "least"'),
  });
  expect(await cli(folder, ["run", "--param", "lest=1"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('did you mean "least"?'),
  });
});

test("compile --layout layer writes one file a layer", async () => {
  const folder = project();
  const { stdout } = await cli(folder, ["compile", "--target", "databricks", "--layout", "layer", "--json"]);
  expect(JSON.parse(stdout).files.map((f: { path: string }) => f.path)).toEqual(["bronze.sql", "silver.sql"]);
  expect(await cli(folder, ["compile", "--target", "databricks", "--layout", "file"])).toMatchObject({ code: 2 });
});

test("plan shows what run would do; what loses rows is refused with 1 until --accept-loss names it", async () => {
  const folder = project();
  const first = await cli(folder, ["plan"]);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/bronze\.raw +create +1 file/) });
  expect(existsSync(path.join(folder, ".medallion"))).toBe(false);
  await cli(folder, ["run"]);
  expect(await cli(folder, ["plan"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Nothing to change in 2 tables."),
  });
  rmSync(path.join(folder, "data/1.json"));
  const refused = await cli(folder, ["plan", "--full-refresh"]);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("2 rows of 1 file that are gone (data/1.json)");
  expect(refused.stdout).toContain("--accept-loss bronze.raw");
  const json = await cli(folder, ["plan", "--full-refresh", "--json"]);
  expect(JSON.parse(json.stdout).tables[0]).toMatchObject({ table: "raw", action: "refuse", accept: "bronze.raw" });
  expect((await cli(folder, ["run", "--full-refresh"])).stdout).toContain("STATE001");
  const accepted = await cli(folder, ["run", "--full-refresh", "--accept-loss", "bronze.raw"]);
  expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining("completed") });
});
