/** Rows that a null leaves out of a `where()`, though the condition reads as if they were kept. */

import type { ExprNode } from "../../ast/expr.ts";
import { tableChanges, tableSteps } from "../../ast/inputs.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import type { ChangesNode, RelationNode, SnapshotsNode } from "../../ast/relation.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { END_AT } from "../../ast/stored.ts";
import { columnsIn, conjuncts, subexpressions } from "../../ast/walk.ts";
import { freeze } from "../../core/freeze.ts";
import { oncePer } from "../../core/once.ts";
import { functionSet, specOf } from "../../functions/index.ts";
import { calculates } from "../../functions/signature.ts";
import { isTime } from "../../types/types.ts";
import { eachTable, type Finding, type Rule, type Words, warning } from "../rule.ts";
import { versionTimesIn } from "../versions.ts";

/** EXPR006: what is not equal to a value is meant to hold for a null as well. A comparison for equality or order is not. */
const nullsAreNotLeftOut = eachTable((table, { tables }) =>
  [
    ...tableSteps(table).flatMap(filters),
    ...computedExprs(table).flatMap(countedRows),
    ...tableChanges(table).flatMap(deletions),
  ].flatMap((filter) => [...(filter.matches ? [] : leftOut(filter)), ...openVersions(filter, tables)]),
);

/** A condition that leaves rows out. */
interface Filter {
  readonly predicate: ExprNode;
  readonly matches?: true;
  /** It chooses the rows of a measure, which leaves none out of the table. */
  readonly measures?: true;
  /** It chooses between values or kinds of rows, and leaves none out. What is asked counts as asked. */
  readonly chooses?: readonly ExprNode[];
  /** Columns of which a null makes no difference. */
  readonly same?: readonly string[];
  readonly at: string | undefined;
  /** What the columns are of, by side, where it is known. */
  readonly inputs?: readonly RelationNode[];
}

function filters(step: RelationNode): readonly Filter[] {
  const inputs = "left" in step ? [step.left, step.right] : "input" in step ? [step.input] : [];
  if (step.kind === "where") return [{ predicate: step.predicate, at: step.at, inputs }];
  return step.kind === "join" ? [{ predicate: step.on, matches: true, at: step.at, inputs }] : [];
}

function countedRows(expr: ExprNode): readonly Filter[] {
  if (expr.kind === "case") {
    const chooses = freeze(expr.branches.flatMap(({ when }) => [...subexpressions(when)]));
    const isNull = expr.otherwise.kind === "literal" && expr.otherwise.value === null;
    // With a branch for what holds and another for what does not, nulls are left to the rest on purpose.
    const held = expr.branches.flatMap(({ when }) => conjuncts(when)).filter((one) => one.kind === "column");
    return expr.branches.map(({ when, value }, i) => {
      // The value is null anyway where one of these is.
      const same = isNull && i === expr.branches.length - 1 ? calculatedFrom(value) : [];
      return { predicate: when, chooses, same: [...same, ...held.map(({ name }) => name)], at: expr.at };
    });
  }
  if (expr.kind !== "aggregate" && expr.kind !== "window") return [];
  const condition = expr.fn === "countIf" ? expr.args[0] : expr.kind === "aggregate" ? expr.filter : undefined;
  return condition ? [{ predicate: condition, measures: true, at: expr.at }] : [];
}

const deletions = (changes: ChangesNode | SnapshotsNode): readonly Filter[] =>
  changes.kind === "changes" && changes.deleteWhen
    ? [{ predicate: changes.deleteWhen, chooses: [], at: changes.deleteWhen.at }]
    : [];

const AFTER = functionSet("gt", "ge");
const BEFORE = functionSet("lt", "le");

/** EXPR006: the version that is valid now has no end, which is after no time. */
function openVersions({ predicate, at, inputs }: Filter, tables: TablesByName): readonly Finding[] {
  const conditions = conjuncts(predicate);
  const tested = testedIn(conditions);
  const isOpen = (arg: ExprNode) =>
    arg.kind === "column" &&
    arg.nullable &&
    isTime(arg.type) &&
    !tested.has(arg.name) &&
    versionTimesIn(inputs?.[arg.side], arg.name, tables).includes(END_AT);
  const lost = conditions.find((one) => {
    if (one.kind !== "call") return false;
    const [first, second, third] = one.args.map(isOpen);
    const isFar = one.fn === "eq" && one.args.some((arg) => arg.kind === "literal" && /^9999/.test(String(arg.value)));
    return (first && (isFar || AFTER.has(one.fn))) || (second && BEFORE.has(one.fn)) || (third && one.fn === "between");
  });
  if (!lost) return [];
  return [
    warning({
      code: "EXPR006",
      message: `the versions that are valid now are left out: their ${END_AT} is null, which is after no time`,
      help: "use asOfJoin(), or h.__END_AT.isNull().or(h.__END_AT.gt(time))",
      at: lost.at ?? at,
      column: END_AT,
    }),
  ];
}

/** What is said of a null in a condition, and what to do. */
function wordsFor({ chooses, measures }: Filter, column: string): Words {
  const why = "what compares with a null is not true";
  if (chooses)
    return {
      message: `a condition is not true where "${column}" is null: ${why}`,
      help: "orElse(true) makes it true there, orElse(false) says that it is meant",
    };
  if (measures)
    return {
      message: `rows where "${column}" is null are left out of the measure: ${why}`,
      help: "orElse(true) counts them in, orElse(false) says that it is meant",
    };
  return {
    message: `rows where "${column}" is null are left out: ${why}`,
    help: "orElse(true) keeps them; whereNotNull() leaves them out and says so",
  };
}

function leftOut(filter: Filter): readonly Finding[] {
  const { predicate, chooses = NONE, same = [], at } = filter;
  const conditions = freeze([...conjuncts(predicate)]);
  return conditions.flatMap((condition) => {
    const columns = negated(condition).flatMap(nullableColumns);
    const column = columns.find(
      (name) => !askedOf(conditions).has(name) && !askedOf(chooses).has(name) && !same.includes(name),
    );
    if (column === undefined) return [];
    return [
      warning({
        code: "EXPR006",
        ...wordsFor(filter, column),
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

/** The columns of which a null makes a calculation null. */
function calculatedFrom(expr: ExprNode): readonly string[] {
  if (expr.kind === "column") return [expr.name];
  if (expr.kind === "cast") return calculatedFrom(expr.arg);
  const spec = expr.kind === "call" ? specOf(expr) : undefined;
  return expr.kind === "call" && spec && calculates(spec) ? expr.args.flatMap(calculatedFrom) : [];
}

const COMPARISONS: ReadonlySet<string> = new Set([
  ...functionSet("eq", "lt", "le", "gt", "ge", "between", "in"),
  ...functionSet("like", "startsWith", "endsWith", "contains", "matches"),
]);

/** The columns of which a comparison in the same condition leaves the nulls out, as one that reads it expects. */
const comparedIn = (conditions: readonly ExprNode[]): readonly string[] =>
  conditions.flatMap((one) => (one.kind === "call" && COMPARISONS.has(one.fn) ? nullableColumns(one) : []));

const NONE: readonly ExprNode[] = freeze([]);

/** The columns that conditions ask for null or compare: all branches of a case share theirs. */
const askedOf = oncePer(
  (conditions: readonly ExprNode[]): ReadonlySet<string> =>
    new Set([...testedIn(conditions), ...comparedIn(conditions)]),
);

/** The columns that a condition asks for null. */
function testedIn(conditions: readonly ExprNode[]): ReadonlySet<string> {
  const tests = conditions.filter((c) => c.kind === "call" && (c.fn === "isNull" || c.fn === "isNotNull"));
  return new Set(columnsIn(tests).map((column) => column.name));
}

export const NULLS_RULES: readonly Rule[] = [nullsAreNotLeftOut];
