/** What an update did: one shape for people, programs and the event log. */
import type { Layer } from "../../ast/pipeline.ts";
import type { TableKind, ViolationAction } from "../../ast/settings.ts";

/** `skipped`: nothing had changed. `excluded`: a table that it reads failed. */
export type TableStatus = "completed" | "skipped" | "failed" | "excluded";

/** How many rows met an expectation in one update, and how many broke it. */
export interface ExpectationResult {
  readonly name: string;
  readonly action: ViolationAction;
  /** Rows that met the rule. */
  readonly passed: number;
  /** Rows that broke it. */
  readonly failed: number;
}

/** One table in one update. `rowsRead = rowsWritten + rowsDropped + rowsQuarantined`, always. */
export interface TableResult {
  readonly name: string;
  readonly layer: Layer;
  readonly kind: TableKind | "scd1" | "scd2";
  readonly status: TableStatus;
  /** New rows of the inputs for a row-by-row table, change events for a change target, else rows that the query gave. */
  readonly rowsRead: number;
  /** Rows added, or events applied. */
  readonly rowsWritten: number;
  /** Rows that `where` or `expectOrDrop` left out. */
  readonly rowsDropped: number;
  readonly rowsQuarantined: number;
  readonly expectations: readonly ExpectationResult[];
  readonly durationMs: number;
  /** `true`: nothing had changed, so nothing was done. */
  readonly skipped: boolean;
  /** Why it failed or was left out. */
  readonly reason?: string;
}

/** `failed` where one table or more failed. */
export type UpdateStatus = "completed" | "failed";

/** What `onEvent` is given, as it happens. The same is in `_medallion.event_log`. */
export interface RunEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly updateId: string;
  readonly eventType: "create_update" | "planning_information" | "update_progress" | "flow_progress";
  readonly level: "INFO" | "WARN" | "ERROR";
  readonly message: string;
  readonly table?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What an update did, on any engine. */
export interface UpdateResult {
  readonly id: string;
  readonly status: UpdateStatus;
  readonly tables: readonly TableResult[];
  readonly durationMs: number;
}

/** A finished update, with its warehouse still open for a look at the result. */
export interface Update extends UpdateResult {
  /** Path of the warehouse file, or `:memory:`. */
  readonly warehouse: string;
  /**
   * Rows of a SQL query over the warehouse, without loss: integers of 64 bits are bigint, decimals exact text, dates and
   * timestamps ISO text (`2024-01-31`, `2024-01-31T10:00:00.000000Z`), binary `Uint8Array`, maps `Map`.
   */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
