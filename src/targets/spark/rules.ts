/** Expectations as SQL: filters, assertions, the names of broken rules, and counts. */
import { keyRule } from "../../ast/keys.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ViolationAction } from "../../ast/settings.ts";
import { indent } from "../../sql/query.ts";
import { condition } from "./context.ts";
import { sparkIdentifier as id, sparkText as text } from "./dialect.ts";

export interface Rule {
  readonly name: string;
  readonly action: ViolationAction;
  /** True where the rule holds, and never null. */
  readonly sql: string;
}

export function rulesOf(table: TableNode, ...actions: readonly ViolationAction[]): readonly Rule[] {
  return table.settings.expectations
    .filter((e) => actions.length === 0 || actions.includes(e.action))
    .map((e) => ({ name: e.name, action: e.action, sql: condition(e.predicate) }));
}

/** How the engine names a broken rule, and how the command line finds it again. */
export function brokenRule(table: TableNode, rule: { readonly name: string }): string {
  return `a row breaks the rule "${rule.name}" of ${table.layer}.${table.name}, which fails its update`;
}

const grouped = (sql: string) => (/^[a-z_]+\([^()]*\)$/s.test(sql) ? sql : `(${sql})`);
export const negated = (sql: string) => `NOT ${grouped(sql)}`;

/**
 * The rows of a query that are kept; a row that breaks a failing rule fails the flow. One predicate: were they two,
 * Spark could leave out a row before it was asserted.
 */
export function kept(query: string, table: TableNode): string {
  const dropped = rulesOf(table, "drop").map((rule) => conjunct(rule.sql));
  const asserts = assertions(table, undefined);
  if (dropped.length === 0) return asserted(query, table, undefined);
  if (asserts.length === 0) return filtered(query, dropped.join("\n  AND "));
  return filtered(query, `CASE\n  WHEN ${asserts.join("\n    AND ")}\n  THEN ${dropped.join(" AND ")}\nEND`);
}

/** All rows of a query, each of which has to hold the failing rules, or else `unless`. */
export function asserted(query: string, table: TableNode, unless: string | undefined): string {
  const asserts = assertions(table, unless);
  return asserts.length === 0 ? query : filtered(query, asserts.join("\n  AND "));
}

function assertions(table: TableNode, unless: string | undefined): readonly string[] {
  return rulesOf(table, "fail").map((rule) => {
    const sql = unless === undefined ? rule.sql : `${unless} OR ${grouped(rule.sql)}`;
    return `assert_true(${sql}, ${text(brokenRule(table, rule))}) IS NULL`;
  });
}

const filtered = (query: string, predicate: string) => `SELECT *\nFROM (\n${indent(query)}\n)\nWHERE ${predicate}`;

export const conjunct = (sql: string) => (/\bOR\b/.test(sql) ? `(${sql})` : sql);

/** The rows of a query with the names of the rules that each breaks. */
export function withBrokenRules(query: string, table: TableNode, unreadable: boolean): string {
  const own = rulesOf(table, "quarantine").map((rule) => {
    const broken = unreadable ? `_reason IS NULL AND ${negated(rule.sql)}` : negated(rule.sql);
    return `CASE WHEN ${broken} THEN ${text(rule.name)} END`;
  });
  const all = [...(unreadable ? ["CASE WHEN _reason IS NOT NULL THEN 'readable' END"] : []), ...own];
  return `SELECT
  *,
  array_compact(array(
${all.map((sql) => `    ${sql}`).join(",\n")}
  )) AS _broken_rules
FROM (
${indent(query)}
)`;
}

/** One row per rule with how many rows it held for, and for how many not. */
export function counts(query: string, table: TableNode): string {
  const each = rulesOf(table).map((rule) => {
    const passed = `count_if(${rule.sql})`;
    const fields = ["'rule'", text(rule.name), "'action'", text(rule.action), "'passed'", passed];
    return `named_struct(${fields.join(", ")}, 'failed', count(*) - ${passed})`;
  });
  return `SELECT inline(rules)
FROM (
  SELECT
    array(
${each.map((sql) => `      ${sql}`).join(",\n")}
    ) AS rules
  FROM ${nested(query)}
)`;
}

/** The row of a key: how many rows have one of their own, and how many share it or lack a part of it. */
export function keyCounts(query: string, key: readonly string[]): string {
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
  FROM ${nested(query)}
  GROUP BY ${key.map(id).join(", ")}
)`;
}

/** Whether a row has a key of its own, where `rows` have the same one. */
export function ownKey(rows: string, key: readonly string[]): string {
  return [`${rows} = 1`, ...key.map((name) => `${id(name)} IS NOT NULL`)].join(" AND ");
}

const nested = (query: string) => (query.includes("\n") ? `(\n${indent(indent(query))}\n  )` : query);
