/** The columns that a table stores, and those of its companions, with the labels of what they hold. */
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import { primitive, type SqlType } from "../types/types.ts";
import { NO_LABELS, unionLabels } from "./facts.ts";
import { tableQueries } from "./inputs.ts";
import type { QueryTableNode, TableNode } from "./pipeline.ts";
import { type ColumnFacts, isFileSource } from "./relation.ts";
import type { TableSettings } from "./settings.ts";

/** A column as it is stored: its place is its place in the list. */
export interface StoredColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly labels: readonly string[];
  readonly comment?: string;
}

const text = primitive("string");
const timestamp = primitive("timestamp");
const plain = { labels: NO_LABELS, unit: "", additivity: "additive" } as const;

/** Where what is not declared of a file's rows is kept. */
export const RESCUED = "_rescued_data";

/** The columns of a history that hold when a version begins and ends: the end of the one that holds now is null. */
export const START_AT = "__START_AT";
export const END_AT = "__END_AT";
export const VERSION_TIMES: readonly string[] = freeze([START_AT, END_AT]);

/** The columns that every bronze table has in addition to the declared ones. */
export const METADATA_COLUMNS: readonly ColumnFacts[] = freeze([
  freeze({ name: "_source_file", type: text, nullable: true, ...plain }),
  freeze({ name: "_source_modified_at", type: timestamp, nullable: true, ...plain }),
  freeze({ name: "_ingested_at", type: timestamp, nullable: false, ...plain }),
  freeze({ name: RESCUED, type: text, nullable: true, ...plain }),
]);

/** The declared columns with the metadata. What did not fit a column of personal data is personal data as well. */
export function withMetadata(declared: readonly ColumnFacts[]): readonly ColumnFacts[] {
  const labels = unionLabels(declared);
  return [...declared, ...METADATA_COLUMNS.map((c) => (c.name === RESCUED ? freeze({ ...c, labels }) : c))];
}

/** The stored columns of a table, in order: a table of files has the origin of its rows after the declared columns. */
export const storedColumns = oncePer((table: TableNode): readonly StoredColumn[] => {
  const own = table.columns.map(stored);
  if (table.kind !== "query" || !isFileSource(table.query)) return freeze(own);
  const shown = new Set(own.map((c) => c.name));
  const hidden = withMetadata(table.query.declared).filter((c) => !shown.has(c.name));
  return freeze([...own, ...hidden.map((c) => ({ ...stored(c), nullable: true }))]);
});

const stored = ({ name, type, nullable, labels, comment }: ColumnFacts): StoredColumn => ({
  name,
  type,
  nullable,
  labels,
  ...(comment !== undefined && { comment }),
});

const column = (name: string, type: SqlType, labels = NO_LABELS): StoredColumn => ({
  name,
  type,
  nullable: true,
  labels,
});

/**
 * The columns of a quarantine: those of its table, of which a row that was not accepted may lack any, then what is known
 * of the row, on every engine and target: the rules that it broke, why it could not be read and the row as it came, its
 * file or the tables that it was made of, when, and in which update (null where SQL does not know of updates).
 *
 * The row as it came, and the reason, which cites it, hold a value of every declared column. The names of the rules tell
 * of what the rules look at.
 */
export function quarantineColumns(table: QueryTableNode): readonly StoredColumn[] {
  const came = unionLabels(quotedColumns(table));
  return freeze([
    ...storedColumns(table).map((c) => (c.nullable ? c : { ...c, nullable: true })),
    column(
      "_broken_rules",
      { kind: "array", element: text },
      unionLabels(quarantining(table).map((rule) => rule.predicate)),
    ),
    column("_reason", text, came),
    column("_row", text, came),
    column("_source", text),
    column("_quarantined_at", timestamp),
    column("_update_id", text),
  ]);
}

/** The rules that quarantine a row. */
export function quarantining({ settings }: TableNode): TableSettings["expectations"] {
  return settings.expectations.filter((rule) => rule.action === "quarantine");
}

/** The declared columns of the files that a table reads: a row that cannot be read is quarantined as text. */
export function quotedColumns(table: TableNode): readonly ColumnFacts[] {
  return tableQueries(table).flatMap((query) => (isFileSource(query) ? query.declared : []));
}

/** What is counted of each rule. How good a table is says nothing of a person: counts of rules carry no labels. */
export const EXPECTATION_COLUMNS: readonly StoredColumn[] = freeze([
  column("rule", text),
  column("action", text),
  column("passed", primitive("bigint")),
  column("failed", primitive("bigint")),
]);

/** The labels that keep a column out of gold. */
export function personalLabels({ labels }: { readonly labels: readonly string[] }): readonly string[] {
  return labels.length === 0 ? labels : labels.filter((label) => label !== "pseudonym");
}
