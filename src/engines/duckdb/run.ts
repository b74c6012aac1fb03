/** `run()`: one update of a pipeline on embedded DuckDB. */
import path from "node:path";
import { analyze } from "../../analyze/analyze.ts";
import { tableInputs } from "../../ast/inputs.ts";
import { tableKinds } from "../../ast/kind.ts";
import type { PipelineNode, TableNode } from "../../ast/pipeline.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { MedallionError, RunError } from "../../core/errors.ts";
import { EventLog } from "./event-log.ts";
import { messageOf } from "./failures.ts";
import { refuseForeignTables } from "./ownership.ts";
import { bindParams, type ParamValue } from "./params.ts";
import { checkAccepted, type Planned, planUpdate, shown } from "./plan/plan.ts";
import type { Session } from "./session.ts";
import { SessionPool } from "./session-pool.ts";
import { readTables } from "./state.ts";
import type { Outcome, UpdateContext } from "./tables/context.ts";
import { updateTable } from "./tables/update-table.ts";
import type { RunEvent, TableResult, TableStatus, Update } from "./update.ts";
import { Warehouse } from "./warehouse.ts";

/** How one update is run. */
export interface RunOptions {
  /** Path of the warehouse file; `":memory:"` (the default) keeps nothing. */
  readonly warehouse?: string;
  /** What source paths are relative to. Default: the working directory. */
  readonly baseDir?: string;
  /** Rebuilds every table from the sources, where they still have what was read from them. */
  readonly fullRefresh?: boolean;
  /** Tables (`"silver.stock"`) that may lose what cannot be read or made again, or `true` for all: without it that is refused. */
  readonly acceptLoss?: true | readonly string[];
  /** Only these tables, and what they read. */
  readonly only?: readonly string[];
  /** Values of the pipeline's parameters, by name. */
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly onEvent?: (event: RunEvent) => void;
}

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
export async function run(pipeline: AnyPipeline, options: RunOptions = {}): Promise<Update> {
  const began = performance.now();
  const node = pipeline.toNode();
  refuseErrors(pipeline);
  const wanted = selected(node.tables, options.only);
  checkAccepted(options.acceptLoss ?? [], node.tables);
  const warehousePath = options.warehouse ?? ":memory:";
  const warehouse = await Warehouse.open(warehousePath);
  try {
    const log = new EventLog(options.onEvent);
    await log.begin(warehouse.main, { full_refresh: options.fullRefresh === true });
    const tables = await logged(log, warehouse, () => runTables(node, wanted, warehouse, log, options));
    const status = tables.some((t) => t.status === "failed") ? "failed" : "completed";
    const durationMs = performance.now() - began;
    log.add("update_progress", status === "failed" ? "ERROR" : "INFO", `update ${status}`, undefined, {
      update_progress: { state: status.toUpperCase() },
      duration_ms: Math.round(durationMs),
    });
    await log.end(
      warehouse.main,
      tables.some((t) => !t.skipped && t.status !== "excluded"),
    );
    return finished(warehouse, log.updateId, status, tables, durationMs);
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
    log.add("update_progress", "ERROR", `update failed: ${messageOf(error)}`, undefined, {
      update_progress: { state: "FAILED" },
      ...(error instanceof MedallionError && { error: error.toJSON() }),
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

/** The tables to run: those asked for and all that they read. */
export function selected(tables: readonly TableNode[], only: readonly string[] | undefined): ReadonlySet<string> {
  const byName = new Map(tables.map((t) => [t.name, t]));
  if (!only) return new Set(byName.keys());
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const table = byName.get(name);
    if (!table) {
      throw new RunError({
        code: "TBL003",
        message: `there is no table "${name}"`,
        help: `the tables are: ${[...byName.keys()].join(", ")}`,
        table: name,
      });
    }
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const input of tableInputs(table)) add(input);
  };
  for (const name of only) add(name);
  return wanted;
}

async function runTables(
  pipeline: PipelineNode,
  wanted: ReadonlySet<string>,
  warehouse: Warehouse,
  log: EventLog,
  options: RunOptions,
): Promise<readonly TableResult[]> {
  const { main } = warehouse;
  const { tables } = pipeline;
  const params = await bindParams(tables, options.params ?? {}, main);
  const ours = tables.filter((t) => wanted.has(t.name));
  await refuseForeignTables(main, pipeline.name, ours, await readTables(main));
  const shared = {
    kinds: tableKinds(tables),
    params,
    baseDir: path.resolve(options.baseDir ?? "."),
    startedAt: new Date(),
  };
  const planned = await planUpdate({
    ...shared,
    pipeline,
    session: main,
    fullRefresh: options.fullRefresh === true,
    acceptLoss: options.acceptLoss ?? [],
    wanted,
    thorough: false,
  });
  tell(planned, wanted, log);
  const context: UpdateContext = {
    ...shared,
    updateId: log.updateId,
    nodes: new Map(tables.map((t) => [t.name, t])),
    pipeline: pipeline.name,
    described: planned.described,
    plans: planned.decisions,
    tables: new Map(planned.states),
    inputs: planned.inputs,
    warn: (table, message, details = {}) => log.add("flow_progress", "WARN", message, table, details),
  };
  const pool = new SessionPool(warehouse, params.bindings);
  const started = new Map<string, Promise<TableResult>>();
  for (const table of ours) {
    const inputs = tableInputs(table).map((input) => started.get(input));
    started.set(table.name, afterInputs(table, inputs, context, pool, log));
  }
  // All end before one that threw is told: the warehouse is closed then.
  await Promise.allSettled(started.values());
  return Promise.all(started.values());
}

/** The event log has what is planned for each table, and what stands beside the pipeline. */
function tell({ decisions, warnings }: Planned, wanted: ReadonlySet<string>, log: EventLog): void {
  for (const { code, message, help, table } of warnings) {
    log.add("planning_information", "WARN", `${message}. ${help}`, table, { code, help });
  }
  for (const [name, decision] of decisions) {
    if (decision.action === "none" || !wanted.has(name)) continue;
    const { layer, action, why, damage } = decision;
    const level = action === "refuse" || damage ? "WARN" : "INFO";
    const message = `${layer}.${name}: ${action}: ${why.join("; ")}`;
    log.add("planning_information", level, message, name, { planning_information: shown(decision) });
  }
}

/** Runs a table once what it reads has ended; tables that do not read each other run side by side. */
async function afterInputs(
  table: TableNode,
  inputs: readonly (Promise<TableResult> | undefined)[],
  context: UpdateContext,
  pool: SessionPool,
  log: EventLog,
): Promise<TableResult> {
  const ended = await Promise.all(inputs);
  const blocked = ended.find((input) => input?.status === "failed" || input?.status === "excluded");
  if (blocked) return excluded(table, context, blocked.name, log);
  return pool.use((session) => runTable(table, context, session, log));
}

async function runTable(
  table: TableNode,
  update: UpdateContext,
  session: Session,
  log: EventLog,
): Promise<TableResult> {
  const began = performance.now();
  log.add("flow_progress", "INFO", `${table.name} is running`, table.name, { flow_progress: { status: "RUNNING" } });
  const ended = (outcome: Outcome, status: TableStatus): TableResult => {
    return { ...shell(table, update), ...outcome, status, durationMs: performance.now() - began };
  };
  let committed = (): void => undefined;
  const record = async (outcome: Outcome): Promise<void> => {
    const details = progress(ended(outcome, "completed"));
    committed = await log.record(session, table.name, `${table.name} is completed`, details);
  };
  try {
    const outcome = await updateTable(table, { ...update, session, record });
    const result = ended(outcome, outcome.skipped ? "skipped" : "completed");
    if (outcome.skipped) {
      log.add("flow_progress", "INFO", `${table.name} is up to date`, table.name, progress(result));
    } else committed();
    return result;
  } catch (error) {
    const failure = located(error, table);
    const result: TableResult = {
      ...shell(table, update),
      status: "failed",
      durationMs: performance.now() - began,
      reason: failure.describe(),
    };
    log.add("flow_progress", "ERROR", failure.message, table.name, { ...progress(result), error: failure.toJSON() });
    return result;
  }
}

/** An engine error, mapped back to the table and the line that built it. */
function located(error: unknown, table: TableNode): MedallionError {
  if (!(error instanceof MedallionError)) throw error;
  if (error.table !== undefined) return error;
  const { code, help } = error;
  return new RunError({
    code,
    message: `${table.layer}.${table.name}: ${error.message}`,
    help,
    location: error.location ?? table.at,
    table: table.name,
    cause: error,
  });
}

function shell(table: TableNode, context: UpdateContext): TableResult {
  const kind = table.kind === "query" ? (context.kinds.get(table.name) ?? "materialized") : table.kind;
  const none = { rowsRead: 0, rowsWritten: 0, rowsDropped: 0, rowsQuarantined: 0, expectations: [], durationMs: 0 };
  return { name: table.name, layer: table.layer, kind, status: "failed", skipped: false, ...none };
}

function excluded(table: TableNode, context: UpdateContext, input: string, log: EventLog): TableResult {
  const reason = `it reads "${input}", which did not complete`;
  log.add("flow_progress", "WARN", `${table.name} is excluded: ${reason}`, table.name, {
    flow_progress: { status: "EXCLUDED" },
  });
  return { ...shell(table, context), status: "excluded", reason };
}

/** The details in the shape of Databricks' event log. */
function progress(result: TableResult): Record<string, unknown> {
  return {
    flow_progress: {
      status: result.status.toUpperCase(),
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
  };
}

function finished(
  warehouse: Warehouse,
  id: string,
  status: Update["status"],
  tables: readonly TableResult[],
  durationMs: number,
): Update {
  const close = () => warehouse.close();
  return {
    id,
    status,
    tables,
    warehouse: warehouse.path,
    durationMs,
    query: (sql) => warehouse.main.rows(sql),
    close,
    [Symbol.asyncDispose]: close,
  };
}
