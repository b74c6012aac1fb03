/** The errors that this package throws: one hierarchy, each with a stable code, a place and a fix. */
import type { Fix } from "./fix.ts";

/** The parts of an error: what is wrong, where, and the fix. */
export interface ErrorDetails {
  /** Stable code, such as `COL001`. */
  readonly code: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly help?: string | undefined;
  /** `file:line:column` of the user's code. */
  readonly location?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  /** The edit that fixes it, where the right text is known. */
  readonly fix?: Fix | undefined;
  readonly cause?: unknown;
}

/**
 * Every error that a user can cause.
 *
 * @example
 * ```ts
 * import { MedallionError, fromManifest } from "medallion";
 * try {
 *   fromManifest({ version: 99 });
 * } catch (error) {
 *   if (error instanceof MedallionError) console.error(error.code, error.message, error.help);
 * }
 * ```
 */
export class MedallionError extends Error {
  override readonly name: string = "MedallionError";
  readonly code: string;
  readonly help: string | undefined;
  readonly location: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly fix: Fix | undefined;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.help = details.help;
    this.location = details.location;
    this.table = details.table;
    this.column = details.column;
    this.fix = details.fix;
  }

  /** The error as a person reads it: code, place, message and fix. */
  describe(): string {
    const where = this.location ? ` at ${this.location}` : "";
    const help = this.help ? `\n  help: ${this.help}` : "";
    return `${this.code}${where}: ${this.message}${help}`;
  }

  toJSON(): ErrorDetails {
    const { code, message, help, location, table, column, fix } = this;
    return { code, message, help, location, table, column, fix };
  }
}

/**
 * The pipeline's definition is wrong: thrown while it is built.
 *
 * @example
 * ```ts
 * import { DefinitionError, t } from "medallion";
 * try {
 *   t.decimal(Number("50"), 2);
 * } catch (error) {
 *   if (error instanceof DefinitionError) console.error(error.code, error.location);
 * }
 * ```
 */
export class DefinitionError extends MedallionError {
  override readonly name = "DefinitionError";
}

/**
 * A target cannot express what the pipeline asks for.
 *
 * @example
 * ```ts
 * import { type AnyPipeline, CompileError, compile } from "medallion";
 * export function runsOnDuckdb(p: AnyPipeline): boolean {
 *   try {
 *     return compile(p, { target: "duckdb" }).files.length > 0;
 *   } catch (error) {
 *     if (error instanceof CompileError) return false;
 *     throw error;
 *   }
 * }
 * ```
 */
export class CompileError extends MedallionError {
  override readonly name = "CompileError";
}

/**
 * An update failed: the data, the warehouse or the machine.
 *
 * @example
 * ```ts
 * import { type AnyPipeline, RunError } from "medallion";
 * import { run } from "medallion/run";
 * export async function update(p: AnyPipeline): Promise<void> {
 *   try {
 *     await using done = await run(p, { warehouse: "demo.duckdb" });
 *     console.log(done.status);
 *   } catch (error) {
 *     if (error instanceof RunError) console.error(error.describe());
 *   }
 * }
 * ```
 */
export class RunError extends MedallionError {
  override readonly name = "RunError";
}
