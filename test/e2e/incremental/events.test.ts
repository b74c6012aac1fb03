/**
 * Change targets over batches of few events: one per key, several of a key and a sequence, late ones. Whatever comes together,
 * the tables are what all events make at once.
 */
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { test } from "vitest";
import { folder, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 8);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 6);

const p = pipeline("p")
  .bronze({
    events: source.json("in/*.json", {
      id: t.int(),
      seq: t.int(),
      op: t.string(),
      v: t.int(),
      note: t.string().nullable(),
      x: t.double().nullable(),
    }),
  })
  .scd1(($) => ({
    latest: $.events.changes({
      key: (e) => e.id,
      sequenceBy: (e) => e.seq,
      deleteWhen: (e) => e.op.eq("D"),
      columns: ({ id, v, note }) => ({ id, v, note }),
    }),
  }))
  .scd2(($) => ({
    versions: $.events.changes({
      key: (e) => e.id,
      sequenceBy: (e) => e.seq,
      deleteWhen: (e) => e.op.eq("D"),
      columns: ({ id, v, note }) => ({ id, v, note }),
    }),
    filled: $.events.changes({
      key: (e) => e.id,
      sequenceBy: (e) => e.seq,
      deleteWhen: (e) => e.op.eq("D"),
      columns: ({ id, v, note }) => ({ id, v, note }),
      ignoreNullUpdates: ({ note }) => ({ note }),
    }),
    floats: $.events.changes({
      key: (e) => e.id,
      sequenceBy: (e) => e.seq,
      columns: ({ id, v, x }) => ({ id, v, x }),
    }),
  }));

const event = fc.record({
  id: fc.nat(4),
  /** How far it is after the events of the batch before. */
  seq: fc.integer({ min: -2, max: 3 }),
  op: fc.constantFrom("U", "U", "U", "D"),
  v: fc.nat(3),
  note: fc.option(fc.constantFrom("a", "b")),
  // A zero of each sign is more than DuckDB's file keeps apart.
  x: fc.constantFrom(null, -0, 1.5),
});
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;
const batches = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 6 });

const line = ({ x, seq, ...rest }: Event, batch: number): string =>
  `${JSON.stringify({ ...rest, seq: 3 * batch + seq }).replace(/}$/, "")},"x":${Object.is(x, -0) ? "-0.0" : x}}\n`;

test("events that come alone, together and late", { timeout: 60_000 + CASES * 20_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (drawn) => {
      const base = await folder();
      for (const [i, batch] of drawn.entries()) {
        await write(base, `in/${i}.json`, batch.map((one) => line(one, i)).join(""));
        await expectRecomputed(p, base);
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
});
