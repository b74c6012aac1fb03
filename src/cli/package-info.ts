/** This package's own name card. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

interface PackageInfo {
  readonly version: string;
  /** The tools that this package is built and tested with, by package name. */
  readonly tools: { readonly typescript: string; readonly oxlint: string; readonly "oxlint-tsgolint": string };
}

/** `package.json` is two folders up, from `src/cli` as from `dist/cli`. */
export function packageInfo(): PackageInfo {
  const json: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const { version, devDependencies: known = {} } = json as {
    version: string;
    devDependencies?: Record<string, string>;
  };
  const tools = {
    typescript: known["typescript"] ?? "7",
    oxlint: known["oxlint"] ?? "1",
    "oxlint-tsgolint": known["oxlint-tsgolint"] ?? "7",
  };
  return { version, tools };
}

/** The folder of this package. */
const OWN = fileURLToPath(new URL("../..", import.meta.url));

/**
 * How a project in a folder depends on this medallion: by its version, where it came from a registry; by the file that it was
 * installed from, or by its folder where it is not installed at all, since no registry may have it.
 */
export function dependencyFrom(folder: string, own = OWN): string {
  const from = installedFrom(own);
  if (from === undefined) return `^${packageInfo().version}`;
  const relative = path.relative(folder, from);
  return `file:${(relative === "" ? "." : relative).split(path.sep).join("/")}`;
}

/** The file or folder that a package was installed from; `undefined`: a registry. */
function installedFrom(own: string): string | undefined {
  const modules = path.dirname(own.replace(/[\\/]$/, ""));
  if (path.basename(modules) !== "node_modules") return own;
  const root = path.dirname(modules);
  // npm's own record of what it installed, then what the package that it is installed for asks.
  const lock = jsonFile(path.join(modules, ".package-lock.json"));
  const resolved = field(field(field(lock, "packages"), "node_modules/medallion"), "resolved");
  const asked = field(field(jsonFile(path.join(root, "package.json")), "dependencies"), "medallion");
  const file = [resolved, asked].find((from) => typeof from === "string" && from.startsWith("file:"));
  return typeof file === "string" ? path.resolve(root, file.slice("file:".length)) : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function jsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Another package manager keeps no such file.
    return undefined;
  }
}
