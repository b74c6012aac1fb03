/** How queries of Spark and Databricks read the tables of the pipeline, and select what a change target stores. */
import type { ExprNode } from "../../ast/expr.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { NamedExpr, RelationNode } from "../../ast/relation.ts";
import { indent, selectFrom } from "../../sql/block.ts";
import type { QueryContext } from "../../sql/context.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { printQuery } from "../../sql/query.ts";
import { externalName } from "../external.ts";
import { read } from "./clauses.ts";
import { sparkIdentifier as id } from "./dialect.ts";
import { type ViewReads, viewName } from "./view-reads.ts";

/** What a target brings to the queries of its statements. */
interface Words<Context> {
  readonly dialect: Dialect;
  readonly nameOf: (table: TableNode, context: Context) => string;
}

/** How the tables of the pipeline are read in a query. */
export type Reading<Context> = (streaming: boolean, context: Context) => QueryContext;

export function readingBy<Context extends ViewReads>({ dialect, nameOf }: Words<Context>): Reading<Context> {
  return (streaming, context) => ({
    dialect,
    table: (name) => {
      const table = context.tables.get(name);
      if (!table) return read(id(name), streaming);
      const view = table.settings.temporary;
      return read(view ? id(viewName(table, streaming, context)) : nameOf(table, context), streaming);
    },
    source: (source) => externalName(source, id),
    tables: context.tables,
  });
}

/** A query over the tables of the pipeline. */
export function queriesBy<Context>(
  reading: Reading<Context>,
): (query: RelationNode, streaming: boolean, context: Context) => string {
  return (query, streaming, context) => printQuery(query, reading(streaming, context));
}

/** The stored columns, and what else is asked of the rows. */
export function storedRows(
  items: readonly NamedExpr[],
  more: readonly string[],
  rows: string,
  expr: (node: ExprNode) => string,
): string {
  const own = items.map((item) => {
    const [sql, name] = [expr(item.expr), id(item.name)];
    return sql === name ? name : `${sql} AS ${name}`;
  });
  return selectFrom([...own, ...more], `(\n${indent(rows)}\n)`);
}
