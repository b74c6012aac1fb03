/** The guide of names and the pointers at run time have the same ones, and all of them lead somewhere. */
import { readFileSync } from "node:fs";
import { fn, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { KNOWN_AS } from "../../src/diagnostics/known-as.ts";

const guide = readFileSync(new URL("../../docs/guides/you-know-it-as.md", import.meta.url), "utf8");
const words = (cell: string | undefined): readonly string[] =>
  [...(cell ?? "").matchAll(/`(\w+)`/g)].flatMap(([, word]) => (word ? [word] : []));

test("the guide has the pairs of the list", () => {
  const told = (guide.split("## dbt")[0] ?? "").split("\n").flatMap((line) => {
    const [, ours, theirs, how] = line.split("|");
    return how === undefined ? [] : words(theirs).map((their) => `${their} → ${words(ours).join(", ")}`);
  });
  const known = [...KNOWN_AS].map(([theirs, ours]) => `${theirs} → ${ours.join(", ")}`);
  expect(told.sort()).toEqual(known.sort());
});

/** The names that there are, on everything that has methods. */
function names(): ReadonlySet<string> {
  const all = new Set<string>([...Object.keys(fn), ...Object.keys(t)]);
  const add = (value: object): void => {
    for (let at = Object.getPrototypeOf(value); at && at !== Object.prototype; at = Object.getPrototypeOf(at))
      for (const name of Object.getOwnPropertyNames(at)) all.add(name);
  };
  const raw = source.json("x", { id: t.int() });
  add(raw);
  add(t.int());
  pipeline("p")
    .bronze({ raw })
    .silver(($) => {
      $.raw.where((c) => {
        add(c.id);
        return c.id.gt(0);
      });
      all.add("aggregate").add("limit");
      return { raw2: $.raw };
    });
  return all;
}

test("what they are called here is there", () => {
  const all = names();
  expect([...new Set([...KNOWN_AS.values()].flat())].filter((ours) => !all.has(ours))).toEqual([]);
});

test("a word for several things names those that are there", () => {
  const call = (made: () => unknown) => {
    try {
      return made();
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  };
  // biome-ignore lint/suspicious/noExplicitAny: what has no such method is asked for it.
  const untyped = (value: unknown): any => value;
  expect(call(() => untyped(fn).count())).toBe("count() is called countRows() here");
  expect(call(() => untyped(t).number())).toBe("number() is called int() or bigint() or decimal() or double() here");
  expect(call(() => untyped(t).toJSON2())).toContain('there is no method "toJSON2"');
});
