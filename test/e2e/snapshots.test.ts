/** Snapshots that arrive together give the history that they give one by one, whatever the version is made of. */
import { rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { type AnyPipeline, analyze, fn, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { folder, rows, write } from "./support.ts";

const item = { day: t.date(), part: t.int(), sku: t.string(), amount: t.int(), note: t.string().nullable() };
const base = pipeline("stock").bronze({
  raw: source.json("raw/*.json", item),
  other: source.json("other/*.json", item),
  whole: source.json("raw/*.json", item).materialized(),
});
type Untyped = ReturnType<typeof JSON.parse>;

/** The rows of the last day. */
const lastDay = (items: Untyped, day = (s: Untyped) => s.day) =>
  items
    .derive((s: Untyped) => ({ last: day(s).max().over({}) }))
    .where((s: Untyped) => day(s).eq(s.last))
    .select(({ last, ...rest }: Untyped) => rest);
const history = (input: Untyped, version: (s: Untyped) => Untyped) =>
  input.snapshots({
    key: (s: Untyped) => s.sku,
    version,
    columns: ({ sku, amount }: Untyped) => ({ sku, amount }),
  });
const inOne = (of: ($: Untyped) => Untyped): AnyPipeline => base.scd2(($: Untyped) => ({ history: of($) }) as Untyped);

/** Ways to say the version. In all of them day and part grow together. */
const told: Readonly<Record<string, AnyPipeline>> = {
  "a column": inOne(($) => history(lastDay($.raw), (s) => s.day.max())),
  "an expression over several columns": inOne(($) =>
    history(lastDay($.raw), (s) => s.day.addDays(s.part.minus(s.part)).max()),
  ),
  "a column that a view computes": base
    .silver(($: Untyped) => ({
      shifted: $.raw.derive((s: Untyped) => ({ taken: s.day.addDays(1) })).materialized(),
    }))
    .silver(($: Untyped) => ({ today: lastDay($.shifted) }))
    .scd2(($: Untyped) => ({ history: history($.today, (s) => s.taken.max()) }) as Untyped),
  "a window's greatest value": inOne(($) =>
    history(
      $.raw.derive((s: Untyped) => ({ last: s.day.max().over({}) })).where((s: Untyped) => s.day.eq(s.last)),
      (s) => s.last.max(),
    ),
  ),
  "a greatest value of groups": inOne(($) =>
    history(
      $.raw
        .groupBy((s: Untyped) => ({ sku: s.sku, part: s.part, amount: s.amount }))
        .aggregate((s: Untyped) => ({ seen: s.day.max() }))
        .dedupe({ key: (s: Untyped) => s.sku, orderBy: (s: Untyped) => s.seen.desc() }),
      (s) => s.seen.max(),
    ),
  ),
  "a case": inOne(($) =>
    history(lastDay($.raw), (s) => fn.when(s.part.gt(1000), s.day).otherwise(s.day.addDays(0)).max()),
  ),
  "a bronze table that is read as a whole": inOne(($) => history(lastDay($.whole), (s) => s.day.max())),
  "a union of two tables": base
    .silver(($: Untyped) => ({
      raw_view: $.raw.materialized(),
      other_view: $.other.where((s: Untyped) => s.part.gt(0)),
    }))
    .scd2(
      ($: Untyped) => ({ history: history(lastDay($.raw_view.union($.other_view)), (s) => s.day.max()) }) as Untyped,
    ),
};

type State = Readonly<Record<string, number>>;
const file = (n: number, state: State) =>
  Object.entries(state)
    .map(
      ([sku, amount]) =>
        `${JSON.stringify({ day: `2025-01-${String(n).padStart(2, "0")}`, part: n, sku, amount, note: null })}\n`,
    )
    .join("");

async function historyOf(p: AnyPipeline, deliveries: readonly (readonly [n: number, state: State])[][]) {
  const baseDir = await folder();
  const options = { baseDir, warehouse: path.join(baseDir, "w.duckdb") };
  let last: readonly unknown[] = [];
  for (const delivery of deliveries) {
    for (const [n, state] of delivery) await write(baseDir, `${n % 2 ? "raw" : "other"}/${n}.json`, file(n, state));
    await using update = await run(p, options);
    expect(update.tables.filter((one) => one.reason).map((one) => one.reason)).toEqual([]);
    last = await rows(
      update,
      "SELECT sku, amount, CAST(__START_AT AS VARCHAR) AS s, CAST(__END_AT AS VARCHAR) AS e FROM silver.history ORDER BY ALL",
    );
  }
  await rm(baseDir, { recursive: true });
  return last;
}

const states = fc.array(
  fc.record({
    state: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.nat(2), { minKeys: 1 }),
    /** Whether an update comes before it arrives. */
    alone: fc.boolean(),
  }),
  { minLength: 2, maxLength: 5 },
);
const EXAMPLE = [{ a: 1 }, { a: 2, b: 1 }, { b: 1 }, { a: 2, b: 1 }].map((state, i) => ({ state, alone: i === 1 }));
const numRuns = Number(process.env["MEDALLION_CASES"] ?? 1);

describe.each(Object.entries(told))("the version is %s", (name, p) => {
  test("together or one by one, the history is the same", async () => {
    await fc.assert(
      fc.asyncProperty(states, async (all) => {
        // Odd numbers are files of the first table: of two tables every number is one of theirs.
        const numberOf = (i: number) => (name.includes("two tables") ? i + 1 : 2 * i + 1);
        const apart = all.map(({ state }, i) => [[numberOf(i), state] as const]);
        const together = all.reduce<(typeof apart)[number][]>((deliveries, { alone }, i) => {
          const before = alone || i === 0 ? undefined : deliveries.pop();
          deliveries.push([...(before ?? []), ...(apart[i] ?? [])]);
          return deliveries;
        }, []);
        expect(await historyOf(p, together)).toEqual(await historyOf(p, apart));
      }),
      { numRuns, examples: [[EXAMPLE]] },
    );
  });

  test("nothing is reported", () => {
    expect(analyze(p).filter((d) => d.code === "SCD007")).toEqual([]);
  });
});

describe("SCD007: versions that cannot be followed to the rows", () => {
  const untold: Readonly<Record<string, AnyPipeline>> = {
    "the least value": inOne(($) => history(lastDay($.raw), (s) => s.day.min())),
    "a count": inOne(($) => history(lastDay($.raw), (s) => s.sku.count())),
    "the greatest of some rows": inOne(($) => history(lastDay($.raw), (s) => s.day.max().filter(s.amount.gt(1)))),
    "a value of one row of a group": inOne(($) =>
      history(
        $.raw
          .groupBy((s: Untyped) => ({ sku: s.sku }))
          .aggregate((s: Untyped) => ({ amount: s.amount.sum(), seen: s.day.maxBy(s.amount) })),
        (s) => s.seen.max(),
      ),
    ),
    "a target of changes": base
      .scd1(($: Untyped) => ({
        latest: $.raw.changes({ key: (s: Untyped) => s.sku, sequenceBy: (s: Untyped) => s.part }),
      }))
      .scd2(($: Untyped) => ({ history: history($.latest, (s) => s.day.max()) }) as Untyped),
    "columns of two tables in one": inOne(($) =>
      history(
        $.raw.join(
          $.other,
          (a: Untyped, b: Untyped) => a.sku.eq(b.sku),
          (a: Untyped, b: Untyped) => ({ sku: a.sku, amount: a.amount, seen: fn.greatest(a.day, b.day) }),
        ),
        (s) => s.seen.max(),
      ),
    ),
  };

  test.each(Object.entries(untold))("%s", (_, p) => {
    expect(analyze(p).filter((d) => d.code === "SCD007")).toMatchObject([
      { severity: "warning", table: "history", location: expect.stringContaining("snapshots.test.ts") },
    ]);
  });
});
