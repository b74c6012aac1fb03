/**
 * Random pipelines over random files: after each delivery, whatever it adds, replaces, removes or brings late, every table is
 * what a run without any state makes of the same files.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import type { AnyPipeline } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import type { TableNode } from "../../../src/ast/pipeline.ts";
import { type Genes, genes, pick } from "../../spark/random/genes.ts";
import { jsonLines, type Program, programOf, type SourceRows } from "../../spark/random/program.ts";
import { folder, write } from "../support.ts";
import { expectRecomputed, isDefaultDraw, withPolicy } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 4);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 4);

const choice = fc.noBias(fc.nat(9_999));

/** What comes with an update. */
const delivery = fc.record({
  /** Rows of each source, by their numbers; a row may come again. */
  rows: fc.array(fc.array(choice, { maxLength: 6 }), { minLength: 4, maxLength: 4 }),
  /** What is run before everything is. */
  before: fc.constantFrom("nothing", "nothing", "one table", "one table, from the start"),
  which: choice,
  /** Whether tables have lost the last step of their queries. */
  shorter: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
const story = fc.record({
  genes,
  /** Of which sources files are replaced by others, so that rows go. */
  replaced: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  deliveries: fc.array(delivery, { minLength: 2, maxLength: 4 }),
});

test("every table of a random pipeline is what a recompute makes of it", {
  timeout: 120_000 + CASES * 60_000,
}, async () => {
  const techniques = new Set<string>();
  await fc.assert(
    fc.asyncProperty(story, async ({ genes: drawn, replaced, deliveries }) => {
      const base = await folder();
      const warehouse = path.join(base, "w.duckdb");
      const programs = [drawn, shorter(drawn)].map(programOf);
      let told = "";
      for (const [i, one] of [WHOLE, ...deliveries].entries()) {
        const program = programs[one.shorter ? 1 : 0] as Program;
        const p = replacing(program, replaced);
        for (const [n, source] of program.sources.entries())
          await deliver(base, source, one.rows[n], { i, replaces: replaces(replaced, program, n) });
        told += `${JSON.stringify(one)}\n`;
        if (i > 0 && one.before !== "nothing") {
          const only = pick(p.toNode().tables, one.which).name;
          const fullRefresh = one.before === "one table, from the start";
          await (
            await run(withPolicy(p, "incremental"), { warehouse, baseDir: base, only: [only], fullRefresh })
          ).close();
        }
        try {
          for (const { refresh } of await expectRecomputed(p, base, { warehouse })) {
            if (refresh && i > 0) techniques.add(refresh.technique);
          }
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${program.text}\n${replaced}\n${told}`, { cause: error });
        }
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
  if (isDefaultDraw) expect(techniques).toContain("ROW_BASED");
});

type Delivery = Pick<
  typeof delivery extends fc.Arbitrary<infer D> ? D : never,
  "rows" | "before" | "which" | "shorter"
>;

const WHOLE: Delivery = {
  rows: [
    [0, 1, 2, 3, 4, 5],
    [0, 1, 2, 3],
    [0, 1, 2],
    [0, 1, 2, 3],
  ],
  before: "nothing",
  which: 0,
  shorter: false,
};

function shorter(drawn: Genes): Genes {
  return {
    ...drawn,
    tables: drawn.tables.map((one) => ({ ...one, steps: one.steps.slice(0, Math.max(1, one.steps.length - 1)) })),
  };
}

/** Change events are read as they come. */
const replaces = (replaced: readonly boolean[], { sources }: Program, n: number): boolean =>
  replaced[n] === true && sources[n]?.table !== "events";

function replacing(program: Program, replaced: readonly boolean[]): AnyPipeline {
  const node = program.pipeline.toNode();
  const names = new Set(program.sources.filter((_, n) => replaces(replaced, program, n)).map((s) => s.table));
  const tables = node.tables.map((table): TableNode => {
    if (table.kind !== "query" || table.query.kind !== "source" || !names.has(table.name)) return table;
    return { ...table, query: { ...table.query, options: { ...table.query.options, onChange: "replace" } } };
  });
  return Object.create(program.pipeline, { toNode: { value: () => ({ ...node, tables }) } });
}

async function deliver(
  base: string,
  source: SourceRows,
  numbers: readonly number[] = [],
  { i, replaces: gone }: { readonly i: number; readonly replaces: boolean },
): Promise<void> {
  if (source.rows.length === 0) return i === 0 ? write(base, `${source.table}/0.json`, "") : undefined;
  // A file without content is not read: what it takes the place of would stay.
  const rows = (numbers.length === 0 && gone ? [0] : numbers).map((n) => pick(source.rows, n));
  if (gone) await rm(path.join(base, source.table, `${i - 1}.json`), { force: true });
  if (rows.length > 0) await write(base, `${source.table}/${i}.json`, jsonLines({ ...source, rows }));
}
