import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { diagnosticsPage } from "../../scripts/diagnostics-doc.ts";
import { CATALOGUE } from "../../src/diagnostics/catalogue.ts";

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
        .matchAll(/"([A-Z]{2,}\d{3})"/g),
    ])
    .map(([, code]) => code);
  expect([...new Set(reported)].sort()).toEqual(Object.keys(CATALOGUE).sort());
});
