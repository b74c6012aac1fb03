/** A mistake in the definition of a pipeline, as it is thrown. */
import { DefinitionError, type ErrorDetails } from "../core/errors.ts";
import type { Place } from "../core/location.ts";
import type { DiagnosticCode } from "./catalogue.ts";

interface Mistake extends Pick<ErrorDetails, "message" | "help" | "table" | "column" | "fix"> {
  readonly code: DiagnosticCode;
}

/** The error of a mistake at a place of the user's code: its code is one of the catalogue. */
export function mistake(location: Place, what: Mistake): DefinitionError {
  return new DefinitionError({ ...what, location });
}

/** The error of what was given wrong. */
export function misused(location: Place, message: string, help: string): DefinitionError {
  return mistake(location, { code: "ARG001", message, help });
}
