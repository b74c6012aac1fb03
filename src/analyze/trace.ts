/** Follows a column back to where its value is made: through steps that pass it on, and from table to table. */
import type { ExprNode } from "../ast/expr.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { NamedExpr, RelationNode } from "../ast/relation.ts";

type Tables = ReadonlyMap<string, TableNode>;

/** A place that a value passes. */
export interface Station {
  /** The table that stores the column, where the place is one. */
  readonly table?: TableNode;
  readonly column: string;
  /** What makes the value, where it is made here. */
  readonly made?: ExprNode;
}

/** The places of a column of a relation, the nearest first. A union ends the way: there are several. */
export function traceColumn(relation: RelationNode, column: string, tables: Tables): readonly Station[] {
  return trace(relation, column, tables, new Set());
}

function trace(node: RelationNode, column: string, tables: Tables, seen: Set<TableNode>): readonly Station[] {
  switch (node.kind) {
    case "source":
    case "union":
      return [];
    case "table": {
      const table = tables.get(node.table);
      // A manifest may hold tables that read each other.
      if (!table || seen.has(table)) return [];
      seen.add(table);
      return [{ table, column }, ...inTable(table, column, tables, seen)];
    }
    case "where":
    case "dedupe":
    case "limit":
      return trace(node.input, column, tables, seen);
    case "project":
      return through(node.items, column, [node.input], tables, seen);
    case "aggregate":
      return through([...node.groups, ...node.measures], column, [node.input], tables, seen);
    case "join":
      if (node.type === "semi" || node.type === "anti") return trace(node.left, column, tables, seen);
      return through(node.items, column, [node.left, node.right], tables, seen);
    case "lookup":
    case "asOfJoin":
      return through(node.items, column, [node.left, node.right], tables, seen);
  }
}

function inTable(table: TableNode, column: string, tables: Tables, seen: Set<TableNode>): readonly Station[] {
  if (table.kind === "query") return trace(table.query, column, tables, seen);
  return through(table.changes.items, column, [table.changes.input], tables, seen);
}

function through(
  items: readonly NamedExpr[],
  column: string,
  sides: readonly RelationNode[],
  tables: Tables,
  seen: Set<TableNode>,
): readonly Station[] {
  const expr = items.find((item) => item.name === column)?.expr;
  if (!expr) return [];
  const side = expr.kind === "column" ? sides[expr.side] : undefined;
  return side && expr.kind === "column" ? trace(side, expr.name, tables, seen) : [{ column, made: expr }];
}
