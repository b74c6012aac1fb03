/**
 * Views that keep some rows of many: the first of each key, or of all. Where their inputs only gained rows, those are among
 * the rows that the view has and those that came.
 */
import { relationSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ColumnFacts, RelationNode } from "../../ast/relation.ts";
import { otherRowsNode, unionNode } from "../../nodes/relations.ts";
import { addedRows } from "./added.ts";
import { type ChangedTables, isKeyType, isRowLocal } from "./parts.ts";

export interface Kept {
  /** The columns of the view by which its rows are found again; none: all of them. */
  readonly keys: readonly ColumnFacts[];
  /** The rows of the keys, of those that the view had of them (`outdated`); `undefined` where rows went as well. */
  readonly rows: (tables: ChangedTables) => RelationNode | undefined;
}

/** `query` with total orders: which row is kept must not depend on the others. */
export function keptOf(query: RelationNode, { name, settings }: TableNode): Kept | undefined {
  if (query.kind !== "dedupe" && query.kind !== "limit") return undefined;
  // Of a row that a rule left out the view knows nothing.
  if (settings.expectations.some(({ action }) => action === "drop" || action === "quarantine")) return undefined;
  const keys = query.kind === "limit" ? [] : query.keys.flatMap((key) => columnsNamed(query, key));
  if (query.kind === "dedupe" && keys.length < query.keys.length) return undefined;
  return {
    keys,
    rows: (tables) => {
      const added = addedRows(query.input, tables);
      if (!added) return undefined;
      const outdated = otherRowsNode("outdated", { table: name, columns: query.columns, at: query.at });
      return { ...query, input: unionNode([outdated, added], query.at) };
    },
  };
}

/**
 * A query that keeps the first row of each key of what single rows of one table give. Where no key has two rows, it is its
 * input.
 */
export function isFirstOfRows(query: RelationNode): boolean {
  if (query.kind !== "dedupe" || !query.keys.every((key) => key.kind === "column")) return false;
  // DuckDB sorts a negative zero as a zero, and gives what it has sorted.
  if (!query.columns.every((column) => isKeyType(column.type))) return false;
  return relationSteps(query.input).every(isRowLocal);
}

function columnsNamed(
  { columns }: RelationNode,
  key: { readonly kind: string; readonly name?: string },
): readonly ColumnFacts[] {
  return columns.filter((column) => key.kind === "column" && column.name === key.name && isKeyType(column.type));
}
