/** An update with its progress: what `run` and `preview` share. */
import { fullName } from "../ast/pipeline.ts";
import type { RunOptions } from "../engines/duckdb/run-options.ts";
import type { RunEvent } from "../engines/events.ts";
import type { ParsedFlags } from "./command.ts";
import type { Opened } from "./engines/door.ts";
import { UsageError } from "./errors.ts";
import { type Io, writeLines } from "./io.ts";
import { progressReporter } from "./output/progress.ts";
import { knownTable, type Project } from "./project/load.ts";

/** What Ctrl-C says of an update on DuckDB. */
export const INTERRUPTED =
  "Interrupted. The warehouse keeps its last good state: run again, and the update goes on from there.";

/**
 * Does the work of an update. Its progress goes to stderr, or nowhere when a program reads; Ctrl-C says what becomes of
 * it.
 */
export async function watched<T>(
  { interrupted, begun }: Pick<Opened, "interrupted" | "begun">,
  quiet: boolean,
  io: Io,
  work: (onEvent: (event: RunEvent) => void) => Promise<T>,
): Promise<T> {
  const progress = quiet ? undefined : progressReporter(io.stderr, io.env);
  const releases = [io.onInterrupt?.(interrupted())];
  const onEvent = (event: RunEvent): void => {
    if (event.eventType === "create_update") {
      releases.push(io.onInterrupt?.(interrupted(event)));
      if (begun && !quiet) writeLines(io.stderr, [begun(event)]);
    }
    progress?.onEvent(event);
  };
  try {
    return await work(onEvent);
  } finally {
    progress?.done();
    for (const release of releases.reverse()) release?.();
  }
}

/** The tables of `--only`. */
export function tablesOf(text: string | undefined, project: Project): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0)
    throw new UsageError({
      code: "CLI002",
      message: "--only needs names of tables",
      help: "--only orders,customers",
    });
  return names.map((name) => knownTable(name, project.pipeline).name);
}

/** What `--accept-loss` accepts; without the project nobody has looked whether there are such tables. */
export function acceptedOf(given: ParsedFlags, project?: Project): Pick<RunOptions, "acceptLoss"> {
  const names = given.texts("accept-loss");
  if (names.length === 0) return {};
  if (names.includes("all")) return { acceptLoss: true };
  return { acceptLoss: project ? names.map((name) => fullName(knownTable(name, project.pipeline))) : names };
}
