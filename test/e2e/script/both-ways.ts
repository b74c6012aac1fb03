/** A pipeline both ways: through the embedded engine, and as the script that `compile()` prints. */
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type AnyPipeline, compile } from "medallion";
import { run, type Update } from "medallion/run";
import { expect } from "vitest";
import { type LoweredTable, lowerPipeline } from "../../../src/lower/table.ts";
import { duckdbText, duckdbVariable, duckdbIdentifier as id } from "../../../src/targets/duckdb/dialect.ts";
import { write } from "../support.ts";

/** A Parquet file of what a query gives. */
export async function parquet(base: string, file: string, sql: string): Promise<void> {
  await write(base, file, "");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${sql}) TO '${path.join(base, file)}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

export interface Made {
  /** Rows of a query as JSON. */
  readonly query: (sql: string) => Promise<readonly (readonly unknown[])[]>;
  /** What the script stopped with. */
  readonly error: string | undefined;
  readonly close: () => void;
}

type Params = Readonly<Record<string, string | number | boolean>>;

/** Runs the script of a pipeline over the files of a folder. */
export async function script(
  p: AnyPipeline,
  base: string,
  params: Params = {},
  secrets: Params = {},
  baseDir?: string,
): Promise<Made> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run(`SET file_search_path = '${base}'`);
  for (const [name, value] of Object.entries(secrets)) {
    await connection.run(`SET VARIABLE ${duckdbVariable(name)} = ${duckdbText(String(value))}`);
  }
  const error = await runAll(
    compile(p, { target: "duckdb", params, ...(baseDir !== undefined && { baseDir }) }).files.map((f) => f.contents),
  );
  return {
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson(),
    error,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };

  async function runAll(files: readonly string[]): Promise<string | undefined> {
    try {
      for (const contents of files) await connection.run(contents);
      return undefined;
    } catch (thrown) {
      await connection.run("ROLLBACK").catch(() => undefined);
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
}

/** When something was read or written, and in which update. */
const MOMENTS = ["_ingested_at", "_quarantined_at", "_update_id"];
/** What a script does not know of a row of files: `TARGET003` says so of each table that reads them. */
const UNTOLD = ["_source_modified_at", "_rescued_data", "_reason", "_row"];

const TABLES = `
  SELECT schema_name || '."' || table_name || '"', list([column_name, data_type, CAST(is_nullable AS VARCHAR)] ORDER BY column_index)
  FROM duckdb_columns() WHERE schema_name IN ('bronze', 'silver', 'gold') GROUP BY ALL ORDER BY ALL`;

type Columns = readonly (readonly [name: string, type: string, nullable: string])[];

/**
 * Compares all rows of all tables, quarantines and counts included. Gives how many tables there were. An update that fails
 * has to have a script that stops there, with the same tables made before.
 */
export async function expectSame(
  p: AnyPipeline,
  base: string,
  params: Params = {},
  secrets: Params = {},
): Promise<number> {
  const { plans } = lowerPipeline(p.toNode());
  const made = await script(p, base, params, secrets);
  await using update = await run(p, { baseDir: base, params: { ...params, ...secrets } });
  try {
    const failed = update.tables.find((t) => t.status === "failed");
    if (!failed) expect(made.error).toBeUndefined();
    else expect(made.error, failed.reason).toBeDefined();
    const done = update.tables.filter((t) => t.status === "completed").map((t) => t.name);
    // What comes after the table that fails is not of the script.
    const names = failed ? before([...plans.keys()], failed.name).filter((name) => done.includes(name)) : done;
    await expectTables(
      names.flatMap((name) => plans.get(name) ?? []),
      update,
      made,
      base,
    );
    return names.length;
  } finally {
    made.close();
  }
}

const before = (names: readonly string[], name: string) => names.slice(0, names.indexOf(name));

async function expectTables(plans: readonly LoweredTable[], update: Update, made: Made, base: string): Promise<void> {
  const ours = await tablesOf(async (sql) => (await update.query(sql)).map((row) => Object.values(row)));
  const theirs = await tablesOf(made.query);
  for (const plan of plans) {
    const { table, quarantine, expectations } = plan;
    const named = (name: string) => `${table.layer}."${name}"`;
    for (const name of [table.name, ...(quarantine ? [quarantine.name] : [])].map(named)) {
      expect(theirs.get(name), name).toEqual(ours.get(name));
      const compared = (ours.get(name) ?? []).map(([column]) => column).filter((column) => isTold(column, plan));
      const list = compared.map((c) => `CAST(${id(c)} AS VARCHAR) AS ${id(c)}`).join(", ");
      const sql = `SELECT ${list} FROM ${name}`;
      const own = (await update.query(sql)).map((row) => Object.values(row));
      expect(
        sorted(await made.query(sql)).map((row) => row.replaceAll(`${base}/`, "")),
        name,
      ).toEqual(sorted(own));
    }
    expect(theirs.has(named(`${table.name}_expectations`)), table.name).toBe(expectations !== undefined);
    if (!expectations) continue;
    const counts = await made.query(
      `SELECT rule, action, passed::INTEGER, failed::INTEGER FROM ${named(expectations.name)}`,
    );
    const counted = update.tables.find((t) => t.name === table.name)?.expectations ?? [];
    expect(counts, table.name).toEqual(counted.map((e) => [e.name, e.action, e.passed, e.failed]));
  }
}

function isTold(column: string, plan: LoweredTable): boolean {
  if (MOMENTS.includes(column)) return false;
  if (plan.rules.readable && UNTOLD.includes(column)) return false;
  // Without a version, a snapshot is of the moment at which it is read.
  const ofNow = plan.mode === "snapshots" && plan.snapshots.version === undefined;
  return !(ofNow && (column === "__START_AT" || column === "__END_AT"));
}

const sorted = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).sort();

async function tablesOf(query: Made["query"]): Promise<ReadonlyMap<string, Columns>> {
  const rows = await query(TABLES);
  return new Map(rows.map(([name, columns]) => [String(name), columns as Columns]));
}
