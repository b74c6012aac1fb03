/** Measures: what must not be summed, and units that must not be added. */
import type { AggregateNode, CallNode, ExprNode, WindowNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import type { TableNode, TablesByName } from "../../ast/pipeline.ts";
import type { RelationNode, UnionNode } from "../../ast/relation.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { columnsIn, exprsOf, isConstant } from "../../ast/walk.ts";
import { replaceWord } from "../../core/replace-word.ts";
import { say } from "../../diagnostics/sentences.ts";
import { specOf } from "../../functions/index.ts";
import { calculates as isCalculation } from "../../functions/signature.ts";
import { isId } from "../../types/facts.ts";
import { isTime, type SqlType } from "../../types/types.ts";
import { isMadeOfRepeated, isRepeated } from "../fan-out.ts";
import { isAcknowledged, isOwnTime, measuresOf, weightOf } from "../measure.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** METRIC001: only what is additive is summed, and what was repeated is not averaged either. */
const onlyAdditiveSums = eachTable((table, { tables }) => {
  const balances = balancesOfOneTime(table, tables);
  const inputs = new Map<ExprNode, RelationNode>(measuresOf(table).map(({ expr, input }) => [expr, input]));
  return computedExprs(table).flatMap((expr) => {
    if (expr.kind !== "aggregate" && expr.kind !== "window") return [];
    const [summed] = expr.args;
    if (!summed || balances.has(expr) || isId(summed.unit)) return [];
    const weighs = weightOf(expr);
    if (weighs !== "sum" && weighs !== "mean") return [];
    const input = inputs.get(expr);
    const over = input ? [input] : [];
    const additivity = summed.additivity === "additive" ? unmarked(summed, over, tables) : summed.additivity;
    const fannedOut = additivity === "fanned-out";
    if (additivity === "additive" || (weighs === "mean" && !fannedOut)) return [];
    if (summed.additivity === "fanned-out" && !isRepeated(summed, over, tables)) return [];
    return [
      {
        ...say(`METRIC001:${additivity}`),
        at: expr.at,
        ...(summed.kind === "column" && { column: summed.name }),
        ...(fannedOut && replaceWord(expr.at, expr.fn, `acknowledgeFanOut().${expr.fn}`, { declares: true })),
      },
    ];
  });
});

/** What no mark tells of a number: it is made of what a join repeated. */
function unmarked(value: ExprNode, [input]: readonly RelationNode[], tables: TablesByName) {
  const repeated = input && isMadeOfRepeated(value, input, tables) && !isAcknowledged(value, input, tables);
  return repeated ? ("fanned-out" as const) : ("additive" as const);
}

/** Measures over groups of one time each, in which the balances of several accounts add up. */
function balancesOfOneTime(table: TableNode, tables: TablesByName): ReadonlySet<ExprNode> {
  const balances = tableSteps(table).flatMap((step) =>
    step.kind !== "aggregate"
      ? []
      : step.measures
          .filter(({ expr }) => expr.kind === "aggregate" && expr.args[0]?.additivity === "semi-additive")
          .filter(({ expr }) => {
            const values = columnsIn(expr.kind === "aggregate" ? expr.args.slice(0, 1) : []).map(({ name }) => name);
            return step.groups.some(
              (g) =>
                g.expr.kind === "column" &&
                isTime(g.expr.type) &&
                isOwnTime(step.input, { column: g.expr.name, values }, tables),
            );
          }),
  );
  return new Set(exprsOf(balances));
}

/** METRIC005: what identifies something is not calculated with. */
const identifiersAreNotNumbers = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    if (expr.kind !== "call" && expr.kind !== "aggregate" && expr.kind !== "window") return [];
    const id = calculates(expr) ? expr.args.find((arg) => isId(arg.unit)) : undefined;
    if (!id) return [];
    return [{ ...say("METRIC005:id"), at: expr.at, ...(id.kind === "column" && { column: id.name }) }];
  }),
);

/** Whether a call makes a number of the amounts in it. */
function calculates(expr: CallNode | AggregateNode | WindowNode): boolean {
  const spec = specOf(expr);
  return spec !== undefined && isCalculation(spec);
}

/** METRIC002, KEY006: only numbers of one unit are added, compared and put into one column, and only identifiers of one thing. */
const oneUnit = eachTable((table) => [
  ...computedExprs(table).flatMap((expr) => mixed(unitsOf(valuesOfOneUnit(expr)), expr.at)),
  ...tableSteps(table).flatMap((step) => (step.kind === "union" ? mixedColumns(step) : [])),
]);

function valuesOfOneUnit(expr: ExprNode): readonly ExprNode[] {
  // A cast that names a unit says what the number is in, and does not calculate.
  if (expr.kind === "cast") return expr.arg.unit === "" || expr.unit === "" ? [] : [expr.arg, expr];
  if (expr.kind === "case") return [...expr.branches.map((branch) => branch.value), expr.otherwise];
  if (expr.kind !== "call" || specOf(expr)?.unit !== "same") return [];
  return calculates(expr) && expr.args.some((arg) => isId(arg.unit)) ? [] : expr.args;
}

/** A constant gets the unit of what it meets, and so does a parameter. */
function unitsOf(values: readonly ExprNode[]): readonly string[] {
  return values.filter((value) => !isConstant(value) && value.kind !== "param").map((value) => value.unit);
}

function mixedColumns(union: UnionNode): readonly Finding[] {
  return union.columns.flatMap(({ name }) => {
    const columns = union.inputs.flatMap((input) => input.columns.filter((column) => column.name === name));
    const [first] = columns;
    const inFields = first && first.type.kind === "struct" ? mixedFields(columns, union.at, name) : [];
    return [
      ...mixed(
        columns.map((column) => column.unit),
        union.at,
        name,
      ),
      ...inFields,
    ];
  });
}

/** The units of a field of a struct, on each side. */
function mixedFields(
  columns: readonly { readonly type: SqlType }[],
  at: string | undefined,
  name: string,
): readonly Finding[] {
  const structs = columns.flatMap(({ type }) => (type.kind === "struct" ? [type.fields] : []));
  return (structs[0] ?? []).flatMap((_, i) => {
    const fields = structs.flatMap((all) => all[i] ?? []);
    const units = fields.map(({ unit = "" }) => unit);
    return [...mixed(units, at, name), ...mixedFields(fields, at, name)];
  });
}

function mixed(units: readonly string[], at: string | undefined, column?: string): readonly Finding[] {
  const different = [...new Set(units)];
  const ids = different.some(isId);
  const [first, second] = different.map(
    (unit) => unit || (ids ? "a value that identifies nothing" : "a number without a unit"),
  );
  if (first === undefined || second === undefined) return [];
  return [
    {
      ...say(ids ? "KEY006" : different.includes("") ? "METRIC002:plain" : "METRIC002", { first, second }),
      at,
      ...(column !== undefined && { column }),
    },
  ];
}

export const METRICS_RULES: readonly Rule[] = [onlyAdditiveSums, oneUnit, identifiersAreNotNumbers];
