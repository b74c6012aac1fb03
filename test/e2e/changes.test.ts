/** Change targets in the engine: however the events are split into files and updates, the tables are the same. */
import { rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, write } from "./support.ts";

const p = pipeline("p")
  .bronze({
    raw: source.json("raw/*.json", { id: t.int(), seq: t.int(), op: t.string(), city: t.string().nullable() }),
  })
  .scd1(($) => ({
    latest: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ id, city }) => ({ id, city }),
    }),
  }))
  .scd2(($) => ({
    history: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ id, city }) => ({ id, city }),
    }),
  }));

const event = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  seq: fc.integer({ min: 1, max: 6 }),
  op: fc.constantFrom("U", "U", "U", "D"),
  city: fc.option(fc.constantFrom("A", "B"), { nil: null }),
});

async function tables(base: string, batches: readonly (readonly unknown[])[], apart: boolean): Promise<unknown> {
  const warehouse = path.join(base, "w.duckdb");
  for (const [i, batch] of batches.entries()) {
    await write(base, `raw/${i}.json`, batch.map((e) => `${JSON.stringify(e)}\n`).join(""));
    if (apart) await (await run(p, { warehouse, baseDir: base })).close();
  }
  await using update = await run(p, { warehouse, baseDir: base });
  expect(update.status).toBe("completed");
  return [
    await rows(update, "FROM silver.latest ORDER BY ALL"),
    await rows(update, "FROM silver.history ORDER BY ALL"),
  ];
}

test("one update or many, in any order: the same rows", async () => {
  const base = await folder();
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.nat(3)),
      async (events, parts, where) => {
        const batches: unknown[][] = Array.from({ length: parts }, () => []);
        for (const e of events) batches[(where.next().value ?? 0) % parts]?.push(e);
        const own = path.join(base, String(n++));
        const together = await tables(path.join(own, "a"), [events], false);
        const apart = await tables(path.join(own, "b"), batches, true);
        await rm(own, { recursive: true });
        expect(apart).toEqual(together);
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);
