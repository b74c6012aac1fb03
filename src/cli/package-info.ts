/** This package's own name card. */
import { readFileSync } from "node:fs";

interface PackageInfo {
  readonly version: string;
  /** The TypeScript that this package is built and tested with. */
  readonly typescript: string;
}

/** `package.json` is two folders up, from `src/cli` as from `dist/cli`. */
export function packageInfo(): PackageInfo {
  const json: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const { version, devDependencies } = json as { version: string; devDependencies?: { typescript?: string } };
  return { version, typescript: devDependencies?.typescript ?? "7" };
}
