/** `--target spark` without a Spark: what is written, what becomes of settings, and what is missing. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cli, command, emptyFolder, project } from "./support.ts";

const SETTINGS = `
      .key((r) => r.id)
      .expect({ has_note: (r) => r.note.isNotNull() })
      .mask({ note: "governance.hide" })`;

test("compile lists what becomes of expectations, keys and masks, warnings with their way out", async () => {
  const at = project(SETTINGS);
  const { code, stdout } = await cli(at, ["compile", "--target", "spark", "--out", "out"]);
  expect(code).toBe(0);
  expect(stdout).toContain(`What becomes of the settings  1 warning
  silver.clean
    · key() of id becomes: a count in <table>_expectations, unless the query makes it unique
    · expect() of has_note becomes: a materialized view <table>_expectations that counts passed and failed rows
    ! mask() of note is left out: no column masks`);
  const spec = readFileSync(path.join(at, "out/spark-pipeline.yml"), "utf8");
  expect(spec).toContain(`medallion.base: "file://${at}/"`);
  expect(spec).toContain(`storage: "file://${at}/.medallion/spark/storage"`);
  const json = JSON.parse((await cli(at, ["compile", "--target", "spark", "--json"])).stdout);
  expect(json.diagnostics.map((d: { severity: string }) => d.severity)).toEqual(["info", "info", "warning"]);
  const databricks = (await cli(at, ["compile", "--target", "databricks"])).stdout;
  expect(databricks).toContain("1 warning\n");
  expect(databricks).toContain("Databricks cannot read the relative path");
});

/** A PATH with nothing on it but what the command itself needs. */
function bare(at: string, ...programs: readonly string[]): Record<string, string> {
  const bin = path.join(at, "bin-only");
  mkdirSync(bin);
  for (const program of programs) symlinkSync(program, path.join(bin, path.basename(program)));
  return { PATH: bin };
}

test("run names what is missing: spark-pipelines, Java, Python packages", async () => {
  const at = project();
  const nothing = await command(at, ["run", "--target", "spark"], { env: bare(emptyFolder()) });
  expect(nothing.code).toBe(1);
  expect(nothing.stderr).toMatch(
    /error SPARK001: spark-pipelines is not there: looked in .*\.venv\/bin, the folders of PATH\n/,
  );
  expect(nothing.stderr).toContain('pip install "pyspark[pipelines]==4.3.0" pyyaml');

  const home = emptyFolder();
  mkdirSync(path.join(home, "bin"));
  writeFileSync(path.join(home, "bin/spark-pipelines"), "", { mode: 0o755 });
  const noJava = await command(at, ["run", "--target", "spark", "--spark-home", home], { env: bare(emptyFolder()) });
  expect(noJava.code).toBe(1);
  expect(noJava.stderr).toContain("error SPARK002: Spark needs Java 17 or newer, and java cannot be run");

  const java = { ...bare(emptyFolder()), JAVA_HOME: emptyFolder(), PYSPARK_PYTHON: "python-that-is-not-there" };
  mkdirSync(path.join(java.JAVA_HOME, "bin"));
  writeFileSync(path.join(java.JAVA_HOME, "bin/java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n", {
    mode: 0o755,
  });
  const old = await command(at, ["run", "--target", "spark", "--spark-home", home], { env: java });
  expect(old.stderr).toContain("bin/java is Java 11");
});

test("a Spark of its own has all cores; where it does not start, its last words are the reason", async () => {
  const at = project();
  const home = emptyFolder();
  mkdirSync(path.join(home, "bin"));
  const put = (name: string, script: string) =>
    writeFileSync(path.join(home, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  put("java", "echo 'openjdk version \"17.0.1\"' >&2");
  put("python", "exit 0");
  put(
    "spark-pipelines",
    'echo "$@" > "$(dirname "$0")/arguments"; echo Failed to find Spark jars directory; echo You need to build Spark; exit 1',
  );
  const env = { JAVA_HOME: home, PYSPARK_PYTHON: path.join(home, "bin/python") };
  const { code, stdout } = await command(at, ["run", "--target", "spark", "--spark-home", home], { env });
  expect(code).toBe(1);
  expect(stdout).toContain("error SPARK004: Failed to find Spark jars directory");
  expect(stdout).toContain("You need to build Spark");
  expect(stdout).toContain("run.log");
  expect(readFileSync(path.join(home, "bin/arguments"), "utf8")).toMatch(/^--remote local\[\*\] run --spec /);
});

test("run has no such target", async () => {
  const result = await cli(project(), ["run", "--target", "spork"]);
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "spark"?') });
});
