/** The engine: incremental, transactional, and every row counted. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { type AnyPipeline, pipeline, source, t } from "medallion";
import { type RunEvent, run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "./support.ts";

const line = (id: number, amount: number, country = "DE") => `${JSON.stringify({ id, amount, country })}\n`;

const orders = pipeline("orders")
  .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), amount: t.decimal(10, 2), country: t.string() }) })
  .silver(($) => ({
    clean: $.raw
      .where((c) => c.country.ne("XX"))
      .key((c) => c.id)
      .expectOrQuarantine({ positive: (c) => c.amount.gt(0) })
      .expectOrDrop({ small: (c) => c.amount.lt(1000) })
      .expect({ round: (c) => c.amount.mod(1).eq(0) }),
  }))
  .gold(($) => ({
    totals: $.clean
      .groupBy((c) => ({ country: c.country }))
      .aggregate((c) => ({ total: c.amount.sum(), n: c.id.count() })),
  }));

test("one more file: only its rows are read, and what depends on them is recomputed", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  await write(base, "raw/1.json", line(1, 10) + line(2, -1) + line(3, 5000) + line(4, 1.5) + line(5, 1, "XX"));
  const first = await run(orders, { warehouse, baseDir: base });
  expect(first.status).toBe("completed");
  const clean = table(first, "clean");
  expect(clean).toMatchObject({ rowsRead: 5, rowsWritten: 2, rowsDropped: 2, rowsQuarantined: 1, kind: "streaming" });
  expect(clean.expectations).toEqual([
    { name: "positive", action: "quarantine", passed: 3, failed: 1 },
    { name: "small", action: "drop", passed: 3, failed: 1 },
    { name: "round", action: "warn", passed: 3, failed: 1 },
    { name: "key(id)", action: "warn", passed: 2, failed: 0 },
  ]);
  expect(await rows(first, "SELECT id, _broken_rules::VARCHAR AS rules, _source FROM silver.clean_quarantine")).toEqual(
    [{ id: 2, rules: "[positive]", _source: "raw" }],
  );
  await first.close();

  const idle = await run(orders, { warehouse, baseDir: base });
  expect(idle.tables.every((t) => t.skipped && t.rowsRead === 0)).toBe(true);
  await idle.close();

  await write(base, "raw/2.json", line(6, 7, "FR"));
  const third = await run(orders, { warehouse, baseDir: base });
  expect(table(third, "raw")).toMatchObject({ rowsRead: 1, rowsWritten: 1 });
  expect(table(third, "clean")).toMatchObject({ rowsRead: 1, rowsWritten: 1 });
  expect(await rows(third, "SELECT country, total::VARCHAR AS total, n FROM gold.totals ORDER BY country")).toEqual([
    { country: "DE", total: "11.50", n: 2 },
    { country: "FR", total: "7.00", n: 1 },
  ]);
  await third.close();
});

test("a changed definition rebuilds its table and its readers", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  await write(base, "raw/1.json", line(1, 10) + line(2, 20));
  const make = (limit: number) =>
    pipeline("p")
      .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), amount: t.decimal(10, 2), country: t.string() }) })
      .silver(($) => ({ clean: $.raw.where((c) => c.amount.lt(limit)) }))
      .silver(($) => ({ copy: $.clean.select((c) => ({ id: c.id })) }));
  await (await run(make(15), { warehouse, baseDir: base })).close();
  const changed = await run(make(30), { warehouse, baseDir: base });
  expect(table(changed, "raw").skipped).toBe(true);
  expect(await rows(changed, "SELECT id FROM silver.copy ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }]);
  await changed.close();
});

test("a changed bronze definition does not forget rows of files that are gone", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  await write(base, "raw/1.json", line(1, 10));
  await write(base, "raw/2.json", line(2, 10));
  const wide = { id: t.bigint(), amount: t.decimal(10, 2), country: t.string() };
  await (
    await run(pipeline("p").bronze({ raw: source.json("raw/*.json", wide) }), { warehouse, baseDir: base })
  ).close();
  await rm(path.join(base, "raw/1.json"));
  const narrow = pipeline("p").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
  const refused = await run(narrow, { warehouse, baseDir: base });
  expect(refused.status).toBe("failed");
  expect(table(refused, "raw").reason).toMatch(/STATE001.*raw\/1\.json/s);
  expect(await rows(refused, "SELECT count(*) AS n FROM bronze.raw")).toEqual([{ n: 2 }]);
  await refused.close();
  const refreshed = await run(narrow, { warehouse, baseDir: base, fullRefresh: true });
  expect(table(refreshed, "raw").reason).toMatch(/STATE001.*1 row of 1 file.*--accept-loss bronze\.raw/s);
  await refreshed.close();
  const forced = await run(narrow, { warehouse, baseDir: base, acceptLoss: ["bronze.raw"] });
  expect(await rows(forced, "SELECT count(*) AS n FROM bronze.raw")).toEqual([{ n: 1 }]);
  await forced.close();
});

test("expectOrFail stops its table and its readers, other branches go on, the last good state stays", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const p = pipeline("p")
    .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), amount: t.decimal(10, 2), country: t.string() }) })
    .silver(($) => ({
      strict: $.raw.expectOrFail({ positive: (c) => c.amount.gt(0) }),
      lenient: $.raw.select((c) => ({ id: c.id })),
    }))
    .silver(($) => ({ reader: $.strict.select((c) => ({ id: c.id })) }));
  await write(base, "raw/1.json", line(1, 10));
  await (await run(p, { warehouse, baseDir: base })).close();
  await write(base, "raw/2.json", line(2, -5));
  const events: RunEvent[] = [];
  const failed = await run(p, { warehouse, baseDir: base, onEvent: (e) => events.push(e) });
  expect(failed.status).toBe("failed");
  expect(failed.tables.map((t) => [t.name, t.status])).toEqual([
    ["raw", "completed"],
    ["strict", "failed"],
    ["lenient", "completed"],
    ["reader", "excluded"],
  ]);
  expect(table(failed, "strict").reason).toMatch(
    /EXPECT002 at test\/e2e\/engine\.test\.ts:\d+:\d+: 1 row breaks the rule "positive"/,
  );
  expect(await rows(failed, "SELECT id FROM silver.strict")).toEqual([{ id: 1 }]);
  expect(events.filter((e) => e.level === "ERROR").map((e) => e.table)).toContain("strict");
  await failed.close();
});

test("a rule that fails its table shows a row that breaks it: key and what the rule reads, no personal or masked column", async () => {
  const base = await folder();
  const columns = {
    id: t.bigint(),
    amount: t.decimal(10, 2),
    note: t.string().nullable(),
    email: t.string().pii("email"),
  };
  const row = (id: number, amount: string, more = {}) =>
    `{"id":${id},"amount":${amount},"note":"a","email":"e${id}@x.org"${JSON.stringify(more).slice(1, -1)}}\n`;
  await write(base, "d/a.json", row(3, "-1.50") + row(2, "-2.50") + row(1, "1"));
  const raw = source.json("d/*.json", columns);
  const failing = async (p: AnyPipeline) => {
    await using update = await run(p, { baseDir: base });
    return update.tables.find((one) => one.status === "failed")?.error?.message;
  };
  const p = pipeline("p");
  const keyed = raw.key((r) => r.id).expectOrFail({ positive: (r) => r.amount.gt(0) });
  expect(await failing(p.bronze({ keyed }))).toBe(
    '2 rows break the rule "positive" of bronze.keyed, which fails its update: such as one of id = 2, amount = -2.50, _source_file = "d/a.json"',
  );
  const shown = await failing(p.bronze({ labelled: raw.expectOrFail({ com: (r) => r.email.endsWith(".com") }) }));
  expect(shown).toContain('such as one of _source_file = "d/a.json"');
  expect(shown).not.toContain("@");
  const masked = raw.mask({ amount: "gov.hide" }).expectOrFail({ positive: (r) => r.amount.gt(0) });
  expect(await failing(p.bronze({ masked }))).not.toContain("amount =");
});

test("the event log has the shape of Databricks' event log", async () => {
  const base = await folder();
  await write(base, "raw/1.json", line(1, 10) + line(2, -1));
  await using update = await run(orders, { baseDir: base });
  const [entry] = await rows(
    update,
    `SELECT event_type, level, details->'flow_progress'->>'status' AS status, details->'flow_progress'->'data_quality'->'expectations'->0->>'failed_records' AS failed
     FROM _medallion.event_log WHERE table_name = 'clean' AND (details->'flow_progress'->>'status') = 'COMPLETED'`,
  );
  expect(entry).toEqual({ event_type: "flow_progress", level: "INFO", status: "COMPLETED", failed: "1" });
});

test("bad input is a counted row, never lost and never fatal", async () => {
  const base = await folder();
  const p = pipeline("p").bronze({
    lines: source.json("json/*.json", { id: t.bigint(), note: t.string().nullable(), n: t.int().nullable() }),
    table: source.csv("csv/*.csv", { id: t.bigint(), name: t.string().nullable() }),
    columnar: source.parquet("parquet/*.parquet", { id: t.bigint() }),
  });
  await write(base, "json/empty.json", "");
  await write(base, "json/good.json", '{"id":1,"note":"a"}\n\n{"id":2,"extra":{"x":1},"n":"many"}\n');
  await write(base, "json/truncated.json", '{"id":3}\n{"id":4,"no');
  await write(
    base,
    "json/latin1.json",
    Buffer.concat([Buffer.from('{"id":5,"note":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n{"id":6}\n')]),
  );
  await write(base, "json/wrong.json", '{"id":"abc"}\n{"note":"no id"}\n[1]\n{"id":{"a":[1.50]}}\n');
  await write(base, "json/long.json", `{"id":7,"note":"${"x".repeat(10_000_000)}"}\n`);
  await write(base, "csv/a.csv", 'id,name\n1,"two\nlines"\n2,b,extra\n3\n4,d\n');
  await write(base, "csv/other-order.csv", "name,id,more\nx,5,y\n");
  await write(base, "parquet/corrupt.parquet", "PAR1 this is not parquet");
  await using update = await run(p, { baseDir: base });
  expect(update.status).toBe("completed");
  expect(table(update, "lines")).toMatchObject({ rowsRead: 11, rowsWritten: 5, rowsQuarantined: 6 });
  expect(await rows(update, "SELECT id, n, _rescued_data FROM bronze.lines WHERE id = 2")).toEqual([
    { id: 2, n: null, _rescued_data: '{"n":"many","extra":{"x":1}}' },
  ]);
  expect(await rows(update, "SELECT length(note) AS n FROM bronze.lines WHERE id = 7")).toEqual([{ n: 10_000_000 }]);
  const reasons = await rows(
    update,
    "SELECT _source AS file, _reason AS reason FROM bronze.lines_quarantine ORDER BY ALL",
  );
  expect(reasons).toEqual([
    {
      file: "json/latin1.json",
      reason: 'line 1 is not valid UTF-8: declare the encoding of the file, such as { encoding: "windows-1252" }',
    },
    { file: "json/truncated.json", reason: "not JSON" },
    { file: "json/wrong.json", reason: "id is missing" },
    { file: "json/wrong.json", reason: 'id: "abc" is not a BIGINT' },
    { file: "json/wrong.json", reason: 'id: "{"a":[1.50]}" is not a BIGINT' },
    { file: "json/wrong.json", reason: "not a JSON object" },
  ]);
  expect(table(update, "table")).toMatchObject({ rowsRead: 5, rowsWritten: 3, rowsQuarantined: 2 });
  expect(await rows(update, "SELECT id, name, _rescued_data AS rescued FROM bronze.table ORDER BY id")).toEqual([
    { id: 1, name: "two\nlines", rescued: null },
    { id: 4, name: "d", rescued: null },
    { id: 5, name: "x", rescued: '{"more":"y"}' },
  ]);
  expect(table(update, "columnar")).toMatchObject({ rowsRead: 1, rowsQuarantined: 1 });
});

test("a file is read once, by its path: one that looks new is not read again", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  await write(base, "raw/1.json", line(1, 10));
  await (await run(orders, { warehouse, baseDir: base })).close();
  const stamp = new Date("2020-01-01T00:00:00Z");
  await utimes(path.join(base, "raw/1.json"), stamp, stamp);
  const again = await run(orders, { warehouse, baseDir: base });
  expect(table(again, "raw").skipped).toBe(true);
  await again.close();
});

test("a warehouse that is locked, corrupt or out of reach is said in words", async () => {
  const base = await folder();
  await write(base, "corrupt.duckdb", "this is no database, but it is long enough to be looked at as one".repeat(100));
  await expect(run(orders, { warehouse: path.join(base, "corrupt.duckdb"), baseDir: base })).rejects.toMatchObject({
    code: "WAREHOUSE002",
    help: expect.stringContaining("move the file away"),
  });
  expect((await readFile(path.join(base, "corrupt.duckdb"), "utf8")).startsWith("this is no database")).toBe(true);
  await write(base, "a-file", "");
  await expect(run(orders, { warehouse: path.join(base, "a-file", "w.duckdb"), baseDir: base })).rejects.toMatchObject({
    code: "WAREHOUSE004",
  });
});

test("only: the tables asked for and what they read", async () => {
  const base = await folder();
  await write(base, "raw/1.json", line(1, 10));
  await using update = await run(orders, { baseDir: base, only: ["clean"] });
  expect(update.tables.map((t) => t.name)).toEqual(["raw", "clean"]);
  await expect(run(orders, { baseDir: base, only: ["cleen"] })).rejects.toMatchObject({ code: "TBL003" });
});

test("a warehouse that another process has open is said so, and nothing is changed", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const script = `const { DuckDBInstance } = await import("@duckdb/node-api"); globalThis.i = await DuckDBInstance.create(${JSON.stringify(warehouse)}); console.log("open"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(child.stdout, "data");
    await expect(run(orders, { warehouse, baseDir: base })).rejects.toMatchObject({
      code: "WAREHOUSE001",
      message: expect.stringContaining("in use by another process"),
    });
  } finally {
    child.kill("SIGKILL");
  }
});
