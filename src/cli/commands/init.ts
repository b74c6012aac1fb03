/** `medallion init`: a working project in an empty folder. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { hasCode, messageOf, reasonOf } from "../../core/thrown.ts";
import { makeFolder } from "../../engines/files.ts";
import type { Command } from "../command.ts";
import { CliError, EXIT } from "../errors.ts";
import { templateFiles } from "../init/template.ts";
import { type Io, paintOf, writeJson, writeLines } from "../io.ts";
import { shownPath } from "../output/format.ts";
import { dependencyFrom, packageInfo } from "../package-info.ts";

export const init: Command = {
  name: "init",
  summary: "makes a new project in an empty folder or in an npm package",
  arguments: ["[DIR]"],
  flags: {},
  about: [
    "Without DIR it is this folder. What npm init and git init leave there stays: package.json gains what is missing in it.",
    "A folder with anything else in it is left alone. The project depends on the medallion that made it: by version, or",
    "by the file that it was installed from.",
  ],
  examples: [
    ["medallion init shop", "in the folder shop, made if need be"],
    ["medallion init", "in this folder"],
  ],
  async run(given, io) {
    const folder = path.resolve(io.cwd, given.arguments[0] ?? ".");
    const there = await acceptedContent(folder, io);
    const template = templateFiles({ name: packageName(folder), ...packageInfo(), medallion: dependencyFrom(folder) });
    // What is there stays as it is, the settings of an editor included.
    const files = template.filter(({ path: name }) => name === PACKAGE || !there.includes(name.split("/")[0] ?? name));
    for (const file of files) {
      if (file.path === PACKAGE && there.includes(PACKAGE))
        await extendPackage(path.join(folder, PACKAGE), file.contents);
      else await write(path.join(folder, file.path), file.contents);
    }
    const paths = files.map((f) => f.path);
    if (given.on("json")) writeJson(io, { folder, files: paths });
    else writeLines(io.stdout, nextSteps(folder, paths, io));
    return EXIT.ok;
  },
};

const PACKAGE = "package.json";

/** What `git init`, `npm init`, `npm install`, an editor and a new repository leave in a folder. */
const ACCEPTED =
  /^(\.git|\.vscode|\.idea|\.gitignore|\.gitattributes|\.editorconfig|\.npmrc|\.nvmrc|\.node-version|node_modules|package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|README\.md|LICENSE(\.md|\.txt)?)$/;

/** What is in the folder, where a project can stand next to it. */
async function acceptedContent(folder: string, io: Io): Promise<readonly string[]> {
  const shown = shownPath(folder, io.cwd);
  const content = await contentOf(folder, shown);
  const found = content.filter((name) => !ACCEPTED.test(name)).sort();
  if (found.length === 0) return content;
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
    await makeFolder(path.dirname(file));
    // Exclusively: what somebody wrote since we looked is theirs.
    await writeFile(file, contents, { flag: "wx" });
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

function cannotWrite(file: string, error: unknown): CliError {
  const message = `${file} cannot be written: ${reasonOf(error)}`;
  return new CliError({ code: "OUT001", message, help: "name a folder that can be written", cause: error });
}

/** A package that is there keeps what it says, and gains scripts, dependencies and fields that it lacks. */
async function extendPackage(file: string, template: string): Promise<void> {
  const own = recordOf(parsed(await readFile(file, "utf8"), file));
  const gained = recordOf(JSON.parse(template));
  // What npm install wrote among the one kind of dependencies is not written among the other as well.
  const others = { dependencies: own["devDependencies"], devDependencies: own["dependencies"] };
  const merged = (name: "scripts" | keyof typeof others) => {
    const elsewhere = recordOf(name === "scripts" ? undefined : others[name]);
    const lacking = Object.entries(recordOf(gained[name])).filter(([one]) => !Object.hasOwn(elsewhere, one));
    return { [name]: { ...Object.fromEntries(lacking), ...recordOf(own[name]) } };
  };
  // The modules of the project are ES modules, whatever npm init wrote.
  const all = {
    ...gained,
    ...own,
    type: "module",
    ...merged("scripts"),
    ...merged("dependencies"),
    ...merged("devDependencies"),
  };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
}

type Fields = Readonly<Record<string, unknown>>;

const recordOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError({ code: "INIT001", message: `${file} is not JSON: ${messageOf(error)}`, help: "fix it first" });
  }
}

/** The folder's name in the letters that npm accepts. */
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
  const steps = [
    ...(shown === "." ? [] : [`cd ${/[^\w./~-]/.test(shown) ? `"${shown}"` : shown}`]),
    "npm install",
    "npx medallion check",
    "npx medallion run",
  ];
  return [
    `A new project is in ${shown === "." ? "this folder" : shown}:`,
    ...paths.map((file) => `  ${file}`),
    "",
    "Next:",
    ...steps.map((step) => `  ${paint("cyan", step)}`),
  ];
}
