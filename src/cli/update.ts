/** One update with its progress: what `run` and `preview` share. */

import type { ErrorDetails } from "../core/errors.ts";
import type { RunOptions } from "../engines/duckdb/run.ts";
import type { RunEvent, Update } from "../engines/duckdb/update.ts";
import type { Given } from "./command.ts";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";
import { knownTable, type Project } from "./load.ts";
import { progressReporter } from "./progress.ts";

export interface Updated {
  readonly update: Update;
  /** The errors of the tables that failed, by table. */
  readonly errors: ReadonlyMap<string, ErrorDetails>;
}

const INTERRUPTED =
  "Interrupted. The warehouse keeps its last good state: run again, and the update goes on from there.";

type UpdateOptions = Pick<RunOptions, "acceptLoss" | "fullRefresh" | "only">;

/** Runs the pipeline; the caller closes the update. Progress goes to stderr, or nowhere when it would be read by a program. */
export async function runUpdate(project: Project, options: UpdateOptions, quiet: boolean, io: Io): Promise<Updated> {
  // Here and not at the top: the engine is native code that `check` and `show` need not load.
  const { run } = await import("../engines/duckdb/index.ts");
  const errors = new Map<string, ErrorDetails>();
  const progress = quiet ? undefined : progressReporter(io.stderr, io.env);
  const onEvent = (event: RunEvent): void => {
    const error = event.details["error"] as ErrorDetails | undefined;
    if (event.table !== undefined && error) errors.set(event.table, error);
    progress?.onEvent(event);
  };
  const release = io.onInterrupt?.(INTERRUPTED);
  try {
    const update = await run(project.pipeline, {
      ...options,
      warehouse: project.warehouse,
      baseDir: project.baseDir,
      params: project.params,
      onEvent,
    });
    return { update, errors };
  } finally {
    progress?.done();
    release?.();
  }
}

/** The tables of `--only`. */
export function tablesOf(text: string | undefined, project: Project): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new UsageError({ code: "CLI002", message: "--only needs names of tables: --only a,b" });
  return names.map((name) => knownTable(name, project.pipeline));
}

/** What `--accept-loss` accepts. */
export function acceptedOf(given: Given): Pick<RunOptions, "acceptLoss"> {
  const names = given.texts("accept-loss");
  if (names.length === 0) return {};
  return { acceptLoss: names.includes("all") ? true : names };
}
