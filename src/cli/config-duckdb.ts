/** The part of the config that is embedded DuckDB's. */
import { z } from "zod";
import type { RunOptions } from "../engines/duckdb/run.ts";
import { positiveInteger } from "./args.ts";
import type { Flags, Given } from "./command.ts";

/** What an update on embedded DuckDB may use of the machine, and how long it keeps its event log. */
export type DuckDBConfig = Pick<RunOptions, "memoryLimit" | "threads" | "tempDirectory" | "eventLogRetentionDays">;

/** A field for every setting, so that tsc asks for one that `DuckDBConfig` learned. */
const fields: Readonly<Record<keyof DuckDBConfig, z.ZodType>> = {
  memoryLimit: z.string().min(1).optional(),
  threads: z.int().min(1).optional(),
  tempDirectory: z.string().min(1).optional(),
  eventLogRetentionDays: z.number().min(0).optional(),
};

export const duckdbShape = z.strictObject(fields);

export const DUCKDB_KEYS: readonly string[] = Object.freeze(Object.keys(fields));

/** Flags of the commands that run on embedded DuckDB. */
export const RESOURCE_FLAGS: Flags = {
  "memory-limit": { type: "string", value: "SIZE", help: "most memory that DuckDB uses: 2GB, 512MiB" },
  threads: { type: "string", value: "N", help: "threads that DuckDB uses (default: one per core)" },
  "temp-dir": { type: "string", value: "DIR", help: "folder for what does not fit into memory" },
};

/** The settings of the config with the flags over them. Paths are absolute. */
export function duckdbOf(
  config: DuckDBConfig | undefined,
  given: Given,
  { fromFlags, below }: Record<"fromFlags" | "below", (path: string | undefined) => string | undefined>,
): DuckDBConfig {
  const memoryLimit = given.text("memory-limit") ?? config?.memoryLimit;
  const threads = positiveInteger(given, "threads") ?? config?.threads;
  const tempDirectory = fromFlags(given.text("temp-dir")) ?? below(config?.tempDirectory);
  const eventLogRetentionDays = config?.eventLogRetentionDays;
  return {
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(threads !== undefined && { threads }),
    ...(tempDirectory !== undefined && { tempDirectory }),
    ...(eventLogRetentionDays !== undefined && { eventLogRetentionDays }),
  };
}
