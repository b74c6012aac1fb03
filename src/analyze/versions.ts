/** The versions of a history: what reads all of them, which columns hold their times, and whether a table tells of them. */
import type { ExprNode } from "../ast/expr.ts";
import { tableQueries, tableSteps } from "../ast/inputs.ts";
import type { TableNode, TablesByName } from "../ast/pipeline.ts";
import type { RelationNode } from "../ast/relation.ts";
import { computedScopes } from "../ast/scopes.ts";
import { END_AT, VERSION_TIMES } from "../ast/stored.ts";
import { columnsIn, conjuncts, derivation } from "../ast/walk.ts";
import { traceColumn } from "./trace.ts";

const isTime = ({ name }: { readonly name: string }): boolean => VERSION_TIMES.includes(name);

/** The history that is read with all of its versions, also by a table that copies it and declares no key. */
export function versionsOf(relation: RelationNode, tables: TablesByName): string | undefined {
  if (relation.kind === "table") {
    const table = tables.get(relation.table);
    if (table?.kind === "scd2") return relation.table;
    if (table?.kind !== "query" || table.settings.key) return undefined;
    return versionsOf(table.query, tables);
  }
  if (relation.kind === "project") return versionsOf(relation.input, tables);
  // Its rows are those of the left side.
  if (relation.kind === "lookup" || relation.kind === "asOfJoin") return versionsOf(relation.left, tables);
  if (relation.kind !== "where") return undefined;
  const timed = columnsIn([relation.predicate]).some(({ name }) => isVersionTime(relation.input, name, tables));
  return timed ? undefined : versionsOf(relation.input, tables);
}

/** Whether a column is a time of a version, or is worked out of one: "is it the current one". */
export const isVersionTime = (input: RelationNode, column: string, tables: TablesByName): boolean =>
  versionTimesIn(input, column, tables).length > 0;

/** The times of a version that a column has under another name, or is worked out of, in one step or several. */
export function versionTimesIn(
  input: RelationNode | undefined,
  column: string,
  tables: TablesByName,
  seen = new Map<RelationNode, Set<string>>(),
): readonly string[] {
  if (VERSION_TIMES.includes(column)) return [column];
  // A value may be made of two that are made of the same, step after step.
  const names = (input && seen.get(input)) ?? new Set();
  if (!input || names.has(column)) return [];
  seen.set(input, names.add(column));
  return traceColumn(input, column, tables).flatMap(({ column: name, made, of }) => {
    if (VERSION_TIMES.includes(name)) return [name];
    return columnsIn(made ? [made] : []).flatMap((c) => versionTimesIn(of?.[c.side], c.name, tables, seen));
  });
}

/**
 * Whether a table that reads a history tells how many versions there are, and since when. `passes`: it has the times of
 * versions as they are, which its readers may look at.
 */
export function tellsOfVersions(
  table: TableNode,
  { of, passes }: { readonly of: (input: string) => boolean; readonly passes: boolean },
): boolean {
  if (passes && table.columns.some(isTime)) return true;
  return tableQueries(table).some((query) => hasAllVersions(query, of)) || usesTimes(table);
}

/** The version of a time, and the one that holds now, are one row per key. */
function hasAllVersions(node: RelationNode, of: (input: string) => boolean): boolean {
  if (node.kind === "table") return of(node.table);
  if (node.kind === "asOfJoin") return hasAllVersions(node.left, of);
  if (node.kind === "where" && conjuncts(node.predicate).some(holdsNow)) return false;
  return derivation(node).inputs.some((input) => hasAllVersions(input, of));
}

/** Whether a condition asks for the version that holds now, which is one of each key. */
export const holdsNow = (expr: ExprNode): boolean =>
  expr.kind === "call" &&
  expr.fn === "isNull" &&
  expr.args.every((arg) => arg.kind === "column" && arg.name === END_AT);

/** Whether values are made of the times of versions, under another name as well. */
function usesTimes(table: TableNode): boolean {
  const computed = computedScopes(table).some(({ expr }) =>
    conjuncts(expr).some((part) => !holdsNow(part) && columnsIn([part]).some(isTime)),
  );
  const passed = tableSteps(table).flatMap((step) => derivation(step).items ?? []);
  return computed || passed.some(({ name, expr }) => expr.kind === "column" && isTime(expr) && expr.name !== name);
}
