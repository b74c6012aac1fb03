/** Measures: what must not be summed, and units that must not be added. */
import type { Additivity, ExprNode } from "../../ast/expr.ts";
import { relationSteps, tableQueries } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { UnionNode } from "../../ast/relation.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { finding, type Rule } from "../rule.ts";
import { allExprs } from "../walk.ts";

const WHY: Readonly<Record<Exclude<Additivity, "additive">, readonly [message: string, help: string]>> = {
  "fanned-out": [
    "a column that a join or a window repeated must not be summed",
    "aggregate it before the join, use lookup(), or say acknowledgeFanOut()",
  ],
  "semi-additive": ["a balance must not be summed over time", "take lastBy(time) of each account first"],
  "non-additive": [
    "an average, a ratio, an extreme or a distinct count must not be summed",
    "aggregate its parts instead",
  ],
};

/** METRIC001: only what is additive is summed. */
export const onlyAdditiveSums: Rule = ({ pipeline }) =>
  pipeline.tables.flatMap((table) =>
    allExprs(table).flatMap((expr) => {
      const summed =
        (expr.kind === "aggregate" || expr.kind === "window") && expr.fn === "sum" ? expr.args[0] : undefined;
      if (!summed || summed.additivity === "additive") return [];
      const [message, help] = WHY[summed.additivity];
      return [
        finding(table, {
          code: "METRIC001",
          message,
          help,
          at: expr.at,
          ...(summed.kind === "column" && { column: summed.name }),
        }),
      ];
    }),
  );

const SAME_UNIT = new Set([
  ...["plus", "minus", "eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe", "between", "in"],
  ...["coalesce", "nullIf", "greatest", "least"],
]);

/** METRIC002: only numbers of one unit are added, compared and put into one column. */
export const oneUnit: Rule = ({ pipeline }) =>
  pipeline.tables.flatMap((table) => [
    ...allExprs(table).flatMap((expr) => mixed(table, unitsOf(valuesOfOneUnit(expr)), expr.at)),
    ...tableQueries(table)
      .flatMap(relationSteps)
      .flatMap((step) => (step.kind === "union" ? mixedColumns(table, step) : [])),
  ]);

function valuesOfOneUnit(expr: ExprNode): readonly ExprNode[] {
  if (expr.kind === "case") return [...expr.branches.map((branch) => branch.value), expr.otherwise];
  return expr.kind === "call" && SAME_UNIT.has(expr.fn) ? expr.args : [];
}

/** A constant takes the unit of what it meets. */
function unitsOf(values: readonly ExprNode[]): readonly string[] {
  return values.filter((value) => value.kind !== "literal").map((value) => value.unit);
}

function mixedColumns(table: TableNode, union: UnionNode): readonly Diagnostic[] {
  return union.columns.flatMap(({ name }) => {
    const columns = union.inputs.flatMap((input) => input.columns.filter((column) => column.name === name));
    const units = columns.map((column) => column.unit);
    return mixed(table, units, union.at, name);
  });
}

function mixed(
  table: TableNode,
  units: readonly string[],
  at: string | undefined,
  column?: string,
): readonly Diagnostic[] {
  const names = [...new Set(units)].map((unit) => unit || "a number without a unit");
  if (names.length < 2) return [];
  return [
    finding(table, {
      code: "METRIC002",
      message: `${names.join(" and ")} must not be added or compared`,
      help: "convert() one of them first",
      at,
      ...(column !== undefined && { column }),
    }),
  ];
}
