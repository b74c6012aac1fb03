/** What stands in a table twice, or is never used: as a line is copied whose second half was to be another. */
import type { ExprNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { NamedExpr, RelationNode } from "../../ast/relation.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { columnsIn, derivation, subexpressions } from "../../ast/walk.ts";
import { isInteger, typeName } from "../../types/types.ts";
import { eachTable, type Finding, named, type Rule, warning } from "../rule.ts";

/** EXPR014: what is worked out is worked out once, and what is an alternative may be needed. */
const nothingIsThereTwice = eachTable((table) => [
  ...tableSteps(table).flatMap(columnsOfStep),
  ...rulesOf(table),
  ...computedExprs(table).flatMap((expr) => [...neverNeeded(expr), ...roundedForNothing(expr)]),
]);

/** Two columns that pass one on are names for it; so may be two constants. */
const isWorkedOut = (expr: ExprNode): boolean =>
  expr.kind !== "column" &&
  (expr.kind === "aggregate" || expr.kind === "window" || columnsIn([expr]).length > 0) &&
  subexpressions(expr).every(({ kind }) => kind !== "raw");

function columnsOfStep(step: RelationNode): readonly Finding[] {
  if (step.kind === "aggregate") {
    const groups = twice(step.groups, (first, second) => `"${first}" and "${second}" are one group`, GROUP);
    return [...groups, ...twice(step.measures, sameValue, MEANT, isWorkedOut)];
  }
  return twice(derivation(step).items ?? [], sameValue, OF_COLUMNS, isWorkedOut);
}

const sameValue = (first: string, second: string): string => `"${first}" and "${second}" are the same value`;
const MEANT = "use what was meant in one of them, or leave it out";
const OF_COLUMNS = `${MEANT}; where both are meant, derive it once, and select() gives it two names`;
const GROUP = "group by the column that was meant, or give the group its second name in the next step";

function rulesOf({ settings }: TableNode): readonly Finding[] {
  const rules = settings.expectations.map(({ name, predicate }) => ({ name, expr: predicate }));
  return twice(rules, (first, second) => `the rules "${first}" and "${second}" are the same`, MEANT);
}

type Told = (first: string, second: string) => string;

/** What `isReported` asks is asked of the few that are there twice. */
function twice(
  items: readonly Pick<NamedExpr, "name" | "expr">[],
  told: Told,
  help: string,
  isReported: (expr: ExprNode) => boolean = () => true,
): readonly Finding[] {
  const first = new Map<string, string>();
  return items.flatMap(({ name, expr }) => {
    const before = first.get(expr.id);
    if (before === undefined) first.set(expr.id, name);
    return before === undefined || !isReported(expr)
      ? []
      : [warning({ code: "EXPR014", message: told(before, name), help, at: expr.at, column: name })];
  });
}

/** A constant guards against a null that there is none of; a column is an alternative that is meant to be used. */
function neverNeeded(expr: ExprNode): readonly Finding[] {
  if (expr.kind !== "call" || expr.fn !== "coalesce") return [];
  const { args } = expr;
  const sure = args.find(({ nullable }) => !nullable);
  const idle = sure && args.slice(args.indexOf(sure) + 1).find((arg) => columnsIn([arg]).length > 0);
  if (!idle) return [];
  const message = `${named(idle)} is never used: ${named(sure)}, which stands before it, is never null`;
  return [warning({ code: "EXPR014", message, help: "change their order, or leave it out", at: idle.at ?? expr.at })];
}

/** Digits that are rounded to, and that the type of a cast has no room for. */
function roundedForNothing(expr: ExprNode): readonly Finding[] {
  if (expr.kind !== "cast" || expr.arg.kind !== "call" || expr.arg.fn !== "round") return [];
  const digits = Number(expr.arg.options?.["digits"] ?? 0);
  const kept = expr.type.kind === "decimal" ? expr.type.scale : isInteger(expr.type) ? 0 : undefined;
  if (kept === undefined || digits <= kept) return [];
  const message = `round(${digits}) is for nothing: ${typeName(expr.type)} keeps ${kept === 0 ? "none" : kept} of the digits`;
  const help = "give the type as many digits, or round to as many as it has";
  return [warning({ code: "EXPR014", message, help, at: expr.at ?? expr.arg.at })];
}

export const COPIES_RULES: readonly Rule[] = [nothingIsThereTwice];
