/** Pseudonyms that are matched: the same value gives the same one by the same function with the same salt alone. */
import type { CallNode, ExprNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { equalities } from "../../ast/sides.ts";
import { isDigest } from "../../functions/index.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";

/** EXPR008: no two pseudonyms are equal that are made in different ways. */
const pseudonymsAreOfOneKind = eachTable((table, { tables }) =>
  tableSteps(table).flatMap((step) =>
    matchedBy(step, tables).flatMap(([one, other, at]) => (one && other ? unlike(one, other, at ?? step.at) : [])),
  ),
);

type Pseudonym = CallNode | undefined;

/** Of values that a step asks to be equal, the pseudonyms that they are. */
function matchedBy(
  step: RelationNode,
  tables: TablesByName,
): readonly (readonly [Pseudonym, Pseudonym, ExprNode["at"]])[] {
  switch (step.kind) {
    case "lookup":
      return step.on.map((expr, i) => [
        pseudonym(expr, [step.left], tables),
        stored(step.right, step.key[i] ?? "", tables),
        expr.at,
      ]);
    case "join":
    case "asOfJoin": {
      const sides = [step.left, step.right];
      return equalities(step.on).map(([a, b, { at }]) => [
        pseudonym(a, sides, tables),
        pseudonym(b, sides, tables),
        at,
      ]);
    }
    default:
      return [];
  }
}

/** The call that makes a pseudonym of a value, in whichever table that is. */
function pseudonym(value: ExprNode, of: readonly RelationNode[], tables: TablesByName): Pseudonym {
  if (value.kind !== "column") return asPseudonym(value);
  const input = of[value.side];
  return input && stored(input, value.name, tables);
}

function stored(input: RelationNode, column: string, tables: TablesByName): Pseudonym {
  return asPseudonym(traceColumn(input, column, tables).at(-1)?.made);
}

const asPseudonym = (made: ExprNode | undefined): Pseudonym =>
  made?.kind === "call" && isDigest(made) ? made : undefined;

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
