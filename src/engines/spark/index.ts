/**
 * `medallion/spark`: updates on open-source Spark Declarative Pipelines.
 *
 * @packageDocumentation
 */
export type { Env } from "./find.ts";
export type { SparkStatus, SparkTable } from "./follow.ts";
export type { SparkFolders } from "./project.ts";
export { run, type SparkOptions, type SparkRunOptions, type SparkUpdate } from "./run.ts";
