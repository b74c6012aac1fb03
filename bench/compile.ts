/** From source to the SQL of 4,000 tables, for each target, alongside Kysely's compiler on as many queries. */
import { execFile } from "node:child_process";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import type { Target } from "medallion";
import type { Compilation } from "./compile-once.ts";
import { inFolder, link, writeProject } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { kyselyProject, type Module, pipelineProject } from "./project.ts";

const exec = promisify(execFile);

/** The targets that `compile()` knows. */
const TARGETS: readonly Target[] = ["databricks", "spark", "duckdb"];
const SETS = 1000;

export const compile: Topic = {
  name: "compile",
  about: "build, analyze and compile 4,000 tables for each target, against Kysely on 4,000 queries",
  run: (options) => inFolder((folder) => measure(folder, options)),
};

async function measure(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  await link(folder, "medallion", "kysely");
  const ours = await writeProject(folder, "ours", pipelineProject(SETS).map(withoutTypes));
  const kysely = await writeProject(folder, "kysely", kyselyProject(SETS * 2).map(withoutTypes));
  say(`4,000 tables for ${TARGETS.join(", ")} and Kysely, ${runs} times each`);
  const measures = {
    kysely: () => once(kysely, "kysely"),
    ...Object.fromEntries(TARGETS.map((target) => [target, () => once(ours, target)])),
  };
  const results = await byTurns<string, Compilation>(runs, measures);
  const seconds = (name: string) => median((results[name] ?? []).map((r) => r.seconds));
  return TARGETS.map((target) => ({
    name: `compile: 4,000 tables to ${target}`,
    ours: seconds(target),
    baseline: seconds("kysely"),
    against: "Kysely building and compiling 4,000 queries (no analysis)",
    unit: "s" as const,
    bar: { ours: 1.6 },
  }));
}

/** As JavaScript: what a loader takes to strip types is not a part of what is measured. */
function withoutTypes({ name, text }: Module): Module {
  return { name: name.replace(/ts$/, "js"), text: stripTypeScriptTypes(text).replaceAll('.ts";', '.js";') };
}

/** In a process of its own: nothing is warm, as when a person compiles. */
async function once(project: string, what: Target | "kysely"): Promise<Compilation> {
  const script = path.join(import.meta.dirname, "compile-once.ts");
  const args = ["--conditions=medallion-source", script, project, what];
  const { stdout } = await exec(process.execPath, args, { cwd: project });
  return JSON.parse(stdout) as Compilation;
}
