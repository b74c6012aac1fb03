/** `medallion run`: one update of the pipeline, on the embedded engine or on the one that `--target` names. */
import { ENGINES, isBuiltIn } from "../../engines/index.ts";
import type { UpdateResult } from "../../engines/result.ts";
import { refusal } from "../check.ts";
import { ACCEPT_FLAG, type Command, PROJECT_FLAGS, UPDATE_FLAGS, WAREHOUSE_FLAGS } from "../command.ts";
import { BUILT_IN, doorOf, ENGINE_FLAGS } from "../engines/index.ts";
import { EXIT } from "../errors.ts";
import { separate, widthOf, writeJson, writeLines } from "../io.ts";
import { reportUpdate } from "../output/report.ts";
import { wantsColor } from "../output/style.ts";
import { loadProject } from "../project/load.ts";
import { tablesOf, watched } from "../update.ts";

export const run: Command = {
  name: "run",
  summary: "runs the pipeline: on embedded DuckDB, or on the engine that --target names",
  arguments: [],
  flags: {
    target: {
      type: "string",
      short: "t",
      value: "T",
      help: `engine to run on: ${BUILT_IN.join(", ")} (default: duckdb), or one of the config`,
    },
    ...UPDATE_FLAGS,
    ...ACCEPT_FLAG,
    ...WAREHOUSE_FLAGS,
    ...ENGINE_FLAGS,
    ...PROJECT_FLAGS,
  },
  about: [
    "Reads new files, applies changes, recomputes what depends on them. Each table's data and state commit together:",
    "an update that fails or is stopped leaves the last good state. A failed table stops only what reads from it.",
    "With --target spark: compiles to .medallion/spark in the base directory and runs that with spark-pipelines, on",
    "its own Spark or on the one that --remote names. Ctrl-C ends it.",
    "With --target databricks: starts an update of the deployed pipeline and follows it. Ctrl-C stops following; the",
    "update goes on in the workspace, and the message tells where it can be stopped.",
  ],
  examples: [
    ["medallion run", "bring every table up to date"],
    ["medallion run --only revenue,orders", "these tables and what they read"],
    ["medallion run --full-refresh --warehouse :memory:", "everything from nothing, and keep nothing"],
    ["medallion run --target spark", "the same pipeline on Spark, with its tables in .medallion/spark/warehouse"],
    ["medallion run --target databricks --env prod", "an update in the workspace, after medallion deploy"],
    ["medallion run --json | jq '.tables[] | {name, rowsWritten}'", "for a program"],
  ],
  async run(given, io) {
    const target = given.text("target") ?? "duckdb";
    // While the project is loaded. What is wrong with the engine is told when it is used.
    if (isBuiltIn(target)) void ENGINES[target]().catch(() => undefined);
    const project = await loadProject(given, io);
    const door = doorOf(target, project.engines, given);
    const json = given.on("json");
    const refused = refusal(project.pipeline, json, io);
    if (refused !== undefined) return refused;
    const only = tablesOf(given.text("only"), project);
    const opened = await door.open(project, given, io);
    const request = { fullRefresh: given.on("full-refresh"), ...(only && { only }) };
    const { update, place } = await watched(opened, json, io, (onEvent) => opened.run({ ...request, onEvent }));
    if (json) writeJson(io, asJson(update));
    else {
      separate(io);
      const options = {
        color: wantsColor(io.stdout, io.env),
        cwd: io.cwd,
        width: widthOf(io.stdout),
        ...(place && { place }),
      };
      writeLines(io.stdout, [reportUpdate(update, options)]);
    }
    return update.status === "failed" ? EXIT.failed : EXIT.ok;
  },
};

/** The same on every engine; what follows `tables` is where the result is. */
function asJson({ engine, id, status, durationMs, tables, warnings, ...rest }: UpdateResult): object {
  const upToDate = status === "completed" && tables.every((t) => t.skipped);
  return { engine, id, status, upToDate, durationMs, tables, warnings, ...rest };
}
