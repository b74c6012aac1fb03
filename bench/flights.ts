/** The flights year through all layers, alongside the same SQL by hand; an update without news; one new file. */
import { copyFile, rm } from "node:fs/promises";
import path from "node:path";
import { run, type TableResult } from "medallion/run";
import flightsPipeline from "../examples/flights/pipeline.ts";
import { differences, runByHand } from "./by-hand.ts";
import { DATA_WANTED, type FlightsYear, layOutYear } from "./flights-data.ts";
import { inFolder } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { cpuTime } from "./warehouse.ts";

export const flights: Topic = {
  name: "flights",
  about: "the flights year through all layers, against the same SQL by hand in DuckDB (needs --data)",
  run: async (options) => {
    const { data } = options;
    if (data !== undefined) return inFolder((folder) => measure(folder, data, options));
    options.say(`left out: ${DATA_WANTED}`);
    return [];
  },
};

/** What one turn of the engine took, in seconds: CPU time, but for that of the streaming tables. */
interface Turn {
  readonly full: number;
  /** Time of the streaming tables in the full run. */
  readonly fullStreaming: number;
  readonly nothingNew: number;
  /** Time of the streaming tables when one file is new. */
  readonly newFileStreaming: number;
}

async function measure(folder: string, data: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  say("the flights year as files");
  const year = await layOutYear(folder, data);
  const [engine, byHand] = [path.join(folder, "engine.duckdb"), path.join(folder, "by-hand.duckdb")];
  say(`the engine and the SQL by hand, ${runs} times each`);
  const { ours, theirs } = await byTurns<"ours" | "theirs", Turn | number>(runs, {
    ours: () => turn(engine, year),
    theirs: () => timed(() => anew(byHand, () => runByHand(byHand, year.baseDir))),
  });
  say("whether both give the same rows");
  await anew(engine, () => update(engine, year.baseDir));
  const found = await differences(engine, byHand);
  if (found.length > 0) throw new Error(`the SQL by hand gives other rows than the engine:\n${found.join("\n")}`);

  const figure = (what: keyof Turn) => median(ours.map((t) => (typeof t === "number" ? Number.NaN : t[what])));
  const hand = median(theirs.map((t) => (typeof t === "number" ? t : Number.NaN)));
  return [
    {
      name: "flights: the year, all layers (CPU)",
      ours: figure("full"),
      baseline: hand,
      against: "the same SQL by hand (bench/flights.sql)",
      unit: "s",
      bar: { ratio: 1.15 },
    },
    {
      name: "flights: nothing new (CPU)",
      ours: figure("nothingNew") * 1000,
      baseline: figure("full") * 1000,
      against: "the full run",
      unit: "ms",
      bar: { ours: 300 },
    },
    {
      name: "flights: one new file of 1 %, streaming tables",
      ours: figure("newFileStreaming") * 1000,
      baseline: figure("fullStreaming") * 1000,
      against: "the same tables in the full run",
      unit: "ms",
      bar: { ratio: 0.1 },
    },
  ];
}

async function turn(warehouse: string, year: FlightsYear): Promise<Turn> {
  let first: readonly TableResult<number>[] = [];
  const full = await timed(async () => {
    first = await anew(warehouse, () => update(warehouse, year.baseDir));
  });
  const nothingNew = await timed(() => update(warehouse, year.baseDir));
  await copyFile(year.late, year.lateDelivered);
  try {
    const second = await update(warehouse, year.baseDir);
    return { full, fullStreaming: streaming(first), nothingNew, newFileStreaming: streaming(second) };
  } finally {
    await rm(year.lateDelivered);
  }
}

/** One update, until the warehouse is closed: it is written then, as it is by hand. */
async function update(warehouse: string, baseDir: string): Promise<readonly TableResult<number>[]> {
  await using done = await run(flightsPipeline, { warehouse, baseDir });
  if (done.status !== "completed") throw new Error(done.tables.find((t) => t.reason !== undefined)?.reason);
  return done.tables;
}

function streaming(tables: readonly TableResult<number>[]): number {
  return tables.filter((t) => t.kind === "streaming").reduce((sum, t) => sum + t.durationMs, 0) / 1000;
}

async function anew<T>(warehouse: string, work: () => Promise<T>): Promise<T> {
  await rm(warehouse, { force: true });
  await rm(`${warehouse}.wal`, { force: true });
  return work();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  return (await cpuTime(work)) / 1000;
}
