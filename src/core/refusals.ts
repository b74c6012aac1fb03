/** Collects what cannot be compiled, so that all of it is reported and not only the first. */
import { CompileError } from "./errors.ts";

/** What the work that is running has refused; absent: the first refusal ends it. */
let collected: Map<string, CompileError> | undefined;

export interface Attempt<T> {
  /** What the work gave: of no use where something was refused. */
  readonly result: T | undefined;
  /** Each refusal once, in the order in which they were met. */
  readonly refusals: readonly CompileError[];
}

/** Does the work to its end. Where something is refused, an empty piece stands in its place. */
export function attempt<T>(work: () => T): Attempt<T> {
  const before = collected;
  const own = new Map<string, CompileError>();
  collected = own;
  try {
    const result = refusable(work, undefined);
    return { result, refusals: [...own.values()] };
  } finally {
    collected = before;
  }
}

/** Work that may be refused: what stands in its place then, where refusals are collected. */
export function refusable<T, U>(work: () => T, instead: U): T | U {
  if (!collected) return work();
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    report(error);
    return instead;
  }
}

/** Ends what is running with an error, or goes on where refusals are collected. */
export function report(error: CompileError): void {
  if (!collected) throw error;
  const { code, message, location = "", table = "" } = error;
  collected.set([code, message, location, table].join("\0"), error);
}
