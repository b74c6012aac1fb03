/** Change targets in the engine: however the events are split into files and updates, the tables are the same. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, write } from "./support.ts";

const raw = pipeline("p").bronze({
  raw: source.json("raw/*.json", {
    id: t.int(),
    part: t.string(),
    seq: t.int(),
    op: t.string(),
    city: t.string().nullable(),
    note: t.string().nullable(),
  }),
});

/** Every way in which events are applied: each target is compared with what one update makes of the same events. */
const p = raw
  .scd1(($) => ({
    latest: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ id, city, note }) => ({ id, city, note }),
    }),
    latest_known: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      ignoreNullUpdates: true,
      columns: ({ id, city, note }) => ({ id, city, note }),
    }),
    emptied: $.raw.changes({
      key: (c) => [c.id, c.part],
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      truncateWhen: (c) => c.op.eq("T"),
      columns: ({ id, part, city, note }) => ({ id, part, city, note }),
    }),
    emptied_known: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      truncateWhen: (c) => c.op.eq("T"),
      ignoreNullUpdates: (c) => ({ note: c.note }),
      columns: ({ id, city, note }) => ({ id, city, note }),
    }),
  }))
  .scd2(($) => ({
    history: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ id, city, note }) => ({ id, city, note }),
    }),
    history_of_city: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      trackHistory: ({ city }) => ({ city }),
      columns: ({ id, city, note }) => ({ id, city, note }),
    }),
    history_known: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.seq,
      deleteWhen: (c) => c.op.eq("D"),
      trackHistory: ({ city }) => ({ city }),
      ignoreNullUpdates: true,
      columns: ({ id, city, note }) => ({ id, city, note }),
    }),
  }));

const event = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  part: fc.constantFrom("p", "p", "q"),
  seq: fc.integer({ min: 1, max: 6 }),
  op: fc.constantFrom("U", "U", "U", "U", "D", "D", "T"),
  city: fc.option(fc.constantFrom("A", "B"), { nil: null }),
  note: fc.option(fc.constantFrom("x", "y"), { nil: null }),
});

async function tables(base: string, batches: readonly (readonly unknown[])[], apart: boolean): Promise<unknown> {
  const warehouse = path.join(base, "w.duckdb");
  for (const [i, batch] of batches.entries()) {
    await write(base, `raw/${i}.json`, batch.map((e) => `${JSON.stringify(e)}\n`).join(""));
    if (apart) await (await run(p, { warehouse, baseDir: base })).close();
  }
  await using update = await run(p, { warehouse, baseDir: base });
  expect(update.status).toBe("completed");
  const targets = Object.keys(p.tables).filter((name) => name !== "raw");
  return Promise.all(targets.map(async (name) => [name, await rows(update, `FROM silver.${name} ORDER BY ALL`)]));
}

const CASES = Number(process.env["MEDALLION_CASES"] ?? 6);

test(
  "one update or many, in any order: the same rows",
  async () => {
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
      { numRuns: CASES },
    );
  },
  60_000 + CASES * 20_000,
);

test("events that follow the last of their key are applied without reading the history again", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const line = (id: number, seq: number, city: string) =>
    `${JSON.stringify({ id, part: "p", seq, op: "U", city, note: null })}\n`;
  const update = async (file: string, lines: string) => {
    await write(base, `raw/${file}.json`, lines);
    await using done = await run(p, { warehouse, baseDir: base });
    expect(done.status).toBe("completed");
    return rows(done, "SELECT id, city, __START_AT AS starts FROM silver.history ORDER BY ALL");
  };
  await update("1", line(1, 10, "A") + line(2, 10, "A"));
  // Whoever reads the earlier events now reads other cities.
  const instance = await DuckDBInstance.create(warehouse);
  const connection = await instance.connect();
  await connection.run("UPDATE bronze.raw SET city = 'read again'");
  connection.closeSync();
  instance.closeSync();
  expect(await update("2", line(1, 20, "B"))).toEqual([
    { id: 1, city: "A", starts: 10 },
    { id: 1, city: "B", starts: 20 },
    { id: 2, city: "A", starts: 10 },
  ]);
  // A late event needs the events of its key, and of no other.
  expect(await update("3", line(1, 15, "C"))).toEqual([
    { id: 1, city: "B", starts: 20 },
    { id: 1, city: "C", starts: 15 },
    { id: 1, city: "read again", starts: 10 },
    { id: 2, city: "A", starts: 10 },
  ]);
});

test("the state of a target goes with the target", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const event = { id: 1, part: "p", seq: 1, op: "U", city: "A", note: null };
  await write(base, "raw/1.json", `${JSON.stringify(event)}\n`);
  const heads = async (of: typeof p | typeof raw, fullRefresh: boolean) => {
    await using done = await run(of, { warehouse, baseDir: base, fullRefresh });
    expect(done.status).toBe("completed");
    const found = await rows(done, "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'heads%'");
    return found.map((row) => row["table_name"]);
  };
  const first = await heads(p, false);
  expect(first).toHaveLength(7);
  const second = await heads(p, true);
  expect(second).toHaveLength(7);
  expect(second.filter((name) => first.includes(name))).toEqual([]);
});

/** Statements on a warehouse that nobody has open. */
async function outside(warehouse: string, sql: (one: (query: string) => Promise<string>) => Promise<string>) {
  const instance = await DuckDBInstance.create(warehouse);
  const connection = await instance.connect();
  const one = async (query: string) => String((await connection.runAndReadAll(query)).getRowsJS()[0]?.[0]);
  await connection.run(await sql(one));
  connection.closeSync();
  instance.closeSync();
}

const both = pipeline("p")
  .bronze({
    raw: source.json("raw/*.json", { id: t.int(), seq: t.int(), op: t.string(), city: t.string().nullable() }),
  })
  .scd1(($) => ({
    latest: $.raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.seq, deleteWhen: (c) => c.op.eq("D") }),
  }))
  .scd2(($) => ({
    history: $.raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.seq, deleteWhen: (c) => c.op.eq("D") }),
  }));

test("a target goes on from heads of an earlier release", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const update = async (n: number, ...events: readonly object[]) => {
    await write(base, `raw/${n}.json`, events.map((e) => `${JSON.stringify({ op: "U", ...e })}\n`).join(""));
    await using done = await run(both, { warehouse, baseDir: base });
    await using fresh = await run(both, { baseDir: base });
    for (const name of ["silver.latest", "silver.history"]) {
      const same = await rows(done, `FROM ${name} ORDER BY ALL`);
      expect(same, name).toEqual(await rows(fresh, `FROM ${name} ORDER BY ALL`));
    }
    return done.tables.map((table) => table.rowsRead);
  };
  await update(1, ...[1, 2, 3, 4].map((id) => ({ id, seq: 10, city: "A" })));
  await outside(warehouse, async (one) => {
    const heads = await one(
      "SELECT table_name FROM duckdb_columns() WHERE schema_name = '_medallion' AND column_name = 'city'",
    );
    const columns = ["city", "__START_AT", "seq", "op"];
    return columns.map((column) => `ALTER TABLE _medallion.${heads} DROP COLUMN "${column}"`).join(";");
  });
  expect(await update(2, { id: 1, seq: 20, city: "B" }, { id: 2, seq: 20, op: "D" })).toEqual([2, 2, 2]);
  expect(await update(3, { id: 1, seq: 30, city: "B" }, { id: 2, seq: 30, city: "C" })).toEqual([2, 2, 2]);
});
