/** What runs this code, where it is Node: nothing is imported from it, since the SDK runs in a browser too. */
import { MedallionError } from "./errors.ts";

interface NodeProcess {
  cwd?(): string;
  getBuiltinModule?(name: string): unknown;
  readonly versions?: Readonly<Record<string, string>>;
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

/** As in `engines` of package.json. */
const OLDEST = [22, 18] as const;

/** An older Node fails later, in its own words. Bun and Deno name the Node that they are like. */
function refuseOldNode({ node, bun, deno }: Readonly<Record<string, string>>): void {
  const [major = 0, minor = 0] = node?.split(".").map(Number) ?? OLDEST;
  if (bun !== undefined || deno !== undefined || major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))
    return;
  throw new MedallionError({
    code: "NODE001",
    message: `medallion needs Node ${OLDEST.join(".")} or newer, and this is Node ${node}`,
    help: "install Node 24, or add it to the project: npm install --save-dev node@24, then npx medallion",
  });
}
refuseOldNode(nodeProcess?.versions ?? {});

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
