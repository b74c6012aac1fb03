/** Columns of tables of another owner. */
import type { ColumnFacts, SourceNode } from "../../ast/relation.ts";
import { undeclaredValue } from "../external.ts";
import { sparkIdentifier as id, sparkFits, sparkText as text } from "./dialect.ts";

/** SQL of a column's value: a text that is not among the declared values fails the update. */
export function declaredValue(source: SourceNode, column: ColumnFacts): string {
  const [name, test] = [id(column.name), sparkFits(id(column.name), column.type)];
  if (test === undefined) return name;
  return `CASE WHEN ${test} THEN ${name} ELSE raise_error(${text(undeclaredValue(source, column))}) END`;
}

export const as = (sql: string, name: string): string => (sql === name ? name : `${sql} AS ${name}`);
