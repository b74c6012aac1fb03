/** Expectations as SQL of Spark and Databricks: filters, assertions, the names of broken rules, and counts. */
import type { ExprNode } from "../../ast/expr.ts";
import { keyRule } from "../../ast/keys.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ViolationAction } from "../../ast/settings.ts";
import { BINDING, call, plain, type Sql, within } from "../../functions/fragment.ts";
import { failingRule } from "../../lower/rules.ts";
import type { LoweredQuery } from "../../lower/table.ts";
import { READABLE } from "../../settings/expectations.ts";
import { indent } from "../../sql/block.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { render } from "../../sql/expr.ts";
import { sparkIdentifier as id, sparkText as text } from "./dialect.ts";

interface Rule {
  readonly name: string;
  readonly action: ViolationAction;
  /** True where the rule holds, and never null. */
  readonly sql: Sql;
}

/** The rules of a table that have one of the actions; without any, all of them. */
export function rulesOf(
  { rules }: Pick<LoweredQuery, "rules">,
  dialect: Dialect,
  ...actions: readonly ViolationAction[]
): readonly Rule[] {
  return rules.all
    .filter((rule) => actions.length === 0 || actions.includes(rule.action))
    .map(({ name, action, predicate }) => ({ name, action, sql: condition(predicate, dialect) }));
}

/** A condition that is never null: what is not true is false. */
function condition(predicate: ExprNode, dialect: Dialect): Sql {
  const sql = render(predicate, { dialect, column: (c) => id(c.name) });
  return predicate.nullable ? call("coalesce", [sql, plain("false")]) : sql;
}

/** How the engine names a broken rule, and how the command line finds it again. */
function brokenRule(table: TableNode, rule: { readonly name: string }): string {
  return `a row breaks ${failingRule(table, rule)}`;
}

/** A condition alongside which AND stands. */
export const conjunct = (sql: Sql): string => within(sql, BINDING.and);
const operand = (sql: Sql): string => within(sql, BINDING.atom);

/**
 * The rows of a query that are kept; a row that breaks a failing rule fails the flow. One predicate: were they two,
 * Spark could leave out a row before it was asserted.
 */
export function kept(query: string, plan: LoweredQuery, dialect: Dialect): string {
  const dropped = rulesOf(plan, dialect, "drop").map((rule) => conjunct(rule.sql));
  const asserts = assertions(plan, dialect, undefined);
  if (dropped.length === 0) return asserted(query, plan, dialect, undefined);
  if (asserts.length === 0) return filtered(query, dropped.join("\n  AND "));
  return filtered(query, `CASE\n  WHEN ${asserts.join("\n    AND ")}\n  THEN ${dropped.join(" AND ")}\nEND`);
}

/** All rows of a query, each of which has to hold the failing rules, or else `unless`. */
export function asserted(query: string, plan: LoweredQuery, dialect: Dialect, unless: string | undefined): string {
  const asserts = assertions(plan, dialect, unless);
  return asserts.length === 0 ? query : filtered(query, asserts.join("\n  AND "));
}

function assertions(plan: LoweredQuery, dialect: Dialect, unless: string | undefined): readonly string[] {
  return rulesOf(plan, dialect, "fail").map((rule) => {
    const sql = unless === undefined ? rule.sql.text : `${unless} OR ${operand(rule.sql)}`;
    return `assert_true(${sql}, ${text(brokenRule(plan.table, rule))}) IS NULL`;
  });
}

const filtered = (query: string, predicate: string) => `SELECT *\nFROM (\n${indent(query)}\n)\nWHERE ${predicate}`;

/** The rows of a query with the names of the rules that each breaks. */
export function withBrokenRules(query: string, plan: LoweredQuery, dialect: Dialect): string {
  const { readable } = plan.rules;
  const own = rulesOf(plan, dialect, "quarantine").map((rule) => {
    const broken = `NOT ${operand(rule.sql)}`;
    return `CASE WHEN ${readable ? `_reason IS NULL AND ${broken}` : broken} THEN ${text(rule.name)} END`;
  });
  const all = [...(readable ? [`CASE WHEN _reason IS NOT NULL THEN ${text(READABLE)} END`] : []), ...own];
  return `SELECT
  *,
  array_compact(array(
${all.map((sql) => `    ${sql}`).join(",\n")}
  )) AS _broken_rules
FROM (
${indent(query)}
)`;
}

/**
 * The columns of a quarantine, over the rows with the rules that they break: those of its table, and why. No SQL knows
 * the update that it is run by. `now`: SQL of the time at which a row is quarantined.
 */
export function quarantined(
  columns: readonly string[],
  { rules, inputs }: LoweredQuery,
  now = "current_timestamp()",
): readonly string[] {
  const nothing = (name: string) => `CAST(NULL AS STRING) AS ${name}`;
  const origin = rules.readable
    ? ["_reason", "_row", "_source_file AS _source"]
    : [nothing("_reason"), nothing("_row"), `${text(inputs.join(", "))} AS _source`];
  return [...columns, "_broken_rules", ...origin, `${now} AS _quarantined_at`, nothing("_update_id")];
}

/** One row per rule with how many rows it held for, and for how many not. `from` is what stands after FROM. */
export function counts(from: string, plan: LoweredQuery, dialect: Dialect): string {
  const each = rulesOf(plan, dialect).map((rule) => {
    const passed = `count_if(${rule.sql.text})`;
    const fields = ["'rule'", text(rule.name), "'action'", text(rule.action), "'passed'", passed];
    return `named_struct(${fields.join(", ")}, 'failed', count(*) - ${passed})`;
  });
  return `SELECT inline(rules)
FROM (
  SELECT
    array(
${each.map((sql) => `      ${sql}`).join(",\n")}
    ) AS rules
  FROM ${from}
)`;
}

/** The row of a key: how many rows have one of their own, and how many share it or lack a part of it. */
export function keyCounts(from: string, key: readonly string[]): string {
  const sum = (condition: string) => `coalesce(sum(__rows) FILTER (WHERE ${condition}), 0)`;
  return `SELECT
  ${text(keyRule(key))} AS rule,
  'warn' AS action,
  ${sum("__own")} AS passed,
  ${sum("NOT __own")} AS failed
FROM (
  SELECT
    count(*) AS __rows,
    ${ownKey("count(*)", key)} AS __own
  FROM ${from}
  GROUP BY ${key.map(id).join(", ")}
)`;
}

/** Whether a row has a key of its own, where `rows` have the same one. */
export function ownKey(rows: string, key: readonly string[]): string {
  return [`${rows} = 1`, ...key.map((name) => `${id(name)} IS NOT NULL`)].join(" AND ");
}
