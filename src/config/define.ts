/** `medallion.config.ts`: what a project is made of, as types. */

import { refuseMore } from "../core/arity.ts";
import type { RunOptions } from "../engines/duckdb/run-options.ts";
import type { Engine } from "../engines/engine.ts";
import type { SparkOptions } from "../engines/spark/options.ts";
import type { ParamValues } from "../lower/params.ts";
import type { DatabricksEnvironment } from "../targets/databricks/environment.ts";
import type { Target } from "../targets/targets.ts";

/** Settings of an environment on Databricks. The values of parameters are in its `params`, for every target. */
export type DatabricksConfig = Omit<DatabricksEnvironment, "params">;

/** What an update on embedded DuckDB may use of the machine, and how long it keeps its event log. */
export type DuckDBConfig = Pick<RunOptions, "memoryLimit" | "threads" | "tempDirectory" | "eventLogRetentionDays">;

/** Where Spark is, what it starts with, and how the project for it is compiled. */
export type SparkConfig = SparkOptions;

/** Settings that differ between environments. Paths are relative to the config file. */
export interface EnvironmentConfig {
  /** What source paths are relative to. Default: the folder of the config file. */
  readonly baseDir?: string;
  /** The warehouse file, or `:memory:`. Default: `.medallion/warehouse.duckdb` in the base directory. */
  readonly warehouse?: string;
  /** Values of the pipeline's parameters. `--param NAME=VALUE` goes before them. */
  readonly params?: ParamValues;
  /** What `compile` writes for when `--target` is not given. */
  readonly target?: Target;
  /** Where `compile` writes to when `--out` is not given. Default: `out/<target>`. */
  readonly out?: string;
  /** Where `deploy` and `run --target databricks` go, and a target of the bundle. Never a token: these are for the environment. */
  readonly databricks?: DatabricksConfig;
  /** What `run` on embedded DuckDB may use of the machine, and how long it keeps its event log. */
  readonly duckdb?: DuckDBConfig;
  /** Where `run --target spark` finds Spark, and how its project is compiled. */
  readonly spark?: SparkConfig;
}

/** The content of `medallion.config.ts`. */
export interface MedallionConfig extends EnvironmentConfig {
  /** The module whose default export is the pipeline, relative to the config file. */
  readonly pipeline: string;
  /** Engines of your own: `medallion run --target NAME` runs them as it does the built-in ones. */
  readonly engines?: readonly Engine[];
  /** Settings by environment, over the ones above, selected by `--env NAME`. */
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>;
}

/**
 * Types the config, and nothing else: what is given comes back.
 *
 * @example
 * ```ts
 * import { defineConfig } from "medallion/config";
 *
 * export default defineConfig({
 *   pipeline: "./src/pipeline.ts",
 *   warehouse: "warehouse.duckdb",
 *   environments: {
 *     test: { baseDir: "test/data", warehouse: ":memory:" },
 *     prod: { databricks: { host: "https://my.cloud.databricks.com", catalog: "prod", mode: "production" } },
 *   },
 * });
 * ```
 */
export function defineConfig(config: MedallionConfig): MedallionConfig {
  refuseMore("defineConfig", 1, arguments);
  return config;
}
