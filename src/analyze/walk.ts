/** Takes tables apart into the expressions that stand in them. */
import { match } from "ts-pattern";
import type { ExprNode } from "../ast/expr.ts";
import { relationSteps, tableQueries } from "../ast/inputs.ts";
import { children } from "../ast/kind.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { ChangesNode, ColumnFacts, RelationNode, SnapshotsNode } from "../ast/relation.ts";

/** An expression with the columns that it may name: of the one input, or of both sides of a join. */
export interface Scope {
  readonly expr: ExprNode;
  readonly sides: readonly [readonly ColumnFacts[], readonly ColumnFacts[]];
  readonly at: string | undefined;
}

const NONE: readonly ColumnFacts[] = [];

/** The top expressions of one step. */
export function stepScopes(step: RelationNode): readonly Scope[] {
  const one = (input: RelationNode, exprs: readonly ExprNode[]): readonly Scope[] =>
    exprs.map((expr) => ({ expr, sides: [input.columns, NONE], at: expr.at ?? step.at }));
  const two = (n: { left: RelationNode; right: RelationNode }, exprs: readonly ExprNode[]): readonly Scope[] =>
    exprs.map((expr) => ({ expr, sides: [n.left.columns, n.right.columns], at: expr.at ?? step.at }));
  return match(step)
    .with({ kind: "source" }, { kind: "table" }, { kind: "union" }, () => [])
    .with({ kind: "where" }, (n) => one(n.input, [n.predicate]))
    .with({ kind: "project" }, (n) =>
      one(
        n.input,
        n.items.map((i) => i.expr),
      ),
    )
    .with({ kind: "aggregate" }, (n) =>
      one(
        n.input,
        [...n.groups, ...n.measures].map((i) => i.expr),
      ),
    )
    .with({ kind: "dedupe" }, (n) => one(n.input, [...n.keys, ...n.orderBy.map((o) => o.expr)]))
    .with({ kind: "limit" }, (n) =>
      one(
        n.input,
        n.orderBy.map((o) => o.expr),
      ),
    )
    .with({ kind: "join" }, (n) => two(n, [n.on, ...n.items.map((i) => i.expr)]))
    .with({ kind: "lookup" }, (n) => two(n, [...n.on, ...n.items.map((i) => i.expr)]))
    .with({ kind: "asOfJoin" }, (n) => two(n, [n.on, n.time, ...n.items.map((i) => i.expr)]))
    .exhaustive();
}

const known = new WeakMap<TableNode, readonly Scope[]>();

/** Every top expression of a table, with what it may name. Several rules ask: it is worked out once. */
export function tableScopes(table: TableNode): readonly Scope[] {
  const before = known.get(table);
  if (before) return before;
  const scopes = Object.freeze([...scopesOf(table)]);
  known.set(table, scopes);
  return scopes;
}

function scopesOf(table: TableNode): readonly Scope[] {
  const own = tableQueries(table).flatMap(relationSteps).flatMap(stepScopes);
  const rules = table.settings.expectations.map(
    (e): Scope => ({ expr: e.predicate, sides: [table.columns, NONE], at: e.at }),
  );
  if (table.kind === "query") return [...own, ...rules];
  const changes = [table.changes, ...table.changeFlows.map((flow) => flow.changes)];
  return [...own, ...rules, ...changes.flatMap((c) => changeScopes(c, table.at))];
}

function changeScopes(changes: ChangesNode | SnapshotsNode, at: string | undefined): readonly Scope[] {
  const { input, items } = changes;
  const ordered =
    changes.kind === "changes" ? [changes.sequence, changes.deleteWhen, changes.truncateWhen] : [changes.version];
  const exprs = [...ordered.filter((e) => e !== undefined), ...items.map((i) => i.expr)];
  return exprs.map((expr): Scope => ({ expr, sides: [input.columns, NONE], at: expr.at ?? at }));
}

/** Every expression of a table, at any depth. */
export function allExprs(table: TableNode): readonly ExprNode[] {
  return tableScopes(table).flatMap((scope) => children(scope.expr));
}
