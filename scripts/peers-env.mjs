// Makes .peers/, what `npm run bench -- peers` compares with: dbt and SQLMesh, an environment each, in the versions below.
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
};

const home = path.resolve(import.meta.dirname, "../.peers");
const stamp = path.join(home, "versions.json");
const wanted = JSON.stringify({ peers: PEERS, home }, null, 2);
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

console.log(`Making ${home}: dbt and SQLMesh (some 700 MB, once) …`);
rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true });
for (const [name, packages] of Object.entries(PEERS)) {
  const venv = path.join(home, name);
  run(process.env.PYTHON ?? "python3", ["-m", "venv", venv]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary", ...packages];
  run(path.join(venv, "bin/python"), pip);
}
writeFileSync(stamp, wanted);

function run(command, args) {
  try {
    execFileSync(command, args, { stdio: "inherit" });
  } catch (error) {
    console.error(`${command} ${args.slice(0, 3).join(" ")} … failed (${error.message.split("\n")[0]}).`);
    console.error(
      "  what to do: it needs Python 3.11 or newer (set PYTHON), python3-venv and a Python package registry",
    );
    process.exit(1);
  }
}
