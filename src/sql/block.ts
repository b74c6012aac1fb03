/** One SELECT under construction, and its text. */

import type { Cte } from "../formats/readings.ts";
import { BINDING, type Binding, type Sql, within } from "../functions/fragment.ts";
import type { Dialect } from "./dialect.ts";
import { type ExprContext, textOf } from "./expr.ts";

export interface Output {
  readonly name: string;
  readonly sql: string;
  /** A column of the input as it is. */
  readonly simple: boolean;
  /** There is a window in it. */
  readonly windowed?: boolean;
  /** How tightly the SQL binds. Default: as a name does. */
  readonly binding?: Binding | undefined;
}

/** One SELECT under construction. */
export interface Block {
  readonly ctes: readonly Cte[];
  readonly from: string;
  /** Name by which columns of `from` may be qualified, where `from` is one table. */
  readonly alias: string;
  /** Columns of `from` that are named without it. */
  readonly inputs: readonly string[];
  readonly joins: readonly string[];
  readonly where: readonly Sql[];
  readonly groupBy: readonly string[];
  /** Its outputs are aggregates: a further filter stands in HAVING. */
  readonly aggregated?: boolean;
  readonly having: readonly Sql[];
  readonly qualify: readonly Sql[];
  readonly orderBy?: string;
  readonly limit?: number;
  readonly outputs: readonly Output[];
  /** Grouped, deduplicated, limited or windowed: a further filter needs a SELECT around it. */
  readonly sealed: boolean;
  /** What the queries that stand on each other in what it reads add to the planning of each other. */
  readonly stacked?: number;
  /** What names what in a SELECT that joins tables, where a further join may stand in it. */
  readonly scope?: Scope;
}

/** The names after FROM and JOIN, and the columns of what they name. */
export interface Scope {
  readonly aliases: readonly string[];
  readonly columns: readonly string[];
}

/** That with the block itself: one with groups or windows adds as much as eight joins. */
export const stackedWith = ({ stacked = 0, sealed, joins }: Block): number => stacked + (sealed ? 8 : 0) + joins.length;

export const NO_CLAUSES = { where: [], groupBy: [], having: [], qualify: [] } as const;

/** The text of a query, and how it stands in a union. */
export interface QueryText {
  readonly text: string;
  /** Whether it is a term of a union as it is: one that has CTEs or a limit stands in parentheses. */
  readonly isTerm: boolean;
}

/** A query as SQL text, laid out for a person: one column per line, CTEs in the order of the steps. */
export function queryOf(block: Block, dialect: Dialect): QueryText {
  const body = selectOf(block, dialect);
  if (block.ctes.length === 0) return { text: body, isTerm: block.limit === undefined };
  // What is read twice is there once.
  const once = new Map(block.ctes.map((cte) => [cte.name, cte]));
  const ctes = [...once.values()].map((cte) => ({ ...cte, name: dialect.identifier(cte.name) }));
  return { text: `${withCtes(ctes)}\n${body}`, isTerm: false };
}

/** `WITH …` of CTEs whose names are written already. */
export function withCtes(ctes: readonly Cte[]): string {
  const as = ({ materialized }: Cte) => (materialized ? "AS MATERIALIZED" : "AS");
  return `WITH ${ctes.map((cte) => `${cte.name} ${as(cte)} (\n${indent(cte.sql)}\n)`).join(",\n")}`;
}

/** The rows of several queries, matched by name (DuckDB's own). */
export function unionByName(queries: readonly QueryText[]): string {
  const term = ({ text, isTerm }: QueryText) =>
    queries.length === 1 || isTerm ? text : `SELECT *\nFROM (\n${indent(text)}\n)`;
  return queries.map(term).join("\nUNION ALL BY NAME\n");
}

/** Items of a SELECT: each on its own line. */
export function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `  ${items.join(",\n  ")}`;
}

/** `SELECT … FROM … WHERE …` as a person lays it out. */
export function selectFrom(items: readonly string[], from: string, where?: string): string {
  return `SELECT\n${list(items)}\nFROM ${from}${where === undefined ? "" : `\nWHERE ${where}`}`;
}

/** Whether an output is the column of its name. Most are, and are written without quotes. */
export function keepsName({ name, sql, simple }: Output, dialect: Dialect): boolean {
  return (simple && sql === name) || sql === dialect.identifier(name);
}

/** The SELECT alone, without the CTEs that it reads. */
export function selectOf(block: Block, dialect: Dialect): string {
  const id = dialect.identifier;
  if (block.qualify.length > 0 && dialect.lacksQualify) return selectOfKept(block, dialect);
  const columns = block.outputs.map((o) => (keepsName(o, dialect) ? o.sql : `${o.sql} AS ${id(o.name)}`));
  return [
    `SELECT\n${list(columns)}`,
    `FROM ${block.from}`,
    ...block.joins,
    ...clause("WHERE", block.where, dialect),
    ...(block.groupBy.length > 0 ? [`GROUP BY ${block.groupBy.join(", ")}`] : []),
    ...clause("HAVING", block.having, dialect),
    ...clause("QUALIFY", block.qualify, dialect),
    ...(block.orderBy ? [`ORDER BY ${block.orderBy}`] : []),
    ...(block.limit === undefined ? [] : [`LIMIT ${block.limit}`]),
  ].join("\n");
}

/** For an engine without QUALIFY: whether a row is kept is a column of a SELECT below. */
function selectOfKept(block: Block, dialect: Dialect): string {
  const id = dialect.identifier;
  const condition = conjuncts(block.qualify, dialect).join(" AND ");
  const outputs = [...block.outputs, { name: "__kept", sql: condition, simple: false }];
  const rows = selectOf({ ...block, outputs, qualify: [] }, dialect);
  return selectFrom(
    block.outputs.map((o) => id(o.name)),
    `(\n${indent(rows)}\n) AS ${id("rows_to_keep")}`,
    id("__kept"),
  );
}

function clause(name: string, conditions: readonly Sql[], dialect: Dialect): readonly string[] {
  return conditions.length === 0 ? [] : [`${name} ${conjuncts(conditions, dialect).join("\n  AND ")}`];
}

/** Conditions between which `AND` will stand. */
export function conjuncts(conditions: readonly Sql[], dialect: Dialect): readonly string[] {
  const [only] = conditions;
  if (only && conditions.length === 1) return [textOf(only, dialect)];
  return conditions.map((condition) => textOf({ ...condition, text: within(condition, BINDING.and) }, dialect));
}

/** Whether an output has the name of an input that it is not: ORDER BY and QUALIFY would read that name as the output. */
export function hides(block: Block, outputs: readonly Output[], dialect: Dialect): boolean {
  const made = outputs.filter((o) => !keepsName(o, dialect));
  if (made.length === 0) return false;
  const inputs = new Set(block.inputs.map((name) => name.toLowerCase()));
  return made.some((o) => inputs.has(o.name.toLowerCase()));
}

export function indent(sql: string): string {
  // Not by /^/gm: that treats U+2028 in a constant as a line end.
  return `  ${sql.replaceAll("\n", "\n  ")}`;
}

/** A block in which an expression can stand, and how the expression reads there. */
export interface Ready {
  readonly block: Block;
  readonly context: ExprContext;
}

/** Both sides of a join, and how their columns are named there. */
export interface Joined {
  readonly left: Block;
  readonly right: Block;
  readonly context: ExprContext;
  /** The join stands in the SELECT of its left side. */
  readonly chained?: boolean;
}

/** A join by its conditions, of which there is one at least. */
export function joinOn(kind: string, from: string, [first, ...rest]: readonly string[]): string {
  return [`${kind} ${from}`, `  ON ${first}`, ...rest.map((condition) => `  AND ${condition}`)].join("\n");
}

/** The rows of the other side are asked for per row: an engine that would try every row for a condition finds them so. */
export function joinLateral(
  kind: string,
  { from, alias }: { readonly from: string; readonly alias: string },
  conditions: readonly string[],
): string {
  return `${kind} LATERAL (\n  SELECT *\n  FROM ${from}\n  WHERE ${conditions.join("\n    AND ")}\n) AS ${alias} ON true`;
}
