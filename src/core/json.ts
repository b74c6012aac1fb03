/** JSON as it came: copied to plain data within stated limits, without recursion, so that no input exhausts the stack. */
import { isRecord } from "./describe.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** How much is copied. The manifest of a thousand tables of twenty columns has a tenth of the characters. */
const LIMITS = {
  /** Objects and lists inside of each other. A call of a function in a call is two of them. */
  depth: 1_000,
  /** Values, names of fields included. */
  values: 20_000_000,
  /** Characters of all texts and names. */
  characters: 50_000_000,
} as const;

/** `tables[0].query`, the way to a value. */
export function pathTo(parent: string, part: string | number): string {
  if (typeof part === "number") return `${parent}[${part}]`;
  if (!/^[A-Za-z_]\w*$/.test(part)) return `${parent}[${JSON.stringify(part)}]`;
  return parent === "" ? part : `${parent}.${part}`;
}

interface Task {
  readonly value: unknown;
  readonly path: () => string;
  readonly depth: number;
  readonly put: (copy: Json) => void;
}

/** Why a value is not copied: it is not JSON, or beyond the limits, as an object that holds itself is infinitely deep. */
export interface NotPlain {
  readonly kind: "not JSON" | "too large";
  /** The way to the part: `tables[0].query`, or "the root". */
  readonly path: string;
  /** What stands there: "an object of a class". */
  readonly what: string;
}

/** @throws what `refuse` makes of the first part that cannot be copied. */
export function plainJson(given: unknown, refuse: (problem: NotPlain) => Error): Json {
  return new Copying(refuse).copy(given);
}

class Copying {
  readonly #refuse: (problem: NotPlain) => Error;
  readonly #tasks: Task[] = [];
  #values = 0;
  #characters = 0;

  constructor(refuse: (problem: NotPlain) => Error) {
    this.#refuse = refuse;
  }

  copy(given: unknown): Json {
    let result: Json = null;
    this.#tasks.push({ value: given, path: () => "", depth: 0, put: (copy) => (result = copy) });
    for (let task = this.#tasks.pop(); task; task = this.#tasks.pop()) task.put(this.#copyOf(task));
    return result;
  }

  /** What it holds comes with its own task. */
  #copyOf({ value, path, depth }: Task): Json {
    if (typeof value !== "object" || value === null) {
      this.#count(typeof value === "string" ? value : "", path);
      if (!isScalar(value))
        throw this.#notJson(typeof value === "number" ? String(value) : `a value of type ${typeof value}`, path);
      return value;
    }
    if (depth >= LIMITS.depth) throw this.#beyond(`nested deeper than ${LIMITS.depth} levels`, path);
    this.#count("", path);
    if (Array.isArray(value)) return this.#list(value, path, depth);
    if (!isRecord(value)) throw this.#notJson("an object of a class", path);
    return this.#object(value, path, depth);
  }

  /** By index: what is missing in the list is not JSON either. */
  #list(value: readonly unknown[], path: () => string, depth: number): Json {
    const copy: Json[] = [];
    for (let i = value.length - 1; i >= 0; i--) {
      const put = (part: Json): void => {
        copy[i] = part;
      };
      this.#tasks.push({ value: value[i], path: () => pathTo(path(), i), depth: depth + 1, put });
    }
    return copy;
  }

  #object(value: Readonly<Record<string, unknown>>, path: () => string, depth: number): Json {
    const copy: Record<string, Json> = {};
    for (const [name, part] of Object.entries(value)) {
      this.#count(name, path);
      // By definition: an assignment would lose a field that is called __proto__.
      const put = (made: Json): void => {
        Object.defineProperty(copy, name, { value: made, enumerable: true, writable: true, configurable: true });
      };
      // Its place among the others, before it has its value.
      put(null);
      this.#tasks.push({ value: part, path: () => pathTo(path(), name), depth: depth + 1, put });
    }
    return copy;
  }

  #count(text: string, path: () => string): void {
    this.#characters += text.length;
    this.#values++;
    if (this.#characters > LIMITS.characters) throw this.#beyond(`more than ${LIMITS.characters} characters`, path);
    if (this.#values > LIMITS.values) throw this.#beyond(`more than ${LIMITS.values} values`, path);
  }

  #notJson(what: string, path: () => string): Error {
    return this.#refuse({ kind: "not JSON", path: path() || "the root", what });
  }

  #beyond(what: string, path: () => string): Error {
    return this.#refuse({ kind: "too large", path: path() || "the root", what });
  }
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
