// Makes .spark/, what `npm run test:spark` runs on: a Python environment with Spark, and the in-memory catalog for AUTO CDC.
// Needs Java 17, Python 3.11 or newer and Maven. Does nothing where all is there in the versions below.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const PACKAGES = [
  "pyspark[pipelines]==4.3.0",
  "pyyaml==6.0.4",
  "pandas==2.3.3",
  "sqlglot==30.30.0",
  "databricks-bundles==1.22.1",
];
/** Its tests hold a catalog with row-level operations, which AUTO CDC needs. No release for 4.3 is published; it works there. */
const CATALOG = "org.apache.spark:spark-catalyst_2.13:4.2.0:jar:tests";

const home = path.resolve(import.meta.dirname, "../.spark");
const python = path.join(home, "venv/bin/python");
const stamp = path.join(home, "versions.json");
const wanted = JSON.stringify({ packages: PACKAGES, catalog: CATALOG, home }, null, 2);

requireJava();
if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

console.log(`Making ${home}: Spark and what it needs (some 500 MB, once) …`);
const system = findPython();
requireMaven();
rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true });
run(system, ["-m", "venv", path.join(home, "venv")], "the Python package venv (python3-venv on Debian)");
run(
  python,
  ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PACKAGES],
  "a Python package registry",
);
run(
  "mvn",
  ["-q", "-B", "dependency:copy", `-Dartifact=${CATALOG}`, `-DoutputDirectory=${path.join(home, "jars")}`],
  "a Maven registry",
);
writeFileSync(stamp, wanted);

function requireJava() {
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, "bin/java") : "java";
  const version = Number(/version "(\d+)/.exec(output(java, ["-version"]))?.[1] ?? 0);
  if (version >= 17) return;
  const found = version === 0 ? "there is none" : `this is Java ${version}`;
  fail(`Spark needs Java 17 or newer, and ${found} (${java}).`, "install openjdk-17-jre-headless, or set JAVA_HOME");
}

function findPython() {
  const names = [process.env.PYTHON, "python3.11", "python3.12", "python3.13", "python3"].filter(Boolean);
  const code = "import sys; print(sys.version_info[:2] >= (3, 11))";
  const found = names.find((name) => output(name, ["-c", code]).trim() === "True");
  return found ?? fail("Spark needs Python 3.11 or newer.", "install python3.11 and python3.11-venv, or set PYTHON");
}

function requireMaven() {
  if (output("mvn", ["-v"]) === "")
    fail("Maven (mvn) brings the catalog for AUTO CDC, and it is not there.", "install maven");
}

/** What a command prints; empty where it cannot be run. */
function output(command, args) {
  try {
    return (
      execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }) || errors(command, args)
    );
  } catch {
    return "";
  }
}

/** `java -version` writes to stderr. */
function errors(command, args) {
  return execFileSync("sh", ["-c", `"$0" "$@" 2>&1`, command, ...args], { encoding: "utf8" });
}

function run(command, args, needs) {
  try {
    execFileSync(command, args, { stdio: "inherit" });
  } catch (error) {
    fail(`${command} ${args.slice(0, 3).join(" ")} … failed (${error.message.split("\n")[0]}).`, `it needs ${needs}`);
  }
}

function fail(what, way) {
  console.error(`${what}\n  what to do: ${way}`);
  process.exit(1);
}
