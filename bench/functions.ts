/** Every function, cast and reader's conversion on DuckDB, beside the nearest of DuckDB's own, on the same rows. */
import { DuckDBInstance } from "@duckdb/node-api";
import { PRELUDE, registerFunctions } from "../src/engines/duckdb/functions.ts";
import { readText } from "../src/engines/duckdb/ingest/values.ts";
import { printQuery } from "../src/sql/query.ts";
import { duckdb, duckdbIdentifier } from "../src/targets/duckdb/dialect.ts";
import {
  AGGREGATES,
  CASTS,
  type Case,
  COLUMNS,
  type Columns,
  relation,
  SCALARS,
  TYPICAL,
  WINDOWS,
} from "./functions-cases.ts";
import { type BenchOptions, type Line, median, type Topic } from "./line.ts";

const ROWS = 1_000_000;
const SLOWEST = 5;
const NAMED = 15;
const MEAN = 1.5;

type Connection = Awaited<ReturnType<DuckDBInstance["connect"]>>;

export const functions: Topic = {
  name: "functions",
  about: "every function, cast and reader's conversion on 1 M rows, against DuckDB's own",
  run: measure,
};

interface Pair {
  readonly name: string;
  readonly ours: string;
  readonly native: string;
  readonly slow?: string | undefined;
}

async function measure({ runs, say }: BenchOptions): Promise<readonly Line[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  registerFunctions(connection);
  for (const statement of PRELUDE) await connection.run(statement);
  await connection.run(`CREATE TABLE typical AS SELECT ${TYPICAL} FROM range(${ROWS}) AS r(x)`);
  const lines: Line[] = [];
  for (const pair of pairs()) {
    say(pair.name);
    lines.push(await line(connection, pair, runs));
  }
  connection.closeSync();
  instance.closeSync();
  const logs = lines.map(({ ours, baseline }) => Math.log(ours / baseline));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const all = { name: "geometric mean", ours: mean * 1000, baseline: 1000, against: "all lines above" };
  return [...lines, { ...all, unit: "ms", bar: { ratio: MEAN } }];
}

export function pairs(): readonly Pair[] {
  const of = (
    kind: string,
    cases: readonly Case[],
    query: (make: Case["make"], as: string) => string,
    native: (sql: string) => string,
  ) =>
    cases.map((c) => ({ name: `${kind} ${c.name}`, ours: query(c.make, "v"), native: native(c.native), slow: c.slow }));
  const plain = (sql: string) => `SELECT ${sql} AS v FROM typical`;
  return [
    ...of("function", SCALARS, selected, plain),
    ...of("cast", CASTS, selected, plain),
    ...of("window", WINDOWS, selected, plain),
    ...of("aggregate", AGGREGATES, grouped, (sql) => `SELECT i % 1000 AS k, ${sql} AS v FROM typical GROUP BY k`),
    ...readers(),
  ];
}

type Node = { toNode(): Parameters<typeof printQuery>[0] };

const print = (query: Node) =>
  printQuery(query.toNode(), { dialect: duckdb, table: () => "typical", source: () => "typical", tables: new Map() });

function selected(make: Case["make"]): string {
  return print(relation.select((c: Columns) => ({ v: make(c) as Columns["s"] })));
}

function grouped(make: Case["make"]): string {
  const groups = relation.groupBy((c: Columns) => ({ k: c.i.mod(1000) }));
  return print(groups.aggregate((c: Columns) => ({ v: make(c) as ReturnType<Columns["s"]["max"]> })));
}

/** What the file readers make of a text. */
function readers(): readonly Pair[] {
  const read = (column: string, type: keyof typeof COLUMNS, native: string): Pair => ({
    name: `reader ${COLUMNS[type].declaration.type.kind}`,
    ours: `SELECT ${readText(duckdbIdentifier(column), COLUMNS[type].declaration.type)} AS v FROM typical`,
    native: `SELECT TRY_CAST(${column} AS ${native}) AS v FROM typical`,
  });
  return [
    read("whole_text", "i", "INTEGER"),
    read("whole_text", "g", "BIGINT"),
    read("money_text", "m", "DECIMAL(12, 2)"),
    read("money_text", "d", "DOUBLE"),
    read("flag_text", "b", "BOOLEAN"),
    read("day_text", "day", "DATE"),
    read("time_text", "ts", "TIMESTAMPTZ"),
  ];
}

async function line(connection: Connection, pair: Pair, runs: number): Promise<Line> {
  const took: Record<"ours" | "native", number[]> = { ours: [], native: [] };
  for (let i = 0; i < runs; i++) {
    for (const side of i % 2 === 0 ? (["ours", "native"] as const) : (["native", "ours"] as const)) {
      const before = process.cpuUsage();
      await connection.run(`CREATE OR REPLACE TEMP TABLE made AS ${pair[side]}`);
      const { user, system } = process.cpuUsage(before);
      took[side].push((user + system) / 1000);
    }
  }
  return {
    name: pair.name,
    ours: median(took.ours),
    baseline: median(took.native),
    against: pair.slow === undefined ? "DuckDB's own" : `DuckDB's own; ${pair.slow}`,
    unit: "ms",
    bar: { ratio: pair.slow === undefined ? SLOWEST : NAMED },
  };
}
