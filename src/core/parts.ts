/** The parts of a definition that a user writes, and what its functions give: callers without types may give anything. */
import { describe, isRecord } from "./describe.ts";
import { DefinitionError, MedallionError } from "./errors.ts";
import type { Place } from "./location.ts";
import { excerpt } from "./text.ts";
import { messageOf } from "./thrown.ts";

interface Where {
  /** What is checked, as an error names it. */
  readonly what: string;
  readonly at: Place;
  /** What a function is called on. */
  readonly owner?: unknown;
}

/** Gives the part with its functions checked, or throws. */
export type Part<T = unknown> = (given: unknown, where: Where) => T;

/**
 * A definition with its parts checked, and with functions that check what they give.
 *
 * @throws DefinitionError `ARG001`.
 */
export function checkedParts<T>(given: T, part: Part, what: string, at: Place): T {
  return part(given, { what, at }) as T;
}

function is<T>(expected: string, accepts: (value: unknown) => value is T): Part<T>;
function is(expected: string, accepts: (value: unknown) => boolean): Part;
function is(expected: string, accepts: (value: unknown) => boolean): Part {
  return (given, where) => {
    if (accepts(given)) return given;
    throw wrong(`${where.what} is ${excerpt(describe(given))}, not ${expected}`, `give ${expected}`, where);
  };
}

export const anything: Part = (given) => given;
export const aText = is("a text", (value) => typeof value === "string");
export const aName = is("a name", (value) => typeof value === "string" && value.length <= 200);
export const aFlag = is("true or false", (value) => typeof value === "boolean");
/** Of a class as well, which has its functions from there. */
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const anObject = is("an object", isObject);
const aRecord = is("an object of named things", isRecord);
const aList = is("a list", (value): value is readonly unknown[] => Array.isArray(value));

export function one(...names: readonly string[]): Part {
  const listed = names.map((name) => JSON.stringify(name)).join(" or ");
  return is(listed, (value) => names.some((name) => name === value));
}

/** Left out, or as the part. */
export const maybe =
  (part: Part): Part =>
  (given, where) =>
    given === undefined ? given : part(given, where);

export const listOf =
  (part: Part): Part =>
  (given, { what, at }) =>
    Array.from(aList(given, { what, at }), (each, i) => part(each, { what: `${what}[${i}]`, at }));

/** An object whose values are alike, by names of the user. */
export const named =
  (part: Part): Part =>
  (given, { what, at }) => {
    const values = Object.entries(aRecord(given, { what, at }));
    return Object.fromEntries(
      values.map(([name, value]) => [name, part(value, { what: `${name} of ${what}`, at, owner: given })]),
    );
  };

/** An object with these parts. What else it holds is left to others. */
export const withParts =
  (parts: Readonly<Record<string, Part>>): Part =>
  (given, { what, at }) => {
    const whole = anObject(given, { what, at });
    const checked = Object.entries(parts).flatMap(([name, part]) => {
      const value = part(whole[name], { what: `${name} of ${what}`, at, owner: given });
      return value === undefined ? [] : [[name, value] as const];
    });
    return { ...whole, ...Object.fromEntries(checked) };
  };

/** A text as it is, or what else is accepted. */
export const textOr =
  (other: Part): Part =>
  (given, where) =>
    typeof given === "string" ? given : other(given, where);

/** A function, with what it gives. What it throws is told with its name. */
export const giving =
  (result: Part): Part =>
  (given, where) => {
    const { what, at, owner } = where;
    if (!isFunction(given))
      throw wrong(`${what} is ${excerpt(describe(given))}, not a function`, "give a function", where);
    return (...args: readonly unknown[]) =>
      result(called(given, args, what, at, owner), { what: `what ${what} gives`, at });
  };

type AnyFunction = (...args: readonly unknown[]) => unknown;

const isFunction = (value: unknown): value is AnyFunction => typeof value === "function";

/** An error of this package: of another copy of it as well, whose classes are others. */
const isOurs = (error: unknown): boolean =>
  error instanceof MedallionError || (error instanceof Error && "code" in error && "help" in error);

function called(work: AnyFunction, args: readonly unknown[], what: string, at: Place, owner: unknown): unknown {
  try {
    return Reflect.apply(work, owner, args);
  } catch (error) {
    if (isOurs(error)) throw error;
    throw new DefinitionError({
      code: "ARG001",
      message: `${what} threw: ${excerpt(messageOf(error))}`,
      help: "fix the function: what it threw, with its stack, is the cause of this error",
      location: at,
      cause: error,
    });
  }
}

function wrong(message: string, help: string, { at }: Where): DefinitionError {
  return new DefinitionError({ code: "ARG001", message, help, location: at });
}
