/** The flights year in other tools, as whole processes on one machine: the same tables of the same files, in DuckDB. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { DATA_WANTED, type FlightsYear, layOutYear } from "./flights-data.ts";
import { inFolder, ROOT } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { writeDbtProject } from "./peers/dbt.ts";
import { flightsModels } from "./peers/models.ts";
import { writeSqlmeshProject } from "./peers/sqlmesh.ts";

const exec = promisify(execFile);
const HOME = path.join(ROOT, ".peers");

export const peers: Topic = {
  name: "peers",
  about: "the flights year against dbt and SQLMesh on DuckDB, as processes (needs --data and .peers)",
  run: async (options) => {
    if (options.data === undefined) options.say(`left out: ${DATA_WANTED}`);
    else if (!existsSync(path.join(HOME, "versions.json")))
      options.say("left out: node scripts/peers-env.mjs makes the tools that it needs");
    else return measure(options.data, options);
    return [];
  },
};

type Name = "medallion" | "dbt" | "sqlmesh";

/** What one turn of a tool took, in seconds. */
interface Turn {
  readonly full: number;
  readonly nothingNew: number;
  readonly newFile: number;
}

/** A tool: how it starts from nothing, and its commands. */
interface Tool {
  readonly warehouse: string;
  readonly full: readonly string[];
  readonly again: readonly string[];
  /** How a file that came is taken in, where that is another command. */
  readonly newFile?: readonly string[];
}

const TOOLS: Readonly<Record<Name, Tool>> = {
  medallion: command("run", "--pipeline", path.join(ROOT, "examples/flights/pipeline.ts"), "--base-dir", "."),
  dbt: dbt("build", "--profiles-dir", "."),
  sqlmesh: {
    warehouse: "mesh.duckdb",
    full: sqlmesh("plan", "--auto-apply", "--no-prompts"),
    again: sqlmesh("run"),
    // A model is due once a day: a file that comes in between is a restatement.
    newFile: sqlmesh("plan", "--auto-apply", "--no-prompts", "--restate-model", "bronze.*"),
  },
};

function command(...args: readonly string[]): Tool {
  const run = [process.execPath, path.join(ROOT, "dist/cli/main.js"), ...args, "--warehouse", "medallion.duckdb"];
  return { warehouse: "medallion.duckdb", full: run, again: run };
}

function dbt(...args: readonly string[]): Tool {
  const run = [path.join(HOME, "dbt/bin/dbt"), ...args];
  return { warehouse: "dbt.duckdb", full: run, again: run };
}

function sqlmesh(...args: readonly string[]): readonly string[] {
  return [path.join(HOME, "sqlmesh/bin/sqlmesh"), ...args];
}

async function measure(data: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  return inFolder(async (folder) => {
    say("the package is built, the flights year written as files");
    await exec(process.execPath, [path.join(ROOT, "scripts/build.mjs")], { cwd: ROOT, env: withBin() });
    const year = await layOutYear(path.join(folder, "medallion"), data);
    const folders = await projects(folder);
    say(`medallion, dbt and SQLMesh, ${runs} times each`);
    const turns = await byTurns<Name, Turn>(runs, {
      medallion: () => turn(TOOLS.medallion, folders.medallion, year),
      dbt: () => turn(TOOLS.dbt, folders.dbt, year),
      sqlmesh: () => turn(TOOLS.sqlmesh, folders.sqlmesh, year),
    });
    const versions = await versionsOf();
    return (["dbt", "sqlmesh"] as const).flatMap((peer) =>
      STEPS.map(([step, name, bar]): Line => {
        const seconds = (tool: Name) => median(turns[tool].map((one) => one[step]));
        return {
          name: `peers: ${name}, against ${peer}`,
          ours: seconds("medallion"),
          baseline: seconds(peer),
          against: versions[peer],
          unit: "s",
          ...(bar !== undefined && { bar: { ratio: bar } }),
        };
      }),
    );
  });
}

const STEPS: readonly (readonly [step: keyof Turn, name: string, bar?: number])[] = [
  ["full", "the year from nothing", 1 / 3],
  ["nothingNew", "nothing new", 1 / 12],
  ["newFile", "one new file of 1 %"],
];

/** A folder per tool with its project, and the same data. */
async function projects(folder: string): Promise<Readonly<Record<Name, string>>> {
  const of = (name: Name) => path.join(folder, name);
  const models = await flightsModels();
  for (const name of ["dbt", "sqlmesh"] as const)
    await cp(path.join(of("medallion"), "data"), path.join(of(name), "data"), { recursive: true });
  await writeDbtProject(of("dbt"), models);
  await writeSqlmeshProject(of("sqlmesh"), models);
  return { medallion: of("medallion"), dbt: of("dbt"), sqlmesh: of("sqlmesh") };
}

async function turn(tool: Tool, folder: string, year: FlightsYear): Promise<Turn> {
  for (const file of [tool.warehouse, `${tool.warehouse}.wal`]) await rm(path.join(folder, file), { force: true });
  const late = path.join(folder, "data/flights", path.basename(year.lateDelivered));
  const full = await timed(tool.full, folder);
  const nothingNew = await timed(tool.again, folder);
  await copyFile(year.late, late);
  try {
    return { full, nothingNew, newFile: await timed(tool.newFile ?? tool.again, folder) };
  } finally {
    await rm(late);
  }
}

/** The whole process, from its start to its end. */
async function timed([program = "", ...args]: readonly string[], cwd: string): Promise<number> {
  const began = performance.now();
  await exec(program, args, { cwd, maxBuffer: 1 << 26, env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: "0" } });
  return (performance.now() - began) / 1000;
}

async function versionsOf(): Promise<Readonly<Record<Name, string>>> {
  const { peers: tools } = JSON.parse(await readFile(path.join(HOME, "versions.json"), "utf8")) as {
    readonly peers: Readonly<Record<"dbt" | "sqlmesh", readonly string[]>>;
  };
  const shown = (name: "dbt" | "sqlmesh") => tools[name].map((spec) => spec.replace("==", " ")).join(", ");
  return { medallion: "", dbt: shown("dbt"), sqlmesh: shown("sqlmesh") };
}

const withBin = () => ({ ...process.env, PATH: `${path.join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}` });
