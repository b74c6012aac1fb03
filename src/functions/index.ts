/** The one function catalogue: typing, nullability, label rule and SQL of every function. */

import { DEFINITION } from "../core/plugin-parts.ts";
import { membersOf } from "../core/total.ts";
import { aggregateFunctions, windowFunctions } from "./aggregates.ts";
import { arithmeticFunctions } from "./arithmetic.ts";
import { collectionFunctions } from "./collections.ts";
import { comparisonFunctions } from "./comparison.ts";
import { functionFrom } from "./plugin-functions.ts";
import type { FunctionSpec, OrderRule } from "./spec.ts";
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

/** The name of a function of the catalogue. */
export type FunctionName = keyof typeof builtIn;

type Entries = typeof builtIn;

/** The functions that are methods of their own names. */
export type MethodName = {
  [K in FunctionName]: Entries[K] extends { readonly called: string } ? never : K;
}[FunctionName];

/** The functions that `fn` has by their own names. */
export type FnName = {
  [K in FunctionName]: Entries[K] extends { readonly called: "fn" } ? K : never;
}[FunctionName];

type Named<Kind> = {
  [K in FunctionName]: Entries[K]["kind"] extends Kind ? K : never;
}[FunctionName];
export type ScalarName = Named<"scalar">;
export type WindowName = Named<"window">;

/** The entry of every function. */
export const functions: { readonly [K in FunctionName]: FunctionSpec } = builtIn;

const entries: ReadonlyMap<string, FunctionSpec> = new Map(Object.entries(builtIn));

export function isFunction(name: string): name is FunctionName {
  return entries.has(name);
}

/** The entry of a function, or `undefined` where the catalogue has none of that name. */
export function functionSpec(name: string): FunctionSpec | undefined {
  return entries.get(name);
}

/** The entry of what a node calls, built in or not. */
export function specOf(node: { readonly fn: string; readonly [DEFINITION]?: object }): FunctionSpec | undefined {
  return functionFrom(node[DEFINITION])?.spec ?? functionSpec(node.fn);
}

/** What the order of rows does to the value of what a node calls. */
export function orderOf(node: Parameters<typeof specOf>[0]): OrderRule {
  const spec = specOf(node);
  return spec === undefined || spec.kind === "scalar" ? "none" : spec.order;
}

/** Whether what a node calls gives a digest, by which alone a value is known. */
export function isDigest(node: Parameters<typeof specOf>[0]): boolean {
  const spec = specOf(node);
  return spec?.kind === "scalar" && spec.digest === true;
}

/** Some functions by their names: a rule about functions is told by `tsc` when one of them is renamed. */
export const functionSet = (...names: readonly FunctionName[]): ReadonlySet<string> => new Set(names);

/** All names, in catalogue order. */
export const functionNames = (): readonly FunctionName[] => membersOf(builtIn);

export type { FunctionSpec } from "./spec.ts";
