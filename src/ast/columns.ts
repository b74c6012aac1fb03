/** Columns by their names. */
import type { ColumnFacts } from "./relation.ts";

const known = new WeakMap<readonly ColumnFacts[], ReadonlyMap<string, ColumnFacts>>();

/** The column of a name. Lists are indexed once: every expression over a wide table asks. */
export function columnNamed(columns: readonly ColumnFacts[], name: string): ColumnFacts | undefined {
  const before = known.get(columns);
  if (before) return before.get(name);
  // The first of a name counts, as it does where a list is searched.
  const byName = new Map(columns.toReversed().map((column) => [column.name, column]));
  known.set(columns, byName);
  return byName.get(name);
}
