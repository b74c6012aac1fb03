/** The peak of memory follows `memoryLimit` and not the size of files: of plain ones, of damaged ones, of wide records. */
import { spawnSync } from "node:child_process";
import { stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { type Kind, names } from "../fixtures/run/peak-columns.ts";
import { connectWithMacros } from "../macros.ts";
import { folder } from "./support.ts";

/** Megabytes. What a statement needs at least grows with its columns. */
const LIMIT = { csv: 64, damaged: 64, json: 128 } as const;

const records = (count: number) => `SELECT range AS id, 'a name that is long enough ' || hash(range) % 1000000 AS name,
  ((hash(range + 1) % 1000000) / 100)::DECIMAL(12, 2) AS amount, '2024-01-01T00:00:00Z' AS sold FROM range(${count})`;

/** A file of as many records. */
const FILES: Readonly<Record<Kind, (count: number, file: string) => string>> = {
  csv: (count, file) => `COPY (${records(count)}) TO '${file}.csv' (HEADER)`,
  // Every hundredth line has a quote that is not closed in it.
  damaged: (count, file) =>
    `COPY (SELECT id, CASE WHEN id % 100 = 3 THEN '"' || name ELSE name END AS name, amount, sold FROM (${records(count)})) TO '${file}.csv' (HEADER, QUOTE '')`,
  json: (count, file) =>
    `COPY (SELECT range AS id, ${names.map((name, i) => `'text ' || hash(range + ${i}) AS ${name}`).join(", ")} FROM range(${count})) TO '${file}.json'`,
};

/** What Node takes, and what DuckDB takes of its allocator beyond the limit: less than a file. Megabytes. */
const BESIDE = 130;
const RECORDS = { csv: 2_000_000, damaged: 2_400_000, json: 154_000 } as const;

test.each(Object.keys(FILES) as Kind[])("%s", { timeout: 120_000 }, async (kind) => {
  const base = await folder();
  const connection = await connectWithMacros();
  await connection.run(FILES[kind](RECORDS[kind], path.join(base, "1")));
  connection.closeSync();
  const { size } = await stat(path.join(base, kind === "json" ? "1.json" : "1.csv"));
  expect(size / 2 ** 20).toBeGreaterThan(BESIDE);
  const script = path.resolve("test/fixtures/run/peak.ts");
  // Garbage is not to be taken for memory that is needed.
  const node = ["--max-semi-space-size=2", "--max-old-space-size=64", "--conditions=medallion-source"];
  const argv = [...node, script, kind, base, path.join(base, "w.duckdb"), `${LIMIT[kind]}MB`];
  // Nor is freed memory that the C library keeps: left alone it raises this threshold as blocks are freed, by chance to tens of megabytes.
  const env = { ...process.env, MALLOC_TRIM_THRESHOLD_: `${128 * 1024}`, MALLOC_ARENA_MAX: "2" };
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", env });
  expect(stderr).toBe("");
  const { status, written, quarantined, before, peak } = JSON.parse(stdout);
  expect(status).toBe("completed");
  expect(written + quarantined).toBe(RECORDS[kind]);
  expect(quarantined > 0).toBe(kind === "damaged");
  expect(peak - before).toBeLessThan(LIMIT[kind] + BESIDE);
});
