/** The doors to the engines, and the one that a name leads to. */
import { nearest } from "../../core/nearest.ts";
import type { Engine } from "../../engines/engine.ts";
import type { EngineName } from "../../engines/index.ts";
import type { Flags, ParsedFlags } from "../command.ts";
import { UsageError } from "../errors.ts";
import { databricks } from "./databricks.ts";
import { type Door, doorTo } from "./door.ts";
import { duckdb } from "./duckdb.ts";
import { spark } from "./spark.ts";

const DOORS: Readonly<Record<EngineName, Door>> = { duckdb, spark, databricks };

export const BUILT_IN: readonly string[] = Object.keys(DOORS);

/** The flags that are for one engine alone. */
export const ENGINE_FLAGS: Flags = Object.assign({}, ...Object.values(DOORS).map(({ flags }) => flags));

/**
 * The door to the engine of that name: a built-in one or one of the config.
 *
 * @throws UsageError `TARGET002` where there is none, `CLI004` where a flag does not go with it.
 */
export function doorOf(name: string, engines: readonly Engine[], given: ParsedFlags): Door {
  const doors = new Map([...Object.entries(DOORS), ...engines.map((engine) => [engine.name, doorTo(engine)] as const)]);
  const door = doors.get(name);
  if (!door) {
    const near = nearest(name, [...doors.keys()]);
    throw new UsageError({
      code: "TARGET002",
      message: `medallion run has no target "${name}"`,
      help: near
        ? `did you mean "${near}"?`
        : `the targets are: ${[...doors.keys()].join(", ")}; an environment of the config is --env ${name}`,
    });
  }
  for (const [flag, help] of Object.entries({ ...flagsOfOthers(name), ...door.refuses })) {
    if (given.text(flag) === undefined && !given.on(flag)) continue;
    throw new UsageError({ code: "CLI004", message: `--${flag} does not go with --target ${name}`, help });
  }
  return door;
}

/** The flags of the other engines, each with whose it is. */
function flagsOfOthers(name: string): Readonly<Record<string, string>> {
  const others = Object.entries(DOORS).filter(([other]) => other !== name);
  return Object.fromEntries(
    others.flatMap(([other, { flags = {} }]) =>
      Object.keys(flags).map((flag) => [flag, `it is for --target ${other}`]),
    ),
  );
}
