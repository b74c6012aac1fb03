/** The doors to the engines, and the one that a name leads to. */
import { nearest } from "../../core/nearest.ts";
import type { Engine } from "../../engines/engine.ts";
import type { EngineName } from "../../engines/index.ts";
import type { Given } from "../command.ts";
import { UsageError } from "../errors.ts";
import { databricks } from "./databricks.ts";
import { type Door, doorTo } from "./door.ts";
import { duckdb } from "./duckdb.ts";
import { spark } from "./spark.ts";

const DOORS: Readonly<Record<EngineName, Door>> = { duckdb, spark, databricks };

export const BUILT_IN: readonly string[] = Object.keys(DOORS);

/**
 * The door to the engine of that name: a built-in one or one of the config.
 *
 * @throws UsageError `TARGET002` where there is none, `CLI004` where a flag does not go with it.
 */
export function doorOf(name: string, engines: readonly Engine[], given: Given): Door {
  const doors = new Map([...Object.entries(DOORS), ...engines.map((engine) => [engine.name, doorTo(engine)] as const)]);
  const door = doors.get(name);
  if (!door) {
    const near = nearest(name, [...doors.keys()]);
    throw new UsageError({
      code: "TARGET002",
      message: `medallion run has no target "${name}"`,
      help: near ? `did you mean "${near}"?` : `the targets are: ${[...doors.keys()].join(", ")}`,
    });
  }
  for (const [flag, help] of Object.entries(door.refuses)) {
    if (given.text(flag) === undefined) continue;
    throw new UsageError({ code: "CLI004", message: `--${flag} does not go with --target ${name}`, help });
  }
  return door;
}
