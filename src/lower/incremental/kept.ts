/**
 * Views of which the rows that they have tell all that is to be known of those that they were made of: the first row of each
 * key, or of all, and groups whose measures add up. Where their inputs only gained rows, they are made of the rows that the
 * view has and of those that came.
 */
import { relationSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { AggregateStepNode, ColumnFacts, DedupeNode, LimitNode, RelationNode } from "../../ast/relation.ts";
import { exprsOf, windowsIn } from "../../ast/walk.ts";
import { aggregateNode } from "../../nodes/exprs.ts";
import { aggregateStepNode, otherRowsNode, unionNode } from "../../nodes/relations.ts";
import { addedRows } from "./added.ts";
import { columnOf, mergingOf, ofType } from "./partials.ts";
import { type ChangedTables, isKeyType, isRowLocal } from "./parts.ts";

export interface Kept {
  /** The columns of the view by which its rows are found again; none: all of them. */
  readonly keys: readonly ColumnFacts[];
  /** `undefined` where rows went as well. */
  readonly again: (tables: ChangedTables) => Again | undefined;
}

interface Again {
  /** The rows of the keys, of those that the view had of them (`outdated`). */
  readonly rows: RelationNode;
  /** The keys with what came of each, which `rows` reads as well (`keys`); absent: the keys are looked for. */
  readonly came?: RelationNode;
}

/** `query` with total orders: which row is kept must not depend on the others. */
export function keptOf(query: RelationNode, table: TableNode): Kept | undefined {
  // Of a row that a rule left out the view knows nothing.
  if (table.settings.expectations.some(({ action }) => action === "drop" || action === "quarantine")) return undefined;
  if (query.kind === "aggregate") return ofGroups(query, table);
  return query.kind === "dedupe" || query.kind === "limit" ? ofSome(query, table) : undefined;
}

function ofSome(query: DedupeNode | LimitNode, { name }: TableNode): Kept | undefined {
  const keys = query.kind === "limit" ? [] : query.keys.flatMap((key) => columnsNamed(query, key));
  if (query.kind === "dedupe" && keys.length < query.keys.length) return undefined;
  return {
    keys,
    again: (tables) => {
      const added = addedRows(query.input, tables);
      if (!added) return undefined;
      const outdated = otherRowsNode("outdated", { table: name, columns: query.columns, at: query.at });
      return { rows: { ...query, input: unionNode([outdated, added], query.at) } };
    },
  };
}

/** One row over a whole table is made as quickly of all its rows. */
function ofGroups(query: AggregateStepNode, { name: table }: TableNode): Kept | undefined {
  const { groups, measures, columns, at } = query;
  const keys = columns.slice(0, groups.length);
  if (keys.length === 0 || !keys.every((key) => isKeyType(key.type))) return undefined;
  if (relationSteps(query.input).some((step) => step.kind === "aggregate")) return undefined;
  const merged = measures.flatMap(({ name, expr }) => {
    const merge = expr.kind === "aggregate" ? mergingOf(expr) : undefined;
    const whole = merge && aggregateNode(merge, [columnOf(columns, name)], {}, undefined);
    return whole ? [{ name, expr: ofType(whole, expr.type) }] : [];
  });
  if (merged.length < measures.length || windowsIn(exprsOf(groups)).length > 0) return undefined;
  const all = (["outdated", "keys"] as const).map((of) => otherRowsNode(of, { table, columns, at }));
  const same = keys.map(({ name }) => ({ name, expr: columnOf(columns, name) }));
  const rows = { ...aggregateStepNode(unionNode(all, at), same, merged, at), columns };
  return {
    keys,
    again: (tables) => {
      const added = addedRows(query.input, tables);
      return added && { rows, came: { ...aggregateStepNode(added, groups, measures, at), columns } };
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
