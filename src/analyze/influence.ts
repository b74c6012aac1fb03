/** What decides which rows of a table are there: every condition, order and match, whatever step or setting holds it. */
import type { ExprNode } from "../ast/expr.ts";
import { tableChanges, tableSteps } from "../ast/inputs.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { ChangesNode, JoinNode, RelationNode, SnapshotsNode } from "../ast/relation.ts";
import { conjuncts } from "../ast/walk.ts";
import { EXPECTATION_METHODS } from "../settings/expectations.ts";

/** An expression that decides over rows. */
export interface Influence {
  readonly expr: ExprNode;
  /** The method that it was given to: `where()`. */
  readonly how: string;
  /** Rows of two relations are matched by it. */
  readonly matches?: true;
  readonly at: string | undefined;
}

/** The influences in a table: those of the tables that it reads are theirs. */
export function influencesOnRows(table: TableNode): readonly Influence[] {
  const steps = tableSteps(table).flatMap(ofStep);
  const rules = table.settings.expectations
    .filter(({ action }) => action === "drop" || action === "quarantine")
    .flatMap(({ predicate, action, name, at }) => all([predicate], `${EXPECTATION_METHODS[action]} "${name}"`, at));
  if (table.kind === "query") return [...steps, ...rules];
  const changes = tableChanges(table);
  return [...steps, ...rules, ...changes.flatMap(ofChanges)];
}

const all = (exprs: readonly (ExprNode | undefined)[], how: string, at: string | undefined): readonly Influence[] =>
  exprs
    .filter((expr) => expr !== undefined)
    .flatMap(conjuncts)
    .map((expr) => ({ expr, how, at: expr.at ?? at }));

/** What a join keeps of rows that match nothing decides; an outer join keeps them. */
const FILTERING = {
  inner: "join()",
  semi: "semiJoin()",
  anti: "antiJoin()",
  left: undefined,
  full: undefined,
} as const;

function ofStep(step: RelationNode): readonly Influence[] {
  switch (step.kind) {
    case "where":
      return all([step.predicate], "where()", step.at);
    case "join":
      return ofJoin(step);
    case "dedupe":
      return all(
        step.orderBy.map((order) => order.expr),
        "the order of dedupe()",
        step.at,
      );
    case "limit":
      return all(
        step.orderBy.map((order) => order.expr),
        "orderBy().limit()",
        step.at,
      );
    case "source":
    case "table":
    case "union":
    case "project":
    // A filter of an aggregate labels its value, and a group is a value.
    case "aggregate":
    case "lookup":
    case "asOfJoin":
      return [];
  }
}

function ofJoin({ type, on, at }: JoinNode): readonly Influence[] {
  const how = FILTERING[type];
  return how === undefined ? [] : all([on], how, at).map((one) => ({ ...one, matches: true }));
}

function ofChanges(changes: ChangesNode | SnapshotsNode): readonly Influence[] {
  if (changes.kind === "snapshots") return all([changes.version], "version", changes.at);
  return [
    ...all([changes.sequence], "sequenceBy", changes.at),
    ...all([changes.deleteWhen], "deleteWhen", changes.at),
    ...all([changes.truncateWhen], "truncateWhen", changes.at),
  ];
}
