/**
 * A second printer of queries, as plain as can be: every step is a subquery of its own over columns `c0`, `c1`, …; every
 * operand stands in parentheses; what a window or an aggregate takes is a column before. What the real printer folds,
 * names and leaves out is checked against it.
 */
import { match } from "ts-pattern";
import type { AggregateNode, ColumnNode, ExprNode, OrderNode, WindowNode } from "../../../src/ast/expr.ts";
import type { AggregateStepNode, DedupeNode, JoinNode, NamedExpr, RelationNode } from "../../../src/ast/relation.ts";
import { subexpressions } from "../../../src/ast/walk.ts";
import { withTotalOrders } from "../../../src/lower/ties.ts";
import type { Dialect } from "../../../src/sql/dialect.ts";
import { type ExprContext, printExpr } from "../../../src/sql/expr.ts";
import { familyOf, SCALARS } from "./facts.ts";

interface Rows {
  readonly sql: string;
  /** SQL of the column of a side, by name. */
  readonly column: (node: ColumnNode) => string;
}

interface Sides {
  /** What stands after FROM. */
  readonly sql: (join: string) => string;
  readonly column: Rows["column"];
}

export function printNaive(node: RelationNode, dialect: Dialect, table: (name: string) => string): string {
  const names = node.columns.map((c, i) => `c${i} AS ${dialect.identifier(c.name)}`);
  // Without its tables nothing is proven: what the real printer leaves out of an order is checked as well.
  const total = withTotalOrders(node, new Map());
  return `SELECT ${names.join(", ")} FROM (${new Naive(dialect, table).rows(total).sql}) AS named`;
}

class Naive {
  readonly #dialect: Dialect;
  readonly #table: (name: string) => string;
  #made = 0;

  constructor(dialect: Dialect, table: (name: string) => string) {
    this.#dialect = dialect;
    this.#table = table;
  }

  rows(node: RelationNode): Rows {
    return match(node)
      .with({ kind: "source" }, () => {
        throw new Error("a source is read as a table");
      })
      .with({ kind: "table" }, (n) => {
        const columns = n.columns.map((c, i) => `${this.#dialect.identifier(c.name)} AS c${i}`);
        return of(`SELECT ${columns.join(", ")} FROM ${this.#table(n.table)}`, n);
      })
      .with({ kind: "where" }, (n) => {
        const { sql, texts } = this.#computed(this.rows(n.input), [n.predicate]);
        return this.#kept(n.input, sql, texts[0] ?? "true");
      })
      .with({ kind: "project" }, (n) => this.#items(this.rows(n.input), n.items, n))
      .with({ kind: "join" }, (n) => (n.type === "semi" || n.type === "anti" ? this.#filter(n) : this.#join(n)))
      .with({ kind: "lookup" }, (n) => {
        const sides = this.#sides(n.left, n.right, this.#firsts(n.right, n.key));
        const on = n.on.map((expr, i) => {
          const { type, nullable, labels, unit, additivity } = expr;
          const key = { kind: "column", id: "", name: n.key[i] ?? "", side: 1 } as const;
          const right = sides.column({ ...key, type, nullable, labels, unit, additivity });
          return `${this.#scalar(expr, sides.column)} = ${right}`;
        });
        return this.#joined("LEFT JOIN", sides, on, n.items, n);
      })
      .with({ kind: "asOfJoin" }, (n) => {
        const sides = this.#sides(n.left, n.right);
        const position = (name: string) => `r.c${n.right.columns.findIndex((c) => c.name === name)}`;
        const [start, end] = [position("__START_AT"), position("__END_AT")];
        const time = `(${this.#scalar(n.time, sides.column)})`;
        const on = [this.#scalar(n.on, sides.column), `${time} >= ${start}`, `${time} < ${end} OR ${end} IS NULL`];
        return this.#joined("LEFT JOIN", sides, on, n.items, n);
      })
      .with({ kind: "union" }, (n) => {
        const selects = n.inputs.map((input) => {
          const positions = n.columns.map((c) => `c${input.columns.findIndex((one) => one.name === c.name)}`);
          const columns = positions.map((p, i) => `${p} AS c${i}`).join(", ");
          return `SELECT ${columns} FROM (${this.rows(input).sql}) AS side`;
        });
        return of(selects.join(" UNION ALL "), n);
      })
      .with({ kind: "aggregate" }, (n) => this.#aggregate(n))
      .with({ kind: "dedupe" }, (n) => this.#dedupe(n))
      .with({ kind: "limit" }, (n) => {
        const { sql, texts } = this.#computed(this.rows(n.input), exprs(n.orderBy));
        const numbered = `SELECT *, row_number() OVER (${sorted(n.orderBy, texts)}) AS place FROM (${sql}) AS s`;
        return this.#kept(n.input, numbered, `place <= ${n.count}`);
      })
      .exhaustive();
  }

  /** The columns of `node` of those rows of `sql` for which the condition is true. */
  #kept(node: RelationNode, sql: string, condition: string): Rows {
    return of(`SELECT ${positions(node)} FROM (${sql}) AS kept WHERE ${condition}`, node);
  }

  #items(rows: Rows, items: readonly NamedExpr[], node: RelationNode): Rows {
    const { sql, texts } = this.#computed(
      rows,
      items.map((item) => item.expr),
    );
    return of(`SELECT ${texts.map((text, i) => `${text} AS c${i}`).join(", ")} FROM (${sql}) AS items`, node);
  }

  // ---- joins

  /** The first row of each key by all columns, also where no key is there twice. */
  #firsts(node: RelationNode, key: readonly string[]): string {
    const at = (name: string) => `c${node.columns.findIndex((c) => c.name === name)}`;
    const order = node.columns
      .filter((c) => SCALARS.includes(familyOf(c.type)))
      .map((c) => `${at(c.name)} ASC NULLS FIRST`);
    const over = `PARTITION BY ${key.map(at).join(", ")} ORDER BY ${order.join(", ")}`;
    const numbered = `SELECT *, row_number() OVER (${over}) AS place FROM (${this.rows(node).sql}) AS s`;
    return this.#kept(node, numbered, "place = 1").sql;
  }

  #sides(left: RelationNode, right: RelationNode, r = this.rows(right).sql): Sides {
    const l = this.rows(left).sql;
    const column = (c: ColumnNode) => {
      const side = c.side === 0 ? left : right;
      return `${c.side === 0 ? "l" : "r"}.c${side.columns.findIndex((one) => one.name === c.name)}`;
    };
    return { sql: (kind) => `(${l}) AS l ${kind} (${r}) AS r`, column };
  }

  #joined(kind: string, sides: Sides, on: readonly string[], items: readonly NamedExpr[], node: RelationNode): Rows {
    const used = [...new Set(items.flatMap((i) => subexpressions(i.expr)).filter((e) => e.kind === "column"))];
    const names = new Map(used.map((c, i) => [sides.column(c), `u${i}`]));
    const shown = [...names].map(([sql, as]) => `${sql} AS ${as}`).join(", ") || "1 AS one";
    const condition = on.map((one) => `(${one})`).join(" AND ");
    const sql = `SELECT ${shown} FROM ${sides.sql(kind)} ON ${condition}`;
    return this.#items({ sql, column: (c) => names.get(sides.column(c)) ?? "missing" }, items, node);
  }

  #join(node: JoinNode): Rows {
    const kind = { inner: "JOIN", left: "LEFT JOIN", full: "FULL JOIN", semi: "", anti: "" }[node.type];
    const sides = this.#sides(node.left, node.right);
    return this.#joined(kind, sides, [this.#scalar(node.on, sides.column)], node.items, node);
  }

  /** Numbers the rows of the left side and keeps those that a join finds, or the others. */
  #filter(node: JoinNode): Rows {
    const sides = this.#sides(node.left, node.right);
    const left = `SELECT *, row_number() OVER () AS row FROM (${this.rows(node.left).sql}) AS s`;
    const right = this.rows(node.right).sql;
    const on = this.#scalar(node.on, sides.column);
    const all = `numbered AS MATERIALIZED (${left})`;
    const found = `SELECT l.row FROM numbered AS l JOIN (${right}) AS r ON ${on}`;
    const test = node.type === "semi" ? "IN" : "NOT IN";
    return of(`WITH ${all} SELECT ${positions(node.left)} FROM numbered WHERE row ${test} (${found})`, node);
  }

  // ---- groups and order

  #aggregate(node: AggregateStepNode): Rows {
    const aggregates = node.measures.map((m) => m.expr).filter((e) => e.kind === "aggregate");
    const operands = aggregates.flatMap((a) => [...a.args, ...(a.filter ? [a.filter] : []), ...(a.ties ?? [])]);
    const all = [...node.groups.map((g) => g.expr), ...operands];
    const { sql, texts } = this.#computed(this.rows(node.input), all);
    const shown = texts.map((text, i) => `${text} AS o${i}`).join(", ") || "1 AS one";
    let next = node.groups.length;
    const measures = aggregates.map((a) => {
      const args = a.args.map((arg) => standIn(arg, `o${next++}`));
      const filter = a.filter && standIn(a.filter, `o${next++}`);
      const ties = (a.ties ?? []).map((tie) => standIn(tie, `o${next++}`));
      const plain: AggregateNode = { ...a, args, ties, ...(filter && { filter }) };
      return printExpr(plain, { dialect: this.#dialect, column: (c) => c.name });
    });
    const groups = node.groups.map((_, i) => `o${i}`);
    const columns = [...groups, ...measures].map((text, i) => `${text} AS c${i}`).join(", ");
    const by = groups.length > 0 ? ` GROUP BY ${groups.join(", ")}` : "";
    return of(`SELECT ${columns} FROM (SELECT ${shown} FROM (${sql}) AS s) AS operands${by}`, node);
  }

  #dedupe(node: DedupeNode): Rows {
    const { sql, texts } = this.#computed(this.rows(node.input), [...node.keys, ...exprs(node.orderBy)]);
    const keys = texts.slice(0, node.keys.length).join(", ");
    const order = sorted(node.orderBy, texts.slice(node.keys.length));
    const numbered = `SELECT *, row_number() OVER (PARTITION BY ${keys} ${order}) AS place FROM (${sql}) AS s`;
    return this.#kept(node.input, numbered, "place = 1");
  }

  // ---- expressions

  /** Rows that have every window in the expressions as a column, and the expressions over them. */
  #computed(rows: Rows, list: readonly ExprNode[]): { readonly sql: string; readonly texts: readonly string[] } {
    const known = new Map<ExprNode, string>();
    let { sql } = rows;
    const windows = list.flatMap((expr) => subexpressions(expr).filter((e) => e.kind === "window"));
    // The inner ones first: `children` gives the outer ones first.
    for (const window of windows.reverse()) {
      if (known.has(window)) continue;
      const operands = [...window.args, ...window.partitionBy, ...exprs(window.orderBy), ...(window.ties ?? [])];
      const names = operands.map(() => `w${this.#made++}`);
      const texts = operands.map((operand, i) => `${this.#scalar(operand, rows.column, known)} AS ${names[i]}`);
      const column = `w${this.#made++}`;
      const inner = texts.length === 0 ? sql : `SELECT *, ${texts.join(", ")} FROM (${sql}) AS s`;
      sql = `SELECT *, ${this.#window(window, names)} AS ${column} FROM (${inner}) AS s`;
      known.set(window, column);
    }
    return { sql, texts: list.map((expr) => `(${this.#scalar(expr, rows.column, known)})`) };
  }

  #window(node: WindowNode, names: readonly string[]): string {
    const columns = names.values();
    const take = (expr: ExprNode) => standIn(expr, columns.next().value ?? "");
    const args = node.args.map(take);
    const partitionBy = node.partitionBy.map(take);
    const orderBy = node.orderBy.map((o) => ({ ...o, expr: take(o.expr) }));
    const ties = (node.ties ?? []).map(take);
    return printExpr({ ...node, args, partitionBy, orderBy, ties }, { dialect: this.#dialect, column: (c) => c.name });
  }

  /** Every operand stands in parentheses; a constant stays one, since renderings look at it. */
  #scalar(node: ExprNode, column: Rows["column"], known: ReadonlyMap<ExprNode, string> = new Map()): string {
    const within: ExprContext = { dialect: this.#dialect, column: (c) => c.name };
    const inner = (expr: ExprNode) =>
      expr.kind === "literal" ? expr : standIn(expr, `(${this.#scalar(expr, column, known)})`);
    return match(node)
      .with({ kind: "column" }, column)
      .with({ kind: "literal" }, (n) => printExpr(n, within))
      .with({ kind: "call" }, (n) => printExpr({ ...n, args: n.args.map(inner) }, within))
      .with({ kind: "cast" }, (n) => printExpr({ ...n, arg: inner(n.arg) }, within))
      .with({ kind: "case" }, (n) => {
        const branches = n.branches.map((b) => ({ when: inner(b.when), value: inner(b.value) }));
        return printExpr({ ...n, branches, otherwise: inner(n.otherwise) }, within);
      })
      .with({ kind: "struct" }, (n) => {
        const fields = n.fields.map((f) => ({ name: f.name, value: inner(f.value) }));
        return printExpr({ ...n, fields }, within);
      })
      .with({ kind: "window" }, (n) => known.get(n) ?? "missing")
      .with({ kind: "aggregate" }, { kind: "raw" }, { kind: "param" }, (n): string => {
        throw new Error(`no ${n.kind} here`);
      })
      .exhaustive();
  }
}

function of(sql: string, node: RelationNode): Rows {
  return { sql, column: (c) => `c${node.columns.findIndex((one) => one.name === c.name)}` };
}

const positions = (node: RelationNode) => node.columns.map((_, i) => `c${i}`).join(", ");
const exprs = (orderBy: readonly OrderNode[]) => orderBy.map((o) => o.expr);

function sorted(orderBy: readonly OrderNode[], texts: readonly string[]): string {
  const keys = orderBy.map((o, i) => `${texts[i]} ${o.descending ? "DESC" : "ASC"} NULLS ${o.nulls}`);
  return `ORDER BY ${keys.join(", ")}`;
}

function standIn(node: ExprNode, name: string): ColumnNode {
  const { id, type, nullable, labels, unit, additivity } = node;
  return { kind: "column", id, name, side: 0, type, nullable, labels, unit, additivity };
}
