/** The findings of the analyzers, for every command that must not go on with a wrong pipeline. */
import { analyze } from "../analyze/analyze.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { EXIT } from "./errors.ts";
import { type Io, paintOf, widthOf, writeJson, writeLines } from "./io.ts";
import { onceForTables, problemCount, problemLines, type ShownProblem } from "./output/problem.ts";

/** Each problem with an empty line after it. */
export function problemBlocks(problems: readonly ShownProblem[], io: Io, stream: Io["stdout"]): readonly string[] {
  const paint = paintOf(stream, io.env);
  const options = { paint, cwd: io.cwd, width: widthOf(stream) };
  return onceForTables(problems).flatMap((p) => [...problemLines(p, options), ""]);
}

/**
 * Refuses a pipeline with errors: prints them and gives the exit code, or `undefined` where there are none. Warnings
 * are for `check`.
 */
export function refusal(pipeline: AnyPipeline, json: boolean, io: Io): number | undefined {
  const errors = analyze(pipeline).filter((d) => d.severity === "error");
  return errors.length === 0 ? undefined : refuse(errors, json, io);
}

/** Prints the errors of a pipeline and gives the exit code. */
export function refuse(errors: readonly Diagnostic[], json: boolean, io: Io): number {
  const message = `the pipeline has ${problemCount(errors)}`;
  if (json) {
    writeJson(io, { error: { code: "RUN001", message, help: "medallion check lists them" }, diagnostics: errors });
  } else {
    writeLines(io.stderr, [
      ...problemBlocks(errors, io, io.stderr),
      `The pipeline has ${problemCount(onceForTables(errors))}: nothing was done.`,
    ]);
  }
  return EXIT.failed;
}
