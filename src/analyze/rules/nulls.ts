/** Rows that a null leaves out of a `where()`, though the condition reads as if they were kept. */
import type { ExprNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { WhereNode } from "../../ast/relation.ts";
import { columnsIn, conjuncts } from "../../ast/walk.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { finding, type Rule } from "../rule.ts";

/** EXPR006: what is not equal to a value is meant to hold for a null as well. A comparison for equality or order is not. */
export const nullsAreNotLeftOut: Rule = ({ pipeline }) =>
  pipeline.tables.flatMap((table) =>
    tableSteps(table).flatMap((step) => (step.kind === "where" ? leftOut(table, step) : [])),
  );

function leftOut(table: TableNode, { predicate, at }: WhereNode): readonly Diagnostic[] {
  const tested = testedIn(conjuncts(predicate));
  return conjuncts(predicate).flatMap((condition) => {
    const columns = negated(condition).flatMap(nullableColumns);
    const column = columns.find((name) => !tested.has(name));
    if (column === undefined) return [];
    return [
      finding(table, {
        code: "EXPR006",
        severity: "warning",
        message: `rows where "${column}" is null are left out: what compares with a null is not true`,
        help: "orElse(true) keeps them; whereNotNull() leaves them out and says so",
        at: condition.at ?? at,
        column,
      }),
    ];
  });
}

/** The negations in a condition that may be null. An `or()` that asks whether a column is null has thought of it. */
function negated(condition: ExprNode): readonly ExprNode[] {
  if (condition.kind !== "call" || !condition.nullable) return [];
  if (condition.fn === "ne" || condition.fn === "not") return [condition];
  if (condition.fn === "and") return condition.args.flatMap(negated);
  if (condition.fn !== "or") return [];
  const tested = testedIn(condition.args);
  return condition.args.flatMap(negated).filter((arg) => !nullableColumns(arg).some((name) => tested.has(name)));
}

const nullableColumns = (expr: ExprNode): readonly string[] =>
  columnsIn([expr]).flatMap((column) => (column.nullable ? [column.name] : []));

/** The columns that a condition asks for null. */
function testedIn(conditions: readonly ExprNode[]): ReadonlySet<string> {
  const tests = conditions.filter((c) => c.kind === "call" && (c.fn === "isNull" || c.fn === "isNotNull"));
  return new Set(columnsIn(tests).map((column) => column.name));
}
