/**
 * Runs the flights pipeline on DuckDB and shows what it did.
 *
 * npm run example [-- FOLDER]     FOLDER holds data/ (default: this folder)
 */
import path from "node:path";
import { progressReporter, reportUpdate } from "medallion/cli";
import { run } from "medallion/run";
import flights from "./pipeline.ts";

const baseDir = path.resolve(process.argv[2] ?? import.meta.dirname);
const warehouse = path.join(baseDir, ".medallion", "flights.duckdb");

const progress = progressReporter(process.stdout);
await using update = await run(flights, { warehouse, baseDir, onEvent: progress.onEvent });
progress.done();
console.log(reportUpdate(update, { color: process.stdout.isTTY === true }));

if (update.tables.some((table) => !table.skipped)) {
  const rows = await update.query(
    `SELECT conditions, flights, cancelled, on_time, round(100.0 * on_time / flights, 1) AS percent_on_time, round(mean_dep_delay, 1) AS mean_delay
     FROM gold.punctuality_by_weather ORDER BY flights DESC`,
  );
  console.log("\ngold.punctuality_by_weather");
  console.log(aligned(rows));
}
process.exitCode = update.status === "completed" ? 0 : 1;

/** Rows as text columns, numbers to the right. */
function aligned(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? "")))];
  const widths = names.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  const pad = (text: string, i: number) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return cells.map((line) => `  ${line.map(pad).join("  ")}`).join("\n");
}
