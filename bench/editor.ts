/** How long an editor waits for completion after an edit, in projects of 200 tables, over TypeScript's language server. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { languageServer } from "../test/types/lsp.ts";
import { inFolder, writeProject } from "./folder.ts";
import { type BenchOptions, type Line, median, type Topic } from "./line.ts";
import { type Module, pipelineProject } from "./project.ts";
import { shapedProject, TABLES_PER_AREA } from "./shapes.ts";
import { configured, installed } from "./tsc.ts";

const TABLES = 200;
const MOST_MS = 300;
/** The least that is offered: the columns of the tables. */
const COLUMNS = 18;

export const editor: Topic = {
  name: "editor",
  about: "completion after an edit in projects of 200 tables, over tsc --lsp",
  run: (options) =>
    inFolder(async (folder) => {
      await installed(folder);
      return [
        await line("18 columns", folder, options, pipelineProject(TABLES / 4)),
        await line("40 columns, real shapes", folder, options, shapedProject(TABLES / TABLES_PER_AREA, 40)),
      ];
    }),
};

async function line(name: string, folder: string, options: BenchOptions, modules: readonly Module[]): Promise<Line> {
  options.say(`completion in 200 tables of ${name}`);
  const project = await writeProject(folder, name.replaceAll(/\W+/g, "-"), modules);
  await configured(project);
  // The last table of a module knows all others of it.
  const module = modules.at(-2)?.name ?? "";
  const { first, after } = await completions(project, path.join(project, module), options.runs);
  return {
    name: `editor: 200 tables of ${name}, completion after an edit`,
    unit: "ms",
    ours: median(after),
    baseline: first,
    against: "the first completion after the project is opened",
    bar: { ours: MOST_MS },
  };
}

/** How long the first completion takes, and those after edits of a table, each with another text before the name. */
async function completions(project: string, file: string, runs: number) {
  const text = await readFile(file, "utf8");
  const end = text.lastIndexOf("\n  }))");
  const typed = (i: number) => `${text.slice(0, end)}\n    typed${i}: $.${lastTable(text)}.where((c) => c.`;
  const server = await languageServer(project);
  const complete = async (i: number): Promise<number> => {
    const before = typed(i);
    const start = performance.now();
    await server.edit(file, `${before}),${text.slice(end)}`);
    const names = await server.completion(file, before.length);
    if (names.length < COLUMNS) throw new Error(`nothing is offered in ${file}`);
    return performance.now() - start;
  };
  try {
    const first = await complete(0);
    const after: number[] = [];
    for (let i = 1; i <= runs; i++) after.push(await complete(i));
    return { first, after };
  } finally {
    await server.stop();
  }
}

/** The table that the last layer of a module reads, and so can be read again. */
function lastTable(text: string): string {
  const name = [...text.matchAll(/\$\.(\w+)/g)].at(-1)?.[1];
  if (name === undefined) throw new Error("a module without tables");
  return name;
}
