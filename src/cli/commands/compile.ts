/** `medallion compile`: the pipeline as files of a target. */
import path from "node:path";
import { nearest } from "../../core/nearest.ts";
import { type Written, writeTo } from "../../engines/files.ts";
import { type Compiled, compileAll } from "../../targets/compile.ts";
import { bundle } from "../../targets/databricks/bundle.ts";
import { isTarget, TARGET_NAMES, type Target } from "../../targets/targets.ts";
import { oneOf } from "../args.ts";
import { refusal, refuse } from "../check.ts";
import { type Command, DATA_FLAGS, PROJECT_FLAGS } from "../command.ts";
import { EXIT, UsageError } from "../errors.ts";
import { paintOf, writeJson, writeLines } from "../io.ts";
import { bytes, plural, shownPath } from "../output/format.ts";
import type { Paint } from "../output/style.ts";
import { tableLines } from "../output/table.ts";
import { treatmentLines } from "../output/treatment.ts";
import { loadProject, type Project } from "../project/load.ts";
import { optionsFor } from "../project/targets.ts";

const SHOWN_FILES = 20;

export const compile: Command = {
  name: "compile",
  summary: "writes the pipeline as SQL files for an engine",
  arguments: [],
  flags: {
    target: { type: "string", short: "t", value: "T", help: `what to write for: ${TARGET_NAMES.join(", ")}` },
    out: { type: "string", short: "o", value: "DIR", help: "folder to write to (default: out/<target>)" },
    layout: { type: "string", value: "L", help: "table: one file a table (the default); layer: one file a layer" },
    bundle: {
      type: "boolean",
      help: "write a Databricks Asset Bundle: the SQL, databricks.yml and the pipeline resource",
    },
    ...DATA_FLAGS,
    ...PROJECT_FLAGS,
  },
  about: [
    "The same pipeline gives the same files, byte for byte; a file that is right already is not touched.",
    "Files that are in the folder and not of this pipeline are left alone. What becomes of expectations, keys, masks and",
    "other settings that the engine does not have as they are is listed beneath.",
  ],
  examples: [
    ["medallion compile --target databricks --out bundle/sql", "SQL of a Lakeflow pipeline"],
    ["medallion compile --target databricks --bundle --out bundle", "a bundle with a target for each environment"],
    ["medallion compile --target spark --out project", "a project that spark-pipelines runs"],
    ["medallion compile --target duckdb --out sql", "a script that DuckDB runs"],
  ],
  async run(given, io) {
    const project = await loadProject(given, io);
    const target = targetOf(given.text("target") ?? project.target);
    const refused = refusal(project.pipeline, given.on("json"), io);
    if (refused !== undefined) return refused;
    const outFlag = given.text("out");
    const out =
      outFlag === undefined ? (project.out ?? path.resolve(io.cwd, "out", target)) : path.resolve(io.cwd, outFlag);
    const layout = oneOf(given, "layout", ["table", "layer"]) ?? "table";
    const { files, diagnostics, refusals } = given.on("bundle")
      ? { ...compiledBundle(project, target), refusals: [] }
      : compileAll(project.pipeline, { ...optionsFor(project, target), layout });
    if (refusals.length > 0) return refuse(refusals, given.on("json"), io);
    const written: Written[] = [];
    for (const file of files) written.push(await writeTo(out, file));
    if (given.on("json")) {
      writeJson(io, { target, out, files: written, diagnostics });
      return EXIT.ok;
    }
    const paint = paintOf(io.stdout, io.env);
    const treated = treatmentLines(diagnostics, project.pipeline.toNode(), { paint, cwd: io.cwd });
    writeLines(io.stdout, [
      ...summary(target, shownPath(out, io.cwd), written, paint),
      ...(treated.length > 0 ? ["", ...treated] : []),
    ]);
    return EXIT.ok;
  },
};

function targetOf(name: string | undefined): Target {
  if (name !== undefined && isTarget(name)) return name;
  const targets = `the targets are: ${TARGET_NAMES.join(", ")}`;
  const near = name === undefined ? undefined : nearest(name, TARGET_NAMES);
  throw new UsageError({
    code: "TARGET002",
    message: name === undefined ? "medallion compile needs --target" : `there is no target "${name}"`,
    help: near ? `did you mean "${near}"?` : targets,
  });
}

/** All environments of the config are targets of the bundle; `--env` says which one is its default. */
function compiledBundle(project: Project, target: Target): Compiled {
  if (target !== "databricks") {
    throw new UsageError({
      code: "CLI004",
      message: `--bundle is for Databricks, not for ${target}`,
      help: "medallion compile --target databricks --bundle",
    });
  }
  const { pipeline, databricksEnvironments: environments, environment } = project;
  return bundle(pipeline, { environments, ...(environment !== undefined && { defaultEnvironment: environment }) });
}

function summary(target: Target, out: string, written: readonly Written[], paint: Paint): readonly string[] {
  const changed = written.filter((f) => f.changed).length;
  const same = written.length - changed;
  const shown = written.slice(0, SHOWN_FILES).map((f) => [f.path, bytes(f.bytes), f.changed ? "written" : "unchanged"]);
  const more = written.length - shown.length;
  return [
    ...tableLines([{ header: "FILE" }, { header: "SIZE", align: "right" }, { header: "STATE" }], shown, { paint }),
    ...(more > 0 ? [paint("dim", `… and ${plural(more, "file")} more`)] : []),
    "",
    changed === 0
      ? `${out} is up to date: ${plural(same, "file")} for ${target}.`
      : `${plural(changed, "file")} written to ${out} for ${target}${same > 0 ? `, ${same} unchanged` : ""}.`,
  ];
}
