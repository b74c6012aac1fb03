/** What the Databricks statements share: names, expressions, and what the other tables are. */
import type { ExprNode } from "../../expr/nodes.ts";
import { tableKinds } from "../../pipeline/kind.ts";
import type { Layer, PipelineNode, TableNode } from "../../pipeline/nodes.ts";
import type { RelationNode } from "../../relation/nodes.ts";
import type { TableKind } from "../../relation/settings.ts";
import type { Schemas } from "../compile.ts";
import { printExpr } from "../expr.ts";
import { printQuery } from "../query.ts";
import { databricks, sparkIdentifier as id } from "../spark.ts";
import { read } from "../spark-clauses.ts";

export interface Context {
  readonly catalog: string | undefined;
  readonly schemas: Schemas;
  readonly kinds: ReadonlyMap<string, TableKind>;
  readonly tables: ReadonlyMap<string, TableNode>;
}

export function contextOf(pipeline: PipelineNode, names: { catalog?: string; schemas?: Schemas }): Context {
  return {
    catalog: names.catalog,
    schemas: names.schemas ?? {},
    kinds: tableKinds(pipeline.tables),
    tables: new Map(pipeline.tables.map((table) => [table.name, table])),
  };
}

/** The full name of a table, or of one beside it: `suffix` goes to the end of the name. */
export function nameOf(table: TableNode, context: Context, suffix = ""): string {
  const name = `${table.name}${suffix}`;
  // A view of the pipeline has no catalog and no schema.
  return table.settings.temporary && suffix === "" ? id(name) : published(table.layer, name, context);
}

function published(layer: Layer, name: string, context: Context): string {
  const parts = [...(context.catalog === undefined ? [] : [context.catalog]), context.schemas[layer] ?? layer, name];
  return parts.map(id).join(".");
}

export function isStreaming(table: TableNode, context: Context): boolean {
  return context.kinds.get(table.name) === "streaming";
}

/** Expressions over the columns of one input. */
export function expr(node: ExprNode): string {
  return printExpr(node, { dialect: databricks, column: (c) => id(c.name) });
}

/** A condition that is never null: what is not true is false. */
export function condition(node: ExprNode): string {
  return node.nullable ? `coalesce(${expr(node)}, false)` : expr(node);
}

/** A query over the tables of the pipeline. */
export function queryText(query: RelationNode, streaming: boolean, context: Context): string {
  return printQuery(query, {
    dialect: databricks,
    table: (name) => {
      const table = context.tables.get(name);
      return read(table ? nameOf(table, context) : id(name), streaming);
    },
    source: (source) => source.path,
  });
}
