/** Runs the real `tsc` over snippets, once for all of them. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

export const projectDir = resolve(import.meta.dirname, "../..");
export const tscPath = join(projectDir, "node_modules/.bin/tsc");

/** A folder for one test file, inside of the package, so that `medallion` is the package itself. Git ignores it. */
export async function scratchDir(): Promise<string> {
  const parent = join(import.meta.dirname, ".tmp");
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, "run-"));
}

export async function removeDir(dir: string | undefined): Promise<void> {
  if (dir) await rm(dir, { recursive: true, force: true });
}

export interface TscError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly code: string;
  /** The message with its explanations, a line each. */
  readonly text: string;
}

/** Checks the files with the project's compiler options, or with some of them changed. */
export async function tsc(
  dir: string,
  files: Readonly<Record<string, string>>,
  compilerOptions: Readonly<Record<string, unknown>> = {},
): Promise<readonly TscError[]> {
  return parsed(await tscOutput(dir, files, compilerOptions));
}

/** Writes the files, with the project's compiler options or with some of them changed. */
export async function writeProject(
  dir: string,
  files: Readonly<Record<string, string>>,
  compilerOptions: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text)));
  const config = { extends: join(projectDir, "tsconfig.json"), compilerOptions, include: ["*.ts"], exclude: [] };
  await writeFile(join(dir, "tsconfig.json"), JSON.stringify(config));
}

/** As `tsc`, with what it prints as it is. */
export async function tscOutput(
  dir: string,
  files: Readonly<Record<string, string>>,
  compilerOptions: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  await writeProject(dir, files, compilerOptions);
  // Each checker works out the types of the package for itself: of the four that there are by default, two save time, and of
  // few files one is as quick and costs a fourth less.
  const threads = Object.keys(files).length > 50 ? ["--checkers", "2"] : ["--singleThreaded"];
  const args = ["--project", dir, "--noEmit", "--pretty", "false", ...threads];
  return new Promise<string>((done, failed) => {
    execFile(tscPath, args, { cwd: dir, timeout: 110_000, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error && !/error TS/.test(stdout)) failed(new Error(`tsc did not run: ${stdout}${stderr}${error.message}`));
      else done(stdout);
    });
  });
}

function parsed(output: string): readonly TscError[] {
  const errors: TscError[] = [];
  for (const line of output.split("\n")) {
    const [, file, row, code, text] = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line) ?? [];
    const last = errors.at(-1);
    if (file && row && code) errors.push({ file, line: Number(row), code, text: text ?? "" });
    else if (line.startsWith(" ") && last) errors.push({ ...last, text: `${last.text}\n${line}` });
    else if (/^error TS/.test(line)) errors.push({ file: "", line: 0, code: "", text: line });
    if (line.startsWith(" ") && last) errors.splice(errors.length - 2, 1);
  }
  return errors.map((error) => ({ ...error, text: error.text.replaceAll('\\"', '"') }));
}
