/** Columns by their names. */
import { oncePer } from "../core/once.ts";
import type { ColumnFacts } from "./relation.ts";

/** The first of a name counts, as it does where a list is searched. */
const byName = oncePer(
  (columns: readonly ColumnFacts[]): ReadonlyMap<string, ColumnFacts> =>
    new Map(columns.toReversed().map((column) => [column.name, column])),
);

/** The column of a name. Lists are indexed once: every expression over a wide table asks. */
export function columnNamed(columns: readonly ColumnFacts[], name: string): ColumnFacts | undefined {
  return byName(columns).get(name);
}
