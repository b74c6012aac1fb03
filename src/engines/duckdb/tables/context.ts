/** What the update of every kind of table needs: names, state, and how a query is run into its table. */

import { fullName, type ScdTableNode, type TableNode } from "../../../ast/pipeline.ts";
import type { RelationNode } from "../../../ast/relation.ts";
import { contentHash } from "../../../core/hash.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import type { Refresh } from "../../../lower/incremental/issues.ts";
import type { LoweredPipeline, LoweredQuery, LoweredTable } from "../../../lower/table.ts";
import type { Definition, Json } from "../../../settings/definition.ts";
import { printQuery } from "../../../sql/query.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { type From, reading } from "../../../targets/duckdb/reading.ts";
import { flagsOf, withFlags } from "../../../targets/duckdb/rows.ts";
import { createTable, nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import type { CodedWarning } from "../../events.ts";
import { brokenKey } from "../../keys.ts";
import { checkAccounts } from "../accounts.ts";
import { type Feeds, settleFeed } from "../incremental/feeds.ts";
import type { GivenRows } from "../inputs/inputs.ts";
import { countNewKeys, endOf } from "../keys.ts";
import type { Params } from "../params.ts";
import type { Decision } from "../plan/decision.ts";
import { allWritten, type Judged, judge } from "../rules.ts";
import type { FilesRead } from "../state/files.ts";
import { type InputState, type ParamEpoch, type Read, readOf, type WrittenState, writeState } from "../state/state.ts";
import type { ExpectationResult } from "../update.ts";
import type { Catalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";

/** What all tables of an update share. */
export interface UpdateContext {
  readonly updateId: string;
  readonly baseDir: string;
  /** Rows that are given in the place of files. */
  readonly rows: GivenRows;
  /** What a source path means that matches no file. */
  readonly missingFiles: "warn" | "fail";
  readonly startedAt: Date;
  /** The folder for what does not fit into memory, where one is given. */
  readonly tempDirectory: string | undefined;
  /** The tables as they are lowered. */
  readonly plan: LoweredPipeline;
  readonly params: Params;
  readonly pipeline: string;
  /** What stood in the warehouse when it was opened. */
  readonly catalog: Catalog;
  /** What decides the rows of each table, and what else is said of it. */
  readonly described: ReadonlyMap<string, Described>;
  /** What is to be done with each table before it reads what is new. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** State of every table as it is now: read before the update, written as tables complete. */
  readonly tables: Map<string, WrittenState>;
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  /** What tables have gained and lost for their readers. */
  readonly feeds: Feeds;
  /** The files that each table has read, as the update found them. */
  readonly files: ReadonlyMap<string, FilesRead>;
  /** `details` hold the code of the warning. */
  readonly warn: (table: string, message: string, details: CodedWarning) => void;
}

export interface Described {
  readonly definition: Definition;
  readonly settings: Readonly<Record<string, Json>>;
}

export interface TableContext extends UpdateContext {
  /** Histories that an as-of join of all rows sorts. */
  readonly crowded?: ReadonlySet<string>;
  /** The session that this table has to itself. */
  readonly session: Session;
  /** Writes what the table did to the event log, in the transaction of its data. */
  readonly record: (outcome: Outcome) => Promise<void>;
}

export interface Outcome {
  readonly skipped: boolean;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly rowsDropped: number;
  readonly rowsQuarantined: number;
  readonly expectations: readonly ExpectationResult[];
  /** Of a materialized view: how it was brought up to date. */
  readonly refresh?: Refresh;
}

export const NOTHING: Outcome = {
  skipped: true,
  rowsRead: 0,
  rowsWritten: 0,
  rowsDropped: 0,
  rowsQuarantined: 0,
  expectations: [],
};

export function inputName(name: string, { plan }: UpdateContext): string {
  return nameOf(known(plan.tables, { name }));
}

/** SQL of the condition that two rows are of the same key of a change target. */
export function sameKey(table: ScdTableNode, left: string, right: string): string {
  return table.changes.keys.map((key) => `${left}.${id(key)} = ${right}.${id(key)}`).join(" AND ");
}

export function query(node: RelationNode, { plan, crowded }: TableContext, from: From): string {
  return printQuery(node, { ...reading(plan.tables, from), ...(crowded && { crowded }) });
}

/**
 * Does all of `work` or nothing of it. Its counts and its key are checked and its record is written before it commits.
 * `appends`: the rows that are there stay, and were counted when they came.
 */
export function commit(
  { table, key }: LoweredTable,
  context: TableContext,
  appends: boolean,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const { session } = context;
  return session.transaction(async () => {
    const start = key && appends ? await endOf(session, nameOf(table)) : 0;
    const made = await work();
    checkAccounts(table, made);
    const done = key ? await withKey(table, made, { key, start }, context) : made;
    await context.record(done);
    return done;
  });
}

async function withKey(
  table: TableNode,
  done: Outcome,
  { key, start }: { readonly key: readonly string[]; readonly start: number },
  context: TableContext,
): Promise<Outcome> {
  const counted = await countNewKeys(context.session, { target: nameOf(table), key, start });
  if (counted.failed > 0) {
    const { message, ...details } = brokenKey(table, key, counted, { rows: "rows that were written to", id });
    context.warn(table.name, message, details);
  }
  return { ...done, expectations: [...done.expectations, counted] };
}

// ---- state

/** The state from which the update goes on: none where the plan is to make the table from the start. */
export function previous(table: TableNode, context: TableContext): WrittenState | undefined {
  return decisionOf(table, context).keeps ? context.tables.get(table.name) : undefined;
}

export function decisionOf(table: TableNode, context: UpdateContext): Decision {
  return known(context.decisions, table);
}

export function describedOf(table: TableNode, context: UpdateContext): Described {
  return known(context.described, table);
}

function known<T>(values: ReadonlyMap<string, T>, { name }: Pick<TableNode, "name">): T {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw failure({ code: "TBL003", message: `there is no table "${name}" in the pipeline`, table: name });
}

/** How far an input was read. */
export interface ReadTo extends Read {
  readonly position?: number;
}

/** All inputs, read as a whole. */
export function whole({ inputs }: LoweredTable): readonly ReadTo[] {
  return inputs.map((input) => ({ input }));
}

/** Whether nothing has changed in the inputs since they were read. */
export function unchanged(table: TableNode, inputs: readonly ReadTo[], context: TableContext): boolean {
  const read = inputsOf(table, context);
  return inputs.every((one) => {
    const [then, now] = [readOf(read, one), context.tables.get(one.input)];
    return (
      then !== undefined && now !== undefined && then.generation === now.generation && then.version === now.version
    );
  });
}

export function inputsOf(table: TableNode, { inputs }: UpdateContext): readonly InputState[] {
  return inputs.get(fullName(table)) ?? [];
}

/** Writes the table's state alongside its data, in the same transaction. */
export async function finish(
  table: TableNode,
  context: TableContext,
  made: {
    readonly before: WrittenState | undefined;
    readonly changed: boolean;
    readonly inputs: readonly ReadTo[];
    readonly params?: readonly ParamEpoch[];
  },
): Promise<void> {
  const { before, changed, inputs } = made;
  const state: WrittenState = {
    ...described(table, context),
    params: made.params ?? epochs(before, context.params.valuesOf(table)),
    generation: generationOf(table, before, context),
    version: (before?.version ?? 0) + (changed ? 1 : 0),
  };
  const read = inputs.map(({ input, backfill, position = 0 }): InputState => {
    const now = context.tables.get(input);
    return { input, backfill, generation: now?.generation ?? "", version: now?.version ?? 0, position };
  });
  await writeState(context.session, state, read, { state: before, inputs: inputsOf(table, context) });
  await settleFeed(context.session, context.feeds, state);
  context.tables.set(table.name, state);
}

/** Names the rows of a table until it is rebuilt. */
export function generationOf(table: TableNode, before: WrittenState | undefined, { updateId }: UpdateContext): string {
  return before?.generation ?? contentHash(`${updateId}:${table.name}`);
}

/** What the state says of a table apart from its data. */
export function described(table: TableNode, context: UpdateContext) {
  const { pipeline, baseDir } = context;
  return { pipeline, name: table.name, layer: table.layer, ...describedOf(table, context), baseDir };
}

/** The values of parameters under which rows were taken, with those of now: rows keep the values they were read under. */
export function epochs(
  before: WrittenState | undefined,
  values: ParamEpoch["values"],
  until: ParamEpoch["until"] = {},
): readonly ParamEpoch[] {
  const last = before?.params.at(-1);
  if (!before || !last) return [{ values }];
  if (JSON.stringify(last.values) === JSON.stringify(values)) return before.params;
  return [...before.params.slice(0, -1), { ...last, until }, { values }];
}

/** Rows of an append-only table. Their row ids are their positions: nothing is ever deleted from it. */
export async function rowCount(session: Session, target: string): Promise<number> {
  const [row] = await session.rows(`SELECT count(*) AS n, coalesce(max(rowid) + 1, 0) AS ends FROM ${target}`);
  const [count, end] = [Number(row?.["n"] ?? 0), Number(row?.["ends"] ?? 0)];
  if (count === end) return end;
  throw failure({
    code: "STATE002",
    message: `rows of ${target} were deleted outside of medallion, so its readers cannot tell which are new`,
    help: "run with fullRefresh",
  });
}

// ---- data

/** Creates the table and its quarantine in one go: a statement of its own costs more on the way than in DuckDB. */
export async function makeTable(plan: LoweredTable, session: Session): Promise<void> {
  const stale = plan.quarantine ? [] : [`DROP TABLE IF EXISTS ${quarantineName(plan.table)}`];
  await session.exec([...createTable(plan), ...stale].join(";\n"));
}

/** Runs a query into its table, by way of a staging table where rules are to be counted. */
export async function writeQuery(
  plan: LoweredQuery,
  sql: string,
  { session, updateId }: TableContext,
): Promise<Judged> {
  const { table, rules, inputs } = plan;
  const columns = table.columns.map((c) => c.name);
  const flags = flagsOf(rules);
  if (flags.length === 0) {
    return allWritten(await session.changes(`INSERT INTO ${nameOf(table)} (${columns.map(id).join(", ")})\n${sql}`));
  }
  await session.exec(`CREATE OR REPLACE TEMP TABLE ${STAGE} AS ${withFlags(`(\n${sql}\n)`, flags)}`);
  const judged = await judge(
    session,
    table,
    { from: STAGE, columns, flags, origin: text(inputs.join(", ")) },
    updateId,
  );
  await session.exec(`DROP TABLE ${STAGE}`);
  return judged;
}

/** `leftOut`: rows that the conditions of the query left out, before its rules were asked. */
export function outcome(read: number, judged: Judged, leftOut = 0): Outcome {
  const { written, dropped, quarantined, expectations } = judged;
  return {
    skipped: false,
    rowsRead: read,
    rowsWritten: written,
    rowsDropped: leftOut + dropped,
    rowsQuarantined: quarantined,
    expectations,
  };
}

const STAGE = "medallion_stage";

export const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
