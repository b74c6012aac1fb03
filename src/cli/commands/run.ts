/** `medallion run`: one update of the pipeline on the embedded engine. */
import { refusal } from "../check.ts";
import { type Command, PROJECT_FLAGS, WAREHOUSE_FLAGS } from "../command.ts";
import { EXIT, UsageError } from "../errors.ts";
import { type Io, paintOf, writeJson, writeLines } from "../io.ts";
import { knownTable, loadProject, type Project } from "../load.ts";
import { reportUpdate } from "../report.ts";
import { wantsColor } from "../style.ts";
import { runUpdate } from "../update.ts";

export const run: Command = {
  name: "run",
  summary: "runs the pipeline on embedded DuckDB",
  arguments: [],
  flags: {
    only: { type: "string", value: "A,B", help: "only these tables and what they read" },
    "full-refresh": { type: "boolean", help: "make every table anew from the sources" },
    ...WAREHOUSE_FLAGS,
    ...PROJECT_FLAGS,
  },
  about: [
    "Reads new files, applies changes, recomputes what depends on them. Each table's data and state commit together:",
    "an update that fails or is stopped leaves the last good state. A failed table stops only what reads from it.",
  ],
  examples: [
    ["medallion run", "bring every table up to date"],
    ["medallion run --only revenue,orders", "these tables and what they read"],
    ["medallion run --full-refresh --warehouse :memory:", "everything from nothing, and keep nothing"],
    ["medallion run --json | jq '.tables[] | {name, rowsWritten}'", "for a program"],
  ],
  async run(given, io) {
    const project = await loadProject(given, io);
    const json = given.on("json");
    const refused = refusal(project.pipeline, json, io);
    if (refused !== undefined) return refused;
    const only = tablesOf(given.text("only"), project);
    const { update, errors } = await runUpdate(
      project,
      { fullRefresh: given.on("full-refresh"), ...(only && { only }) },
      json,
      io,
    );
    await update.close();
    const exit = update.status === "failed" ? EXIT.failed : EXIT.ok;
    if (json) {
      const { id, status, durationMs, warehouse, tables } = update;
      const upToDate = status === "completed" && tables.every((t) => t.skipped);
      const failed = tables.map((t) => ({ ...t, ...(errors.has(t.name) && { error: errors.get(t.name) }) }));
      writeJson(io, { id, status, upToDate, durationMs, warehouse, tables: failed });
      return exit;
    }
    separate(io);
    writeLines(io.stdout, [reportUpdate(update, { color: wantsColor(io.stdout, io.env), cwd: io.cwd, errors })]);
    if (update.warehouse === ":memory:")
      writeLines(io.stdout, [paintOf(io.stdout, io.env)("dim", "It was in memory and is gone now.")]);
    return exit;
  },
};

function tablesOf(text: string | undefined, project: Project): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new UsageError({ code: "CLI002", message: "--only needs names of tables: --only a,b" });
  return names.map((name) => knownTable(name, project.pipeline));
}

/** Plain progress lines stay where they are: an empty line sets the report apart. */
function separate(io: Io): void {
  if (!io.stderr.isTTY) return;
  if (!wantsColor(io.stderr, io.env) || io.env["CI"]) io.stderr.write("\n");
}
