/**
 * A process that is killed at any moment leaves the last good state, with its record: the next update ends with the rows
 * of a warehouse that nobody disturbed. MEDALLION_KILLS says how often (300 take about ten minutes).
 */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import kinds from "../fixtures/pipelines/kinds.ts";
import { folder, rows, write } from "./support.ts";

const KILLS = Number(process.env["MEDALLION_KILLS"] ?? 6);
const BATCH = 40;
/** Of the engine's making in each update, and so different in every warehouse. */
const OWN = ["_ingested_at", "_quarantined_at", "_update_id", "_source_modified_at", "_source_file_modified_at"];

/** Files of the delivery `n`: new rows, later versions of old ones, rows that break a rule and lines that do not read. */
async function deliver(base: string, n: number): Promise<void> {
  const events = Array.from({ length: BATCH }, (_, i) => {
    const id = (n * 31 + i * 7) % 200;
    return { id, version: n, name: `n${i % 5}`, amount: ((i * 37 + n) % 1000) - 5 };
  });
  const csv = `id,version,name,amount\n${events.map((e) => `${e.id},${e.version},${e.name},${e.amount}.50`).join("\n")}\n`;
  await write(base, `csv/${n}.csv`, n % 3 === 0 ? `${csv}x,1,bad,1\n` : csv);
  await write(base, `json/${n}.json`, events.map((e) => `${JSON.stringify({ ...e, id: e.id + 1000 })}\n`).join(""));
  if (n % 2 === 0) await write(base, `more/${n}.csv`, csv);
  if (n % 4 === 0) await parquet(path.join(base, `parquet/${n}.parquet`), n);
}

/** What is read but once: a backfill when its table is made, and one snapshot an update. */
async function stock(base: string, n: number): Promise<void> {
  const items = Array.from({ length: 6 }, (_, i) => `s${i + (n % 3)},${n},${(i * n) % 5}`);
  await write(base, `stock/${n}.csv`, `sku,day,amount\n${items.join("\n")}\n`);
}

async function parquet(file: string, n: number): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT range + ${n * 100} AS id, ${n}::INTEGER AS version, 'p' || range % 3 AS name, range::DECIMAL(12, 2) AS amount FROM range(20)) TO '${file}'`,
  );
  connection.closeSync();
  instance.closeSync();
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

/** Every table and quarantine, as counts and digests of what does not depend on the update. */
async function contents(update: Update): Promise<Record<string, unknown>> {
  const columns = await update.query(
    "SELECT schema_name || '.' || table_name AS name, list(column_name ORDER BY column_name) AS columns FROM duckdb_columns() WHERE schema_name IN ('bronze', 'silver', 'gold') GROUP BY 1 ORDER BY 1",
  );
  const found: Record<string, unknown> = {};
  for (const row of columns) {
    const kept = (row["columns"] as string[]).filter((name) => !OWN.includes(name)).map((name) => `"${name}"`);
    const digest = `SELECT count(*) AS n, sum(hash(${kept.join(", ")}))::VARCHAR AS digest FROM ${String(row["name"])}`;
    [found[String(row["name"])]] = await rows(update, digest);
  }
  return found;
}

const APPENDED = ["bronze.lines", "bronze.objects", "bronze.columns", "bronze.stock_raw", "silver.kept"];

/** Rows that the log says were written and quarantined, next to those that are there; updates that have no end. */
async function accounts(update: Update): Promise<{ readonly wrong: unknown[]; readonly open: number }> {
  const wrong: unknown[] = [];
  for (const name of APPENDED) {
    const [, table] = name.split(".");
    const logged = (field: string) =>
      `(SELECT coalesce(sum((details->>'$.result.${field}')::BIGINT), 0) FROM _medallion.event_log WHERE table_name = '${table}' AND (details->>'$.flow_progress.status') = 'COMPLETED')::BIGINT`;
    const there = await rows(
      update,
      `SELECT ${logged("rowsWritten")} AS written, (SELECT count(*) FROM ${name}) AS kept, ${logged("rowsQuarantined")} AS quarantined, (SELECT count(*) FROM ${name}_quarantine) AS aside`,
    );
    wrong.push(...there.filter((r) => r["written"] !== r["kept"] || r["quarantined"] !== r["aside"]));
  }
  const [ended] = await rows(
    update,
    "SELECT count(*) AS n FROM (SELECT update_id FROM _medallion.event_log GROUP BY 1 HAVING count(*) FILTER (WHERE event_type = 'create_update') <> 1 OR (count(*) FILTER (WHERE event_type = 'update_progress') <> 1))",
  );
  // The update that asks is not among them: it has ended.
  return { wrong, open: Number(ended?.["n"]) };
}

test(
  `SIGKILL at ${KILLS} moments while files arrive: the rows of an undisturbed warehouse, and a complete log`,
  async () => {
    const base = await folder();
    const inputs = path.join(base, "in");
    const [calm, killed] = [path.join(base, "calm", "w.duckdb"), path.join(base, "killed", "w.duckdb")];
    await write(inputs, "old/1.json", '{"id":1,"version":0,"name":"old","amount":1}\n');
    await write(inputs, "parquet/.keep", "");
    const ended = new Map<string, number>();
    let longest = 400;
    for (let n = 1; n <= KILLS; n++) {
      await deliver(inputs, 2 * n);
      await stock(inputs, n);
      // From the first statement to the last, whatever the machine: the moments spread over what an update takes.
      const how = await killedAfter((longest * ((n * 7) % KILLS)) / KILLS, killed, inputs);
      ended.set(how, (ended.get(how) ?? 0) + 1);
      await deliver(inputs, 2 * n + 1);
      const began = performance.now();
      await using undisturbed = await run(kinds, { warehouse: calm, baseDir: inputs });
      longest = Math.min(3000, performance.now() - began);
      expect(undisturbed.status).toBe("completed");
      await using after = await run(kinds, { warehouse: killed, baseDir: inputs });
      expect(after.tables.filter((table) => table.status === "failed")).toEqual([]);
      expect(await contents(after)).toEqual(await contents(undisturbed));
      expect(await accounts(after)).toEqual({ wrong: [], open: 0 });
    }
    expect(ended.get("SIGKILL") ?? 0).toBeGreaterThan(KILLS / 3);
    expect(await readdir(path.join(base, "killed"))).toEqual(["w.duckdb"]);
  },
  60_000 + KILLS * 20_000,
);
