/** Measures that say nothing of their groups, and measures over every version of a history. */

import type { AggregateNode, ExprNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import type { AggregateStepNode, JoinNode, RelationNode } from "../../ast/relation.ts";
import { VERSION_TIMES } from "../../ast/stored.ts";
import { columnNamesOf, columnsIn, exprsOf } from "../../ast/walk.ts";
import { functionSet } from "../../functions/index.ts";
import { hasOneRow, matchesOnce } from "../fan-out.ts";
import { isAcknowledged, measuresAre, weightOf } from "../measure.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";
import { isVersionTime, versionsOf } from "../versions.ts";

/** METRIC006, METRIC007: a measure says something of the rows of its group, and of each of them once. */
const measuresSaySomething = eachTable((table, { tables }) =>
  tableSteps(table).flatMap((step) => (step.kind === "aggregate" ? ofStep(step, tables) : [])),
);

function ofStep(step: AggregateStepNode, tables: TablesByName): readonly Finding[] {
  const aggregates = exprsOf(step.measures).filter((expr) => expr.kind === "aggregate");
  return [
    ...ofOneRow(step, tables),
    ...everyVersion(aggregates, step, tables),
    ...aggregates.flatMap((expr) => [...sameInGroup(expr, step, tables), ...unmatched(expr, step.input, tables)]),
  ];
}

/** Rows of a key are counted to find out whether it holds, and a balance is made an amount by the last of an account. */
function ofOneRow({ input, groups, measures }: AggregateStepNode, tables: TablesByName): readonly Finding[] {
  const names = columnNamesOf(exprsOf(groups));
  const weighed = exprsOf(measures)
    .filter((expr) => expr.kind === "aggregate")
    .find((expr) => isOfSeveral(expr) && expr.args[0]?.additivity !== "semi-additive");
  if (names.length === 0 || !weighed || !hasOneRow(input, names, tables)) return [];
  return [
    warning({
      code: "METRIC006",
      message: `each group has one row: ${names.join(", ")} tell${names.length === 1 ? "s" : ""} all rows apart, so ${weighed.fn}() is of one value`,
      help: "group by fewer columns, or use derive() instead",
      at: weighed.at,
    }),
  ];
}

/** Whether it makes one number of those of several rows. */
const isOfSeveral = (expr: AggregateNode): boolean => ["sum", "mean"].includes(weightOf(expr));

const OF_THE_VALUES = functionSet("countDistinct", "min", "max", "avg", "median", "percentile");

function sameInGroup(
  expr: AggregateNode,
  { input, groups }: AggregateStepNode,
  tables: TablesByName,
): readonly Finding[] {
  const [arg] = expr.args;
  if (!arg) return [];
  const grouped = OF_THE_VALUES.has(expr.fn) && groups.some((group) => group.expr.id === arg.id);
  const everyRow =
    ((expr.fn === "count" || expr.fn === "countDistinct") && isCondition(arg)) ||
    (expr.fn === "count" && isKnownCondition(arg, input, tables));
  if (!grouped && !everyRow) return [];
  return [
    warning({
      code: "METRIC006",
      message: grouped
        ? `${expr.fn}() of what the rows are grouped by, which is one value in each group`
        : `${expr.fn}() of a condition counts ${expr.fn === "count" ? "the rows where it is" : "true and"} false as well`,
      help: grouped ? "take the column that was meant, or use the group itself" : "use countIf(), or filter()",
      at: expr.at,
    }),
  ];
}

/** What gives a value that is there, or leaves some out. */
const GIVES_A_PART = functionSet("declassify", "field", "nullIf");

/** A condition that is worked out here, or a case that gives one constant or another. */
function isCondition(arg: ExprNode): boolean {
  if (arg.kind === "call") return arg.type.kind === "boolean" && !GIVES_A_PART.has(arg.fn);
  if (arg.kind !== "case") return false;
  return [...arg.branches.map(({ value }) => value), arg.otherwise].every(
    (value) => value.kind === "literal" && value.value !== null,
  );
}

/** A column that is true or false in every row, or that a condition made. One that a source may leave empty is counted where it is known. */
function isKnownCondition(arg: ExprNode, input: RelationNode, tables: TablesByName): boolean {
  if (arg.kind !== "column" || arg.type.kind !== "boolean") return false;
  const made = traceColumn(input, arg.name, tables).at(-1)?.made;
  return !arg.nullable || (made !== undefined && isCondition(made));
}

/** The history of which all versions are aggregated, unless they are told apart by its key or by the times of a version. */
function versionsIn({ input, groups }: AggregateStepNode, tables: TablesByName): string | undefined {
  const history = versionsOf(input, tables);
  const target = history === undefined ? undefined : tables.get(history);
  if (target?.kind !== "scd2") return undefined;
  const apart = new Set([...target.changes.keys, ...VERSION_TIMES]);
  const isApart = columnsIn(exprsOf(groups)).some(({ name }) =>
    traceColumn(input, name, tables).some((station) => station.table === target && apart.has(station.column)),
  );
  return isApart ? undefined : history;
}

/** METRIC007, once for all measures of a step. */
function everyVersion(
  aggregates: readonly AggregateNode[],
  step: AggregateStepNode,
  tables: TablesByName,
): readonly Finding[] {
  const history = versionsIn(step, tables);
  if (history === undefined) return [];
  const over = aggregates.filter((expr) => isOverVersions(expr, step.input, tables));
  if (over.length === 0) return [];
  return [
    warning({
      code: "METRIC007",
      message: `${measuresAre(over)} over every version of "${history}", not over what is valid at one time`,
      help: "filter where((h) => h.__END_AT.isNull()), use asOfJoin(), or group by the key or by __START_AT to count changes",
      at: over[0]?.at,
    }),
  ];
}

function isOverVersions(expr: AggregateNode, input: RelationNode, tables: TablesByName): boolean {
  const [arg] = expr.args;
  if (weightOf(expr) === "nothing" || (arg && isAcknowledged(arg, input, tables))) return false;
  return !(expr.filter && columnsIn([expr.filter]).some(({ name }) => isVersionTime(input, name, tables)));
}

/** A count of the rows that match those of the left side counts one where none matches. */
function unmatched(
  { fn, args, filter, at }: AggregateNode,
  input: RelationNode,
  tables: TablesByName,
): readonly Finding[] {
  if ((fn !== "countRows" && fn !== "count") || filter || args.some((arg) => arg.nullable)) return [];
  const join = leftJoinIn(input, tables);
  if (!join || !matchesOnce(join, 0, tables) || matchesOnce(join, 1, tables)) return [];
  const message = `${fn}() counts a row of the left side without a match as one`;
  return [{ code: "METRIC003", severity: "warning", message, help: "count() a column of the other side", at }];
}

/** The join whose rows are those of a relation. */
function leftJoinIn(node: RelationNode | undefined, tables: TablesByName): JoinNode | undefined {
  if (node?.kind === "project") return leftJoinIn(node.input, tables);
  if (node?.kind === "join") return node.type === "left" ? node : undefined;
  const table = node?.kind === "table" ? tables.get(node.table) : undefined;
  return table?.kind === "query" && !table.settings.key ? leftJoinIn(table.query, tables) : undefined;
}

export const COUNTS_RULES: readonly Rule[] = [measuresSaySomething];
