/** What several settings are made of: records of texts, flags, names of functions and of what a table names itself. */
import type { Cursor } from "../core/cursor.ts";
import { describe } from "../core/describe.ts";
import type { Place } from "../core/location.ts";
import { checkWords, nameProblem } from "../core/text.ts";
import { mistake } from "../diagnostics/mistake.ts";

export type Words = Readonly<Record<string, string>>;

export function readWords(json: Cursor, what: string): Words {
  const words = Object.fromEntries(json.entries().map(([name, value]) => [name, value.string()]));
  return json.build(() => checkWords(what, words, undefined));
}

/** Functions are named by up to three identifiers: `catalog.schema.function`. */
export function functionName(name: unknown, at: Place): string {
  const parts = typeof name === "string" ? name.split(".") : [];
  if (parts.length >= 1 && parts.length <= 3 && parts.every((part) => part.trim() === part && !nameProblem(part)))
    return parts.join(".");
  throw mistake(at, {
    code: "SET002",
    message: `${describe(name)} does not name a SQL function`,
    help: 'give its name in the catalog: "governance.mask_email"',
  });
}

export function readFunction(json: Cursor): string {
  const name = json.get("function");
  return name.build(() => functionName(name.string(), undefined));
}

/** Whether a table has given a name to something already: SQL does not tell their cases apart. */
export function isTaken(name: string, taken: readonly { readonly name: string }[]): boolean {
  return taken.some((one) => one.name.toLowerCase() === name.toLowerCase());
}
