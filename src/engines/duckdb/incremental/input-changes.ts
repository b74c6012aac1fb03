/** What the inputs of a materialized view have gained and lost since it read them. */
import type { TableNode } from "../../../ast/pipeline.ts";
import type { RefreshIssue } from "../../../lower/incremental/issues.ts";
import type { ChangedTables } from "../../../lower/incremental/parts.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import type { From } from "../../../targets/duckdb/reading.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { endOf } from "../keys.ts";
import { type InputState, readOf } from "../state/state.ts";
import { inputName, type TableContext } from "../tables/context.ts";
import { total } from "../tables/outcome.ts";
import { inputsOf, type ReadTo } from "../tables/table-state.ts";
import { countOfFeed, partialsTable, rowsOfFeed } from "./feeds.ts";
import { foundRows } from "./found.ts";

/** Temporary table of the keys that are read again. */
export const KEYS = "medallion_touched";
/** Temporary table of the rows that a view had of them, with their row ids as `__medallion_row`. */
export const OUTDATED = "medallion_outdated";

export interface InputChanges {
  /** All inputs of the view, as far as these changes go. */
  readonly inputs: readonly ReadTo[];
  readonly tables: ChangedTables;
  /** Rows that came, of all tables. */
  readonly added: number;
  /** Rows that came or went. */
  readonly changed: number;
  /** Whether they are of one write of each table: none of those that came went again. */
  readonly ofOneWrite: boolean;
  readonly from: From;
}

interface InputChange {
  readonly added: string;
  readonly rows: number;
  /** Rows that came or went. */
  readonly changed: number;
  /** Absent: rows were only added. */
  readonly removed?: string;
  readonly ofOneWrite: boolean;
}

/** All inputs of a view, with the rows that an append-only one has now. */
export async function readThrough(plan: LoweredQuery, context: TableContext): Promise<readonly ReadTo[]> {
  const read: ReadTo[] = [];
  for (const input of plan.inputs) {
    if (context.plan.kinds.get(input) !== "streaming") read.push({ input });
    else read.push({ input, position: await positionIn(input, plan.table, context) });
  }
  return read;
}

function positionIn(input: string, table: TableNode, context: TableContext): Promise<number> | number {
  const [then, now] = [readOf(inputsOf(table, context), { input }), context.tables.get(input)];
  const isSame = then && now && then.generation === now.generation;
  if (isSame && then.version === now.version && then.position > 0) return then.position;
  // Rows are only added, so those that were there need not be looked at again.
  return endOf(context.session, inputName(input, context), isSame ? then.position : 0);
}

/** The changes, or why they are not known. */
export async function inputChanges(
  plan: LoweredQuery,
  context: TableContext,
): Promise<InputChanges | { readonly issues: readonly RefreshIssue[] }> {
  const changes = new Map<string, InputChange>();
  const issues: RefreshIssue[] = [];
  const { table } = plan;
  const inputs = await readThrough(plan, context);
  for (const { input, position = 0 } of inputs) {
    const node = context.plan.tables.get(input);
    const then = readOf(inputsOf(table, context), { input });
    const change = node ? await changeOf(node, { then, end: position }, context) : "is not in the pipeline";
    if (typeof change === "string") issues.push({ type: "CHANGE_SET_MISSING", message: `${input} ${change}` });
    else if (change) changes.set(input, change);
  }
  if (issues.length > 0) return { issues };
  return {
    inputs,
    added: total([...changes.values()].map((change) => change.rows)),
    changed: total([...changes.values()].map((change) => change.changed)),
    ofOneWrite: [...changes.values()].every((change) => change.ofOneWrite),
    tables: new Map([...changes].map(([name, change]) => [name, { removed: change.removed !== undefined }])),
    from: (name, rows) => {
      if (rows === undefined) return inputName(name, context);
      if (rows === "keys") return KEYS;
      if (rows === "outdated") return OUTDATED;
      if (rows === "partials") return partialsTable(table);
      if (rows === "found") return foundRows(inputName(name, context));
      const { added = "", removed } = changes.get(name) ?? {};
      if (rows === "added" || removed === undefined) return added;
      if (rows === "changed") return `(FROM ${added} UNION ALL FROM ${removed})`;
      const columns = context.plan.tables.get(name)?.columns.map((column) => column.name) ?? [];
      return possible(inputName(name, context), removed, columns);
    },
  };
}

function possible(table: string, removed: string, columns: readonly string[]): string {
  const list = columns.map(id).join(", ");
  return `(SELECT ${list} FROM ${table} UNION ALL SELECT ${list} FROM ${removed})`;
}

/** What became of one input; in words why that is not known; nothing where it is as it was. */
async function changeOf(
  node: TableNode,
  { then, end }: { readonly then: InputState | undefined; readonly end: number },
  context: TableContext,
): Promise<InputChange | string | undefined> {
  const now = context.tables.get(node.name);
  if (!then || !now) return "was not read yet";
  if (then.generation !== now.generation) return "was rebuilt since it was read";
  if (then.version === now.version) return undefined;
  if (context.plan.kinds.get(node.name) === "streaming") {
    // A warehouse of an earlier release does not know how many rows a view has read.
    if (then.position === 0 && then.version > 0) return "was read when the rows were not counted that a view has read";
    const rows = end - then.position;
    return {
      added: `(SELECT * FROM ${nameOf(node)} WHERE rowid >= ${then.position})`,
      rows,
      changed: rows,
      ofOneWrite: true,
    };
  }
  const feed = context.feeds.known.get(node.name);
  if (!feed || feed.generation !== now.generation || feed.through !== now.version || feed.since > then.version) {
    return "was written as a whole since it was read";
  }
  const counts = await countOfFeed(node, feed, then.version, context.session);
  if (!counts) return "has lost rows outside of medallion since it was read";
  const { added, removed } = counts;
  if (added + removed === 0) return undefined;
  return {
    added: rowsOfFeed(node, feed, then.version, 1),
    rows: added,
    changed: added + removed,
    ofOneWrite: now.version === then.version + 1,
    ...(removed > 0 && { removed: rowsOfFeed(node, feed, then.version, -1) }),
  };
}
