/** A function accepts as many arguments as it declares: one more would say something that nothing reads. */
import { DefinitionError } from "./errors.ts";
import { callerLocation, type Place } from "./location.ts";

/** @throws DefinitionError `ARG001` */
export function miscounted(name: string, wanted: number, given: number, at: Place, help?: string): DefinitionError {
  const accepted = wanted === 0 ? "no arguments" : `${wanted} argument${wanted === 1 ? "" : "s"}`;
  return new DefinitionError({
    code: "ARG001",
    message: `${name}() accepts ${accepted}, not ${given}`,
    help: help ?? (given > wanted ? "leave out what is too much" : "give what is missing"),
    location: at,
  });
}

/**
 * For the functions of the doors, which are given their own `arguments`.
 *
 * @throws DefinitionError `ARG001` where there are more than it reads.
 */
export function refuseMore(name: string, wanted: number, given: ArrayLike<unknown>): void {
  if (given.length > wanted) throw miscounted(name, wanted, given.length, callerLocation());
}

type Method = (...given: readonly unknown[]) => unknown;

interface Counting {
  /** How a method is called, for the error. */
  readonly usage?: Readonly<Record<string, string>>;
  /** Methods that may be given fewer, and say themselves what is missing: none of them if not all. */
  readonly fewer?: "all";
  /** Methods that may be given any number. */
  readonly any?: readonly string[];
}

/** JSON.stringify() gives the name of a property to toJSON(). */
const UNCOUNTED = ["constructor", "toJSON"];

/** Has the methods of a class, or of an object, count what they are given. */
export function countArguments(owner: object, { usage = {}, fewer, any = [] }: Counting = {}): void {
  for (const [name, { value, enumerable = false }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
    if (typeof value !== "function" || UNCOUNTED.includes(name) || any.includes(name)) continue;
    const method: Method = value;
    const { length } = method;
    const counted = function (this: unknown, ...given: unknown[]): unknown {
      if (given.length === length || (fewer && given.length < length)) return method.apply(this, given);
      throw miscounted(name, length, given.length, callerLocation(), usage[name]);
    };
    Object.defineProperty(owner, name, { value: counted, enumerable });
  }
}
