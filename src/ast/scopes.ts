/** Takes tables apart into the expressions that stand in them. */

import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import type { ExprNode } from "./expr.ts";
import { tableChanges, tableSteps } from "./inputs.ts";
import type { TableNode } from "./pipeline.ts";
import type { ChangesNode, ColumnFacts, RelationNode, SnapshotsNode } from "./relation.ts";
import { subexpressions } from "./walk.ts";

/** An expression with the columns that it may name: of the one input, or of both sides of a join. */
export interface Scope {
  readonly expr: ExprNode;
  readonly sides: readonly [readonly ColumnFacts[], readonly ColumnFacts[]];
  /** The relations whose columns they are. */
  readonly inputs: readonly RelationNode[];
  readonly at: string | undefined;
}

const NONE: readonly ColumnFacts[] = [];

/** Expressions over the same columns. */
const scopes = (exprs: readonly ExprNode[], { sides, inputs, at }: Omit<Scope, "expr">): readonly Scope[] =>
  exprs.map((expr) => ({ expr, sides, inputs, at: expr.at ?? at }));

/** The top expressions of one step. */
function stepScopes(step: RelationNode): readonly Scope[] {
  const one = (input: RelationNode, exprs: readonly ExprNode[]) =>
    scopes(exprs, { sides: [input.columns, NONE], inputs: [input], at: step.at });
  const two = ({ left, right }: { left: RelationNode; right: RelationNode }, exprs: readonly ExprNode[]) =>
    scopes(exprs, { sides: [left.columns, right.columns], inputs: [left, right], at: step.at });
  switch (step.kind) {
    case "source":
    case "table":
    case "union":
      return [];
    case "where":
      return one(step.input, [step.predicate]);
    case "project":
      return one(
        step.input,
        step.items.map((i) => i.expr),
      );
    case "aggregate":
      return one(
        step.input,
        [...step.groups, ...step.measures].map((i) => i.expr),
      );
    case "dedupe":
      return one(step.input, [...step.keys, ...step.orderBy.map((o) => o.expr)]);
    case "limit":
      return one(
        step.input,
        step.orderBy.map((o) => o.expr),
      );
    case "join":
      return two(step, [step.on, ...step.items.map((i) => i.expr)]);
    case "lookup":
      return two(step, [...step.on, ...step.items.map((i) => i.expr)]);
    case "asOfJoin":
      return two(step, [step.on, step.time, ...step.items.map((i) => i.expr)]);
  }
}

/** Every top expression of a table, with what it may name. Not kept: most are columns that pass on. */
export function tableScopes(table: TableNode): readonly Scope[] {
  const own = tableSteps(table).flatMap(stepScopes);
  const inputs = table.kind === "query" && table.settings.flows.length === 0 ? [table.query] : [];
  const rules = table.settings.expectations.map(
    (e): Scope => ({ expr: e.predicate, sides: [table.columns, NONE], inputs, at: e.at }),
  );
  if (table.kind === "query") return [...own, ...rules];
  const changes = tableChanges(table);
  return [...own, ...rules, ...changes.flatMap((c) => changeScopes(c, table.at))];
}

function changeScopes(changes: ChangesNode | SnapshotsNode, at: string | undefined): readonly Scope[] {
  const { input, items } = changes;
  const ordered =
    changes.kind === "changes" ? [changes.sequence, changes.deleteWhen, changes.truncateWhen] : [changes.version];
  const exprs = [...ordered.filter((e) => e !== undefined), ...items.map((i) => i.expr)];
  return scopes(exprs, { sides: [input.columns, NONE], inputs: [input], at });
}

/** The top expressions that are no columns: most of those of a wide table only pass one on. */
export const madeScopes = oncePer((table: TableNode): readonly Scope[] =>
  freeze(tableScopes(table).filter(({ expr }) => expr.kind !== "column")),
);

const isComputed = ({ kind }: ExprNode): boolean => kind !== "column" && kind !== "literal" && kind !== "param";

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
  freeze(tableScopes(table).flatMap((scope) => subexpressions(scope.expr))),
);
