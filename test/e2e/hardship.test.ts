/** What goes wrong around the data: files that vanish or end early, a full disk, an unusual layout. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { describe, expect, onTestFinished, test } from "vitest";
import { METADATA_COLUMNS } from "../../src/ast/stored.ts";
import { listFiles } from "../../src/engines/duckdb/files/files.ts";
import { cleanRead, insertClean, NotClean } from "../../src/engines/duckdb/ingest/clean.ts";
import { stageSource } from "../../src/engines/duckdb/ingest/stage.ts";
import { createTable } from "../../src/engines/duckdb/ingest/statement.ts";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, rows, table, write } from "./support.ts";

const execute = promisify(execFile);

test("no space: the table fails in words, the last good state stays, and the next run ends well", async () => {
  const base = await folder();
  await write(base, "small.json", '{"id":1}\n');
  const lines = Array.from({ length: 150_000 }, (_, i) => `${i},${(i * 2654435761).toString(36).repeat(8)}`);
  await write(base, "big.csv", `id,text\n${lines.join("\n")}\n`);
  const script = path.resolve("test/fixtures/run/no-space.ts");
  const node = `"${process.execPath}" --conditions=medallion-source "${script}" "${base}"`;
  const once = async (limit: string): Promise<unknown> => {
    const { stdout, stderr } = await execute("bash", ["-c", `${limit}${node}`]);
    expect(stderr).not.toContain("    at ");
    return JSON.parse(stdout);
  };
  // A limit on the size of a file, in blocks of 1,024 bytes, is what a process has of a full disk without being root.
  const full = await once("ulimit -f 6000; ");
  expect(JSON.stringify(full)).toContain("WAREHOUSE005");
  expect(JSON.stringify(full)).toContain("there is no space left for the warehouse");
  expect(await once("")).toEqual(
    expect.arrayContaining([
      { name: "raw", status: expect.stringMatching(/completed|skipped/) },
      { name: "copy", status: "completed" },
    ]),
  );
  await using update = await run(pipeline("look"), { warehouse: path.join(base, "w.duckdb") });
  expect(await rows(update, "SELECT count(*) AS n, count(DISTINCT id) AS d FROM silver.copy")).toEqual([
    { n: 150_000, d: 150_000 },
  ]);
});

test("a file that vanishes between the listing and the reading is said, not remembered, and read when it is back", async () => {
  const base = await folder();
  await write(base, "in/1.json", '{"id":1}\n');
  await write(base, "in/2.json", '{"id":2}\n');
  const raw = source.json("in/*.json", { id: t.bigint() });
  const node = raw.toNode();
  if (node.kind !== "source") throw new Error("not a source");
  const { files } = await listFiles(node.path, base);
  await rm(path.join(base, "in/2.json"));
  const warehouse = await Warehouse.open(":memory:");
  const staged = await stageSource(warehouse.main, { source: node, files, ingestedAt: new Date(), into: "stage" });
  expect(staged.rows).toBe(1);
  expect(staged.unopened).toEqual([{ file: files[1], reason: "the file is gone" }]);
  await warehouse.close();

  const p = pipeline("p").bronze({ raw });
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  await (await run(p, options)).close();
  await write(base, "in/2.json", '{"id":2}\n');
  await using back = await run(p, options);
  expect(table(back, "raw")).toMatchObject({ rowsRead: 1, rowsWritten: 1 });
});

test("a file that is written anew within a second is read as it is now, by the same DuckDB", async () => {
  const base = await folder();
  const warehouse = await Warehouse.open(":memory:");
  const files = await Promise.all(
    [1, 2].map(async (id) => {
      await warehouse.main.exec(`COPY (SELECT ${id} AS id FROM range(${20 + id})) TO '${base}/${id}.parquet'`);
      return readFile(path.join(base, `${id}.parquet`));
    }),
  );
  expect(files[0]?.length).toBe(files[1]?.length);
  const node = source.parquet("now.parquet", { id: t.int() }).toNode();
  if (node.kind !== "source") throw new Error("not a source");
  for (const [i, bytes] of files.entries()) {
    await write(base, "now.parquet", bytes);
    const { files: listed } = await listFiles(node.path, base);
    await stageSource(warehouse.main, { source: node, files: listed, ingestedAt: new Date(), into: `stage${i}` });
    const found = await warehouse.main.rows(`SELECT id, count(*)::INTEGER AS n FROM stage${i} GROUP BY id`);
    expect(found).toEqual([{ id: i + 1, n: 21 + i }]);
  }
  await warehouse.close();
});

describe("what stands in a file's place when it is read is not what was listed", () => {
  const columns = { id: t.int() };
  const FORMATS = {
    json: { name: "json", made: source.json("in/*", columns), bytes: '{"id":1}\n' },
    array: { name: "json", made: source.json("in/*", columns, { layout: "array" }), bytes: '[{"id":1}]' },
    csv: { name: "csv", made: source.csv("in/*", columns), bytes: "id\n1\n" },
    decoded: { name: "csv", made: source.csv("in/*", columns, { encoding: "windows-1252" }), bytes: "id\n1\n" },
    gzip: { name: "json.gz", made: source.json("in/*", columns), bytes: gzipSync('{"id":1}\n') },
    zstd: { name: "json.zst", made: source.json("in/*", columns), bytes: zstdCompressSync('{"id":1}\n') },
    parquet: { name: "parquet", made: source.parquet("in/*", columns), bytes: undefined },
  } as const;
  const PLACED: Readonly<Record<string, (at: string) => Promise<unknown>>> = {
    "a pipe": (at) => execute("mkfifo", [at]),
    "a folder": (at) => mkdir(at),
    "a link to itself": (at) => symlink(at, at),
    "a device": (at) => symlink("/dev/zero", at),
    "a socket": async (at) => {
      const server = createServer().listen(at);
      onTestFinished(() => void server.close());
      await once(server, "listening");
    },
    "a file of its size and time": async (at) => {
      const other = at.replace(/2(?=[.]\w+)/, "1");
      const { atime, mtime } = await stat(`${at}.kept`);
      const bytes = await readFile(other);
      await write(path.dirname(at), path.basename(at), bytes);
      await utimes(at, atime, mtime);
    },
  };

  test.each(Object.entries(FORMATS))("%s", async (_, { name, made, bytes }) => {
    const warehouse = await Warehouse.open(":memory:");
    const node = made.toNode();
    if (node.kind !== "source") throw new Error("not a source");
    for (const [placed, place] of Object.entries(PLACED)) {
      const base = await folder();
      for (const n of [1, 2]) {
        if (bytes !== undefined) await write(base, `in/${n}.${name}`, bytes);
        else {
          await mkdir(path.join(base, "in"), { recursive: true });
          await warehouse.main.exec(`COPY (SELECT 1 AS id) TO '${base}/in/${n}.parquet'`);
        }
      }
      const { files } = await listFiles(node.path, base);
      const at = path.join(base, `in/2.${name}`);
      await rename(at, `${at}.kept`);
      await place(at);
      const whole = await cleanRead(warehouse.main, node, files);
      await warehouse.main.exec(
        `DROP TABLE IF EXISTS target; DROP TABLE IF EXISTS stage; ${createTable("target", node.declared)}`,
      );
      const target = {
        table: "target",
        columns: ["id", ...METADATA_COLUMNS.map((c) => c.name)],
        ingestedAt: new Date(),
      };
      if (whole) await expect(insertClean(warehouse.main, target, whole)).rejects.toThrow(NotClean);
      const staged = await stageSource(warehouse.main, { source: node, files, ingestedAt: new Date(), into: "stage" });
      expect([placed, { ...staged, unopened: staged.unopened.map(({ file }) => file) }]).toEqual([
        placed,
        { rows: 1, failed: [], unopened: [files[1]] },
      ]);
    }
    await warehouse.close();
  });
});

test("JSON arrays, whole and cut off; a truncated Parquet file; every good row is read", async () => {
  const base = await folder();
  await write(base, "json/whole.json", '[{"id":1,"at":"2024-01-01T00:00:00Z"},\n {"id":2}]');
  await write(base, "json/cut.json", '[{"id":3},{"id":4},{"id":');
  await write(base, "json/empty.json", "[]");
  const maker = await Warehouse.open(":memory:");
  await maker.main.exec(`COPY (SELECT range AS id FROM range(1000)) TO '${base}/good.parquet'`);
  await maker.main.exec(`CREATE TABLE other AS SELECT 7 AS id, 'x' AS name`);
  await maker.close();
  const good = await readFile(path.join(base, "good.parquet"));
  await write(base, "parquet/a.parquet", good);
  await write(base, "parquet/b.parquet", good.subarray(0, good.length - 20));
  const p = pipeline("p").bronze({
    array: source.json("json/*.json", { id: t.bigint(), at: t.timestamp().nullable() }, { layout: "array" }),
    columns: source.parquet("parquet/*.parquet", { id: t.bigint() }),
  });
  await using update = await run(p, { baseDir: base });
  expect(table(update, "array")).toMatchObject({ rowsRead: 5, rowsWritten: 4, rowsQuarantined: 1 });
  expect(await rows(update, "SELECT id FROM bronze.array ORDER BY id")).toEqual([1, 2, 3, 4].map((id) => ({ id })));
  expect(table(update, "columns")).toMatchObject({ rowsWritten: 1000, rowsQuarantined: 1 });
});

test("a table of the warehouse is a source: read as it is at each update", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const other = await Warehouse.open(warehouse);
  await other.main.exec("CREATE SCHEMA crm; CREATE TABLE crm.people AS SELECT 1 AS id, 'Ada' AS name, true AS hidden");
  await other.close();
  const p = pipeline("p")
    .bronze({ people_raw: source.table("crm.people", { id: t.bigint(), name: t.string().nullable() }) })
    .silver(($) => ({ people: $.people_raw.key((p) => p.id) }));
  const names = async (): Promise<unknown> => {
    await using update = await run(p, { warehouse });
    expect(update.status).toBe("completed");
    return await rows(update, "SELECT id, name FROM silver.people ORDER BY id");
  };
  expect(await names()).toEqual([{ id: 1, name: "Ada" }]);
  const again = await Warehouse.open(warehouse);
  await again.main.exec("INSERT INTO crm.people VALUES (2, NULL, false)");
  await again.close();
  expect(await names()).toEqual([
    { id: 1, name: "Ada" },
    { id: 2, name: null },
  ]);
});

test("closing waits for what is running; a query after it has a code", async () => {
  const update = await run(pipeline("p"));
  const running = update.query("SELECT sum(range) AS n FROM range(20000000)");
  await update.close();
  expect(await running).toEqual([{ n: 199999990000000n }]);
  await expect(update.query("SELECT 1")).rejects.toMatchObject({ code: "WAREHOUSE006" });
  await update.close();
});

test("a warehouse appears whole or not at all, and what a killed process left of one is cleared away", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const left = path.join(base, "w.duckdb.new-killed");
  await write(base, "w.duckdb.new-killed", "half a file");
  await utimes(left, new Date(0), new Date(0));
  await (await run(pipeline("p"), { warehouse })).close();
  expect((await readdir(base)).sort()).toEqual(["w.duckdb"]);
});

test("large files: without a flaw, with a flaw in one value, one line or one file, the same rows and reasons as small ones", async () => {
  const base = await folder();
  const line = (i: number) => `${i},${i % 7 === 0 ? "NA" : i % 100},${"x".repeat(60)}`;
  const lines = Array.from({ length: 120_000 }, (_, i) => line(i));
  const columns = { id: t.bigint(), n: t.int().nullable(), text: t.string() };
  const p = pipeline("p").bronze({
    csv: source.csv("csv/*.csv", columns, { nullValues: ["NA"] }),
    json: source.json("json/*.json", { id: t.bigint(), n: t.int().nullable() }),
  });
  const json = lines.map((_, i) => `{"id":${i},"n":${i % 9},"pad":"${"y".repeat(60)}"}`);
  await write(base, "csv/1.csv", `id,n,text\n${lines.join("\n")}\n`);
  await write(base, "json/1.json", `${json.join("\n")}\n`);
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  const first = await run(p, options);
  expect(table(first, "csv")).toMatchObject({ rowsRead: 120_000, rowsWritten: 120_000, rowsQuarantined: 0 });
  expect(table(first, "json")).toMatchObject({ rowsRead: 120_000, rowsWritten: 120_000, rowsQuarantined: 0 });
  expect(
    await rows(
      first,
      "SELECT count(*) AS n, count(n) AS known, sum(id)::BIGINT AS ids, any_value(_source_file) AS file FROM bronze.csv",
    ),
  ).toEqual([{ n: 120_000, known: 102_857, ids: 7_199_940_000, file: "csv/1.csv" }]);
  expect(await rows(first, 'SELECT count(*) AS n FROM bronze.json WHERE _rescued_data LIKE \'{"pad":"yyy%\'')).toEqual([
    { n: 120_000 },
  ]);
  await first.close();

  const flawed = lines.map((row, i) => (i === 5 ? "seven,1,x" : i === 6 ? "8,1" : i === 7 ? "9,many,x" : row));
  await write(base, "csv/2.csv", `id,n,text\n${flawed.join("\n")}\n`);
  await write(base, "json/2.json", `${[...json, "{not json", '{"n":1}'].join("\n")}\n`);
  await using second = await run(p, options);
  expect(table(second, "csv")).toMatchObject({ rowsRead: 120_000, rowsWritten: 119_998, rowsQuarantined: 2 });
  expect(table(second, "json")).toMatchObject({ rowsRead: 120_002, rowsWritten: 120_000, rowsQuarantined: 2 });
  expect(
    await rows(
      second,
      "SELECT _reason AS reason FROM bronze.csv_quarantine UNION ALL SELECT _reason FROM bronze.json_quarantine ORDER BY 1",
    ),
  ).toEqual([
    { reason: "id is missing" },
    { reason: 'id: "seven" is not a BIGINT' },
    { reason: "line 8 has 2 values, 3 expected" },
    { reason: "not JSON" },
  ]);
  expect(
    await rows(second, "SELECT id, n, _rescued_data AS rescued FROM bronze.csv WHERE _rescued_data IS NOT NULL"),
  ).toEqual([{ id: 9, n: null, rescued: '{"n":"many"}' }]);
  expect(await rows(second, "SELECT count(*) AS n, count(DISTINCT _source_file) AS files FROM bronze.csv")).toEqual([
    { n: 239_998, files: 2 },
  ]);
});
