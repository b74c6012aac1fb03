/** The flights year on a local Spark: the generated project, the same tables by hand for Spark, and embedded DuckDB. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { run } from "medallion/run";
import flightsPipeline from "../examples/flights/pipeline.ts";
import { findSpark } from "../src/engines/spark/find.ts";
import { environmentOf } from "../src/engines/spark/project.ts";
import { DATA_WANTED, type FlightsYear, layOutYear } from "./flights-data.ts";
import { inFolder, ROOT } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";

const exec = promisify(execFile);
const VENV = path.join(ROOT, ".spark/venv");

export const spark: Topic = {
  name: "spark",
  about:
    "the flights year on a local Spark, against the same tables by hand, and against DuckDB (needs --data and .spark)",
  run: async (options) => {
    if (options.data === undefined) options.say(`left out: ${DATA_WANTED}`);
    else if (!existsSync(VENV)) options.say("left out: node scripts/spark-env.mjs makes the Spark that it needs");
    else return measure(options.data, options);
    return [];
  },
};

/** Seconds as a process, Spark's start included. */
interface Turn {
  readonly full: number;
  /** The next update, when one file with a hundredth of the flights is new. */
  readonly newFile: number;
}

async function measure(data: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  return inFolder(async (folder) => {
    say("the flights year as files");
    const year = await layOutYear(folder, data);
    say(`the generated project, the one by hand, and DuckDB, ${runs} times each`);
    const turns = await byTurns<"ours" | "theirs" | "duckdb", Turn>(runs, {
      ours: () => turn(year, ".medallion/spark", () => generated(year.baseDir)),
      theirs: () => turn(year, "by-hand", () => byHand(year.baseDir)),
      duckdb: async () => ({ full: await timed(() => onDuckdb(year.baseDir)), newFile: Number.NaN }),
    });
    const figure = (of: keyof typeof turns, what: keyof Turn) => median(turns[of].map((t) => t[what]));
    const against = "a project by hand (bench/flights-spark.py), run by spark-pipelines on local[*]";
    const line = (name: string, what: keyof Turn): Line => ({
      name,
      ours: figure("ours", what),
      baseline: figure("theirs", what),
      against,
      unit: "s",
      bar: { ratio: 1.5 },
    });
    return [
      line("spark: the generated project, all layers, from nothing", "full"),
      line("spark: the generated project, one new file of 1 %", "newFile"),
      {
        name: "spark: the year on embedded DuckDB",
        ours: figure("duckdb", "full"),
        baseline: figure("ours", "full"),
        against: "the generated project on Spark",
        unit: "s",
        bar: { ratio: 1 },
      },
    ];
  });
}

async function turn(year: FlightsYear, state: string, update: () => Promise<unknown>): Promise<Turn> {
  await rm(path.join(year.baseDir, state), { recursive: true, force: true });
  const full = await timed(update);
  await copyFile(year.late, year.lateDelivered);
  try {
    return { full, newFile: await timed(update) };
  } finally {
    await rm(year.lateDelivered);
  }
}

/** The project by hand, in the same environment as a generated one. */
async function byHand(baseDir: string): Promise<void> {
  const project = path.join(baseDir, "by-hand");
  await mkdir(path.join(project, "transformations"), { recursive: true });
  await cp(path.join(import.meta.dirname, "flights-spark.py"), path.join(project, "transformations/flights.py"));
  const spec = `name: flights
catalog: spark_catalog
database: default
storage: "file://${project}/storage"
configuration:
  spark.sql.ansi.enabled: "true"
  spark.sql.session.timeZone: "UTC"
  flights.base: "file://${baseDir}/"
libraries:
  - glob:
      include: transformations/**
`;
  await writeFile(path.join(project, "spark-pipeline.yml"), spec);
  const { command, env } = await findSpark(VENV, process.env, [project]);
  const args = ["--remote", "local[*]", "run", "--spec", path.join(project, "spark-pipeline.yml")];
  const options = { cwd: project, env: { ...environmentOf({}, env, project) }, maxBuffer: 1 << 26 };
  const { stdout, stderr } = await exec(command, args, options);
  if (!/Run is COMPLETED/.test(stdout + stderr)) throw new Error(`the project by hand failed:\n${stderr.slice(-2000)}`);
}

async function onDuckdb(baseDir: string): Promise<void> {
  const warehouse = path.join(baseDir, "bench.duckdb");
  await rm(warehouse, { force: true });
  await using update = await run(flightsPipeline, { warehouse, baseDir });
  if (update.status !== "completed") throw new Error(update.tables.find((t) => t.reason !== undefined)?.reason);
}

async function generated(baseDir: string): Promise<void> {
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
