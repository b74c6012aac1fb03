/** How much of a text an error repeats. */
const SHOWN = 500;

/** A value that somebody gave, as an error names it: nothing that is given may break the error, or fill it. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" || typeof value === "function" ? kindOf(value) : String(value);
}

function kindOf(value: object): string {
  if (typeof value === "function") return "a function";
  if (!(value instanceof Date)) return isRecord(value) ? "an object" : "an instance of a class";
  return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
}

/** A plain object. What a class made, such as a list, a Date or a relation, would be a record without a name in it. */
export function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  if (typeof given !== "object" || given === null) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  // That of another realm is not this realm's.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
