/** Unions and flows that read the same rows twice. */

import { tableQueries, tableSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { RelationNode, UnionNode } from "../../ast/relation.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** UNION002: no rows are taken twice. */
const unionsOfDifferentRows = eachTable((table) => [
  ...tableSteps(table).flatMap((step) => (step.kind === "union" ? takenTwice(step) : [])),
  ...sameFlows(table),
]);

function takenTwice({ inputs, at }: UnionNode): readonly Finding[] {
  return repeatedId(inputs) ? [twice("union() reads the same rows twice", at)] : [];
}

function sameFlows(table: TableNode): readonly Finding[] {
  const queries = tableQueries(table);
  return table.kind === "query" && repeatedId(queries)
    ? [twice(`a flow of "${table.name}" reads the same rows as another`, table.at)]
    : [];
}

const repeatedId = (queries: readonly RelationNode[]): boolean =>
  new Set(queries.map((query) => query.id)).size < queries.length;

function twice(message: string, at: string | undefined): Finding {
  return {
    code: "UNION002",
    message,
    help: "leave one of them out, or tell them apart with where()",
    at,
  };
}

export const UNIONS_RULES: readonly Rule[] = [unionsOfDifferentRows];
