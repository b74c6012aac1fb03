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

export const nodeProcess = (globalThis as { process?: NodeProcess }).process;

export const nodeModule = nodeProcess?.getBuiltinModule?.("node:module") as NodeModule | undefined;
