/** `medallion run --target spark`: compiles the project and runs it with Spark's own `spark-pipelines`. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { type CompileOptions, compile } from "../compile/compile.ts";
import { flowNames } from "../compile/sdp/parts.ts";
import type { RunRequest } from "./commands/run.ts";
import type { SparkConfig } from "./config-spark.ts";
import { CliError, EXIT, hasCode } from "./errors.ts";
import { duration, plural, shownPath } from "./format.ts";
import { type Io, paintOf, separate, writeJson, writeLines } from "./io.ts";
import type { Project } from "./load.ts";
import { problemLines } from "./problem.ts";
import { progressReporter } from "./progress.ts";
import { findSpark, type Spark } from "./spark/find.ts";
import { Follower, type SparkTable, withInputs } from "./spark/follow.ts";
import type { Env } from "./style.ts";
import { tableLines } from "./table.ts";
import { writeTo } from "./write.ts";

const STARTING = "Starting Spark …";

export async function runOnSpark(request: RunRequest, io: Io): Promise<number> {
  const { project, json } = request;
  const found = await findSpark(project.spark.home, io.env, [io.cwd, project.baseDir]);
  const at = foldersOf(project);
  const spark = { ...found, env: environmentOf(project.spark, found.env, path.dirname(at.log)) };
  const options = sparkOptions(project);
  const { files } = compile(project.pipeline, options);
  rmSync(path.join(at.project, "transformations"), { recursive: true, force: true });
  for (const file of files) await writeTo(at.project, file);

  const started = performance.now();
  const progress = json ? undefined : progressReporter(io.stderr, io.env);
  if (!json && io.stderr.isTTY !== true) writeLines(io.stderr, [STARTING]);
  const node = project.pipeline.toNode();
  const follower = new Follower(node, options, randomUUID(), (event) => progress?.onEvent(event));
  const release = io.onInterrupt?.("Interrupted. Spark was stopped; run again, and its streams go on where they were.");
  const code = await followed(spark, argumentsOf(request, options, at), { ...at, follower }).finally(() => {
    progress?.done();
    release?.();
  });
  const tables = follower.end(code);
  const failed = code !== 0 || tables.some((t) => t.status === "failed");
  const status = failed ? "failed" : "completed";
  const durationMs = performance.now() - started;
  if (json) {
    writeJson(io, { status, durationMs, project: at.project, log: at.log, tables, error: follower.error });
    return failed ? EXIT.failed : EXIT.ok;
  }
  separate(io);
  writeLines(io.stdout, report({ tables, failed, durationMs, log: at.log, error: follower.error }, io));
  return failed ? EXIT.failed : EXIT.ok;
}

interface Folders {
  /** What is compiled, and where Spark runs. */
  readonly project: string;
  readonly log: string;
}

function foldersOf(project: Project): Folders {
  const folder = path.join(project.baseDir, ".medallion/spark");
  mkdirSync(folder, { recursive: true });
  return { project: path.join(folder, "project"), log: path.join(folder, "run.log") };
}

/** How the project of the command line is compiled: the same for `compile` and `run`. */
export function sparkOptions({ baseDir, params, spark }: Project): CompileOptions & { readonly target: "spark" } {
  const { catalog, schemas, autoCdc, storage } = spark;
  return {
    target: "spark",
    baseDir: pathToFileURL(baseDir).href,
    storage: storage ?? pathToFileURL(path.join(baseDir, ".medallion/spark/storage")).href,
    params,
    ...(catalog !== undefined && { catalog }),
    ...(schemas !== undefined && { schemas }),
    ...(autoCdc !== undefined && { autoCdc }),
  };
}

/**
 * What a Spark of its own starts with. It keeps its tables in a folder: without a metastore it would forget them, while
 * its streams remember what they have read. Where `SPARK_CONF_DIR` is set, the user says where tables are kept.
 */
function environmentOf({ remote, conf = {} }: SparkConfig, env: Env, folder: string): Env {
  if (remote !== undefined) return env;
  const own = {
    "spark.sql.catalogImplementation": "hive",
    "spark.sql.warehouse.dir": path.join(folder, "warehouse"),
    "spark.hadoop.javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${path.join(folder, "metastore")};create=true`,
    "spark.driver.extraJavaOptions": `-Duser.timezone=UTC -Dderby.system.home=${folder}`,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
  };
  const settings = Object.entries({ ...(env["SPARK_CONF_DIR"] ? {} : own), ...conf });
  // Python splits it as a shell does. spark-pipelines takes --conf as well, and keeps it from the Spark that it starts.
  const words = settings.map(([name, value]) => `--conf '${`${name}=${value}`.replaceAll("'", `'"'"'`)}'`);
  return { ...env, PYSPARK_SUBMIT_ARGS: [...words, "pyspark-shell"].join(" ") };
}

function argumentsOf(
  { project, only, fullRefresh }: RunRequest,
  options: CompileOptions,
  at: Folders,
): readonly string[] {
  const { remote } = project.spark;
  const pipeline = project.pipeline.toNode();
  const wanted = only && withInputs(only, pipeline);
  const schemas = options.schemas ?? {};
  const names = pipeline.tables
    .filter((table) => wanted?.has(table.name))
    .flatMap((table) => flowNames(table, options).map((name) => `${schemas[table.layer] ?? table.layer}.${name}`));
  return [
    ...(remote === undefined ? [] : ["--remote", remote]),
    "run",
    "--spec",
    path.join(at.project, "spark-pipeline.yml"),
    ...(wanted ? [fullRefresh ? "--full-refresh" : "--refresh", names.join(",")] : []),
    ...(fullRefresh && !wanted ? ["--full-refresh-all"] : []),
  ];
}

/** Runs it to its end and gives its exit code. It ends with this process, however that ends. */
function followed(
  { command, env }: Spark,
  args: readonly string[],
  { project, log, follower }: Folders & { readonly follower: Follower },
): Promise<number> {
  // A process group of its own: what is started is a shell that starts Java that starts Python.
  const child = spawn(command, args, {
    cwd: project,
    env: { ...env, PYTHONUNBUFFERED: "1" },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => endGroup(child);
  process.once("exit", kill);
  process.once("SIGTERM", kill);
  const file = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      file.write(`${line}\n`);
      follower.take(line);
    });
  }
  return new Promise<number>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new CliError({ code: "SPARK001", message: `${command} cannot be run: ${cause.message}`, cause })),
    );
    child.once("close", (code) => file.end(() => resolve(code ?? 1)));
  }).finally(() => {
    process.removeListener("exit", kill);
    process.removeListener("SIGTERM", kill);
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It has ended already.
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

interface Ended {
  readonly tables: readonly SparkTable[];
  readonly failed: boolean;
  readonly durationMs: number;
  readonly log: string;
  readonly error: SparkTable["error"];
}

const STATUS = {
  completed: { text: "done", style: "green" },
  failed: { text: "failed", style: "red" },
  excluded: { text: "not run", style: "yellow" },
} as const;

function report({ tables, failed, durationMs, log, error }: Ended, io: Io): readonly string[] {
  const paint = paintOf(io.stdout, io.env);
  const rows = tables.map((t) => [t.name, t.layer, t.durationMs === 0 ? "" : duration(t.durationMs), STATUS[t.status]]);
  const columns = [
    { header: "TABLE" },
    { header: "LAYER" },
    { header: "TIME", align: "right" },
    { header: "STATUS" },
  ] as const;
  const problems = [...tables.flatMap((t) => (t.error ? [t.error] : [])), ...(error ? [error] : [])];
  const blocks = problems.flatMap((p) => ["", ...problemLines(p, { paint, cwd: io.cwd })]);
  const done = tables.filter((t) => t.status === "completed").length;
  const verdict = failed ? paint("red", "Update failed") : paint("green", "Update completed");
  return [
    ...tableLines(columns, rows, { paint }),
    ...blocks,
    "",
    `${verdict} in ${duration(durationMs)}: ${done} done of ${plural(tables.length, "table")}.`,
    `${paint("dim", "Log:")} ${shownPath(log, io.cwd)}`,
  ];
}
