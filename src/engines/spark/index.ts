/**
 * `medallion/spark`: updates on open-source Spark Declarative Pipelines.
 *
 * @packageDocumentation
 */
export type { Env, SparkFolders, SparkOptions, SparkRunOptions, SparkUpdate } from "./options.ts";
export { run } from "./run.ts";
