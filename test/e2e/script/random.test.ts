/** Random pipelines, rules and data have the same rows as a script and through the embedded engine. */
import fc from "fast-check";
import { compile, MedallionError, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { genes } from "../../spark/random/genes.ts";
import { jsonLines, programOf } from "../../spark/random/program.ts";
import { pipelineOf, type Shape } from "../shapes.ts";
import { folder, write } from "../support.ts";
import { expectSame } from "./both-ways.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 11);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 7);
const parameters = { seed: SEED, numRuns: CASES };

const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

test("random pipelines", { timeout: 300_000 }, async () => {
  let tables = 0;
  for (const drawn of fc.sample(genes, { seed: SEED, numRuns: CASES * 3 })) {
    const program = programOf(drawn);
    const base = await folder();
    for (const from of program.sources) await write(base, `${from.table}/1.json`, jsonLines(from));
    try {
      compile(program.pipeline, { target: "duckdb" });
    } catch (error) {
      // What DuckDB cannot mean is refused by both.
      expect(error).toBeInstanceOf(MedallionError);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(TARGET00[15]|WIN003)$/) });
      continue;
    }
    tables += await expectSame(program.pipeline, base);
  }
  expect(tables).toBeGreaterThan(CASES * 4);
});

const shape: fc.Arbitrary<Shape> = fc.record({
  path: fc.constant("in/*.json"),
  asia: fc.boolean(),
  note: fc.constantFrom("", "a note"),
  extra: fc.boolean(),
  least: fc.constantFrom(0, 3),
  rule: fc.constantFrom("none", "expect", "expectOrDrop", "expectOrQuarantine"),
  materialized: fc.boolean(),
  sum: fc.boolean(),
  scd: fc.constantFrom("scd1", "scd2"),
});
const small = fc.integer({ min: -2, max: 4 });
const row = fc.record({ id: small, n: fc.option(small), v: fc.option(small), w: fc.option(small) });
const item = fc.record({
  load: fc.integer({ min: 1, max: 5 }),
  sku: fc.constantFrom("a", "b", "c"),
  amount: fc.integer({ min: 0, max: 2 }),
});
/** One row per key and state: another is an error. */
const stock = fc.uniqueArray(item, { selector: (i) => `${i.load} ${i.sku}`, maxLength: 12 });

test("shapes of one pipeline: flows, rules, events, snapshots that came together", { timeout: 300_000 }, () =>
  fc.assert(
    fc.asyncProperty(shape, fc.array(row), fc.array(row), stock, async (drawn, own, asia, states) => {
      const base = await folder();
      await write(base, "in/1.json", lines(own));
      await write(base, "asia/1.json", lines(asia));
      await write(base, "stock/1.json", lines(states));
      await expectSame(pipelineOf(drawn), base);
    }),
    parameters,
  ),
);

const method = fc.constantFrom("expect", "expectOrDrop", "expectOrQuarantine", "expectOrFail");
const columns = { id: t.int(), n: t.int().nullable(), v: t.int().nullable() };
const rules = fc.uniqueArray(
  fc.record({ name: fc.constantFrom("a", "b", "c", "d"), method, least: small, of: fc.constantFrom("id", "n", "v") }),
  { selector: (r) => r.name, maxLength: 4 },
);

test("rules of every action, in any order, on files and on tables, with keys", { timeout: 300_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      rules,
      rules,
      fc.array(row, { maxLength: 8 }),
      fc.boolean(),
      async (onFiles, onTable, rows, materialized) => {
        let raw = source.json("in/*.json", columns).comment("with rules");
        for (const { method: how, least, of, name } of onFiles) {
          raw = raw[how]({ [name]: (c) => c[of].ge(least) });
        }
        const p = pipeline("rules")
          .bronze({ raw })
          .silver(($) => {
            let clean = $.raw
              .where((c) => c.id.ne(4))
              .key((c) => c.id)
              .comment("with rules");
            for (const { method: how, least, of, name } of onTable) {
              clean = clean[how]({ [name]: (c) => c[of].ge(least) });
            }
            return { clean: materialized ? clean.materialized() : clean };
          });
        const base = await folder();
        await write(
          base,
          "in/1.json",
          lines(rows.map(({ w: _, ...rest }, i) => (i === 3 ? { ...rest, id: "x" } : rest))),
        );
        await expectSame(p, base);
      },
    ),
    { ...parameters, numRuns: CASES * 3 },
  ),
);
