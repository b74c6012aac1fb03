/** The constant arguments of calls: checked where a node is made, whoever makes it. */

import { DefinitionError } from "../../core/errors.ts";
import type { FunctionName } from "../../functions/index.ts";
import type { Options } from "../../functions/spec.ts";
import { AGGREGATES, count, METHODS, type MethodSpec, nonEmpty, WINDOWS, words } from "./methods.ts";

type OptionSpecs = NonNullable<MethodSpec["options"]>;

/** Options of calls that methods of their own make. */
const OTHERS: readonly (readonly [fn: FunctionName, options: OptionSpecs])[] = [
  ["mask", [["showLast", count(0)]]],
  ["convertUnit", [["to", words]]],
  ["field", [["name", nonEmpty]]],
  ["sha256", [["salt", words]]],
  ["tokenize", [["salt", words]]],
];

const OPTIONS: ReadonlyMap<string, OptionSpecs> = new Map([
  ...[METHODS, AGGREGATES, WINDOWS].flatMap((methods) =>
    Object.entries(methods).flatMap(([name, { fn = name, options }]) => (options ? [[fn, options] as const] : [])),
  ),
  ...OTHERS,
]);

/** A salt is left out where a secret is an argument. */
const MAY_BE_ABSENT = new Set(["salt"]);

/** @throws DefinitionError `ARG001` where an option is missing, not known, or not of its kind. */
export function checkOptions(fn: string, options: Options, at: string | undefined): void {
  const specs = OPTIONS.get(fn) ?? [];
  for (const [name, check] of specs) {
    const value = Object.hasOwn(options, name) ? options[name] : undefined;
    if (value === undefined && MAY_BE_ABSENT.has(name)) continue;
    const problem = check(value);
    if (problem !== undefined) throw wrong(`${name} ${problem}`);
  }
  const unknown = Object.keys(options).find((name) => !specs.some(([known]) => known === name));
  if (unknown !== undefined) throw wrong(`there is no argument ${JSON.stringify(unknown)}`);

  function wrong(what: string): DefinitionError {
    return new DefinitionError({ code: "ARG001", message: `${fn}(): ${what}`, location: at });
  }
}
