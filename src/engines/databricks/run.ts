/** `run()` on Databricks: starts an update of the deployed pipeline and follows it to its end. */

import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { refuseMore } from "../../core/arity.ts";
import { checkOptions } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import type { RunRequest } from "../engine.ts";
import { eventOf, updateCreated } from "../events.ts";
import { connect } from "./client.ts";
import { databricksError } from "./errors.ts";
import {
  type DatabricksUpdate,
  type FollowOptions,
  follow,
  OPTIONS,
  type StartOptions,
  startUpdate,
} from "./follow.ts";

/** How one update is run in the workspace. */
export interface DatabricksRunOptions extends Omit<RunRequest, "params" | "baseDir">, StartOptions, FollowOptions {
  /** Stops following; the update goes on. */
  readonly signal?: AbortSignal;
}

/** What the deployed pipeline has already. */
const DEPLOYED = { params: "parameters", baseDir: "a base directory" } as const;

/**
 * Starts an update of a deployed pipeline and follows it to its end: `startUpdate()` and `follow()` in one.
 *
 * @throws DatabricksError as they do, and `DBX034` where it is given what only a deployment may change.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { run } from "medallion/databricks";
 *
 * export async function main(): Promise<void> {
 *   const p = pipeline("demo").bronze({ raw: source.json("/Volumes/dev/raw/*.json", { id: t.bigint() }) });
 *   const update = await run(p, { environment: { mode: "development" }, only: ["raw"] });
 *   console.log(update.status, update.tables, update.url);
 * }
 * ```
 */
export async function run(pipeline: AnyPipeline, options: DatabricksRunOptions = {}): Promise<DatabricksUpdate> {
  refuseMore("run", 2, arguments);
  for (const [name, what] of Object.entries(DEPLOYED)) {
    if (Reflect.get(options, name) === undefined) continue;
    throw databricksError({
      code: "DBX034",
      message: `${name} does not go with Databricks: the deployed pipeline has ${what}`,
      help: "leave it out, or deploy the pipeline with another one",
    });
  }
  checkOptions(options, "run()", OPTIONS, callerLocation());
  const { client = connect(), onEvent, fullRefresh = false } = options;
  const started = await startUpdate(pipeline, { ...options, client });
  const { updateId, url } = started;
  onEvent?.(eventOf(updateId, updateCreated({ full_refresh: fullRefresh, url })));
  return await follow(pipeline, started, { ...options, client });
}
