/** Makes the nodes of change events and snapshots. */

import type { ExprNode } from "../ast/expr.ts";
import type { ChangesNode, NamedExpr, RelationNode, SnapshotsNode } from "../ast/relation.ts";
import { checkColumnNames } from "../ast/reserved.ts";
import { sealed } from "../ast/sealed.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import type { Place } from "./exprs.ts";
import { factsOf } from "./relations.ts";

/** What is stored: the part that changes and snapshots share. */
export interface TargetParts {
  readonly keys: readonly string[];
  readonly items: readonly NamedExpr[];
  readonly trackHistory?: readonly string[];
}

interface ChangeParts extends TargetParts {
  readonly sequence: ExprNode;
  readonly deleteWhen?: ExprNode | undefined;
  readonly truncateWhen?: ExprNode | undefined;
  readonly ignoreNullUpdates?: readonly string[] | undefined;
}

function targetOf(input: RelationNode, { keys, items, trackHistory }: TargetParts, at: Place) {
  const columns = factsOf(items, at, input.columns);
  checkColumnNames(
    columns.map((c) => c.name),
    ["changes"],
    at,
  );
  return { keys, items, columns, ...(trackHistory && { trackHistory }) };
}

function targetKey(input: RelationNode, { keys, items, trackHistory }: TargetParts): string {
  return `${input.id}:${keys.join()}:${items.map((i) => `${i.name}=${i.expr.id}`).join()}:${trackHistory?.join()}`;
}

export function changesNode(input: RelationNode, parts: ChangeParts, at: Place): ChangesNode {
  const { sequence, deleteWhen, truncateWhen, ignoreNullUpdates: ignored } = parts;
  const target = targetOf(input, parts, at);
  const content = `changes:${targetKey(input, parts)}:${sequence.id}:${deleteWhen?.id}:${truncateWhen?.id}:${ignored?.join()}`;
  const node = {
    kind: "changes",
    input,
    sequence,
    ...target,
    ...(deleteWhen && { deleteWhen }),
    ...(truncateWhen && { truncateWhen }),
    ...(ignored && { ignoreNullUpdates: ignored }),
  } as const;
  return sealed<ChangesNode>(node, content, at);
}

export function snapshotsNode(
  input: RelationNode,
  parts: TargetParts & { readonly version?: ExprNode | undefined },
  at: Place,
): SnapshotsNode {
  const { version } = parts;
  if (version && version.kind !== "aggregate") {
    throw mistake(at, say("AGG001:version"));
  }
  const node = { kind: "snapshots", input, ...targetOf(input, parts, at), ...(version && { version }) } as const;
  return sealed<SnapshotsNode>(node, `snapshots:${targetKey(input, parts)}:${version?.id}`, at);
}
