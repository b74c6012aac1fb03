/** The constant arguments of calls: checked where a node is made, whoever makes it. */

import { describe } from "../core/describe.ts";
import type { DefinitionError } from "../core/errors.ts";
import { misused } from "../diagnostics/mistake.ts";
import type { FunctionSpec, Options } from "../functions/spec.ts";

/** A salt is left out where a secret is an argument. */
const MAY_BE_ABSENT = new Set(["salt"]);

/** @throws DefinitionError `ARG001` where an option is missing, not known, or not of its kind. */
export function checkOptions(fn: string, spec: FunctionSpec, options: Options, at: string | undefined): void {
  const specs = spec.options ?? [];
  for (const [name, check] of specs) {
    const value = Object.hasOwn(options, name) ? options[name] : undefined;
    if (value === undefined && MAY_BE_ABSENT.has(name)) continue;
    const problem = check(value);
    if (problem !== undefined) throw wrong(`${name} ${problem}`, `it is ${describe(value)}`);
  }
  const unknown = Object.keys(options).find((name) => !specs.some(([known]) => known === name));
  if (unknown !== undefined) throw wrong(`there is no argument ${JSON.stringify(unknown)}`, "leave it out");

  function wrong(what: string, how: string): DefinitionError {
    const help = `${how}; its arguments are constants: ${fn}(${specs.map(([name]) => name).join(", ")})`;
    return misused(at, `${fn}(): ${what}`, help);
  }
}
