/** The columns that a table stores, and those of the tables that stand next to it. */
import type { TableNode } from "../ast/pipeline.ts";
import { type ColumnFacts, isFileSource } from "../ast/relation.ts";
import { METADATA_COLUMNS } from "../builder/pipeline/source.ts";
import { primitive, type SqlType } from "../types/types.ts";

/** A column as it is stored: its place is its place in the list. */
export interface StoredColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly comment?: string;
}

/** The stored columns of a table, in order: a table of files has the origin of its rows after the declared columns. */
export function storedColumns(table: TableNode): readonly StoredColumn[] {
  const own = table.columns.map(stored);
  if (table.kind !== "query" || !isFileSource(table.query)) return own;
  const shown = new Set(own.map((c) => c.name));
  const hidden = METADATA_COLUMNS.filter((c) => !shown.has(c.name)).map((c) => ({ ...stored(c), nullable: true }));
  return [...own, ...hidden];
}

const stored = ({ name, type, nullable, comment }: ColumnFacts): StoredColumn => ({
  name,
  type,
  nullable,
  ...(comment !== undefined && { comment }),
});

const text = primitive("string");
const column = (name: string, type: SqlType): StoredColumn => ({ name, type, nullable: true });

/**
 * What a quarantine tells of a row, on every engine and target, after the columns of its table: the rules that it broke,
 * why it could not be read and the row as it came, its file or the tables that it was made of, when, and in which update
 * (null where SQL does not know of updates).
 */
export const QUARANTINE_COLUMNS: readonly StoredColumn[] = Object.freeze([
  column("_broken_rules", { kind: "array", element: text }),
  column("_reason", text),
  column("_row", text),
  column("_source", text),
  column("_quarantined_at", primitive("timestamp")),
  column("_update_id", text),
]);

/** What is counted of each rule. */
export const EXPECTATION_COLUMNS: readonly StoredColumn[] = Object.freeze([
  column("rule", text),
  column("action", text),
  column("passed", primitive("bigint")),
  column("failed", primitive("bigint")),
]);
