/** Every code that this package reports, once, with what it means and what to do: the documentation is made from here. */
import { freeze } from "../core/freeze.ts";
import { BUILDING } from "./building.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { OUTSIDE } from "./outside.ts";
import { RUNNING } from "./running.ts";
import { TARGETS } from "./targets.ts";

export const CATALOGUE = freeze({ ...BUILDING, ...EXPRESSIONS, ...TARGETS, ...RUNNING, ...OUTSIDE });

/** A stable code, such as `PII001`. */
export type DiagnosticCode = keyof typeof CATALOGUE;
