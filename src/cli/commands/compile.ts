/** `medallion compile`: the pipeline as files of a target. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundle } from "../../compile/bundle.ts";
import { type CompiledFile, compile as compilePipeline } from "../../compile/compile.ts";
import type { Target } from "../../compile/support.ts";
import { nearest } from "../../expr/record.ts";
import { refusal } from "../check.ts";
import { type Command, PROJECT_FLAGS } from "../command.ts";
import { isTarget, TARGETS } from "../config.ts";
import { CliError, EXIT, hasCode, messageOf, UsageError } from "../errors.ts";
import { bytes, plural, shownPath } from "../format.ts";
import { paintOf, writeJson, writeLines } from "../io.ts";
import { loadProject, type Project } from "../load.ts";
import type { Paint } from "../style.ts";
import { tableLines } from "../table.ts";

const SHOWN_FILES = 20;

interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly changed: boolean;
}

export const compile: Command = {
  name: "compile",
  summary: "writes the pipeline as SQL files for an engine",
  arguments: [],
  flags: {
    target: { type: "string", short: "t", value: "T", help: `what to write for: ${TARGETS.join(", ")}` },
    out: { type: "string", short: "o", value: "DIR", help: "folder to write to (default: out/<target>)" },
    bundle: {
      type: "boolean",
      help: "write a Databricks Asset Bundle: the SQL, databricks.yml and the pipeline resource",
    },
    ...PROJECT_FLAGS,
  },
  about: [
    "The same pipeline gives the same files, byte for byte; a file that is right already is not touched.",
    "Files that are in the folder and not of this pipeline are left alone.",
  ],
  examples: [
    ["medallion compile --target databricks --out bundle/sql", "SQL of a Lakeflow pipeline"],
    ["medallion compile --target databricks --bundle --out bundle", "a bundle with a target for each environment"],
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
    const files = given.on("bundle") ? bundleFiles(project, target) : sqlFiles(project, target);
    const written: Written[] = [];
    for (const file of files) written.push(await writeTo(out, file));
    if (given.on("json")) writeJson(io, { target, out, files: written });
    else writeLines(io.stdout, summary(target, shownPath(out, io.cwd), written, paintOf(io.stdout, io.env)));
    return EXIT.ok;
  },
};

function targetOf(name: string | undefined): Target {
  if (name !== undefined && isTarget(name)) return name;
  const targets = `the targets are: ${TARGETS.join(", ")}`;
  const near = name === undefined ? undefined : nearest(name, TARGETS);
  throw new UsageError({
    code: "TARGET002",
    message: name === undefined ? "medallion compile needs --target" : `there is no target "${name}"`,
    help: near ? `did you mean "${near}"?` : targets,
  });
}

function sqlFiles({ pipeline, databricks }: Project, target: Target): readonly CompiledFile[] {
  const { catalog, schemas } = (target === "databricks" && databricks) || {};
  return compilePipeline(pipeline, { target, ...(catalog !== undefined && { catalog }), ...(schemas && { schemas }) })
    .files;
}

/** All environments of the config are targets of the bundle; `--env` says which one is its default. */
function bundleFiles(project: Project, target: Target): readonly CompiledFile[] {
  if (target !== "databricks") {
    throw new UsageError({
      code: "CLI004",
      message: `--bundle is for Databricks, not for ${target}`,
      help: "medallion compile --target databricks --bundle",
    });
  }
  const { pipeline, databricksEnvironments: environments, environment } = project;
  return bundle(pipeline, { environments, ...(environment !== undefined && { defaultEnvironment: environment }) })
    .files;
}

/** Writes only what changed, so that watchers and build tools see only what changed. */
async function writeTo(out: string, file: CompiledFile): Promise<Written> {
  const absolute = path.resolve(out, file.path);
  const size = Buffer.byteLength(file.contents);
  try {
    if ((await contentsOf(absolute)) === file.contents) return { path: file.path, bytes: size, changed: false };
    await mkdir(path.dirname(absolute), { recursive: true });
    await writeFile(absolute, file.contents);
    return { path: file.path, bytes: size, changed: true };
  } catch (error) {
    throw new CliError({
      code: "OUT001",
      message: `${absolute} cannot be written: ${messageOf(error)}`,
      help: "give another folder with --out DIR, one that can be written",
      cause: error,
    });
  }
}

async function contentsOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
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
