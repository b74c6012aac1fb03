/** The flights year on embedded DuckDB, beside the same pipeline on a local Spark. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { run } from "medallion/run";
import flightsPipeline from "../examples/flights/pipeline.ts";
import { DATA_WANTED, layOutYear } from "./flights-data.ts";
import { inFolder, ROOT } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";

const exec = promisify(execFile);
const VENV = path.join(ROOT, ".spark/venv");

export const spark: Topic = {
  name: "spark",
  about: "the flights year on DuckDB, against the same pipeline on a local Spark (needs --data and .spark)",
  run: async (options) => {
    if (options.data === undefined) options.say(`left out: ${DATA_WANTED}`);
    else if (!existsSync(VENV)) options.say("left out: node scripts/spark-env.mjs makes the Spark that it needs");
    else return measure(options.data, options);
    return [];
  },
};

async function measure(data: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  return inFolder(async (folder) => {
    say("the flights year as files");
    const { baseDir } = await layOutYear(folder, data);
    say(`DuckDB and Spark, ${runs} times each`);
    const { ours, theirs } = await byTurns<"ours" | "theirs", number>(runs, {
      ours: () => timed(() => onDuckdb(baseDir)),
      theirs: () => timed(() => onSpark(baseDir)),
    });
    return [
      {
        name: "spark: the year, all layers, from nothing",
        ours: median(ours),
        baseline: median(theirs),
        against: "medallion run --target spark on local[*], its start included",
        unit: "s",
        bar: { ratio: 1 },
      },
    ];
  });
}

async function onDuckdb(baseDir: string): Promise<void> {
  const warehouse = path.join(baseDir, "bench.duckdb");
  await rm(warehouse, { force: true });
  await using update = await run(flightsPipeline, { warehouse, baseDir });
  if (update.status !== "completed") throw new Error(update.tables.find((t) => t.reason !== undefined)?.reason);
}

async function onSpark(baseDir: string): Promise<void> {
  await rm(path.join(baseDir, ".medallion/spark"), { recursive: true, force: true });
  const main = path.join(ROOT, "src/cli/main.ts");
  const pipeline = path.join(ROOT, "examples/flights/pipeline.ts");
  const flags = ["--target", "spark", "--spark-home", VENV, "--pipeline", pipeline, "--base-dir", baseDir, "--json"];
  await exec(process.execPath, ["--conditions=medallion-source", main, "run", ...flags], { maxBuffer: 1 << 26 });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
