/** Streaming or materialized: derived from the query, not chosen. */

import type { ExprNode } from "./expr.ts";
import type { QueryTableNode, TableNode } from "./pipeline.ts";
import { isOverRows } from "./raw.ts";
import { isFileSource, type RelationNode, type SourceNode, type TableKind } from "./relation.ts";
import type { TableSettings } from "./settings.ts";
import { exprsOf, subexpressions } from "./walk.ts";

/** Why a query cannot be a streaming table, or `undefined` where it is append-only. */
export function whyNotStreaming(query: RelationNode, kindOf: (table: string) => TableKind): string | undefined {
  switch (query.kind) {
    case "source":
      return whyNotStream(query);
    case "table":
      return kindOf(query.table) === "streaming" ? undefined : `it reads "${query.table}", which is updated in place`;
    case "where":
      return windowed([query.predicate]) ?? whyNotStreaming(query.input, kindOf);
    case "project":
      return windowed(exprsOf(query.items)) ?? whyNotStreaming(query.input, kindOf);
    case "union":
      return query.inputs.map((i) => whyNotStreaming(i, kindOf)).find((why) => why !== undefined);
    case "join":
      return "it joins";
    case "lookup":
      return "it looks up another table";
    case "asOfJoin":
      return "it joins a history";
    case "aggregate":
      return "it aggregates";
    case "dedupe":
      return "it deduplicates";
    case "limit":
      return "it sorts and limits";
  }
}

function whyNotStream(source: SourceNode): string | undefined {
  if (!isFileSource(source)) return "it reads a table of another owner as it is now";
  return source.options.onChange === "replace" ? "rows of files that change are replaced in it" : undefined;
}

function windowed(nodes: readonly ExprNode[]): string | undefined {
  const isWindowed = nodes.some((node) => node.kind !== "column" && subexpressions(node).some(isOverRows));
  return isWindowed ? "it uses a window function" : undefined;
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

/** Whether rows of a table may be quarantined: those of files that cannot be read, and those that break a rule. */
export function hasQuarantine(table: TableNode): table is QueryTableNode {
  return table.kind === "query" && mayQuarantine(table.query, table.settings);
}

/** As `hasQuarantine`, of what makes a table. */
export function mayQuarantine(query: RelationNode, { expectations, flows }: TableSettings): boolean {
  const reads = [query, ...flows.map((flow) => flow.query)].some(isFileSource);
  return reads || expectations.some((e) => e.action === "quarantine");
}
