/** Projects on a local Spark: the generated one, the same tables by hand for Spark, and embedded DuckDB. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { run } from "medallion/run";
import flightsPipeline from "../examples/flights/pipeline.ts";
import { findSpark } from "../src/engines/spark/find.ts";
import { environmentOf } from "../src/engines/spark/project.ts";
import { layOutBrokerage } from "./brokerage/data.ts";
import { DATA_WANTED, type FlightsYear, layOutYear } from "./flights-data.ts";
import { inFolder, ROOT } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { text, withDuckDB } from "./warehouse.ts";

const exec = promisify(execFile);
const VENV = path.join(ROOT, ".spark/venv");
const TRADES = Number(process.env["MEDALLION_BENCH_TRADES"] ?? 1_000_000);

export const spark: Topic = {
  name: "spark",
  about:
    "the flights year (needs --data) and a brokerage on a local Spark (needs .spark), against the same tables by hand, and against DuckDB (MEDALLION_BENCH_TRADES)",
  run: async (options) => {
    if (!existsSync(VENV)) {
      options.say("left out: node scripts/spark-env.mjs makes the Spark that it needs");
      return [];
    }
    const { data, say } = options;
    if (data === undefined) say(`the flights year is left out: ${DATA_WANTED}`);
    return [...(data === undefined ? [] : await flights(data, options)), ...(await brokerage(options))];
  },
};

/** What is compared: a pipeline, and the same tables by hand. */
interface Project {
  readonly baseDir: string;
  readonly pipeline: string;
  readonly byHand: string;
}

/** Seconds as a process, Spark's start included. */
interface Turn {
  readonly full: number;
  /** The next update, when one file with a hundredth of the flights is new. */
  readonly newFile: number;
}

const BY_HAND = "run by spark-pipelines on local[*]";

async function flights(data: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  return inFolder(async (folder) => {
    say("the flights year as files");
    const year = await layOutYear(folder, data);
    const project = {
      baseDir: year.baseDir,
      pipeline: path.join(ROOT, "examples/flights/pipeline.ts"),
      byHand: path.join(import.meta.dirname, "flights-spark.py"),
    };
    say(`the generated project, the one by hand, and DuckDB, ${runs} times each`);
    const turns = await byTurns<"ours" | "theirs" | "duckdb", Turn>(runs, {
      ours: () => turn(year, ".medallion/spark", () => generated(project)),
      theirs: () => turn(year, "by-hand", () => byHand(project)),
      duckdb: async () => ({ full: await timed(() => onDuckdb(year.baseDir)), newFile: Number.NaN }),
    });
    const figure = (of: keyof typeof turns, what: keyof Turn) => median(turns[of].map((t) => t[what]));
    const line = (name: string, what: keyof Turn): Line => ({
      name,
      ours: figure("ours", what),
      baseline: figure("theirs", what),
      against: `a project by hand (bench/flights-spark.py), ${BY_HAND}`,
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

async function brokerage({ runs, say }: BenchOptions): Promise<readonly Line[]> {
  return inFolder(async (baseDir) => {
    say(`a brokerage of ${TRADES} trades, the generated project and the one by hand, ${runs} times each`);
    await layOutBrokerage(baseDir, TRADES);
    const folder = path.join(import.meta.dirname, "brokerage");
    const project = {
      baseDir,
      pipeline: path.join(folder, "pipeline.ts"),
      byHand: path.join(folder, "by-hand.py"),
    };
    const fresh = async (state: string, update: () => Promise<unknown>) => {
      await rm(path.join(baseDir, state), { recursive: true, force: true });
      return timed(update);
    };
    const turns = await byTurns<"ours" | "theirs", number>(runs, {
      ours: () => fresh(".medallion/spark", () => generated(project)),
      theirs: () => fresh("by-hand", () => byHand(project)),
    });
    await expectSame(baseDir, ["trade_facts", "volume_by_symbol", "trades_by_sector"]);
    return [
      {
        name: `spark: a brokerage of ${TRADES} trades, from nothing`,
        ours: median(turns.ours),
        baseline: median(turns.theirs),
        against: `a project by hand (bench/brokerage/by-hand.py), ${BY_HAND}`,
        unit: "s",
        bar: { ratio: 1.5 },
      },
    ];
  });
}

/** @throws Error where a gold table of the two projects has other rows. */
async function expectSame(baseDir: string, tables: readonly string[]): Promise<void> {
  await withDuckDB(":memory:", async (connection) => {
    for (const table of tables) {
      const [ours, theirs] = [".medallion/spark", "by-hand"].map(
        (state) => `FROM ${text(path.join(baseDir, state, "warehouse/gold.db", table, "*.parquet"))}`,
      );
      const rows = `(${ours} EXCEPT ALL ${theirs}) UNION ALL (${theirs} EXCEPT ALL ${ours})`;
      const found = await connection.runAndReadAll(`SELECT count(*) FROM (${rows})`);
      const count = Number(found.getRowsJS()[0]?.[0]);
      if (count > 0) throw new Error(`gold.${table}: ${count} rows are in one of the two projects only`);
    }
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
async function byHand({ baseDir, byHand: file }: Project): Promise<void> {
  const project = path.join(baseDir, "by-hand");
  await mkdir(path.join(project, "transformations"), { recursive: true });
  await cp(file, path.join(project, "transformations/tables.py"));
  const spec = `name: by_hand
catalog: spark_catalog
database: default
storage: "file://${project}/storage"
configuration:
  spark.sql.ansi.enabled: "true"
  spark.sql.session.timeZone: "UTC"
  bench.base: "file://${baseDir}/"
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

async function generated({ baseDir, pipeline }: Project): Promise<void> {
  const main = path.join(ROOT, "src/cli/main.ts");
  const flags = ["--target", "spark", "--spark-home", VENV, "--pipeline", pipeline, "--base-dir", baseDir, "--json"];
  await exec(process.execPath, ["--conditions=medallion-source", main, "run", ...flags], { maxBuffer: 1 << 26 });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
