/** A value that somebody gave, as an error names it: nothing that is given may break the error. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" || typeof value === "function" ? kindOf(value) : String(value);
}

function kindOf(value: object): string {
  if (typeof value === "function") return "a function";
  if (!(value instanceof Date)) return "an object";
  return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
}
