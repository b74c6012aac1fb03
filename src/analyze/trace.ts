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
  if (relation.kind !== "table") return through(derivation(relation), column, tables);
  const table = tables.get(relation.table);
  return table ? [{ table, column }, ...inTable(table, column, tables)] : [];
}

function inTable(table: TableNode, column: string, tables: TablesByName): readonly Station[] {
  if (table.kind === "query") return traceColumn(table.query, column, tables);
  return through({ inputs: [table.changes.input], items: table.changes.items }, column, tables);
}

function through(step: Derivation, column: string, tables: TablesByName): readonly Station[] {
  const [input, ...others] = step.inputs;
  if (!step.items) return input && others.length === 0 ? traceColumn(input, column, tables) : [];
  const expr = itemOf(step, column);
  const side = expr?.kind === "column" ? step.inputs[expr.side] : undefined;
  if (side && expr?.kind === "column") return traceColumn(side, expr.name, tables);
  return expr ? [{ column, made: expr, of: step.inputs }] : [];
}
