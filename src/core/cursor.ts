/** A value of the JSON with the way to it: reads it as what is expected there, or reports what else is there. */

import { refuseOtherCopy } from "./copies.ts";
import { DefinitionError } from "./errors.ts";
import { freeze } from "./freeze.ts";
import { type Json, type JsonObject, pathTo } from "./json.ts";
import { manifestPlace, type Place } from "./location.ts";
import { manifestError } from "./manifest-error.ts";
import { excerpt } from "./text.ts";

/** The axes that plugins extend. */
type Axis = "format" | "function" | "setting";

/** The parts of plugins, by axis and name. */
export type Outside = (axis: Axis, name: string) => object | undefined;

export class Cursor {
  readonly value: Json;
  readonly path: string;
  readonly #outside: Outside;

  constructor(value: Json, path = "", outside: Outside = () => undefined) {
    this.value = value;
    this.path = path;
    this.#outside = outside;
  }

  #part(value: Json, part: string | number): Cursor {
    return new Cursor(value, pathTo(this.path, part), this.#outside);
  }

  /**
   * A part of a plugin, which `from` knows where it was made.
   *
   * @throws DefinitionError `MAN006` where its plugin is not given.
   */
  outside<D>(axis: Axis, name: string, from: (part: object) => D | undefined): D {
    const part = this.#outside(axis, name);
    const text = JSON.stringify(name);
    const known = part && from(part);
    if (known) return known;
    refuseOtherCopy(part, manifestPlace(this.path));
    if (part) return this.fail(`names the ${axis} ${text}, which was not made by its define function`);
    throw manifestError("MAN006", `${this.path} names the ${axis} ${text} of a plugin that is not given`, {
      help: `give fromManifest() the plugin: { plugins: [${name.split(".")[0]}] }`,
    });
  }

  /** @throws DefinitionError `MAN002`. */
  fail(message: string): never {
    throw manifestError("MAN002", `${this.path || "the root"} ${message}`);
  }

  #object(): JsonObject {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.#unlike("an object");
    return value as JsonObject;
  }

  #unlike(expected: string): never {
    return this.fail(`is ${shown(this.value)}, where ${expected} is expected`);
  }

  /** A field that has to be there. */
  get(name: string): Cursor {
    const found = this.find(name);
    return found ?? this.#part(null, name).fail("is missing");
  }

  /** A field that may be left out. */
  find(name: string): Cursor | undefined {
    const object = this.#object();
    if (!Object.hasOwn(object, name)) return undefined;
    return this.#part(object[name] ?? null, name);
  }

  /** The fields in their order. */
  entries(): readonly (readonly [string, Cursor])[] {
    return Object.entries(this.#object()).map(([name, value]) => [name, this.#part(value, name)]);
  }

  /** Refuses a field that no node of this kind has. */
  only(names: readonly string[]): void {
    for (const [name, field] of this.entries()) if (!names.includes(name)) field.fail("is not known");
  }

  list(): readonly Cursor[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.#unlike("a list");
    return (value as readonly Json[]).map((part, i) => this.#part(part, i));
  }

  string(): string {
    return typeof this.value === "string" ? this.value : this.#unlike("a text");
  }

  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.#unlike("true or false");
  }

  whole(): number {
    return Number.isSafeInteger(this.value) ? Number(this.value) : this.#unlike("a whole number");
  }

  /** A text, number or boolean. */
  constant(): string | number | boolean {
    const { value } = this;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
    return this.#unlike("a constant");
  }

  oneOf<T extends string | number>(...known: readonly T[]): T {
    const found = known.find((one) => one === this.value);
    return found ?? this.#unlike(known.map((one) => JSON.stringify(one)).join(" or "));
  }

  /** This very text, or what the other reader makes of it. */
  either<const C extends string, T>(constant: C, other: () => T): C | T {
    return this.value === constant ? constant : other();
  }

  /** A value that `accepts` knows. */
  accepted<T>(accepts: (value: unknown) => value is T, expected: string): T {
    const { value } = this;
    return accepts(value) ? value : this.#unlike(expected);
  }

  strings(): readonly string[] {
    return freeze(this.list().map((item) => item.string()));
  }

  /** The place of the user's code, as the builder writes it; where the manifest has none, the way to this value. */
  place(): Place {
    const at = this.find("at");
    if (at === undefined) return manifestPlace(this.path);
    const text = at.string();
    if (text.length > 10_000 || !text.isWellFormed() || !/:\d+:\d+$/.test(text))
      at.fail("is not a place: file:line:column");
    return text;
  }

  /** Makes a node with the builder's own checks; what these refuse is told with the way to it. */
  build<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof DefinitionError) || error.code.startsWith("MAN")) throw error;
      throw manifestError("MAN005", `${this.path || "the root"}: ${error.message} (${error.code})`, {
        ...(error.help !== undefined && { help: error.help }),
        cause: error,
      });
    }
  }
}

/** A value in few words. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) {
    if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
    return "an object";
  }
  return excerpt(JSON.stringify(value));
}
