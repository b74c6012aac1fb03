/** `run()`: one update of a pipeline on embedded DuckDB. */

import path from "node:path";
import { analyze } from "../../analyze/analyze.ts";
import { fullName, type PipelineNode, type TableNode } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import type { InferRow } from "../../builder/expr/row.ts";
import { givenPipeline } from "../../builder/pipeline/given.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { MedallionError, RunError } from "../../core/errors.ts";
import { record } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { messageOf } from "../../core/thrown.ts";
import { type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import { duckdbIdentifier } from "../../targets/duckdb/dialect.ts";
import { nameOf } from "../../targets/duckdb/tables.ts";
import { ended, running, updateEnded } from "../events.ts";
import type { PlanAction } from "../plan.ts";
import type { TableStatus, UpdateResult } from "../result.ts";
import { STOPPED } from "../stopped.ts";
import { keptAs, unfinishedInput, wantedTables } from "../tables.ts";
import { EventLog } from "./event-log.ts";
import { dropLeftovers, feedsOf } from "./incremental/feeds.ts";
import { type GivenRows, type InputRequest, withRows } from "./inputs.ts";
import { refuseForeignTables } from "./ownership.ts";
import { bindParams } from "./params.ts";
import { checkAccepted, type Planned, planUpdate, shown } from "./plan/plan.ts";
import { renameTables } from "./plan/renames.ts";
import { checkRetention } from "./resources.ts";
import { checkRunOptions, type RunOptions } from "./run-options.ts";
import { removeAbandonedFolders } from "./scratch.ts";
import type { Session } from "./session.ts";
import { SessionPool } from "./session-pool.ts";
import { dropStaleHeads, readTables } from "./state.ts";
import type { Outcome, UpdateContext } from "./tables/context.ts";
import { updateTable } from "./tables/update-table.ts";
import type { TableResult, TableRows, Update } from "./update.ts";
import { Warehouse } from "./warehouse.ts";

/**
 * Runs one update: reads new files, applies changes, recomputes what depends on them. A table's data and its state
 * commit together, so a killed update leaves the last good state.
 *
 * @throws MedallionError `WAREHOUSE…` where the warehouse cannot be used, `RUN001` where the pipeline has errors.
 * A table that fails does not throw: see `status` and `tables`.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { run } from "medallion/run";
 *
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * export async function main(): Promise<void> {
 *   await using update = await run(p, { warehouse: "demo.duckdb", baseDir: "data" });
 *   console.log(update.status, await update.query("SELECT count(*) AS n FROM bronze.raw"));
 * }
 * ```
 */
export async function run<P extends AnyPipeline>(pipeline: P, options: RunOptions<P> = {}): Promise<Update> {
  const began = performance.now();
  const at = callerLocation();
  const node = givenPipeline(pipeline, "run()");
  checkRunOptions(options, "run()", at);
  refuseErrors(pipeline);
  const wanted = wantedTables(node.tables, options.only);
  checkAccepted(options.acceptLoss ?? [], node.tables);
  const warehousePath = options.warehouse ?? ":memory:";
  checkRetention(options.eventLogRetentionDays);
  await removeAbandonedFolders();
  if (options.tempDirectory !== undefined) await removeAbandonedFolders(options.tempDirectory);
  const warehouse = await Warehouse.open(warehousePath, options);
  try {
    const log = new EventLog(options.onEvent);
    await log.begin(warehouse.main, options.fullRefresh === true);
    const inputs: InputRequest["inputs"] = record(options.inputs === undefined ? {} : options.inputs, "inputs", at);
    const tables = await logged(log, warehouse, () =>
      withRows({ inputs, pipeline: node, wanted, updateId: log.updateId, at }, (rows) =>
        runTables(node, wanted, warehouse, log, { ...options, rows }),
      ),
    );
    const error = options.signal?.aborted && tables.some((t) => t.status === "excluded") ? STOPPED : undefined;
    const failed = error !== undefined || tables.some((t) => t.status === "failed");
    const status = failed ? "failed" : "completed";
    const durationMs = performance.now() - began;
    log.add(updateEnded({ status, durationMs, error }));
    const worked = tables.some((t) => !t.skipped && t.status !== "excluded");
    if (worked) {
      await dropStaleHeads(warehouse.main);
      await dropLeftovers(warehouse.main, node);
    }
    await log.end(warehouse.main, worked);
    if (worked) await log.forget(warehouse.main, options.eventLogRetentionDays);
    const result = {
      engine: "duckdb",
      id: log.updateId,
      status,
      durationMs,
      tables,
      warnings: log.warnings,
      ...(error && { error }),
    } as const;
    return opened(result, warehouse, node);
  } catch (error) {
    await warehouse.close();
    throw error;
  }
}

/** An update that ends with an exception has its end in the event log as well. */
async function logged<T>(log: EventLog, warehouse: Warehouse, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.add({
      eventType: "update_progress",
      level: "ERROR",
      message: `update failed: ${messageOf(error)}`,
      details: {
        update_progress: { state: "FAILED" },
        ...(error instanceof MedallionError && { error: error.toJSON() }),
      },
    });
    // What went wrong first is what the user needs to see; an end that cannot be written is found by the next update.
    await log.end(warehouse.main, true).catch(() => undefined);
    throw error;
  }
}

export function refuseErrors(pipeline: AnyPipeline): void {
  const errors = analyze(pipeline).filter((d) => d.severity === "error");
  const [first] = errors;
  if (!first) return;
  throw new RunError({
    ...first,
    code: "RUN001",
    message: `the pipeline has ${errors.length === 1 ? "an error" : `${errors.length} errors`}: ${first.code}: ${first.message}`,
    help: first.help ?? "medallion check lists them",
  });
}

async function runTables(
  pipeline: PipelineNode,
  wanted: ReadonlySet<string>,
  warehouse: Warehouse,
  log: EventLog,
  options: Omit<RunOptions, "inputs"> & { readonly rows: GivenRows },
): Promise<readonly TableResult[]> {
  const { main } = warehouse;
  const { tables } = pipeline;
  const params = await bindParams(tables, options.params ?? {}, main);
  const ours = tables.filter((t) => wanted.has(t.name));
  const known = await readTables(main);
  await refuseForeignTables(main, pipeline.name, ours, known);
  const plan = lowerPipeline(pipeline);
  const renames = await main.transaction(() => renameTables(main, { pipeline, plan, known, wanted }));
  const shared = {
    plan,
    params,
    baseDir: path.resolve(options.baseDir ?? "."),
    rows: options.rows,
    startedAt: new Date(),
    missingFiles: options.missingFiles ?? "warn",
  };
  const planned = await planUpdate({
    ...shared,
    pipeline,
    session: main,
    known: renames.length > 0 ? await readTables(main) : known,
    renames,
    fullRefresh: options.fullRefresh === true,
    acceptLoss: options.acceptLoss ?? [],
    wanted,
    thorough: false,
  });
  tell(planned, wanted, log);
  const context: UpdateContext = {
    ...shared,
    updateId: log.updateId,
    pipeline: pipeline.name,
    tempDirectory: options.tempDirectory,
    described: planned.described,
    decisions: planned.decisions,
    tables: new Map(planned.states),
    inputs: planned.inputs,
    feeds: feedsOf(planned.inputs, tables),
    files: planned.files,
    warn: (table, message, details = {}) =>
      log.add({ eventType: "flow_progress", level: "WARN", message, table, details }),
  };
  const pool = new SessionPool(warehouse, params.bindings);
  const started = new Map<string, Promise<TableResult>>();
  for (const one of plan.plans.values()) {
    const { name } = one.table;
    if (!wanted.has(name)) continue;
    const inputs = one.inputs.map((input) => started.get(input));
    started.set(name, afterInputs(one, inputs, { context, pool, log, signal: options.signal }));
  }
  // All end before one that threw is told: the warehouse is closed then.
  await Promise.allSettled(started.values());
  return Promise.all(started.values());
}

/** The event log has what is planned for each table, and what stands beside the pipeline. */
function tell({ decisions, warnings }: Planned, wanted: ReadonlySet<string>, log: EventLog): void {
  for (const { code, message, help, table } of warnings) {
    const about = table === undefined ? {} : { table };
    const details = { code, help };
    log.add({ eventType: "planning_information", level: "WARN", message, ...about, details });
  }
  for (const [name, decision] of decisions) {
    if (QUIET.has(decision.action) || !wanted.has(name)) continue;
    const { layer, action, why, damage } = decision;
    const level = action === "refuse" || damage ? "WARN" : "INFO";
    const message = `${fullName({ layer, name })}: ${action}: ${why.join("; ")}`;
    const details = { planning_information: shown(decision) };
    log.add({ eventType: "planning_information", level, message, table: name, details });
  }
}

/** What the events of the table's own update tell as well. */
const QUIET: ReadonlySet<PlanAction> = new Set(["none", "update", "exclude"]);

/** What the tables of one update share. */
interface Running {
  readonly context: UpdateContext;
  readonly pool: SessionPool;
  readonly log: EventLog;
  readonly signal: AbortSignal | undefined;
}

/** Runs a table once what it reads has ended; tables that do not read each other run side by side. */
async function afterInputs(
  plan: LoweredTable,
  inputs: readonly (Promise<TableResult> | undefined)[],
  { context, pool, log, signal }: Running,
): Promise<TableResult> {
  const results = await Promise.all(inputs);
  const blocked = results.find((input) => input?.status === "failed" || input?.status === "excluded");
  if (blocked) return excluded(plan.table, context, unfinishedInput(blocked.name), log);
  return pool.use(async (session) => {
    if (signal?.aborted) return excluded(plan.table, context, "the update was stopped before it", log);
    return runTable(plan, context, session, log);
  });
}

async function runTable(
  plan: LoweredTable,
  update: UpdateContext,
  session: Session,
  log: EventLog,
): Promise<TableResult> {
  const { table } = plan;
  const began = performance.now();
  log.add(running(table.name));
  const result = (outcome: Outcome, status: TableStatus): TableResult => {
    return { ...shell(table, update), ...outcome, status, durationMs: performance.now() - began };
  };
  let committed = (): void => undefined;
  const record = async (outcome: Outcome): Promise<void> => {
    committed = await log.record(session, table.name, ended(result(outcome, "completed")));
  };
  try {
    const outcome = await updateTable(plan, { ...update, session, record });
    const done = result(outcome, outcome.skipped ? "skipped" : "completed");
    if (outcome.skipped) log.add(ended(done));
    else committed();
    return done;
  } catch (error) {
    const failure = located(error, table);
    const failed: TableResult = {
      ...shell(table, update),
      status: "failed",
      durationMs: performance.now() - began,
      reason: failure.describe(),
      error: failure.toJSON(),
    };
    log.add(ended(failed));
    return failed;
  }
}

/** An engine error, mapped back to the table and the line that built it. */
function located(error: unknown, table: TableNode): MedallionError {
  if (!(error instanceof MedallionError)) throw error;
  if (error.table !== undefined) return error;
  const { code, help } = error;
  return new RunError({
    code,
    message: `${fullName(table)}: ${error.message}`,
    help,
    location: error.location ?? table.at,
    table: table.name,
    cause: error,
  });
}

function shell(table: TableNode, context: UpdateContext): TableResult {
  const none = { rowsRead: 0, rowsWritten: 0, rowsDropped: 0, rowsQuarantined: 0, expectations: [], durationMs: 0 };
  const kind = keptAs(table, context.plan.kinds);
  return { name: table.name, layer: table.layer, kind, status: "failed", skipped: false, ...none };
}

function excluded(table: TableNode, context: UpdateContext, reason: string, log: EventLog): TableResult {
  const result: TableResult = { ...shell(table, context), status: "excluded", reason };
  log.add(ended(result));
  return result;
}

/** The result with its warehouse, which stays open for a look at it. */
function opened(result: UpdateResult<number>, warehouse: Warehouse, pipeline: PipelineNode): Update {
  const close = () => warehouse.close();
  const rows = async <T extends TableRows>(table: T): Promise<readonly InferRow<T>[]> => {
    const found = await warehouse.main.rows(allOf(table, pipeline));
    return found as readonly InferRow<T>[];
  };
  return {
    ...result,
    warehouse: warehouse.path,
    query: (sql) => warehouse.main.rowsOfOne(sql),
    rows,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function allOf(given: TableRows, { name, tables }: PipelineNode): string {
  const node: RelationNode | undefined = typeof given?.toNode === "function" ? given.toNode() : undefined;
  const table = node?.kind === "table" ? tables.find((t) => t.name === node.table) : undefined;
  if (node && table)
    return `SELECT ${node.columns.map((c) => duckdbIdentifier(c.name)).join(", ")} FROM ${nameOf(table)}`;
  const message = `rows() accepts a table of the pipeline "${name}"`;
  throw new RunError({ code: "ARG001", message, help: "give one of its tables: update.rows(p.tables.orders)" });
}
