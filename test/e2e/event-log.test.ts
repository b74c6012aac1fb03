/** The event log: written with the tables, so that neither is there without the other, and ended by whoever comes next. */
import { pipeline, source, t } from "medallion";
import { type RunEvent, run } from "medallion/run";
import { expect, test } from "vitest";
import { checkAccounts } from "../../src/engines/duckdb/accounts.ts";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, rows, write } from "./support.ts";

const demo = pipeline("demo")
  .bronze({ raw: source.json("in/*.json", { id: t.bigint() }) })
  .silver(($) => ({ clean: $.raw.expectOrDrop({ positive: (r) => r.id.gt(0) }) }));
const LOG = "SELECT event_type, level, message, table_name FROM _medallion.event_log WHERE update_id =";

test("a table whose record cannot be written keeps its old rows: they commit together", async () => {
  const base = await folder();
  const options = { baseDir: base, warehouse: `${base}/w.duckdb` };
  await write(base, "in/1.json", '{"id":1}\n{"id":-1}\n');
  await (await run(demo, options)).close();
  await write(base, "in/2.json", '{"id":2}\n');
  const spoiled = await Warehouse.open(options.warehouse);
  await spoiled.main.exec(
    "ALTER TABLE _medallion.event_log RENAME TO kept; CREATE TABLE _medallion.event_log AS SELECT * FROM _medallion.kept; ALTER TABLE _medallion.event_log ALTER table_name TYPE INTEGER USING NULL",
  );
  await spoiled.close();
  await expect(run(demo, options)).rejects.toMatchObject({ code: "ENGINE001" });
  const mended = await Warehouse.open(options.warehouse);
  expect(await mended.main.count("SELECT count(*) FROM bronze.raw")).toBe(2);
  await mended.main.exec("DROP TABLE _medallion.event_log; ALTER TABLE _medallion.kept RENAME TO event_log");
  await mended.close();
  await using again = await run(demo, options);
  expect(await rows(again, "SELECT id FROM silver.clean ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }]);
});

test("the log of an update is complete and in order, and says the same as the events", async () => {
  const base = await folder();
  const options = { baseDir: base, warehouse: `${base}/w.duckdb` };
  await write(base, "in/1.json", '{"id":1}\n{"id":-1}\n');
  const events: RunEvent[] = [];
  await using update = await run(demo, { ...options, onEvent: (event) => events.push(event) });
  const log = await update.query(`${LOG} '${update.id}' ORDER BY sequence`);
  expect(log.map((row) => row["message"])).toEqual([
    "update created",
    "bronze.raw: create: it is not in the warehouse yet",
    "silver.clean: create: it is not in the warehouse yet",
    "raw is running",
    "raw is completed",
    "clean is running",
    "clean is completed",
    "update completed",
  ]);
  expect(log.map((row) => row["message"])).toEqual(events.map((event) => event.message));
});

test("what an update took is in whole milliseconds, in its results and in its events", async () => {
  const base = await folder();
  await write(base, "in/1.json", '{"id":1}\n');
  const events: RunEvent[] = [];
  await using update = await run(demo, { baseDir: base, onEvent: (event) => events.push(event) });
  const told = JSON.stringify([update.durationMs, update.tables, events]);
  const durations = [...told.matchAll(/"duration(?:Ms|_ms)":([^,}]+)/g)].map(([, ms]) => ms);
  expect(durations.length).toBe(5);
  expect([update.durationMs, ...durations].map(Number).filter((ms) => !Number.isInteger(ms))).toEqual([]);
});

test("an update that was interrupted is ended by the next one, once, and named by it", async () => {
  const base = await folder();
  const options = { baseDir: base, warehouse: `${base}/w.duckdb` };
  await write(base, "in/1.json", '{"id":1}\n');
  const killed = await run(demo, options);
  await killed.close();
  const other = await Warehouse.open(options.warehouse);
  await other.main.exec("DELETE FROM _medallion.event_log WHERE event_type = 'update_progress'");
  await other.close();
  const events: RunEvent[] = [];
  const next = await run(demo, { ...options, onEvent: (event) => events.push(event) });
  const last = await next.query(`${LOG} '${killed.id}' ORDER BY sequence DESC LIMIT 1`);
  expect(last).toEqual([
    expect.objectContaining({
      event_type: "update_progress",
      level: "WARN",
      message: expect.stringContaining("was interrupted"),
    }),
  ]);
  expect(events[0]).toMatchObject({ updateId: killed.id, level: "WARN" });
  expect(events[1]?.details).toEqual({ create_update: { full_refresh: false, interrupted_updates: [killed.id] } });
  await next.close();
  await using after = await run(demo, options);
  expect(await rows(after, "SELECT count(*) AS n FROM _medallion.event_log WHERE level = 'WARN'")).toEqual([{ n: 1 }]);
});

test("an update that ends with an exception has its end in the log", async () => {
  const base = await folder();
  const options = { baseDir: base, warehouse: `${base}/w.duckdb` };
  await expect(run(demo, { ...options, params: { no: 1 } })).rejects.toMatchObject({ code: "PARAM003" });
  await using after = await run(demo, options);
  expect(
    await rows(
      after,
      "SELECT level, details->>'$.error.code' AS code FROM _medallion.event_log WHERE event_type = 'update_progress' ORDER BY timestamp LIMIT 1",
    ),
  ).toEqual([{ level: "ERROR", code: "PARAM003" }]);
});

test("counts that do not add up fail the table", () => {
  const [table] = demo.toNode().tables;
  if (!table) throw new Error("no table");
  const counts = { rowsRead: 10, rowsWritten: 7, rowsDropped: 2, rowsQuarantined: 1 };
  checkAccounts(table, counts);
  for (const wrong of [{ rowsWritten: 8 }, { rowsRead: -2, rowsDropped: -10 }, { rowsDropped: Number.NaN }]) {
    expect(() => checkAccounts(table, { ...counts, ...wrong })).toThrow(
      expect.objectContaining({ code: "ACCOUNT001", table: "raw" }),
    );
  }
});
