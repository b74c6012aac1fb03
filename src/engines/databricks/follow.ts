/** Starts an update in the workspace and follows it to its end. */

import { setTimeout as wait } from "node:timers/promises";
import type { PipelineNode, TableNode } from "../../ast/pipeline.ts";
import { givenPipeline } from "../../builder/pipeline/given.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { refuseMore } from "../../core/arity.ts";
import type { ErrorDetails } from "../../core/errors.ts";
import { checkOptions, type OptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import type { DatabricksEnvironment } from "../../targets/databricks/environment.ts";
import { elapsedMs } from "../elapsed.ts";
import type { RunRequest } from "../engine.ts";
import { type EventBody, ended, eventOf, type RunEvent, running, warningOf } from "../events.ts";
import type { TableResult, UpdateResult, Warning } from "../result.ts";
import { connect, type DatabricksClient, type InWorkspace } from "./client.ts";
import { pipelineUrl } from "./deploy.ts";
import { type DatabricksError, databricksError } from "./errors.ts";
import { eventError, tableIn } from "./event-error.ts";
import { findPipeline, nameIn } from "./find.ts";
import { selection } from "./selection.ts";
import { updateProgress } from "./shapes.ts";
import { type Step, Tally } from "./tally.ts";
import type { PipelineEvent } from "./types.ts";

/** Which update to start. */
export interface StartOptions extends InWorkspace, Pick<RunRequest, "only" | "fullRefresh" | "signal"> {
  /** Where the pipeline was deployed to. */
  readonly environment?: DatabricksEnvironment;
  /**
   * Empties every table and reads its sources again; with `only`, those tables and the streaming tables that read them.
   * What they read is brought up to date and keeps its rows.
   */
  readonly fullRefresh?: boolean;
  /** Only checks the deployed SQL, as a whole: nothing is read or written. Not with `only` and `fullRefresh`. */
  readonly validateOnly?: boolean;
}

/** An update under way. */
export interface StartedUpdate {
  readonly pipelineId: string;
  readonly updateId: string;
  /** The update's page in the workspace. */
  readonly url: string;
  /** Tables that are part of it. */
  readonly tables: readonly string[];
}

/** How to follow an update. */
export interface FollowOptions extends InWorkspace, Pick<RunRequest, "onEvent" | "signal"> {
  /** Events as they come: of the update, and when a table begins, warns or ends. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops following; the update goes on. */
  readonly signal?: AbortSignal;
  /** Milliseconds to follow for. Default: without end. */
  readonly timeoutMs?: number;
  /** Longest wait between two looks, in milliseconds. Default: 5,000. */
  readonly pollMs?: number;
}

/** The options of all that is done with an update, which `run()` hands on as they are. */
export const OPTIONS: OptionNames<StartOptions & FollowOptions> = {
  client: true,
  environment: true,
  only: true,
  fullRefresh: true,
  validateOnly: true,
  onEvent: true,
  signal: true,
  timeoutMs: true,
  pollMs: true,
};

/** What the update did, with the facts that the event log has. */
export interface DatabricksUpdate extends UpdateResult {
  /** `COMPLETED`, `FAILED` or `CANCELED`. */
  readonly state: string;
  readonly url: string;
  readonly pipelineId: string;
}

/**
 * Starts an update of a deployed pipeline.
 *
 * @throws DatabricksError `DBX030` where it is not deployed, `DBX013` where an update is under way.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { follow, startUpdate } from "medallion/databricks";
 *
 * export async function main(): Promise<void> {
 *   const p = pipeline("demo").bronze({ raw: source.json("/Volumes/dev/raw/*.json", { id: t.bigint() }) });
 *   const started = await startUpdate(p, { environment: { mode: "development" } });
 *   const update = await follow(p, started);
 *   console.log(update.status, update.tables);
 * }
 * ```
 */
export async function startUpdate(pipeline: AnyPipeline, options: StartOptions = {}): Promise<StartedUpdate> {
  refuseMore("startUpdate", 2, arguments);
  checkOptions(options, "startUpdate()", OPTIONS, callerLocation());
  const { client = connect(), environment = {}, only, fullRefresh = false, validateOnly = false, signal } = options;
  if (validateOnly && (only || fullRefresh)) {
    throw databricksError({
      code: "DBX033",
      message: "a validation is of the whole pipeline, and refreshes nothing",
      help: "leave out only and fullRefresh",
    });
  }
  const node = givenPipeline(pipeline, "startUpdate()");
  const name = await nameIn(client, pipeline.name, environment, signal);
  const found = await findPipeline(client, name, signal);
  if (!found) {
    throw databricksError({
      code: "DBX030",
      message: `${client.host} has no pipeline "${name}"`,
      help: "deploy it first: medallion deploy",
    });
  }
  const pipelineId = found.pipeline_id;
  const { tables, ...asked } = only ? selection(node, only, fullRefresh, environment) : everything(node, fullRefresh);
  const updateId = await client.pipelines.startUpdate(pipelineId, {
    signal,
    ...asked,
    ...(validateOnly && { validateOnly }),
  });
  return { pipelineId, updateId, tables, url: `${pipelineUrl(client, pipelineId)}/updates/${updateId}` };
}

const everything = ({ tables }: PipelineNode, fullRefresh: boolean) => ({
  tables: tables.map((t) => t.name),
  ...(fullRefresh && { fullRefresh }),
});

const ENDED = new Set(["COMPLETED", "FAILED", "CANCELED"]);
const FIRST_WAIT_MS = 250;
/** The event log lags behind the state: so often it is read again after the update's end. */
const LAST_LOOKS = 8;
/** Events may come into the log a little out of order. */
const OVERLAP_MS = 15_000;

/**
 * Follows an update to its end. A table that fails does not throw: see `status`, `tables` and `error`.
 *
 * @throws DatabricksError `DBX043` where it did not end in time; the update goes on.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { follow, startUpdate } from "medallion/databricks";
 *
 * export async function main(): Promise<void> {
 *   const p = pipeline("demo").bronze({ raw: source.json("/Volumes/dev/raw/*.json", { id: t.bigint() }) });
 *   const update = await follow(p, await startUpdate(p), { timeoutMs: 3_600_000 });
 *   for (const { name, error } of update.tables) if (error) console.error(name, error.location, error.message);
 * }
 * ```
 */
export async function follow(
  pipeline: AnyPipeline,
  started: StartedUpdate,
  options: FollowOptions = {},
): Promise<DatabricksUpdate> {
  refuseMore("follow", 3, arguments);
  checkOptions(options, "follow()", OPTIONS, callerLocation());
  const { client = connect(), signal, timeoutMs, pollMs = 5_000 } = options;
  const began = performance.now();
  const log = new UpdateLog(client, givenPipeline(pipeline, "follow()"), started, options.onEvent);
  let pause = Math.min(FIRST_WAIT_MS, pollMs);
  let looks = LAST_LOOKS;
  for (;;) {
    const update = await client.pipelines.getUpdate(started.pipelineId, started.updateId, { signal });
    await log.read(update.creation_time, signal);
    const state = update.state ?? "";
    if (ENDED.has(state) && (log.ended || looks-- === 0)) return log.result(state, elapsedMs(began));
    if (timeoutMs !== undefined && performance.now() - began > timeoutMs) throw late(started, timeoutMs, state);
    await wait(pause, undefined, signal && { signal }).catch(() => {
      throw databricksError({
        code: "DBX020",
        message: `following the update was stopped: it goes on at ${started.url}`,
        help: "follow() it again, or stop it in the workspace",
      });
    });
    // The last events are near: there is no sense in waiting longer and longer for them.
    if (!ENDED.has(state)) pause = Math.min(pollMs, pause * 1.5);
  }
}

function late(started: StartedUpdate, timeoutMs: number, state: string): DatabricksError {
  return databricksError({
    code: "DBX043",
    message: `the update did not end within ${Math.round(timeoutMs / 1000)} s: it is ${state || "in no known state"}`,
    help: `it goes on; look at it or stop it at ${started.url}`,
  });
}

/** The events of one update, each read once. */
class UpdateLog {
  readonly #client: DatabricksClient;
  readonly #node: PipelineNode;
  readonly #started: StartedUpdate;
  readonly #onEvent: ((event: RunEvent) => void) | undefined;
  readonly #tally: Tally;
  readonly #warnings: Warning[] = [];
  readonly #seen = new Set<string>();
  /** Tables whose end was told. */
  readonly #told = new Set<string>();
  #newest: number | undefined;
  #first: number | undefined;
  /** Errors of no flow: the first one, which is the cause, and those that name further tables. */
  readonly #errors = new Map<string, ErrorDetails>();
  /** The log itself said that the update is over. */
  ended = false;

  constructor(
    client: DatabricksClient,
    node: PipelineNode,
    started: StartedUpdate,
    onEvent: ((event: RunEvent) => void) | undefined,
  ) {
    this.#client = client;
    this.#node = node;
    this.#started = started;
    this.#onEvent = onEvent;
    this.#tally = new Tally(node);
  }

  async read(created: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    const since = this.#newest ?? created;
    const filter = since === undefined ? undefined : `timestamp >= '${new Date(since - OVERLAP_MS).toISOString()}'`;
    const options = { signal, ...(filter !== undefined && { filter }) };
    for await (const event of this.#client.pipelines.events(this.#started.pipelineId, options)) {
      if (event.origin?.update_id !== this.#started.updateId || this.#seen.has(event.id)) continue;
      this.#seen.add(event.id);
      const at = Date.parse(event.timestamp);
      if (!Number.isNaN(at)) {
        this.#newest = Math.max(this.#newest ?? at, at);
        this.#first = Math.min(this.#first ?? at, at);
      }
      this.#take(event);
    }
  }

  result(state: string, elapsedMs: number): DatabricksUpdate {
    const { updateId: id, pipelineId, url, tables: names } = this.#started;
    const nodes = this.#node.tables.filter((t) => names.includes(t.name));
    this.#tellRest(nodes, state);
    const known = nodes.map((table) => this.#tally.result(table, state === "COMPLETED"));
    // Where a table tells of its own failure, errors of no flow only repeat it.
    const told = known.some((t) => t.error);
    const tables = told ? known : known.map((t) => withError(t, this.#errors.get(t.name)));
    const placed = new Set(tables.flatMap((t) => (t.error ? [t.name] : [])));
    const rest = [...this.#errors].find(([name]) => !placed.has(name))?.[1];
    const error = (told ? undefined : rest) ?? (state === "CANCELED" ? stopped(url) : undefined);
    const failed = state !== "COMPLETED" || error !== undefined || tables.some((t) => t.status === "failed");
    const logged = this.#first !== undefined && this.#newest !== undefined ? this.#newest - this.#first : undefined;
    return {
      engine: "databricks",
      id,
      status: failed ? "failed" : "completed",
      durationMs: logged ?? elapsedMs,
      tables,
      warnings: this.#warnings,
      ...(error && { error }),
      state,
      pipelineId,
      url,
    };
  }

  #take(event: PipelineEvent): void {
    const progress = updateProgress.safeParse(event.details);
    const state = progress.success ? progress.data.update_progress.state : undefined;
    if (state !== undefined && ENDED.has(state)) this.ended = true;
    const step = this.#tally.add(event);
    if (!step && (event.error || event.level === "ERROR")) {
      const table = tableIn(event, this.#node.tables);
      const name = table?.name ?? "";
      // What comes after the first error and names no table says that the update failed.
      if (this.#errors.size === 0 || (table && !this.#errors.has(name)))
        this.#errors.set(name, eventError(event, table));
    }
    if (step?.state === "ended") this.#tellEnd(step.table, this.#tally.result(step.table), event, event.message);
    else if (step) this.#tell(bodyOf(event, step), event);
    else if (state !== undefined) {
      const details = { update_progress: { state } };
      const { message = "" } = event;
      this.#tell({ eventType: "update_progress", level: levelOf(event), message, details }, event);
    }
  }

  /** A table whose last event never came, such as that of its quarantine, has ended with the update. */
  #tellRest(tables: readonly TableNode[], state: string): void {
    for (const table of tables) {
      if (this.#told.has(table.name) || !this.#tally.knows(table)) continue;
      const timestamp = new Date(this.#newest ?? Date.now()).toISOString();
      const id = `${this.#started.updateId}:${table.name}`;
      this.#tellEnd(table, this.#tally.result(table, state === "COMPLETED"), { id, timestamp });
    }
  }

  #tellEnd(table: TableNode, result: TableResult, stamp: Stamp, message?: string): void {
    this.#told.add(table.name);
    const broken = this.#tally.brokenKey(table, result);
    if (broken) {
      const { message: warning, ...details } = broken;
      const body = { eventType: "flow_progress", level: "WARN", message: warning, table: table.name, details } as const;
      this.#tell(body, { ...stamp, id: `${stamp.id}:key` });
    }
    this.#tell(ended(result, message), stamp);
  }

  #tell(body: EventBody, stamp: Stamp): void {
    const warning = warningOf(body);
    if (warning) this.#warnings.push(warning);
    this.#onEvent?.(eventOf(this.#started.updateId, body, stamp));
  }
}

type Stamp = Pick<PipelineEvent, "id" | "timestamp">;

/** A table begins, or warns. */
function bodyOf(event: PipelineEvent, { table, state }: Step): EventBody {
  if (state === "running") return running(table.name);
  return {
    eventType: "flow_progress",
    level: levelOf(event),
    message: event.message ?? "",
    table: table.name,
    details: {},
  };
}

function levelOf({ level }: PipelineEvent): RunEvent["level"] {
  return level === "WARN" || level === "ERROR" ? level : "INFO";
}

/** A table that the whole update failed at did not begin, and still it is the one that failed. */
function withError(table: TableResult, error: ErrorDetails | undefined): TableResult {
  return error && table.status !== "completed" ? { ...table, status: "failed", reason: error.message, error } : table;
}

function stopped(url: string): ErrorDetails {
  return {
    code: "DBX044",
    message: "the update was stopped in the workspace",
    help: `see ${url}, or run again: it goes on from there`,
  };
}
