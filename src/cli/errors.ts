/** Exit codes, and the errors of the command line itself. */

import { type ErrorDetails, MedallionError } from "../core/errors.ts";
import type { Fix } from "../core/fix.ts";
import { freeze } from "../core/freeze.ts";
import type { Coded } from "../diagnostics/mistake.ts";

/** `ok`; `failed`: problems were found, in the config as in the pipeline, or the work failed; `usage`: the command line is wrong. */
export const EXIT = freeze({ ok: 0, failed: 1, usage: 2, interrupted: 130 });

/** The command was given wrongly: exit code 2. */
export class UsageError extends MedallionError {
  override readonly name = "UsageError";

  constructor(details: Coded) {
    super(details);
  }
}

/** The command was right and could not be done: exit code 1. */
export class CliError extends MedallionError {
  override readonly name = "CliError";

  constructor(details: Coded) {
    super(details);
  }
}

/**
 * The details of a MedallionError, or `undefined` for another error. By shape, not by class: the user's project may
 * have its own copy of this package, whose classes are not ours.
 */
export function errorDetails(error: unknown): ErrorDetails | undefined {
  if (error instanceof MedallionError) return error.toJSON();
  if (!(error instanceof Error) || !("code" in error) || !("describe" in error)) return undefined;
  if (typeof error.code !== "string" || typeof error.describe !== "function") return undefined;
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" ? value : undefined;
  };
  return {
    code: error.code,
    message: error.message,
    help: text("help"),
    location: text("location"),
    table: text("table"),
    column: text("column"),
    ...("fix" in error && isFix(error.fix) && { fix: error.fix }),
  };
}

function isFix(value: unknown): value is Fix {
  return typeof value === "object" && value !== null && "range" in value && "oldText" in value && "newText" in value;
}
