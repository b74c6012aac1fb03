/** The events of an update as the results of its tables. */

import { companionName } from "../../ast/companions.ts";
import { tableSteps } from "../../ast/inputs.ts";
import { keyRule } from "../../ast/keys.ts";
import type { PipelineNode, TableNode } from "../../ast/pipeline.ts";
import type { ViolationAction } from "../../ast/settings.ts";
import type { ErrorDetails } from "../../core/errors.ts";
import { type LoweredPipeline, type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import { READABLE } from "../../settings/expectations.ts";
import { type Part, partName } from "../../targets/databricks/context.ts";
import { partsOf } from "../../targets/databricks/query-table.ts";
import { sparkIdentifier } from "../../targets/spark-sql/dialect.ts";
import { brokenKey } from "../keys.ts";
import { type Count, type ExpectationResult, type TableResult, type TableStatus, total } from "../result.ts";
import { countedRules, keptAs, unqualified } from "../tables.ts";
import { eventError } from "./event-error.ts";
import { flowProgress } from "./shapes.ts";
import type { PipelineEvent } from "./types.ts";

/** One flow into one dataset: a table may have several. */
interface Flow {
  readonly counts: Counts;
  status: string;
  began?: number;
  ended?: number;
  error?: ErrorDetails;
}

/** `null`: no event told of it. */
interface Counts {
  written: Count;
  dropped: Count;
  readonly expectations: Map<string, { passed: number; failed: number }>;
}

const ENDED = new Set(["COMPLETED", "FAILED", "SKIPPED", "STOPPED", "EXCLUDED", "IDLE"]);

/** What an event did to a table. */
export interface Step {
  readonly table: TableNode;
  readonly state: "running" | "ended" | "warning";
}

export class Tally {
  readonly #plan: LoweredPipeline;
  /** By dataset, then by flow. */
  readonly #flows = new Map<string, Map<string, Flow>>();

  constructor(pipeline: PipelineNode) {
    this.#plan = lowerPipeline(pipeline);
  }

  /** The table that an event is of: its name is the last part of the dataset's or the flow's. */
  tableOf(event: PipelineEvent): TableNode | undefined {
    const dataset = this.#datasetOf(event);
    const isOf = (plan: LoweredTable) =>
      partsOf(plan).some((part) => partName(plan.table, part) === dataset) ||
      (plan.table.settings.temporary && companionName(plan.table.name, "stream") === dataset);
    return [...this.#plan.plans.values()].find(isOf)?.table;
  }

  /** Counts an event; tells when a table begins, warns, or has ended with all that belongs to it. */
  add(event: PipelineEvent): Step | undefined {
    const table = this.tableOf(event);
    if (!table) return undefined;
    const progress = flowProgress.safeParse(event.details);
    const failed = event.level === "ERROR" || event.error !== undefined;
    if (!progress.success && !failed) {
      return event.level === "WARN" ? { table, state: "warning" } : undefined;
    }
    const before = this.#stateOf(table);
    const flow = this.#flowOf(event);
    if (progress.success) count(flow, event, progress.data.flow_progress);
    if (failed) flow.error = eventError(event, table);
    const after = this.#stateOf(table);
    if (after !== before) return after === "waiting" ? undefined : { table, state: after };
    return event.level === "WARN" ? { table, state: "warning" } : undefined;
  }

  /** What is known of a table. `complete`: the update ended well, so a flow that did not say so has ended, too. */
  result(table: TableNode, complete = false): TableResult {
    const flows = this.#byPart(table);
    const own = flows.get("own") ?? [];
    const quarantine = flows.get("quarantine");
    const all = [...flows.values()].flat();
    const kind = keptAs(table, this.#plan.kinds);
    const rowsWritten = sum(own, (f) => f.counts.written);
    const rowsQuarantined = quarantine ? sum(quarantine, (f) => f.counts.written) : 0;
    const rowsDropped = leftOut(table, kind, own);
    const status = statusOf(all, complete);
    const error = status === "failed" ? all.find((f) => f.error)?.error : undefined;
    const reason = error?.message ?? reasonOf(all, status);
    return {
      name: table.name,
      layer: table.layer,
      kind,
      status,
      rowsRead: total([rowsWritten, rowsDropped, rowsQuarantined]),
      rowsWritten,
      rowsDropped,
      rowsQuarantined,
      expectations: this.#expectationsOf(table, all),
      durationMs: durationOf(all),
      skipped: false,
      ...(status !== "completed" && { reason }),
      ...(error && { error }),
    };
  }

  /** KEY003, where rows of a table share a key. */
  brokenKey(table: TableNode, { expectations }: TableResult): ErrorDetails | undefined {
    const key = this.#plan.plans.get(table.name)?.key;
    const counted = key && expectations.find((e) => e.name === keyRule(key));
    if (!key || !counted?.failed || counted.passed === null) return undefined;
    const { passed, failed } = counted;
    return brokenKey(table, key, { ...counted, passed, failed }, { rows: "rows of", id: sparkIdentifier });
  }

  /** Whether an event told of this table at all. */
  knows(table: TableNode): boolean {
    return [...this.#byPart(table).values()].flat().length > 0;
  }

  #datasetOf(event: PipelineEvent): string {
    const { dataset_name: dataset, flow_name: flow } = event.origin ?? {};
    const last = unqualified(dataset ?? flow ?? "");
    if (dataset !== undefined) return last;
    return this.#plan.tables.has(last) ? last : last.replace(/_flow$/, "");
  }

  #flowOf(event: PipelineEvent): Flow {
    const dataset = this.#datasetOf(event);
    const flows = this.#flows.get(dataset) ?? new Map<string, Flow>();
    this.#flows.set(dataset, flows);
    const name = unqualified(event.origin?.flow_name ?? dataset);
    const flow = flows.get(name) ?? { status: "", counts: { written: null, dropped: null, expectations: new Map() } };
    flows.set(name, flow);
    return flow;
  }

  #parts(table: TableNode): readonly Part[] {
    const plan = this.#plan.plans.get(table.name);
    return plan ? partsOf(plan) : [];
  }

  /** The flows of each dataset of a table. */
  #byPart(table: TableNode): ReadonlyMap<Part, readonly Flow[]> {
    const flowsOf = (part: Part) => [...(this.#flows.get(partName(table, part))?.values() ?? [])];
    return new Map(this.#parts(table).map((part) => [part, flowsOf(part)]));
  }

  /** The expectations that events told of, and those of the table that none did: what they counted is not known. */
  #expectationsOf(table: TableNode, flows: readonly Flow[]): readonly ExpectationResult[] {
    const totals = new Map<string, { passed: number; failed: number }>();
    for (const { counts } of flows) {
      for (const [name, { passed, failed }] of counts.expectations) {
        const before = totals.get(name) ?? { passed: 0, failed: 0 };
        totals.set(name, { passed: before.passed + passed, failed: before.failed + failed });
      }
    }
    const plan = this.#plan.plans.get(table.name);
    const untold = (plan ? countedRules(plan) : []).filter((rule) => !totals.has(rule.name));
    return [
      ...[...totals].map(([name, counts]) => ({ name, action: actionOf(table, name), ...counts })),
      ...untold.map((rule) => ({ ...rule, passed: null, failed: null })),
    ];
  }

  /** A table has ended with all that belongs to it: before, its counts are not whole. */
  #stateOf(table: TableNode): "waiting" | "running" | "ended" {
    const datasets = [...this.#byPart(table).values()];
    const flows = datasets.flat();
    const stopped = flows.some((f) => ENDED.has(f.status) && f.status !== "COMPLETED" && f.status !== "IDLE");
    const whole = datasets.every((of) => of.length > 0) || stopped;
    if (flows.length > 0 && whole && flows.every((f) => ENDED.has(f.status))) return "ended";
    return flows.some((f) => f.status !== "" && f.status !== "QUEUED" && f.status !== "PLANNING")
      ? "running"
      : "waiting";
  }
}

type Progress = ReturnType<typeof flowProgress.parse>["flow_progress"];

/** The counts of an event are of what happened since the one before: the documented queries sum them, too. */
function count(flow: Flow, event: PipelineEvent, { status, metrics, data_quality: quality }: Progress): void {
  const at = Date.parse(event.timestamp);
  if (status !== undefined) flow.status = status;
  if (status === "STARTING" || status === "RUNNING") flow.began ??= at;
  if (status !== undefined && ENDED.has(status)) flow.ended = at;
  const { num_output_rows: output, num_upserted_rows: upserted, num_deleted_rows: deleted } = metrics ?? {};
  flow.counts.written = plus(flow.counts.written, output ?? plus(upserted ?? null, deleted ?? null));
  flow.counts.dropped = plus(flow.counts.dropped, quality?.dropped_records ?? null);
  for (const { name, passed_records: passed, failed_records: failed } of quality?.expectations ?? []) {
    const before = flow.counts.expectations.get(name) ?? { passed: 0, failed: 0 };
    flow.counts.expectations.set(name, {
      passed: before.passed + (passed ?? 0),
      failed: before.failed + (failed ?? 0),
    });
  }
}

function statusOf(flows: readonly Flow[], complete: boolean): TableStatus {
  if (flows.some((f) => f.status === "FAILED" || (f.error && !ENDED.has(f.status)))) return "failed";
  const done = (f: Flow): boolean =>
    f.status === "COMPLETED" || f.status === "IDLE" || (complete && !ENDED.has(f.status));
  // A view of the pipeline has no flow of its own.
  if (flows.length === 0) return complete ? "completed" : "excluded";
  return flows.every(done) ? "completed" : "excluded";
}

function reasonOf(flows: readonly Flow[], status: TableStatus): string {
  if (status === "failed") return "the event log gives no reason";
  if (flows.some((f) => f.status === "SKIPPED")) return "what it reads from did not complete";
  if (flows.some((f) => f.status === "EXCLUDED")) return "it was not part of the update";
  return "the update ended before it";
}

function durationOf(flows: readonly Flow[]): number {
  const began = Math.min(...flows.flatMap((f) => f.began ?? []));
  const ended = Math.max(...flows.flatMap((f) => f.ended ?? []));
  return Number.isFinite(began) && Number.isFinite(ended) ? Math.max(0, ended - began) : 0;
}

/** The compiler adds a rule of its own, which rows of files break that could not be read. */
function actionOf(table: TableNode, name: string): ViolationAction {
  const own = table.settings.expectations.find((e) => e.name === name);
  return own?.action ?? (name === READABLE ? "quarantine" : "warn");
}

/** The sum of what is known; `null` where nothing is. */
function plus(a: Count, b: Count): Count {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}

/** The sum over the flows of a dataset; `null` where no flow, or not every flow, told. */
function sum(flows: readonly Flow[], of: (flow: Flow) => Count): Count {
  return flows.length === 0 ? null : total(flows.map(of));
}

/**
 * Rows that the table left out. The workspace counts those of its rules, and neither those that a condition of a stream
 * leaves out nor change events that were not applied.
 */
function leftOut(table: TableNode, kind: TableResult["kind"], own: readonly Flow[]): Count {
  if (table.kind !== "query") return null;
  if (kind === "streaming" && tableSteps(table).some((step) => step.kind === "where")) return null;
  if (own.length === 0 || table.settings.expectations.some((e) => e.action === "drop")) {
    return sum(own, (f) => f.counts.dropped);
  }
  return 0;
}
