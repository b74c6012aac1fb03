/** Which columns identify a row whatever the data: proven from how the rows are made, never from what is declared. */

import type { ExprNode } from "./expr.ts";
import type { TableNode } from "./pipeline.ts";
import { type NamedExpr, OTHER_ROWS, type RelationNode } from "./relation.ts";
import { VERSION_TIMES } from "./stored.ts";
import { conjuncts } from "./walk.ts";

/** The tables of a pipeline by name: nothing is proven of a table that is not among them. */
export type TablesByName = ReadonlyMap<string, TableNode>;

/** The key of a table: the declared one, or the one that changes are applied by. */
export function keyOf(table: TableNode | undefined): readonly string[] | undefined {
  return table?.kind === "query" ? table.settings.key : table?.changes.keys;
}

/** Whether the declared key of a table is unique whatever the data. */
export function hasProvenKey(table: TableNode, tables: TablesByName): boolean {
  const { key } = table.settings;
  return key !== undefined && uniqueInTable(table, new Set(key), { tables, within: [] });
}

/** Whether no two rows of a relation agree in all of the columns, whatever the data. Two nulls agree. */
export function isUnique(relation: RelationNode, columns: readonly string[], tables: TablesByName): boolean {
  return unique(relation, new Set(columns), { tables, within: [] });
}

/** The key that is counted where rows are written: `undefined` where there is none, or none that the data could break. */
export function keyToCount(table: TableNode, tables: TablesByName): readonly string[] | undefined {
  return table.kind === "query" && !hasProvenKey(table, tables) ? table.settings.key : undefined;
}

/** What the count of a key is called among the rules of its table. */
export function keyRule(key: readonly string[]): string {
  return `key(${key.join(", ")})`;
}

type Names = ReadonlySet<string>;

interface Search {
  readonly tables: TablesByName;
  /** The tables whose queries are being searched: a manifest may hold tables that read each other. */
  readonly within: readonly TableNode[];
}

function unique(node: RelationNode, columns: Names, search: Search): boolean {
  switch (node.kind) {
    case "table": {
      if (node[OTHER_ROWS]) return false;
      const table = search.tables.get(node.table);
      return table !== undefined && !search.within.includes(table) && uniqueInTable(table, columns, search);
    }
    case "where":
      return unique(node.input, new Set([...columns, ...constants(node.predicate)]), search);
    case "project":
      return unique(node.input, passedOn(node.items, columns), search);
    case "limit":
      return node.count <= 1 || unique(node.input, columns, search);
    case "aggregate":
      return node.groups.every((g) => columns.has(g.name) || g.expr.kind === "literal");
    case "dedupe":
      return node.keys.every((k) => k.kind === "column" && columns.has(k.name)) || unique(node.input, columns, search);
    case "lookup":
      return unique(node.left, passedOn(node.items, columns), search);
    case "join":
      return (node.type === "semi" || node.type === "anti") && unique(node.left, columns, search);
    case "source":
    case "union":
    case "asOfJoin":
      return false;
  }
}

function uniqueInTable(table: TableNode, columns: Names, search: Search): boolean {
  if (table.kind === "query") {
    const within = [...search.within, table];
    return table.settings.flows.length === 0 && unique(table.query, columns, { ...search, within });
  }
  // Several rows of one snapshot may have the same key.
  if (table.changes.kind === "snapshots" || !table.changes.keys.every((key) => columns.has(key))) return false;
  return table.kind === "scd1" || VERSION_TIMES.some((time) => columns.has(time));
}

/** Names in the (left) input of the columns that are passed on as they are. */
function passedOn(items: readonly NamedExpr[], columns: Names): Names {
  const kept = items.flatMap(({ name, expr }) =>
    columns.has(name) && expr.kind === "column" && expr.side === 0 ? [expr.name] : [],
  );
  return new Set(kept);
}

/** The columns that have one value in all rows that meet a condition. */
function constants(predicate: ExprNode): readonly string[] {
  return conjuncts(predicate).flatMap((condition) => {
    if (condition.kind !== "call") return [];
    const [first, second] = condition.args;
    const one = condition.fn === "isNull" || (condition.fn === "eq" && second?.kind === "literal");
    return one && first?.kind === "column" ? [first.name] : [];
  });
}
