/** Every code that this package reports, once, with what it means and what to do: the documentation is made from here. */
import { freeze } from "../core/freeze.ts";
import { BUILDING } from "./building.ts";
import { COMMAND } from "./command.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { RUNNING } from "./running.ts";
import { TARGETS } from "./targets.ts";

export const CATALOGUE = freeze({ ...BUILDING, ...EXPRESSIONS, ...TARGETS, ...RUNNING, ...COMMAND });

/** A stable code, such as `PII001`. */
export type DiagnosticCode = keyof typeof CATALOGUE;

type Severity<C extends DiagnosticCode> = (typeof CATALOGUE)[C] extends { readonly severity: infer S } ? S : "error";

/** The codes that the catalogue gives a severity. */
export type CodesOf<S extends Diagnostic["severity"]> = {
  [C in DiagnosticCode]: Severity<C> extends S ? C : never;
}[DiagnosticCode];

/** A severity with the codes that may have it: that of the catalogue, or a warning where an error does less harm. */
type Severe =
  | { readonly code: CodesOf<"error">; readonly severity: "error" | "warning" }
  | { readonly code: CodesOf<"warning">; readonly severity: "warning" }
  | { readonly code: CodesOf<"info">; readonly severity: "info" };

/** A diagnostic of ours. */
export type OwnDiagnostic = Omit<Diagnostic, "code" | "severity"> & Severe;
