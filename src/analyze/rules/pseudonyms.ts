/** Pseudonyms that are matched: the same value gives the same one by the same function with the same salt alone. */
import type { CallNode, ExprNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { conjuncts } from "../../ast/walk.ts";
import { functionSet } from "../../functions/index.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";

/** EXPR008: no two pseudonyms are equal that are made in different ways. */
const pseudonymsAreOfOneKind = eachTable((table, { tables }) =>
  tableSteps(table).flatMap((step) =>
    matchedBy(step).flatMap(([left, right, at]) => {
      const [one, other] = [madeBy(left, tables), madeBy(right, tables)];
      return one && other ? unlike(one, other, at ?? step.at) : [];
    }),
  ),
);

/** A value, and the relation that it is read of. */
type Read = readonly [value: ExprNode, of: readonly RelationNode[]];

/** Values that a step asks to be equal, of which at least one is of the other side. */
function matchedBy(step: RelationNode): readonly (readonly [Read, Read, ExprNode["at"]])[] {
  if (step.kind === "lookup") {
    return step.on.flatMap((expr, i) => {
      const key = step.right.columns.find(({ name }) => name === step.key[i]);
      if (!key) return [];
      const right: ExprNode = { ...expr, kind: "column", name: key.name, side: 1 };
      return [[[expr, [step.left]], [right, [step.left, step.right]], expr.at] as const];
    });
  }
  if (step.kind !== "join" && step.kind !== "asOfJoin") return [];
  const sides = [step.left, step.right];
  return conjuncts(step.on).flatMap((one) => {
    if (one.kind !== "call" || (one.fn !== "eq" && one.fn !== "eqNullSafe")) return [];
    const [a, b] = one.args;
    return a && b ? [[[a, sides], [b, sides], one.at] as const] : [];
  });
}

const DIGESTS = functionSet("md5", "sha1", "sha256", "tokenize");

/** The call that makes a pseudonym of a value, in whichever table that is. */
function madeBy([value, of]: Read, tables: TablesByName): CallNode | undefined {
  const input = value.kind === "column" ? of[value.side] : undefined;
  const made = value.kind === "column" && input ? traceColumn(input, value.name, tables).at(-1)?.made : value;
  return made?.kind === "call" && DIGESTS.has(made.fn) ? made : undefined;
}

function unlike(one: CallNode, other: CallNode, at: ExprNode["at"]): readonly Finding[] {
  if (one.fn === other.fn && saltOf(one) === saltOf(other)) return [];
  const how = one.fn === other.fn ? `${one.fn}() with different salts` : `${one.fn}() and of ${other.fn}()`;
  return [
    warning({
      code: "EXPR008",
      message: `the match is of ${how}: no two of them are equal, so no row has a match`,
      help: "make both by the same function with the same salt",
      at,
    }),
  ];
}

const saltOf = ({ args, options }: CallNode): string => args[1]?.id ?? JSON.stringify(options ?? {});

export const PSEUDONYMS_RULES: readonly Rule[] = [pseudonymsAreOfOneKind];
