/** Runs one table of an update, from its turn to its result: completed, skipped, failed or excluded. */

import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import { MedallionError, RunError } from "../../../core/errors.ts";
import type { LoweredTable } from "../../../lower/table.ts";
import { withoutPersonalData } from "../../cited.ts";
import { elapsedMs } from "../../elapsed.ts";
import { ended, running } from "../../events.ts";
import type { TableStatus } from "../../result.ts";
import { keptAs, unfinishedInput } from "../../tables.ts";
import type { EventLog } from "../state/event-log.ts";
import type { TableResult } from "../update.ts";
import type { SessionPool } from "../warehouse/pool.ts";
import type { Session } from "../warehouse/session.ts";
import type { UpdateContext } from "./context.ts";
import type { Outcome } from "./outcome.ts";
import { updateTable } from "./update-table.ts";

/** What the tables of one update share. */
interface Running {
  readonly context: UpdateContext;
  readonly pool: SessionPool;
  readonly log: EventLog;
  readonly signal: AbortSignal | undefined;
}

/** Runs a table once what it reads has ended; tables that do not read each other run side by side. */
export async function afterInputs(
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
    return { ...shell(table, update), ...outcome, status, durationMs: elapsedMs(began) };
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
      durationMs: elapsedMs(began),
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
    message: `${fullName(table)}: ${withoutPersonalData(error.message, table)}`,
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
