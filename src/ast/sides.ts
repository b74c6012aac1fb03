/** What the condition of a join says of its sides. */
import type { CallNode, ColumnNode, ExprNode } from "./expr.ts";
import type { JoinType, TwoSidedNode } from "./relation.ts";
import { columnsIn, conjuncts } from "./walk.ts";

type Sides = "neither" | "left" | "right" | "both";

export function sidesOf(expr: ExprNode): Sides {
  const sides = new Set(columnsIn([expr]).map((column) => column.side));
  if (sides.size === 2) return "both";
  if (sides.size === 0) return "neither";
  return sides.has(0) ? "left" : "right";
}

const COMPARISONS: readonly string[] = ["eq", "eqNullSafe", "ne", "lt", "le", "gt", "ge"];

/** Whether a condition compares one side with the other. */
function isComparison(expr: ExprNode, fns = COMPARISONS): boolean {
  if (expr.kind !== "call" || !fns.includes(expr.fn)) return false;
  const [first, ...others] = expr.args.map(sidesOf);
  const other = first === "left" ? "right" : "left";
  return (first === "left" || first === "right") && others.every((side) => side === other);
}

/** Whether a value of one side equals a value of the other in all that matches: rows are found by it, not by trying. */
export function hasEquality(on: ExprNode): boolean {
  return conjuncts(on).some((part) => isComparison(part, ["eq", "eqNullSafe"]));
}

/** Whether a value of one side lies between two of the other, the later of which may be open: `isNull().or(…)`. */
export function asksForInterval(on: ExprNode): boolean {
  const [above, below] = [new Set<string>(), new Set<string>()];
  for (const part of conjuncts(on).map(withoutNull)) {
    if (part.kind !== "call" || !isComparison(part, ["lt", "le", "gt", "ge"])) continue;
    const [first, second] = part.args;
    if (!first || !second) continue;
    const [low, high] = part.fn === "lt" || part.fn === "le" ? [first, second] : [second, first];
    below.add(low.id);
    above.add(high.id);
  }
  return [...above].some((id) => below.has(id));
}

/** The comparison of an `or()` that otherwise asks for nulls. */
function withoutNull(part: ExprNode): ExprNode {
  if (part.kind !== "call" || part.fn !== "or") return part;
  const [first, ...others] = part.args.filter((arg) => arg.kind !== "call" || arg.fn !== "isNull");
  return first && others.length === 0 ? first : part;
}

/** Whether a condition only compares one side with the other. A left join may ask something of the right side alone. */
export function onlyCompares(on: ExprNode, type: JoinType): boolean {
  return conjuncts(on).every((part) => isComparison(part) || (type === "left" && sidesOf(part) === "right"));
}

/** The expressions that decide which rows of the two sides match. A lookup compares its own with the key of the other side. */
export function matchExprs(step: TwoSidedNode): readonly ExprNode[] {
  if (step.kind === "lookup") return step.on;
  return step.kind === "asOfJoin" ? [step.on, step.time] : [step.on];
}

/** What a condition asks to be equal in all that matches, pair by pair, and by which call. */
export function equalities(condition: ExprNode): readonly (readonly [ExprNode, ExprNode, CallNode])[] {
  return conjuncts(condition).flatMap((one) => {
    if (one.kind !== "call" || (one.fn !== "eq" && one.fn !== "eqNullSafe")) return [];
    const [a, b] = one.args;
    return a && b ? [[a, b, one] as const] : [];
  });
}

/** Pairs of columns, of the left and of the right side, that a condition asks to be equal. */
export function equalColumns(condition: ExprNode): readonly (readonly [ColumnNode, ColumnNode])[] {
  return equalities(condition).flatMap(([a, b]) => {
    if (a.kind !== "column" || b.kind !== "column" || a.side === b.side) return [];
    return [a.side === 0 ? [a, b] : [b, a]] as const;
  });
}

/** The names of the columns, of the left and of the right side, that are equal where rows of a step match. */
export function matchedColumns(step: TwoSidedNode): readonly (readonly [left: string, right: string])[] {
  if (step.kind !== "lookup") return equalColumns(step.on).map(([left, right]) => [left.name, right.name]);
  return step.on.flatMap((expr, i) => (expr.kind === "column" ? [[expr.name, step.key[i] ?? ""] as const] : []));
}

/** The columns of a side that a condition asks to equal one value for each row of the other side: one of its, or a constant. */
export function fixedColumns(condition: ExprNode, side: 0 | 1): readonly string[] {
  const [own, other] = side === 0 ? (["left", "right"] as const) : (["right", "left"] as const);
  return equalities(condition)
    .flatMap(([a, b]) => [[a, b] as const, [b, a] as const])
    .flatMap(([column, value]) => {
      if (column.kind !== "column" || sidesOf(column) !== own) return [];
      return ["neither", other].includes(sidesOf(value)) ? [column.name] : [];
    });
}

/**
 * The values that a condition asks to be equal, where it asks for nothing else: `undefined` where it does, or where it holds
 * nulls for equal.
 */
export function equalValues(on: ExprNode): readonly ExprNode[] | undefined {
  const parts = conjuncts(on);
  if (!parts.every((part) => isComparison(part, ["eq"]))) return undefined;
  return parts.flatMap((part) => (part.kind === "call" ? part.args : []));
}
