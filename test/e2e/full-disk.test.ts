/** A disk that is full, at each moment at which DuckDB writes: an error with a code, and no row lost; the process lives. */
import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { run } from "medallion/run";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { writeTo } from "../../src/engines/files.ts";
import copied from "../fixtures/pipelines/copied.ts";
import { folder, rows, write } from "./support.ts";

const execute = promisify(execFile);

/** Runs a script in a process of its own. It fails the test where the process is ended by a signal. */
async function inProcess(script: string, args: readonly string[], limit = ""): Promise<unknown> {
  const file = path.resolve("test/fixtures/run", script);
  const command = [process.execPath, "--conditions=medallion-source", file, ...args].map((part) => `"${part}"`);
  const { stdout } = await execute("bash", ["-c", `${limit}exec ${command.join(" ")}`]);
  return JSON.parse(stdout);
}

/** A file system of its own in memory, which can grow. */
async function disk(kilobytes: number, { skip }: TestContext): Promise<string> {
  const at = path.join(await folder(), "disk");
  await mkdir(at);
  const mounted = await execute("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", at]).then(
    () => true,
    () => false,
  );
  skip(!mounted, "a small file system of its own can be mounted by root alone");
  onTestFinished(() => execute("umount", [at]).then(() => undefined));
  return at;
}

const LINES = 6000;
const big = Array.from({ length: LINES }, (_, i) => `${i},${(i * 2654435761).toString(36).repeat(4)}`);

interface Ended {
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
}

// The rows of both tables are in the write-ahead log when they commit, and are moved to the file when it is closed.
const MOMENTS = [
  { moment: "the first table commits", kilobytes: 500, right: { raw: "failed", copy: "excluded" } },
  { moment: "the last table commits", kilobytes: 750, right: { raw: "completed", copy: "failed" } },
  { moment: "the file is closed", kilobytes: 1050, right: { raw: "completed", copy: "completed" } },
] as const;

for (const { moment, kilobytes, right } of MOMENTS) {
  test(`full when ${moment}: what had committed is there, and the next update goes on from it`, async (context) => {
    const base = await folder();
    await write(base, "small.json", '{"id":1}\n');
    await write(base, "big.csv", `id,text\n${big.join("\n")}\n`);
    const at = await disk(kilobytes, context);
    const warehouse = `${at}/w.duckdb`;
    const ended = (await inProcess("no-space.ts", [base, warehouse])) as readonly Ended[];
    expect(Object.fromEntries(ended.map(({ name, status }) => [name, status]))).toEqual({
      small: "completed",
      ...right,
    });
    for (const { status, reason } of ended) {
      if (status === "failed") expect(reason).toMatch(/^WAREHOUSE005.*no space left.*last good state is kept/s);
    }
    // What could not be moved to the file is still in its log.
    expect(await readdir(at)).toEqual(["w.duckdb", "w.duckdb.wal"]);
    await execute("mount", ["-o", "remount,size=50m", at]);
    await using update = await run(copied, { baseDir: base, warehouse });
    const later = (status: string) => (status === "completed" ? "skipped" : "completed");
    expect(Object.fromEntries(update.tables.map(({ name, status }) => [name, status]))).toEqual({
      small: "skipped",
      raw: later(right.raw),
      copy: later(right.copy),
    });
    for (const table of ["bronze.raw", "silver.copy"]) {
      expect(await rows(update, `SELECT count(*) AS n, count(DISTINCT id) AS d FROM ${table}`)).toEqual([
        { n: LINES, d: LINES },
      ]);
    }
  });
}

test("full while a query spills to the disk: the query fails with a code, and the warehouse can be used on", async () => {
  const base = await folder();
  const ended = await inProcess("spill.ts", [`${base}/w.duckdb`], "ulimit -f 4000; ");
  expect(ended).toEqual({ code: "WAREHOUSE005", kept: 1000 });
});

test("a file system that is read-only is named by the run, by what it writes, and by compile() to a folder", async (context) => {
  const at = await disk(500, context);
  await execute("mount", ["-o", "remount,ro", at]);
  await expect(run(copied, { baseDir: at, warehouse: `${at}/in/w.duckdb` })).rejects.toMatchObject({
    code: "WAREHOUSE004",
    message: expect.stringMatching(/cannot be created: the file system is read-only$/),
  });
  await expect(writeTo(`${at}/out`, { path: "a/b.sql", contents: "" })).rejects.toMatchObject({
    code: "OUT001",
    message: `${at}/out/a/b.sql cannot be written: the file system is read-only`,
  });
});

test("a full folder for temporary files is named with its reason, and what it was for is read by the next update", async (context) => {
  const base = await folder();
  await write(base, "small.json", '{"id":1}\n');
  await write(base, "big.csv", `id,text\n${big.join("\n")}\nbroken,"x"y\n`);
  const tempDirectory = await disk(100, context);
  const failed = await run(copied, { baseDir: base, warehouse: `${base}/w.duckdb`, tempDirectory });
  expect(failed.tables.find(({ name }) => name === "raw")?.error).toMatchObject({
    code: "RUN002",
    message: expect.stringMatching(/to .*: no space is left on the disk$/),
  });
  await failed.close();
  await using again = await run(copied, { baseDir: base, warehouse: `${base}/w.duckdb` });
  expect(again.tables.find(({ name }) => name === "raw")).toMatchObject({ rowsWritten: LINES, rowsQuarantined: 1 });
});
