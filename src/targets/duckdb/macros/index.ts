/** Macros that give DuckDB Spark's meaning where one expression does not. They live in the warehouse's `main` schema. */
import { type Macro, withCalled } from "../../../functions/fragment.ts";
import * as decimals from "./decimals.ts";
import * as json from "./json.ts";
import * as letters from "./letters.ts";
import * as lists from "./lists.ts";
import * as math from "./math.ts";
import * as texts from "./texts.ts";
import * as times from "./times.ts";

/** All macros, each after the ones that it calls. */
export const MACROS: readonly Macro[] = withCalled(
  [decimals, json, letters, lists, math, texts, times].flatMap((file) => Object.values(file)),
);

/** The statement that defines a macro. */
export function createMacro({ name, parameters, body }: Macro): string {
  return `CREATE OR REPLACE MACRO ${name}(${parameters}) AS ${body}`;
}
