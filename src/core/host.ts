/** What runs this code, where it is Node: nothing is imported from it, since the SDK runs in a browser too. */

interface NodeProcess {
  cwd?(): string;
  getBuiltinModule?(name: string): unknown;
}
/** Where code that a loader rewrote was written. */
export interface SourceMap {
  findEntry(line: number, column: number): object;
}
interface NodeModule {
  findSourceMap?(path: string): SourceMap | undefined;
  createRequire?(from: string): (name: string) => unknown;
}

const nodeProcess = (globalThis as { process?: NodeProcess | null }).process;

/** What a shim of Node has may be a function that only throws. */
function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const nodeModule = tried(() => nodeProcess?.getBuiltinModule?.("node:module")) as NodeModule | undefined;

export const workingDirectory = (): string | undefined => tried(() => nodeProcess?.cwd?.());

export const findSourceMap = (file: string): SourceMap | undefined => tried(() => nodeModule?.findSourceMap?.(file));

/** Has Node load a module as the file `from` would. Nothing happens where there is no Node, or no such file. */
export function nodeRequire(from: string | undefined, name: string): void {
  if (from !== undefined) nodeModule?.createRequire?.(from)(name);
}

/** The path that a `file:` URL is of. Any other name of a file is a path already. */
export function pathOf(file: string): string {
  if (!file.startsWith("file://")) return file;
  const path = file.slice("file://".length).replace(/[?#].*$/, "");
  return tried(() => decodeURIComponent(path)) ?? path;
}
