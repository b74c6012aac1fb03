/** What a table costs follows its columns: twice as many take twice as long, not four times. */
import { type AnyPipeline, analyze, compile, fn, fromManifest, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import type { Expression } from "../../src/builder/expr/expression.ts";
import { cpuOf, cpuTime, leastOf } from "../cpu.ts";

function wide(columns: number): AnyPipeline {
  const declared = Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}`, t.bigint()]));
  return pipeline("wide")
    .bronze({ raw: source.csv("raw/*.csv", { id: t.bigint(), ...declared }) })
    .silver(($) => ({
      derived: $.raw.derive((r) => ({ more: r.id.plus(1) })),
      selected: $.raw.select((r) => ({ ...r, more: r.id.plus(2) })).where((r) => r.id.gt(0)),
    }));
}

test.each([
  ["built and analyzed", (made: AnyPipeline) => analyze(made)],
  ["compiled", (made: AnyPipeline) => compile(made, { target: "databricks" })],
] as const)("a wide table is %s in time that is linear in its columns", async (_, of) => {
  const cost = (columns: number) => cpuOf(() => of(wide(columns)));
  // Eight times the columns: 8 where it is linear, 64 where every column looks through all.
  const most = 20;
  expect(await leastOf(most, async () => (await cost(2400)) / (await cost(300)))).toBeLessThan(most);
});

test("reading a field of a struct makes no other field, so that reading all of them is linear", async () => {
  const reading = (count: number): number => {
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    const bronze = pipeline("p").bronze({ raw: source.json("x", { id: t.int() }) });
    const silver = bronze.silver(($) => ({
      wide: $.raw.select((r) => ({ s: fn.struct(Object.fromEntries(names.map((name) => [name, r.id]))) })),
    }));
    const before = cpuTime();
    silver.silver(($) => ({
      all: $.wide.select((r) => {
        const struct = r.s as unknown as { readonly fields: Record<string, Expression> };
        return Object.fromEntries(names.map((name) => [name, struct.fields[name]])) as never;
      }),
    }));
    return cpuTime() - before;
  };
  reading(100);
  const most = 9;
  expect(await leastOf(most, () => reading(800) / reading(200))).toBeLessThan(most);
});

test("a case of 2,000 branches is analyzed in a few times what reading it takes", async () => {
  const p = pipeline("p")
    .bronze({ raw: source.json("x", { code: t.int().nullable(), text: t.string() }) })
    .silver(($) => ({
      named: $.raw.select((r) => {
        let name = fn.when(r.code.eq(0), r.text);
        for (let i = 1; i < 2000; i++) name = name.when(r.code.eq(i), r.text.concat(`${i}`));
        return { name: name.otherwise(r.text) };
      }),
    }));
  const manifest = JSON.parse(JSON.stringify(p));
  const analyzed = (): number => {
    const start = cpuTime();
    // What is known of a node is kept with it: so it is read anew.
    const made = fromManifest(manifest);
    const before = cpuTime();
    analyze(made);
    return (cpuTime() - before) / (before - start);
  };
  const most = 9;
  // It is 3, and was 22: each branch read all before it.
  expect(await leastOf(most, analyzed)).toBeLessThan(most);
});
