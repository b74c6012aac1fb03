/** `medallion run --target databricks`: an update of the deployed pipeline, followed to its end. */
import type { RunRequest } from "./commands/run.ts";
import { EXIT, UsageError } from "./errors.ts";
import { type Io, paintOf, separate, writeJson, writeLines } from "./io.ts";
import { problemLines } from "./problem.ts";
import { progressReporter } from "./progress.ts";
import { reportUpdate } from "./report.ts";
import { wantsColor } from "./style.ts";
import { connectTo } from "./workspace.ts";

/** What the workspace knows already, or has no use for. */
const LOCAL_FLAGS: Readonly<Record<string, string>> = {
  warehouse: "the tables are in the catalog of the environment",
  "base-dir": "paths of sources are those of the workspace",
  param: "a deployed pipeline has its parameters: medallion deploy --param NAME=VALUE",
};

export async function runOnDatabricks(request: RunRequest, io: Io): Promise<number> {
  const { project, json, only, fullRefresh, given } = request;
  for (const [flag, help] of Object.entries(LOCAL_FLAGS)) {
    if (given.text(flag) === undefined) continue;
    throw new UsageError({ code: "CLI004", message: `--${flag} does not go with --target databricks`, help });
  }
  const { client, environment } = await connectTo(project, io);
  const { follow, startUpdate } = await import("../engines/databricks/index.ts");
  const started = await startUpdate(client, project.pipeline, { environment, fullRefresh, ...(only && { only }) });
  if (!json) writeLines(io.stderr, [`Update ${started.updateId} started: ${started.url}`]);
  const release = io.onInterrupt?.(`Interrupted. The update goes on; look at it or stop it at ${started.url}`);
  const progress = json ? undefined : progressReporter(io.stderr, io.env);
  const update = await follow(client, project.pipeline, started, {
    ...(progress && { onEvent: progress.onEvent }),
  }).finally(() => {
    progress?.done();
    release?.();
  });
  const exit = update.status === "failed" ? EXIT.failed : EXIT.ok;
  const { id, status, state, url, pipelineId, durationMs, errors } = update;
  if (json) {
    const tables = update.tables.map((t) => ({ ...t, ...(errors.has(t.name) && { error: errors.get(t.name) }) }));
    const error = errors.get("");
    writeJson(io, { id, status, state, pipelineId, url, durationMs, tables, ...(error && { error }) });
    return exit;
  }
  separate(io);
  const color = wantsColor(io.stdout, io.env);
  writeLines(io.stdout, [reportUpdate(update, { color, cwd: io.cwd, errors, place: ["Update", url] })]);
  const whole = errors.get("");
  if (whole) writeLines(io.stderr, problemLines(whole, { paint: paintOf(io.stderr, io.env), cwd: io.cwd }));
  if (state === "CANCELED") writeLines(io.stderr, ["The update was stopped in the workspace."]);
  return exit;
}
