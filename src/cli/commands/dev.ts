/** `medallion dev`: runs what changed as files are saved, and shows it. */
import { positiveInteger } from "../args.ts";
import { ACCEPT_FLAG, type Command, PROJECT_FLAGS, WAREHOUSE_FLAGS } from "../command.ts";
import { type Cycle, runCycle } from "../dev/cycle.ts";
import { Loading } from "../dev/loading.ts";
import { changeLine, cycleLines, nothingSeen } from "../dev/report.ts";
import { type Changes, Watcher } from "../dev/watch.ts";
import { EXIT } from "../errors.ts";
import { type Io, isLive, paintOf, writeJsonLine, writeLines } from "../io.ts";
import { plural, shownPath } from "../output/format.ts";
import { type ProgressReporter, progressReporter } from "../output/progress.ts";
import { packageInfo } from "../package-info.ts";
import type { Project } from "../project/load.ts";
import { RESOURCE_FLAGS } from "../project/resources.ts";
import { acceptedOf } from "../update.ts";

const DEFAULT_LIMIT = 5;
/** More tables than these, all at once, are no look at what is in hand. */
const MOST_LOOKS = 3;

export const dev: Command = {
  name: "dev",
  summary: "watches the pipeline and its files, and runs what changed as you save",
  arguments: [],
  flags: {
    table: {
      type: "string",
      short: "t",
      value: "NAME",
      help: "show this table after every run; may be given several times",
    },
    limit: { type: "string", short: "n", value: "N", help: `how many rows to show (default: ${DEFAULT_LIMIT})` },
    ...ACCEPT_FLAG,
    ...WAREHOUSE_FLAGS,
    ...RESOURCE_FLAGS,
    ...PROJECT_FLAGS,
  },
  about: [
    "Runs the pipeline on embedded DuckDB, then again whenever its module, a module that it imports, the config or a file of a",
    "source changes. Shows what each table did, the rules that rows broke, and columns and rows of the tables that you edited.",
    "Mistakes are shown, and the next save goes on from the last good state. Ctrl-C ends it.",
    "With --json one JSON document a line: ready, change, problems, update; each with its event.",
  ],
  examples: [
    ["medallion dev", "the project of this folder, in a warehouse that stays"],
    ["medallion dev --table revenue --limit 20", "with a look at one table after every run"],
    ["medallion dev --warehouse :memory:", "keep nothing: every run starts from nothing"],
  ],
  async run(given, io) {
    const show = given.on("json") ? asJson(io) : asText(io);
    const release = io.onInterrupt?.("Stopped. The warehouse keeps its last good state.", EXIT.ok);
    const watcher = new Watcher();
    const loading = new Loading(given, io, watcher);
    let changes: Changes | undefined;
    let edited: readonly string[] = [];
    const project = async (): Promise<Project> => {
      const found = await loading.after(changes);
      if (!changes) show.ready(found);
      return found;
    };
    const look = (changed: readonly string[]): readonly string[] => {
      // After the first run every table is new: nobody has edited it.
      if (changes && changed.length > 0) edited = changed.slice(0, MOST_LOOKS);
      return [...new Set([...loading.wanted, ...edited])];
    };
    try {
      const limit = positiveInteger(given, "limit") ?? DEFAULT_LIMIT;
      for (;;) {
        const { done, ...listener } = show.listener();
        const options = { ...acceptedOf(given), look, limit, strict: !changes, ...listener };
        show.cycle(await runCycle(project, options).finally(done));
        await loading.watchWhatFailed();
        changes = await watcher.changes();
        show.change(changes);
      }
    } finally {
      release?.();
      watcher.close();
    }
  },
};

/** How the turns are shown. */
interface Show {
  ready(project: Project): void;
  change(changes: Changes): void;
  cycle(cycle: Cycle): void;
  listener(): Partial<ProgressReporter> & Pick<ProgressReporter, "done">;
}

function asText(io: Io): Show {
  const paint = paintOf(io.stdout, io.env);
  const seen = nothingSeen();
  return {
    ready: ({ pipeline, warehouse }) => {
      const { name, tables } = pipeline.toNode();
      writeLines(io.stdout, [
        `${paint("bold", "medallion dev")} ${paint("dim", `v${packageInfo().version}`)}  ${paint("cyan", name)}`,
        paint(
          "dim",
          `${plural(tables.length, "table")} in ${shownPath(warehouse, io.cwd)}; save a file to run it again, Ctrl-C to stop`,
        ),
      ]);
    },
    change: (changes) => writeLines(io.stdout, [changeLine(changes, io)]),
    cycle: (cycle) => writeLines(io.stdout, cycleLines(cycle, seen, io)),
    listener: () => (isLive(io.stderr, io.env) ? progressReporter(io.stderr, io.env) : SILENT),
  };
}

/** What a log needs is in the report of the turn. */
const SILENT = { done: () => undefined };

function asJson(io: Io): Show {
  return {
    ready: ({ pipeline, warehouse }) => {
      const { name, tables } = pipeline.toNode();
      writeJsonLine(io, { event: "ready", pipeline: name, tables: tables.length, warehouse });
    },
    change: ({ modules, sources }) => writeJsonLine(io, { event: "change", modules, sources }),
    cycle: ({ problems, update, changed, looks }) => {
      if (problems.length > 0 || !update) writeJsonLine(io, { event: "problems", diagnostics: problems });
      if (!update) return;
      const { engine, id, status, durationMs, tables, warnings, error } = update;
      const shown = looks.map(({ columns, values, ...one }) => ({
        ...one,
        columns: columns.map(({ name, type }) => ({ name, type })),
        rows: values,
      }));
      const defined = Object.fromEntries(changed);
      writeJsonLine(io, {
        event: "update",
        engine,
        id,
        status,
        durationMs,
        tables,
        warnings,
        error,
        changed: defined,
        shown,
      });
    },
    listener: () => SILENT,
  };
}
