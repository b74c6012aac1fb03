/** Windows over whole partitions as joins: their values are worked out once per partition, by groups of the same rows. */
import type { AggregateNode, WindowNode } from "../ast/expr.ts";
import { BINDING, piece } from "../functions/fragment.ts";
import { columnNode } from "../nodes/exprs.ts";
import { type Block, conjuncts, joinOn, list, NO_CLAUSES, type Output } from "./block.ts";
import type { Dialect } from "./dialect.ts";
import { type ExprContext, printExpr } from "./expr.ts";

/** Such a window: the name of its value, and the columns that hold its keys and its arguments. */
export interface Gathered {
  readonly window: WindowNode;
  readonly name: string;
  readonly by: readonly Output[];
  readonly args: readonly Output[];
}

interface Printing {
  readonly dialect: Dialect;
  /** How expressions read over the rows. */
  readonly context: ExprContext;
  readonly from: (block: Block) => string;
  /** A query that is read by a name. */
  readonly query: (sql: string, columns: readonly string[]) => Block;
}

/** The rows with a column for each window. */
export function perPartition(rows: Block, gathered: readonly Gathered[], printing: Printing): Block {
  const { dialect, from } = printing;
  const column = ({ alias }: Block, { name }: Output) => `${dialect.identifier(alias)}.${dialect.identifier(name)}`;
  const sides = gathered.map((one) => ({ ...one, block: valuesOf(rows, one, printing) }));
  const joins = sides.map(({ by, block }) => {
    if (by.length === 0) return `CROSS JOIN ${from(block)}`;
    const same = by.map((o) => piece(`${column(rows, o)} IS NOT DISTINCT FROM ${column(block, o)}`, BINDING.operator));
    return joinOn("JOIN", from(block), conjuncts(same, dialect));
  });
  const of = (block: Block) => (o: Output) => ({ ...o, sql: column(block, o) });
  return {
    ctes: [...rows.ctes, ...sides.flatMap(({ block }) => block.ctes)],
    from: from(rows),
    alias: "",
    inputs: [],
    joins,
    ...NO_CLAUSES,
    outputs: [...rows.outputs.map(of(rows)), ...sides.flatMap(({ block }) => block.outputs.slice(-1).map(of(block)))],
    sealed: false,
    stacked: rows.stacked ?? 0,
  };
}

/** The keys of each partition with the value of the window. */
function valuesOf(
  rows: Block,
  { window, name, by, args }: Gathered,
  { dialect, context, from, query }: Printing,
): Block {
  const keys = by.map((o) => dialect.identifier(o.name));
  const value = `${printExpr(asAggregate(window, args), context)} AS ${dialect.identifier(name)}`;
  const sql = `SELECT\n${list([...keys, value])}\nFROM ${from(rows)}`;
  return query(keys.length > 0 ? `${sql}\nGROUP BY ${keys.join(", ")}` : sql, [...by.map((o) => o.name), name]);
}

function asAggregate(window: WindowNode, columns: readonly Output[]): AggregateNode {
  const { partitionBy: _by, orderBy: _order, frame: _frame, ...called } = window;
  const args = called.args.map((arg, i) => columnNode(columns[i]?.name ?? "", arg, 0, arg.at));
  return { ...called, kind: "aggregate", args };
}
