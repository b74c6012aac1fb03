/** `medallion run`: one update of the pipeline, on the embedded engine or on the one that `--target` names. */

import { nearest } from "../../builder/expr/record.ts";
import { refusal } from "../check.ts";
import {
  ACCEPT_FLAG,
  type Command,
  type Given,
  PROJECT_FLAGS,
  SPARK_FLAGS,
  UPDATE_FLAGS,
  WAREHOUSE_FLAGS,
} from "../command.ts";
import { EXIT, UsageError } from "../errors.ts";
import { type Io, paintOf, separate, writeJson, writeLines } from "../io.ts";
import { loadProject, type Project } from "../load.ts";
import { reportUpdate } from "../report.ts";
import { runOnDatabricks } from "../run-databricks.ts";
import { runOnSpark } from "../run-spark.ts";
import { wantsColor } from "../style.ts";
import { acceptedOf, runUpdate, tablesOf } from "../update.ts";

/** What `run` is given when the pipeline is known to be right. */
export interface RunRequest {
  readonly given: Given;
  readonly project: Project;
  readonly only?: readonly string[];
  readonly fullRefresh: boolean;
  readonly json: boolean;
}

type Runner = (request: RunRequest, io: Io) => Promise<number>;

/** The engines, each with what it does with a request. */
const RUNNERS: Readonly<Record<string, Runner>> = {
  duckdb: runOnDuckdb,
  spark: runOnSpark,
  databricks: runOnDatabricks,
};

export const run: Command = {
  name: "run",
  summary: "runs the pipeline: on embedded DuckDB, or where --target says",
  arguments: [],
  flags: {
    target: {
      type: "string",
      short: "t",
      value: "T",
      help: `engine to run on: ${Object.keys(RUNNERS).join(", ")} (default: duckdb)`,
    },
    ...UPDATE_FLAGS,
    ...ACCEPT_FLAG,
    ...WAREHOUSE_FLAGS,
    ...SPARK_FLAGS,
    ...PROJECT_FLAGS,
  },
  about: [
    "Reads new files, applies changes, recomputes what depends on them. Each table's data and state commit together:",
    "an update that fails or is stopped leaves the last good state. A failed table stops only what reads from it.",
    "With --target spark: compiles to .medallion/spark in the base directory and runs that with spark-pipelines, on a",
    "Spark of its own or on the one that --remote names. Ctrl-C ends it.",
    "With --target databricks: starts an update of the deployed pipeline and follows it. Ctrl-C stops following; the",
    "update goes on in the workspace, and the message says where it can be stopped.",
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
    const runner = runnerOf(given);
    const project = await loadProject(given, io);
    const json = given.on("json");
    const refused = refusal(project.pipeline, json, io);
    if (refused !== undefined) return refused;
    const only = tablesOf(given.text("only"), project);
    return await runner({ given, project, json, fullRefresh: given.on("full-refresh"), ...(only && { only }) }, io);
  },
};

function runnerOf(given: Given): Runner {
  const name = given.text("target") ?? "duckdb";
  const runner = Object.hasOwn(RUNNERS, name) ? RUNNERS[name] : undefined;
  if (runner) return runner;
  const near = nearest(name, Object.keys(RUNNERS));
  throw new UsageError({
    code: "TARGET002",
    message: `medallion run has no target "${name}"`,
    help: near ? `did you mean "${near}"?` : `the targets are: ${Object.keys(RUNNERS).join(", ")}`,
  });
}

async function runOnDuckdb({ given, project, json, ...options }: RunRequest, io: Io): Promise<number> {
  const { update, errors } = await runUpdate(project, { ...options, ...acceptedOf(given) }, json, io);
  await update.close();
  const exit = update.status === "failed" ? EXIT.failed : EXIT.ok;
  if (json) {
    const { id, status, durationMs, warehouse, tables } = update;
    const upToDate = status === "completed" && tables.every((t) => t.skipped);
    const failed = tables.map((t) => ({ ...t, ...(errors.has(t.name) && { error: errors.get(t.name) }) }));
    writeJson(io, { id, status, upToDate, durationMs, warehouse, tables: failed });
    return exit;
  }
  separate(io);
  writeLines(io.stdout, [reportUpdate(update, { color: wantsColor(io.stdout, io.env), cwd: io.cwd, errors })]);
  if (update.warehouse === ":memory:")
    writeLines(io.stdout, [paintOf(io.stdout, io.env)("dim", "It was in memory and is gone now.")]);
  return exit;
}
