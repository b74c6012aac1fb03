/** Follows a column back to where its value is made: through steps that pass it on, and from table to table. */
import type { ExprNode } from "../ast/expr.ts";
import type { TableNode, TablesByName } from "../ast/pipeline.ts";
import type { RelationNode } from "../ast/relation.ts";
import { type Derivation, derivation, itemOf } from "../ast/walk.ts";

/** A place that a value passes. */
interface Station {
  /** The table that stores the column, where the place is one. */
  readonly table?: TableNode;
  readonly column: string;
  /** What makes the value, where it is made here, and of which relations. */
  readonly made?: ExprNode;
  readonly of?: readonly RelationNode[];
}

/** The places of a column of a relation, the nearest first. A union ends the way: there are several. */
export function traceColumn(relation: RelationNode, column: string, tables: TablesByName): readonly Station[] {
  return trace(relation, column, tables, new Set());
}

function trace(node: RelationNode, column: string, tables: TablesByName, seen: Set<TableNode>): readonly Station[] {
  if (node.kind === "table") {
    const table = tables.get(node.table);
    // A manifest may hold tables that read each other.
    if (!table || seen.has(table)) return [];
    seen.add(table);
    return [{ table, column }, ...inTable(table, column, tables, seen)];
  }
  return through(derivation(node), column, tables, seen);
}

function inTable(table: TableNode, column: string, tables: TablesByName, seen: Set<TableNode>): readonly Station[] {
  if (table.kind === "query") return trace(table.query, column, tables, seen);
  return through({ inputs: [table.changes.input], items: table.changes.items }, column, tables, seen);
}

function through(step: Derivation, column: string, tables: TablesByName, seen: Set<TableNode>): readonly Station[] {
  const [input, ...others] = step.inputs;
  if (!step.items) return input && others.length === 0 ? trace(input, column, tables, seen) : [];
  const expr = itemOf(step, column);
  const side = expr?.kind === "column" ? step.inputs[expr.side] : undefined;
  if (side && expr?.kind === "column") return trace(side, expr.name, tables, seen);
  return expr ? [{ column, made: expr, of: step.inputs }] : [];
}
