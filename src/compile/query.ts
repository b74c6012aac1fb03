/** Prints relations: steps are folded into as few SELECTs as their meaning allows, the rest become CTEs. */
import { match } from "ts-pattern";
import type { ColumnNode, ExprNode } from "../expr/nodes.ts";
import { children } from "../pipeline/kind.ts";
import type {
  AsOfJoinNode,
  DedupeNode,
  JoinNode,
  LimitNode,
  LookupNode,
  NamedExpr,
  RelationNode,
  SourceNode,
  UnionNode,
} from "../relation/nodes.ts";
import type { Dialect } from "./dialect.ts";
import { type ExprContext, printExpr, printOrder } from "./expr.ts";

export interface QueryContext {
  readonly dialect: Dialect;
  /** What stands after FROM for a table of the pipeline. */
  readonly table: (name: string) => string;
  /** What stands after FROM for a source. */
  readonly source: (node: SourceNode) => string;
}

interface Output {
  readonly name: string;
  readonly sql: string;
  /** A column of the input as it is. */
  readonly simple: boolean;
}

/** One SELECT under construction. */
interface Block {
  readonly ctes: readonly Cte[];
  readonly from: string;
  /** Name by which columns of `from` may be qualified, where `from` is one table. */
  readonly alias: string;
  readonly joins: readonly string[];
  readonly where: readonly string[];
  readonly groupBy: readonly string[];
  readonly qualify?: string;
  readonly orderBy?: string;
  readonly limit?: number;
  readonly outputs: readonly Output[];
  /** Grouped, deduplicated, limited or windowed: a further filter needs a SELECT around it. */
  readonly sealed: boolean;
}

/** Both sides of a join, and how their columns are named there. */
interface Joined {
  readonly left: Block;
  readonly right: Block;
  readonly context: ExprContext;
}

interface Cte {
  readonly name: string;
  readonly sql: string;
}

/** A query as SQL text, laid out for a person: one column a line, CTEs in the order of the steps. */
export function printQuery(node: RelationNode, context: QueryContext): string {
  const printer = new QueryPrinter(context);
  return printer.text(printer.block(node));
}

class QueryPrinter {
  readonly #context: QueryContext;
  readonly #names = new Map<string, number>();

  constructor(context: QueryContext) {
    this.#context = context;
  }

  block(node: RelationNode): Block {
    return match(node)
      .with({ kind: "source" }, (n) => this.#read(this.#context.source(n), "source", n))
      .with({ kind: "table" }, (n) => this.#read(this.#context.table(n.table), n.table, n))
      .with({ kind: "where" }, (n) => this.#where(this.block(n.input), n.predicate))
      .with({ kind: "project" }, (n) => this.#project(this.block(n.input), n.items))
      .with({ kind: "join" }, (n) => (n.type === "semi" || n.type === "anti" ? this.#exists(n) : this.#join(n)))
      .with({ kind: "lookup" }, (n) => this.#lookup(n))
      .with({ kind: "asOfJoin" }, (n) => this.#asOf(n))
      .with({ kind: "union" }, (n) => this.#union(n))
      .with({ kind: "aggregate" }, (n) => this.#aggregate(this.block(n.input), n.groups, n.measures))
      .with({ kind: "dedupe" }, (n) => this.#dedupe(this.block(n.input), n))
      .with({ kind: "limit" }, (n) => this.#limit(this.block(n.input), n))
      .exhaustive();
  }

  #id(name: string): string {
    return this.#context.dialect.identifier(name);
  }

  #fresh(base: string): string {
    const count = (this.#names.get(base) ?? 0) + 1;
    this.#names.set(base, count);
    return count === 1 ? base : `${base}_${count}`;
  }

  #read(from: string, name: string, node: RelationNode): Block {
    const alias = this.#fresh(name);
    const outputs = node.columns.map((c) => ({ name: c.name, sql: this.#id(c.name), simple: true }));
    return { ctes: [], from, alias, joins: [], where: [], groupBy: [], outputs, sealed: false };
  }

  /** The block as a CTE, read by a fresh one. */
  #wrapped(block: Block, hint: string): Block {
    const name = this.#fresh(hint);
    const ctes = [...block.ctes, { name, sql: this.#select(block) }];
    const outputs = block.outputs.map((o) => ({ name: o.name, sql: this.#id(o.name), simple: true }));
    return { ctes, from: this.#id(name), alias: name, joins: [], where: [], groupBy: [], outputs, sealed: false };
  }

  #expr(node: ExprNode, block: Block): string {
    return printExpr(node, this.#within(block));
  }

  #within(block: Block): ExprContext {
    const byName = new Map(block.outputs.map((o) => [o.name, o.sql]));
    return { dialect: this.#context.dialect, column: (c) => byName.get(c.name) ?? this.#id(c.name) };
  }

  /** A block in which all columns that the expressions use are plain ones. */
  #plain(block: Block, exprs: readonly ExprNode[], hint: string): Block {
    const used = new Set(
      exprs
        .flatMap(children)
        .filter((e) => e.kind === "column")
        .map((e) => e.name),
    );
    return block.sealed || block.outputs.some((o) => !o.simple && used.has(o.name))
      ? this.#wrapped(block, hint)
      : block;
  }

  #where(input: Block, predicate: ExprNode): Block {
    const block = this.#plain(input, [predicate], "filtered");
    return { ...block, where: [...block.where, this.#expr(predicate, block)] };
  }

  #project(input: Block, items: readonly NamedExpr[]): Block {
    const computed = items.filter((item) => item.expr.kind !== "column").map((item) => item.expr);
    const windows = computed.some((expr) => children(expr).some((child) => child.kind === "window"));
    const renamesOnly = computed.length === 0;
    const block = renamesOnly ? input : this.#plain(input, computed, "derived");
    const simple = new Map(block.outputs.map((o) => [o.name, o.simple]));
    const outputs = items.map(({ name, expr }) => ({
      name,
      sql: this.#expr(expr, block),
      simple: expr.kind === "column" && (simple.get(expr.name) ?? true),
    }));
    return { ...block, outputs, sealed: block.sealed || windows };
  }

  /** A side of a join: a table as it is, or a CTE. */
  #side(node: RelationNode): Block {
    const block = this.block(node);
    const whole =
      block.joins.length === 0 &&
      block.where.length === 0 &&
      !block.sealed &&
      block.outputs.every((o) => o.simple && o.sql === this.#id(o.name));
    return whole ? block : this.#wrapped(block, "joined");
  }

  #sides(node: { readonly left: RelationNode; readonly right: RelationNode }): Joined {
    const left = this.#side(node.left);
    const right = this.#side(node.right);
    const column = (c: ColumnNode) => `${this.#id((c.side === 0 ? left : right).alias)}.${this.#id(c.name)}`;
    return { left, right, context: { dialect: this.#context.dialect, column } };
  }

  #from(block: Block): string {
    return block.from === this.#id(block.alias) ? block.from : `${block.from} AS ${this.#id(block.alias)}`;
  }

  #joined(kind: string, sides: Joined, on: readonly string[], items: readonly NamedExpr[]): Block {
    const { left, right, context } = sides;
    const outputs = items.map(({ name, expr }) => ({
      name,
      sql: printExpr(expr, context),
      simple: expr.kind === "column",
    }));
    const [first, ...rest] = on;
    const join = [
      `${kind} ${this.#from(right)}`,
      `  ON ${first}`,
      ...rest.map((condition) => `  AND ${condition}`),
    ].join("\n");
    return {
      ctes: [...left.ctes, ...right.ctes],
      from: this.#from(left),
      alias: "",
      joins: [join],
      where: [],
      groupBy: [],
      outputs,
      sealed: false,
    };
  }

  #join(node: JoinNode): Block {
    const sides = this.#sides(node);
    const kind = { inner: "JOIN", left: "LEFT JOIN", full: "FULL JOIN", semi: "", anti: "" }[node.type];
    return this.#joined(kind, sides, [printExpr(node.on, sides.context)], node.items);
  }

  #lookup(node: LookupNode): Block {
    const sides = this.#sides(node);
    const right = this.#id(sides.right.alias);
    const on = node.on.map((expr, i) => `${printExpr(expr, sides.context)} = ${right}.${this.#id(node.key[i] ?? "")}`);
    return this.#joined("LEFT JOIN", sides, on, node.items);
  }

  #asOf(node: AsOfJoinNode): Block {
    const sides = this.#sides(node);
    const right = this.#id(sides.right.alias);
    const time = printExpr(node.time, sides.context);
    const [start, end] = [`${right}.${this.#id("__START_AT")}`, `${right}.${this.#id("__END_AT")}`];
    const on = [printExpr(node.on, sides.context), `${time} >= ${start}`, `(${time} < ${end} OR ${end} IS NULL)`];
    return this.#joined("LEFT JOIN", sides, on, node.items);
  }

  #exists(node: JoinNode): Block {
    const { left, right, context } = this.#sides(node);
    const test = `${node.type === "anti" ? "NOT EXISTS" : "EXISTS"} (SELECT 1 FROM ${this.#from(right)} WHERE ${printExpr(node.on, context)})`;
    return { ...left, ctes: [...left.ctes, ...right.ctes], from: this.#from(left), where: [test] };
  }

  #union(node: UnionNode): Block {
    const names = node.columns.map((c) => c.name);
    const blocks = node.inputs.map((input) => this.block(input));
    const selects = blocks.map((block) => {
      const byName = new Map(block.outputs.map((o) => [o.name, o]));
      return this.#select({ ...block, outputs: names.flatMap((name) => byName.get(name) ?? []) });
    });
    const name = this.#fresh("unioned");
    const ctes = [...blocks.flatMap((block) => block.ctes), { name, sql: selects.join("\nUNION ALL\n") }];
    const outputs = names.map((column) => ({ name: column, sql: this.#id(column), simple: true }));
    return { ctes, from: this.#id(name), alias: name, joins: [], where: [], groupBy: [], outputs, sealed: false };
  }

  #aggregate(input: Block, groups: readonly NamedExpr[], measures: readonly NamedExpr[]): Block {
    const block = this.#plain(
      input,
      [...groups, ...measures].map((item) => item.expr),
      "rows_to_group",
    );
    const outputs = [...groups, ...measures].map(({ name, expr }) => ({
      name,
      sql: this.#expr(expr, block),
      simple: false,
    }));
    const groupBy = groups.filter((g) => g.expr.kind !== "literal").map((g) => this.#expr(g.expr, block));
    return { ...block, outputs, groupBy: groups.length > 0 && groupBy.length === 0 ? ["()"] : groupBy, sealed: true };
  }

  #dedupe(input: Block, node: DedupeNode): Block {
    const block = this.#plain(input, [...node.keys, ...node.orderBy.map((o) => o.expr)], "rows_to_dedupe");
    const context = this.#within(block);
    const keys = node.keys.map((key) => printExpr(key, context)).join(", ");
    const order = printOrder(node.orderBy, context);
    return { ...block, qualify: `row_number() OVER (PARTITION BY ${keys} ORDER BY ${order}) = 1`, sealed: true };
  }

  #limit(input: Block, node: LimitNode): Block {
    const block = input.sealed
      ? this.#wrapped(input, "ranked")
      : this.#plain(
          input,
          node.orderBy.map((o) => o.expr),
          "ranked",
        );
    return { ...block, orderBy: printOrder(node.orderBy, this.#within(block)), limit: node.count, sealed: true };
  }

  #select(block: Block): string {
    const columns = block.outputs.map((o) => (o.sql === this.#id(o.name) ? o.sql : `${o.sql} AS ${this.#id(o.name)}`));
    return [
      `SELECT\n${columns.map((c) => `  ${c}`).join(",\n")}`,
      `FROM ${block.from}`,
      ...block.joins,
      ...(block.where.length > 0 ? [`WHERE ${block.where.map(conjunct).join("\n  AND ")}`] : []),
      ...(block.groupBy.length > 0 ? [`GROUP BY ${block.groupBy.join(", ")}`] : []),
      ...(block.qualify ? [`QUALIFY ${block.qualify}`] : []),
      ...(block.orderBy ? [`ORDER BY ${block.orderBy}`] : []),
      ...(block.limit === undefined ? [] : [`LIMIT ${block.limit}`]),
    ].join("\n");
  }

  text(block: Block): string {
    const body = this.#select(block);
    if (block.ctes.length === 0) return body;
    const ctes = block.ctes.map((cte) => `${this.#id(cte.name)} AS (\n${indent(cte.sql)}\n)`);
    return `WITH ${ctes.join(",\n")}\n${body}`;
  }
}

/** `OR` binds less than the `AND` between conditions. */
function conjunct(sql: string, _: number, all: readonly string[]): string {
  return all.length > 1 && /\bOR\b/.test(sql) ? `(${sql})` : sql;
}

export function indent(sql: string): string {
  return sql.replace(/^/gm, "  ");
}
