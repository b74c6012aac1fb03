/** A table of another owner, as it is now. */

import { fullName, type TableNode } from "../ast/pipeline.ts";
import type { ColumnFacts, SourceNode } from "../ast/relation.ts";
import { formatOf } from "../formats/format.ts";
import { selectFrom } from "../sql/block.ts";
import { typeText } from "../types/types.ts";

/** `value`: SQL of a column, where it is more than its name. */
export function externalTable(
  source: SourceNode,
  identifier: (name: string) => string,
  value: (column: ColumnFacts) => string = (column) => identifier(column.name),
): string {
  return selectFrom(source.declared.map(value), externalName(source, identifier));
}

/** What a table is failed with where a column of another owner's has a null that is not declared. */
export function undeclaredNull(table: TableNode, source: SourceNode, column: ColumnFacts): string {
  return `${fullName(table)} reads ${source.path}, where ${column.name} is null, and it is declared without nulls`;
}

/** What it is failed with where a text is not among the declared values. */
export function undeclaredValue(source: SourceNode, { name, type }: ColumnFacts): string {
  return `${source.path} has values of ${name} that are not declared: it is ${typeText(type)}`;
}

export const nullHelp = ({ name }: ColumnFacts): string =>
  `declare ${name} with nullable(), and leave such rows out by whereNotNull()`;

export const valueHelp = ({ name }: ColumnFacts): string =>
  `add the values to t.enum(), or declare ${name} as t.string() and tryCast() it`;

/** SQL of its name. */
export function externalName(source: SourceNode, identifier: (name: string) => string): string {
  const format = formatOf(source);
  if (format.reads !== "table") throw new TypeError(`${source.format} is not a format of tables`);
  return format.relation(source.path, identifier);
}
