/**
 * Projects that live on: random edits of a pipeline's definition, files that come, change, break and go, warehouses that
 * are moved, restored or shared, and updates that are stopped. After each update a table is what a new warehouse of the
 * same definition and files would hold, or was refused and is as it was; no version of a history is lost; the plan, the
 * event log and the update agree; and there is nothing left to do.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { test } from "vitest";
import { folder } from "../support.ts";
import { FIRST, GENES, type Genes } from "./genes.ts";
import { Play, type Step } from "./play.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 5);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 3);

const names = Object.keys(GENES) as (keyof Genes)[];
const gene = fc
  .constantFrom(...names)
  .chain((name) => fc.constantFrom(...GENES[name]).map((value) => ({ [name]: value })));
const some = (minLength: number, maxLength: number): fc.Arbitrary<Partial<Genes>> =>
  fc.array(gene, { minLength, maxLength }).map((all) => Object.assign({}, ...all));

const once = (of: number) => fc.nat(of).map((n) => n === 0);
const places = ["orders", "orders", "orders", "orders/deep", "asia", "people", "people", "stock", "stock", "extra"];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("edit" as const), genes: some(1, 3) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant("arrive" as const),
      to: fc.constantFrom(...places),
      k: fc.nat(1000),
      rows: fc.nat(4),
      odd: fc.nat(9),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("overwrite", "archive", "archive", "damage"), which: fc.nat(30) }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant("update" as const),
      only: fc.option(fc.nat(12), { freq: 9 }),
      fullRefresh: once(15),
      acceptLoss: once(9),
      stop: fc.option(fc.nat(60), { freq: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("revert", "revert", "backup", "restore", "move", "neighbour") }),
  },
) as fc.Arbitrary<Step>;

const update: Step = { do: "update", only: null, fullRefresh: false, acceptLoss: false, stop: null };
const first: readonly Step[] = [
  { do: "arrive", to: "orders", k: 1, rows: 4, odd: 0 },
  { do: "arrive", to: "people", k: 2, rows: 4, odd: 0 },
  { do: "arrive", to: "stock", k: 3, rows: 3, odd: 0 },
  update,
];

test("a project lives on", { timeout: 60_000 + CASES * 20_000 }, async () => {
  const base = await folder();
  let n = 0;
  await fc.assert(
    fc.asyncProperty(some(0, 8), fc.array(step, { minLength: 3, maxLength: 14 }), async (genes, steps) => {
      const play = new Play(path.join(base, String(n++)), { ...FIRST, ...genes });
      fc.pre(play.isPipeline());
      for (const one of [...first, ...steps, update]) await play.play(one);
      await rm(play.base, { recursive: true });
    }),
    { numRuns: CASES, seed: SEED },
  );
});
