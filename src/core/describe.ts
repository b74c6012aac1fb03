/** A value that somebody gave, as an error names it: nothing that is given may break the error. */
export function describe(value: unknown): string {
  if (value === undefined) return "undefined (a column that does not exist?)";
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" || typeof value === "function" ? kindOf(value) : String(value);
}

function kindOf(value: object): string {
  if (typeof value === "function") return "a function";
  return value instanceof Date ? "a Date" : "an object";
}
