/** Makes the blocks of one query: names that nothing else has, CTEs, and blocks in which expressions can stand. */
import type { ColumnNode, ExprNode, WindowNode } from "../ast/expr.ts";
import { relationSteps } from "../ast/inputs.ts";
import type { RelationNode } from "../ast/relation.ts";
import { columnsIn, exprsOf, windowsIn } from "../ast/walk.ts";
import type { Cte } from "../formats/readings.ts";
import { BINDING } from "../functions/fragment.ts";
import { type Block, hides, indent, NO_CLAUSES, type Output, type Ready, selectOf, stackedWith } from "./block.ts";
import type { QueryContext } from "./context.ts";
import { type ExprContext, printExpr } from "./expr.ts";
import { type Gathered, perPartition } from "./partitions.ts";

/** What a query stands on: its CTEs, and what those add to its planning. */
interface Below {
  readonly ctes: readonly Cte[];
  readonly stacked: number;
}

export class BlockMaker {
  readonly #context: QueryContext;
  readonly #names = new Set<string>();
  /** From where on the names of a base are free: a long union reads many inputs by one. */
  readonly #next = new Map<string, number>();
  /** Queries of groups and windows by their text: what is read twice is worked out once. */
  readonly #wrapped = new Map<string, Block>();
  /** Names of the tables that are read: a CTE of such a name would be read instead of the table. */
  readonly #tables: readonly string[];

  constructor(context: QueryContext, node: RelationNode) {
    this.#context = context;
    this.#tables = relationSteps(node).flatMap((step) => (step.kind === "table" ? [step.table] : []));
  }

  id(name: string): string {
    return this.#context.dialect.identifier(name);
  }

  /** A name that no table, CTE or column in `others` has. */
  #fresh(base: string, others: readonly string[] = []): string {
    for (let count = this.#next.get(base) ?? 1; ; count++) {
      const name = count === 1 ? base : `${base}_${count}`;
      const key = name.toLowerCase();
      if (this.#names.has(key) || isAmong(others, key)) continue;
      this.#names.add(key);
      this.#next.set(base, count + 1);
      return name;
    }
  }

  /** `alias.column` of a join must not read as a field of a column: the alias is the name of no column. */
  read(from: string, name: string, node: RelationNode): Block {
    const names = node.columns.map((c) => c.name);
    return this.#simple([], from, this.#fresh(name, names), names);
  }

  /** The block as a CTE, read by a fresh one. */
  wrapped(block: Block, hint: string): Block {
    const columns = block.outputs.map((o) => o.name);
    const on = { ctes: block.ctes, stacked: stackedWith(block) };
    const sql = selectOf(block, this.#context.dialect);
    if (!block.sealed || this.#context.inlines) return this.stacked(hint, sql, columns, on);
    const again = this.#wrapped.get(sql);
    if (again) return { ...again, alias: this.#fresh(hint, [...columns, ...this.#tables]) };
    const made = this.stacked(hint, sql, columns, on);
    this.#wrapped.set(sql, made);
    return made;
  }

  /** A query as a CTE on those that it reads: materialized where too many of them would be planned at once. */
  stacked(hint: string, sql: string, columns: readonly string[], { ctes, stacked }: Below): Block {
    const name = this.#fresh(hint, [...columns, ...this.#tables]);
    const materialized = stacked >= (this.#context.dialect.stackedAtOnce ?? Number.POSITIVE_INFINITY);
    return { ...this.#named(ctes, { name, sql, materialized }, columns), stacked: materialized ? 0 : stacked };
  }

  /** A query that is read once, by its name. */
  #named(ctes: readonly Cte[], cte: Cte, columns: readonly string[]): Block {
    if (this.#context.inlines) return this.#simple(ctes, `(\n${indent(cte.sql)}\n)`, cte.name, columns);
    return this.#simple([...ctes, cte], this.id(cte.name), cte.name, columns);
  }

  #simple(ctes: readonly Cte[], from: string, alias: string, columns: readonly string[]): Block {
    const outputs = columns.map((name) => ({ name, sql: this.id(name), simple: true }));
    return { ctes, from, alias, inputs: columns, joins: [], ...NO_CLAUSES, outputs, sealed: false };
  }

  /** How expressions over the outputs of a block read. */
  within(block: Block, computed?: ReadonlyMap<string, string>): ExprContext {
    let byName: ReadonlyMap<string, Output> | undefined;
    const column = (c: ColumnNode): string => {
      // Most blocks are read by few expressions, or by none.
      byName ??= new Map(block.outputs.map((o) => [o.name, o]));
      const output = byName.get(c.name);
      if (!output) return this.id(c.name);
      return (output.binding ?? BINDING.atom) < BINDING.atom ? `(${output.sql})` : output.sql;
    };
    return { dialect: this.#context.dialect, column, ...(computed && { computed }) };
  }

  /**
   * A block in which the expressions can stand, and how they read there: the columns that they use are plain ones, and
   * windows that may not stand where they do are columns of a CTE before.
   */
  ready(block: Block, exprs: readonly ExprNode[], hint: string, windows = windowsIn(exprs)): Ready {
    if (windows.length > 0) return this.#hoisted(block, windows, exprs, hint);
    const used = new Set(columnsIn(exprs).map((column) => column.name));
    const computed = block.outputs.some((o) => !o.simple && used.has(o.name));
    const ready = block.sealed || computed ? this.wrapped(block, hint) : block;
    return { block: ready, context: this.within(ready) };
  }

  #hoisted(block: Block, windows: readonly WindowNode[], exprs: readonly ExprNode[], hint: string): Ready {
    const operands = windows.flatMap((w) => [...w.args, ...w.partitionBy, ...exprsOf(w.orderBy)]);
    const others = exprs.filter((expr) => windowsIn([expr]).length === 0);
    const ready = this.ready(block, [...operands, ...others], hint);
    const named = (base: string, expr: ExprNode): Output => {
      return { name: this.#fresh(base), sql: printExpr(expr, ready.context), simple: false };
    };
    const { gathers = () => false } = this.#context.dialect;
    const plain = windows.filter((w) => !gathers(w)).map((w) => [w.id, named("__window", w)] as const);
    const gathered = windows.filter(gathers).map((window): Gathered => {
      const [by, args] = [window.partitionBy.map((e) => named("__by", e)), window.args.map((e) => named("__arg", e))];
      return { window, name: this.#fresh("__window"), by, args };
    });
    const { outputs } = ready.block;
    const added = [...plain.map(([, output]) => output), ...gathered.flatMap(({ by, args }) => [...by, ...args])];
    const rows = this.wrapped({ ...ready.block, outputs: [...outputs, ...added], sealed: true }, hint);
    const all = gathered.length > 0 ? this.#perPartition(rows, gathered, hint) : rows;
    const inner = { ...all, outputs: all.outputs.slice(0, outputs.length) };
    const names = [
      ...plain.map(([id, { name }]) => [id, name] as const),
      ...gathered.map((g) => [g.window.id, g.name] as const),
    ];
    return { block: inner, context: this.within(inner, new Map(names)) };
  }

  /** The rows with windows that are worked out once per partition. */
  #perPartition(rows: Block, gathered: readonly Gathered[], hint: string): Block {
    const others = [...rows.outputs.map((o) => o.name), ...gathered.map((g) => g.name), ...this.#tables];
    const joined = perPartition(rows, gathered, {
      dialect: this.#context.dialect,
      context: this.within(rows),
      from: (block) => this.from(block),
      query: (sql, columns) => this.#named([], { name: this.#fresh("per_partition", others), sql }, columns),
    });
    return this.wrapped(joined, hint);
  }

  /** As `ready()`, for clauses in which the name of an output goes before that of an input. */
  readyToOrder(block: Block, exprs: readonly ExprNode[], hint: string, windows = windowsIn(exprs)): Ready {
    const apart = hides(block, block.outputs, this.#context.dialect) ? this.wrapped(block, hint) : block;
    return this.ready(apart, exprs, hint, windows);
  }

  /** What stands after FROM or JOIN for a block that is a table or a CTE. */
  from(block: Block): string {
    return block.from === this.id(block.alias) ? block.from : `${block.from} AS ${this.id(block.alias)}`;
  }

  /** An alias that is the name of a column would hide it: `alias.name` could be its field. */
  apart(left: Block, right: Block): readonly [Block, Block] {
    const columns = [...left.inputs, ...right.inputs];
    const apart = (side: Block): Block =>
      isAmong(columns, side.alias.toLowerCase()) ? { ...side, alias: this.#fresh(side.alias, columns) } : side;
    return [apart(left), apart(right)];
  }
}

/** Whether one of the names is this one, in whatever case. A name in lower case is never shorter than it was. */
const isAmong = (names: readonly string[], lowered: string): boolean =>
  names.some((name) => name.length <= lowered.length && name.toLowerCase() === lowered);
