/** What an update may use of the machine, and what it keeps of its past. */
import path from "node:path";
import { pipeline, source, t } from "medallion";
import { type RunOptions, run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "./support.ts";

const p = pipeline("p")
  .bronze({ raw: source.csv("raw/*.csv", { id: t.bigint(), name: t.string(), amount: t.decimal(12, 2) }) })
  .silver(($) => ({
    by_name: $.raw.groupBy((r) => ({ name: r.name })).aggregate((r) => ({ amount: r.amount.sum() })),
  }));

const ROWS = 400_000;

async function delivered(): Promise<string> {
  const base = await folder();
  const lines = Array.from(
    { length: ROWS },
    (_, i) => `${i},${"a name that is long enough".repeat(4)} ${i},${i % 100}.25`,
  );
  await write(base, "raw/1.csv", `id,name,amount\n${lines.join("\n")}\n`);
  return base;
}

test("what does not fit into the memory limit goes to the temporary folder, and the rows are the same", async () => {
  const base = await delivered();
  const temporary = path.join(base, "spilled");
  const totals = "SELECT count(*) AS n, CAST(sum(amount) AS VARCHAR) AS amount FROM silver.by_name";
  await using update = await run(p, {
    baseDir: base,
    warehouse: path.join(base, "w.duckdb"),
    memoryLimit: "80MB",
    threads: 2,
    tempDirectory: temporary,
  });
  expect(update.tables.map((one) => one.reason)).toEqual([undefined, undefined]);
  expect(await rows(update, totals)).toEqual([{ n: ROWS, amount: "19900000.00" }]);
  const settings = ["memory_limit", "threads", "temp_directory"].map((name) => `current_setting('${name}') AS ${name}`);
  expect(await rows(update, `SELECT ${settings.join(", ")}`)).toEqual([
    { memory_limit: "76.2 MiB", threads: 2, temp_directory: temporary },
  ]);
}, 120_000);

test("a limit that is too small fails the table with what to do, and keeps what was", async () => {
  const base = await delivered();
  await using update = await run(p, { baseDir: base, memoryLimit: "12MB", threads: 1 });
  expect(update.status).toBe("failed");
  const failed = table(update, "raw");
  expect(failed.error).toMatchObject({ code: "RUN004", help: expect.stringContaining("memoryLimit") });
}, 120_000);

test.each<[string, RunOptions]>([
  ["memoryLimit", { memoryLimit: "a lot" }],
  ["memoryLimit", { memoryLimit: "2" }],
  ["threads", { threads: 0 }],
  ["threads", { threads: 1.5 }],
  ["eventLogRetentionDays", { eventLogRetentionDays: -1 }],
])("%s that is none is refused: %j", async (option, options) => {
  await expect(run(p, options)).rejects.toMatchObject({ code: "ARG001", message: expect.stringContaining(option) });
});

test("the event log keeps updates as long as it is told to", async () => {
  const base = await folder();
  const warehouse = path.join(base, "w.duckdb");
  const updates = async (options: RunOptions, file: string) => {
    await write(base, `raw/${file}.csv`, "id,name,amount\n1,a,1.00\n");
    await using update = await run(p, { ...options, baseDir: base, warehouse });
    const found = await rows(update, "SELECT DISTINCT update_id AS id FROM _medallion.event_log");
    return { id: update.id, kept: found.map((row) => row["id"]) };
  };
  const first = await updates({}, "1");
  const second = await updates({ eventLogRetentionDays: 30 }, "2");
  expect(new Set(second.kept)).toEqual(new Set([first.id, second.id]));
  const third = await updates({ eventLogRetentionDays: 0 }, "3");
  expect(third.kept).toEqual([third.id]);
});
