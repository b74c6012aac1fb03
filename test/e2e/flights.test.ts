/** The flights example, as a user runs it: on a copy of its data, then with nothing new, then with one more file. */
import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import flights from "../../examples/flights/pipeline.ts";
import { folder, rows, table } from "./support.ts";

const exec = promisify(execFile);

async function copy(): Promise<string> {
  const base = await folder();
  await cp("examples/flights/data", path.join(base, "data"), { recursive: true });
  return base;
}

test("every table completes, every row is counted, and the figures are those of the raw files", async () => {
  const base = await copy();
  await using update = await run(flights, { baseDir: base });
  expect(update.tables.map((t) => [t.name, t.status, t.reason])).toEqual(
    update.tables.map((t) => [t.name, "completed", undefined]),
  );
  for (const t of update.tables) expect(t.rowsRead, t.name).toBe(t.rowsWritten + t.rowsDropped + t.rowsQuarantined);
  // Without being told, DuckDB tries every dialect on every file, for seconds.
  const raw = `read_csv('${base}/data/flights/*.csv', nullstr = 'NA', delim = ',', quote = '"', escape = '"', header = true)`;
  const airports = `read_csv('${base}/data/airports.csv')`;
  const same = async (ours: string, theirs: string) =>
    expect(await rows(update, ours)).toEqual(await rows(update, theirs));
  await same(
    "SELECT count(*) AS n, sum(distance)::BIGINT AS miles FROM bronze.flights_raw",
    `SELECT count(*) AS n, sum(distance)::BIGINT AS miles FROM ${raw}`,
  );
  const kept = "(dep_time IS NULL OR arr_delay IS NOT NULL)";
  await same("SELECT count(*) AS n FROM silver.flights", `SELECT count(*) AS n FROM ${raw} WHERE ${kept}`);
  await same(
    "SELECT count(*) AS n FROM silver.flights_quarantine",
    `SELECT count(*) AS n FROM ${raw} WHERE NOT ${kept}`,
  );
  await same(
    "SELECT count(*) AS n, count(dest_name) AS known, count(manufacturer) AS planes FROM gold.flight_facts",
    `SELECT count(*) AS n, count(*) FILTER (dest IN (SELECT faa FROM ${airports})) AS known,
       count(*) FILTER (tailnum IN (SELECT tailnum FROM '${base}/data/planes.parquet')) AS planes FROM ${raw} WHERE ${kept}`,
  );
  await same(
    "SELECT carrier, sum(flights)::BIGINT AS flights, sum(late)::BIGINT AS late FROM gold.delays_by_carrier_month GROUP BY carrier ORDER BY carrier",
    `SELECT carrier, count(*) AS flights, count(*) FILTER (arr_delay > 15) AS late FROM ${raw} WHERE ${kept} GROUP BY carrier ORDER BY carrier`,
  );
  const weather = await rows(update, "SELECT sum(flights)::BIGINT AS n FROM gold.punctuality_by_weather");
  expect(weather).toEqual(await rows(update, "SELECT count(*) AS n FROM silver.flights"));
  expect(table(update, "flights").expectations.find((e) => e.name === "tail_number")?.failed).toBe(137);
});

test("the history of a carrier: deletes, late events and updates that change nothing", async () => {
  const base = await copy();
  await using update = await run(flights, { baseDir: base, only: ["carriers"] });
  const overlaps =
    "SELECT count(*) AS n FROM silver.carriers a JOIN silver.carriers b ON a.carrier = b.carrier AND a.__START_AT < b.__START_AT AND coalesce(a.__END_AT > b.__START_AT, true)";
  expect(await rows(update, overlaps)).toEqual([{ n: 0 }]);
  const [oo] = await rows(
    update,
    "SELECT count(*) AS versions, count(*) FILTER (__END_AT IS NULL) AS current FROM silver.carriers WHERE carrier = 'OO'",
  );
  expect(oo).toMatchObject({ current: 1 });
});

test("npm run example: a table of all tables, then up to date, then only the new file's rows", async () => {
  const base = await copy();
  const example = async () =>
    (await exec(process.execPath, ["--conditions=medallion-source", "examples/flights/main.ts", base])).stdout;
  const first = await example();
  expect(first).toMatch(/^flights_raw +bronze +streaming +16,839 +16,839 +0 +0/m);
  expect(first).toMatch(/^flights +silver +materialized +16,839 +16,778 +0 +61/m);
  expect(first).toMatch(/^Warehouse: .*flights\.duckdb$/m);
  expect(first).toMatch(/^gold\.punctuality_by_weather$/m);
  expect(await example()).toMatch(/^Everything is up to date\./);
  await cp("examples/flights/more/2013-12-late.csv", path.join(base, "data/flights/2013-12-late.csv"));
  const third = await example();
  expect(third).toMatch(/^flights_raw +bronze +streaming +315 +315 +0 +0/m);
  expect(third).toMatch(/^airports +silver +streaming .*up to date$/m);
});
