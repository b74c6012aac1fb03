/** What the update of every kind of table is given: the plan, what is known of every table, and how queries read them. */

import type { ScdTableNode, TableNode } from "../../../ast/pipeline.ts";
import type { RelationNode } from "../../../ast/relation.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import type { LoweredPipeline } from "../../../lower/table.ts";
import type { Definition, Json } from "../../../settings/definition.ts";
import { printQuery } from "../../../sql/query.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { type From, reading } from "../../../targets/duckdb/reading.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { CodedWarning } from "../../events.ts";
import type { Feeds } from "../incremental/feeds.ts";
import type { Ahead } from "../ingest/ahead.ts";
import type { GivenRows } from "../inputs/inputs.ts";
import type { Params } from "../params.ts";
import type { Decision } from "../plan/decision.ts";
import type { FilesRead } from "../state/files.ts";
import type { InputState, WrittenState } from "../state/state.ts";
import type { Catalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";
import type { Outcome } from "./outcome.ts";

/** What all tables of an update share. */
export interface UpdateContext {
  readonly updateId: string;
  /** Rows that are given instead of files. */
  readonly rows: GivenRows;
  /** The look at the files of a warehouse that is new. */
  readonly ahead: Ahead | undefined;
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

export function decisionOf(table: TableNode, context: UpdateContext): Decision {
  return known(context.decisions, table);
}

export function describedOf(table: TableNode, context: UpdateContext): Described {
  return known(context.described, table);
}

function known<T>(values: ReadonlyMap<string, T>, { name }: Pick<TableNode, "name">): T {
  const value = values.get(name);
  if (value !== undefined) return value;
  const message = `there is no table "${name}" in the pipeline`;
  throw failure({ code: "TBL003", message, help: "name a table of the pipeline", table: name });
}
