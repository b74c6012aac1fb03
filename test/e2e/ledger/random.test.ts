/**
 * Keys that break late, lookups onto them, rules of every action, flows and backfills: after each update every table, its
 * quarantine and its counts are what an evaluator in plain TypeScript makes of the same rows, and so are those of a
 * warehouse that is made from all files at once.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { analyze } from "medallion";
import { run, type TableResult, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { folder } from "../support.ts";
import { pipelineOf, tables, tablesOf } from "./drawn.ts";
import { deliver, delivery, holdRows, together } from "./held.ts";
import { bound, type Done, Model, type Table } from "./model.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 8);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 5);

const story = fc.record({
  genes: tables,
  deliveries: fc.array(fc.record({ delivery, fullRefresh: fc.nat(7).map((n) => n === 7), least: fc.nat(2) }), {
    minLength: 2,
    maxLength: 4,
  }),
});

test("tables, quarantines and counts are those of the evaluator", { timeout: 120_000 + CASES * 20_000 }, async () => {
  const base = await folder();
  let n = 0;
  await fc.assert(
    fc.asyncProperty(story, async ({ genes, deliveries }) => {
      const place = path.join(base, String(n++));
      const all = tablesOf(genes);
      const p = pipelineOf(all);
      // A flow or side that reads the same rows again is refused.
      fc.pre(analyze(p).every((found) => found.severity !== "error"));
      const model = new Model(all);
      const isAsked = JSON.stringify(all).includes('"least"');
      for (const [i, { delivery: given, fullRefresh: anew, least }] of deliveries.entries()) {
        await deliver(place, given, String(i));
        // Rows that were read under another value are not thrown away.
        const fullRefresh = anew && !isAsked;
        const done = model.update(given, fullRefresh, bound(all, least));
        const warehouse = path.join(place, "w.duckdb");
        const params = isAsked ? { least } : {};
        await using update = await run(p, { baseDir: place, warehouse, fullRefresh, params });
        await hold(update, all, model, done);
      }
      const least = deliveries.at(-1)?.least ?? 0;
      const atOnce = new Model(bound(all, least));
      const done = atOnce.update(together(deliveries.map((one) => one.delivery)), false);
      await using rebuilt = await run(p, { baseDir: place, params: isAsked ? { least } : {} });
      await hold(rebuilt, all, atOnce, done);
      await rm(place, { recursive: true });
    }),
    { numRuns: CASES, seed: SEED },
  );
});

async function hold(
  update: Update,
  all: readonly Table[],
  model: Model,
  done: ReadonlyMap<string, Done>,
): Promise<void> {
  for (const table of all) {
    const result = update.tables.find((one) => one.name === table.name);
    const right = done.get(table.name);
    if (!result || !right) throw new Error(`no ${table.name}`);
    const told = JSON.stringify(result);
    expect(result.status === "skipped" ? "completed" : result.status, told).toBe(right.status);
    expect(result.kind, told).toBe(table.streaming ? "streaming" : "materialized");
    if (result.status !== "failed" && result.status !== "excluded") holdCounts(table, result, right);
    const state = model.state(table.name);
    if (state) await holdRows(update, table, state);
  }
}

function holdCounts(table: Table, result: TableResult<number>, right: Done): void {
  const told = JSON.stringify(result);
  const { rowsRead, rowsWritten, rowsDropped, rowsQuarantined } = result;
  expect(rowsRead, told).toBe(rowsWritten + rowsDropped + rowsQuarantined);
  const counted = new Map(result.expectations.map(({ name, passed, failed }) => [name, { passed, failed }]));
  const key = counted.get(`key(${table.key.join(", ")})`);
  const isWhole = table.streaming || result.refresh?.technique === "COMPLETE_RECOMPUTE";
  if (!isWhole) {
    // Of a view that is kept up to date, what was read again is counted.
    for (const { name } of table.rules) {
      const { passed, failed } = counted.get(name) ?? { passed: 0, failed: 0 };
      expect(result.skipped ? 0 : passed + failed, told).toBe(rowsRead);
    }
    if (key) expect(key.passed + key.failed, told).toBe(rowsWritten);
    return;
  }
  const { read, written, dropped, quarantined } = right;
  expect({ rowsRead, rowsWritten, rowsDropped, rowsQuarantined }, told).toEqual({
    rowsRead: read,
    rowsWritten: written,
    rowsDropped: dropped,
    rowsQuarantined: quarantined,
  });
  for (const [name, { passed, failed }] of right.rules)
    expect([name, counted.get(name) ?? { passed: 0, failed: 0 }], told).toEqual([name, { passed, failed }]);
  // A key that is not counted is one that no data can break.
  expect(key?.failed ?? 0, told).toBe(right.keyless);
  if (key) expect(key.passed, told).toBe(written - right.keyless);
}
