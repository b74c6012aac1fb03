/** JSON as it came: copied to plain data within stated limits, without recursion, so that no input exhausts the stack. */
import { DefinitionError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** What a manifest may hold. A pipeline of a thousand tables of twenty columns has a tenth of the characters. */
const LIMITS = {
  /** Objects and lists inside of each other. A call of a function in a call is two of them. */
  depth: 1_000,
  /** Values, names of fields included. */
  values: 20_000_000,
  /** Characters of all texts and names. */
  characters: 50_000_000,
} as const;

/** Codes of what can be wrong with a manifest. */
export type ManifestCode = "MAN001" | "MAN002" | "MAN003" | "MAN004" | "MAN005" | "MAN006";

export function manifestError(
  code: ManifestCode,
  message: string,
  more: { readonly help?: string; readonly cause?: unknown } = {},
): DefinitionError {
  return new DefinitionError({
    code,
    message: `the manifest cannot be read: ${message}`,
    help:
      more.help ?? "write a manifest with JSON.stringify(pipeline), and change the pipeline rather than its manifest",
    cause: more.cause,
  });
}

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

/**
 * @throws DefinitionError `MAN001` for what is no JSON, `MAN004` for what is beyond the limits (an object that holds itself
 * is infinitely deep).
 */
export function plainJson(given: unknown): Json {
  let result: Json = null;
  let values = 0;
  let characters = 0;
  const tasks: Task[] = [{ value: given, path: () => "", depth: 0, put: (copy) => (result = copy) }];
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
      put(scalar(value, path));
      continue;
    }
    if (depth >= LIMITS.depth) throw beyond(path, `nested deeper than ${LIMITS.depth} levels`);
    count("", path);
    if (Array.isArray(value)) {
      const copy: Json[] = [];
      put(copy);
      // Copied by index: what is missing in the list is no JSON either.
      for (let i = value.length - 1; i >= 0; i--) {
        const put = (part: Json): void => {
          copy[i] = part;
        };
        tasks.push({ value: value[i], path: () => pathTo(path(), i), depth: depth + 1, put });
      }
      continue;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw notJson("an object of a class", path);
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

function scalar(value: unknown, path: () => string): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw notJson(typeof value === "number" ? String(value) : `a value of type ${typeof value}`, path);
}

function notJson(what: string, path: () => string): DefinitionError {
  return manifestError("MAN001", `${at(path)} is ${what}, which is not JSON`);
}

function beyond(path: () => string, what: string): DefinitionError {
  const shown = at(path);
  const where = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
  return manifestError("MAN004", `${where} is ${what}`, {
    help: "split the pipeline, or the expression, into smaller ones",
  });
}

const at = (path: () => string): string => path() || "the root";
