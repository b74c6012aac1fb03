/** What `spark-pipelines` prints, as what became of each table of the pipeline. */
import path from "node:path";
import { tableInputs } from "../../ast/inputs.ts";
import type { PipelineNode, TableNode } from "../../ast/pipeline.ts";
import type { ErrorDetails } from "../../core/errors.ts";
import type { CompileOptions } from "../../targets/compile.ts";
import { flowNames } from "../../targets/spark/parts.ts";
import type { RunEvent } from "../duckdb/update.ts";

/** `excluded`: a table that it reads failed. */
export type SparkStatus = "completed" | "failed" | "excluded";

/** One table in one update on Spark. */
export interface SparkTable {
  readonly name: string;
  readonly layer: string;
  readonly status: SparkStatus;
  readonly durationMs: number;
  readonly error?: ErrorDetails;
}

interface Progress {
  readonly table: TableNode;
  /** Flows that have not completed. */
  readonly open: Set<string>;
  since?: number;
  ended?: number;
  error?: ErrorDetails;
}

const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: (.*)$/;
const FLOW = /^Flow '?([^' ]+)'? (?:is|has) (\w+)/;

/** Takes the output line by line. */
export class Follower {
  readonly #tables = new Map<string, Progress>();
  readonly #flows = new Map<string, Progress>();
  readonly #onEvent: (event: RunEvent) => void;
  readonly #updateId: string;
  /** A message goes on over several lines. */
  #message: string[] = [];
  #file: string | undefined;
  /** What ended the run and is said of no flow. */
  error: ErrorDetails | undefined;

  constructor(pipeline: PipelineNode, options: CompileOptions, updateId: string, onEvent: (event: RunEvent) => void) {
    for (const table of pipeline.tables) {
      const names = flowNames(table, options);
      const progress: Progress = { table, open: new Set(names) };
      this.#tables.set(table.name, progress);
      for (const name of names) this.#flows.set(name, progress);
    }
    this.#updateId = updateId;
    this.#onEvent = onEvent;
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
  end(code: number): readonly SparkTable[] {
    this.#flush();
    const results = [...this.#tables.values()].map((p) => resultOf(p, code));
    return results.filter((r) => this.#tables.get(r.name)?.table.settings.temporary !== true || r.status === "failed");
  }

  #flow(said: string): void {
    const [, name, state] = FLOW.exec(said) ?? [];
    const short = name?.replaceAll("`", "").split(".").at(-1) ?? "";
    const progress = this.#flows.get(short);
    if (!progress || state === undefined) return;
    if (state === "RUNNING" && progress.since === undefined) {
      progress.since = performance.now();
      this.#tell(progress, "RUNNING", "running");
    }
    if (state !== "COMPLETED") return;
    progress.open.delete(short);
    if (progress.open.size > 0 || progress.error) return;
    progress.ended = performance.now();
    this.#tell(progress, "COMPLETED", "");
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
    const progress = this.#flows.get(flow.replaceAll("`", "").split(".").at(-1) ?? "");
    if (!progress) return;
    const known = progress.error !== undefined;
    progress.error = engineError(text.replace(/^Error: /, ""), progress.table);
    progress.ended = performance.now();
    // It is tried again: said once is enough.
    if (!known) this.#tell(progress, "FAILED", progress.error.message);
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
    if (progress) progress.error = engineError(text, table);
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

  #tell({ table, since, ended }: Progress, status: string, message: string): void {
    const durationMs = since === undefined || ended === undefined ? undefined : ended - since;
    this.#onEvent({
      id: `${this.#updateId}:${table.name}:${status}`,
      timestamp: new Date().toISOString(),
      updateId: this.#updateId,
      eventType: "flow_progress",
      level: status === "FAILED" ? "ERROR" : "INFO",
      message,
      table: table.name,
      details: { flow_progress: { status }, ...(durationMs !== undefined && { durationMs }) },
    });
  }
}

function resultOf({ table, open, since, ended, error }: Progress, code: number): SparkTable {
  const { name, layer } = table;
  const durationMs = since === undefined ? 0 : (ended ?? performance.now()) - since;
  if (error) return { name, layer, status: "failed", durationMs, error };
  return { name, layer, status: open.size === 0 || code === 0 ? "completed" : "excluded", durationMs };
}

/** The engine's words, and the user's line that they are about: that of the rule, or that of the table. */
function engineError(text: string, table: TableNode | undefined): ErrorDetails {
  const words = text.replace(/^\s+/, "").split(/\n(?:=== |\s*JVM stacktrace|Logical Plan|\s+at )/)[0] ?? "";
  const [, rule] = /a row breaks the rule "([^"]*)"/.exec(text) ?? [];
  const expectation = table?.settings.expectations.find((e) => e.name === rule);
  if (table && expectation) {
    return {
      code: "EXPECT002",
      message: `a row breaks the rule "${expectation.name}" of ${table.layer}.${table.name}, which fails its update`,
      help: "correct the data, or say expectOrQuarantine() to set such rows aside",
      location: expectation.at ?? table.at,
      table: table.name,
    };
  }
  const lines = words.split("\n").filter((line) => line.trim() !== "");
  return {
    code: "SPARK004",
    message: lines.slice(0, 12).join("\n").trim() || "Spark gave no reason",
    help: "the engine's whole output is in the log that is named below",
    ...(table?.at !== undefined && { location: table.at }),
    ...(table && { table: table.name }),
  };
}

/** A table and all tables that it reads, by way of others. */
export function withInputs(names: readonly string[], pipeline: PipelineNode): ReadonlySet<string> {
  const tables = new Map(pipeline.tables.map((table) => [table.name, table]));
  const found = new Set<string>();
  const add = (name: string): void => {
    const table = tables.get(name);
    if (!table || found.has(name)) return;
    found.add(name);
    for (const input of tableInputs(table)) add(input);
  };
  for (const name of names) add(name);
  return found;
}
