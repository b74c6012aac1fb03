/** `run()` on open-source Spark: compiles the project and runs it with Spark's own `spark-pipelines`. */

import { randomUUID } from "node:crypto";
import path from "node:path";
import { givenPipeline } from "../../builder/pipeline/given.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { refuseMore } from "../../core/arity.ts";
import { checkOptions, type OptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { elapsedMs } from "../elapsed.ts";
import { REQUEST } from "../engine.ts";
import { type EventBody, eventOf, updateCreated, updateEnded, warningOf } from "../events.ts";
import type { Warning } from "../result.ts";
import { STOPPED } from "../stopped.ts";
import { wantedTables } from "../tables.ts";
import { findSpark } from "./find.ts";
import { Follower } from "./follow.ts";
import type { SparkRunOptions, SparkUpdate } from "./options.ts";
import { runProcess } from "./process.ts";
import { argumentsOf, compileOptions, environmentOf, foldersOf, writeProject } from "./project.ts";

const OPTIONS: OptionNames<SparkRunOptions> = {
  ...REQUEST,
  catalog: true,
  schemas: true,
  autoCdc: true,
  home: true,
  remote: true,
  storage: true,
  conf: true,
  env: true,
};

/**
 * Runs one update on open-source Spark: compiles the pipeline to `.medallion/spark/project` in the base directory and
 * runs it with `spark-pipelines`, on its own Spark or on a Spark Connect server.
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
  refuseMore("run", 2, arguments);
  const node = givenPipeline(pipeline, "run()");
  checkOptions(options, "run()", OPTIONS, callerLocation());
  const { home, env = process.env, onEvent, signal, only, fullRefresh = false } = options;
  const wanted = wantedTables(node.tables, only);
  const baseDir = path.resolve(options.baseDir ?? ".");
  const found = await findSpark(home, env, [process.cwd(), baseDir]);
  const at = foldersOf(baseDir);
  const spark = { ...found, env: environmentOf(options, found.env, path.dirname(at.log)) };
  const compiled = compileOptions(options);
  await writeProject(pipeline, compiled, at);
  const began = performance.now();
  const id = randomUUID();
  const warnings: Warning[] = [];
  const tell = (event: EventBody): void => {
    const warning = warningOf(event);
    if (warning) warnings.push(warning);
    onEvent?.(eventOf(id, event));
  };
  const follower = new Follower(node, wanted, compiled, tell);
  tell(updateCreated({ full_refresh: fullRefresh }));
  const args = argumentsOf(node, options, compiled, at);
  const code = await runProcess(spark, args, { ...at, signal, onLine: (line) => follower.take(line) });
  const tables = follower.end(code);
  const error = signal?.aborted ? STOPPED : follower.error;
  const failed = code !== 0 || tables.some((t) => t.status === "failed");
  const status = failed ? "failed" : "completed";
  const durationMs = elapsedMs(began);
  tell(updateEnded({ status, durationMs, error }));
  return { engine: "spark", id, status, durationMs, tables, warnings, ...(error && { error }), ...at };
}
