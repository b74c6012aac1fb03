/**
 * Partial rows of groups whose measures add up: a table of the engine's own next to a view of few groups. New rows add
 * partial rows, and the view is made of those instead of its inputs.
 */

import type { RelationNode } from "../../../ast/relation.ts";
import type { RefreshIssue } from "../../../lower/incremental/issues.ts";
import { maintenanceOf } from "../../../lower/incremental/maintain.ts";
import type { Partials } from "../../../lower/incremental/partials.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import type { From } from "../../../targets/duckdb/reading.ts";
import { type InputState, type WrittenState, writeInputs } from "../state/state.ts";
import { commit } from "../tables/commit.ts";
import { inputName, query, type TableContext } from "../tables/context.ts";
import { type Outcome, outcome } from "../tables/outcome.ts";
import { finish } from "../tables/table-state.ts";
import { makeTable, writeQuery } from "../tables/write-query.ts";
import { quicklyScanned } from "./cost.ts";
import { forgetKept, partialsName, partialsTable, recorded } from "./feeds.ts";
import type { InputChanges } from "./input-changes.ts";

/** Partial rows of more groups than these are not kept: the groups that change are found instead. */
const MOST_GROUPS = 20_000;
/** Whole numbers up to here are exact as doubles. */
const EXACT = 2 ** 53;

const nameOf = ({ table }: LoweredQuery): string => partialsTable(table);

const partialsIn = (plan: LoweredQuery, context: TableContext): Partials | undefined =>
  plan.table.settings.refreshPolicy === "full" ? undefined : maintenanceOf(plan, context.plan.tables)?.partials;

/** Why a view needs no partial rows: it is as quickly made of all rows. */
export async function madeAsQuickly(plan: LoweredQuery, context: TableContext): Promise<RefreshIssue | undefined> {
  const scan = partialsIn(plan, context)?.scan;
  return scan && quicklyScanned(scan, plan, context);
}

/** Whether the first rows have more groups than are kept, so that partial rows need not be made of all of them to know. */
async function hasManyGroups(plan: LoweredQuery, { all }: Partials, context: TableContext): Promise<boolean> {
  // A join to some of the rows says nothing of a join to all of them.
  if (all.groups.length === 0 || plan.inputs.length > 1) return false;
  const first: From = (name) => `(SELECT * FROM ${inputName(name, context)} LIMIT ${4 * MOST_GROUPS})`;
  return (await context.session.count(`SELECT count(*) FROM (\n${query(all, context, first)}\n)`)) > MOST_GROUPS;
}

/** The query of a view over its partial rows, and how many those are. */
interface Made {
  readonly view: string;
  readonly rows: number;
}

/** Makes the partial rows of all rows, in the transaction that is open. */
export async function makePartials(plan: LoweredQuery, context: TableContext): Promise<Made | undefined> {
  const partials = partialsIn(plan, context);
  if (!partials || (await madeAsQuickly(plan, context)) || (await hasManyGroups(plan, partials, context))) {
    if (context.feeds.partials.has(plan.table.name)) await forget(plan, context);
    return undefined;
  }
  const now: From = (name, rows) => (rows === "partials" ? nameOf(plan) : inputName(name, context));
  await context.session.exec(`CREATE OR REPLACE TABLE ${nameOf(plan)} AS\n${query(partials.all, context, now)}`);
  const { rows, exact } = await measured(plan, partials, context);
  if (exact) return { view: query(partials.view, context, now), rows };
  await forget(plan, context);
  return undefined;
}

/** Keeps the partial rows with the state of the view that they are of, or removes them where there are too many. */
export async function keepPartials(plan: LoweredQuery, context: TableContext, rows: number): Promise<void> {
  const state = context.tables.get(plan.table.name);
  if (!state) return;
  if (rows > MOST_GROUPS) return forget(plan, context);
  const { generation, version } = state;
  const { session, feeds } = context;
  const known = feeds.partials.get(plan.table.name);
  const now = { input: "partials", generation, version, position: rows };
  await writeInputs(session, partialsName(plan.table), [now], known ? [known] : []);
  feeds.partials.set(plan.table.name, now);
}

async function forget(plan: LoweredQuery, { session, feeds }: TableContext): Promise<void> {
  feeds.partials.delete(plan.table.name);
  await session.exec(forgetKept(partialsName(plan.table)).join(";\n"));
}

interface Measured {
  readonly rows: number;
  /** Whether averages of them are exact. */
  readonly exact: boolean;
}

async function measured(plan: LoweredQuery, { bounded }: Partials, { session }: TableContext): Promise<Measured> {
  const totals = bounded.map((column) => `coalesce(sum(${id(column)}), 0)`);
  const [row] = await session.rows(
    `SELECT count(*) AS n, greatest(0, ${[0, ...totals].join(", ")}) AS size FROM ${nameOf(plan)}`,
  );
  return { rows: Number(row?.["n"]), exact: Number(row?.["size"]) < EXACT };
}

/** Partial rows are put together where there are more than twice as many as groups, and more than these. */
const FEW_ROWS = 16;

const isCrowded = (rows: number, groups: number): boolean => rows > MOST_GROUPS || rows > FEW_ROWS + 2 * groups;

/** Puts the partial rows of each group together. Gives how many are left. */
async function putTogether(plan: LoweredQuery, sql: string, { session }: TableContext): Promise<number> {
  await session.exec(
    `CREATE OR REPLACE TEMP TABLE medallion_merged AS\n${sql};
DELETE FROM ${nameOf(plan)};
INSERT INTO ${nameOf(plan)} BY NAME FROM medallion_merged;
DROP TABLE medallion_merged`,
  );
  return session.count(`SELECT count(*) FROM ${nameOf(plan)}`);
}

/** Adds what came to the groups of the view; `undefined` where that is not all that has changed. Then nothing was done. */
export async function mergePartials(
  plan: LoweredQuery,
  changes: InputChanges,
  context: TableContext,
  before: WrittenState,
): Promise<Outcome | undefined> {
  const partials = partialsIn(plan, context);
  const kept = context.feeds.partials.get(plan.table.name);
  if (!partials || kept?.generation !== before.generation || kept.version !== before.version) return undefined;
  const added = partials.added(changes.tables);
  if (!added) return undefined;
  try {
    return await merge(plan, partials, { added, changes, before, kept }, context);
  } catch (error) {
    if (error instanceof Unbounded) return undefined;
    throw error;
  }
}

/** Ends the transaction: an average would not be exact. */
class Unbounded extends Error {}

interface Merge {
  readonly added: RelationNode | "none";
  readonly changes: InputChanges;
  readonly before: WrittenState;
  /** The partial rows that the view is made of. */
  readonly kept: InputState;
}

async function merge(
  plan: LoweredQuery,
  partials: Partials,
  { added, changes, before, kept }: Merge,
  context: TableContext,
): Promise<Outcome> {
  const { session } = context;
  const { table } = plan;
  const sql = (node: RelationNode) => query(node, context, changes.from);
  const { inputs } = changes;
  return commit(plan, context, false, async () => {
    const more = added === "none" ? 0 : await session.changes(`INSERT INTO ${nameOf(plan)} BY NAME\n${sql(added)}`);
    const rows = await counted(plan, partials, { kept, more }, context);
    const { made: judged } = await recorded(plan, { ...context, before }, async () => {
      await makeTable(plan, session);
      return writeQuery(plan, sql(partials.view), context);
    });
    await finish(table, context, { before, changed: true, inputs });
    const left = isCrowded(rows, judged.staged) ? await putTogether(plan, sql(partials.merged), context) : rows;
    await keepPartials(plan, context, left);
    return { ...outcome(judged.staged, judged), refresh: { technique: "GROUP_AGGREGATE", issues: [] } };
  });
}

/** How many partial rows there are with those that came. */
async function counted(
  plan: LoweredQuery,
  partials: Partials,
  { kept, more }: { readonly kept: InputState; readonly more: number },
  context: TableContext,
): Promise<number> {
  // An earlier release did not keep how many there are.
  if (partials.bounded.length === 0 && kept.position > 0) return kept.position + more;
  const { rows, exact } = await measured(plan, partials, context);
  if (!exact) throw new Unbounded();
  return rows;
}
