/** What is known of measures: what repeated rows do to them, and of which time the rows under them are. */
import type { AggregateNode, CallNode, WindowNode } from "../ast/expr.ts";
import type { RelationNode } from "../ast/relation.ts";
import { type Derivation, derivation, itemOf } from "../ast/walk.ts";
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
  if (node.kind === "source" || node.kind === "aggregate") return true;
  if (node.kind === "table") {
    const table = tables.get(node.table);
    if (!table || seen.has(node.table)) return true;
    const within = new Set([...seen, node.table]);
    if (table.kind === "query") return isOwnTime(table.query, column, tables, within);
    const step = { inputs: [table.changes.input], items: table.changes.items };
    // The start and end of a version are made by its history: times of its rows.
    return itemOf(step, column) === undefined || comesFrom(step, column, tables, within);
  }
  return comesFrom(derivation(node), column, tables, seen);
}

function comesFrom(step: Derivation, column: string, tables: Tables, seen: ReadonlySet<string>): boolean {
  if (!step.items) return step.inputs.every((input) => isOwnTime(input, column, tables, seen));
  const expr = itemOf(step, column);
  const side = expr?.kind === "column" ? step.inputs[expr.side] : undefined;
  return side !== undefined && expr?.kind === "column" && isOwnTime(side, expr.name, tables, seen);
}
