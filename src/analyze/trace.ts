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
  const stations: Station[] = [];
  const passed = new Set<TableNode>();
  let from: Read | undefined = { relation, column };
  while (from) {
    const table: TableNode | undefined = from.relation.kind === "table" ? tables.get(from.relation.table) : undefined;
    // Nodes that no builder made may read each other.
    if (from.relation.kind === "table" && (!table || passed.has(table))) break;
    if (table) {
      passed.add(table);
      stations.push({ table, column: from.column });
    }
    from = before(table ? madeIn(table) : derivation(from.relation), from.column, stations);
  }
  return stations;
}

/** The table of whose column another's is the value as it is. */
export function arrivedFrom(table: TableNode, column: string, tables: TablesByName): TableNode | undefined {
  return table.kind === "query" ? traceColumn(table.query, column, tables)[0]?.table : undefined;
}

interface Read {
  readonly relation: RelationNode;
  readonly column: string;
}

function madeIn(table: TableNode): Derivation {
  if (table.kind === "query") return { inputs: [table.query] };
  return { inputs: [table.changes.input], items: table.changes.items };
}

/** What a column of a step is read from, where it is passed on. What is made here is the last place. */
function before({ inputs, items }: Derivation, column: string, stations: Station[]): Read | undefined {
  const [input, ...others] = inputs;
  if (!items) return input && others.length === 0 ? { relation: input, column } : undefined;
  const expr = itemOf({ inputs, items }, column);
  const side = expr?.kind === "column" ? inputs[expr.side] : undefined;
  if (side && expr?.kind === "column") return { relation: side, column: expr.name };
  if (expr) stations.push({ column, made: expr, of: inputs });
  return undefined;
}
