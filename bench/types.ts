/** What `tsc` does for a large project, beside Kysely, and how that grows. */
import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { inFolder, link, ROOT, writeProject } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { kyselyProject, pipelineProject } from "./project.ts";

const exec = promisify(execFile);
const TSC = path.join(ROOT, "node_modules/.bin/tsc");

export const types: Topic = {
  name: "types",
  about: "tsc on 1,000 and 4,000 generated tables, against Kysely on 500 queries over 250 tables",
  run: (options) => inFolder((folder) => measure(folder, options)),
};

interface Check {
  readonly instantiations: number;
  /** All of `tsc`: what its user waits for. */
  readonly seconds: number;
  readonly checking: number;
}

async function measure(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  say("declarations of this package");
  await installed(folder);
  const project = {
    tables1000: await writeProject(folder, "tables1000", pipelineProject(250)),
    tables4000: await writeProject(folder, "tables4000", pipelineProject(1000)),
    apart4000: await writeProject(folder, "apart4000", pipelineProject(1000, "apart")),
    kysely: await writeProject(folder, "kysely", kyselyProject(250)),
  };
  say(`tsc on ${Object.keys(project).length} projects, ${runs} times each`);
  const checks = await byTurns(runs, {
    tables1000: () => check(project.tables1000),
    tables4000: () => check(project.tables4000),
    apart4000: () => check(project.apart4000),
    kysely: () => check(project.kysely),
  });
  const figure = (name: keyof typeof checks, what: keyof Check) => median(checks[name].map((c) => c[what]));
  const kysely = (what: keyof Check) => ({
    ours: figure("tables1000", what),
    baseline: figure("kysely", what),
    against: "Kysely, 500 queries over 250 tables",
    bar: { ratio: 1 },
  });
  const growth = (what: keyof Check) => ({
    ours: figure("tables4000", what),
    baseline: 4 * figure("tables1000", what),
    against: "four times what 1,000 tables take",
  });
  return [
    { name: "types: 1,000 tables, instantiations", unit: "count", ...kysely("instantiations") },
    { name: "types: 1,000 tables, time of tsc", unit: "s", ...kysely("seconds") },
    { name: "types: 4,000 tables, instantiations", unit: "count", ...growth("instantiations"), bar: { ratio: 1.1 } },
    { name: "types: 4,000 tables, time of tsc", unit: "s", ...growth("seconds"), bar: { ratio: 1.1 } },
    // What the memory of one process costs is in the first of these, and no part of the second.
    { name: "types: 4,000 tables, check time alone", unit: "s", ...growth("checking") },
    {
      name: "types: 4,000 tables in one pipeline, check time",
      unit: "s",
      ours: figure("tables4000", "checking"),
      baseline: figure("apart4000", "checking"),
      against: "the same modules in one process, not put together",
      bar: { ratio: 1.1 },
    },
  ];
}

/** The package as a user has it: declarations, not sources, so that only the project itself is checked. */
async function installed(folder: string): Promise<void> {
  const own = path.join(folder, "node_modules/medallion");
  await mkdir(own, { recursive: true });
  await cp(path.join(ROOT, "package.json"), path.join(own, "package.json"));
  await tsc(["-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", path.join(own, "dist")], ROOT);
  await link(folder, "kysely", "zod");
}

async function check(project: string): Promise<Check> {
  const compilerOptions = {
    target: "es2024",
    module: "nodenext",
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  };
  await writeFile(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  // One thread: several of them check the same declarations again, how often depends on the machine.
  const output = await tsc(["-p", ".", "--extendedDiagnostics", "--singleThreaded"], project);
  const value = (name: string) => Number(new RegExp(`^${name}:\\s+([0-9.]+)s?$`, "m").exec(output)?.[1]);
  return { instantiations: value("Instantiations"), seconds: value("Total time"), checking: value("Check time") };
}

async function tsc(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await exec(TSC, args, { cwd, maxBuffer: 64 << 20 });
  return stdout;
}
