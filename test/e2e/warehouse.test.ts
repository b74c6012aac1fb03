/** The file of a warehouse: one writer, what is none is refused in words, what is not ours is never replaced. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, link, mkdir, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { MedallionError, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, rows, write } from "./support.ts";

const execute = promisify(execFile);
const id = { id: t.bigint() };
const demo = pipeline("demo")
  .bronze({ raw: source.json("raw/*.json", id) })
  .silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }));
const other = pipeline("other").bronze({ other: source.json("other/*.json", id) });

/** Two deliveries and the place of a warehouse. */
async function place(): Promise<{ readonly base: string; readonly warehouse: string }> {
  const base = await folder();
  await write(base, "raw/1.json", '{"id":1}\n{"id":2}\n');
  await write(base, "other/1.json", '{"id":3}\n');
  return { base, warehouse: path.join(base, "w.duckdb") };
}

async function inAnotherProcess(...args: readonly string[]): Promise<unknown> {
  const script = path.resolve("test/fixtures/run/open.ts");
  const { stdout } = await execute(process.execPath, ["--conditions=medallion-source", script, ...args]);
  return JSON.parse(stdout);
}

describe("one writer", () => {
  test("a second update of the process is refused, whatever it calls the file, and takes nothing from the first", async () => {
    const { base, warehouse } = await place();
    const first = await run(demo, { baseDir: base, warehouse });
    await symlink(warehouse, path.join(base, "linked.duckdb"));
    await symlink(base, path.join(base, "folder"));
    await link(warehouse, path.join(base, "hard.duckdb"));
    const spellings = ["w.duckdb", "./raw/../w.duckdb", "linked.duckdb", "folder/w.duckdb", "hard.duckdb"];
    for (const name of [...spellings.map((s) => `${base}/${s}`), path.relative(".", warehouse)]) {
      await expect(run(other, { baseDir: base, warehouse: name })).rejects.toMatchObject({
        code: "WAREHOUSE007",
        message: expect.stringContaining("in use by another update of this process"),
        help: expect.stringContaining("close()"),
      });
    }
    expect(await inAnotherProcess(warehouse, base)).toMatchObject({ code: "WAREHOUSE001" });
    expect(await rows(first, "SELECT count(*) AS n FROM silver.clean")).toEqual([{ n: 2 }]);
    await first.close();
    await (await run(other, { baseDir: base, warehouse: `${base}/linked.duckdb` })).close();
    await using last = await run(demo, { baseDir: base, warehouse });
    expect(last.tables.map((table) => table.status)).toEqual(["skipped", "skipped"]);
    expect(
      await rows(last, "SELECT (SELECT count(*) FROM bronze.raw) AS raw, count(*) AS other FROM bronze.other"),
    ).toEqual([{ raw: 2, other: 1 }]);
  });

  test("two at once on a new file: one is done, one is refused; an update that failed to begin holds nothing", async () => {
    const { base, warehouse } = await place();
    const [a, b] = await Promise.allSettled([
      run(demo, { baseDir: base, warehouse }),
      run(other, { baseDir: base, warehouse }),
    ]);
    const [done, refused] = a.status === "fulfilled" ? [a, b] : [b, a];
    if (done.status !== "fulfilled" || refused.status !== "rejected") throw new Error(`${a.status}, ${b.status}`);
    expect(refused.reason).toMatchObject({ code: "WAREHOUSE007" });
    await done.value.close();
    await expect(run(demo, { baseDir: base, warehouse, params: { no: 1 } })).rejects.toMatchObject({
      code: "PARAM003",
    });
    await (await run(demo, { baseDir: base, warehouse })).close();
    await using last = await run(other, { baseDir: base, warehouse });
    expect(last.status).toBe("completed");
  });

  test("two processes at once: one is done, one is refused, and the next update completes", async () => {
    const { base, warehouse } = await place();
    const both = await Promise.all([inAnotherProcess(warehouse, base), inAnotherProcess(warehouse, base)]);
    expect(both.filter((one) => !["completed", "WAREHOUSE001"].includes(outcomeOf(one)))).toEqual([]);
    expect(both.map(outcomeOf)).toContain("completed");
    await using last = await run(other, { baseDir: base, warehouse });
    expect(await rows(last, "SELECT count(*) AS n FROM bronze.other")).toEqual([{ n: 1 }]);
    expect((await readdir(base)).filter((name) => name.includes(".new-"))).toEqual([]);
  });

  test("warehouses in memory are independent", async () => {
    const { base } = await place();
    await using first = await run(demo, { baseDir: base });
    await using second = await run(other, { baseDir: base });
    expect([first.status, second.status]).toEqual(["completed", "completed"]);
    await expect(second.query("FROM bronze.raw")).rejects.toMatchObject({ code: "ENGINE001" });
  });
});

function outcomeOf(result: unknown): string {
  const { status, code } = result as { readonly status?: string; readonly code?: string };
  return status ?? code ?? "";
}

/** As DuckDB writes it: the header's checksum is right, its storage version is one to come. */
function newer(bytes: Buffer): void {
  bytes.writeBigUInt64LE(200n, 12);
  let sum = 5381n;
  for (let at = 8; at < 4096; at += 8) sum ^= BigInt.asUintN(64, bytes.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  bytes.writeBigUInt64LE(sum, 0);
}

const flip = (from: number, to: number) => (bytes: Buffer) => {
  for (let at = from; at < to; at++) bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
};

const SPOILED: readonly (readonly [string, string, RegExp, (warehouse: string) => Promise<void>])[] = [
  ["an empty file", "WAREHOUSE002", /it is empty/, (file) => writeFile(file, "")],
  ["a text file", "WAREHOUSE002", /not a DuckDB database/, (file) => writeFile(file, "no database\n".repeat(2000))],
  ["a short file", "WAREHOUSE002", /not a DuckDB database/, (file) => writeFile(file, "hi")],
  ["a SQLite database", "WAREHOUSE002", /SQLite/, (file) => writeFile(file, `SQLite format 3\0${"\0".repeat(4096)}`)],
  ["a Parquet file", "WAREHOUSE002", /Parquet/, (file) => writeFile(file, `PAR1${"\0".repeat(4096)}`)],
  ["cut off in the header", "WAREHOUSE002", /cut off after 100 bytes/, (file) => truncate(file, 100)],
  ["cut off after the header", "WAREHOUSE002", /damaged or cut off/, (file) => truncate(file, 12_288)],
  ["a damaged header", "WAREHOUSE002", /damaged or cut off/, (file) => edited(file, flip(4096, 4296))],
  ["a damaged block", "WAREHOUSE002", /damaged or cut off/, (file) => edited(file, flip(17_288, 17_289))],
  ["a newer version", "WAREHOUSE008", /newer version of DuckDB \(storage version 200\)/, (file) => edited(file, newer)],
  ["a folder", "WAREHOUSE002", /it is a folder/, (file) => rm(file).then(() => mkdir(file))],
];

async function edited(file: string, edit: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(file);
  edit(bytes);
  await writeFile(file, bytes);
}

test.each(SPOILED)("%s is said to be so, and is left as it is", async (_, code, message, spoil) => {
  const { base, warehouse } = await place();
  await (await run(demo, { baseDir: base, warehouse })).close();
  await spoil(warehouse);
  const before = await readFile(warehouse).catch(() => undefined);
  for (let again = 0; again < 2; again++) {
    await expect(run(demo, { baseDir: base, warehouse })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      help: expect.stringMatching(/another warehouse path|restore it from a copy/),
    });
  }
  expect(await readFile(warehouse).catch(() => undefined)).toEqual(before);
});

test.each<[string, string, (log: string) => Promise<unknown>]>([
  ["a pipe", "no regular file", (log) => execute("mkfifo", [log])],
  ["a folder", "a folder", (log) => mkdir(log)],
  ["a link to the warehouse", "a link", (log) => symlink(path.basename(log, ".wal"), log)],
  ["a link to nowhere", "a link", (log) => symlink("nowhere", log)],
  ["a link to a device", "a link", (log) => symlink("/dev/zero", log)],
])("%s in the place of the warehouse's log: refused, and nothing is written", async (_, kind, put) => {
  const { base, warehouse } = await place();
  await (await run(demo, { baseDir: base, warehouse })).close();
  await put(`${warehouse}.wal`);
  const before = await readFile(warehouse);
  await expect(run(demo, { baseDir: base, warehouse })).rejects.toMatchObject({
    code: "WAREHOUSE004",
    message: expect.stringContaining(`${warehouse}.wal, where its log would be, is ${kind}: move it away`),
  });
  expect(await readFile(warehouse)).toEqual(before);
});

test("a log of another time or warehouse is refused, since its rows would be there twice; what is no log has no effect", async () => {
  const { base, warehouse } = await place();
  const log = `${warehouse}.wal`;
  const logOf = async (of: string) => {
    await using update = await run(demo, { baseDir: base, warehouse: of });
    return [await readFile(`${of}.wal`), update.status] as const;
  };
  await (await run(demo, { baseDir: base, warehouse })).close();
  await write(base, "raw/2.json", '{"id":3}\n');
  const [earlier] = await logOf(warehouse);
  const [foreign] = await logOf(path.join(base, "other.duckdb"));
  const refused = async (contents: Buffer) => {
    await writeFile(log, contents);
    await expect(run(demo, { baseDir: base, warehouse })).rejects.toMatchObject({
      code: "WAREHOUSE002",
      message: expect.stringContaining("they are of two times, or two warehouses"),
      help: expect.stringContaining("move the log away"),
    });
    await rm(log);
  };
  await refused(earlier);
  await refused(foreign);
  for (const contents of ["", "no log\n".repeat(500), earlier.subarray(0, 7)]) {
    await writeFile(log, contents);
    await using update = await run(demo, { baseDir: base, warehouse });
    expect(await rows(update, "SELECT id FROM silver.clean ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  }
  await rm(warehouse);
  await refused(earlier);
});

test("a block that only a query reads and that is damaged has the same code", async () => {
  const { base, warehouse } = await place();
  await write(
    base,
    "raw/2.json",
    Array.from({ length: 50_000 }, (_, i) => `{"id":${(i * 7919) % 1_000_003}}\n`).join(""),
  );
  await (await run(demo, { baseDir: base, warehouse })).close();
  const { length } = await readFile(warehouse);
  await truncate(warehouse, length - 262_144);
  const failure = await run(demo, { baseDir: base, warehouse, fullRefresh: true }).then(
    async (update) => {
      const found = await update.query("SELECT sum(id) FROM silver.clean").catch((error: unknown) => error);
      await update.close();
      return found instanceof MedallionError ? found.code : update.tables.map((table) => table.reason).join();
    },
    (error: unknown) => (error instanceof MedallionError ? error.code : error),
  );
  expect(failure).toContain("WAREHOUSE002");
});

const SEEN = { planned: ["create"], renamed: "WAREHOUSE004", rows: [{ n: 2 }] };
const NOT_SEEN = { planned: "WAREHOUSE004", renamed: "WAREHOUSE004" };

describe("a user without rights", () => {
  test.each([
    [
      "a file that may not be read",
      "it cannot be read",
      (at: string) => chmod(path.join(at, "w.duckdb"), 0o000),
      NOT_SEEN,
    ],
    ["a read-only file", "it is read-only", (at: string) => chmod(path.join(at, "w.duckdb"), 0o444), SEEN],
    ["a read-only folder", "its folder cannot be written", (at: string) => chmod(at, 0o555), SEEN],
  ])("%s: refused with help before any work, and seen by who only looks", async (_, message, take, seen) => {
    const { base } = await place();
    const own = path.join(base, "own");
    await mkdir(own);
    for (const open of [base, own]) await chmod(open, 0o777);
    const warehouse = path.join(own, "w.duckdb");
    await (await run(demo, { baseDir: base, warehouse })).close();
    await chmod(warehouse, 0o666);
    const before = await readFile(warehouse);
    await take(own);
    expect(await inAnotherProcess(warehouse, base, "nobody")).toEqual({
      code: "WAREHOUSE004",
      message: expect.stringContaining(message),
      help: expect.stringContaining("can be read and written by the user"),
      ...seen,
    });
    await chmod(own, 0o777);
    expect(await readFile(warehouse)).toEqual(before);
  });

  test.each([
    " w .duckdb",
    "it's.duckdb",
    'a"b.duckdb',
    "a#b?x=1&y%20.duckdb",
    "ü😀.duckdb",
    "a\nb.duckdb",
    "$a;[b]*.duckdb",
  ])("a name is a name: %j", async (name) => {
    const { base } = await place();
    for (const status of ["completed", "skipped"]) {
      await using update = await run(demo, { baseDir: base, warehouse: path.join(base, name) });
      expect(update.tables.map((table) => table.status)).toContain(status);
    }
    expect(await readdir(base)).toContain(name);
  });

  test.each(["a".repeat(245), "a".repeat(300), "half\ud800", "nul\0"])("what is no name: %j", async (name) => {
    const { base } = await place();
    const refused = run(demo, { baseDir: base, warehouse: path.join(base, name) });
    await expect(refused).rejects.toMatchObject({ code: "WAREHOUSE004", help: expect.any(String) });
  });

  test("a folder in whose name DuckDB sees the end of the file's", async () => {
    const base = path.join((await place()).base, "a?b");
    await write(base, "raw/1.json", '{"id":1}\n');
    const refused = run(demo, { baseDir: base, warehouse: path.join(base, "w.duckdb") });
    await expect(refused).rejects.toMatchObject({ code: "WAREHOUSE004", help: expect.stringMatching(/without one/) });
  });

  test("an address, and a folder that cannot be created", async () => {
    const { base } = await place();
    await write(base, "file", "");
    for (const warehouse of [
      "s3://bucket/w.duckdb",
      path.join(base, "file", "w.duckdb"),
      path.join(base, "file", "x", "w.duckdb"),
    ]) {
      await expect(run(demo, { baseDir: base, warehouse })).rejects.toMatchObject({ code: "WAREHOUSE004" });
    }
  });
});

test("nothing is installed, loaded or kept in the home directory", async () => {
  const { base, warehouse } = await place();
  await using update = await run(demo, { baseDir: base, warehouse });
  const settings = ["autoinstall_known_extensions", "autoload_known_extensions", "allow_persistent_secrets"];
  for (const setting of settings) {
    expect(await update.query(`SELECT current_setting('${setting}') AS is`)).toEqual([{ is: false }]);
  }
});

test("no table has an index: DuckDB ends the process where it cannot put rows back into one on a full disk", async () => {
  const { base, warehouse } = await place();
  await using update = await run(demo, { baseDir: base, warehouse });
  const keys = "SELECT table_name FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE')";
  expect(await update.query(`${keys} UNION ALL SELECT table_name FROM duckdb_indexes()`)).toEqual([]);
});

test("what killed processes left of new warehouses goes, also where the warehouse is there; what others are making stays", async () => {
  const { base, warehouse } = await place();
  await (await run(demo, { baseDir: base, warehouse })).close();
  const gone = spawn(process.execPath, ["-e", ""]);
  await once(gone, "exit");
  const left = [`w.duckdb.new-${gone.pid}-a`, `w.duckdb.new-${gone.pid}-a.wal`, "w.duckdb.new-old"];
  for (const name of left) await write(base, name, "half a file");
  await utimes(path.join(base, "w.duckdb.new-old"), new Date(0), new Date(0));
  await write(base, `w.duckdb.new-${process.ppid}-b`, "being made");
  await (await run(demo, { baseDir: base, warehouse })).close();
  expect((await readdir(base)).filter((name) => name.startsWith("w.duckdb."))).toEqual([
    `w.duckdb.new-${process.ppid}-b`,
  ]);
});

describe("who owns what", () => {
  const foreign = async (warehouse: string, sql: string): Promise<void> => {
    const opened = await Warehouse.open(warehouse);
    await opened.main.exec(sql);
    await opened.close();
  };

  test.each([
    ["a table", "CREATE TABLE bronze.raw AS SELECT 'mine' AS x"],
    ["a table in another case", 'CREATE TABLE silver."CLEAN" AS SELECT 1 AS x'],
    ["a view", "CREATE VIEW silver.clean AS SELECT 1 AS x"],
    ["a table where the quarantine goes", "CREATE TABLE bronze.raw_quarantine AS SELECT 1 AS x"],
  ])("%s of the user's own is never replaced, by no update", async (_, sql) => {
    const { base, warehouse } = await place();
    await foreign(warehouse, sql);
    for (const fullRefresh of [false, true]) {
      await expect(run(demo, { baseDir: base, warehouse, fullRefresh })).rejects.toMatchObject({
        code: "WAREHOUSE009",
        help: expect.stringContaining("by hand"),
      });
    }
    await using look = await run(pipeline("look"), { warehouse });
    const kept = sql.replace(/^CREATE \w+ (\S+) .*$/, "SELECT count(*) AS n FROM $1");
    expect(await rows(look, kept)).toEqual([{ n: 1 }]);
  });

  test("a warehouse whose _medallion was dropped: the help keeps every row and lets the pipeline begin again", async () => {
    const { base, warehouse } = await place();
    await (await run(demo, { baseDir: base, warehouse })).close();
    await foreign(warehouse, "DROP SCHEMA _medallion CASCADE");
    const refused = await run(demo, { baseDir: base, warehouse }).catch((error: unknown) => error);
    if (!(refused instanceof MedallionError)) throw refused;
    expect(refused).toMatchObject({ code: "WAREHOUSE009", help: expect.stringContaining("_medallion was dropped") });
    await rm(path.join(base, "raw/1.json"));
    await foreign(warehouse, refused.help?.replace(/^.*?(?=ALTER TABLE)/s, "") ?? "");
    await using update = await run(demo, { baseDir: base, warehouse });
    expect(update.status).toBe("completed");
    const counts =
      "SELECT (SELECT count(*) FROM bronze.raw) AS raw, (SELECT count(*) FROM bronze.raw_before) AS before, (SELECT count(*) FROM silver.clean_before) AS clean";
    expect(await rows(update, counts)).toEqual([{ raw: 0, before: 2, clean: 2 }]);
  });

  test("a pipeline that is split: the statement of the help moves the tables of the second, and the first keeps its own", async () => {
    const { base, warehouse } = await place();
    const one = pipeline("one").bronze({ a: source.json("raw/*.json", id) });
    const two = pipeline("two").bronze({ b: source.json("raw/*.json", id) });
    const whole = pipeline("one").bronze({ a: source.json("raw/*.json", id), b: source.json("raw/*.json", id) });
    await (await run(whole, { baseDir: base, warehouse })).close();
    const refused = await run(two, { baseDir: base, warehouse }).catch((error: unknown) => error);
    if (!(refused instanceof MedallionError)) throw refused;
    await foreign(warehouse, refused.help?.replace(/^.*(?=UPDATE)/, "") ?? "");
    for (const part of [one, two]) {
      await using update = await run(part, { baseDir: base, warehouse });
      expect(update.tables.map((table) => table.status)).toEqual(["skipped"]);
      expect(update.warnings).toEqual([]);
    }
  });

  test("two pipelines with a table of one name: the second is refused, until the warehouse is told of a new name", async () => {
    const { base, warehouse } = await place();
    await (await run(demo, { baseDir: base, warehouse })).close();
    const renamed = pipeline("renamed").bronze({ raw: source.json("raw/*.json", id) });
    const refused = await run(renamed, { baseDir: base, warehouse }).catch((error: unknown) => error);
    if (!(refused instanceof MedallionError)) throw refused;
    expect(refused).toMatchObject({ code: "WAREHOUSE010", message: expect.stringContaining('the pipeline "demo"') });
    await foreign(warehouse, refused.help?.replace(/^.*(?=UPDATE)/, "") ?? "");
    await using update = await run(renamed, { baseDir: base, warehouse });
    expect(update.tables.map((table) => table.status)).toEqual(["skipped"]);
  });
});
