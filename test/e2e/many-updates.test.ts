/** What the engine keeps does not grow with the number of updates: state, feeds, partial rows, heads, and what the log is told to keep. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { DuckDBConnection } from "@duckdb/node-api";
import { fn, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test, vi } from "vitest";
import { folder, rows, write } from "./support.ts";

const UPDATES = Number(process.env["MEDALLION_UPDATES"] ?? 12);

const p = pipeline("p")
  .bronze({
    sales_raw: source.json("sales/*.json", { id: t.bigint(), k: t.bigint(), v: t.decimal(10, 2), at: t.timestamp() }),
    shops_raw: source.json("shops/*.json", { id: t.bigint(), c: t.string(), at: t.timestamp() }),
  })
  .scd1(($) => ({ shops_now: $.shops_raw.changes({ key: (s) => s.id, sequenceBy: (s) => s.at }) }))
  .scd2(($) => ({ shops: $.shops_raw.changes({ key: (s) => s.id, sequenceBy: (s) => s.at }) }))
  .silver(($) => ({
    sales: $.sales_raw.where((r) => r.v.gt(0)),
    last: $.sales_raw.dedupe({ key: (s) => s.k, orderBy: (s) => [s.at.desc(), s.id] }).key((s) => s.k),
    per_shop: $.sales_raw.groupBy((s) => ({ k: s.k })).aggregate((s) => ({ v: s.v.sum(), n: fn.countRows() })),
  }))
  .gold(($) => ({
    facts: $.sales.asOfJoin($.shops, {
      on: (s, c) => s.k.eq(c.id),
      at: (s) => s.at,
      select: (s, c) => ({ ...s, c: c.c }),
    }),
  }))
  .gold(($) => ({
    by_c: $.facts.groupBy((f) => ({ c: f.c })).aggregate((f) => ({ n: fn.countRows(), v: f.v.sum(), top: f.v.max() })),
  }));

/** Of each update: ten sales, and a change of two shops. */
const KEYS = 20;

async function deliver(base: string, i: number): Promise<void> {
  const at = new Date(Date.UTC(2024, 0, 1, 0, i)).toISOString();
  const sales = Array.from({ length: 10 }, (_, j) => ({ id: i * 10 + j, k: (i * 7 + j) % KEYS, v: 1.5, at }));
  const shops = [i % KEYS, (i + 7) % KEYS].map((id) => ({ id, c: `c${(id + i) % 5}`, at }));
  const text = (all: readonly object[]) => `${all.map((one) => JSON.stringify(one)).join("\n")}\n`;
  await write(base, `sales/${i}.json`, text(sales));
  await write(base, `shops/${i}.json`, text(shops));
}

/** Rows of the engine's own tables, by name; the heads of a target are named by its generation. */
async function ownRows(base: string, warehouse: string): Promise<ReadonlyMap<string, number>> {
  await using update = await run(p, { baseDir: base, warehouse, eventLogRetentionDays: 0 });
  expect(update.tables.every((one) => one.skipped)).toBe(true);
  const own = await rows(update, "SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = '_medallion'");
  const counts = own.map(async ({ name }): Promise<[string, number]> => {
    const [row] = await rows(update, `SELECT count(*) AS n FROM _medallion."${String(name)}"`);
    return [String(name).replace(/^heads_.*/, "heads"), Number(row?.["n"])];
  });
  return new Map((await Promise.all(counts)).sort());
}

test("many updates leave what one leaves", { timeout: 120_000 + UPDATES * 2000 }, async () => {
  const base = await folder();
  const [many, one] = [path.join(base, "many.duckdb"), path.join(base, "one.duckdb")];
  const update = async (warehouse: string) => {
    await using done = await run(p, { baseDir: base, warehouse, eventLogRetentionDays: 0 });
    expect(done.status).toBe("completed");
  };
  for (let i = 0; i < UPDATES; i++) {
    await deliver(base, i);
    await update(many);
  }
  await update(one);
  const [ofMany, ofOne] = [await ownRows(base, many), await ownRows(base, one)];
  expect([...ofMany.keys()]).toEqual([...ofOne.keys()]);
  for (const [name, count] of ofMany) {
    // A feed holds what its readers have not read, and of the last update what they have.
    if (name.startsWith("changes of ")) expect({ name, few: count <= 40 }).toEqual({ name, few: true });
    // Partial rows wait to be put together.
    else if (name.startsWith("partials of ")) {
      const few = count <= 16 + 2 * (ofOne.get(name) ?? 0);
      expect({ name, few }).toEqual({ name, few: true });
    } else if (name !== "event_log") expect({ name, count }).toEqual({ name, count: ofOne.get(name) });
  }
  expect(ofMany.get("event_log")).toBeLessThan(60);
  // DuckDB writes anew before it gives up the old: a file has room for both.
  expect((await stat(many)).size / (await stat(one)).size).toBeLessThan(3);
});

test("an update of few rows asks for the warehouse's catalog once", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const update = async () => {
    const asked = vi.spyOn(DuckDBConnection.prototype, "run");
    try {
      await using done = await run(p, { baseDir: base, warehouse });
      expect(done.status).toBe("completed");
      return asked.mock.calls
        .map(([sql]) => String(sql))
        .filter((sql) => /duckdb_(tables|columns|schemas)\(/.test(sql));
    } finally {
      asked.mockRestore();
    }
  };
  for (let i = 0; i < 3; i++) {
    await deliver(base, i);
    const asked = await update();
    // The first one makes the tables of the state, and looks again.
    expect(asked).toHaveLength(i === 0 ? 2 : 1);
  }
  expect(await update()).toHaveLength(1);
});
