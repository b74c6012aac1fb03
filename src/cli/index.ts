/**
 * `medallion/cli`: the command line as functions, and its pieces for programs that show an update.
 *
 * @packageDocumentation
 */
export { main } from "./app.ts";
export { defineConfig, type EnvironmentConfig, type MedallionConfig } from "./config.ts";
export type { DatabricksConfig } from "./config-databricks.ts";
export type { SparkConfig } from "./config-spark.ts";
export type { Io, OutputStream } from "./io.ts";
export { type ProgressReporter, progressReporter } from "./progress.ts";
export { type ReportOptions, reportUpdate } from "./report.ts";
