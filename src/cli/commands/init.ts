/** `medallion init`: a working project in an empty folder. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { hasCode, messageOf } from "../../core/thrown.ts";
import type { Command } from "../command.ts";
import { CliError, EXIT } from "../errors.ts";
import { shownPath } from "../format.ts";
import { templateFiles } from "../init/template.ts";
import { type Io, paintOf, writeJson, writeLines } from "../io.ts";
import { packageInfo } from "../package-info.ts";

export const init: Command = {
  name: "init",
  summary: "makes a new project in an empty folder",
  arguments: ["[DIR]"],
  flags: {},
  about: ["Without DIR it is this folder. A folder with anything in it (but .git) is left as it is."],
  examples: [
    ["medallion init shop", "in the folder shop, made if need be"],
    ["medallion init", "in this folder"],
  ],
  async run(given, io) {
    const folder = path.resolve(io.cwd, given.arguments[0] ?? ".");
    await refuseContent(folder, io);
    const files = templateFiles({ name: packageName(folder), ...packageInfo() });
    for (const file of files) await write(path.join(folder, file.path), file.contents);
    const paths = files.map((f) => f.path);
    if (given.on("json")) writeJson(io, { folder, files: paths });
    else writeLines(io.stdout, nextSteps(folder, paths, io));
    return EXIT.ok;
  },
};

async function refuseContent(folder: string, io: Io): Promise<void> {
  const shown = shownPath(folder, io.cwd);
  const content = await contentOf(folder, shown);
  const found = content.filter((name) => name !== ".git").sort();
  if (found.length === 0) return;
  const some = found.slice(0, 3).join(", ");
  throw new CliError({
    code: "INIT001",
    message: `${shown === "." ? "this folder" : shown} is not empty: it holds ${some}${found.length > 3 ? ", …" : ""}`,
    help: "name a new folder: medallion init my-pipeline",
  });
}

async function contentOf(folder: string, shown: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    if (!hasCode(error, "ENOTDIR")) throw cannotWrite(shown, error);
    throw new CliError({ code: "INIT001", message: `${shown} is a file`, help: "name a folder" });
  }
}

async function write(file: string, contents: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    // Exclusively: what somebody wrote since we looked is theirs.
    await writeFile(file, contents, { flag: "wx" });
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

function cannotWrite(file: string, error: unknown): CliError {
  const message = `${file} cannot be written: ${messageOf(error)}`;
  return new CliError({ code: "OUT001", message, help: "name a folder that can be written", cause: error });
}

/** The folder's name in the letters that npm takes. */
function packageName(folder: string): string {
  const name = path
    .basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  // A project with the package's own name could not depend on it.
  return name === "" || name === "medallion" ? "my-pipeline" : name;
}

function nextSteps(folder: string, paths: readonly string[], io: Io): readonly string[] {
  const paint = paintOf(io.stdout, io.env);
  const shown = shownPath(folder, io.cwd);
  const steps = [...(shown === "." ? [] : [`cd ${shown}`]), "npm install", "npx medallion check", "npx medallion run"];
  return [
    `A new project is in ${shown === "." ? "this folder" : shown}:`,
    ...paths.map((file) => `  ${file}`),
    "",
    "Next:",
    ...steps.map((step) => `  ${paint("cyan", step)}`),
  ];
}
