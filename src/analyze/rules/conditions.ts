/** Conditions that decide nothing: they hold on no row, on every row, or where an earlier one has decided. */
import type { Called, CaseNode, ExprNode } from "../../ast/expr.ts";
import { tableChanges, tableSteps } from "../../ast/inputs.ts";
import type { TableNode, TablesByName } from "../../ast/pipeline.ts";
import { computedScopes, type Scope } from "../../ast/scopes.ts";
import { columnsIn, conjuncts, subexpressions } from "../../ast/walk.ts";
import { functionSet } from "../../functions/index.ts";
import { firstUnreachable, hasLetters, impossibleIn, neverFails, neverHolds, possibleValues } from "../domain.ts";
import { keptBy } from "../kept.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";

type Origin = (expr: ExprNode) => ExprNode;

/** EXPR008: a condition decides between rows. */
const conditionsDecide = eachTable((table, { tables }) => {
  const deletes = deletesOf(table);
  const filters = new Set([...filtersOf(table), ...deletes]);
  const found = computedScopes(table).flatMap((scope) => {
    const conditions = conditionsIn(scope.expr);
    const cases = subexpressions(scope.expr).filter((expr) => expr.kind === "case");
    if (conditions.length + cases.length === 0) return [];
    const origin = originIn(scope, tables);
    const [input] = scope.inputs;
    const kept = input ? keptBy(input, tables) : [];
    return [
      ...conditions.flatMap((condition) => undecided(condition, { scope, origin, kept, filters, deletes })),
      ...cases.flatMap((expr) => branches(expr, origin)),
    ];
  });
  return [...found, ...constantRules(table)];
});

/** What keeps or loses rows, so that a test for null of what is never null is a mistake and no guard. */
function filtersOf(table: TableNode): readonly ExprNode[] {
  return [
    ...tableSteps(table).flatMap((step) => (step.kind === "where" ? [step.predicate] : [])),
    ...table.settings.expectations.map(({ predicate }) => predicate),
  ];
}

function deletesOf(table: TableNode): readonly ExprNode[] {
  const changes = tableChanges(table);
  return changes.flatMap((one) =>
    one.kind === "changes" ? [one.deleteWhen, one.truncateWhen].filter((expr) => expr !== undefined) : [],
  );
}

/** A column of the same type as what makes it: its function says which values it may have. */
function originIn({ inputs }: Scope, tables: TablesByName): Origin {
  return (expr) => {
    const side = expr.kind === "column" ? inputs[expr.side] : undefined;
    const made = side && expr.kind === "column" ? traceColumn(side, expr.name, tables).at(-1)?.made : undefined;
    return made?.type.kind === expr.type.kind ? made : expr;
  };
}

/** That a column which was made in a step before has its values is a check that asks for nothing new. */
const asItIs: Origin = (expr) => expr;

const CONDITIONS: ReadonlySet<string> = new Set([
  ...functionSet("and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in", "between", "isNull", "isNotNull"),
  ...functionSet("startsWith", "endsWith", "contains", "like"),
]);

/** The conditions in an expression that are not parts of other conditions. */
function conditionsIn(expr: ExprNode): readonly ExprNode[] {
  const all = subexpressions(expr).filter((node) => node.kind === "call" && CONDITIONS.has(node.fn));
  if (all.length < 2) return all;
  const parts = new Set(all.flatMap((node) => subexpressions(node).slice(1)));
  return all.filter((node) => !parts.has(node));
}

interface Where {
  readonly scope: Scope;
  readonly origin: Origin;
  readonly kept: readonly ExprNode[];
  readonly filters: ReadonlySet<ExprNode>;
  /** What holds on every row leaves none. */
  readonly deletes: readonly ExprNode[];
}

function undecided(condition: ExprNode, { scope, origin, kept, filters, deletes }: Where): readonly Finding[] {
  const search = { origin, guards: !filters.has(condition) };
  const parts = conjuncts(condition);
  const before = ofSameColumns(condition, kept);
  // Where no row is left nothing is said again of each condition over it.
  const isLost = before.length > 0 && neverHolds(before, search);
  const other = parts.map((part) => impossibleIn(part, search)).find((value) => value !== undefined);
  const isNever =
    other !== undefined ||
    neverHolds(isLost ? [condition] : [condition, ...before], search) ||
    parts.some((part) => asksForOther(part, origin));
  const wrong = isNever ? undefined : partThatDecidesNothing(parts, origin, !deletes.includes(condition));
  const { what = "holds on no row", part = condition } = wrong ?? {};
  if (!isNever && !wrong) return [];
  return [
    warning({
      code: "EXPR008",
      message:
        other === undefined
          ? `a condition on ${columnsOf(part)} ${what}, whatever the data`
          : `${columnsOf(part)} is "${other}" in no row, whatever the data`,
      help: wrong?.help ?? "correct a constant or a comparison, or use or() instead of and()",
      at: part.at ?? condition.at ?? scope.at,
    }),
  ];
}

interface Part {
  readonly part: ExprNode;
  readonly what: string;
  readonly help: string;
}

/** A condition that is always met alongside others, or one of several alternatives that never is. */
function partThatDecidesNothing(parts: readonly ExprNode[], origin: Origin, free: boolean): Part | undefined {
  // A test for null of what is never null guards the other alternatives.
  const never = parts.flatMap(alternatives).find((one) => neverHolds([one], { origin, guards: true }));
  if (never) {
    const help = "correct a constant or a comparison, or leave it out";
    return { part: never, what: "adds no row to the others of or()", help };
  }
  const always = parts.find((part) => neverFails(part, { origin: asItIs, guards: free, lists: free }));
  const help = "correct a constant or a comparison, or use and() instead of or()";
  return always && { part: always, what: "is false on no row", help };
}

/** The conditions of which one is enough. */
function alternatives(condition: ExprNode): readonly ExprNode[] {
  if (condition.kind !== "call" || condition.fn !== "or") return [];
  return condition.args.flatMap((arg) => {
    const inner = alternatives(arg);
    return inner.length > 0 ? inner : [arg];
  });
}

/** What is known of the columns of a condition: what is known of others speaks for and against nothing. */
function ofSameColumns(condition: ExprNode, kept: readonly ExprNode[]): readonly ExprNode[] {
  if (kept.length === 0) return kept;
  const own = new Set(columnsIn([condition]).map(({ id }) => id));
  return kept.filter((one) => columnsIn([one]).some(({ id }) => own.has(id)));
}

/** A part that no value of the text has: an enum lists them, and `lower()` writes no capitals. */
function asksForOther(condition: ExprNode, origin: Origin): boolean {
  if (condition.kind !== "call") return false;
  const [text, other] = condition.args;
  const part = other?.kind === "literal" ? String(other.value) : condition.options?.["pattern"];
  if (!text || typeof part !== "string") return false;
  // A part with a wildcard, and a pattern without one, are EXPR009's.
  if (condition.fn === "like" ? !/[%_]/.test(part) : part.includes("%")) return false;
  const has = PARTS[condition.fn]?.(part);
  if (!has) return false;
  const values = possibleValues(text) ?? possibleValues(origin(text));
  return values ? !values.some(has) : condition.fn !== "like" && !hasLetters(origin(text), part);
}

/** What a function asks of a text, by the part that it is given. */
type Asked = (part: string) => (text: string) => boolean;

const PARTS: Readonly<Partial<Record<Called, Asked>>> = {
  startsWith: (part) => (text) => text.startsWith(part),
  endsWith: (part) => (text) => text.endsWith(part),
  contains: (part) => (text) => text.includes(part),
  like: (pattern) => {
    const written = pattern.replace(
      /!?./gsu,
      (one) => WILDCARDS[one] ?? one.replace(/^!(?=.)/s, "").replace(/[!-/:-@[-^{-~]/, "\\$&"),
    );
    const asked = new RegExp(`^${written}$`, "s");
    return (text) => asked.test(text);
  },
};
const WILDCARDS: Readonly<Record<string, string>> = { "%": ".*", _: "." };

function columnsOf(condition: ExprNode): string {
  const names = [...new Set(columnsIn([condition]).map(({ name }) => `"${name}"`))];
  return names.length === 0 ? "constants" : names.join(", ");
}

/** The branches of a case that are never taken, and a case that gives one value. */
function branches(node: CaseNode, origin: Origin): readonly Finding[] {
  const conditions = node.branches.map(({ when }) => when);
  const dead = firstUnreachable(conditions, { origin });
  const values = new Set([...node.branches.map(({ value }) => value.id), node.otherwise.id]);
  if (dead === undefined && values.size > 1) return [];
  return [
    warning({
      code: "EXPR008",
      message: dead
        ? `a branch of fn.when() on ${columnsOf(dead)} is never taken: an earlier one holds wherever it does`
        : "every branch of fn.when() gives the same value",
      help: dead ? "put the narrower condition first" : "use the value itself, or correct a branch",
      at: dead?.at ?? node.at,
    }),
  ];
}

/** Rules that ask nothing of a row. */
function constantRules(table: TableNode): readonly Finding[] {
  return table.settings.expectations.flatMap(({ predicate, name, at }) => {
    if (predicate.kind !== "literal") return [];
    return warning({
      code: "EXPR008",
      message: `the expectation "${name}" is ${String(predicate.value)} on every row`,
      help: "ask something of a column: (o) => o.amount.gt(0)",
      at: predicate.at ?? at,
    });
  });
}

export const CONDITIONS_RULES: readonly Rule[] = [conditionsDecide];
