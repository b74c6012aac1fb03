/** The built-in targets. */
import { freeze } from "../core/freeze.ts";
import { databricks } from "./databricks/index.ts";
import { duckdb } from "./duckdb/index.ts";
import { provideTargets } from "./named.ts";
import { spark } from "./spark/index.ts";
import type { ListedTarget } from "./target.ts";

export const TARGETS = freeze({ databricks, spark, duckdb }) satisfies Readonly<Record<string, ListedTarget>>;

/** A built-in target of `compile()`. */
export type Target = keyof typeof TARGETS;

export const TARGET_NAMES: readonly string[] = freeze(Object.keys(TARGETS));

export function isTarget(name: string): name is Target {
  return Object.hasOwn(TARGETS, name);
}

provideTargets(freeze(Object.fromEntries(Object.entries(TARGETS).map(([name, one]) => [name, one.definition]))));
