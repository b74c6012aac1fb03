/**
 * `medallion/cli`: the command line as functions, and its pieces for programs that show an update.
 *
 * @packageDocumentation
 */

export { defineConfig } from "../config/define.ts";
export { main } from "./app.ts";
export type { Io, OutputStream } from "./io.ts";
export { type ProgressReporter, progressReporter } from "./output/progress.ts";
export { type ReportOptions, reportUpdate } from "./output/report.ts";
