/** Random pipelines over files that come in batches: after each update, every table is what a run from nothing makes. */
import fc from "fast-check";
import { compile, MedallionError } from "medallion";
import { expect, test } from "vitest";
import { genes } from "../../spark/random/genes.ts";
import { jsonLines, programOf } from "../../spark/random/program.ts";
import { folder, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 5);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 9);
const BATCHES = 3;

test("random pipelines: updates over batches of rows and events", { timeout: 300_000 + CASES * 10_000 }, async () => {
  const techniques = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(genes, async (drawn) => {
      const program = programOf(drawn);
      try {
        compile(program.pipeline, { target: "duckdb" });
      } catch (error) {
        expect(error).toBeInstanceOf(MedallionError);
        return;
      }
      const p = program.pipeline;
      const base = await folder();
      for (let batch = 0; batch < BATCHES; batch++) {
        for (const from of program.sources) {
          const rows = from.rows.filter((_, i) => i % BATCHES === batch);
          if (batch === 0 || rows.length > 0)
            await write(base, `${from.table}/${batch}.json`, jsonLines({ ...from, rows }));
        }
        for (const { refresh } of await expectRecomputed(p, base)) {
          if (refresh) techniques.set(refresh.technique, (techniques.get(refresh.technique) ?? 0) + 1);
        }
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
});
