// Makes .peers/, what `npm run bench -- peers` compares with, an environment per tool, in the versions below.
// Needs Python 3.11 or newer. Does nothing where all is there.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** One DuckDB for all, which is also the one that this project uses. */
const DUCKDB = "duckdb==1.5.6";
const PEERS = {
  // dbt 2 downloads a part of itself from outside of the Python package registry.
  dbt: ["dbt-core==1.10.23", "dbt-duckdb==1.9.6", DUCKDB],
  sqlmesh: ["sqlmesh==0.236.4", DUCKDB],
  lhp: ["lakehouse-plumber==0.9.3"],
};
const DATAFORM = ["@dataform/cli@3.0.69", "@dataform/core@3.0.62"];

const home = path.resolve(import.meta.dirname, "../.peers");
const stamp = path.join(home, "versions.json");
const wanted = JSON.stringify({ peers: { ...PEERS, dataform: DATAFORM }, home }, null, 2);
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

console.log(`Making ${home}: dbt, SQLMesh, Lakehouse Plumber and Dataform (some 1 GB, once) …`);
rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true });
for (const [name, packages] of Object.entries(PEERS)) {
  const venv = path.join(home, name);
  run(process.env.PYTHON ?? "python3", ["-m", "venv", venv]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary", ...packages];
  run(path.join(venv, "bin/python"), pip);
}
const dataform = path.join(home, "dataform");
mkdirSync(dataform);
writeFileSync(path.join(dataform, "package.json"), "{}");
run("npm", ["install", "--prefix", dataform, "--no-fund", "--no-audit", "--silent", ...DATAFORM]);
writeFileSync(stamp, wanted);

function run(command, args) {
  try {
    execFileSync(command, args, { stdio: "inherit" });
  } catch (error) {
    console.error(`${command} ${args.slice(0, 3).join(" ")} … failed (${error.message.split("\n")[0]}).`);
    console.error(
      "  what to do: it needs Python 3.11 or newer (set PYTHON) with venv, and the package registries of Python and npm",
    );
    process.exit(1);
  }
}
