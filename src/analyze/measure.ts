/** What is known of measures: what repeated rows do to them, and of which time the rows under them are. */
import type { AggregateNode, CallNode, WindowNode } from "../ast/expr.ts";
import type { RelationNode } from "../ast/relation.ts";
import { specOf } from "../functions/index.ts";
import type { Weight } from "../functions/spec.ts";
import type { RuleContext } from "./rule.ts";

/** What repeated rows do to an aggregate. */
export function weightOf(expr: CallNode | AggregateNode | WindowNode): Weight {
  const spec = specOf(expr);
  return spec?.kind === "aggregate" ? spec.weighs : "nothing";
}

type Tables = RuleContext["tables"];

/**
 * Whether a column of time is the time of its rows, as a source has it or as they were grouped by. One that a step computed,
 * such as the month of a day, is the same for rows of several times.
 */
export function isOwnTime(
  node: RelationNode,
  column: string,
  tables: Tables,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  const of = (input: RelationNode, name: string) => isOwnTime(input, name, tables, seen);
  switch (node.kind) {
    case "source":
      return true;
    case "table": {
      const table = tables.get(node.table);
      if (!table || seen.has(node.table)) return true;
      const query = table.kind === "query" ? table.query : table.changes.input;
      return isOwnTime(query, column, tables, new Set([...seen, node.table]));
    }
    case "where":
    case "dedupe":
    case "limit":
      return of(node.input, column);
    case "union":
      return node.inputs.every((input) => of(input, column));
    case "aggregate":
      return true;
    case "project":
    case "join":
    case "lookup":
    case "asOfJoin": {
      const expr =
        node.kind === "join" && node.items.length === 0
          ? undefined
          : node.items.find((item) => item.name === column)?.expr;
      if (!expr) return node.kind === "join" && of(node.left, column);
      const sides = node.kind === "project" ? [node.input] : [node.left, node.right];
      const side = expr.kind === "column" ? sides[expr.side] : undefined;
      return side !== undefined && expr.kind === "column" && of(side, expr.name);
    }
  }
}
