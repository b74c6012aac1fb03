/** What is a part of a query has no value while the query is written: JavaScript's own operators are refused. */

import { DefinitionError } from "../../core/errors.ts";
import { replaceWord } from "../../core/fix.ts";
import { freeze } from "../../core/freeze.ts";
import { callerLocation } from "../../core/location.ts";
import { nearest } from "../../core/nearest.ts";
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

/** A part of a query: neither a number nor a text. */
export class NoValue {
  [Symbol.toPrimitive](hint: Hint): never {
    throw new DefinitionError({ code: "EXPR003", ...OPERATORS[hint], location: callerLocation() });
  }

  toString(): never {
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
    if (isProbe(name) || !/^[a-z]/i.test(name)) return undefined;
    return () => {
      throw noSuchMethod(name, methodsOf(receiver));
    };
  },
});

/** Names that other tools have for what has another one here. */
const KNOWN_AS: Readonly<Record<string, string>> = {
  ...{ filter: "where", map: "select", project: "select", drop: "select", rename: "select" },
  ...{ withColumn: "derive", withColumns: "derive", mutate: "derive", assign: "derive" },
  ...{ agg: "aggregate", summarise: "aggregate", summarize: "aggregate", groupby: "groupBy", group_by: "groupBy" },
  ...{ distinct: "dedupe", dropDuplicates: "dedupe", sort: "orderBy", sortBy: "orderBy", arrange: "orderBy" },
  ...{ unionAll: "union", unionByName: "union", merge: "join", innerJoin: "join", take: "limit", head: "limit" },
  ...{ neq: "ne", equals: "eq", gte: "ge", lte: "le", isin: "in", isIn: "in", add: "plus", sub: "minus", mul: "times" },
  ...{ fillna: "orElse", coalesce: "orElse", substr: "substring", mean: "avg", nunique: "countDistinct" },
};

/** Their arguments are others than those of what is called so elsewhere. */
const CALLED_OTHERWISE = ["select", "derive", "dedupe"];

function noSuchMethod(name: string, names: readonly string[]): DefinitionError {
  const known = KNOWN_AS[name];
  const location = callerLocation();
  if (known !== undefined && names.includes(known)) {
    const fix = CALLED_OTHERWISE.includes(known) ? {} : replaceWord(location, name, known);
    return new DefinitionError({ ...say("FN001:known", { theirs: name, ours: known }), location, ...fix });
  }
  const near = nearest(name, names);
  const few = names.length > 0 && names.length < 10 ? `there are ${names.join(", ")}` : "see the methods of its type";
  return new DefinitionError({
    code: "FN001",
    message: `there is no method "${name}" here`,
    help: near ? `did you mean ${near}()?` : few,
    location,
    ...replaceWord(location, name, near),
  });
}

const NOT_OFFERED = new Set(["constructor", "toString", "toNode", "toOrder", "toSettings", "toFlows", "withSettings"]);

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

/** An object of methods and of no others. */
export function methods<T extends object>(given: T): Readonly<T> {
  return freeze(Object.assign(Object.create(NO_SUCH_METHOD), given));
}

refuseUnknownMethods(NoValue.prototype);
