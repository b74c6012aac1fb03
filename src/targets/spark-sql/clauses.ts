/** Clauses that open-source Spark and Databricks write alike. */
import type { TableNode } from "../../ast/pipeline.ts";
import type { TableKind } from "../../ast/relation.ts";
import type { Words } from "../../settings/parts.ts";
import type { Parts } from "../writes.ts";
import { sparkIdentifier as id, sparkText as text } from "./dialect.ts";

/** A read of something that is a stream or not. */
export function read(name: string, streaming: boolean): string {
  return streaming ? `STREAM(${name})` : name;
}

/** `(a, b)` */
export const columnList = (names: readonly string[]): string => `(${names.map(id).join(", ")})`;

/** What becomes of files whose rows are replaced: no stream has that, but a view that is made of them in every update. */
export const READ_WHOLE = "a materialized view that reads all files in every update";

/** How the settings that both write alike go into a statement. */
export const WRITES = {
  comment: (comment: string): Parts => ({ comment: `COMMENT ${text(comment)}` }),
  tags: (tags: Words): Parts => ({
    properties: Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tag.${name}`, value])),
  }),
  // `owner` itself is reserved: the catalog sets it.
  owner: (owner: string): Parts => ({ properties: { "medallion.owner": owner } }),
  properties: (properties: Words): Parts => ({ properties }),
  partitionBy: (columns: readonly string[]): Parts => ({ layout: `PARTITIONED BY ${columnList(columns)}` }),
} as const;

/** The clauses of a table; a target may have properties of its own for it, below those that the user gave. */
export function clausesOf(parts: readonly Parts[], own: Words = {}): readonly string[] {
  const written = (part: "layout" | "comment" | "governance") => parts.flatMap((p) => p[part] ?? []);
  const properties = tableProperties(Object.assign({ ...own }, ...parts.map((p) => p.properties)));
  return [...written("layout"), ...written("comment"), ...properties, ...written("governance")];
}

export function tableProperties(properties: Words): readonly string[] {
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

export function isStreaming(table: TableNode, { kinds }: { readonly kinds: ReadonlyMap<string, TableKind> }): boolean {
  return kinds.get(table.name) === "streaming";
}
