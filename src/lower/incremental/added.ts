/** Exactly the rows that a query gains where its tables only gained rows, as often as it gains each. */
import { relationSteps } from "../../ast/inputs.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { exprsOf, windowsIn } from "../../ast/walk.ts";
import { otherRowsNode } from "../../nodes/relations.ts";
import { asUnited, type ChangedTables } from "./parts.ts";

/** `undefined` where other rows may differ as well: a row that was there changes, or is not there any more. */
export function addedRows(node: RelationNode, tables: ChangedTables): RelationNode | undefined {
  const differs = (input: RelationNode) => readsAny(input, tables);
  switch (node.kind) {
    case "table":
      return tables.get(node.table)?.removed === false ? otherRowsNode("added", node) : undefined;
    case "where": {
      if (windowsIn([node.predicate]).length > 0) return undefined;
      const input = addedRows(node.input, tables);
      return input && { ...node, input };
    }
    case "project": {
      if (windowsIn(exprsOf(node.items)).length > 0) return undefined;
      const input = addedRows(node.input, tables);
      return input && { ...node, input };
    }
    case "union": {
      const inputs = node.inputs.filter(differs).map((input) => addedRows(input, tables));
      const found = inputs.flatMap((input) => input ?? []).map((rows) => asUnited(rows, node));
      return found.length === inputs.length ? { ...node, inputs: found } : undefined;
    }
    case "join":
    case "lookup":
    case "asOfJoin": {
      if (node.kind === "join" && (node.type === "full" || windowsIn(exprsOf(node.items)).length > 0)) return undefined;
      const [inLeft, inRight] = [differs(node.left), differs(node.right)];
      if (!inRight) {
        const left = addedRows(node.left, tables);
        return left && { ...node, left };
      }
      if (inLeft || node.kind !== "join" || node.type !== "inner") return undefined;
      const right = addedRows(node.right, tables);
      return right && { ...node, right };
    }
    case "source":
    case "aggregate":
    case "dedupe":
    case "limit":
      return undefined;
  }
}

/** Whether a query reads a table that has changed. */
export function readsAny(query: RelationNode, tables: ChangedTables): boolean {
  return relationSteps(query).some((step) => step.kind === "table" && tables.has(step.table));
}
