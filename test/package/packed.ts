/** The package as a user gets it: built, packed and installed into an empty folder outside the repository. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);
export const ROOT = path.resolve(import.meta.dirname, "../..");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Packed {
  /** The tarball that `npm publish` would send. */
  readonly tarball: string;
  /** The paths in it, without npm's `package/`. */
  readonly files: readonly string[];
  /** A project whose only dependency is the tarball, with the shop example in it. */
  readonly project: string;
  remove(): Promise<void>;
}

/** Builds beside the repository, not in its `dist`, so that tests which run at the same time do not see it change. */
export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(path.join(tmpdir(), "medallion-package-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const stage = path.join(folder, "stage");
    await mkdir(stage);
    for (const name of await readdir(ROOT)) {
      if (/^(package\.json|README\.md|CHANGELOG\.md|LICENSE|docs|schemas)$/.test(name)) {
        await cp(path.join(ROOT, name), path.join(stage, name), { recursive: true });
      }
    }
    await ok("tsc", ["-p", "tsconfig.build.json", "--outDir", path.join(stage, "dist")], ROOT);
    const packed = JSON.parse(
      await ok("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], stage),
    );
    const { filename, files } = only<{ filename: string; files: { path: string }[] }>(packed);
    const tarball = path.join(folder, filename);

    const project = path.join(folder, "project");
    await mkdir(project);
    await writeFile(
      path.join(project, "package.json"),
      JSON.stringify({ name: "user", private: true, type: "module" }),
    );
    await cp(path.join(ROOT, "examples/shop"), project, { recursive: true });
    await ok("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--prefix", project, tarball], project);
    return { tarball, files: files.map((file) => file.path), project, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Runs a command as a user's shell would: nothing of npm's or vitest's environment, this Node first on the path. */
export async function command(name: string, args: readonly string[], cwd: string): Promise<Ran> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) => !/^(npm_(?!config_)|npm_config_(local_)?prefix$|NODE_|VITEST|VITE_)/.test(key),
    ),
  );
  const bin = [
    path.dirname(process.execPath),
    path.join(cwd, "node_modules/.bin"),
    path.join(ROOT, "node_modules/.bin"),
  ];
  env["PATH"] = [...bin, process.env["PATH"]].join(path.delimiter);
  try {
    const { stdout, stderr } = await exec(name, args, { cwd, env, maxBuffer: 64 << 20 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!isExit(error)) throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

/** The standard output of a command that must succeed. */
export async function ok(name: string, args: readonly string[], cwd: string): Promise<string> {
  const ran = await command(name, args, cwd);
  if (ran.code !== 0) throw new Error(`${name} ${args.join(" ")} ended with ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

/** A command that ran and said no, unlike one that could not be started. */
function isExit(error: unknown): error is Error & Ran {
  return error instanceof Error && "code" in error && typeof error.code === "number" && "stdout" in error;
}

/** npm 11 lists what it packed, npm 12 names it by package. */
function only<T>(packed: unknown): T {
  const [first] = Object.values(packed as Record<string, T>);
  if (first === undefined) throw new Error("npm pack packed nothing");
  return first;
}
