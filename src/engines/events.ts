/** The events of an update, the same on every engine, in the words of Databricks' event log. */
import { randomUUID } from "node:crypto";
import type { ErrorDetails } from "../core/errors.ts";
import type { DiagnosticCode } from "../diagnostics/catalogue.ts";
import type { TablePlan } from "./plan.ts";
import type { Count, TableResult, TableStatus, UpdateResult, Warning } from "./result.ts";

/** What an event is about, or warns of: `eventType` tells which `details` it has, and these hold it under that name. */
export type RunEvent = CreateUpdateEvent | PlanningEvent | FlowProgressEvent | UpdateProgressEvent;

interface EventHead {
  readonly id: string;
  readonly timestamp: string;
  readonly updateId: string;
  readonly level: "INFO" | "WARN" | "ERROR";
  readonly message: string;
  readonly table?: string;
}

/** The update has begun. */
export interface CreateUpdateEvent extends EventHead {
  readonly eventType: "create_update";
  readonly details: {
    readonly create_update: {
      readonly full_refresh: boolean;
      /** Ids of earlier updates that never ended. */
      readonly interrupted_updates?: readonly string[];
      /** The update's page, on an engine that has one. */
      readonly url?: string;
    };
  };
}

/** What is going to be done with a table, or what prevents it. */
export interface PlanningEvent extends EventHead {
  readonly eventType: "planning_information";
  readonly details: { readonly planning_information: TablePlan } | WarningDetails;
}

/** A table begins, has ended, or warns. */
export interface FlowProgressEvent extends EventHead {
  readonly eventType: "flow_progress";
  readonly details: FlowDetails | WarningDetails;
}

/** How far the whole update is. */
export interface UpdateProgressEvent extends EventHead {
  readonly eventType: "update_progress";
  readonly details: {
    readonly update_progress: { readonly state: string; readonly duration_ms?: number };
    readonly error?: ErrorDetails;
  };
}

/** How far a table is; with `result` it has ended. */
export interface FlowDetails {
  readonly flow_progress: {
    readonly status: "RUNNING" | Uppercase<TableStatus>;
    readonly metrics?: { readonly num_output_rows: Count; readonly num_read_rows: Count };
    readonly data_quality?: {
      readonly dropped_records: Count;
      readonly quarantined_records: Count;
      readonly expectations: readonly {
        readonly name: string;
        readonly dataset: string;
        readonly passed_records: Count;
        readonly failed_records: Count;
      }[];
    };
  };
  readonly result?: TableResult;
  readonly error?: ErrorDetails;
}

/** What a warning is about. */
export interface WarningDetails extends Partial<Omit<ErrorDetails, "message">> {
  readonly flow_progress?: never;
  readonly planning_information?: never;
  readonly files?: readonly string[];
  readonly path?: string;
  readonly columns?: readonly string[];
  /** How many rows it is about. */
  readonly rows?: number;
  /** Columns that the files have and the table does not declare. */
  readonly undeclared?: readonly string[];
  /** What a changed file means, as its source declares. */
  readonly on_change?: string;
}

/** A warning of ours. */
export interface CodedWarning extends WarningDetails {
  readonly code: DiagnosticCode;
}

/** What an event warns of; `undefined` where it tells of progress or of another update. */
export function warningOf({ eventType, level, message, table, details }: EventBody): Warning | undefined {
  if (level !== "WARN" || (eventType !== "flow_progress" && eventType !== "planning_information")) return undefined;
  if ("flow_progress" in details) return undefined;
  if ("planning_information" in details) {
    // What others did to a table is repaired: a refusal is the error of its table.
    if (details.planning_information?.action === "refuse") return undefined;
    return { code: "STATE003", message, ...(table !== undefined && { table }) };
  }
  const { code, help } = details;
  return {
    ...(code !== undefined && { code }),
    message,
    ...(help !== undefined && { help }),
    ...(table !== undefined && { table }),
  };
}

type Unstamped<E> = E extends RunEvent ? Omit<E, "id" | "timestamp" | "updateId"> : never;

/** An event before it has an id and a time. */
export type EventBody = Unstamped<RunEvent>;

type Stamp = Pick<EventHead, "id" | "timestamp">;

/** An event of an update. `stamp`: where the engine has an id and a time for it already. */
export function eventOf(updateId: string, body: EventBody, stamp?: Stamp): RunEvent {
  const { id = randomUUID(), timestamp = new Date().toISOString() } = stamp ?? {};
  return { id, timestamp, updateId, ...body };
}

/** The update has begun. */
export const updateCreated = (created: CreateUpdateEvent["details"]["create_update"]): EventBody => ({
  eventType: "create_update",
  level: "INFO",
  message: "update created",
  details: { create_update: created },
});

/** The update has ended. */
export function updateEnded({
  status,
  durationMs,
  error,
}: Pick<UpdateResult, "status" | "durationMs"> & { readonly error: ErrorDetails | undefined }): EventBody {
  return {
    eventType: "update_progress",
    level: status === "failed" ? "ERROR" : "INFO",
    message: `update ${status}`,
    details: {
      update_progress: { state: status.toUpperCase(), duration_ms: durationMs },
      ...(error && { error }),
    },
  };
}

/** A table begins. */
export function running(table: string): EventBody {
  const details: FlowDetails = { flow_progress: { status: "RUNNING" } };
  return { eventType: "flow_progress", level: "INFO", message: `${table} is running`, table, details };
}

const LEVELS = { completed: "INFO", skipped: "INFO", failed: "ERROR", excluded: "WARN" } as const satisfies Record<
  TableStatus,
  EventHead["level"]
>;

/** A table has ended. */
export function ended(result: TableResult, message = messageOf(result)): EventBody {
  const { name: table, status } = result;
  return { eventType: "flow_progress", level: LEVELS[status], message, table, details: endDetails(result) };
}

function messageOf({ name, status, error, reason }: TableResult): string {
  if (status === "failed") return error?.message ?? reason ?? `${name} failed`;
  if (status === "excluded") return `${name} is excluded${reason === undefined ? "" : `: ${reason}`}`;
  return status === "skipped" ? `${name} is up to date` : `${name} is completed`;
}

const STATUS = {
  completed: "COMPLETED",
  skipped: "SKIPPED",
  failed: "FAILED",
  excluded: "EXCLUDED",
} as const satisfies { readonly [S in TableStatus]: Uppercase<S> };

function endDetails(result: TableResult): FlowDetails {
  return {
    flow_progress: {
      status: STATUS[result.status],
      metrics: { num_output_rows: result.rowsWritten, num_read_rows: result.rowsRead },
      data_quality: {
        dropped_records: result.rowsDropped,
        quarantined_records: result.rowsQuarantined,
        expectations: result.expectations.map((e) => ({
          name: e.name,
          dataset: result.name,
          passed_records: e.passed,
          failed_records: e.failed,
        })),
      },
    },
    result,
    ...(result.error && { error: result.error }),
  };
}
