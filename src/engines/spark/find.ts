/** Finds `spark-pipelines` and what it needs, or names what is missing and how to get it. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Env } from "../../core/env.ts";
import { failure } from "../../diagnostics/mistake.ts";

export interface Spark {
  /** Absolute path of `spark-pipelines`. */
  readonly command: string;
  /** What it is started with. */
  readonly env: Env;
}

const INSTALL = 'python3 -m venv .venv && .venv/bin/pip install "pyspark[pipelines]==4.3.0" pyyaml';

/**
 * Looks in the given folder (a Python environment or a Spark), then in `SPARK_HOME`, `VIRTUAL_ENV`, the `PATH` and
 * `.venv` of the project.
 *
 * @throws RunError `SPARK001` without `spark-pipelines`, `SPARK002` without Java, `SPARK003` where its Python lacks
 * a package.
 */
export async function findSpark(given: string | undefined, env: Env, roots: readonly string[]): Promise<Spark> {
  const folders = given === undefined ? usual(env, roots) : [path.join(given, "bin"), given];
  const bin = folders.find((folder) => existsSync(path.join(folder, "spark-pipelines")));
  if (bin === undefined) {
    const shown =
      given === undefined ? [...new Set(usual({ ...env, PATH: "" }, roots)), "the folders of PATH"] : folders;
    throw failure({
      code: "SPARK001",
      message: `spark-pipelines is not there: looked in ${shown.join(", ")}`,
      help: `install it: ${INSTALL}; or name where it is: --spark-home DIR (home), or SPARK_HOME`,
    });
  }
  await requireJava(env);
  const python = env["PYSPARK_PYTHON"] ?? [path.join(bin, "python")].find(existsSync) ?? "python3";
  await requirePackages(python, bin, env);
  return { command: path.join(bin, "spark-pipelines"), env: { ...env, PYSPARK_PYTHON: python } };
}

function usual(env: Env, roots: readonly string[]): readonly string[] {
  const homes = [env["SPARK_HOME"], env["VIRTUAL_ENV"]].flatMap((home) => (home ? [path.join(home, "bin")] : []));
  const onPath = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return [...homes, ...onPath, ...roots.map((root) => path.join(root, ".venv/bin"))];
}

const NEEDED = 17;

async function requireJava(env: Env): Promise<void> {
  const java = env["JAVA_HOME"] ? path.join(env["JAVA_HOME"], "bin/java") : "java";
  // `java -version` writes to stderr.
  const said = await output(java, ["-version"], env);
  const version = Number(/version "(\d+)/.exec(said.text)?.[1] ?? 0);
  if (version >= NEEDED) return;
  const found = said.ok && version > 0 ? `${java} is Java ${version}` : `${java} cannot be run`;
  throw failure({
    code: "SPARK002",
    message: `Spark needs Java ${NEEDED} or newer, and ${found}`,
    help: `install it (Debian: apt install openjdk-${NEEDED}-jre-headless), or set JAVA_HOME`,
  });
}

const IMPORTS = "import pyspark.pipelines, yaml; from pyspark.sql.connect import session";

async function requirePackages(python: string, bin: string, env: Env): Promise<void> {
  const spark = path.join(bin, "..", "python");
  const withSpark = existsSync(spark) ? { ...env, PYTHONPATH: `${spark}:${env["PYTHONPATH"] ?? ""}` } : env;
  const { ok, text } = await output(python, ["-c", IMPORTS], withSpark);
  if (ok) return;
  const missing = /No module named '([^']+)'/.exec(text)?.[1];
  throw failure({
    code: "SPARK003",
    message:
      missing === undefined
        ? `${python} cannot load pyspark: ${text.trim().split("\n").at(-1) ?? "it gives no reason"}`
        : `${python} has no package ${missing}, which spark-pipelines needs`,
    help: `${python} -m pip install "pyspark[pipelines]==4.3.0" pyyaml`,
  });
}

function output(command: string, args: readonly string[], env: Env): Promise<{ ok: boolean; text: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { env: { ...env }, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ ok: error === null, text: stdout + stderr || (error?.message ?? "") });
    });
  });
}
