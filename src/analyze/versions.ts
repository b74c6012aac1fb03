/** Whether a table that reads a history tells of its versions: how many there are, and since when. */
import type { ExprNode } from "../ast/expr.ts";
import { tableQueries, tableSteps } from "../ast/inputs.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { RelationNode } from "../ast/relation.ts";
import { computedScopes } from "../ast/scopes.ts";
import { columnsIn, conjuncts, derivation } from "../ast/walk.ts";

const isTime = ({ name }: { readonly name: string }) => name === "__START_AT" || name === "__END_AT";

/** `passes`: it has the times of versions as they are, which its readers may look at. */
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
  expr.args.every((arg) => arg.kind === "column" && arg.name === "__END_AT");

/** Whether values are made of the times of versions, under another name as well. */
function usesTimes(table: TableNode): boolean {
  const computed = computedScopes(table).some(({ expr }) =>
    conjuncts(expr).some((part) => !holdsNow(part) && columnsIn([part]).some(isTime)),
  );
  const passed = tableSteps(table).flatMap((step) => derivation(step).items ?? []);
  return computed || passed.some(({ name, expr }) => expr.kind === "column" && isTime(expr) && expr.name !== name);
}
