/** Collects what cannot be compiled, so that all of it is reported and not only the first. */
import type { CompileError } from "./errors.ts";
import { shared } from "./instances.ts";

/** What the work that is running has refused; absent: the first refusal ends it. */
const running: { refused?: Map<string, CompileError> | undefined } = shared("refusals", () => ({}));

interface Attempt<T> {
  /** What the work gave: of no use where something was refused. */
  readonly result: T | undefined;
  /** Each refusal once, in the order in which they were met. */
  readonly refusals: readonly CompileError[];
}

/** Does the work to its end. Where something is refused, an empty piece stands in its place. */
export function attempt<T>(work: () => T): Attempt<T> {
  const before = running.refused;
  const own = new Map<string, CompileError>();
  running.refused = own;
  try {
    const result = refusable(work, undefined);
    return { result, refusals: [...own.values()] };
  } finally {
    running.refused = before;
  }
}

/** Work that may be refused: what stands in its place then, where refusals are collected. */
export function refusable<T, U>(work: () => T, instead: U): T | U {
  if (!running.refused) return work();
  try {
    return work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    report(error);
    return instead;
  }
}

/** By its name: a target may be of another instance of these modules. */
const isRefusal = (error: unknown): error is CompileError => error instanceof Error && error.name === "CompileError";

/** Ends what is running with an error, or goes on where refusals are collected. */
export function report(error: CompileError): void {
  if (!running.refused) throw error;
  const { code, message, location = "", table = "" } = error;
  running.refused.set([code, message, location, table].join("\0"), error);
}
