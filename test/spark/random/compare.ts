/** Runs many programs on Spark and on DuckDB, table after table, in few round trips, and says where they differ. */

import type { TableNode } from "../../../src/ast/pipeline.ts";
import { duckdb, duckdbIdentifier, duckdbType } from "../../../src/targets/duckdb/dialect.ts";
import { spark as sparkDialect, sparkIdentifier } from "../../../src/targets/spark-sql/dialect.ts";
import { typeName } from "../../../src/types/types.ts";
import { sorted } from "../canonical.ts";
import { type Engine, EngineError, type Result } from "../engines.ts";
import type { SparkSession } from "../session.ts";
import { queriesOf, tablesOf } from "./case.ts";
import type { Program } from "./program.ts";

export interface Difference {
  readonly table: string;
  readonly what: string;
  readonly spark: string;
  readonly duckdb: string;
}

export interface Outcome {
  /** Tables whose rows were the same. */
  readonly tables: number;
  readonly rows: number;
  /** Tables that a target refuses, and what comes after them. */
  readonly refused: number;
  readonly difference?: Difference;
  /** What both engines gave for a table, where it was the same. */
  readonly results: ReadonlyMap<string, Result>;
}

interface Run {
  readonly program: Program;
  readonly prefix: string;
  readonly tables: readonly TableNode[];
  /** Tables that a target refuses, and what comes after them. */
  readonly refused: number;
  readonly spark: readonly { readonly sql: string }[];
  readonly duckdb: readonly { readonly sql: string }[];
  readonly results: Map<string, Result>;
  difference?: Difference;
}

export interface Engines {
  readonly spark: SparkSession;
  readonly duckdb: Engine;
}

export async function compareAll(engines: Engines, programs: readonly Program[]): Promise<readonly Outcome[]> {
  const runs = programs.map((program, i) => runOf(program, `p${i}_`));
  await Promise.all(runs.map((run) => load(engines, run)));
  const levels = Math.max(0, ...runs.map((run) => run.tables.length));
  for (let level = 0; level < levels; level++) {
    const open = runs.filter((run) => !run.difference && run.tables.length > level);
    await compareLevel(engines, open, level);
  }
  return runs.map(({ results, refused, difference }) => ({
    refused,
    tables: results.size,
    rows: [...results.values()].reduce((sum, result) => sum + result.rows.length, 0),
    results,
    ...(difference && { difference }),
  }));
}

function runOf(program: Program, prefix: string): Run {
  const onSpark = queriesOf(program, sparkDialect, (table) => sparkIdentifier(`${prefix}${table}`));
  const onDuck = queriesOf(program, duckdb, (table) => duckdbIdentifier(`${prefix}${table}`));
  const tables = tablesOf(program);
  const kept = tables.slice(0, Math.min(onSpark.length, onDuck.length));
  const refused = tables.length - kept.length;
  return { program, prefix, tables: kept, refused, spark: onSpark, duckdb: onDuck, results: new Map() };
}

async function load({ spark, duckdb: duck }: Engines, { program, prefix }: Run): Promise<void> {
  for (const { table, columns, rows } of program.sources) {
    await spark.view(`${prefix}${table}`, columns, rows);
    await duck.view(`${prefix}${table}`, columns, rows);
  }
}

async function compareLevel({ spark, duckdb: duck }: Engines, runs: readonly Run[], level: number): Promise<void> {
  const sparkSql = (run: Run) => run.spark[level]?.sql ?? "";
  const parsed = await Promise.all(runs.map((r) => spark.parse(`CREATE MATERIALIZED VIEW v AS ${sparkSql(r)}`)));
  const fromSpark = await spark.batch(runs.map(sparkSql));
  for (const [i, run] of runs.entries()) {
    const table = run.tables[level];
    const query = run.duckdb[level]?.sql ?? "";
    const [theirs, problem] = [fromSpark[i], parsed[i]];
    if (!table || !theirs) throw new Error("an answer is missing");
    const ours = await stored(duck, `${run.prefix}${table.name}`, table, query);
    const what = problem ? `Spark does not parse it: ${problem.message}` : differs(table, theirs, ours);
    if (what === undefined) {
      if (theirs instanceof EngineError) continue;
      run.results.set(table.name, theirs);
      if (level + 1 < run.tables.length) {
        const columns = table.columns.map((c) => ({ name: c.name, type: c.type }));
        await spark.view(`${run.prefix}${table.name}`, columns, theirs.rows);
      }
    } else {
      run.difference = {
        table: table.name,
        what,
        spark: `${sparkSql(run)}\n\n${shown(theirs)}`,
        duckdb: `${query}\n\n${shown(ours)}`,
      };
    }
  }
}

/** The rows as the engine stores them: in a table of the declared types. */
async function stored(duck: Engine, name: string, table: TableNode, query: string): Promise<Result | EngineError> {
  const columns = table.columns.map((c) => `${duckdbIdentifier(c.name)} ${duckdbType(c.type)}`);
  const answers = await duck.batch([
    `CREATE OR REPLACE TEMP TABLE ${duckdbIdentifier(name)} (${columns.join(", ")})`,
    `INSERT INTO ${duckdbIdentifier(name)} ${query}`,
    `SELECT * FROM ${duckdbIdentifier(name)}`,
  ]);
  const result = answers.find((answer) => answer instanceof EngineError) ?? answers[2];
  if (!result) throw new Error("an answer is missing");
  return result;
}

function differs(table: TableNode, spark: Result | EngineError, duck: Result | EngineError): string | undefined {
  if (spark instanceof EngineError) return `Spark fails: ${spark.message}`;
  if (duck instanceof EngineError) return `DuckDB fails: ${duck.message}`;
  const declared = table.columns.map((c) => `${c.name} ${typeName(c.type)}`).join(", ");
  const found = spark.columns.map((c) => `${c.name} ${c.type}`).join(", ");
  if (declared !== found) return `the columns are declared (${declared}), on Spark they are (${found})`;
  const [ours, theirs] = [sorted(duck.rows), sorted(spark.rows)].map((rows) => JSON.stringify(rows));
  return ours === theirs ? undefined : "the rows differ";
}

function shown(result: Result | EngineError): string {
  if (result instanceof EngineError) return result.message;
  const header = result.columns.map((c) => `${c.name} ${c.type}`).join(", ");
  return [header, ...sorted(result.rows).map((row) => JSON.stringify(row))].join("\n");
}
