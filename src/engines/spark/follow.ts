/** What `spark-pipelines` prints, as what became of each table of the pipeline. */

import path from "node:path";
import { tableInputs, tableQueries } from "../../ast/inputs.ts";
import { fullName, type PipelineNode, type TableNode } from "../../ast/pipeline.ts";
import type { TableKind } from "../../ast/relation.ts";
import type { ErrorDetails } from "../../core/errors.ts";
import { MIXED_TYPES } from "../../formats/parquet/spark-schema.ts";
import { ONE_STATE, twins } from "../../lower/rules.ts";
import { type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import type { CompileOptions } from "../../targets/compile.ts";
import { nullHelp, undeclaredNull, undeclaredValue, valueHelp } from "../../targets/external.ts";
import { flowNames } from "../../targets/spark/parts.ts";
import { withoutPersonalData } from "../cited.ts";
import { elapsedMs } from "../elapsed.ts";
import { type EventBody, ended, running } from "../events.ts";
import type { TableResult } from "../result.ts";
import { countedRules, keptAs, unfinishedInput, unqualified } from "../tables.ts";

interface Progress {
  readonly table: TableNode;
  readonly plan: LoweredTable;
  /** Flows that have not completed. */
  readonly open: Set<string>;
  since?: number;
  until?: number;
  error?: ErrorDetails;
}

const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: (.*)$/;
const FLOW = /^Flow '?([^' ]+)'? (?:is|has) (\w+)/;

/** Takes the output line by line. */
export class Follower {
  readonly #tables = new Map<string, Progress>();
  readonly #flows = new Map<string, Progress>();
  readonly #kinds: ReadonlyMap<string, TableKind>;
  readonly #tell: (event: EventBody) => void;
  /** A message goes on over several lines. */
  #message: string[] = [];
  #file: string | undefined;
  /** What ended the run and is said of no flow. */
  error: ErrorDetails | undefined;

  constructor(
    pipeline: PipelineNode,
    wanted: ReadonlySet<string>,
    options: CompileOptions,
    tell: (event: EventBody) => void,
  ) {
    const { plans, kinds } = lowerPipeline(pipeline);
    for (const plan of plans.values()) {
      const { table } = plan;
      if (!wanted.has(table.name)) continue;
      const names = flowNames(plan, options);
      const progress: Progress = { table, plan, open: new Set(names) };
      this.#tables.set(table.name, progress);
      for (const name of names) this.#flows.set(name, progress);
    }
    this.#kinds = kinds;
    this.#tell = tell;
  }

  take(line: string): void {
    const said = LINE.exec(line)?.[1];
    const traceback = line.startsWith("Traceback (most recent call last)");
    if (said === undefined && !traceback) {
      this.#message.push(line);
      return;
    }
    this.#flush();
    this.#message = [said ?? line];
    if (said === undefined) return;
    const [, file] = /^(?:Importing|Registering SQL file) (.+?)\.\.\.$/.exec(said) ?? [];
    if (file !== undefined) this.#file = file;
    if (said.startsWith("Starting run")) this.#file = undefined;
    this.#flow(said);
  }

  /** What became of the tables, when the output has ended. */
  end(code: number): readonly TableResult<null>[] {
    const last = this.#message.join("\n");
    this.#flush();
    const told = this.error !== undefined || [...this.#tables.values()].some((p) => p.error);
    // A start script that finds no Spark ends without a message of Spark's own: its last words are the reason.
    if (code !== 0 && !told) this.error = engineError(last, undefined);
    const results: TableResult<null>[] = [];
    for (const progress of this.#tables.values()) {
      const result = this.#result(progress, progress.open.size === 0 || code === 0, results);
      if (result.status === "excluded") this.#tell(ended(result));
      results.push(result);
    }
    return results.filter((r) => this.#tables.get(r.name)?.table.settings.temporary !== true || r.status === "failed");
  }

  #flow(said: string): void {
    const [, name, state] = FLOW.exec(said) ?? [];
    const short = unqualified(name ?? "");
    const progress = this.#flows.get(short);
    if (!progress || state === undefined) return;
    if (state === "RUNNING" && progress.since === undefined) {
      progress.since = performance.now();
      this.#tell(running(progress.table.name));
    }
    if (state !== "COMPLETED") return;
    progress.open.delete(short);
    if (progress.open.size > 0 || progress.error) return;
    progress.until = performance.now();
    this.#tell(ended(this.#result(progress, true)));
  }

  /** A message is whole: a failure tells why in its next lines. */
  #flush(): void {
    const [first = "", ...rest] = this.#message;
    this.#message = [];
    const [, name, state] = FLOW.exec(first) ?? [];
    if (state === "FAILED") this.#failed(name ?? "", rest.join("\n"));
    else if (first.startsWith("Traceback")) this.#traceback(rest);
  }

  #failed(flow: string, text: string): void {
    const progress = this.#flows.get(unqualified(flow));
    if (!progress) return;
    const known = progress.error !== undefined;
    progress.error = engineError(text.replace(/^Error: /, ""), progress.table);
    progress.until = performance.now();
    // It is tried again: said once is enough.
    if (!known) this.#tell(ended(this.#result(progress, false)));
  }

  #traceback(lines: readonly string[]): void {
    const at = lines.findIndex((line) => /^[\w.]+(?:Exception|Error)\b/.test(line));
    if (at < 0 || [...this.#tables.values()].some((p) => p.error)) return;
    const text = lines
      .slice(at)
      .join("\n")
      .replace(/^[\w.]+(?:Exception|Error): ?\n?/, "");
    const table = this.#tableOf(text);
    if (!table) {
      this.error = engineError(text, undefined);
      return;
    }
    const progress = this.#tables.get(table.name);
    if (!progress) return;
    progress.error = engineError(text, table);
    this.#tell(ended(this.#result(progress, false)));
  }

  /** The table whose file was being read, or that the message names. */
  #tableOf(text: string): TableNode | undefined {
    const all = [...this.#tables.values()].map((p) => p.table);
    const file = this.#file === undefined ? undefined : path.basename(this.#file).replace(/^\d+_|\.\w+$/g, "");
    const ofFile = all.find((table) => `${table.layer}_${table.name}` === file);
    if (ofFile) return ofFile;
    const names = [...text.matchAll(/`?([\w]+)`?\.`?([\w]+)`?/g)].flatMap(([, , name]) => (name ? [name] : []));
    return names.map((name) => this.#flows.get(name)?.table).find((table) => table !== undefined);
  }

  /** `earlier`: the results of the tables before it, which tell why it was left out. */
  #result(progress: Progress, done: boolean, earlier: readonly TableResult[] = []): TableResult<null> {
    const { table, plan, since, until, error } = progress;
    const facts = {
      name: table.name,
      layer: table.layer,
      kind: keptAs(table, this.#kinds),
      ...UNKNOWN,
      // They are counted in <table>_expectations, which Spark's output does not show.
      expectations: countedRules(plan).map((rule) => ({ ...rule, ...UNCHECKED })),
      durationMs: since === undefined ? 0 : elapsedMs(since, until),
      skipped: false,
    };
    if (error) return { ...facts, status: "failed", reason: error.message, error };
    if (done) return { ...facts, status: "completed" };
    const failed = new Set(earlier.filter((t) => t.status !== "completed").map((t) => t.name));
    const input = tableInputs(table).find((name) => failed.has(name));
    const reason = input === undefined ? "the update ended before it" : unfinishedInput(input);
    return { ...facts, status: "excluded", reason };
  }
}

const UNKNOWN = { rowsRead: null, rowsWritten: null, rowsDropped: null, rowsQuarantined: null } as const;
const UNCHECKED = { passed: null, failed: null } as const;

/** The engine's words, and the user's line that they are about: that of the rule, or that of the table. */
function engineError(text: string, table: TableNode | undefined): ErrorDetails {
  const words = text.replace(/^\s+/, "").split(/\n(?:=== |\s*JVM stacktrace|Logical Plan|\s+at )/)[0] ?? "";
  const [, rule] = /a row breaks the rule "([^"]*)"/.exec(text) ?? [];
  const expectation = table?.settings.expectations.find((e) => e.name === rule);
  if (table && expectation) {
    return {
      code: "EXPECT002",
      message: `a row breaks the rule "${expectation.name}" of ${fullName(table)}, which fails its update`,
      help: "correct the data, or use expectOrQuarantine() to quarantine such rows",
      location: expectation.at ?? table.at,
      table: table.name,
    };
  }
  if (table && text.includes(twins(table))) {
    return {
      code: "SCD005",
      message: twins(table),
      help: ONE_STATE,
      location: table.kind === "query" ? table.at : (table.changes.at ?? table.at),
      table: table.name,
    };
  }
  const mixed = text.split("\n").find((line) => line.includes(MIXED_TYPES));
  if (mixed !== undefined) return mixedTypes(mixed.slice(mixed.indexOf(MIXED_TYPES)), table);
  const foreign = table && foreignValue(text, table);
  if (foreign) return foreign;
  const lines = words.split("\n").filter((line) => line.trim() !== "");
  const message = lines.slice(0, 12).join("\n").trim();
  return {
    code: "SPARK004",
    message: (table ? withoutPersonalData(message, table) : message) || "Spark gave no reason",
    help: "the engine's whole output is in the log that is named below",
    ...(table?.at !== undefined && { location: table.at }),
    ...(table && { table: table.name }),
  };
}

function mixedTypes(message: string, table: TableNode | undefined): ErrorDetails {
  return {
    code: "SRC017",
    message,
    help: "deliver files of one type, or read the others as a separate source and combine both with union() or appendFlow(); the embedded engine reads each file by its own types",
    ...(table?.at !== undefined && { location: table.at }),
    ...(table && { table: table.name }),
  };
}

function foreignValue(text: string, table: TableNode): ErrorDetails | undefined {
  for (const source of tableQueries(table)) {
    if (source.kind !== "source") continue;
    const found = source.declared
      .flatMap((column) => [
        { column, message: undeclaredNull(table, source, column), help: nullHelp(column) },
        { column, message: undeclaredValue(source, column), help: valueHelp(column) },
      ])
      .find(({ message }) => text.includes(message));
    if (!found) continue;
    const { column, message, help } = found;
    return {
      code: "SRC011",
      message,
      help,
      location: source.at ?? table.at,
      table: table.name,
      column: column.name,
    };
  }
  return undefined;
}
