/** The one function catalogue: typing, nullability, label rule and SQL of every function. */
import { aggregateFunctions, windowFunctions } from "./aggregates.ts";
import { arithmeticFunctions } from "./arithmetic.ts";
import { collectionFunctions } from "./collections.ts";
import { comparisonFunctions } from "./comparison.ts";
import type { FunctionSpec } from "./spec.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";

const builtIn = {
  ...comparisonFunctions,
  ...arithmeticFunctions,
  ...textFunctions,
  ...timeFunctions,
  ...collectionFunctions,
  ...aggregateFunctions,
  ...windowFunctions,
} as const;

export type FunctionName = keyof typeof builtIn;

const entries: ReadonlyMap<string, FunctionSpec> = new Map(Object.entries(builtIn));

/** The entry of a function, or `undefined` where the catalogue has none of that name. */
export function functionSpec(name: string): FunctionSpec | undefined {
  return entries.get(name);
}

/** All names, in catalogue order. */
export function functionNames(): readonly string[] {
  return [...entries.keys()];
}

export type { Catalogue, FunctionSpec, Refusal, RenderInput, Rendering } from "./spec.ts";
