/** What a table costs follows its columns: twice as many take twice as long, not four times. */
import { type AnyPipeline, analyze, compile, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";

function wide(columns: number): AnyPipeline {
  const declared = Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}`, t.bigint()]));
  return pipeline("wide")
    .bronze({ raw: source.csv("raw/*.csv", { id: t.bigint(), ...declared }) })
    .silver(($) => ({
      derived: $.raw.derive((r) => ({ more: r.id.plus(1) })),
      selected: $.raw.select((r) => ({ ...r, more: r.id.plus(2) })).where((r) => r.id.gt(0)),
    }));
}

function cost(columns: number, of: (made: AnyPipeline) => unknown): number {
  const before = process.cpuUsage().user;
  of(wide(columns));
  return process.cpuUsage().user - before;
}

/** How many times as much CPU the wider table takes: the least of a few runs, which a busy machine spoils one by one. */
function growth(of: (made: AnyPipeline) => unknown, most: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 8 && least >= most; run++) least = Math.min(least, cost(2400, of) / cost(300, of));
  return least;
}

test.each([
  ["built and analyzed", (made: AnyPipeline) => analyze(made)],
  ["compiled", (made: AnyPipeline) => compile(made, { target: "databricks" })],
] as const)("a wide table is %s in time that is linear in its columns", (_, of) => {
  // Eight times the columns: 8 where it is linear, 64 where every column looks through all.
  expect(growth(of, 20)).toBeLessThan(20);
});
