/** DuckDB's driver is loaded as the CommonJS that it is: an import parses all of its files first. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const DRIVER = /^(?:import|export) (?!type )[^;]*?from "@duckdb\/node-api[^"]*"|import\("@duckdb/gm;

test("no module of the embedded engine is imported for its effect alone, which a bundler leaves out", () => {
  const importing = globSync("src/{engines,formats}/**/*.ts").filter((file) =>
    /^import "\./m.test(readFileSync(file, "utf8")),
  );
  expect(importing).toEqual([]);
});

test("nothing imports DuckDB's driver but its types", () => {
  const files = globSync("src/**/*.ts");
  expect(files.length).toBeGreaterThan(300);
  const importing = files.filter((file) => readFileSync(file, "utf8").match(DRIVER));
  expect(importing).toEqual([]);
  expect('import {\n  BOOLEAN,\n  type X,\n} from "@duckdb/node-api";'.match(DRIVER)).toHaveLength(1);
});
