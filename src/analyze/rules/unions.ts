/** Unions and flows that read the same rows twice. */

import { tableQueries, tableSteps } from "../../ast/inputs.ts";
import type { TableNode, TablesByName } from "../../ast/pipeline.ts";
import type { RelationNode, UnionNode } from "../../ast/relation.ts";
import { conjuncts } from "../../ast/walk.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** UNION002: no rows are taken twice. */
const unionsOfDifferentRows = eachTable((table, { tables }) => [
  ...tableSteps(table).flatMap((step) => (step.kind === "union" ? takenTwice(step, tables) : [])),
  ...sameFlows(table, tables),
]);

function takenTwice({ inputs, at }: UnionNode, tables: TablesByName): readonly Finding[] {
  return twice(inputs, "union() reads the same rows twice", at, tables);
}

function sameFlows(table: TableNode, tables: TablesByName): readonly Finding[] {
  if (table.kind !== "query") return [];
  return twice(tableQueries(table), `a flow of "${table.name}" reads the same rows as another`, table.at, tables);
}

/** All rows of a query are rows of another where it reads the same and filters as much, or more. A union reads what its sides do. */
function twice(
  queries: readonly RelationNode[],
  message: string,
  at: string | undefined,
  tables: TablesByName,
): readonly Finding[] {
  const read = queries.map((query) => readings(query, tables));
  const found = read.flatMap((ones, i) => {
    const others = read.slice(i + 1).flat();
    return ones.filter((one) => others.some((other) => isWithin(one, other) || isWithin(other, one)));
  });
  if (found.length === 0) return [];
  const help = found.some(({ of }) => of.kind === "source")
    ? "the sources read the same files: give each its own path, or leave one of them out"
    : "leave one of them out, or tell them apart with where()";
  const same = new Set(queries.map(({ id }) => id)).size < queries.length;
  return [{ code: "UNION002", message, help, at, ...(!same && { severity: "warning" as const }) }];
}

interface Reading {
  readonly of: RelationNode;
  readonly by: ReadonlySet<string>;
}

/** Whether the rows of a reading are rows of another: of the same, by no fewer conditions. */
const isWithin = (one: Reading, other: Reading): boolean =>
  one.of.id === other.of.id && [...other.by].every((condition) => one.by.has(condition));

/** What a query reads, and which rows of it. Two tables of one source, with the same files, are the same rows. */
function readings(query: RelationNode, tables: TablesByName, by: readonly string[] = []): readonly Reading[] {
  if (query.kind === "where")
    return readings(query.input, tables, [...by, ...conjuncts(query.predicate).map(({ id }) => id)]);
  if (query.kind === "union") return query.inputs.flatMap((input) => readings(input, tables, by));
  const table = query.kind === "table" ? tables.get(query.table) : undefined;
  const source = table?.kind === "query" && table.settings.flows.length === 0 ? table.query : undefined;
  return [{ of: source?.kind === "source" ? source : query, by: new Set(by) }];
}

export const UNIONS_RULES: readonly Rule[] = [unionsOfDifferentRows];
