/** Runs `tsc` on generated projects that have this package installed as its users do: declarations, not sources. */
import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { link, ROOT } from "./folder.ts";

const exec = promisify(execFile);
export const TSC = path.join(ROOT, "node_modules/.bin/tsc");

/** As `medallion init` sets them. */
const compilerOptions = {
  target: "es2024",
  module: "nodenext",
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};

export interface Check {
  readonly instantiations: number;
  /** How many types `tsc` made: memory, and what checking costs where it instantiates nothing. */
  readonly types: number;
  /** CPU time of all of `tsc`: on one thread that is what its user waits for, and it is the same on a busy machine. */
  readonly seconds: number;
}

/** Installs the declarations of this package for the projects of a folder. */
export async function installed(folder: string): Promise<void> {
  const own = path.join(folder, "node_modules/medallion");
  await mkdir(own, { recursive: true });
  await cp(path.join(ROOT, "package.json"), path.join(own, "package.json"));
  await link(folder, "zod");
  // Whether the sources have errors is no question here, and takes most of the time.
  await tsc(
    ["-p", "tsconfig.build.json", "--noCheck", "--emitDeclarationOnly", "--outDir", path.join(own, "dist")],
    ROOT,
  );
}

export async function configured(project: string): Promise<void> {
  await writeFile(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
}

export async function check(project: string): Promise<Check> {
  await configured(project);
  // One thread: several of them check the same declarations again, how often depends on the machine.
  const args = ["-p", ".", "--extendedDiagnostics", "--singleThreaded"];
  // The shell's `times` writes what its children took: the last line, minutes and seconds of the user and of the system.
  const { stdout } = await exec("sh", ["-c", '"$0" "$@" && times', TSC, ...args], {
    cwd: project,
    maxBuffer: 64 << 20,
  });
  const counted = (what: string) => Number(new RegExp(`^${what}:\\s+([0-9]+)$`, "m").exec(stdout)?.[1]);
  const times = [...(stdout.trim().split("\n").at(-1) ?? "").matchAll(/([0-9]+)m([0-9.]+)s/g)];
  return {
    instantiations: counted("Instantiations"),
    types: counted("Types"),
    seconds: times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0),
  };
}

async function tsc(args: readonly string[], cwd: string): Promise<void> {
  await exec(TSC, args, { cwd, maxBuffer: 64 << 20 });
}
