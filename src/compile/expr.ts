/** Prints expressions: one visitor for every dialect. */
import { match } from "ts-pattern";
import { functionSpec } from "../expr/catalogue/index.ts";
import type { Options, RenderInput } from "../expr/catalogue/spec.ts";
import type {
  AggregateNode,
  CallNode,
  CaseNode,
  ColumnNode,
  ExprNode,
  OrderNode,
  RawNode,
  WindowFrame,
  WindowNode,
} from "../expr/nodes.ts";
import { CompileError } from "../schema/errors.ts";
import { type Dialect, refuse } from "./dialect.ts";
import { layOutRaw } from "./raw.ts";

export interface ExprContext {
  readonly dialect: Dialect;
  /** SQL of a column. */
  readonly column: (node: ColumnNode) => string;
  /** Columns that hold an expression's value already, by the id of the expression. */
  readonly computed?: ReadonlyMap<string, string>;
}

/** Whether the text stands as it is inside of another expression: a word, a constant, one call, one `CASE`. */
function isAtomic(sql: string): boolean {
  if (/^(?:[\w.]+|[A-Z_]+ '[^'\\]*')$/.test(sql)) return true;
  if (sql.startsWith("CASE ")) return sql.endsWith(" END") && !sql.includes("CASE", 4);
  let depth = 0;
  for (let i = 0; i < sql.length; i++) {
    const char = sql[i] ?? "";
    if (char === "'" || char === '"' || char === "`") {
      const end = sql.indexOf(char, i + 1);
      // A backslash is an escape in one dialect and a character in another.
      if (end < 0 || sql.slice(i, end).includes("\\")) return false;
      i = end;
    } else if (char === "(") {
      depth++;
    } else if (char === ")") {
      depth--;
      if (depth === 0 && i < sql.length - 1) return false;
    } else if (depth === 0 && !/[\w.]/.test(char)) {
      return false;
    }
  }
  return true;
}

function grouped(sql: string): string {
  return isAtomic(sql) ? sql : `(${sql})`;
}

/** The SQL of an expression. */
export function printExpr(node: ExprNode, context: ExprContext): string {
  // Most nodes are columns: they need no match.
  if (node.kind === "column") return context.column(node);
  const computed = context.computed?.get(node.id);
  if (computed !== undefined) return computed;
  return match(node)
    .with({ kind: "literal" }, (n) => context.dialect.literal(n))
    .with({ kind: "param" }, (n) => context.dialect.param(n))
    .with({ kind: "call" }, (n) => printCall(n, n.args, context))
    .with({ kind: "cast" }, (n) => context.dialect.cast(n, printExpr(n.arg, context)))
    .with({ kind: "case" }, (n) => printCase(n, context))
    .with({ kind: "struct" }, (n) =>
      context.dialect.struct(n.fields.map((f) => ({ name: f.name, sql: printExpr(f.value, context) }))),
    )
    .with({ kind: "aggregate" }, (n) => printAggregate(n, context))
    .with({ kind: "window" }, (n) => printWindow(n, context))
    .with({ kind: "raw" }, (n) => printRaw(n, context))
    .exhaustive();
}

function printCall(
  node: CallNode | AggregateNode | WindowNode,
  args: readonly ExprNode[],
  context: ExprContext,
): string {
  const { dialect } = context;
  const spec = functionSpec(node.fn);
  if (!spec) throw new CompileError({ code: "FN001", message: `there is no function "${node.fn}"`, location: node.at });
  const rendering = dialect.rendering(spec);
  if (typeof rendering === "object") throw refuse(dialect.name, `${node.fn}()`, rendering.refused, node.at);
  const printed = args.map((arg) => printExpr(arg, context));
  const options = node.options ?? {};
  if (typeof rendering === "string") return fill(rendering, printed, options, dialect);
  const input: RenderInput = {
    args: printed.map(grouped),
    types: args.map((arg) => arg.type),
    type: node.type,
    options,
    text: dialect.text,
    typeName: dialect.typeName,
  };
  const made = rendering(input);
  if (typeof made === "object") throw refuse(dialect.name, `${node.fn}()`, made.refused, node.at);
  return made;
}

const PLACEHOLDER = /\$(\d|\*)|\{(\w+)\}/g;

/** Fills a template. An argument that stands alone between commas or parentheses needs none of its own. */
function fill(template: string, args: readonly string[], options: Options, dialect: Dialect): string {
  return template.replace(PLACEHOLDER, (hole, arg: string | undefined, option: string | undefined, offset: number) => {
    if (option !== undefined) return constant(options[option], dialect);
    if (arg === "*") return args.join(", ");
    const sql = args[Number(arg) - 1] ?? "";
    const before = template.slice(0, offset).trimEnd().at(-1);
    const after = template
      .slice(offset + hole.length)
      .trimStart()
      .at(0);
    const alone = (before === "(" || before === ",") && (after === ")" || after === ",");
    return alone || template === hole ? sql : grouped(sql);
  });
}

function constant(value: string | number | boolean | undefined, dialect: Dialect): string {
  return typeof value === "string" ? dialect.text(value) : String(value);
}

function printCase(node: CaseNode, context: ExprContext): string {
  const value = (expr: ExprNode) => context.dialect.coerce(printExpr(expr, context), expr.type, node.type);
  const branches = node.branches.map((b) => `WHEN ${printExpr(b.when, context)} THEN ${value(b.value)}`);
  return `CASE ${branches.join(" ")} ELSE ${value(node.otherwise)} END`;
}

function printAggregate(node: AggregateNode, context: ExprContext): string {
  const { filter } = node;
  if (!filter) return printCall(node, node.args, context);
  if (node.args.length === 0) return `count(CASE WHEN ${printExpr(filter, context)} THEN 1 END)`;
  // A filter on the arguments, not on the call: some renderings are more than one call.
  const condition = printExpr(filter, context);
  const column: ExprContext = context;
  const args = node.args.map((arg) => ({ arg, sql: `CASE WHEN ${condition} THEN ${printExpr(arg, column)} END` }));
  const texts = new Map(args.map(({ arg, sql }) => [arg, sql]));
  return printCall(
    node,
    node.args.map((arg) => standIn(arg)),
    {
      ...context,
      column: (c) => texts.get(node.args[Number(c.name)] ?? c) ?? context.column(c),
    },
  );

  function standIn(arg: ExprNode): ExprNode {
    const { type, nullable, labels, unit, additivity } = arg;
    const name = String(node.args.indexOf(arg));
    return { kind: "column", id: arg.id, name, side: 0, type, nullable, labels, unit, additivity };
  }
}

function printWindow(node: WindowNode, context: ExprContext): string {
  const parts = [
    node.partitionBy.length > 0 ? `PARTITION BY ${node.partitionBy.map((e) => printExpr(e, context)).join(", ")}` : "",
    node.orderBy.length > 0 ? `ORDER BY ${printOrder(node.orderBy, context)}` : "",
    node.frame ? printFrame(node.frame) : "",
  ].filter((part) => part !== "");
  const over = `OVER (${parts.join(" ")})`;
  const call = printCall(node, node.args, context);
  return overCall(call, over, node);
}

const AGGREGATES =
  /\b(?:sum|avg|count|count_if|min|max|stddev_samp|stddev_pop|var_samp|var_pop|median|percentile|quantile_cont|list|(?:max|min)_by|arg_(?:max|min)_null|bool_and|bool_or|collect_list|lag|lead|row_number|rank|dense_rank|first_value|last_value)\(/g;

/** A rendering may wrap aggregates in a cast, a macro or a case: the window belongs to each aggregate inside. */
function overCall(call: string, over: string, node: WindowNode): string {
  const parts: string[] = [];
  let done = 0;
  for (const found of call.matchAll(AGGREGATES)) {
    // One that stands in the arguments of another is the user's own.
    if (found.index < done) continue;
    const end = closing(call, found.index + found[0].length);
    parts.push(call.slice(done, end), ` ${over}`);
    done = end;
  }
  const rest = call.slice(done);
  if (done > 0 && !rest.includes(" FILTER ")) return parts.join("") + rest;
  throw refuse("this target", `${node.fn}() over a window`, "compute it with groupBy() and join the result", node.at);
}

/** Where the parenthesis that is open at `from` ends; what stands in quotes is passed over. */
function closing(sql: string, from: number): number {
  const token = /'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[()]/g;
  token.lastIndex = from;
  let depth = 1;
  for (let found = token.exec(sql); found; found = token.exec(sql)) {
    if (found[0] === "(") depth++;
    else if (found[0] === ")" && --depth === 0) return token.lastIndex;
  }
  return sql.length;
}

export function printOrder(orderBy: readonly OrderNode[], context: ExprContext): string {
  return orderBy
    .map(
      (o) =>
        `${printExpr(o.expr, context)} ${o.descending ? "DESC" : "ASC"} NULLS ${o.nulls === "first" ? "FIRST" : "LAST"}`,
    )
    .join(", ");
}

function printFrame(frame: WindowFrame): string {
  const bound = (value: "unbounded" | number, side: "PRECEDING" | "FOLLOWING") => {
    if (value === "unbounded") return `UNBOUNDED ${side}`;
    if (value === 0) return "CURRENT ROW";
    return value < 0 ? `${-value} PRECEDING` : `${value} FOLLOWING`;
  };
  return `${frame.unit.toUpperCase()} BETWEEN ${bound(frame.start, "PRECEDING")} AND ${bound(frame.end, "FOLLOWING")}`;
}

function printRaw(node: RawNode, context: ExprContext): string {
  const body = node.text
    .map((text, i) => text + (node.args[i] ? grouped(printExpr(node.args[i], context)) : ""))
    .join("");
  const sql = layOutRaw(body, context.dialect.name === "duckdb" ? "duckdb" : "spark");
  const inside = sql.includes("\n") ? `(\n${sql.replace(/^/gm, "    ")}\n  )` : grouped(sql);
  return `CAST(${inside} AS ${context.dialect.typeName(node.type)})`;
}
