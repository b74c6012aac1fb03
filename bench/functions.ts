/** Every function, cast and reader's conversion on DuckDB, alongside the nearest of DuckDB's own, on the same rows. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { CompileError } from "../src/core/errors.ts";
import { PRELUDE, registerFunctions } from "../src/engines/duckdb/functions/functions.ts";
import { printQuery } from "../src/sql/query.ts";
import { duckdb } from "../src/targets/duckdb/dialect.ts";
import { AGGREGATES, CASTS, type Case, type Columns, relation, SCALARS, WINDOWS } from "./functions-cases.ts";
import { CAST_PAIRS, READERS } from "./functions-casts.ts";
import { HARD, TYPICAL } from "./functions-rows.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { cpuTime } from "./warehouse.ts";

const ROWS = { typical: 1_000_000, hard: 10_000 } as const;
const SLOWEST = 5;
const NAMED = 15;
const MEAN = 1.5;

export const functions: Topic = {
  name: "functions",
  about: "every function, cast and reader's conversion on 1 M typical and 10 k hard rows, against DuckDB's own",
  run: measure,
};

type Rows = keyof typeof ROWS;

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
  const made = { typical: TYPICAL, hard: HARD };
  for (const rows of ["typical", "hard"] as const) {
    await connection.run(`CREATE TABLE ${rows} AS SELECT ${made[rows]} FROM range(${ROWS[rows]}) AS r(x)`);
  }
  const lines: Line[] = [];
  for (const pair of pairs("typical")) {
    say(pair.name);
    const figures = await byTurns(runs, {
      ours: () => creating(connection, pair.ours),
      native: () => creating(connection, pair.native),
    });
    lines.push(typical(pair, median(figures.ours), median(figures.native)));
  }
  const logs = lines.map(({ ours, baseline }) => Math.log(ours / baseline));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const all = { name: "geometric mean", ours: mean * 1000, baseline: 1000, against: "all lines above" } as const;
  lines.push({ ...all, unit: "ms", bar: { ratio: MEAN } });
  for (const pair of pairs("hard")) {
    say(pair.name);
    lines.push(await hard(connection, pair, runs));
  }
  connection.closeSync();
  instance.closeSync();
  return lines;
}

/** Every pair of statements over a table of those rows; those of hard ones as names tell. */
export function pairs(rows: Rows): readonly Pair[] {
  const plain = (sql: string) => `SELECT ${sql} AS v FROM ${rows}`;
  const of = (
    kind: string,
    cases: readonly Case[],
    query: (make: Case["make"], rows: Rows) => string,
    native = plain,
  ) =>
    cases.flatMap((c): Pair[] => {
      const ours = printed(() => query(c.make, rows));
      return ours === undefined ? [] : [{ name: `${kind} ${c.name}`, ours, native: native(c.native), slow: c.slow }];
    });
  const all = [
    ...of("function", SCALARS, selected),
    ...of("cast", [...CASTS, ...CAST_PAIRS], selected),
    ...of("window", WINDOWS, selected),
    ...of("aggregate", AGGREGATES, grouped, (sql) => `SELECT i % 1000 AS k, ${sql} AS v FROM ${rows} GROUP BY k`),
    ...READERS.map((reader) => ({ ...reader, ours: plain(reader.ours), native: plain(reader.native) })),
  ];
  return rows === "hard" ? all.map((pair) => ({ ...pair, name: `hard: ${pair.name}` })) : all;
}

/** Undefined where DuckDB is refused. */
function printed(print: () => string): string | undefined {
  try {
    return print();
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
}

type Node = { toNode(): Parameters<typeof printQuery>[0] };

const print = (query: Node, rows: Rows) =>
  printQuery(query.toNode(), { dialect: duckdb, table: () => rows, source: () => rows, tables: new Map() });

function selected(make: Case["make"], rows: Rows): string {
  return print(
    relation.select((c: Columns) => ({ v: make(c) as Columns["s"] })),
    rows,
  );
}

function grouped(make: Case["make"], rows: Rows): string {
  const groups = relation.groupBy((c: Columns) => ({ k: c.i.mod(1000) }));
  return print(
    groups.aggregate((c: Columns) => ({ v: make(c) as ReturnType<Columns["s"]["max"]> })),
    rows,
  );
}

const creating = (connection: DuckDBConnection, query: string) =>
  cpuTime(() => connection.run(`CREATE OR REPLACE TEMP TABLE made AS ${query}`));

function typical({ name, slow }: Pair, ours: number, baseline: number): Line {
  const against = slow === undefined ? "DuckDB's own" : `DuckDB's own; ${slow}`;
  return { name, ours, baseline, against, unit: "ms", bar: { ratio: slow === undefined ? SLOWEST : NAMED } };
}

/** Only shown: what is hard is read the slow way. DuckDB's own fails on many of these rows. */
async function hard(connection: DuckDBConnection, { name, ours, native }: Pair, runs: number): Promise<Line> {
  const fails = await creating(connection, native).then(
    () => false,
    () => true,
  );
  const usual = native.replace("FROM hard", `FROM (FROM typical LIMIT ${ROWS.hard})`);
  const figures = await byTurns(runs, {
    ours: () => creating(connection, ours),
    native: () => creating(connection, fails ? usual : native),
  });
  const against = fails ? "DuckDB's own on as many typical rows: it fails on these" : "DuckDB's own";
  return { name, ours: median(figures.ours), baseline: median(figures.native), against, unit: "ms" };
}
