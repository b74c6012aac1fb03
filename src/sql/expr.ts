/** Prints expressions: one visitor for every dialect. */

import type {
  AggregateNode,
  CallNode,
  CaseNode,
  ColumnNode,
  ExprNode,
  OrderNode,
  RawNode,
  StructNode,
  WindowFrame,
  WindowNode,
} from "../ast/expr.ts";
import { callsByPath } from "../ast/raw.ts";
import { DEFINITION } from "../core/plugin-parts.ts";
import { refusable } from "../core/refusals.ts";
import { refusal } from "../diagnostics/mistake.ts";
import { atom, BINDING, operator, piece, plain, type Sql, union, within } from "../functions/fragment.ts";
import { isFunction } from "../functions/index.ts";
import { functionFrom } from "../functions/plugin-functions.ts";
import type { AggregateInput, AggregateRendering, Known, Rendering, Tie } from "../functions/spec.ts";
import { fill } from "../functions/template.ts";
import { sameType } from "../types/types.ts";

import { type Dialect, refuse } from "./dialect.ts";
import { checkedText } from "./values.ts";

export interface ExprContext {
  readonly dialect: Dialect;
  /** SQL of a column. */
  readonly column: (node: ColumnNode) => string;
  /** Columns that hold an expression's value already, by the id of the expression. */
  readonly computed?: ReadonlyMap<string, string>;
}

/** The SQL of an expression, as text. */
export function printExpr(node: ExprNode, context: ExprContext): string {
  return node.kind === "column" ? context.column(node) : textOf(render(node, context), context.dialect);
}

/** Prints expressions over the columns of one input. */
export function overColumns(dialect: Dialect): (node: ExprNode) => string {
  return (node) => printExpr(node, { dialect, column: (c) => dialect.identifier(c.name) });
}

/** The text of a piece that goes into a statement. */
export function textOf(sql: Sql, dialect: Dialect): string {
  for (const macro of sql.macros) dialect.called?.(macro);
  return sql.text;
}

/** The SQL of an expression. */
export function render(node: ExprNode, context: ExprContext): Sql {
  // Most nodes are columns: they need no match.
  if (node.kind === "column") return plain(context.column(node));
  const computed = context.computed?.get(node.id);
  if (computed !== undefined) return plain(computed);
  return refusable(() => rendered(node, context), REFUSED);
}

/** Stands for an expression that was refused. */
const REFUSED = plain("NULL");

function rendered(node: Exclude<ExprNode, ColumnNode>, context: ExprContext): Sql {
  switch (node.kind) {
    case "literal":
      return context.dialect.literal(node);
    case "param":
      return context.dialect.param(node);
    case "call":
      return renderCall(node, context);
    case "cast":
      return checkedText(node, context.dialect.cast(node, render(node.arg, context)), context.dialect);
    case "case":
      return renderCase(node, context);
    case "struct":
      return renderStruct(node, context);
    case "aggregate":
      return renderCall(node, context, {
        filter: node.filter && render(node.filter, context),
        ties: tiesOf(node, context),
      });
    case "window":
      return renderCall(node, context, { over: renderWindow(node, context), ties: tiesOf(node, context) });
    case "raw":
      return renderRaw(node, context);
  }
}

/** What belongs to each aggregate that a rendering calls. */
interface Rows {
  readonly filter?: Sql | undefined;
  readonly over?: Sql;
  readonly ties?: readonly Tie[];
}

function renderCall(node: CallNode | AggregateNode | WindowNode, context: ExprContext, rows: Rows = {}): Sql {
  const { dialect } = context;
  const { fn } = node;
  const rendering = renderingOf(node, dialect);
  const args = node.args.map((arg) => render(arg, context));
  const options = node.options ?? {};
  const aggregate: AggregateInput["aggregate"] = (template, ...of) => {
    const filtered = rows.filter ? filteredCall(template, of, rows.filter) : { template, of };
    const made = fill(filtered.template, filtered.of, options, dialect.text);
    return rows.over ? atom`${made} OVER (${rows.over})` : made;
  };
  if (typeof rendering === "string") {
    return node.kind === "call" ? fill(rendering, args, options, dialect.text) : aggregate(rendering, ...args);
  }
  if ("operator" in rendering) return fill(rendering.operator, args, options, dialect.text, BINDING.operator);
  const made =
    typeof rendering === "object"
      ? rendering
      : rendering({
          args,
          types: node.args.map((arg) => arg.type),
          constants: node.args.map(knownValue),
          type: node.type,
          options,
          text: dialect.text,
          typeName: dialect.typeName,
          aggregate,
          ties: rows.ties ?? [],
          nullable: node.args.map((arg) => arg.nullable),
          windowed: rows.over !== undefined,
        });
  if ("refused" in made) throw refuse(dialect.name, `${fn}()`, made.refused, node.at);
  return made;
}

function renderingOf(node: CallNode | AggregateNode | WindowNode, dialect: Dialect): Rendering | AggregateRendering {
  const definition = functionFrom(node[DEFINITION]);
  if (definition) return dialect.outside(definition);
  if (isFunction(node.fn)) return dialect.rendering(node.fn);
  throw refusal({
    code: "FN001",
    message: `there is no function "${node.fn}"`,
    help: "make nodes by the builder, which has a method for each function of the catalogue",
    location: node.at,
  });
}

function tiesOf({ ties = [] }: AggregateNode | WindowNode, context: ExprContext): readonly Tie[] {
  return ties.map((expr) => ({ sql: render(expr, context), nullable: expr.nullable }));
}

function knownValue(node: ExprNode): Known {
  return node.kind === "literal" && node.value !== null ? node.value : undefined;
}

/** A filter on the arguments: a row that it leaves out is a null, which aggregates do not see. */
function filteredCall(template: string, args: readonly Sql[], filter: Sql): { template: string; of: readonly Sql[] } {
  if (args.length === 0) return { template: "count($1)", of: [atom`CASE WHEN ${raw(filter)} THEN 1 END`] };
  return { template, of: args.map((arg) => atom`CASE WHEN ${raw(filter)} THEN ${raw(arg)} END`) };
}

/** Where keywords stand around it, a piece needs no parentheses. */
function raw(sql: Sql): Sql {
  return { ...sql, binding: BINDING.atom };
}

function renderCase(node: CaseNode, context: ExprContext): Sql {
  const value = (expr: ExprNode) => context.dialect.coerce(render(expr, context), expr.type, node.type);
  const branches = node.branches.map((b) => ({ when: render(b.when, context), value: value(b.value) }));
  const text = branches.map((b) => `WHEN ${b.when.text} THEN ${b.value.text}`).join(" ");
  const macros = union(branches.flatMap((b) => [b.when, b.value]));
  // A null is what there is without ELSE, of the type that the values have.
  const isNull = node.otherwise.kind === "literal" && node.otherwise.value === null;
  if (isNull && node.branches.every((b) => sameType(b.value.type, node.type))) {
    return { ...piece(`CASE ${text} END`), macros };
  }
  const otherwise = value(node.otherwise);
  return { ...piece(`CASE ${text} ELSE ${otherwise.text} END`), macros: union([{ macros }, otherwise]) };
}

function renderStruct(node: StructNode, context: ExprContext): Sql {
  return context.dialect.struct(node.fields.map((f) => ({ name: f.name, sql: render(f.value, context) })));
}

function renderWindow(node: WindowNode, context: ExprContext): Sql {
  const partition = node.partitionBy.map((e) => render(e, context));
  const order = node.orderBy.map((o) => renderOrder(o, context));
  const parts = [
    partition.length > 0 ? `PARTITION BY ${partition.map((p) => p.text).join(", ")}` : "",
    order.length > 0 ? `ORDER BY ${order.map((o) => o.text).join(", ")}` : "",
    node.frame ? printFrame(node.frame) : "",
  ];
  return { ...piece(parts.filter((part) => part !== "").join(" ")), macros: union([...partition, ...order]) };
}

function renderOrder(order: OrderNode, context: ExprContext): Sql {
  const [way, nulls] = [order.descending ? "DESC" : "ASC", order.nulls === "first" ? "FIRST" : "LAST"];
  return operator`${raw(render(order.expr, context))} ${way} NULLS ${nulls}`;
}

export function printOrder(orderBy: readonly OrderNode[], context: ExprContext): string {
  return orderBy.map((order) => textOf(renderOrder(order, context), context.dialect)).join(", ");
}

function printFrame(frame: WindowFrame): string {
  const bound = (value: "unbounded" | number, side: "PRECEDING" | "FOLLOWING") => {
    if (value === "unbounded") return `UNBOUNDED ${side}`;
    if (value === 0) return "CURRENT ROW";
    return value < 0 ? `${-value} PRECEDING` : `${value} FOLLOWING`;
  };
  return `${frame.unit.toUpperCase()} BETWEEN ${bound(frame.start, "PRECEDING")} AND ${bound(frame.end, "FOLLOWING")}`;
}

/** A field is that of the value: `raw.email` would be a column of the table `raw`. */
const beforeText = (sql: string, next = ""): string => (/^\s*\./.test(next) ? `(${sql})` : sql);

function renderRaw(node: RawNode, context: ExprContext): Sql {
  if (context.dialect.onlyOwnFunctions && callsByPath(node)) {
    throw refuse(
      context.dialect.name,
      "a call of a catalog's function",
      "call a function that the engine has itself",
      node.at,
    );
  }
  const args = node.args.map((arg) => render(arg, context));
  // The lines are the user's, their indentation is the statement's. No string of the text holds a line end.
  const lines = node.text.map((text) => text.replace(/[ \t]*[\r\n]+[ \t]*/g, "\n"));
  const sql = lines
    .map((text, i) => text + (args[i] ? beforeText(within(args[i], BINDING.atom), lines[i + 1]) : ""))
    .join("")
    .trim();
  const inside = sql.includes("\n") ? `(\n    ${sql.replaceAll("\n", "\n    ")}\n  )` : sql;
  const typed = { ...piece(`CAST(${inside} AS ${context.dialect.typeName(node.type)})`), macros: union(args) };
  return checkedText(node, typed, context.dialect);
}
