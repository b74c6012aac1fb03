import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { targetsPage } from "../../scripts/targets-doc.ts";

test("docs/targets.md is what the compilers do: npm run docs writes it", () => {
  expect(readFileSync(new URL("../../docs/targets.md", import.meta.url), "utf8")).toBe(targetsPage());
});
