/** `medallion check`: the analyzers over the pipeline. */
import path from "node:path";
import { analyze } from "../../analyze/analyze.ts";
import type { Fix } from "../../core/fix.ts";
import { problemBlocks } from "../check.ts";
import { type Command, PROJECT_FLAGS } from "../command.ts";
import { EXIT, errorDetails } from "../errors.ts";
import { paintOf, writeJson, writeLines } from "../io.ts";
import { plural, shownPath } from "../output/format.ts";
import { onceForTables, problemCount, type ShownProblem } from "../output/problem.ts";
import { applyFixes } from "../project/fixes.ts";
import { loadProject } from "../project/load.ts";
import { forgetModules } from "../project/modules.ts";
import { refusalsOf } from "../project/targets.ts";

export const check: Command = {
  name: "check",
  summary: "looks for mistakes in the pipeline",
  arguments: [],
  flags: {
    fix: { type: "boolean", help: "write the fixes whose text is known into your files, and check again" },
    ...PROJECT_FLAGS,
  },
  about: [
    "Runs every rule over the pipeline: personal data in gold, keys, foreign keys, sums that must not be, layer order.",
    "Types are checked by tsc; the same rules are its compile errors. What the targets of the config and the embedded engine",
    "cannot do is reported as well, all of it, without writing a file. Warnings do not fail the check: where the config names",
    "no target, what Databricks and Spark cannot do is one.",
    "With --fix: misspelt names of columns, tables and methods are fixed in the code. What only you can declare is not.",
  ],
  examples: [
    ["medallion check", "the project of this folder"],
    ["medallion check --pipeline src/pipeline.ts", "without a config file"],
    ["medallion check --json | jq '.diagnostics[].code'", "for a program"],
  ],
  async run(given, io) {
    const { found, fixed } = await (given.on("fix") ? fixProblems(given, io) : unfixed(given, io));
    const { problems, name, tables } = found;
    const errors = problems.filter((p) => (p.severity ?? "error") === "error").length;
    if (given.on("json")) {
      const counts = { errors, warnings: problems.length - errors };
      writeJson(io, { pipeline: name, tables, ...counts, diagnostics: problems, ...(given.on("fix") && { fixed }) });
      return errors > 0 ? EXIT.failed : EXIT.ok;
    }
    const paint = paintOf(io.stdout, io.env);
    const of = tables === undefined ? "" : ` in ${plural(tables, "table")} of ${name}`;
    const verdict =
      problems.length === 0 ? paint("green", `No problems${of}.`) : `${problemCount(onceForTables(problems))}${of}.`;
    const lines = fixed.map(
      ({ range: { file, start }, oldText, newText }) =>
        `${paint("cyan", `${shownPath(path.resolve(file), io.cwd)}:${start.line}:${start.column}`)}  ${oldText} is now ${paint("green", newText)}`,
    );
    const more = problems.some(({ fix }) => fix && !fix.declares)
      ? [paint("dim", "medallion check --fix fixes it")]
      : [];
    const blocks = problemBlocks(problems, io, io.stdout);
    writeLines(io.stdout, [...lines, ...(lines.length > 0 ? [""] : []), ...blocks, verdict, ...more]);
    return errors > 0 ? EXIT.failed : EXIT.ok;
  },
};

interface Findings {
  readonly problems: readonly ShownProblem[];
  readonly name?: string;
  readonly tables?: number;
}

interface Checked {
  readonly found: Findings;
  readonly fixed: readonly Fix[];
}

async function unfixed(...[given, io]: Parameters<typeof loadProject>): Promise<Checked> {
  return { found: await findProblems(given, io), fixed: [] };
}

/** The builder stops at the first mistake, so that another check may find the next. */
const ROUNDS = 100;

async function fixProblems(...[given, io]: Parameters<typeof loadProject>): Promise<Checked> {
  const fixed: Fix[] = [];
  for (let round = 1; ; round++) {
    const found = await findProblems(given, io);
    const fixes = found.problems.flatMap(({ fix }) => (fix && !fix.declares ? [fix] : []));
    const made = round < ROUNDS ? applyFixes(fixes) : [];
    if (made.length === 0) return { found, fixed };
    fixed.push(...made);
    forgetModules();
  }
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
