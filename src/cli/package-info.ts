/** This package's own name card. */
import { readFileSync } from "node:fs";

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
