/** Snapshots that come together: which column of an append-only table tells them apart, where one does. */
import type { TablesByName } from "../ast/keys.ts";
import type { NamedExpr, RelationNode, SnapshotsNode } from "../ast/relation.ts";
import type { TableKind } from "../ast/settings.ts";

/** A column of a table to which rows are only added. */
export interface VersionBase {
  readonly table: string;
  readonly column: string;
}

export interface Tables {
  readonly tables: TablesByName;
  readonly kinds: ReadonlyMap<string, TableKind>;
}

/**
 * What the version, `max(column)`, is the greatest of. The query that gives the last state gives each state before by the
 * rows of that table up to its version.
 */
export function versionBase({ input, version }: SnapshotsNode, tables: Tables): VersionBase | undefined {
  if (version?.kind !== "aggregate" || version.fn !== "max" || version.filter) return undefined;
  const [column] = version.args;
  return column?.kind === "column" ? origin(input, column.name, tables) : undefined;
}

function origin(node: RelationNode, column: string, tables: Tables): VersionBase | undefined {
  const item = (items: readonly NamedExpr[], sides: readonly RelationNode[]): VersionBase | undefined => {
    const expr = items.find((i) => i.name === column)?.expr;
    const side = expr?.kind === "column" ? sides[expr.side] : undefined;
    return side && expr?.kind === "column" ? origin(side, expr.name, tables) : undefined;
  };
  switch (node.kind) {
    case "source":
      return undefined;
    case "table":
      return tableOrigin(node.table, column, tables);
    case "where":
    case "dedupe":
    case "limit":
      return origin(node.input, column, tables);
    case "project":
      return item(node.items, [node.input]);
    case "aggregate":
      return item(node.groups, [node.input]);
    case "join":
      return node.type === "semi" || node.type === "anti"
        ? origin(node.left, column, tables)
        : item(node.items, [node.left, node.right]);
    case "lookup":
    case "asOfJoin":
      return item(node.items, [node.left, node.right]);
    case "union": {
      const [first, ...rest] = node.inputs.map((input) => origin(input, column, tables));
      return rest.every((o) => o?.table === first?.table && o?.column === first?.column) ? first : undefined;
    }
  }
}

function tableOrigin(name: string, column: string, tables: Tables): VersionBase | undefined {
  if (tables.kinds.get(name) === "streaming") return { table: name, column };
  const node = tables.tables.get(name);
  return node?.kind === "query" ? origin(node.query, column, tables) : undefined;
}
