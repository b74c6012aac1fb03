/** The moment at which a pipeline is built, given as a constant. */
import type { DefinitionError } from "../core/errors.ts";
import { mistake } from "../diagnostics/mistake.ts";
import type { Place } from "./exprs.ts";

/** A constant is computed this long before it gets to its node; in a process that stays, one may be written meanwhile. */
const RECENT_MS = 10_000;
/** When this process began, where the host tells: what was written down before is not a moment of it. */
const BEGAN_MS = (globalThis as { performance?: { timeOrigin?: number } }).performance?.timeOrigin ?? 0;

/** An instant as `toISOString()` writes it. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** `new Date()`, `Date.now()`, in seconds as well, and their texts: what is written down is another moment. */
export function isNow(value: unknown): boolean {
  const time = instantOf(value);
  const now = Date.now();
  // Seconds begin before the moment at which they are asked for.
  const since = Math.max(BEGAN_MS, now - RECENT_MS) - (typeof value === "number" ? 1000 : 0);
  return time !== undefined && time <= now && time > since;
}

function instantOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "string") return INSTANT.test(value) ? Date.parse(value) : undefined;
  if (typeof value !== "number") return undefined;
  // Seconds since 1970 have ten digits, until 2286.
  return value > 1e9 && value < 1e10 ? value * 1000 : value;
}

export function now(at: Place): DefinitionError {
  return mistake(at, {
    code: "EXPR012",
    message: "this constant is the moment at which the pipeline is built, so every build is another pipeline",
    help: 'give the time as a parameter, param.timestamp("as_of"), and its value to run()',
  });
}
