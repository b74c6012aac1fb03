/** The errors of this package, as they are thrown: each code is one of the catalogue. */
import { CompileError, DefinitionError, type ErrorDetails, RunError } from "../core/errors.ts";
import type { Place } from "../core/location.ts";
import type { DiagnosticCode } from "./catalogue.ts";

/** The parts of an error of ours. */
export interface Coded extends ErrorDetails {
  readonly code: DiagnosticCode;
  /** `undefined` where nobody knows, as of an engine's own error: it is said, not forgotten. */
  readonly help: string | undefined;
}

/** A mistake in the definition of a pipeline, at a place of the user's code. */
export function mistake(location: Place, what: Omit<Coded, "location">): DefinitionError {
  return new DefinitionError({ ...what, location });
}

/** The error of what was given wrong. */
export function misused(location: Place, message: string, help: string): DefinitionError {
  return mistake(location, { code: "ARG001", message, help });
}

/** What a target cannot express. */
export function refusal(what: Coded): CompileError {
  return new CompileError(what);
}

/** What ends an update, or the update of a table. */
export function failure(what: Coded): RunError {
  return new RunError(what);
}
