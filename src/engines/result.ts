/** What an update did: one shape on every engine, for people, programs and the event log. */
import type { Layer } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import type { ViolationAction } from "../ast/settings.ts";
import type { ErrorDetails } from "../core/errors.ts";
import type { Refresh } from "../lower/incremental/issues.ts";

/** A number where the engine counts, `null` where it does not know: never 0 for what was not counted. */
export type Count = number | null;

/** The sum of all, `null` where one is not known. */
export function total(counts: readonly Count[]): Count {
  return counts.reduce((sum, n) => (sum === null || n === null ? null : sum + n), 0);
}

/** How many rows met an expectation in one update, and how many broke it. */
export interface ExpectationResult<C extends Count = Count> {
  readonly name: string;
  readonly action: ViolationAction;
  /** Rows that met the rule. */
  readonly passed: C;
  /** Rows that broke it. */
  readonly failed: C;
}

/** `skipped`: nothing had changed. `excluded`: a table that it reads failed, or the update ended before it. */
export type TableStatus = "completed" | "skipped" | "failed" | "excluded";

/** One table in one update. `rowsRead = rowsWritten + rowsDropped + rowsQuarantined`, wherever all are known. */
export interface TableResult<C extends Count = Count> {
  readonly name: string;
  readonly layer: Layer;
  readonly kind: TableKind | "scd1" | "scd2";
  readonly status: TableStatus;
  /**
   * Records of the files for a bronze table, new rows of the inputs for a streaming table or a target of change events,
   * rows of the snapshots for a target of snapshots, else rows that the query gave.
   */
  readonly rowsRead: C;
  /**
   * Rows added. For a target of change events, the events that were applied, also those that lost against a newer event
   * of their key; for a target of snapshots, the rows that it shows after each snapshot, changed or not.
   */
  readonly rowsWritten: C;
  /** Rows that `where` or `expectOrDrop` left out, and rows of snapshots that came after a later one. */
  readonly rowsDropped: C;
  readonly rowsQuarantined: C;
  readonly expectations: readonly ExpectationResult<C>[];
  /** Whole milliseconds. */
  readonly durationMs: number;
  /** `true`: nothing had changed, so nothing was done. */
  readonly skipped: boolean;
  /** Of a materialized view: by which technique it was brought up to date, and why it was recomputed where it was. */
  readonly refresh?: Refresh;
  /** Why it failed or was left out, in words. */
  readonly reason?: string;
  /** What went wrong in a table that failed, with the line of the builder. */
  readonly error?: ErrorDetails;
}

/** What an update warns of: nothing failed, and somebody should know. */
export interface Warning {
  /** Absent where the engine gives none. */
  readonly code?: string;
  readonly message: string;
  readonly help?: string;
  readonly table?: string;
}

/** `failed` where one table or more failed, or the update itself. */
export type UpdateStatus = "completed" | "failed";

/** What an update did, on any engine. */
export interface UpdateResult<C extends Count = Count> {
  /** Name of the engine: `duckdb`, `spark`, `databricks`, or another. */
  readonly engine: string;
  readonly id: string;
  readonly status: UpdateStatus;
  /** Whole milliseconds. */
  readonly durationMs: number;
  readonly tables: readonly TableResult<C>[];
  /** In the order in which they came. */
  readonly warnings: readonly Warning[];
  /** What ended the update where it is about no table of it. */
  readonly error?: ErrorDetails;
}
