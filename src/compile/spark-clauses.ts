/** Clauses that open-source Spark and Databricks write alike. */
import type { TableNode } from "../pipeline/nodes.ts";
import { sparkIdentifier as id, sparkText as text } from "./spark.ts";

/** A read of something that is a stream or not. */
export function read(name: string, streaming: boolean): string {
  return streaming ? `STREAM(${name})` : name;
}

/** `COMMENT` and `TBLPROPERTIES`: properties, tags with the prefix `tag.`, the owner. */
export function propertyClauses(table: TableNode): readonly string[] {
  const { comment, properties, tags, owner } = table.settings;
  const all = {
    ...properties,
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tag.${name}`, value])),
    // `owner` itself is reserved: the catalog sets it.
    ...(owner !== undefined && { "medallion.owner": owner }),
  };
  const pairs = Object.entries(all).map(([name, value]) => `${text(name)} = ${text(value)}`);
  return [
    ...(comment === undefined ? [] : [`COMMENT ${text(comment)}`]),
    ...(pairs.length > 0 ? [`TBLPROPERTIES (${pairs.join(", ")})`] : []),
  ];
}

/** The columns of a view, where one of them has a comment: a view names all or none. */
export function viewColumns(table: TableNode): readonly string[] {
  if (table.columns.every((c) => c.comment === undefined)) return [];
  return table.columns.map(({ name, comment }) =>
    comment === undefined ? id(name) : `${id(name)} COMMENT ${text(comment)}`,
  );
}
