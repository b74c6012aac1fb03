/** `run()` on open-source Spark: compiles the project and runs it with Spark's own `spark-pipelines`. */
import { randomUUID } from "node:crypto";
import path from "node:path";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import type { ErrorDetails } from "../../core/errors.ts";
import type { CompileOptions } from "../../targets/compile.ts";
import type { RunEvent, UpdateStatus } from "../duckdb/update.ts";
import { type Env, findSpark } from "./find.ts";
import { Follower, type SparkTable } from "./follow.ts";
import { runProcess } from "./process.ts";
import { argumentsOf, compileOptions, environmentOf, foldersOf, type SparkFolders, writeProject } from "./project.ts";

/** Where Spark is and what it starts with. */
export interface SparkOptions extends Pick<CompileOptions, "catalog" | "schemas" | "autoCdc"> {
  /** Folder of a Python environment with pyspark, or of a Spark. Default: `SPARK_HOME`, the `PATH`, or `.venv`. */
  readonly home?: string;
  /** A running Spark Connect server, `sc://host:15002`. Default: a Spark of its own for each run. */
  readonly remote?: string;
  /** Where the streams remember what they have read: a URI. Default: `.medallion/spark/storage` in the base directory. */
  readonly storage?: string;
  /** Settings that a Spark of its own starts with. */
  readonly conf?: Readonly<Record<string, string>>;
}

/** How one update is run on Spark. */
export interface SparkRunOptions extends SparkOptions {
  /** What source paths are relative to, and where `.medallion/spark` is kept. Default: the working directory. */
  readonly baseDir?: string;
  /** Rebuilds every table from the sources. */
  readonly fullRefresh?: boolean;
  /** Only these tables, and what they read. */
  readonly only?: readonly string[];
  /** Values of the pipeline's parameters, by name. */
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  readonly onEvent?: (event: RunEvent) => void;
  /** Environment variables to find Spark with and to start it in. Default: those of the process. */
  readonly env?: Env;
  /** Ends Spark; its streams go on from where they were in the next run. */
  readonly signal?: AbortSignal;
}

/** What an update on Spark did. */
export interface SparkUpdate extends SparkFolders {
  readonly id: string;
  readonly status: UpdateStatus;
  readonly tables: readonly SparkTable[];
  readonly durationMs: number;
  /** What ended the update where it is about no table. */
  readonly error?: ErrorDetails;
}

/**
 * Runs one update on open-source Spark: compiles the pipeline to `.medallion/spark/project` in the base directory and
 * runs it with `spark-pipelines`, on a Spark of its own or on a Spark Connect server.
 *
 * @throws MedallionError `SPARK001`–`SPARK003` where Spark or what it needs is missing, `TARGET…` where the pipeline
 * cannot be compiled for it. A table that fails does not throw: see `status` and `tables`.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { run } from "medallion/spark";
 *
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * export async function main(): Promise<void> {
 *   const update = await run(p, { baseDir: "data", home: ".venv" });
 *   console.log(update.status, update.tables);
 * }
 * ```
 */
export async function run(pipeline: AnyPipeline, options: SparkRunOptions = {}): Promise<SparkUpdate> {
  const { home, env = process.env, onEvent, signal } = options;
  const baseDir = path.resolve(options.baseDir ?? ".");
  const found = await findSpark(home, env, [process.cwd(), baseDir]);
  const at = foldersOf(baseDir);
  const spark = { ...found, env: environmentOf(options, found.env, path.dirname(at.log)) };
  const compiled = compileOptions(options);
  await writeProject(pipeline, compiled, at);
  const began = performance.now();
  const id = randomUUID();
  const follower = new Follower(pipeline.toNode(), compiled, id, (event) => onEvent?.(event));
  const tell = (eventType: RunEvent["eventType"], level: RunEvent["level"], message: string, details = {}): void =>
    onEvent?.({
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      updateId: id,
      eventType,
      level,
      message,
      details,
    });
  tell("create_update", "INFO", "update created", { full_refresh: options.fullRefresh === true });
  const args = argumentsOf(pipeline, options, compiled, at);
  const code = await runProcess(spark, args, { ...at, signal, onLine: (line) => follower.take(line) });
  const tables = follower.end(code);
  const failed = code !== 0 || tables.some((t) => t.status === "failed");
  const status = failed ? "failed" : "completed";
  const durationMs = performance.now() - began;
  tell("update_progress", failed ? "ERROR" : "INFO", `update ${status}`, {
    update_progress: { state: status.toUpperCase() },
    duration_ms: Math.round(durationMs),
  });
  return {
    id,
    status,
    tables,
    durationMs,
    ...at,
    ...(follower.error && { error: follower.error }),
  };
}
