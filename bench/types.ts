/** What `tsc` does for a large project, alongside Kysely, and for one of real shape, and how that grows. */
import { inFolder, link, writeProject } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { kyselyProject, pipelineProject } from "./project.ts";
import { shapedProject, TABLES_PER_AREA } from "./shapes.ts";
import { type Check, check, installed } from "./tsc.ts";

export const types: Topic = {
  name: "types",
  about: "tsc on 1,000 and 4,000 generated tables, against Kysely on 500 queries over 250 tables, and on real shapes",
  run: (options) =>
    inFolder(async (folder) => {
      options.say("declarations of this package");
      await installed(folder);
      return [...(await large(folder, options)), ...(await shaped(folder, options))];
    }),
};

async function large(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  await link(folder, "kysely");
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
  });
  const growth = (what: keyof Check) => ({
    ours: figure("tables4000", what),
    baseline: 4 * figure("tables1000", what),
    against: "four times what 1,000 tables take",
  });
  const together = (what: keyof Check) => ({
    ours: figure("tables4000", what),
    baseline: figure("apart4000", what),
    against: "the same modules in one process, not put together",
  });
  return [
    { name: "types: 1,000 tables, instantiations", unit: "count", ...kysely("instantiations"), bar: { ours: 450_000 } },
    { name: "types: 1,000 tables, time of tsc", unit: "s", ...kysely("seconds"), bar: { ratio: 0.2 } },
    { name: "types: 4,000 tables, instantiations", unit: "count", ...growth("instantiations"), bar: { ratio: 1.1 } },
    { name: "types: 4,000 tables, time of tsc", unit: "s", ...growth("seconds"), bar: { ratio: 1.1 } },
    { name: "types: 4,000 tables, types made", unit: "count", ...growth("types"), bar: { ratio: 1.1 } },
    // What the memory of one process costs is in the times before, and no part of these.
    {
      name: "types: 4,000 tables in one pipeline, types made",
      unit: "count",
      ...together("types"),
      bar: { ratio: 1.05 },
    },
    {
      name: "types: 4,000 tables in one pipeline, time of tsc",
      unit: "s",
      ...together("seconds"),
      bar: { ratio: 1.1 },
    },
  ];
}

/** Real shapes: what a table costs, and how that grows with the tables and with their columns. */
async function shaped(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  const project = (tables: number, columns: number) =>
    writeProject(folder, `shaped${tables}x${columns}`, shapedProject(tables / TABLES_PER_AREA, columns));
  const count = async (tables: number, columns: number) => (await check(await project(tables, columns))).instantiations;
  say("tsc on projects of real shape");
  const [few, many] = [await count(50, 40), await count(400, 40)];
  const [narrow, middle, wide] = [await count(200, 10), await count(200, 20), await count(200, 60)];
  const [hundred, fourHundred] = [await project(100, 40), await project(400, 40)];
  const seconds = await byTurns(runs, {
    hundred: async () => (await check(hundred)).seconds,
    fourHundred: async () => (await check(fourHundred)).seconds,
  });
  return [
    {
      name: "types: real shapes, 200 tables of 60 columns, instantiations per table",
      unit: "count",
      ours: wide / 200,
      baseline: narrow / 200,
      against: "the same tables of 10 columns",
      bar: { ours: 2500 },
    },
    {
      name: "types: real shapes, 400 tables of 40 columns, instantiations",
      unit: "count",
      ours: many,
      baseline: 8 * few,
      against: "eight times what 50 tables need",
      bar: { ratio: 1.1 },
    },
    {
      name: "types: real shapes, 40 columns more, instantiations",
      unit: "count",
      ours: wide - middle,
      baseline: 4 * (middle - narrow),
      against: "four times what 10 columns more need",
      bar: { ratio: 1.1 },
    },
    {
      name: "types: real shapes, 400 tables of 40 columns, time of tsc",
      unit: "s",
      ours: median(seconds.fourHundred),
      baseline: 4 * median(seconds.hundred),
      against: "four times what 100 tables need",
      bar: { ratio: 1.1 },
    },
  ];
}
