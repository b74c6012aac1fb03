import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { diagnosticsPage } from "../../scripts/diagnostics-doc.ts";
import { CATALOGUE } from "../../src/diagnostics/catalogue.ts";
import { SENTENCES, say } from "../../src/diagnostics/sentences.ts";
import { SENTENCES_OF_TYPES } from "../../src/diagnostics/sentences-of-types.ts";

const SRC = path.resolve(import.meta.dirname, "../../src");

test("docs/diagnostics.md is what the catalogue says: npm run docs writes it", () => {
  expect(readFileSync(new URL("../../docs/diagnostics.md", import.meta.url), "utf8")).toBe(diagnosticsPage());
});

test("every code that the sources report is in the catalogue, and none else", () => {
  const reported = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("diagnostics"))
    .flatMap((file) => [
      // Examples in doc comments have codes of their own.
      ...readFileSync(path.join(SRC, file), "utf8")
        .replace(/^ *\*.*$/gm, "")
        .matchAll(/["`]([A-Z]{2,}\d{3})["`:]/g),
    ])
    .map(([, code]) => code);
  expect([...new Set(reported)].sort()).toEqual(Object.keys(CATALOGUE).sort());
});

test("the codes of a file are in order, so that the next free one is seen", () => {
  const folder = path.join(SRC, "diagnostics");
  const families = readdirSync(folder).filter((file) => !file.startsWith("sentences"));
  const codes = families.map((file) =>
    [...readFileSync(path.join(folder, file), "utf8").matchAll(/^ {2}([A-Z]+\d{3}): \{/gm)].map(([, code]) => code),
  );
  expect(codes.flat().length).toBe(Object.keys(CATALOGUE).length);
  expect(codes).toEqual(codes.map((of) => of.toSorted()));
});

const sources = (folder: string) =>
  readdirSync(path.join(SRC, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(path.join(SRC, folder, file), "utf8"))
    .join("\n");

/** A variant may be chosen by a value: `METRIC001:${additivity}`. */
function isNamed(name: string, text: string): boolean {
  const [code = "", variant] = name.split(":");
  return text.includes(`"${name}"`) || (variant !== undefined && text.includes(`\`${code}:\${`));
}

test.each(Object.keys(SENTENCES))("%s is said by the compiler and by an analyzer or the builder", (name) => {
  expect(
    isNamed(
      name,
      ["typed", "builder/typed", "builder/expr", "builder/pipeline", "settings", "nodes"].map(sources).join("\n"),
    ),
    "types",
  ).toBe(true);
  expect(
    isNamed(
      name,
      sources("analyze") +
        sources("nodes") +
        sources("settings") +
        sources("builder/relation") +
        sources("builder/pipeline") +
        sources("builder/expr"),
    ),
  ).toBe(true);
});

test.each(Object.keys(SENTENCES_OF_TYPES))("%s is said by the compiler", (name) => {
  expect(isNamed(name, ["typed", "builder/typed", "builder/pipeline", "settings"].map(sources).join("\n"))).toBe(true);
});

test("a sentence is filled with what the place knows", () => {
  expect(say("METRIC002", { first: "EUR", second: "USD" })).toEqual({
    code: "METRIC002",
    message: "EUR and USD must not be added or compared",
    help: "convert() one of them first",
  });
  // @ts-expect-error -- the sentence has two places
  say("METRIC002", { first: "EUR" });
  // @ts-expect-error -- the sentence has none
  say("FK001", { first: "EUR" });
});
