/** The part of the config that is embedded DuckDB's. */
import { z } from "zod";
import { MOST_THREADS } from "../engines/duckdb/warehouse/resources.ts";
import type { DuckDBConfig } from "./define.ts";

/** A field for every setting, so that tsc asks for one that `DuckDBConfig` learned. */
const fields: Readonly<Record<keyof DuckDBConfig, z.ZodType>> = {
  memoryLimit: z.string().min(1).optional(),
  threads: z.int().min(1).max(MOST_THREADS).optional(),
  tempDirectory: z.string().min(1).optional(),
  eventLogRetentionDays: z.number().min(0).optional(),
};

export const duckdbShape = z.strictObject(fields);
