/** What an update may use of the machine, and what it may keep. */

import { describe } from "../../../core/describe.ts";
import type { RunError } from "../../../core/errors.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { scratchPath } from "./scratch.ts";

/** How much of the machine embedded DuckDB uses. */
export interface Resources {
  /**
   * The most memory that DuckDB uses for its work: `"2GB"`, `"512MiB"`. What does not fit goes to `tempDirectory`. Default:
   * four fifths of the machine's.
   */
  readonly memoryLimit?: string;
  /** How many threads DuckDB uses; each needs memory of its own. Default: one per core. */
  readonly threads?: number;
  /**
   * The folder for what does not fit into memory, and for copies of files that have to be repaired. Default: one next to the
   * warehouse, for `:memory:` and copies that of the system.
   */
  readonly tempDirectory?: string;
}

/** More take the system minutes to make, or more than it has. */
export const MOST_THREADS = 4096;

/** Whether a text is a size as DuckDB reads it. */
export const isSize = (text: string): boolean => /^\d+(\.\d+)?\s*([KMGT]i?B|B)$/i.test(text);

/**
 * The options with which DuckDB starts.
 *
 * @throws RunError `ARG001` where a value is not valid.
 */
export function resourceOptions(
  { memoryLimit, threads, tempDirectory }: Resources,
  warehouse: string,
): Readonly<Record<string, string>> {
  if (memoryLimit !== undefined && !(typeof memoryLimit === "string" && isSize(memoryLimit))) {
    throw wrong("memoryLimit", memoryLimit, 'give a number with a unit, such as "2GB" or "512MiB"');
  }
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads > 0 && threads <= MOST_THREADS)) {
    throw wrong("threads", threads, `give a whole number from 1 to ${MOST_THREADS}`);
  }
  // Of a warehouse in memory DuckDB would make the folder where the program happens to run.
  const folder = tempDirectory ?? (warehouse === ":memory:" ? scratchPath() : undefined);
  return {
    ...(memoryLimit !== undefined && { memory_limit: memoryLimit }),
    ...(threads !== undefined && { threads: String(threads) }),
    ...(folder !== undefined && { temp_directory: folder }),
  };
}

/** @throws RunError `ARG001` where it is not a number of days. */
export function checkRetention(days: number | undefined): void {
  if (days === undefined || (Number.isFinite(days) && days >= 0)) return;
  throw wrong("eventLogRetentionDays", days, "give a number of days");
}

function wrong(option: string, value: unknown, help: string): RunError {
  return failure({ code: "ARG001", message: `${option} cannot be ${describe(value)}`, help });
}
