/** Every public name is explained, and what is called has an example. */
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { projectDir } from "../types/tsc.ts";
import { exportsOf } from "./exports.ts";

/** The doors that package.json opens, by the name under which a user imports them. */
const doorOf = new Map(
  Object.entries(packageJson.exports).flatMap(([subpath, target]) =>
    typeof target === "string"
      ? []
      : [[subpath.replace(/^\./, "medallion"), target["medallion-source"].slice(2)] as const],
  ),
);
const doors = [...doorOf.values()];

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
  expect(doors.length).toBeGreaterThanOrEqual(5);
  for (const [name, door] of doorOf) {
    const module: object = await import(name);
    const values = exportsOf(projectDir, door).filter(({ value }) => value);
    expect(values.map(({ name }) => name).sort()).toEqual(Object.keys(module).sort());
  }
});
