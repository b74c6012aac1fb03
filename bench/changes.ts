/** Change targets: one per cent of the keys change once more; against a rebuild, and against a merge written by hand. */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { inFolder } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { cpuTime, removeWarehouse, text, withDuckDB } from "./warehouse.ts";

const VERSIONS = 10;
const SHARE = 100;

export const changes: Topic = {
  name: "changes",
  about: "scd1 and scd2 when 1 % of the keys change, against a rebuild and a merge by hand (MEDALLION_BENCH_KEYS)",
  run: (options) => inFolder((folder) => measure(folder, options)),
};

type Type = "scd1" | "scd2";

const events = source.parquet("events/*.parquet", {
  id: t.bigint(),
  seq: t.bigint(),
  op: t.string(),
  name: t.string(),
  city: t.string(),
  amount: t.decimal(12, 2),
});

const bronze = pipeline("changes").bronze({ events });

const pipelines = {
  scd1: bronze.scd1(($) => ({
    target: $.events.changes({
      key: (e) => e.id,
      sequenceBy: (e) => e.seq,
      deleteWhen: (e) => e.op.eq("D"),
      columns: ({ id, name, city, amount }) => ({ id, name, city, amount }),
    }),
  })),
  scd2: bronze.scd2(($) => ({
    target: $.events.changes({
      key: (e) => e.id,
      sequenceBy: (e) => e.seq,
      deleteWhen: (e) => e.op.eq("D"),
      columns: ({ id, name, city, amount }) => ({ id, name, city, amount }),
    }),
  })),
} as const;

async function measure(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  const keys = Number(process.env["MEDALLION_BENCH_KEYS"] ?? 100_000);
  say(`${keys * VERSIONS} events of ${keys} keys as files`);
  await layOut(folder, keys);
  const lines: Line[] = [];
  for (const type of ["scd1", "scd2"] as const) {
    say(`${type}: rebuild and update by the engine and by hand, ${runs} times each`);
    lines.push(...(await compare(folder, type, { keys, runs })));
  }
  return lines;
}

/**
 * CPU time of one turn until the warehouse is closed, in milliseconds: all events into a new one, an update with nothing new,
 * and what is new then.
 */
interface Turn {
  readonly rebuild: number;
  readonly nothing: number;
  readonly update: number;
}

/** With fewer keys what every update costs weighs too much: of those, only what is beyond it is held to the bars. */
const KEYS_OF_BARS = 1_000_000;

async function compare(
  folder: string,
  type: Type,
  { keys, runs }: { readonly keys: number; readonly runs: number },
): Promise<readonly Line[]> {
  const ours = (late: boolean) => () => byEngine(folder, type, { keys, late });
  const turns = await byTurns<"ours" | "late" | "byHand", Turn>(runs, {
    ours: ours(false),
    late: ours(true),
    byHand: () => mergedByHand(folder, type, keys),
  });
  await sameRows(folder, type);
  const figure = (of: keyof typeof turns, what: keyof Turn) => median(turns[of].map((turn) => turn[what]));
  const [name, unit] = [`changes: ${type}, 1 % of the keys (CPU)`, "ms"] as const;
  const [rebuild, nothing] = [figure("ours", "rebuild"), figure("ours", "nothing")];
  const [update, late, byHand] = [figure("ours", "update"), figure("late", "update"), figure("byHand", "update")];
  const toRebuild = { baseline: rebuild, against: "all events into a new warehouse", unit } as const;
  const toHand = { baseline: byHand, against: "a merge by hand, file and all", unit } as const;
  const [small, bars] = [{ bar: { ratio: 0.05 } }, { bar: { ratio: 2 } }];
  const isWhole = keys >= KEYS_OF_BARS;
  const beyond = { name: `${name}, beyond an update with nothing new`, ours: update - nothing };
  return [
    { name, ours: update, ...toRebuild, ...(isWhole && small) },
    { name, ours: update, ...toHand, ...(isWhole && bars) },
    { ...beyond, ...toRebuild, ...small },
    { ...beyond, ...toHand, ...bars },
    { name: `${name}, a tenth of it late`, ours: late, ...toRebuild },
  ];
}

const warehouseOf = (folder: string, type: Type, who: string) => path.join(folder, `${type}-${who}.duckdb`);
const NEXT = "events/next.parquet";

async function byEngine(
  folder: string,
  type: Type,
  { keys, late }: { readonly keys: number; readonly late: boolean },
): Promise<Turn> {
  const warehouse = warehouseOf(folder, type, late ? "late" : "ours");
  await removeWarehouse(warehouse);
  await rm(path.join(folder, NEXT), { force: true });
  const update = (expected: "completed" | "skipped") => async (): Promise<void> => {
    await using done = await run(pipelines[type], { warehouse, baseDir: folder });
    const target = done.tables.find((one) => one.name === "target");
    if (target?.status !== expected) throw new Error(target?.reason ?? "the target was not updated");
  };
  const rebuild = await cpuTime(update("completed"));
  const nothing = await cpuTime(update("skipped"));
  await withDuckDB(":memory:", (connection) => nextFile(connection, folder, { keys, late }));
  return { rebuild, nothing, update: await cpuTime(update("completed")) };
}

/** The merge that an engineer would write who knows that events come in order: no state but the target. */
async function mergedByHand(folder: string, type: Type, keys: number): Promise<Turn> {
  const warehouse = warehouseOf(folder, type, "hand");
  await removeWarehouse(warehouse);
  await rm(path.join(folder, NEXT), { force: true });
  await withDuckDB(warehouse, async (connection) => {
    await connection.run(`CREATE TABLE events AS FROM read_parquet(${text(path.join(folder, "events/*.parquet"))})`);
    await connection.run(FULL[type]);
  });
  await withDuckDB(":memory:", (connection) => nextFile(connection, folder, { keys, late: false }));
  const update = () =>
    withDuckDB(warehouse, async (connection) => {
      await connection.run("BEGIN");
      await connection.run(`CREATE TEMP TABLE news AS FROM read_parquet(${text(path.join(folder, NEXT))})`);
      await connection.run("INSERT INTO events FROM news");
      await connection.run(MERGE[type]);
      await connection.run("COMMIT");
    });
  return { rebuild: Number.NaN, nothing: Number.NaN, update: await cpuTime(update) };
}

const FULL: Readonly<Record<Type, string>> = {
  scd1: `CREATE TABLE target AS SELECT id, name, city, amount, seq FROM events
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq DESC) = 1`,
  scd2: `CREATE TABLE target AS SELECT id, name, city, amount, seq AS __START_AT,
      lead(seq) OVER (PARTITION BY id ORDER BY seq) AS __END_AT FROM events`,
};

const MERGE: Readonly<Record<Type, string>> = {
  scd1: `MERGE INTO target USING (FROM news QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq DESC) = 1) AS n ON target.id = n.id
    WHEN MATCHED AND n.seq > target.seq AND n.op = 'D' THEN DELETE
    WHEN MATCHED AND n.seq > target.seq THEN UPDATE SET name = n.name, city = n.city, amount = n.amount, seq = n.seq
    WHEN NOT MATCHED AND n.op <> 'D' THEN INSERT (id, name, city, amount, seq) VALUES (n.id, n.name, n.city, n.amount, n.seq)`,
  scd2: `UPDATE target SET __END_AT = n.seq FROM (SELECT id, min(seq) AS seq FROM news GROUP BY id) AS n
      WHERE target.id = n.id AND target.__END_AT IS NULL;
    INSERT INTO target SELECT id, name, city, amount, seq, lead(seq) OVER (PARTITION BY id ORDER BY seq) FROM news WHERE op <> 'D'`,
};

async function sameRows(folder: string, type: Type): Promise<void> {
  await withDuckDB(":memory:", async (connection) => {
    const [engine, hand] = [warehouseOf(folder, type, "ours"), warehouseOf(folder, type, "hand")];
    await connection.run(`ATTACH ${text(engine)} AS engine (READ_ONLY); ATTACH ${text(hand)} AS hand (READ_ONLY)`);
    const columns = type === "scd1" ? "id, name, city, amount" : "id, name, city, amount, __START_AT, __END_AT";
    const sides = ["engine.silver.target", "hand.target"].map((table) => `(SELECT ${columns} FROM ${table})`);
    const [lost, added] = [sides, sides.toReversed()].map(([a, b]) => `(${a} EXCEPT ALL ${b})`);
    const found = await connection.runAndReadAll(`SELECT count(*) FROM (FROM ${lost} UNION ALL FROM ${added})`);
    const rows = Number(found.getRowsJS()[0]?.[0]);
    if (rows > 0) throw new Error(`the merge by hand gives other rows than ${type}: ${rows} are on one side only`);
  });
}

const columnsOf = (seq: string) =>
  `hash(k, ${seq}) % 1000000 AS h, CAST(k AS BIGINT) AS id, CAST(${seq} AS BIGINT) AS seq, 'U' AS op,
   'name ' || h AS name, 'city ' || h % 1000 AS city, CAST(h AS DECIMAL(12, 2)) AS amount`;

async function layOut(folder: string, keys: number): Promise<void> {
  await mkdir(path.join(folder, "events"));
  await withDuckDB(":memory:", async (connection) => {
    for (let i = 0; i < VERSIONS; i++) {
      const rows = `SELECT ${columnsOf(String(10 * (i + 1)))} FROM range(${keys}) AS r(k)`;
      const file = path.join(folder, `events/${i}.parquet`);
      await connection.run(`COPY (SELECT * EXCLUDE h FROM (${rows})) TO ${text(file)} (FORMAT parquet)`);
    }
  });
}

/** One event for each hundredth key; where some are `late`, a tenth of them come before the last that was known. */
async function nextFile(
  connection: DuckDBConnection,
  folder: string,
  { keys, late }: { readonly keys: number; readonly late: boolean },
): Promise<void> {
  const seq = late ? `CASE WHEN k % 1000 = 0 THEN 55 ELSE ${10 * (VERSIONS + 1)} END` : String(10 * (VERSIONS + 1));
  const rows = `SELECT ${columnsOf(seq)} FROM range(0, ${keys}, ${SHARE}) AS r(k)`;
  await connection.run(`COPY (SELECT * EXCLUDE h FROM (${rows})) TO ${text(path.join(folder, NEXT))} (FORMAT parquet)`);
}
