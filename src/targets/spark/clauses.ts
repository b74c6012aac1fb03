/** Clauses that open-source Spark and Databricks write alike. */
import type { ExprNode } from "../../ast/expr.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { TableKind } from "../../ast/settings.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { printExpr } from "../../sql/expr.ts";
import { sparkIdentifier as id, sparkText as text } from "./dialect.ts";

/** A read of something that is a stream or not. */
export function read(name: string, streaming: boolean): string {
  return streaming ? `STREAM(${name})` : name;
}

/** Properties of a table: its own, tags with the prefix `tag.`, the owner. */
function propertiesOf({ settings: { properties, tags, owner } }: TableNode): Readonly<Record<string, string>> {
  return {
    ...properties,
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tag.${name}`, value])),
    // `owner` itself is reserved: the catalog sets it.
    ...(owner !== undefined && { "medallion.owner": owner }),
  };
}

/** `COMMENT` and `TBLPROPERTIES`; a target may have properties of its own for a table, below those that the user gave. */
export function propertyClauses(table: TableNode, own: Readonly<Record<string, string>> = {}): readonly string[] {
  const { comment } = table.settings;
  return [
    ...(comment === undefined ? [] : [`COMMENT ${text(comment)}`]),
    ...tableProperties({ ...own, ...propertiesOf(table) }),
  ];
}

export function tableProperties(properties: Readonly<Record<string, string>>): readonly string[] {
  const pairs = Object.entries(properties).map(([name, value]) => `${text(name)} = ${text(value)}`);
  return pairs.length === 0 ? [] : [`TBLPROPERTIES (${pairs.join(", ")})`];
}

/** The columns of a view, where one of them has a comment: a view names all or none. */
export function viewColumns(table: TableNode): readonly string[] {
  if (table.columns.every((c) => c.comment === undefined)) return [];
  return table.columns.map(({ name, comment }) =>
    comment === undefined ? id(name) : `${id(name)} COMMENT ${text(comment)}`,
  );
}

/** Expressions over the columns of one input. */
export function overColumns(dialect: Dialect): (node: ExprNode) => string {
  return (node) => printExpr(node, { dialect, column: (c) => id(c.name) });
}

export function isStreaming(table: TableNode, { kinds }: { readonly kinds: ReadonlyMap<string, TableKind> }): boolean {
  return kinds.get(table.name) === "streaming";
}
