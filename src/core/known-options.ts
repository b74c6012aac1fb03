/** Options as other tools name them, by ours. A step is asked for those of its own options alone. */
import { freeze } from "./freeze.ts";

export const KNOWN_OPTIONS = freeze({
  key: ["keys", "by", "on", "id", "columns", "subset", "partitionBy", "primaryKey", "uniqueKey"],
  orderBy: ["order", "sort", "sortBy", "sequenceBy"],
  on: ["by", "key", "keys", "match"],
  at: ["asOf", "time", "timestamp"],
  select: ["columns"],
  sequenceBy: ["sequence", "orderBy", "order", "updatedAt", "version"],
  version: ["sequenceBy", "orderBy", "order", "updatedAt"],
  deleteWhen: ["deletes", "delete", "deleteIf", "deletedWhen", "isDeleted", "applyAsDeletes"],
  truncateWhen: ["truncate", "truncateIf", "applyAsTruncates"],
  columns: ["select", "except", "exceptColumns", "exceptColumnList", "omit", "drop"],
  trackHistory: ["track", "trackhistory", "trackHistoryColumns", "checkCols"],
  ignoreNullUpdates: ["ignoreNulls"],
  partitionBy: ["partition", "groupBy", "by", "key"],
  delimiter: ["sep", "separator", "delim", "fieldDelimiter"],
  nullValues: ["nullValue", "na", "naValues", "nulls"],
  encoding: ["charset", "codec"],
  onChange: ["on_change", "onchange"],
  frame: ["rows", "range", "rowsBetween", "rangeBetween"],
} as const satisfies Readonly<Record<string, readonly string[]>>);

/** Our name for an option that another tool names so, among those that there are. */
export function ourOption(theirs: string, ours: readonly string[]): string | undefined {
  const names = Object.entries<readonly string[]>(KNOWN_OPTIONS);
  return names.find(([name, known]) => ours.includes(name) && known.includes(theirs))?.[0];
}
