/** Joins that match more than is meant: every row with every row, or every version of a history. */

import type { ColumnNode, ExprNode } from "../../ast/expr.ts";
import { relationSteps, tableSteps } from "../../ast/inputs.ts";
import {
  type AsOfJoinNode,
  isFilterJoin,
  type JoinNode,
  type LookupNode,
  type NamedExpr,
  type RelationNode,
  type TwoSidedNode,
} from "../../ast/relation.ts";
import { asksForInterval, hasEquality, matchedColumns, onlyCompares, sidesOf } from "../../ast/sides.ts";
import { START_AT, VERSION_TIMES } from "../../ast/stored.ts";
import { columnsIn, conjuncts, exprsOf, subexpressions } from "../../ast/walk.ts";
import { hasOneRow } from "../fan-out.ts";
import { eachTable, type Finding, type Rule, type RuleContext, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";
import { isVersionTime, versionsOf, versionTimesIn } from "../versions.ts";

/** JOIN004 to JOIN006, JOIN008, JOIN009: a join compares its sides by an equality, reads one version of a history, and gives something of both. */
const joinsMatch = eachTable((table, context) =>
  tableSteps(table).flatMap((step) => [
    ...("right" in step ? bringsNothing(step) : []),
    ...(step.kind === "join" || step.kind === "lookup" ? meetsItself(step, context) : []),
    ...(step.kind === "asOfJoin" ? readsSomeVersions(step) : []),
    ...(step.kind === "join" || step.kind === "asOfJoin" ? oneSided(step) : []),
    ...(step.kind === "join" ? tried(step, context) : []),
    ...(step.kind === "join" && (step.type === "inner" || step.type === "left" || step.type === "full")
      ? everyVersion(step, context)
      : []),
  ]),
);

/** JOIN007: a row of all columns of both sides has the other side's of each name that both have. */
const columnsAreNotReplaced = eachTable((table) =>
  tableSteps(table).flatMap((step) => {
    const replaced = "right" in step ? replacedColumns(step) : [];
    if (replaced.length === 0) return [];
    const names = replaced.map((name) => `"${name}"`).join(", ");
    return [
      warning({
        code: "JOIN007",
        message: `${names} of this side ${replaced.length === 1 ? "is" : "are"} replaced by the other side's column of that name`,
        help: "name the columns that you take: (o, c) => ({ ...o, country: c.country }), or keep this side's: ({ ...c, ...o })",
        at: step.at,
      }),
    ];
  }),
);

/**
 * Columns that one who spreads both sides into the row may not know of: it is told by all of their columns being there. A
 * row of the other side's columns alone replaces nothing.
 */
function replacedColumns(step: TwoSidedNode): readonly string[] {
  const takes = ({ expr, name }: NamedExpr, side: 0 | 1) =>
    expr.kind === "column" && expr.side === side && expr.name === name;
  const theirs = new Set(step.items.filter((item) => takes(item, 1)).map(({ name }) => name));
  // A column that is spread and then worked out is there as well.
  const named = new Set(step.items.map(({ name }) => name));
  if (theirs.size === 0 || !step.right.columns.every(({ name }) => named.has(name) || VERSION_TIMES.includes(name)))
    return [];
  if (!step.items.some((item) => takes(item, 0)) || !step.left.columns.every(({ name }) => named.has(name))) return [];
  const kept = new Set(step.items.flatMap(({ expr }) => subexpressions(expr).flatMap(ofThisSide)));
  const same = sameOnBothSides(step);
  return step.left.columns.map((c) => c.name).filter((name) => theirs.has(name) && !kept.has(name) && !same.has(name));
}

const ofThisSide = (node: ExprNode) => (node.kind === "column" && node.side === 0 ? [node.name] : []);

/** Names of columns that are equal on both sides, since the join compares them: where nothing matches, the other side's are null. */
function sameOnBothSides(step: TwoSidedNode): ReadonlySet<string> {
  if (step.kind !== "join" || step.type !== "inner") return new Set();
  const equal = conjuncts(step.on).filter((part) => part.kind === "call" && part.fn === "eq");
  return new Set(
    equal.flatMap((part) => {
      const [a, b, ...more] = columnsIn([part]);
      return a && b && more.length === 0 && a.name === b.name && a.side !== b.side ? [a.name] : [];
    }),
  );
}

/** JOIN008: what is joined is used, where the join keeps every row whether it finds a match or not. */
function bringsNothing(step: TwoSidedNode): readonly Finding[] {
  if (step.kind === "join" && step.type !== "left") return [];
  if (columnsIn(exprsOf(step.items)).some(({ side }) => side === 1)) return [];
  const effect = step.kind === "join" ? "at most repeats rows" : "does nothing";
  return [
    warning({
      code: "JOIN008",
      message: `no column of the other side is used, so the join ${effect}`,
      help: "take a column of the other side, or leave the join out; semiJoin() keeps the rows that have a match",
      at: step.at,
    }),
  ];
}

/** JOIN009: the version of a time is looked for among all. */
function readsSomeVersions({ right, at }: AsOfJoinNode): readonly Finding[] {
  const filtered = relationSteps(right).some(
    (step) => step.kind === "where" && columnsIn([step.predicate]).some(({ name }) => VERSION_TIMES.includes(name)),
  );
  if (!filtered) return [];
  return [
    warning({
      code: "JOIN009",
      message: "asOfJoin() reads a history of which where() has left out versions by their times",
      help: "leave the where() out: at says which version is read; lookup() a table of the current rows for those",
      at,
    }),
  ];
}

/** EXPR007: the rows of a table are matched by their key with those of the same table. */
function meetsItself(step: JoinNode | LookupNode, { tables }: RuleContext): readonly Finding[] {
  const { left, right } = step;
  if (right.kind !== "table" || tableOfRows(left) !== right.table) return [];
  const isOwn = ([own, other]: readonly [string, string]) => {
    const [first] = traceColumn(left, own, tables);
    return first?.table?.name === right.table && first.column === other;
  };
  const same = matchedColumns(step)
    .filter(isOwn)
    .map(([, other]) => other);
  if (same.length === 0 || !hasOneRow(right, same, tables)) return [];
  return [
    warning({
      code: "EXPR007",
      message: `${same.join(", ")} of "${right.table}" is compared with itself: each row meets itself alone`,
      help: "join the table that was meant, or compare another column",
      at: step.kind === "join" ? (step.on.at ?? step.at) : step.at,
    }),
  ];
}

/** The table of which each row of a relation is one. */
function tableOfRows(node: RelationNode): string | undefined {
  if (node.kind === "table") return node.table;
  if (node.kind === "where" || node.kind === "project" || node.kind === "limit") return tableOfRows(node.input);
  if (node.kind === "lookup" || node.kind === "asOfJoin") return tableOfRows(node.left);
  return isFilterJoin(node) ? tableOfRows(node.left) : undefined;
}

function oneSided(step: JoinNode | AsOfJoinNode): readonly Finding[] {
  const sides = sidesOf(step.on);
  if (sides === "both") return [];
  const side = { left: "only this side", right: "only the other side", neither: "neither side" }[sides];
  return [
    {
      code: "JOIN004",
      message: `the condition of the join names ${side}: every row meets every row`,
      help: "compare a column of this side with one of the other: o.customer_id.eq(c.customer_id)",
      at: step.on.at ?? step.at,
    },
  ];
}

/** SQL of the user's may hold an equality, and a side of one row, such as an aggregate without groups, is compared with each once. */
function tried(step: JoinNode, { tables }: RuleContext): readonly Finding[] {
  const { on, type, at } = step;
  if (sidesOf(on) !== "both" || subexpressions(on).some((node) => node.kind === "raw")) return [];
  const isFull = type === "full" && !onlyCompares(on, type);
  if ((hasEquality(on) || asksForInterval(on)) && !isFull) return [];
  if ([step.left, step.right].some((side) => hasOneRow(side, [], tables))) return [];
  return [
    warning({
      code: "JOIN006",
      message: isFull
        ? "DuckDB compares every row with every other: the condition of a full join does more than compare its sides"
        : "the condition of the join has no equality that always holds, so engines compare every row with every other",
      help: isFull
        ? "filter the sides with where() before the join, or compare a column of one side with a column of the other"
        : "compare a column of each side with eq(), outside of or() and not(); make one join per alternative and union them",
      at: on.at ?? at,
    }),
  ];
}

function everyVersion(step: JoinNode, { tables }: RuleContext): readonly Finding[] {
  return [step.left, step.right].flatMap((input, side) => {
    const history = versionsOf(input, tables);
    if (history === undefined) return [];
    const times = columnsIn([step.on]).filter((c) => c.side === side && isVersionTime(input, c.name, tables));
    if (tellsVersion(step.on, times, (name) => versionTimesIn(input, name, tables))) return [];
    const which = times.length === 0 ? "every version" : "every earlier version";
    return [
      warning({
        code: "JOIN005",
        message: `the join matches ${which} of "${history}", so a row meets several`,
        help: "use asOfJoin() to read the version of a time, or where((c) => c.__END_AT.isNull()) for the current one",
        at: step.at,
      }),
    ];
  });
}

/** Whether a match names more of a version than its start, or equals that: one that began before is any of them. */
function tellsVersion(
  on: ExprNode,
  times: readonly ColumnNode[],
  madeOf: (name: string) => readonly string[],
): boolean {
  const equal = conjuncts(on).filter((part) => part.kind === "call" && (part.fn === "eq" || part.fn === "in"));
  const isStart = ({ name }: ColumnNode) => madeOf(name).every((time) => time === START_AT);
  return times.some((time) => !isStart(time) || columnsIn(equal).some((column) => column.id === time.id));
}

export const JOINS_RULES: readonly Rule[] = [joinsMatch, columnsAreNotReplaced];
