/**
 * Random pipelines without Spark: the printer's queries give the rows of a printer that folds and leaves out nothing, and
 * what builds at run time is what `tsc` takes.
 */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { duckdb, duckdbIdentifier } from "../../src/targets/duckdb/dialect.ts";
import { sorted } from "../spark/canonical.ts";
import { duckSession } from "../spark/duck.ts";
import type { EngineError, Result } from "../spark/engines.ts";
import { queriesOf } from "../spark/random/case.ts";
import { genes } from "../spark/random/genes.ts";
import { printNaive } from "../spark/random/naive.ts";
import { programOf } from "../spark/random/program.ts";
import { removeDir, scratchDir, tsc } from "../types/tsc.ts";

const duck = await duckSession();
afterAll(() => duck.close());

const SEED = Number(process.env["MEDALLION_SEED"] ?? 20260);

function rowsOf(result: Result | EngineError | undefined): unknown {
  return result && "rows" in result ? sorted(result.rows) : result?.message;
}

test("every table of a random pipeline has the rows of the naive printer", async () => {
  let tables = 0;
  await fc.assert(
    fc.asyncProperty(genes, async (drawn) => {
      const program = programOf(drawn);
      for (const { table, columns, rows } of program.sources) await duck.view(table, columns, rows);
      const real = queriesOf(program, duckdb, duckdbIdentifier);
      const naive = queriesOf(program, duckdb, duckdbIdentifier, (n) => printNaive(n.query, duckdb, duckdbIdentifier));
      for (const [i, { table, sql }] of real.entries()) {
        const [ours, theirs] = await duck.batch([sql, naive[i]?.sql ?? ""]);
        expect(rowsOf(ours), `${program.text}\n${sql}\n${naive[i]?.sql}`).toEqual(rowsOf(theirs));
        await duck.sql(`CREATE OR REPLACE TEMP TABLE ${duckdbIdentifier(table)} AS ${sql}`);
        tables++;
      }
    }),
    { numRuns: 40, seed: SEED },
  );
  expect(tables).toBeGreaterThan(80);
}, 180_000);

test("a random pipeline, printed as TypeScript, type-checks", async () => {
  const dir = await scratchDir();
  try {
    const programs = fc.sample(genes, { seed: SEED, numRuns: 20 }).map((drawn) => programOf(drawn).text);
    const errors = await tsc(dir, Object.fromEntries(programs.map((text, i) => [`p${i}.ts`, text])));
    const first = errors[0];
    expect(errors.length, `${first?.text}\n${programs[Number(/\d+/.exec(first?.file ?? "0")?.[0])]}`).toBe(0);
  } finally {
    await removeDir(dir);
  }
}, 180_000);
