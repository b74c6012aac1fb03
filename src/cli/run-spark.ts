/** `medallion run --target spark`: an update on Spark, with its progress and a report. */

import type { RunEvent } from "../engines/duckdb/update.ts";
import type { SparkUpdate } from "../engines/spark/run.ts";
import type { RunRequest } from "./commands/run.ts";
import { EXIT } from "./errors.ts";
import { duration, plural, shownPath } from "./format.ts";
import { type Io, paintOf, separate, writeJson, writeLines } from "./io.ts";
import { problemLines } from "./problem.ts";
import { progressReporter } from "./progress.ts";
import { tableLines } from "./table.ts";

const STARTING = "Starting Spark …";

export async function runOnSpark(request: RunRequest, io: Io): Promise<number> {
  const { project, json, only, fullRefresh } = request;
  const { run } = await import("../engines/spark/index.ts");
  const progress = json ? undefined : progressReporter(io.stderr, io.env);
  const release = io.onInterrupt?.("Interrupted. Spark was stopped; run again, and its streams go on where they were.");
  const update = await run(project.pipeline, {
    ...project.spark,
    baseDir: project.baseDir,
    params: project.params,
    env: io.env,
    fullRefresh,
    ...(only && { only }),
    ...(progress && { onEvent: announced(progress.onEvent, io) }),
  }).finally(() => {
    progress?.done();
    release?.();
  });
  const exit = update.status === "failed" ? EXIT.failed : EXIT.ok;
  if (json) {
    writeJson(io, update);
    return exit;
  }
  separate(io);
  writeLines(io.stdout, report(update, io));
  return exit;
}

/** A live list shows by itself that something happens; a log is told that the long start began. */
function announced(onEvent: (event: RunEvent) => void, io: Io): (event: RunEvent) => void {
  return (event) => {
    if (event.eventType === "create_update" && io.stderr.isTTY !== true) writeLines(io.stderr, [STARTING]);
    onEvent(event);
  };
}

const STATUS = {
  completed: { text: "done", style: "green" },
  failed: { text: "failed", style: "red" },
  excluded: { text: "not run", style: "yellow" },
} as const;

function report({ tables, status, durationMs, log, error }: SparkUpdate, io: Io): readonly string[] {
  const paint = paintOf(io.stdout, io.env);
  const rows = tables.map((t) => [t.name, t.layer, t.durationMs === 0 ? "" : duration(t.durationMs), STATUS[t.status]]);
  const columns = [
    { header: "TABLE" },
    { header: "LAYER" },
    { header: "TIME", align: "right" },
    { header: "STATUS" },
  ] as const;
  const problems = [...tables.flatMap((t) => (t.error ? [t.error] : [])), ...(error ? [error] : [])];
  const blocks = problems.flatMap((p) => ["", ...problemLines(p, { paint, cwd: io.cwd })]);
  const done = tables.filter((t) => t.status === "completed").length;
  const verdict = status === "failed" ? paint("red", "Update failed") : paint("green", "Update completed");
  return [
    ...tableLines(columns, rows, { paint }),
    ...blocks,
    "",
    `${verdict} in ${duration(durationMs)}: ${done} done of ${plural(tables.length, "table")}.`,
    `${paint("dim", "Log:")} ${shownPath(log, io.cwd)}`,
  ];
}
