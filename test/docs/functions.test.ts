/** The page of functions is current, and has every function that there is. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { functionsPage } from "../../scripts/functions-doc.ts";
import { functionNames } from "../../src/functions/index.ts";

const page = functionsPage();

test("docs/functions.md is what there is: npm run docs writes it", () => {
  expect(readFileSync(new URL("../../docs/functions.md", import.meta.url), "utf8")).toBe(page);
});

test("every function has its line, but for those that a method of another name or a property is", () => {
  const told = new Set([...page.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name));
  const missing = functionNames().filter((name) => !told.has(name));
  expect(missing).toEqual(["convertUnit", "field"]);
});
