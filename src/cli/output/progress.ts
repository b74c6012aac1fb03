/** The progress of an update: a live list on a terminal, plain lines in a log. */

import { refuseMore } from "../../core/arity.ts";
import type { Env } from "../../core/env.ts";
import type { RunEvent } from "../../engines/events.ts";
import type { TableResult } from "../../engines/result.ts";
import { isLive, type OutputStream } from "../io.ts";
import { count, duration, plural } from "./format.ts";
import { type ShownStatus, STATUS } from "./status.ts";
import { displayWidth, type Paint, pad, paintFor, printable, truncate } from "./style.ts";

/** Takes the events of a run and shows them. */
export interface ProgressReporter {
  /** For the `onEvent` of `run()`. */
  readonly onEvent: (event: RunEvent) => void;
  /** Takes the live list away. Call it when the run has ended, however it ended. */
  readonly done: () => void;
}

/**
 * Shows an update while it runs: on a terminal a list that is redrawn and goes away at the end, elsewhere (a pipe, a
 * file, `CI`, `NO_COLOR`) one line for each table that did something.
 *
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { progressReporter } from "medallion/cli";
 * import { run } from "medallion/run";
 *
 * export async function main(): Promise<void> {
 *   const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 *   const progress = progressReporter(process.stderr);
 *   try {
 *     await using update = await run(p, { onEvent: progress.onEvent });
 *     console.log(update.status);
 *   } finally {
 *     progress.done();
 *   }
 * }
 * ```
 */
export function progressReporter(stream: OutputStream, env: Env = process.env): ProgressReporter {
  refuseMore("progressReporter", 2, arguments);
  return isLive(stream, env) ? liveList(stream) : plainLines(stream);
}

/** What an event says of a table. */
interface Step {
  readonly table: string;
  readonly state: "running" | "warning" | TableResult["status"];
  readonly text: string;
  readonly ms?: number;
}

function stepOf(event: RunEvent): Step | undefined {
  if (event.eventType !== "flow_progress" || event.table === undefined) return undefined;
  const { table, message, details } = event;
  if (!details.flow_progress) return { table, state: "warning", text: message };
  const { result } = details;
  if (!result) return { table, state: "running", text: "running" };
  if (result.status === "excluded") return { table, state: "excluded", text: result.reason ?? "" };
  return { table, state: result.status, text: resultText(result, message), ms: result.durationMs };
}

/** What is known of what it did. */
export function resultText(result: TableResult, message = ""): string {
  if (result.status === "failed") return message;
  if (result.skipped) return "up to date";
  const { rowsWritten: written, rowsDropped: dropped, rowsQuarantined: quarantined } = result;
  return [
    ...(written === null ? [] : [plural(written, "row")]),
    ...(dropped ? [`${count(dropped)} dropped`] : []),
    ...(quarantined ? [`${count(quarantined)} quarantined`] : []),
  ].join(", ");
}

/** A table that is being updated has the spinner for a mark. */
const STATES: Readonly<Record<Step["state"], ShownStatus>> = {
  ...STATUS,
  running: { word: "running", mark: "", style: "cyan" },
  warning: { word: "warning", mark: "!", style: "yellow" },
};

/** A log needs no line for a table that begins or that had nothing to do. */
function plainLines(stream: OutputStream): ProgressReporter {
  return {
    onEvent: (event) => {
      const step = stepOf(event);
      if (!step || step.state === "running" || step.state === "skipped") return;
      const time = step.ms === undefined ? "" : `  (${duration(step.ms)})`;
      const text = step.text === "" ? "" : `: ${printable(step.text)}`;
      stream.write(`${pad(STATES[step.state].word, 8)}${step.table}${text}${time}\n`);
    },
    done: () => undefined,
  };
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const TICK_MS = 80;

function liveList(stream: OutputStream): ProgressReporter {
  const paint = paintFor(true);
  const steps = new Map<string, Step & { readonly since: number }>();
  let drawn = 0;
  let frame = 0;
  const showCursor = (): void => void stream.write(SHOW_CURSOR);
  const erase = (): string => (drawn === 0 ? "" : `\u001b[${drawn}F\u001b[0J`);

  const draw = (): void => {
    const width = Math.max(20, stream.columns || 80) - 1;
    const height = Math.max(4, (stream.rows || 24) - 2);
    const lines = listLines([...steps.values()], FRAMES[frame % FRAMES.length] ?? "", { width, height, paint });
    stream.write(erase() + lines.map((line) => `${line}\n`).join(""));
    drawn = lines.length;
  };
  const tick = (): void => {
    frame++;
    if (steps.size > 0) draw();
  };

  stream.write(HIDE_CURSOR);
  // Without it a Ctrl-C would leave the user's terminal without a cursor.
  process.once("exit", showCursor);
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return {
    onEvent: (event) => {
      const step = stepOf(event);
      if (!step) return;
      // The report has what the update warned of.
      if (step.state === "warning") return;
      // Thousands of tables that had nothing to do must not cost a redraw each: the timer shows them.
      steps.set(step.table, { ...step, since: performance.now() });
    },
    done: () => {
      clearInterval(timer);
      stream.write(erase() + (process.listeners("exit").includes(showCursor) ? SHOW_CURSOR : ""));
      process.removeListener("exit", showCursor);
      drawn = 0;
    },
  };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

/** The newest tables that fit, above them how many more there were, beneath them the sums. */
function listLines(
  steps: readonly (Step & { readonly since: number })[],
  spinner: string,
  { width, height, paint }: Frame,
): readonly string[] {
  const worked = steps.filter((s) => s.state !== "skipped");
  const shown = worked.slice(-(height - 2));
  const hidden = worked.length - shown.length;
  const names = Math.min(40, Math.max(0, ...shown.map((s) => displayWidth(s.table))));
  const lines = shown.map((step) => {
    const { mark, style } = STATES[step.state];
    const ms = step.state === "running" ? performance.now() - step.since : step.ms;
    const time = ms === undefined ? "" : duration(ms);
    const room = width - names - 6 - time.length - 2;
    const text = truncate(printable(step.text), Math.max(0, room));
    return `  ${paint(style, mark || spinner)} ${pad(truncate(step.table, names), names)}  ${text}  ${paint("dim", time)}`;
  });
  const of = (...states: readonly Step["state"][]): number => steps.filter((s) => states.includes(s.state)).length;
  const sums = [
    `${count(of("completed"))} done`,
    `${count(of("running"))} running`,
    ...(of("skipped") > 0 ? [`${count(of("skipped"))} up to date`] : []),
    ...(of("failed", "excluded") > 0 ? [`${count(of("failed", "excluded"))} failed or not run`] : []),
  ];
  return [
    ...(hidden > 0 ? [paint("dim", truncate(`  … ${plural(hidden, "table")} before`, width))] : []),
    ...lines,
    paint("dim", truncate(`  ${sums.join(", ")}`, width)),
  ];
}
