/** `medallion check`: the analyzers over the pipeline. */
import { analyze } from "../../analyze/analyze.ts";
import { problemBlocks } from "../check.ts";
import { type Command, PROJECT_FLAGS } from "../command.ts";
import { EXIT, errorDetails } from "../errors.ts";
import { plural } from "../format.ts";
import { paintOf, writeJson, writeLines } from "../io.ts";
import { loadProject } from "../load.ts";
import { type Problem, problemCount } from "../problem.ts";
import { refusalsOf } from "../targets.ts";

export const check: Command = {
  name: "check",
  summary: "looks for mistakes in the pipeline",
  arguments: [],
  flags: PROJECT_FLAGS,
  about: [
    "Runs every rule over the pipeline: personal data in gold, keys, foreign keys, sums that must not be, layer order.",
    "Types are checked by tsc; the same rules are its compile errors. What the targets of the config and the embedded engine",
    "cannot do is reported as well, all of it, without writing a file. Warnings do not fail the check.",
  ],
  examples: [
    ["medallion check", "the project of this folder"],
    ["medallion check --pipeline src/pipeline.ts", "without a config file"],
    ["medallion check --json | jq '.diagnostics[].code'", "for a program"],
  ],
  async run(given, io) {
    const { problems, name, tables } = await findProblems(given, io);
    const errors = problems.filter((p) => (p.severity ?? "error") === "error").length;
    if (given.on("json")) {
      writeJson(io, { pipeline: name, tables, errors, warnings: problems.length - errors, diagnostics: problems });
      return errors > 0 ? EXIT.failed : EXIT.ok;
    }
    const paint = paintOf(io.stdout, io.env);
    const of = tables === undefined ? "" : ` in ${plural(tables, "table")} of ${name}`;
    const verdict = problems.length === 0 ? paint("green", `No problems${of}.`) : `${problemCount(problems)}${of}.`;
    writeLines(io.stdout, [...problemBlocks(problems, io, io.stdout), verdict]);
    return errors > 0 ? EXIT.failed : EXIT.ok;
  },
};

interface Findings {
  readonly problems: readonly Problem[];
  readonly name?: string;
  readonly tables?: number;
}

/** A pipeline that cannot even be built is a finding, too: the builder stops at the first mistake. */
async function findProblems(...[given, io]: Parameters<typeof loadProject>): Promise<Findings> {
  try {
    const project = await loadProject(given, io);
    const { name, tables } = project.pipeline.toNode();
    const found = analyze(project.pipeline);
    // What is printed of a wrong pipeline tells nothing more.
    const isWrong = found.some((d) => d.severity === "error");
    return { problems: [...found, ...(isWrong ? [] : refusalsOf(project))], name, tables: tables.length };
  } catch (error) {
    const details = errorDetails(error);
    if (!details || (error instanceof Error && error.name === "UsageError")) throw error;
    return { problems: [{ ...details, severity: "error" }] };
  }
}
