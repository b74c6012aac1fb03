/** Prints relations: steps are folded into as few SELECTs as their meaning allows, the rest become CTEs. */

import { columnNamed } from "../ast/columns.ts";
import type { ColumnNode, ExprNode } from "../ast/expr.ts";
import { relationSteps } from "../ast/inputs.ts";
import { isUnique } from "../ast/keys.ts";
import {
  type AsOfJoinNode,
  type DedupeNode,
  isFilterJoin,
  type JoinNode,
  type LimitNode,
  type LookupNode,
  type NamedExpr,
  OTHER_ROWS,
  type RelationNode,
  type TwoSidedNode,
  type UnionNode,
} from "../ast/relation.ts";
import { hasEquality, onlyCompares } from "../ast/sides.ts";
import { END_AT, START_AT } from "../ast/stored.ts";
import { columnsIn, exprsOf, conjuncts as partsOf, windowsIn } from "../ast/walk.ts";
import { BINDING, operator, piece, type Sql } from "../functions/fragment.ts";
import { withTotalOrders } from "../lower/ties.ts";
import { firstOfEachKey, type Sides } from "../nodes/relations.ts";
import { isFractional, isNested, type SqlType } from "../types/types.ts";
import { sortedContext } from "./as-of-join.ts";
import {
  type Block,
  conjuncts,
  hides,
  type Joined,
  joinLateral,
  joinOn,
  keepsName,
  NO_CLAUSES,
  type Output,
  type QueryText,
  queryOf,
  selectOf,
  stackedWith,
} from "./block.ts";
import { BlockMaker } from "./block-maker.ts";
import { mayGoOn, scopeOf } from "./chains.ts";
import type { QueryContext } from "./context.ts";
import { type ExprContext, printExpr, printOrder, render, textOf } from "./expr.ts";
import { inSteps, selectedAfter } from "./steps.ts";
import { nestedWindowsIn, refuseWindows, windowsBefore } from "./windows.ts";

/** What all rows are grouped by: unlike a total, it gives no row where there are none. */
const ONE_GROUP = "''";

/** A query as SQL text. */
export function printQuery(node: RelationNode, context: QueryContext): string {
  return printTerm(node, context).text;
}

/** A query as SQL text that may stand in a union. */
export function printTerm(node: RelationNode, context: QueryContext): QueryText {
  const { dialect, tables } = context;
  const ordered = withTotalOrders(node, tables);
  const printed = dialect.weigh ? inSteps(ordered, dialect.weigh) : ordered;
  return queryOf(new QueryPrinter(context, node).block(printed), dialect);
}

/** Whether a row is the first of its key. */
function firstByKey(node: DedupeNode, context: ExprContext) {
  const keys = node.keys.map((key) => printExpr(key, context)).join(", ");
  return { keys, text: `row_number() OVER (PARTITION BY ${keys} ORDER BY ${printOrder(node.orderBy, context)}) = 1` };
}

/** What a condition asks for, one by one: AND stands between them. */
const conditionsOf = (condition: ExprNode, context: ExprContext): readonly Sql[] =>
  partsOf(condition).map((one) => render(one, context));

/** Whether the rows are those that an update looks at again, which are few. */
const readsOtherRows = (node: RelationNode): boolean =>
  relationSteps(node).some((step) => step.kind === "table" && step[OTHER_ROWS] !== undefined);

/** DuckDB's windows make 0.0 of each -0.0 that they order by: what a row becomes is not to depend on whether it was windowed. */
const mayHoldZeros = (type: SqlType): boolean => isFractional(type) || isNested(type);

/** How the sides of a join are made. */
interface Siding {
  /** The name of the right side where it is a query. Default: `joined`. */
  readonly hint?: string;
  /** What the join selects, where it may stand in the SELECT of its left side. */
  readonly chain?: readonly NamedExpr[];
}

class QueryPrinter {
  readonly #context: QueryContext;
  readonly #blocks: BlockMaker;

  constructor(context: QueryContext, node: RelationNode) {
    this.#context = context;
    this.#blocks = new BlockMaker(context, node);
  }

  block(node: RelationNode): Block {
    switch (node.kind) {
      case "source":
        return this.#blocks.read(this.#context.source(node), "source", node);
      case "table":
        return this.#blocks.read(this.#context.table(node.table, node[OTHER_ROWS]), node.table, node);
      case "where":
        return this.#where(this.block(node.input), node.predicate);
      case "project":
        return this.#project(this.block(node.input), node.items);
      case "join":
      case "lookup":
      case "asOfJoin":
        return this.#anyJoin(node);
      case "union":
        return this.#union(node);
      case "aggregate":
        return this.#aggregate(this.block(node.input), node.groups, node.measures);
      case "dedupe":
        return this.#dedupe(this.block(node.input), node);
      case "limit":
        return this.#limit(this.block(node.input), node);
    }
  }

  #before = (exprs: readonly ExprNode[]) => windowsBefore(exprs, this.#context.dialect);

  /**
   * A filter stands in the SELECT of what it filters, so that groups and windows stay at the top of their query: an
   * engine that keeps a query up to date by what is new asks for that.
   */
  #where(input: Block, predicate: ExprNode): Block {
    const windows = windowsIn([predicate]);
    const clause = windows.length === 0 ? this.#clauseAfter(input, predicate) : undefined;
    if (clause) {
      return { ...input, [clause]: [...input[clause], ...conditionsOf(predicate, this.#blocks.within(input))] };
    }
    const before = this.#before([predicate]);
    if (windows.some((window) => !before.some(({ id }) => id === window.id))) {
      const { block, context } = this.#blocks.readyToOrder(input, [predicate], "filtered", before);
      return { ...block, qualify: conditionsOf(predicate, context), sealed: true };
    }
    const { block, context } = this.#blocks.ready(input, [predicate], "filtered", before);
    return { ...block, where: [...block.where, ...conditionsOf(predicate, context)] };
  }

  /** The clause for a filter of rows that are grouped or windowed already, unless a name would read otherwise there. */
  #clauseAfter(input: Block, predicate: ExprNode): "having" | "qualify" | undefined {
    if (input.limit !== undefined || hides(input, input.outputs, this.#context.dialect)) return undefined;
    if (input.aggregated) return "having";
    const used = new Set(columnsIn([predicate]).map((column) => column.name));
    const onWindow = input.outputs.some((o) => o.windowed && used.has(o.name));
    return onWindow || input.qualify.length > 0 ? "qualify" : undefined;
  }

  #project(input: Block, items: readonly NamedExpr[]): Block {
    const computed = exprsOf(items).filter((expr) => expr.kind !== "column");
    if (computed.length === 0) return this.#renamed(input, items);
    const { block, context } = this.#blocks.ready(input, computed, "derived", this.#before(computed));
    return { ...block, outputs: this.#outputs(block, items, context), sealed: windowsIn(computed).length > 0 };
  }

  #renamed(input: Block, items: readonly NamedExpr[]): Block {
    const outputs = this.#outputs(input, items, this.#blocks.within(input));
    const ordered = input.orderBy !== undefined || input.qualify.length > 0 || input.having.length > 0;
    if (!ordered || !hides(input, outputs, this.#context.dialect)) return { ...input, outputs };
    const block = this.#blocks.wrapped(input, "derived");
    return { ...block, outputs: this.#outputs(block, items, this.#blocks.within(block)) };
  }

  #outputs(block: Block, items: readonly NamedExpr[], context: ExprContext): readonly Output[] {
    const before = new Map(block.outputs.map((o) => [o.name, o]));
    return items.map(({ name, expr }) => {
      const same = expr.kind === "column" ? before.get(expr.name) : undefined;
      return same ? { ...same, name } : this.#computed(name, expr, context);
    });
  }

  #computed(name: string, expr: ExprNode, context: ExprContext): Output {
    const made = render(expr, context);
    const windowed = windowsIn([expr]).some((window) => !context.computed?.has(window.id));
    return { name, sql: textOf(made, this.#context.dialect), binding: made.binding, simple: false, windowed };
  }

  /** A side of a join: a table as it is, or a CTE. */
  #side(block: Block, hint = "joined"): Block {
    const whole =
      block.joins.length === 0 &&
      block.where.length === 0 &&
      !block.sealed &&
      block.outputs.every((o) => o.simple && keepsName(o, this.#context.dialect));
    return whole ? block : this.#blocks.wrapped(block, hint);
  }

  #sides({ left: l, right: r }: Sides, on: readonly ExprNode[], { hint, chain }: Siding = {}): Joined {
    refuseWindows(windowsIn(on), "in the condition of a join");
    const rows = this.block(l);
    if (chain && mayGoOn(rows, r, on, chain)) return this.#chained(rows, this.#side(this.block(r), hint));
    const [left, right] = this.#blocks.apart(this.#side(rows), this.#side(this.block(r), hint));
    const [ofLeft, ofRight] = [left, right].map((side) => `${this.#blocks.id(side.alias)}.`);
    const column = (c: ColumnNode) => `${c.side === 0 ? ofLeft : ofRight}${this.#blocks.id(c.name)}`;
    return { left, right, context: { dialect: this.#context.dialect, column } };
  }

  /** A further join of a SELECT that joins already: its left side is what that one selects. */
  #chained(left: Block, other: Block): Joined {
    const right = this.#blocks.apart({ ...left, inputs: left.scope?.columns ?? [] }, other)[1];
    const [before, ofRight] = [this.#blocks.within(left), `${this.#blocks.id(right.alias)}.`];
    const column = (c: ColumnNode) => (c.side === 0 ? before.column(c) : `${ofRight}${this.#blocks.id(c.name)}`);
    return { left, right, context: { dialect: this.#context.dialect, column }, chained: true };
  }

  #joined(kind: string, sides: Joined, on: readonly Sql[], items: readonly NamedExpr[], correlates = false): Block {
    const { left, right, context, chained = false } = sides;
    const exprs = exprsOf(items);
    refuseWindows(nestedWindowsIn(exprs), "inside of another, in the select of a join");
    const before = new Map(chained ? left.outputs.map((o) => [o.name, o]) : []);
    const outputs = items.map(({ name, expr }): Output => {
      if (expr.kind !== "column") return this.#computed(name, expr, context);
      const passed = expr.side === 0 ? before.get(expr.name) : undefined;
      return passed ? { ...passed, name } : { name, sql: context.column(expr), simple: true };
    });
    const [from, conditions] = [this.#blocks.from(right), conjuncts(on, this.#context.dialect)];
    const alias = this.#blocks.id(right.alias);
    const join = correlates ? joinLateral(kind, { from, alias }, conditions) : joinOn(kind, from, conditions);
    const { aliases, columns } = scopeOf(left);
    return {
      ctes: [...left.ctes, ...right.ctes],
      from: chained ? left.from : this.#blocks.from(left),
      alias: "",
      inputs: [],
      joins: chained ? [...left.joins, join] : [join],
      ...NO_CLAUSES,
      where: chained ? left.where : [],
      outputs,
      sealed: windowsIn(exprs).length > 0,
      stacked: Math.max(left.stacked ?? 0, right.stacked ?? 0),
      scope: { aliases: [...aliases, right.alias], columns: [...columns, ...right.inputs] },
    };
  }

  /** Whether a left join is one that the engine hashes only where its condition is that of a query per row. */
  #correlates({ on }: JoinNode | AsOfJoinNode): boolean {
    return this.#context.dialect.hashesComparisons === true && hasEquality(on) && !onlyCompares(on, "left");
  }

  #anyJoin(node: TwoSidedNode): Block {
    const { gathers } = this.#context.dialect;
    if (gathers && windowsIn(exprsOf(node.items)).some(gathers)) return this.block(selectedAfter(node));
    if (node.kind === "lookup") return this.#lookup(node);
    if (node.kind === "asOfJoin") return this.#asOf(node);
    return isFilterJoin(node) ? this.#exists(node) : this.#join(node);
  }

  #join(node: JoinNode): Block {
    const correlates = node.type === "left" && this.#correlates(node);
    const sides = this.#sides(node, [node.on], correlates || node.type === "full" ? {} : { chain: node.items });
    const kind = { inner: "JOIN", left: "LEFT JOIN", full: "FULL JOIN", semi: "", anti: "" }[node.type];
    const on = conditionsOf(node.on, sides.context);
    return this.#joined(kind, sides, on, node.items, correlates);
  }

  /** A lookup gives one row for each row of its left side: of a key that may be there twice it reads one row, `users_by_key`. */
  #lookup(node: LookupNode): Block {
    const proven = isUnique(node.right, node.key, this.#context.tables);
    const sides = proven
      ? this.#sides(node, node.on, { chain: node.items })
      : this.#sides({ left: node.left, right: firstOfEachKey(node.right, node.key) }, node.on, {
          hint: node.right.kind === "table" ? `${node.right.table}_by_key` : "one_per_key",
          chain: node.items,
        });
    const right = this.#blocks.id(sides.right.alias);
    const on = node.on.map(
      (expr, i) => operator`${render(expr, sides.context)} = ${`${right}.${this.#blocks.id(node.key[i] ?? "")}`}`,
    );
    return this.#joined("LEFT JOIN", sides, on, node.items);
  }

  #asOf(node: AsOfJoinNode): Block {
    const sides = this.#sides(
      node,
      [node.on, node.time],
      this.#context.dialect.hashesComparisons ? {} : { chain: node.items },
    );
    const right = this.#blocks.id(sides.right.alias);
    const time = render(node.time, sides.context);
    const endType = columnNamed(node.right.columns, END_AT)?.type ?? node.time.type;
    const ends = this.#context.dialect.beforeEnd(time, piece(`${right}.${this.#blocks.id(END_AT)}`), endType);
    const on = [
      ...conditionsOf(node.on, sides.context),
      operator`${time} >= ${`${right}.${this.#blocks.id(START_AT)}`}`,
    ];
    const context = sortedContext(node, ends, sides.context, this.#context);
    if (context) return this.#joined("ASOF LEFT JOIN", { ...sides, context }, on, node.items);
    return this.#joined("LEFT JOIN", sides, [...on, ends], node.items, this.#correlates(node));
  }

  /** Of what is outside of the query the sides of such a join cannot be told. */
  #joinsSemi({ on }: JoinNode): boolean {
    const { dialect, inlines } = this.#context;
    return dialect.hashesComparisons === true && !inlines && hasEquality(on) && onlyCompares(on, "left");
  }

  #exists(node: JoinNode): Block {
    const { left, right, context } = this.#sides(node, [node.on]);
    const stacked = 1 + Math.max(left.stacked ?? 0, right.stacked ?? 0);
    const both = { ...left, ctes: [...left.ctes, ...right.ctes], from: this.#blocks.from(left), stacked };
    const conditions = conjuncts(conditionsOf(node.on, context), this.#context.dialect);
    if (this.#joinsSemi(node)) {
      const kind = node.type === "anti" ? "ANTI JOIN" : "SEMI JOIN";
      const join = joinOn(kind, this.#blocks.from(right), conditions);
      return { ...both, joins: [join] };
    }
    const test = `${node.type === "anti" ? "NOT EXISTS" : "EXISTS"} (SELECT 1 FROM ${this.#blocks.from(right)} WHERE ${conditions.join(" AND ")})`;
    return { ...both, where: [piece(test)] };
  }

  #union(node: UnionNode): Block {
    const names = node.columns.map((c) => c.name);
    const blocks = node.inputs.map((input) => {
      const block = this.block(input);
      return block.orderBy === undefined ? block : this.#blocks.wrapped(block, "ranked");
    });
    const selects = blocks.map((block) => {
      const byName = new Map(block.outputs.map((o) => [o.name, o]));
      return selectOf({ ...block, outputs: names.flatMap((name) => byName.get(name) ?? []) }, this.#context.dialect);
    });
    const ctes = blocks.flatMap((block) => block.ctes);
    const stacked = 1 + Math.max(...blocks.map(stackedWith));
    return this.#blocks.stacked("unioned", selects.join("\nUNION ALL\n"), names, { ctes, stacked });
  }

  #aggregate(input: Block, groups: readonly NamedExpr[], measures: readonly NamedExpr[]): Block {
    const items = [...groups, ...measures];
    const { block, context } = this.#blocks.ready(input, exprsOf(items), "rows_to_group");
    const outputs = items.map(({ name, expr }) => this.#computed(name, expr, context));
    const groupBy = groups.filter((g) => g.expr.kind !== "literal").map((g) => printExpr(g.expr, context));
    return {
      ...block,
      outputs,
      groupBy: groups.length > 0 && groupBy.length === 0 ? [ONE_GROUP] : groupBy,
      aggregated: true,
      sealed: true,
    };
  }

  #dedupe(input: Block, node: DedupeNode): Block {
    const exprs = [...node.keys, ...exprsOf(node.orderBy)];
    const { block, context } = this.#blocks.readyToOrder(input, exprs, "rows_to_dedupe");
    const { hashOf } = this.#context.dialect;
    if (hashOf && this.#looksForRepeats(node, exprs)) {
      return this.#dedupeRepeats(this.#blocks.wrapped(block, "rows_to_dedupe"), node, hashOf);
    }
    const first = firstByKey(node, context);
    return { ...block, qualify: [piece(first.text, BINDING.operator)], sealed: true };
  }

  #looksForRepeats(node: DedupeNode, exprs: readonly ExprNode[]): boolean {
    if (this.#context.inlines || readsOtherRows(node)) return false;
    return windowsIn(exprs).length === 0 && exprs.every(({ type }) => !mayHoldZeros(type));
  }

  /** Rows whose keys hash as no other's are alone; of the rest, of which some only hash alike, the first of each key. */
  #dedupeRepeats(rows: Block, node: DedupeNode, hashOf: (keys: string) => string): Block {
    const first = firstByKey(node, this.#blocks.within(rows));
    const hash = hashOf(first.keys);
    const repeats = `SELECT ${hash} AS hash\nFROM ${rows.from}\nGROUP BY ALL\nHAVING count(*) > 1`;
    const repeated = this.#blocks.stacked("repeated", repeats, ["hash"], {
      ctes: rows.ctes,
      stacked: stackedWith(rows),
    });
    const some = (where: string, qualify: readonly Sql[]) =>
      selectOf({ ...rows, where: [piece(where, BINDING.operator)], qualify }, this.#context.dialect);
    const alone = some(`${hash} NOT IN (SELECT hash FROM ${repeated.from})`, []);
    const others = some(`${hash} IN (SELECT hash FROM ${repeated.from})`, [piece(first.text, BINDING.operator)]);
    return this.#blocks.stacked("deduped", [alone, others].join("\nUNION ALL\n"), rows.inputs, {
      ctes: repeated.ctes,
      stacked: 1 + stackedWith(repeated),
    });
  }

  #limit(input: Block, node: LimitNode): Block {
    // A constant orders nothing, and as a whole number would be the position of a column.
    const orderBy = node.orderBy.filter((o) => o.expr.kind !== "literal");
    const exprs = exprsOf(orderBy);
    const { block, context } = this.#blocks.readyToOrder(input, exprs, "ranked");
    const ordered = orderBy.length > 0 && { orderBy: printOrder(orderBy, context) };
    return { ...block, ...ordered, limit: node.count, sealed: true };
  }
}
