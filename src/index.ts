/** The public door: pure, without file system or engine. */
export { t } from "./expr/columns.ts";
export { fn } from "./expr/fn.ts";
export { sql } from "./expr/sql.ts";
export { fromManifest, pipeline } from "./pipeline/builder.ts";
export { source } from "./pipeline/source.ts";
