/** What stands where in an expression. */
import type { ExprNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import { computedExprs, computedScopes } from "../../ast/scopes.ts";
import { exprsOf, subexpressions } from "../../ast/walk.ts";
import { say } from "../../diagnostics/sentences.ts";
import { aggregatesRows, varyingWord } from "../../nodes/raw-sql.ts";
import { eachTable, type Rule, warning } from "../rule.ts";

/** AGG002: an aggregate is a measure of its own, not a part of what is worked out for each row. */
const aggregatesAreMeasures = eachTable((table) => {
  const measures = new Set<ExprNode>(
    tableSteps(table).flatMap((step) => (step.kind === "aggregate" ? exprsOf(step.measures) : [])),
  );
  if (table.kind !== "query" && table.changes.kind === "snapshots" && table.changes.version)
    measures.add(table.changes.version);
  return computedScopes(table).flatMap(({ expr, at }) =>
    subexpressions(expr)
      .slice(measures.has(expr) ? 1 : 0)
      .filter((node) => node.kind === "aggregate" || (node.kind === "raw" && aggregatesRows(node.text)))
      .map((node) => ({ ...say("AGG002"), at: node.at ?? at })),
  );
});

/** EXPR013: a row has the same values whenever it is made. */
const rawSqlIsTheSameLater = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    const word = expr.kind === "raw" ? varyingWord(expr.text) : undefined;
    if (word === undefined) return [];
    const message = `${word} gives another value in every update, and rows that are not made again keep the old one`;
    const help = 'for a time use a parameter, param.timestamp("as_of"), for an id the hash of what identifies the row';
    return [warning({ code: "EXPR013", message, help, at: expr.at })];
  }),
);

/** TYPE002: constants make a day that there is. */
const daysExist = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    if (expr.kind !== "call" || expr.fn !== "makeDate" || isDay(expr.args.map(constantOf))) return [];
    const given = expr.args.map((arg) => constantOf(arg) ?? "…").join(", ");
    const help = "give the year, the month from 1 to 12 and the day of the month, in this order";
    return [{ code: "TYPE002" as const, message: `makeDate(${given}) is not a day`, help, at: expr.at }];
  }),
);

const constantOf = (expr: ExprNode): number | undefined =>
  expr.kind === "literal" && expr.value !== null ? Number(expr.value) : undefined;

/** Whether there may be such a day; of what is not a constant it is taken for granted. 2024 has a 29 February. */
function isDay([year = 2024, month = 1, day = 1]: readonly (number | undefined)[]): boolean {
  const made = new Date(Date.UTC(2000, month - 1, day));
  made.setUTCFullYear(year, month - 1, day);
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
}

export const EXPRESSIONS_RULES: readonly Rule[] = [aggregatesAreMeasures, rawSqlIsTheSameLater, daysExist];
