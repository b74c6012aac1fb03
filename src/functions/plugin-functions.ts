/** Functions that are not built in: what defines one. */

import type { DefinitionError } from "../core/errors.ts";
import type { Place } from "../core/location.ts";
import { madeHere } from "../core/made.ts";
import { isPluginName, type PluginName } from "../core/plugin-parts.ts";
import { checkText, excerpt } from "../core/text.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { type AggregateSpec, type OperatorTemplate, SAME, type ScalarSpec } from "./spec.ts";

/** SQL over the arguments `$1`, `$2`, …; `{ operator: "$1 <-> $2" }` where its outermost part is an operator. */
export type Template = string | OperatorTemplate;

/** As a function of the catalogue is known. */
type OutsideSpec =
  | (Omit<ScalarSpec, "spark"> & { readonly spark: Template })
  | (Omit<AggregateSpec, "spark"> & { readonly spark: string });

/** A function that is not built in, as nodes carry it. */
export interface FunctionDefinition {
  /** After its plugin: `acme.haversine`. */
  readonly name: PluginName;
  readonly spec: OutsideSpec;
  /** Left out: DuckDB cannot do it. */
  readonly duckdb: Template | typeof SAME | undefined;
  /** What decides its values: all of its SQL. */
  readonly meaning: string;
}

const made = madeHere<FunctionDefinition>("function");

/** The definition of a function that is not built in, of a node or of a user. */
export const functionFrom = made.from;

/** @throws DefinitionError `FN002`. */
export function functionDefinition(
  parts: Omit<FunctionDefinition, "meaning" | "name"> & { readonly name: string },
  arity: number,
  at: Place,
): FunctionDefinition {
  const { name, spec, duckdb } = parts;
  const wrong = (problem: string): DefinitionError =>
    mistake(at, {
      code: "FN002",
      message: `the function ${excerpt(JSON.stringify(name))} ${problem}`,
      help: "write SQL over $1, $2, … for the arguments, such as acme.distance($1, $2)",
    });
  if (!isPluginName(name)) throw wrong('is not named after its plugin: "acme.haversine"');
  for (const template of [spec.spark, ...(duckdb === SAME || duckdb === undefined ? [] : [duckdb])]) {
    const problem = templateProblem(template, spec.kind, arity, at);
    if (problem !== undefined) throw wrong(problem);
  }
  const meaning = JSON.stringify([spec.spark, duckdb === SAME ? "same" : duckdb]);
  return made.add({ ...parts, name, meaning });
}

function templateProblem(template: Template, kind: OutsideSpec["kind"], arity: number, at: Place): string | undefined {
  const plain = typeof template === "string";
  const text = checkText("the SQL of a function", plain ? template : template.operator, at);
  const beyond = [...text.matchAll(/\$(\d+)/g)].find(([, n]) => Number(n) < 1 || Number(n) > Math.min(arity, 9));
  if (beyond) return `has ${arity} arguments, and its SQL names ${beyond[0]}`;
  // A filter and a window belong to one call.
  if (kind === "aggregate" && !(plain && /^[\w.]+\(.*\)$/s.test(text))) return "is an aggregate, whose SQL is one call";
  return /\{\w+\}/.test(text) ? "has SQL with a name in braces, which is an option of a built-in function" : undefined;
}
