/** A warehouse is held by one update of this process at a time. */

import { failure } from "../../../diagnostics/mistake.ts";
import { statOf } from "./file.ts";

/**
 * Files that this process has open, by what the file system knows them as. A lock of the operating system is the
 * process's: it does not keep a second DuckDB of the same process out, and is lost when either of them closes.
 */
const held = holders();

/** Shared with other copies of this module in the process. */
function holders(): Set<string> {
  const key = Symbol.for("medallion.warehouses");
  const found: unknown = Reflect.get(globalThis, key);
  if (found instanceof Set) return found;
  const made = new Set<string>();
  Reflect.set(globalThis, key, made);
  return made;
}

/**
 * Holds the file for one warehouse; gives what lets go of it.
 *
 * @throws RunError `WAREHOUSE007` where another warehouse of this process holds it.
 */
export async function hold(path: string): Promise<() => void> {
  const stats = await statOf(path);
  const key = stats ? `${stats.dev}:${stats.ino}` : path;
  if (held.has(key)) {
    throw failure({
      code: "WAREHOUSE007",
      message: `the warehouse ${path} is in use by another update of this process`,
      help: "an update has its warehouse until it is closed: await its run(), then close() it (`await using` does so), and run again",
    });
  }
  held.add(key);
  return () => held.delete(key);
}
