/** Asks both engines for an expression over rows, and tells where they differ. */

import type { ColumnNode, ExprNode } from "../../../src/ast/expr.ts";
import { CompileError } from "../../../src/core/errors.ts";
import { columnNode } from "../../../src/nodes/exprs.ts";
import { printExpr } from "../../../src/sql/expr.ts";
import { duckdb } from "../../../src/targets/duckdb/dialect.ts";
import { spark as sparkDialect } from "../../../src/targets/spark-sql/dialect.ts";
import { type SqlType, typeName } from "../../../src/types/types.ts";
import type { Canonical } from "../canonical.ts";
import { type Engine, EngineError } from "../engines.ts";

/** Rows of a view: `id`, then one column an argument (`a0`, `a1`, …). */
export interface Rows {
  readonly view: string;
  readonly types: readonly SqlType[];
  readonly values: readonly (readonly Canonical[])[];
}

export interface Question {
  readonly name: string;
  readonly rows: Rows;
  /** The expression over nullable columns. */
  readonly node: ExprNode;
  /** The same over columns that are never null: whether it may be null then. */
  readonly solid?: ExprNode;
  /** A constant: it takes the type of what it meets. */
  readonly untyped?: boolean;
  /** The last digits of the result differ between the mathematics libraries. */
  readonly approximate?: boolean;
  /**
   * Queries in place of one that gives every row: `$expr` stands for the expression, each gives `id` and `value`.
   * `parts` ask for the same in pieces, where one of the whole fails.
   */
  readonly queries?: { readonly whole: readonly string[]; readonly parts: readonly string[] };
}

export interface Answer {
  /** What differs, ready to be read; empty where all is equal. */
  readonly problems: readonly string[];
  readonly pairs: number;
  /** Refused for DuckDB, with a reason. */
  readonly refused?: string;
}

export interface Pair {
  readonly spark: Engine;
  readonly duck: Engine;
}

/** How many differing rows of one question are shown. */
const SHOWN = 4;

type Outcome = Canonical | EngineError;

/** The columns of a view as expressions. */
export function columnsOf(types: readonly SqlType[], nullable: boolean): readonly ColumnNode[] {
  const plain = { labels: [], unit: "", additivity: "additive" } as const;
  return types.map((type, i) => columnNode(`a${i}`, { type, nullable, ...plain }, 0));
}

const made = new WeakMap<Engine, Set<string>>();

/** Makes the view in both engines, once. */
export async function makeView(engines: Pair, rows: Rows): Promise<void> {
  const id = { name: "id", type: { kind: "int" } } as const;
  const columns = [id, ...rows.types.map((type, i) => ({ name: `a${i}`, type }))];
  const values = rows.values.map((row, i) => [String(i), ...row]);
  for (const engine of [engines.spark, engines.duck]) {
    const names = made.get(engine) ?? new Set();
    made.set(engine, names);
    if (names.has(rows.view)) continue;
    names.add(rows.view);
    await engine.view(rows.view, columns, values);
  }
}

/** As `ask`, for questions over one view: Spark is asked for many expressions at once, one by one where that fails. */
export async function askTogether(engines: Pair, questions: readonly Question[]): Promise<readonly Answer[]> {
  const known = new Map<Question, Outcomes>();
  const sets = Map.groupBy(questions, (question) => JSON.stringify(question.queries?.whole));
  for (const set of sets.values()) {
    for (let i = 0; i < set.length; i += TOGETHER) {
      const some = set.slice(i, i + TOGETHER);
      for (const question of some) await makeView(engines, question.rows);
      const answers = await manyOf(engines.spark, some);
      for (const [j, question] of some.entries()) {
        const answer = answers?.[j];
        if (answer) known.set(question, answer);
      }
    }
  }
  const answers: Answer[] = [];
  for (const question of questions) answers.push(await ask(engines, question, known.get(question)));
  return answers;
}

/** All answers, one after the other. */
export async function askEach(engines: Pair, questions: readonly Question[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const question of questions) answers.push(await ask(engines, question));
  return answers;
}

/** What differs in any of them, as one text, and how many pairs were compared. */
export function summary(answers: readonly Answer[]): { readonly problems: string; readonly pairs: number } {
  return {
    problems: answers.flatMap((answer) => answer.problems).join("\n"),
    pairs: answers.reduce((sum, answer) => sum + answer.pairs, 0),
  };
}

const TOGETHER = 16;

async function manyOf(spark: Engine, questions: readonly Question[]): Promise<readonly Outcomes[] | undefined> {
  const [first] = questions;
  const sqls = questions.map(({ node }) => printExpr(node, { dialect: sparkDialect, column: (c) => c.name }));
  const list = sqls.map((sql, i) => `${sql} AS value${i}`).join(", ");
  const queries = first?.queries?.whole ?? [];
  const results = await spark.batch(queries.map((query) => query.replace("$expr AS value", () => list)));
  const found = questions.map(() => ({ type: "", values: new Map<string, Outcome>() }));
  for (const [i, result] of results.entries()) {
    if (result instanceof EngineError) return undefined;
    for (const [j, one] of found.entries()) {
      one.type = result.columns[j + 1]?.type ?? "";
      for (const row of result.rows) one.values.set(rowName(queries[i], row[0]), row[j + 1] ?? null);
    }
  }
  return found;
}

function rowName(query: string | undefined, id: Canonical | undefined): string {
  return `${(query ?? "").replace("$expr", "…")} [${id}]`;
}

export async function ask(engines: Pair, question: Question, known?: Outcomes): Promise<Answer> {
  const { rows, node } = question;
  await makeView(engines, rows);
  const sparkSql = printExpr(node, { dialect: sparkDialect, column: (c) => c.name });
  const duckSql = printed(node);
  if (duckSql instanceof CompileError) {
    const sparkSide = known ?? (await refusedOutcomes(engines.spark, question, sparkSql));
    const wrong = [...sparkSide.values.values()].find((value) => value instanceof EngineError && isStatic(value));
    const problems = [
      ...(duckSql.code === "TARGET001" ? [] : [`${question.name}: ${duckSql.message}`]),
      ...(wrong ? [`${question.name}: Spark ${shown(wrong)}\n  Spark:  ${sparkSql}`] : []),
    ];
    return {
      problems: [...problems, ...typeProblems(node, sparkSide.type, "Spark")],
      pairs: 0,
      refused: duckSql.help ?? "",
    };
  }
  const [sparkSide, duckSide] = await bothOf(engines, question, sparkSql, duckSql, known);
  if (!sparkSide || !duckSide) throw new Error("an engine gave no answer");
  const differences = [...sparkSide.values].flatMap(([id, value]) => {
    const other = duckSide.values.get(id);
    if (other !== undefined && same(value, other, question)) return [];
    return [`${question.queries ? id : given(rows, id)}: Spark ${shown(value)}, DuckDB ${shown(other)}`];
  });
  if (duckSide.values.size !== sparkSide.values.size) differences.push("the numbers of rows differ");
  const problems = [
    ...differences.slice(0, SHOWN),
    ...(question.untyped ? [] : typeProblems(node, sparkSide.type, "Spark")),
    ...(question.untyped ? [] : typeProblems(node, duckSide.type, "DuckDB")),
    ...nullProblems(question, sparkSide.values).slice(0, SHOWN),
  ];
  return {
    problems: problems.length === 0 ? [] : [headline(question, sparkSql, duckSql, differences.length), ...problems],
    pairs: sparkSide.values.size,
  };
}

/** What Spark says of what DuckDB is not asked: its type, and whether it takes it at all. */
async function refusedOutcomes(spark: Engine, question: Question, sql: string): Promise<Outcomes> {
  const query = question.queries?.whole.at(-1) ?? `SELECT id, $expr AS value FROM ${question.rows.view} WHERE id < 0`;
  return ofQueries(spark, [query], sql);
}

function printed(node: ExprNode): string | CompileError {
  try {
    return printExpr(node, { dialect: duckdb, column: (c) => c.name });
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
}

function headline(question: Question, sparkSql: string, duckSql: string, count: number): string {
  return `${question.name}: ${count} differ\n  Spark:  ${sparkSql}\n  DuckDB: ${duckSql}`;
}

interface Outcomes {
  readonly type: string | undefined;
  readonly values: ReadonlyMap<string, Outcome>;
}

/** Values of both engines; in pieces where a query fails in one of them. */
async function bothOf(
  engines: Pair,
  question: Question,
  sparkSql: string,
  duckSql: string,
  known: Outcomes | undefined,
): Promise<readonly Outcomes[]> {
  const { queries } = question;
  if (!queries) return [await byRow(engines.spark, question, sparkSql), await byRow(engines.duck, question, duckSql)];
  const ask = async (asked: readonly string[], spark?: Outcomes) => [
    spark ?? (await ofQueries(engines.spark, asked, sparkSql)),
    await ofQueries(engines.duck, asked, duckSql),
  ];
  const whole = await ask(queries.whole, known);
  const failed = whole.some(({ values }) => [...values.values()].some((v) => v instanceof EngineError && !isStatic(v)));
  return failed ? ask(queries.parts) : whole;
}

/** Values by query and row; a query that fails is one outcome. */
async function ofQueries(engine: Engine, queries: readonly string[], sql: string): Promise<Outcomes> {
  const results = await engine.batch(queries.map((query) => query.replace("$expr", () => sql)));
  const values = new Map<string, Outcome>();
  let type: string | undefined;
  for (const [i, result] of results.entries()) {
    if (result instanceof EngineError) {
      values.set(rowName(queries[i], null), result);
      continue;
    }
    type ??= result.columns[1]?.type;
    for (const [id, value] of result.rows) values.set(rowName(queries[i], id), value ?? null);
  }
  return { type, values };
}

/** Values by row; a row that fails is found by halving. */
async function byRow(engine: Engine, question: Question, sql: string): Promise<Outcomes> {
  const template = `SELECT id, $expr AS value FROM ${question.rows.view} WHERE $rows`;
  const values = new Map<string, Outcome>();
  let type: string | undefined;
  let open: readonly (readonly [number, number])[] = [[0, question.rows.values.length]];
  while (open.length > 0) {
    const texts = open.map(([from, to]) =>
      template.replace("$expr", () => sql).replace("$rows", `id >= ${from} AND id < ${to}`),
    );
    const results = await engine.batch(texts);
    const next: (readonly [number, number])[] = [];
    for (const [i, result] of results.entries()) {
      const [from, to] = open[i] ?? [0, 0];
      if (!(result instanceof EngineError)) {
        type ??= result.columns[1]?.type;
        for (const [id, value] of result.rows) values.set(String(id), value ?? null);
      } else if (to - from <= 1 || isStatic(result)) {
        for (let id = from; id < to; id++) values.set(String(id), result);
      } else {
        const middle = from + Math.ceil((to - from) / 2);
        next.push([from, middle], [middle, to]);
      }
    }
    open = next;
  }
  return { type, values };
}

/** An error that has nothing to do with the data. */
function isStatic(error: EngineError): boolean {
  return /Binder|Catalog|Parser|\bPARSE_|UNRESOLVED|DATATYPE_MISMATCH|WRONG_NUM_ARGS/.test(error.condition);
}

function same(a: Outcome, b: Outcome, question: Question): boolean {
  if (a instanceof EngineError || b instanceof EngineError) {
    // Not that both engines were asked in words that they do not know.
    return a instanceof EngineError && b instanceof EngineError && !isStatic(a) && !isStatic(b);
  }
  if (JSON.stringify(a) === JSON.stringify(b)) return true;
  if (!question.approximate || typeof a !== "string" || typeof b !== "string") return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= Math.abs(x) * 1e-13;
}

function typeProblems(node: ExprNode, type: string | undefined, engine: string): readonly string[] {
  const declared = typeName(node.type);
  return type === undefined || type === declared ? [] : [`declared ${declared}, ${engine} gives ${type}`];
}

/** What is said never to be null must not be, where no argument is. */
function nullProblems({ rows, node, solid, queries }: Question, values: Outcomes["values"]): readonly string[] {
  if (queries) {
    const wrong = node.nullable ? [] : [...values].filter(([, value]) => value === null);
    return wrong.map(([id]) => `${id}: null, though said never to be null`);
  }
  const nulls = [...values].filter(([, value]) => value === null).map(([id]) => id);
  const wrong = nulls.filter((id) => {
    const whole = (rows.values[Number(id)] ?? []).every((value) => value !== null);
    return !node.nullable || (whole && solid !== undefined && !solid.nullable);
  });
  return wrong.map((id) => `${given(rows, id)}: null, though said never to be null`);
}

function given(rows: Rows, id: string): string {
  return (rows.values[Number(id)] ?? []).map((value) => JSON.stringify(value)).join(", ");
}

function shown(value: Outcome | undefined): string {
  if (value instanceof EngineError) return `fails (${value.message.slice(0, 80).replaceAll("\n", " ")})`;
  return JSON.stringify(value) ?? "has no such row";
}
