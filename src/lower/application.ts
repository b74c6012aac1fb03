/** How change events make the rows of a table: the data of it, for whatever dialect writes it. */
import type { ScdTableNode } from "../ast/pipeline.ts";
import { isComparable } from "../types/types.ts";
import { eventReads } from "./reads.ts";

export interface Application {
  readonly type: 1 | 2;
  /** The stored columns that identify a row, at least one. */
  readonly keys: readonly string[];
  /** All stored columns in order, keys included. */
  readonly columns: readonly string[];
  /** The columns whose values have an order: of events with equal sequences they settle which one counts. */
  readonly orderable: readonly string[];
  /** Type 2: only changes in these columns make versions; absent: changes in any. */
  readonly trackHistory?: readonly string[];
  /** The columns in which a null leaves the value of the event before. */
  readonly ignoreNullUpdates?: readonly string[];
  /** Whether events may empty the table. */
  readonly truncates: boolean;
}

export function applicationOf(table: ScdTableNode): Application {
  const { keys, columns, trackHistory } = table.changes;
  const ignored = table.changes.kind === "changes" ? table.changes.ignoreNullUpdates : undefined;
  return {
    type: table.kind === "scd1" ? 1 : 2,
    keys,
    columns: columns.map((c) => c.name),
    orderable: columns.filter((c) => isComparable(c.type)).map((c) => c.name),
    ...(trackHistory && { trackHistory }),
    ...(ignored && { ignoreNullUpdates: ignored }),
    truncates: eventReads(table).some(({ changes }) => changes.truncateWhen !== undefined),
  };
}
