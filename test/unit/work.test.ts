/** How much is done for what is asked: work grows as what is written does. */
import { fn, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import type { Expression } from "../../src/builder/expr/expression.ts";

/** The least CPU time of several, in microseconds. */
function least(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    return process.cpuUsage(before).user;
  });
  return Math.min(...times);
}

test("reading a field of a struct makes no other, so that reading all of them is linear", () => {
  const reading = (count: number) => {
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    const bronze = pipeline("p").bronze({ raw: source.json("x", { id: t.int() }) });
    const silver = bronze.silver(($) => ({
      wide: $.raw.select((r) => ({ s: fn.struct(Object.fromEntries(names.map((name) => [name, r.id]))) })),
    }));
    return least(() =>
      silver.silver(($) => ({
        all: $.wide.select((r) => {
          const struct = r.s as unknown as { readonly fields: Record<string, Expression> };
          return Object.fromEntries(names.map((name) => [name, struct.fields[name]])) as never;
        }),
      })),
    );
  };
  reading(50);
  // It is 4, and was 16.
  expect(reading(800) / reading(200)).toBeLessThan(9);
});
