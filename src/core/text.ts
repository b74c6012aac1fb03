/** What a name, and what a text, may hold: the same on every engine, so that nothing fails after rows were written. */

import { isRecord } from "./describe.ts";
import { DefinitionError } from "./errors.ts";
import { freeze } from "./freeze.ts";
import type { Place } from "./location.ts";

/** Control characters and line ends: SQL, Python, YAML, CSV headers and logs each read some of them otherwise. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Why a text cannot be written to every engine, or `undefined`. */
function textProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return "holds half of a surrogate pair, which is not a character";
  return text.includes("\0") ? "holds a NUL character" : undefined;
}

/** Why a text cannot name anything, or `undefined`. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (!name.isWellFormed()) return textProblem(name);
  const control = CONTROL.exec(name)?.[0];
  return control === undefined ? undefined : `holds the control character ${shown(control)}`;
}

/** @throws DefinitionError `TEXT001` where the value is not a text that every engine can store. */
export function checkText(what: string, value: unknown, at: Place | (() => Place)): string {
  const problem = typeof value === "string" ? textProblem(value) : "is not a string";
  if (problem === undefined) return value as string;
  throw textError(what, problem, "remove the character, or give another text", at);
}

/** @throws DefinitionError `TEXT001` where the value cannot name anything. A place that costs is asked for only then. */
export function checkName(what: string, value: unknown, at: Place | (() => Place)): string {
  const problem = typeof value === "string" ? nameProblem(value) : "is not a string";
  if (problem === undefined) return value as string;
  throw textError(what, problem, "names are printable text on one line", at);
}

/** Texts by name, such as tags: both are checked. */
export function checkWords(what: string, words: unknown, at: string | undefined): Readonly<Record<string, string>> {
  if (!isRecord(words)) throw textError(what, "is given by name", "give an object: { name: text }", at);
  const checked = Object.entries(words).map(([name, value]) => [
    checkName(`the name of ${what}`, name, at),
    checkText(`${what} ${JSON.stringify(name)}`, value, at),
  ]);
  return freeze(Object.fromEntries(checked));
}

function textError(what: string, problem: string, help: string, at: Place | (() => Place)): DefinitionError {
  const location = typeof at === "function" ? at() : at;
  return new DefinitionError({ code: "TEXT001", message: `${what} ${problem}`, help, location });
}

/** A text on one line, for comments in generated files: control characters and line ends by their code. */
export function oneLine(text: string): string {
  return text.replace(new RegExp(CONTROL, "g"), shown);
}

function shown(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** How much of a value is shown where it is not accepted, on every engine. */
export const EXCERPT = 80;

/** The beginning of a text that is too long to be shown. */
export function excerpt(text: string): string {
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
}

/** A text as a pattern that matches it alone. */
export function quoteRegex(literal: string): string {
  return literal.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}
