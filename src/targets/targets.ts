/** The built-in targets. */
import { freeze } from "../core/freeze.ts";
import { databricksTarget } from "./databricks/index.ts";
import { duckdbTarget } from "./duckdb/index.ts";
import { provideTargets } from "./named.ts";
import { sparkTarget } from "./spark/index.ts";

export const TARGETS = provideTargets(
  freeze({ databricks: databricksTarget, spark: sparkTarget, duckdb: duckdbTarget }),
);

/** A built-in target of `compile()`. */
export type Target = keyof typeof TARGETS;

export const TARGET_NAMES: readonly string[] = freeze(Object.keys(TARGETS));

export function isTarget(name: string): name is Target {
  return Object.hasOwn(TARGETS, name);
}
