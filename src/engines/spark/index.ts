/**
 * `medallion/spark`: updates on open-source Spark Declarative Pipelines.
 *
 * @packageDocumentation
 */
export type { Env } from "../../core/env.ts";
export type { SparkFolders, SparkOptions, SparkRunOptions, SparkUpdate } from "./options.ts";
export { run } from "./run.ts";
