/** Every public name is explained, and what is called has an example. */
import { expect, test } from "vitest";
import { projectDir } from "../types/tsc.ts";
import { exportsOf } from "./exports.ts";

const doors = ["src/index.ts", "src/run/index.ts", "src/databricks/index.ts", "src/cli/index.ts"];

test.each(doors)("every name of %s has a doc comment", (door) => {
  const names = exportsOf(projectDir, door);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter(({ comment }) => comment === undefined).map(({ name, file }) => `${name} (${file})`)).toEqual([]);
});

test.each(doors)("every function and value of %s has an example", (door) => {
  const bare = exportsOf(projectDir, door).filter(
    ({ value, comment }) => value && !/@example\n \* ```ts\n/.test(comment ?? ""),
  );
  expect(bare.map(({ name, file }) => `${name} (${file})`)).toEqual([]);
});

test("the names are those that the doors have at run time", async () => {
  for (const [door, module] of [
    ["src/index.ts", await import("medallion")],
    ["src/run/index.ts", await import("medallion/run")],
    ["src/databricks/index.ts", await import("medallion/databricks")],
    ["src/cli/index.ts", await import("medallion/cli")],
  ] as const) {
    const values = exportsOf(projectDir, door).filter(({ value }) => value);
    expect(values.map(({ name }) => name).sort()).toEqual(Object.keys(module).sort());
  }
});
