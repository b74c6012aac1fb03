/** What is a part of a query has no value while the query is written: JavaScript's own operators are refused. */

import { countArguments } from "../../core/arity.ts";
import { markAsOurs } from "../../core/copies.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { freeze } from "../../core/freeze.ts";
import { callerLocation, type Place } from "../../core/location.ts";
import { nearest } from "../../core/nearest.ts";
import { replaceWord } from "../../core/replace-word.ts";
import { HOW, INSTEAD, KNOWN_AS } from "../../diagnostics/known-as.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";
import { isProbe } from "./lazy-record.ts";

type Hint = "number" | "string" | "default";

const OPERATORS: Readonly<Record<Hint, { readonly message: string; readonly help: string }>> = {
  number: {
    message: "arithmetic, < and > of JavaScript do not work on expressions",
    help: "use plus(), minus(), times(), div() or negate(); lt(), le(), gt() or ge()",
  },
  string: say("EXPR003:text"),
  default: { message: "+ and == of JavaScript do not work on expressions", help: "use plus(), concat() or eq()" },
};

/** What a spread of a part of a query, or of a table, leaves in an object: neither has properties of its own. */
export const SPREAD = Symbol("spread");

/** Refuses an object into which a column or a table was spread, `({ ...c.address })`, since nothing of it arrives. */
export function refuseSpread(given: object, at: Place): void {
  if (SPREAD in given) throw mistake(at, say(given[SPREAD] === "table" ? "EXPR002:table" : "EXPR002:spread"));
}

/** A part of a query: neither a number nor a text. */
export class NoValue {
  readonly [SPREAD]: unknown = "column";

  [Symbol.toPrimitive](hint: Hint): never {
    throw mistake(callerLocation(), { code: "EXPR003", ...OPERATORS[hint] });
  }

  toString(): never {
    return this[Symbol.toPrimitive]("string");
  }

  toJSON(): never {
    return this[Symbol.toPrimitive]("string");
  }
}

/**
 * The end of a chain of prototypes: to call a method that none of them has is an error that names it. To look for one is
 * not, since tools do so.
 */
const NO_SUCH_METHOD: object = new Proxy(Object.create(null), {
  get(_, name, receiver) {
    if (typeof name === "symbol" || name in Object.prototype) return Reflect.get(Object.prototype, name);
    if (/^\d+$/.test(name)) throw noSuchElement(name, receiver, callerLocation());
    if (isProbe(name) || !/^[a-z]/i.test(name)) return undefined;
    const call = () => {
      throw noSuchMethod(name, receiver, callerLocation());
    };
    MISSING.set(call, (at) => noSuchMethod(name, receiver, undefined, at));
    return call;
  },
});

const MISSING = new WeakMap<object, (at: Place) => DefinitionError>();

/** What is said of a method that is not there and was not called either. */
export const missingMethod = (value: object, at: Place): DefinitionError | undefined => MISSING.get(value)?.(at);

/** Where the methods are that somebody looks for here. */
export const ELSEWHERE = Symbol("elsewhere");

/** `word`: where the name stands, if that is known. */
function noSuchMethod(name: string, receiver: object, word: Place, at: Place = word): DefinitionError {
  const names = methodsOf(receiver);
  const elsewhere: string | undefined = Reflect.get(receiver, ELSEWHERE);
  const known = (KNOWN_AS.get(name) ?? []).filter((ours) => names.includes(ours));
  const [only, ...others] = known;
  if (only !== undefined) {
    const how = others.length > 0 ? "use one of these names" : HOW.get(name);
    const said = say("FN001:known", { theirs: name, ours: known.join("() or ") });
    return mistake(at, { ...said, ...(how ? { help: how } : replaceWord(word, name, only)) });
  }
  const instead = INSTEAD.get(name);
  const nearName = instead === undefined ? nearest(name, names) : undefined;
  // `fields` is not a method.
  const near = nearName === "fields" ? undefined : nearName;
  const there = names.length === 1 ? `there is ${names.join()}()` : `there are ${names.join(", ")}`;
  const few = names.length > 0 && names.length < 20 ? there : "see the methods of its type";
  return mistake(at, {
    code: "FN001",
    message: `there is no method "${name}" here`,
    help: near ? `did you mean ${near}()?` : (instead ?? elsewhere ?? few),
    ...replaceWord(word, name, near),
  });
}

/** What is read by an index is there for no tool. */
function noSuchElement(index: string, receiver: object, at: Place): DefinitionError {
  const elsewhere: string | undefined = Reflect.get(receiver, ELSEWHERE);
  return mistake(at, {
    code: "FN001",
    message: `there is no [${index}] here`,
    help: elsewhere ?? `an element of an array is at(${index}), a letter of a text substring(${Number(index) + 1}, 1)`,
  });
}

const NOT_OFFERED = new Set(
  "constructor toString toNode toOrder toSettings toFlows withSettings declaration values".split(" "),
);

function methodsOf(value: object): readonly string[] {
  const names = new Set<string>();
  for (let at: object | null = value; at !== null && at !== NO_SUCH_METHOD; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) if (!NOT_OFFERED.has(name)) names.add(name);
  return [...names].filter((name) => /^[a-z]\w*$/i.test(name));
}

/** Calling a method that a class does not have is an error that names it. */
export function refuseUnknownMethods(prototype: object): void {
  Object.setPrototypeOf(prototype, NO_SUCH_METHOD);
}

/**
 * An object of methods and of no others. `any`: those that may be given any number of arguments; `elsewhere`: where others
 * are; `usage`: how they are called.
 */
export function methods<T extends object>(
  given: T,
  any: readonly (keyof T & string)[] = [],
  elsewhere?: string,
  usage: Readonly<Record<string, string>> = {},
): Readonly<T> {
  const made: T = Object.assign(Object.create(NO_SUCH_METHOD), given);
  countArguments(made, { fewer: "all", any, usage });
  if (elsewhere !== undefined) Object.defineProperty(made, ELSEWHERE, { value: elsewhere });
  return freeze(made);
}

refuseUnknownMethods(NoValue.prototype);
markAsOurs(NoValue.prototype, "an expression");
