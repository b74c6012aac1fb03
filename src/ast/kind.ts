/** Streaming or materialized: derived from the query, not chosen. */
import { match } from "ts-pattern";
import type { ExprNode } from "./expr.ts";
import type { TableNode } from "./pipeline.ts";
import type { NamedExpr, RelationNode } from "./relation.ts";
import type { TableKind, TableSettings } from "./settings.ts";

/** Why a query cannot be a streaming table, or `undefined` where it is append-only. */
export function whyNotStreaming(query: RelationNode, kindOf: (table: string) => TableKind): string | undefined {
  return match(query)
    .with({ kind: "source", format: "table" }, () => "it reads a table of another owner as it is now")
    .with({ kind: "source" }, (node) =>
      node.options.onChange === "replace" ? "rows of files that change are replaced in it" : undefined,
    )
    .with({ kind: "table" }, (node) =>
      kindOf(node.table) === "streaming" ? undefined : `it reads "${node.table}", which is updated in place`,
    )
    .with({ kind: "where" }, (node) => windowed([node.predicate]) ?? whyNotStreaming(node.input, kindOf))
    .with({ kind: "project" }, (node) => windowed(exprs(node.items)) ?? whyNotStreaming(node.input, kindOf))
    .with({ kind: "union" }, (node) =>
      node.inputs.map((i) => whyNotStreaming(i, kindOf)).find((why) => why !== undefined),
    )
    .with({ kind: "join" }, () => "it joins")
    .with({ kind: "lookup" }, () => "it looks up another table")
    .with({ kind: "asOfJoin" }, () => "it joins a history")
    .with({ kind: "aggregate" }, () => "it aggregates")
    .with({ kind: "dedupe" }, () => "it deduplicates")
    .with({ kind: "limit" }, () => "it sorts and limits")
    .exhaustive();
}

const exprs = (items: readonly NamedExpr[]) => items.map((item) => item.expr);

function windowed(nodes: readonly ExprNode[]): string | undefined {
  return nodes.some((node) => node.kind !== "column" && children(node).some((child) => child.kind === "window"))
    ? "it uses a window function"
    : undefined;
}

const known = new WeakMap<ExprNode, readonly ExprNode[]>();

/** An expression and all expressions in it. */
export function children(node: ExprNode): readonly ExprNode[] {
  if (node.kind === "column" || node.kind === "literal" || node.kind === "param") return [node];
  const before = known.get(node);
  if (before) return before;
  const all = Object.freeze([node, ...operands(node).flatMap(children)]);
  known.set(node, all);
  return all;
}

function operands(node: ExprNode): readonly ExprNode[] {
  return match(node)
    .with({ kind: "column" }, { kind: "literal" }, { kind: "param" }, () => [])
    .with({ kind: "call" }, { kind: "raw" }, (n) => n.args)
    .with({ kind: "cast" }, (n) => [n.arg])
    .with({ kind: "case" }, (n) => [...n.branches.flatMap((b) => [b.when, b.value]), n.otherwise])
    .with({ kind: "struct" }, (n) => n.fields.map((f) => f.value))
    .with({ kind: "aggregate" }, (n) => [...n.args, ...(n.filter ? [n.filter] : []), ...(n.ties ?? [])])
    .with({ kind: "window" }, (n) => [...n.args, ...n.partitionBy, ...n.orderBy.map((o) => o.expr), ...(n.ties ?? [])])
    .exhaustive();
}

/** The kind of every table, by name: the user's override or what the query allows. */
export function tableKinds(tables: readonly TableNode[]): ReadonlyMap<string, TableKind> {
  const kinds = new Map<string, TableKind>();
  for (const table of tables) {
    const kindOf = (name: string): TableKind => kinds.get(name) ?? "streaming";
    kinds.set(table.name, kindOfTable(table, kindOf));
  }
  return kinds;
}

/** A change target is updated in place, so it reads as materialized although a stream feeds it. */
function kindOfTable(table: TableNode, kindOf: (table: string) => TableKind): TableKind {
  if (table.kind !== "query") return "materialized";
  return table.settings.kind ?? (whyNotStreaming(table.query, kindOf) === undefined ? "streaming" : "materialized");
}

/** Whether rows of a table may be set aside: those of files that cannot be read, and those that break a rule. */
export function hasQuarantine(table: TableNode): boolean {
  return table.kind === "query" && mayQuarantine(table.query, table.settings);
}

/** As `hasQuarantine`, of what makes a table. */
export function mayQuarantine(query: RelationNode, { expectations }: TableSettings): boolean {
  const reads = query.kind === "source" && query.format !== "table";
  return reads || expectations.some((e) => e.action === "quarantine");
}
