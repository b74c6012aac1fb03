/**
 * `<table>_expectations`: what is counted next to a table. A key is checked over all rows of a table, which an
 * expectation of the table itself cannot do, and any expectation of a materialized view ends its incremental refresh.
 * The view has the columns that are looked at, a row for each row of the table, so that the event log counts rows.
 */

import { keyRule } from "../../ast/keys.ts";
import { fullName, type TableNode } from "../../ast/pipeline.ts";
import { columnsIn } from "../../ast/walk.ts";
import { BINDING, piece } from "../../functions/fragment.ts";
import type { LoweredQuery, LoweredTable } from "../../lower/table.ts";
import { isIncremental } from "../../settings/refresh-policy.ts";
import { list } from "../../sql/block.ts";
import { commentOnRows } from "../companions.ts";
import { block } from "../layout.ts";
import { sparkIdentifier as id, sparkText as text } from "../spark-sql/dialect.ts";
import { ownKey } from "../spark-sql/rules.ts";
import { type Context, nameOf } from "./context.ts";
import { type Constraint, expectation } from "./table.ts";

/**
 * Whether a table holds its rules in a table alongside it: those of a materialized view that is to stay incremental. A rule that
 * drops rows or fails the update has to be held before the rows are written.
 */
export function holdsRulesApart({ settings: { refreshPolicy, expectations } }: TableNode): boolean {
  return (
    isIncremental(refreshPolicy) &&
    expectations.length > 0 &&
    expectations.every((e) => e.action === "warn" || e.action === "quarantine")
  );
}

/** Whether a table has something that is counted next to it. A view has not: there is nothing to read once it is made. */
export function hasExpectationsView({ table, mode, key }: LoweredTable): boolean {
  if (mode === "changes" || mode === "snapshots" || table.settings.temporary) return false;
  return holdsRulesApart(table) || key !== undefined;
}

/** What the counts read. */
interface Counted {
  /** The table itself, or its checked rows. */
  readonly from: string;
  /** Rules that are held here. */
  readonly rules: readonly Constraint[];
  /** Where `from` has rows that are not the table's: true of those. */
  readonly aside?: string;
  /** Columns that the rules look at besides those of the table. */
  readonly others?: readonly string[];
}

/** The statement of the view, where there is something to count. */
export function expectationsStatements(
  plan: LoweredQuery,
  { from, rules, aside, others = [] }: Counted,
  context: Context,
): readonly string[] {
  if (!hasExpectationsView(plan)) return [];
  const { table, key = [] } = plan;
  const looked = new Set([...key, ...(rules.length > 0 ? columnsOfRules(table) : [])]);
  const columns = plan.columns.filter((c) => looked.has(c.name));
  const shown = [...columns.map((c) => c.name), ...others];
  const among = [...key.map(id), ...(aside === undefined ? [] : [aside])].join(", ");
  const items = [
    ...shown.map(id),
    ...(key.length > 0 && aside !== undefined ? [`${aside} AS __aside`] : []),
    ...(key.length > 0 ? [`count(*) OVER (PARTITION BY ${among}) AS __rows`] : []),
  ];
  const own = piece(ownKey("__rows", key), BINDING.and);
  const constraints = [
    ...rules,
    ...(key.length > 0
      ? [{ name: keyRule(key), sql: aside === undefined ? own : piece(`__aside OR ${own.text}`, BINDING.or) }]
      : []),
  ];
  return [
    `CREATE OR REFRESH PRIVATE MATERIALIZED VIEW ${nameOf(table, context, "expectations")} ${block(constraints.map(expectation))}
COMMENT ${text(commentOnRows(`What is counted of the rows of ${fullName(table)}`, columns))}
AS
SELECT
${list(items)}
FROM ${from};`,
  ];
}

function columnsOfRules({ settings }: TableNode): readonly string[] {
  return columnsIn(settings.expectations.map((e) => e.predicate)).map((column) => column.name);
}
