/** JSON as it came: copied to plain data within stated limits, without recursion, so that no input exhausts the stack. */
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
  let result: Json = null;
  let values = 0;
  let characters = 0;
  const tasks: Task[] = [{ value: given, path: () => "", depth: 0, put: (copy) => (result = copy) }];
  const notJson = (what: string, path: () => string) => refuse({ kind: "not JSON", path: at(path), what });
  const beyond = (path: () => string, what: string) => refuse({ kind: "too large", path: at(path), what });
  const count = (text: string, path: () => string): void => {
    characters += text.length;
    values++;
    if (characters > LIMITS.characters) throw beyond(path, `more than ${LIMITS.characters} characters`);
    if (values > LIMITS.values) throw beyond(path, `more than ${LIMITS.values} values`);
  };
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    const { value, path, depth, put } = task;
    if (typeof value !== "object" || value === null) {
      count(typeof value === "string" ? value : "", path);
      if (!isScalar(value))
        throw notJson(typeof value === "number" ? String(value) : `a value of type ${typeof value}`, path);
      put(value);
      continue;
    }
    if (depth >= LIMITS.depth) throw beyond(path, `nested deeper than ${LIMITS.depth} levels`);
    count("", path);
    if (Array.isArray(value)) {
      const copy: Json[] = [];
      put(copy);
      // Copied by index: what is missing in the list is not JSON either.
      for (let i = value.length - 1; i >= 0; i--) {
        const put = (part: Json): void => {
          copy[i] = part;
        };
        tasks.push({ value: value[i], path: () => pathTo(path(), i), depth: depth + 1, put });
      }
      continue;
    }
    if (!isPlainObject(value)) throw notJson("an object of a class", path);
    const copy: Record<string, Json> = {};
    put(copy);
    for (const [name, part] of Object.entries(value)) {
      count(name, path);
      // By definition: an assignment would lose a field that is called __proto__.
      Object.defineProperty(copy, name, { value: null, enumerable: true, writable: true, configurable: true });
      const put = (made: Json): void => {
        Object.defineProperty(copy, name, { value: made, enumerable: true, writable: true, configurable: true });
      };
      tasks.push({ value: part, path: () => pathTo(path(), name), depth: depth + 1, put });
    }
  }
  return result;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** An object as it is written in braces: of no class, so that all that it holds is its own. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of whichever realm the object is: a test may have one of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const at = (path: () => string): string => path() || "the root";
