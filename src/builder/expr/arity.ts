/** Methods of builders are called with as many arguments as they have: one more would say something that nothing reads. */
import { DefinitionError } from "../../core/errors.ts";
import { callerLocation, type Place } from "../../core/location.ts";

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

type Method = (...given: readonly unknown[]) => unknown;

/** Has the methods of a class count what they are given. `usage`: how a method is called, for the error. */
export function countArguments(prototype: object, usage: Readonly<Record<string, string>> = {}): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value !== "function" || name === "constructor") continue;
    const method: Method = value;
    const counted = function (this: unknown, ...given: readonly unknown[]): unknown {
      if (given.length === method.length) return method.apply(this, [...given]);
      throw miscounted(name, method.length, given.length, callerLocation(), usage[name]);
    };
    Object.defineProperty(prototype, name, { value: counted, enumerable: false });
  }
}
