/** An object whose properties are made when they are read: the columns of a relation, the tables of a pipeline. */

import { callerLocation } from "../../core/location.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";

/** What JavaScript and its tools look for on any object. */
const PROBES = new Set(["then", "toJSON", "$$typeof", "asymmetricMatch", "nodeType", "tagName", "constructor"]);

/** Whether a property was looked for by a tool, not by the user. */
export const isProbe = (name: string | symbol): boolean => typeof name === "symbol" || PROBES.has(name);

interface LazyRecord<P, T> {
  /** What each property is made of, by its name. */
  readonly parts: ReadonlyMap<string, P>;
  /** What is there where it is asked for by its name, and not among the others. */
  readonly hidden?: ReadonlyMap<string, P>;
  readonly make: (part: P) => T;
  /** A property is read by its name. */
  readonly onRead?: (value: T) => void;
  /** All names are asked for, as a rest or a spread does. */
  readonly onSpread?: () => void;
  /** Without it, a property that there is none of is `undefined`. */
  readonly unknown?: (name: string) => Error;
}

/** Each property is made once, in the order of the parts. @throws what `unknown` gives where there is none of that name */
export function lazyRecord<P extends object, T>(record: LazyRecord<P, T>): Record<string, T> {
  return new Proxy<Record<string, T>>({}, new LazyProperties(record));
}

class LazyProperties<P extends object, T> implements ProxyHandler<Record<string, T>> {
  readonly #of: LazyRecord<P, T>;
  readonly #made = new Map<string, T>();

  constructor(of: LazyRecord<P, T>) {
    this.#of = of;
  }

  get(_: object, name: string | symbol): T | undefined {
    const value = this.#read(name);
    if (value !== undefined) {
      this.#of.onRead?.(value);
      return value;
    }
    if (isProbe(name) || !this.#of.unknown) return undefined;
    throw this.#of.unknown(String(name));
  }

  has(_: object, name: string | symbol): boolean {
    return typeof name === "string" && this.#of.parts.has(name);
  }

  set(_: object, name: string | symbol): never {
    throw changed(name);
  }

  defineProperty(_: object, name: string | symbol): never {
    throw changed(name);
  }

  deleteProperty(_: object, name: string | symbol): never {
    throw changed(name);
  }

  ownKeys(): string[] {
    this.#of.onSpread?.();
    return [...this.#of.parts.keys()];
  }

  getOwnPropertyDescriptor(_: object, name: string | symbol): PropertyDescriptor | undefined {
    if (!this.has(_, name)) return undefined;
    const value = this.#read(name);
    return value === undefined ? undefined : { configurable: true, enumerable: true, writable: false, value };
  }

  #read(name: string | symbol): T | undefined {
    if (typeof name !== "string") return undefined;
    const before = this.#made.get(name);
    if (before !== undefined) return before;
    const part = this.#of.parts.get(name) ?? this.#of.hidden?.get(name);
    if (part === undefined) return undefined;
    const value = this.#of.make(part);
    this.#made.set(name, value);
    return value;
  }
}

/** What was assigned would be in the types alone: what is there is made of the query. */
const changed = (name: string | symbol): Error =>
  mistake(callerLocation(), say("EXPR002:changed", { name: String(name) }));
