/** Random pipelines: every table has the same rows on Spark and on DuckDB. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sorted } from "../canonical.ts";
import { duckSession } from "../duck.ts";
import { countPairs, sparkSession } from "../session.ts";
import { compareAll, type Outcome } from "./compare.ts";
import { runEmbedded } from "./embedded.ts";
import { genes } from "./genes.ts";
import { type Program, programOf } from "./program.ts";

/** The same pipelines in every run, unless others are asked for. */
const SEED = Number(process.env["MEDALLION_SEED"] ?? 4);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 200);
const SHRINKING_MS = 120_000;

const engines = { spark: await sparkSession(), duckdb: await duckSession() };
const drawn = fc.sample(genes, { seed: SEED, numRuns: CASES });
const programs = drawn.map(programOf);
let outcomes: readonly Outcome[] = [];

beforeAll(async () => {
  // Their work is for large data: here they only take time.
  for (const key of ["adaptive.enabled", "codegen.wholeStage"]) await engines.spark.sql(`SET spark.sql.${key}=false`);
});
afterAll(() => Promise.all([engines.spark.close(), engines.duckdb.close()]));

test(
  "every table has the same columns and rows, and is a materialized view that Spark parses",
  async () => {
    outcomes = await compareAll(engines, programs);
    const tables = outcomes.reduce((sum, o) => sum + o.tables, 0);
    const rows = outcomes.reduce((sum, o) => sum + o.rows, 0);
    countPairs("tables of random pipelines", tables);
    const refused = outcomes.reduce((sum, o) => sum + o.refused, 0);
    console.log(
      `random pipelines: ${programs.length}, with ${tables} tables and ${rows} rows compared, ${refused} tables refused`,
    );
    const failed = outcomes.flatMap((o, i) => (o.difference ? [i] : []));
    const [first] = failed;
    if (first !== undefined)
      expect.fail(`${failed.length} pipelines differ. The first, shrunk:\n${await shrunk(first)}`);
    expect(tables).toBeGreaterThan(CASES);
    expect(refused).toBeLessThan(tables / 20);
  },
  20 * 60_000,
);

test("the embedded engine stores what its queries give", async () => {
  let tables = 0;
  for (const [i, program] of programs.entries()) {
    if (i % 8 !== 0 || outcomes[i]?.refused !== 0) continue;
    const stored = await runEmbedded(engines.duckdb, program);
    for (const [table, { rows }] of outcomes[i]?.results ?? []) {
      tables++;
      expect(sorted(stored.get(table)?.rows ?? []), `${program.text}\n${table}`).toEqual(sorted(rows));
    }
  }
  console.log(`random pipelines through run(): ${tables} tables compared`);
  expect(tables).toBeGreaterThan(CASES / 8);
}, 300_000);

/** The smallest pipeline that still differs, found within a bounded time, as TypeScript with both results. */
async function shrunk(index: number): Promise<string> {
  let smallest: readonly [Program, Outcome] | undefined;
  const property = fc.asyncProperty(genes, async (drawn) => {
    const program = programOf(drawn);
    const [outcome] = await compareAll(engines, [program]);
    if (outcome?.difference) smallest = [program, outcome];
    return !outcome?.difference;
  });
  await fc.check(property, {
    seed: SEED,
    path: String(index),
    numRuns: 1,
    interruptAfterTimeLimit: SHRINKING_MS,
  });
  const [program, outcome] = smallest ?? [programs[index], outcomes[index]];
  const difference = outcome?.difference;
  return [
    `table ${difference?.table}: ${difference?.what}`,
    "",
    program?.text,
    `-- on Spark\n${difference?.spark}\n`,
    `-- on DuckDB\n${difference?.duckdb}\n`,
  ].join("\n");
}
