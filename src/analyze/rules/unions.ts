/** Unions and flows that read the same rows twice. */

import { tableQueries, tableSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { RelationNode, UnionNode } from "../../ast/relation.ts";
import { conjuncts } from "../../ast/walk.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** UNION002: no rows are taken twice. */
const unionsOfDifferentRows = eachTable((table) => [
  ...tableSteps(table).flatMap((step) => (step.kind === "union" ? takenTwice(step) : [])),
  ...sameFlows(table),
]);

function takenTwice({ inputs, at }: UnionNode): readonly Finding[] {
  return twice(inputs, "union() reads the same rows twice", at);
}

function sameFlows(table: TableNode): readonly Finding[] {
  if (table.kind !== "query") return [];
  return twice(tableQueries(table), `a flow of "${table.name}" reads the same rows as another`, table.at);
}

/** All rows of a query are rows of another where it reads the same and filters as much, or more. */
function twice(queries: readonly RelationNode[], message: string, at: string | undefined): readonly Finding[] {
  const read = queries.map((query) => filtered(query));
  const found = read.flatMap((one, i) =>
    read.slice(i + 1).filter((other) => one.of === other.of && (holds(one.by, other.by) || holds(other.by, one.by))),
  );
  if (found.length === 0) return [];
  const help = "leave one of them out, or tell them apart with where()";
  const same = new Set(queries.map(({ id }) => id)).size < queries.length;
  return [{ code: "UNION002", message, help, at, ...(!same && { severity: "warning" as const }) }];
}

const holds = (all: ReadonlySet<string>, some: ReadonlySet<string>): boolean => [...some].every((one) => all.has(one));

function filtered(query: RelationNode, by: readonly string[] = []): { of: string; by: ReadonlySet<string> } {
  if (query.kind !== "where") return { of: query.id, by: new Set(by) };
  return filtered(query.input, [...by, ...conjuncts(query.predicate).map(({ id }) => id)]);
}

export const UNIONS_RULES: readonly Rule[] = [unionsOfDifferentRows];
