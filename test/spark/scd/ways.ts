/** The three ways in which change events become tables: `run()`, the query for Spark, and Spark's own AUTO CDC. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { spark as dialect } from "../../../src/targets/spark-sql/dialect.ts";
import type { SparkServer } from "../engine/server.ts";
import { changesOf } from "../random/case.ts";
import type { SparkSession } from "../session.ts";
import type { Change } from "./recorded.ts";
import { type Held, histories, jsonLines } from "./streams.ts";

const p = pipeline("changes")
  .bronze({
    raw: source.json("raw/*.json", {
      id: t.bigint(),
      ts: t.bigint(),
      op: t.string(),
      city: t.string().nullable(),
      email: t.string().nullable(),
    }),
  })
  .scd1(($) => ({
    latest: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ts, ...rest }) => rest,
    }),
    latest_city: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ id, city }) => ({ id, city }),
    }),
    latest_known: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ts, ...rest }) => rest,
      ignoreNullUpdates: true,
    }),
  }))
  .scd2(($) => ({
    history: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ts, ...rest }) => rest,
    }),
    history_of_city: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ts, ...rest }) => rest,
      trackHistory: ({ city }) => ({ city }),
    }),
    city_history: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ id, city }) => ({ id, city }),
    }),
    history_of_known: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ts, ...rest }) => rest,
      ignoreNullUpdates: ({ city }) => ({ city }),
    }),
  }));

/** What Spark's own grammar says of the same tables. It does not ignore nulls. */
const FLOWS: Readonly<Record<string, string>> = {
  latest: "COLUMNS * EXCEPT (op, ts) STORED AS SCD TYPE 1",
  latest_city: "COLUMNS (id, city) STORED AS SCD TYPE 1",
  history: "COLUMNS * EXCEPT (op, ts) STORED AS SCD TYPE 2",
  history_of_city: "COLUMNS * EXCEPT (op, ts) STORED AS SCD TYPE 2 TRACK HISTORY ON (city)",
  city_history: "COLUMNS (id, city) STORED AS SCD TYPE 2",
};
export const SPARK_TABLES = Object.keys(FLOWS);
export const TABLES = [...SPARK_TABLES, "latest_known", "history_of_known"];

/** What every table says of each key, by table. */
export type Answers = ReadonlyMap<string, ReadonlyMap<number, string>>;

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "medallion-scd-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `run()`, an update for each batch; the answers after each. */
export function byRun(batches: readonly (readonly Change[])[]): Promise<readonly Answers[]> {
  return inFolder(async (baseDir) => {
    await mkdir(path.join(baseDir, "raw"));
    const answers: Answers[] = [];
    for (const [i, batch] of batches.entries()) {
      await writeFile(path.join(baseDir, `raw/${i}.json`), jsonLines(batch));
      await using update = await run(p, { baseDir, warehouse: path.join(baseDir, "w.duckdb") });
      const failed = update.tables.find((table) => table.status === "failed");
      if (failed) throw new Error(`${failed.name}: ${failed.reason}`);
      const said = new Map<string, ReadonlyMap<number, string>>();
      for (const table of TABLES) said.set(table, histories(await update.query(`FROM silver.${table}`)));
      answers.push(said);
    }
    return answers;
  });
}

/** The queries of materialized views, on Spark, over all events so far. */
export async function byQuery(
  spark: SparkSession,
  batches: readonly (readonly Change[])[],
): Promise<readonly Answers[]> {
  const { tables } = p.toNode();
  const columns = tables.find((table) => table.name === "raw")?.columns ?? [];
  const answers: Answers[] = [];
  for (const i of batches.keys()) {
    const events = batches.slice(0, i + 1).flat();
    const rows = events.map(([id, ts, ...others]) => [String(id), String(ts), ...others]);
    await spark.view("scd_raw", columns, rows);
    const said = new Map<string, ReadonlyMap<number, string>>();
    for (const table of tables) {
      if (table.kind === "query") continue;
      const sql = changesOf(table, dialect, () => "scd_raw");
      const problem = await spark.parse(`CREATE MATERIALIZED VIEW v AS ${sql}`);
      if (problem) throw problem;
      const found = await spark.sql(sql);
      const held = found.rows.map((row) => Object.fromEntries(found.columns.map((c, n) => [c.name, row[n]])));
      said.set(table.name, histories(held));
    }
    answers.push(said);
  }
  return answers;
}

/** Spark's own AUTO CDC, an update for each batch: the answers and the rows behind them. */
export function byAutoCdc(
  server: SparkServer,
  batches: readonly (readonly Change[])[],
): Promise<readonly { readonly answers: Answers; readonly rows: Readonly<Record<string, readonly Held[]>> }[]> {
  return inFolder(async (folder) => {
    for (const made of ["transformations", "data", "batches", "storage"]) await mkdir(path.join(folder, made));
    await writeFile(path.join(folder, "spark-pipeline.yml"), spec(folder));
    await writeFile(path.join(folder, "transformations/flows.sql"), Object.entries(FLOWS).map(flow).join("\n"));
    await writeFile(path.join(folder, "transformations/raw.py"), rawTable(path.join(folder, "data")));
    for (const [i, batch] of batches.entries()) {
      await mkdir(path.join(folder, `batches/${i}`));
      await writeFile(path.join(folder, `batches/${i}/events.json`), jsonLines(batch));
    }
    const script = path.join(import.meta.dirname, "auto_cdc.py");
    const { stdout } = await promisify(execFile)(
      path.join(server.venv, "bin/python"),
      [script, String(server.connect), folder, ...SPARK_TABLES],
      { maxBuffer: 256 << 20, env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } },
    );
    return stdout
      .trim()
      .split("\n")
      .map((line) => {
        const rows = JSON.parse(line) as Readonly<Record<string, readonly Held[]>>;
        return { rows, answers: new Map(SPARK_TABLES.map((table) => [table, histories(rows[table] ?? [])])) };
      });
  });
}

const RAW = "spark_catalog.default.scd_events";

function spec(folder: string): string {
  return `name: changes
catalog: mem
database: scd
storage: file://${folder}/storage
libraries:
  - glob:
      include: transformations/**
`;
}

function flow([table, clauses]: readonly [string, string]): string {
  return `CREATE STREAMING TABLE ${table};
CREATE FLOW ${table}_cdc AS AUTO CDC INTO ${table} FROM STREAM ${RAW} KEYS (id) APPLY AS DELETE WHEN op = 'D' SEQUENCE BY ts ${clauses};`;
}

function rawTable(data: string): string {
  return `from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()


@dp.table(name="${RAW}")
def events():
    schema = "id BIGINT, ts BIGINT, op STRING, city STRING, email STRING"
    return spark.readStream.schema(schema).json("file://${data}")
`;
}
