/** What a table reads. */
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import type { ExprNode } from "./expr.ts";
import type { TableNode } from "./pipeline.ts";
import type { ChangesNode, RelationNode, SnapshotsNode } from "./relation.ts";
import { mapped, replaced } from "./walk.ts";

/** The relations directly under a relation. */
function relationInputs(node: RelationNode): readonly RelationNode[] {
  switch (node.kind) {
    case "source":
    case "table":
      return [];
    case "union":
      return node.inputs;
    case "join":
    case "lookup":
    case "asOfJoin":
      return [node.left, node.right];
    case "where":
    case "project":
    case "aggregate":
    case "dedupe":
    case "limit":
      return [node.input];
  }
}

/** Replaces every input by `change(input)`. Nothing is made where nothing changes. */
export function withInputs(node: RelationNode, change: (input: RelationNode) => RelationNode): RelationNode {
  switch (node.kind) {
    case "source":
    case "table":
      return node;
    case "union":
      return replaced(node, { inputs: mapped(node.inputs, change) });
    case "join":
    case "lookup":
    case "asOfJoin":
      return replaced(node, { left: change(node.left), right: change(node.right) });
    case "where":
    case "project":
    case "aggregate":
    case "dedupe":
    case "limit":
      return replaced(node, { input: change(node.input) });
  }
}

/** A relation and all relations under it, the inputs first. */
export const relationSteps = oncePer((node: RelationNode): readonly RelationNode[] =>
  freeze([...relationInputs(node).flatMap(relationSteps), node]),
);

/** The queries that write into a table: its own, then those of its flows. */
export function tableQueries(table: TableNode): readonly RelationNode[] {
  return table.kind === "query"
    ? [table.query, ...table.settings.flows.map((flow) => flow.query)]
    : tableChanges(table).map((changes) => changes.input);
}

/** What is applied to a change target: its own events or snapshots, then the events of its flows. Another table has none. */
export function tableChanges(table: TableNode): readonly (ChangesNode | SnapshotsNode)[] {
  return table.kind === "query" ? [] : [table.changes, ...table.changeFlows.map((flow) => flow.changes)];
}

/** What orders events or snapshots, and tells which events delete. */
export function exprsOfChanges(changes: ChangesNode | SnapshotsNode): readonly ExprNode[] {
  const exprs =
    changes.kind === "changes" ? [changes.sequence, changes.deleteWhen, changes.truncateWhen] : [changes.version];
  return exprs.filter((expr) => expr !== undefined);
}

/** All relations in the queries of a table. */
export const tableSteps = oncePer((table: TableNode): readonly RelationNode[] =>
  freeze(tableQueries(table).flatMap(relationSteps)),
);

/** Names of the tables that a table reads, each once, in the order of first use. */
export const tableInputs = oncePer((table: TableNode): readonly string[] => {
  const names = tableSteps(table).flatMap((step) => (step.kind === "table" ? [step.table] : []));
  return freeze([...new Set(names)]);
});

/** The query with one of its steps replaced. */
export const replacedStep = (node: RelationNode, step: RelationNode, by: RelationNode): RelationNode =>
  node === step ? by : withInputs(node, (input) => replacedStep(input, step, by));
