/** The contract of every engine: what an update is asked, and what an engine is. */

import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import type { OptionNames } from "../core/given.ts";
import type { ParamValues } from "../lower/params.ts";
import type { RunEvent } from "./events.ts";
import type { UpdateResult } from "./result.ts";

/** The request that every engine accepts. Each adds its own options. */
export interface RunRequest {
  /** Only these tables (`"revenue"` or `"gold.revenue"`), and what they read. */
  readonly only?: readonly string[];
  /** Rebuilds every table from the sources. */
  readonly fullRefresh?: boolean;
  /** Values of the pipeline's parameters, by name. */
  readonly params?: ParamValues;
  /** What source paths are relative to. Default: the working directory. */
  readonly baseDir?: string;
  /** Is given each event as it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Ends the run early. What becomes of the update is up to the engine. */
  readonly signal?: AbortSignal;
}

export const REQUEST: OptionNames<RunRequest> = {
  only: true,
  fullRefresh: true,
  params: true,
  baseDir: true,
  onEvent: true,
  signal: true,
};

/**
 * What runs a pipeline. An engine of your own is such a value: name it in `engines` of the config, and
 * `medallion run --target NAME` runs it as one of the built-in ones. `updateTables()` gives what it runs.
 */
export interface Engine {
  readonly name: string;
  /** Runs one update. A table that fails does not throw: it is in the result with its error. */
  run(pipeline: AnyPipeline, request: RunRequest): Promise<UpdateResult>;
}
