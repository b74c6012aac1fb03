/** A process that is killed at any moment leaves the last good state: the next run ends with the same rows. */
import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import path from "node:path";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import shop from "../../examples/shop/pipeline.ts";
import { folder, rows } from "./support.ts";

const ROUNDS = 20;
const TABLES = [
  "bronze.orders_raw",
  "bronze.customers_raw",
  "silver.orders",
  "silver.customers",
  "gold.revenue_by_country",
];
const ASIDE = ["bronze.orders_raw_quarantine", "bronze.customers_raw_quarantine", "silver.orders_quarantine"];

async function contents(warehouse: string, base: string): Promise<Record<string, unknown>> {
  await using update = await run(shop, { warehouse, baseDir: base });
  expect(update.status).toBe("completed");
  const found: Record<string, unknown> = {};
  for (const name of TABLES) {
    const origin = name.startsWith("bronze") ? " EXCLUDE (_ingested_at)" : "";
    found[name] = await rows(
      update,
      `SELECT count(*) AS n, bit_xor(hash(q))::VARCHAR AS digest FROM (SELECT *${origin} FROM ${name}) AS q`,
    );
  }
  for (const name of ASIDE) {
    const columns = name.startsWith("bronze")
      ? "_ingested_at, _quarantined_at, _update_id"
      : "_quarantined_at, _update_id";
    found[name] = await rows(
      update,
      `SELECT count(*) AS n, bit_xor(hash(q))::VARCHAR AS digest FROM (SELECT * EXCLUDE (${columns}) FROM ${name}) AS q`,
    );
  }
  return found;
}

/** Runs one update in a process of its own and kills it after a time. */
function killedAfter(milliseconds: number, warehouse: string, base: string): Promise<string> {
  const script = path.resolve("test/fixtures/run/update.ts");
  const child = spawn(process.execPath, ["--conditions=medallion-source", script, warehouse, base], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), milliseconds));
    child.on("exit", (code, signal) => resolve(signal ?? `exit ${code}`));
  });
}

test(`SIGKILL at ${ROUNDS} moments of an update: the same rows in the end`, async () => {
  const base = await folder();
  const inputs = path.join(base, "in");
  await cp("examples/shop/data", path.join(inputs, "data"), { recursive: true });
  const expected = await contents(path.join(base, "undisturbed.duckdb"), inputs);
  const ended = new Map<string, number>();
  const warehouse = path.join(base, "killed.duckdb");
  for (let round = 0; round < ROUNDS; round++) {
    const own = round % 4 === 0 ? warehouse : path.join(base, `killed-${round}.duckdb`);
    const how = await killedAfter(round * 8, own, inputs);
    ended.set(how, (ended.get(how) ?? 0) + 1);
    expect(await contents(own, inputs)).toEqual(expected);
  }
  expect(ended.get("SIGKILL") ?? 0).toBeGreaterThan(ROUNDS / 4);
}, 180_000);
