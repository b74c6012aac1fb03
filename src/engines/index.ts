/** The engines. Each is loaded when it is asked for: DuckDB's native code is not for a command that runs on Spark. */
import type { Engine } from "./engine.ts";

/** The built-in engines, by name. */
export const ENGINES = {
  duckdb: async () => ({ name: "duckdb", run: (await import("./duckdb/run.ts")).run }),
  spark: async () => ({ name: "spark", run: (await import("./spark/run.ts")).run }),
  databricks: async () => ({ name: "databricks", run: (await import("./databricks/run.ts")).run }),
} as const satisfies Readonly<Record<string, () => Promise<Engine>>>;

/** Name of a built-in engine. */
export type EngineName = keyof typeof ENGINES;

export function isBuiltIn(name: string): name is EngineName {
  return Object.hasOwn(ENGINES, name);
}
