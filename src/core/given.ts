/** What a caller without types may give instead of an object of named things. */
import { describe, isRecord } from "./describe.ts";
import { DefinitionError } from "./errors.ts";
import { ourOption } from "./known-options.ts";
import type { Place } from "./location.ts";
import { nearest } from "./nearest.ts";

/** An object of named things, such as rules, flows and columns. */
export function record<T>(given: Readonly<Record<string, T>>, what: string, at: Place): Readonly<Record<string, T>> {
  if (isRecord(given)) return { ...given };
  throw wrong(`${what} accepts an object, not ${describe(given)}`, "give an object of named things: { name: … }", at);
}

interface Names {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** @throws DefinitionError `ARG001` where there are no options, one is missing, or one is not known. */
export function checkOptionNames(given: object, what: string, names: Names, at: Place): void {
  const { required, optional = [] } = names;
  const options = record<unknown>(given as Readonly<Record<string, unknown>>, what, at);
  const all = [...required, ...optional];
  const unknown = Object.keys(options).find((name) => !all.includes(name));
  if (unknown !== undefined) {
    const ours = ourOption(unknown, all);
    const near = nearest(unknown, all);
    const other = near ? `did you mean "${near}"?` : `it has ${all.join(", ")}`;
    throw wrong(`${what} has no option "${unknown}"`, ours ? `it is called ${ours} here` : other, at);
  }
  const missing = required.find((name) => options[name] === undefined);
  if (missing !== undefined) throw wrong(`${what} needs ${missing}`, `give ${required.join(", ")}`, at);
}

/** The names of all options of a kind, each once: `tsc` reports one that is missing, and one that is not an option. */
export type OptionNames<O> = Readonly<Record<keyof O, true>>;

/** As `checkOptionNames()`, of options none of which is needed and that may be left out as a whole. */
export function checkOptions(
  given: object | undefined,
  what: string,
  names: Readonly<Record<string, true>>,
  at: Place,
): void {
  if (given !== undefined) checkOptionNames(given, what, { required: [], optional: Object.keys(names) }, at);
}

function wrong(message: string, help: string, at: Place): DefinitionError {
  return new DefinitionError({ code: "ARG001", message, help, location: at });
}
