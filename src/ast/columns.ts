/** Columns by their names. */
import { oncePer } from "../core/once.ts";
import type { ColumnFacts } from "./relation.ts";

/** Columns by their names, in their order. Lists are indexed once: every callback and expression over a wide table asks. */
export const columnsByName = oncePer(
  (columns: readonly ColumnFacts[]): ReadonlyMap<string, ColumnFacts> =>
    new Map(columns.map((column) => [column.name, column])),
);

export function columnNamed(columns: readonly ColumnFacts[], name: string): ColumnFacts | undefined {
  return columnsByName(columns).get(name);
}
