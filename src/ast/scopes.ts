/** Takes tables apart into the expressions that stand in them. */

import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import type { ExprNode } from "./expr.ts";
import { exprsOfChanges, tableChanges, tableSteps } from "./inputs.ts";
import type { TableNode } from "./pipeline.ts";
import type { ChangesNode, ColumnFacts, RelationNode, SnapshotsNode } from "./relation.ts";
import { matchExprs } from "./sides.ts";
import { exprsOf, isComputed, subexpressions } from "./walk.ts";

/** What expressions may name: the columns of the one input, or of both sides of a join. */
interface Visible {
  readonly sides: readonly [readonly ColumnFacts[], readonly ColumnFacts[]];
  /** The relations whose columns they are. */
  readonly inputs: readonly RelationNode[];
  readonly at: string | undefined;
}

/** An expression with the columns that it may name. */
export interface Scope extends Visible {
  readonly expr: ExprNode;
}

/** Expressions that may name the same columns. */
export interface ScopeGroup extends Visible {
  readonly exprs: readonly ExprNode[];
}

interface Sides {
  readonly left: RelationNode;
  readonly right: RelationNode;
}

const NONE: readonly ColumnFacts[] = freeze([]);

/** The top expressions of one step. */
function stepGroups(step: RelationNode): readonly ScopeGroup[] {
  const one = (input: RelationNode, exprs: readonly ExprNode[]): readonly ScopeGroup[] => [
    { exprs, sides: [input.columns, NONE], inputs: [input], at: step.at },
  ];
  const two = ({ left, right }: Sides, exprs: readonly ExprNode[]): readonly ScopeGroup[] => [
    { exprs, sides: [left.columns, right.columns], inputs: [left, right], at: step.at },
  ];
  switch (step.kind) {
    case "source":
    case "table":
    case "union":
      return [];
    case "where":
      return one(step.input, [step.predicate]);
    case "project":
      return one(step.input, exprsOf(step.items));
    case "aggregate":
      return one(step.input, exprsOf([...step.groups, ...step.measures]));
    case "dedupe":
      return one(step.input, [...step.keys, ...exprsOf(step.orderBy)]);
    case "limit":
      return one(step.input, exprsOf(step.orderBy));
    case "join":
    case "lookup":
    case "asOfJoin":
      return two(step, [...matchExprs(step), ...exprsOf(step.items)]);
  }
}

/** Every top expression of a table, with what it may name. */
export const scopeGroups = oncePer((table: TableNode): readonly ScopeGroup[] => {
  const own = tableSteps(table).flatMap(stepGroups);
  const inputs = table.kind === "query" && table.settings.flows.length === 0 ? [table.query] : [];
  const rules = table.settings.expectations.map(
    (e): ScopeGroup => ({ exprs: [e.predicate], sides: [table.columns, NONE], inputs, at: e.at }),
  );
  const changes = tableChanges(table);
  return freeze([...own, ...rules, ...changes.map((c) => changeGroup(c, table.at))]);
});

function changeGroup(changes: ChangesNode | SnapshotsNode, at: string | undefined): ScopeGroup {
  const { input, items } = changes;
  const exprs = [...exprsOfChanges(changes), ...exprsOf(items)];
  return { exprs, sides: [input.columns, NONE], inputs: [input], at };
}

/** The top expressions that are not columns: most of those of a wide table only pass one on. */
export const madeScopes = oncePer((table: TableNode): readonly Scope[] =>
  freeze(
    scopeGroups(table).flatMap(({ exprs, sides, inputs, at }) =>
      exprs.flatMap((expr) => (expr.kind === "column" ? [] : { expr, sides, inputs, at: expr.at ?? at })),
    ),
  ),
);

/** The top expressions that are made of others. */
export const computedScopes = oncePer((table: TableNode): readonly Scope[] =>
  freeze(madeScopes(table).filter(({ expr }) => isComputed(expr))),
);

/** The expressions of a table that are made of others, at any depth. */
export const computedExprs = oncePer((table: TableNode): readonly ExprNode[] =>
  freeze(computedScopes(table).flatMap(({ expr }) => subexpressions(expr).filter(isComputed))),
);

/** Every expression of a table, at any depth. */
export const allExprs = oncePer((table: TableNode): readonly ExprNode[] =>
  freeze(scopeGroups(table).flatMap(({ exprs }) => exprs.flatMap(subexpressions))),
);
