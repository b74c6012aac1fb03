/** Starts one Spark for the whole suite, with its Connect server, and stops it at the end. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

export interface SparkServer {
  /** Local port of the driver that `session.ts` talks to. */
  readonly driver: number;
  /** Local port of Spark Connect: `sc://localhost:<port>`. */
  readonly connect: number;
  readonly version: string;
  /** Folder of the Python environment: `bin/python`, `bin/spark-pipelines`. */
  readonly venv: string;
  /** File that takes a line for every set of compared values: see `countPairs`. */
  readonly pairs: string;
}

type Started = Pick<SparkServer, "driver" | "connect" | "version">;

declare module "vitest" {
  interface ProvidedContext {
    readonly spark: SparkServer;
  }
}

const HOME = path.resolve(import.meta.dirname, "../../../.spark");

const settings = (base: string, connectPort: number): Readonly<Record<string, string>> => ({
  "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
  "spark.connect.grpc.binding.port": String(connectPort),
  "spark.driver.memory": "3g",
  "spark.driver.extraClassPath": `${HOME}/jars/*`,
  "spark.driver.extraJavaOptions": "-Duser.timezone=UTC",
  "spark.ui.enabled": "false",
  "spark.sql.ansi.enabled": "true",
  "spark.sql.session.timeZone": "UTC",
  "spark.sql.shuffle.partitions": "2",
  "spark.sql.warehouse.dir": `${base}/warehouse`,
  // Tables with row-level operations, in memory: what AUTO CDC writes to.
  "spark.sql.catalog.mem": "org.apache.spark.sql.connector.catalog.SharedTablesInMemoryRowLevelOperationTableCatalog",
});

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const base = await mkdtemp(path.join(tmpdir(), "medallion-spark-"));
  const lines = Object.entries(settings(base, await freePort())).map(([key, value]) => `${key} ${value}`);
  await writeFile(path.join(base, "spark-defaults.conf"), `${lines.join("\n")}\n`);
  const child = spawn(path.join(HOME, "venv/bin/python"), [path.join(import.meta.dirname, "driver.py")], {
    cwd: base,
    env: { ...process.env, SPARK_CONF_DIR: base, TZ: "UTC", PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const log = path.join(base, "spark.log");
  child.stderr.pipe(createWriteStream(log));
  const pairs = path.join(base, "pairs.jsonl");
  const stop = async () => {
    await ended(child);
    console.log(await compared(pairs));
    await rm(base, { recursive: true, force: true });
  };
  try {
    project.provide("spark", { ...(await ready(child, log)), venv: path.join(HOME, "venv"), pairs });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** What the suite compared, as its tests noted it. */
async function compared(pairs: string): Promise<string> {
  const lines = (await readFile(pairs, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
  const totals = new Map<string, number>();
  for (const line of lines) {
    const { what, count } = JSON.parse(line) as { what: string; count: number };
    totals.set(what, (totals.get(what) ?? 0) + count);
  }
  const total = [...totals.values()].reduce((sum, n) => sum + n, 0);
  const parts = [...totals].map(([what, count]) => `${count} of ${what}`).join(", ");
  return `Spark and DuckDB: ${total} pairs compared${total > 0 ? ` (${parts})` : ""}`;
}

/** The driver ends with its standard input, so it also ends when this process is killed. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await exit;
  clearTimeout(late);
}

function ready(child: ChildProcess, log: string): Promise<Started> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      readFile(log, "utf8").then(
        (text) => reject(new Error(`Spark did not start: ${why}\n${text.slice(-4000)}`)),
        () => reject(new Error(`Spark did not start: ${why}`)),
      );
    };
    const late = setTimeout(() => fail("it took more than two minutes"), 120_000);
    child.once("error", (error) => fail(`${error.message}. Run \`node scripts/spark-env.mjs\` first.`));
    child.once("exit", (code) => fail(`its driver ended with ${code}`));
    if (!child.stdout) return fail("its driver has no output");
    createInterface(child.stdout).once("line", (line) => {
      clearTimeout(late);
      child.removeAllListeners("exit");
      resolve(JSON.parse(line) as Started);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
