/** A command line in this process or in a real one, on a project in a folder of its own. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Io, main } from "medallion/cli";
import { onTestFinished } from "vitest";

export const ROOT = path.resolve(import.meta.dirname, "../..");
const NODE = path.join(ROOT, "node_modules/.bin/node");
const MAIN = path.join(ROOT, "src/cli/main.ts");

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder, gone after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "medallion-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What `npm install` would do: the package under its name. */
export function install(folder: string): void {
  mkdirSync(path.join(folder, "node_modules"), { recursive: true });
  symlinkSync(ROOT, path.join(folder, "node_modules/medallion"));
}

export function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), contents);
  }
}

/** A project of two tables, with the given settings of the silver one. */
export function project(settings = ""): string {
  const folder = emptyFolder();
  install(folder);
  put(folder, {
    "package.json": '{ "type": "module" }',
    "medallion.config.ts": `import { defineConfig } from "medallion/config";
export default defineConfig({ pipeline: "./pipeline.ts", environments: { ci: { warehouse: ":memory:" } } });
`,
    "pipeline.ts": `import { pipeline, source, t } from "medallion";

export default pipeline("tiny")
  .bronze({ raw: source.json("data/*.json", { id: t.bigint(), amount: t.decimal(10, 2), note: t.string().nullable() }) })
  .silver(($) => ({
    clean: $.raw${settings},
  }));
`,
    "data/1.json": '{"id":1,"amount":2.50,"note":"a"}\n{"id":9007199254740993,"amount":-1}\n',
  });
  return folder;
}

interface CliOptions {
  /** The width of a terminal. Default: none. */
  readonly tty?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** `main()` in this process: what a module of a project was when it was first loaded it stays. */
export async function cli(cwd: string, argv: readonly string[], { tty, env = {} }: CliOptions = {}): Promise<Result> {
  const out = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr"): Io["stdout"] => ({
    write: (text) => {
      out[name] += text;
    },
    ...(tty !== undefined && { isTTY: true, columns: tty, rows: 20 }),
  });
  const code = await main(argv, { stdout: stream("stdout"), stderr: stream("stderr"), env, cwd });
  return { code, ...out };
}

export interface CommandOptions {
  /** Variables beside PATH and HOME. Default: those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Is given all of stderr so far, and the way to send Ctrl-C. */
  readonly onOutput?: (stderr: string, interrupt: () => void) => void;
}

/** The real command. */
export function command(cwd: string, argv: readonly string[], options: CommandOptions = {}): Promise<Result> {
  const { env, onOutput } = options;
  const { PATH, HOME } = process.env;
  const child = spawn(NODE, ["--conditions=medallion-source", MAIN, ...argv], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: env ? { PATH, HOME, ...env } : process.env,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    onOutput?.(stderr, () => child.kill("SIGINT"));
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
