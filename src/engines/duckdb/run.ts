/** `run()`: one update of a pipeline on embedded DuckDB. */

import { existsSync } from "node:fs";
import { tableQueries } from "../../ast/inputs.ts";
import { fullName, type PipelineNode } from "../../ast/pipeline.ts";
import { isFileSource, type RelationNode } from "../../ast/relation.ts";
import type { InferRow } from "../../builder/expr/row.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { countArguments, refuseMore } from "../../core/arity.ts";
import { MedallionError } from "../../core/errors.ts";
import { record } from "../../core/given.ts";
import { callerLocation, type Place } from "../../core/location.ts";
import { messageOf } from "../../core/thrown.ts";
import { failure } from "../../diagnostics/mistake.ts";
import { duckdbIdentifier } from "../../targets/duckdb/dialect.ts";
import { nameOf } from "../../targets/duckdb/tables.ts";
import { elapsedMs } from "../elapsed.ts";
import { updateEnded } from "../events.ts";
import type { PlanAction } from "../plan.ts";
import type { UpdateResult } from "../result.ts";
import { STOPPED } from "../stopped.ts";
import { feedsOf } from "./incremental/feeds.ts";
import { dropLeftovers, mayBeLeft } from "./incremental/leftovers.ts";
import { Ahead } from "./ingest/ahead.ts";
import { type GivenRows, type InputRequest, withRows } from "./inputs/inputs.ts";
import { type Planned, shown } from "./plan/plan.ts";
import { type Asked, askedOf, prepareUpdate } from "./plan/prepare.ts";
import type { RunOptions } from "./run-options.ts";
import { EventLog } from "./state/event-log.ts";
import type { UpdateContext } from "./tables/context.ts";
import { afterInputs } from "./tables/run-table.ts";
import type { TableResult, TableRows, Update } from "./update.ts";
import { SessionPool } from "./warehouse/pool.ts";
import { checkRetention } from "./warehouse/resources.ts";
import { removeAbandonedFolders } from "./warehouse/scratch.ts";
import { Warehouse } from "./warehouse/warehouse.ts";

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
  refuseMore("run", 2, arguments);
  const began = performance.now();
  const at = callerLocation();
  const asked = askedOf(pipeline, options, "run()", at);
  const warehousePath = options.warehouse ?? ":memory:";
  checkRetention(options.eventLogRetentionDays);
  await removeAbandonedFolders();
  if (options.tempDirectory !== undefined) await removeAbandonedFolders(options.tempDirectory);
  const inputs: InputRequest["inputs"] = record(options.inputs === undefined ? {} : options.inputs, "inputs", at);
  const ahead = isNew(warehousePath) ? lookAhead(asked, inputs) : undefined;
  try {
    const warehouse = await Warehouse.open(warehousePath, options);
    return await updateOf(asked, warehouse, { began, at, inputs, ahead, options });
  } finally {
    ahead?.stop();
  }
}

const isNew = (warehouse: string): boolean => warehouse === ":memory:" || !existsSync(warehouse);

function lookAhead({ pipeline, wanted, options }: Asked, inputs: InputRequest["inputs"]): Ahead {
  const reading = pipeline.tables.filter(({ name }) => wanted.has(name) && !Object.hasOwn(inputs, name));
  return new Ahead(reading.flatMap(tableQueries).filter(isFileSource), options.baseDir ?? ".");
}

/** One update, as it was asked for. */
interface Updating {
  /** When it began, by the clock of `performance`. */
  readonly began: number;
  /** Where `run()` was called. */
  readonly at: Place;
  readonly inputs: InputRequest["inputs"];
  readonly ahead: Ahead | undefined;
  readonly options: RunOptions;
}

async function updateOf(
  asked: Asked,
  warehouse: Warehouse,
  { began, at, inputs, ahead, options }: Updating,
): Promise<Update> {
  try {
    const log = new EventLog(options.onEvent);
    await log.begin(warehouse.main, options.fullRefresh === true);
    const tables = await logged(log, warehouse, () =>
      withRows({ inputs, pipeline: asked.pipeline, wanted: asked.wanted, updateId: log.updateId, at }, (rows) =>
        runTables(asked, { warehouse, log, rows, ahead, options }),
      ),
    );
    const error = options.signal?.aborted && tables.some((t) => t.status === "excluded") ? STOPPED : undefined;
    const failed = error !== undefined || tables.some((t) => t.status === "failed");
    const status = failed ? "failed" : "completed";
    const durationMs = elapsedMs(began);
    log.add(updateEnded({ status, durationMs, error }));
    const worked = tables.some((t) => !t.skipped && t.status !== "excluded");
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
    return opened(result, warehouse, asked.pipeline);
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

/** What the tables of an update share, apart from what planning has prepared for it. */
function contextOf(
  { described, decisions, states, inputs, files }: Planned,
  { name, tables }: PipelineNode,
  { warehouse, log, ahead, options }: Running,
) {
  return {
    missingFiles: options.missingFiles ?? "warn",
    updateId: log.updateId,
    pipeline: name,
    catalog: warehouse.catalog,
    tempDirectory: options.tempDirectory,
    described,
    decisions,
    tables: new Map(states),
    inputs,
    feeds: feedsOf(inputs, tables),
    files,
    ahead,
    warn: (table, message, details) => log.add({ eventType: "flow_progress", level: "WARN", message, table, details }),
  } as const satisfies Partial<UpdateContext>;
}

interface Running {
  readonly warehouse: Warehouse;
  readonly log: EventLog;
  readonly rows: GivenRows;
  readonly ahead: Ahead | undefined;
  readonly options: RunOptions;
}

async function runTables(asked: Asked, running: Running): Promise<readonly TableResult[]> {
  const { warehouse, log, rows, ahead, options } = running;
  const { main } = warehouse;
  const { pipeline, wanted } = asked;
  const { planned, ...shared } = await prepareUpdate(asked, {
    session: main,
    catalog: warehouse.catalog,
    rows,
    thorough: false,
    atomically: (work) => main.transaction(work),
  });
  // From now on each table looks at its files itself.
  ahead?.stop();
  tell(planned, wanted, log);
  const context: UpdateContext = { ...shared, ...contextOf(planned, pipeline, running) };
  const pool = new SessionPool(warehouse, shared.params.bindings);
  const started = new Map<string, Promise<TableResult>>();
  for (const one of shared.plan.plans.values()) {
    const { name } = one.table;
    if (!wanted.has(name)) continue;
    const inputs = one.inputs.map((input) => started.get(input));
    started.set(name, afterInputs(one, inputs, { context, pool, log, signal: options.signal }));
  }
  // All end before one that threw is told: the warehouse is closed then.
  await Promise.allSettled(started.values());
  for (const statement of shared.params.forget) await main.exec(statement);
  const results = await Promise.all(started.values());
  const unsure = results.some((table) => table.status === "failed");
  if (unsure || mayBeLeft(pipeline, { ...context, known: planned.known })) await dropLeftovers(main, pipeline);
  return results;
}

/** The event log has what is planned for each table, and what stands alongside the pipeline. */
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

/** The result with its warehouse, which stays open for a look at it. */
function opened(result: UpdateResult<number>, warehouse: Warehouse, pipeline: PipelineNode): Update {
  const close = () => warehouse.close();
  const rows = async <T extends TableRows>(table: T): Promise<readonly InferRow<T>[]> => {
    const found = await warehouse.main.rows(allOf(table, pipeline));
    return found as readonly InferRow<T>[];
  };
  const update: Update = {
    ...result,
    warehouse: warehouse.path,
    query: (sql) => warehouse.main.rowsOfOne(sql),
    rows,
    close,
    [Symbol.asyncDispose]: close,
  };
  countArguments(update, { fewer: "all", usage: { query: "write the values into the SQL: query() binds none" } });
  return update;
}

function allOf(given: TableRows, { name, tables }: PipelineNode): string {
  const node: RelationNode | undefined = typeof given?.toNode === "function" ? given.toNode() : undefined;
  const table = node?.kind === "table" ? tables.find((t) => t.name === node.table) : undefined;
  if (node && table)
    return `SELECT ${node.columns.map((c) => duckdbIdentifier(c.name)).join(", ")} FROM ${nameOf(table)}`;
  const message = `rows() accepts a table of the pipeline "${name}"`;
  throw failure({ code: "ARG001", message, help: "give one of its tables: update.rows(p.tables.orders)" });
}
