/**
 * When recomputing a view costs less than bringing it up to date. The numbers are measured (`npm run bench -- incremental`
 * and tables of a million rows); a `refreshPolicy` that asks for an incremental refresh overrules them.
 */

import type { RefreshIssue } from "../../../lower/incremental/issues.ts";
import type { Partials } from "../../../lower/incremental/partials.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { isIncremental } from "../../../settings/refresh-policy.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { inputName, type TableContext } from "../tables/context.ts";
import type { InputChanges } from "./input-changes.ts";

/** Fewer changes are looked through in no time. */
const FEW_CHANGES = 20_000;
/** The share of the rows of all inputs of which the keys are looked for: it takes as long as reading those rows. */
const MOST_CHANGED = 0.5;
/** That of rows whose groups are merged with those of the view: measures that add up are quickly made of all rows. */
const MOST_MERGED = 0.2;
/** The share of the rows of a view that are read again: finding rows costs more than making them. */
const MOST_TOUCHED = 0.3;
/** The share of the rows of its inputs from which on a view is read as slowly as those. */
const LARGE_SHARE = 0.2;
/** So many values DuckDB adds up in the time that it takes to keep partial rows. */
const QUICK_VALUES = 2_000_000;

/** Why what came is not merged with the groups that the view has. */
export const tooManyToMerge = (plan: LoweredQuery, context: TableContext, changes: InputChanges) =>
  ofChanges(MOST_MERGED, changes.changed, plan, context);

/** Why the touched keys are not even looked for, as where new row numbers replace all rows of an input. */
export const tooManyToLookFor = (plan: LoweredQuery, context: TableContext, changes: InputChanges) =>
  ofChanges(MOST_CHANGED, changes.changed, plan, context);

async function ofChanges(
  most: number,
  changed: number,
  plan: LoweredQuery,
  context: TableContext,
): Promise<RefreshIssue | undefined> {
  if (isIncremental(plan.table.settings.refreshPolicy) || changed < FEW_CHANGES) return undefined;
  const rows = await inputRows(plan, context);
  return changed > rows * most ? tooCostly(`${changed} rows of its inputs came or went, of ${rows}`) : undefined;
}

/** Why the rows of the touched keys are not read again. `what`: what the change does with those rows. */
export function tooManyTouched(what: string, rows: number, total: number): RefreshIssue | undefined {
  return rows > total * MOST_TOUCHED ? tooCostly(`what has changed ${what} ${rows} of its ${total} rows`) : undefined;
}

/** Why the one row of a view is made of all rows, and not of partial rows. */
export async function quicklyScanned(
  { table, measures }: NonNullable<Partials["scan"]>,
  plan: LoweredQuery,
  context: TableContext,
): Promise<RefreshIssue | undefined> {
  if (isIncremental(plan.table.settings.refreshPolicy)) return undefined;
  const rows = await context.session.count(`SELECT count(*) FROM ${inputName(table, context)}`);
  if (rows * measures > QUICK_VALUES) return undefined;
  const message = `its one row is made of all ${rows} rows of ${table} as quickly as of those that came`;
  return { type: "INCREMENTAL_PLAN_REJECTED_BY_COST_MODEL", message };
}

/** Whether the rows that a view has of its groups are read as slowly as the inputs: then groups are found by their keys alone. */
export async function isLargeView(plan: LoweredQuery, context: TableContext): Promise<boolean> {
  const rows = await context.session.count(`SELECT count(*) FROM ${nameOf(plan.table)}`);
  return rows > FEW_CHANGES && rows > (await inputRows(plan, context)) * LARGE_SHARE;
}

async function inputRows({ inputs }: LoweredQuery, context: TableContext): Promise<number> {
  let rows = 0;
  for (const input of inputs) rows += await context.session.count(`SELECT count(*) FROM ${inputName(input, context)}`);
  return rows;
}

const tooCostly = (message: string): RefreshIssue => ({
  type: "INCREMENTAL_PLAN_REJECTED_BY_COST_MODEL",
  subtype: "CHANGESET_SIZE_THRESHOLD_EXCEEDED",
  message,
});
