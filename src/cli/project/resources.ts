/** What an update on embedded DuckDB may use of the machine: flags over the config. */
import type { DuckDBConfig } from "../../config/define.ts";
import { isSize, type Resources } from "../../engines/duckdb/warehouse/resources.ts";
import { positiveInteger } from "../args.ts";
import type { Flags, FlagsOf, ParsedFlags } from "../command.ts";
import { UsageError } from "../errors.ts";

/** Flags of the commands that run on embedded DuckDB. */
export const RESOURCE_FLAGS: Flags = {
  "memory-limit": { type: "string", value: "SIZE", help: "most memory that DuckDB uses: 2GB, 512MiB" },
  threads: { type: "string", value: "N", help: "threads that DuckDB uses (default: one per core)" },
  "temp-directory": { type: "string", value: "DIR", help: "folder for what does not fit into memory" },
} satisfies FlagsOf<Resources>;

/** The settings of the config with the flags over them. Paths are absolute. */
export function duckdbOf(
  config: DuckDBConfig | undefined,
  given: ParsedFlags,
  { fromFlags, below }: Record<"fromFlags" | "below", (path: string | undefined) => string | undefined>,
): DuckDBConfig {
  const memoryLimit = sizeOf(given) ?? config?.memoryLimit;
  const threads = positiveInteger(given, "threads") ?? config?.threads;
  const tempDirectory = fromFlags(given.text("temp-directory")) ?? below(config?.tempDirectory);
  const eventLogRetentionDays = config?.eventLogRetentionDays;
  return {
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(threads !== undefined && { threads }),
    ...(tempDirectory !== undefined && { tempDirectory }),
    ...(eventLogRetentionDays !== undefined && { eventLogRetentionDays }),
  };
}

function sizeOf(given: ParsedFlags): string | undefined {
  const size = given.text("memory-limit");
  if (size === undefined || isSize(size)) return size;
  throw new UsageError({
    code: "CLI002",
    message: `--memory-limit accepts a size, not "${size}"`,
    help: "give a number with a unit: 2GB, 512MiB",
  });
}
