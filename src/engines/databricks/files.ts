/** The SQL files in the workspace: what has to change there, and the change. */
import type { CompiledFile } from "../../targets/target.ts";
import type { DatabricksClient } from "./client.ts";
import { DatabricksError } from "./errors.ts";

/** What happened to a file of the deployment. */
export interface FileChange {
  /** Relative to the root of the deployment. */
  readonly path: string;
  readonly change: "added" | "changed" | "removed" | "unchanged";
}

/** Lists what a deployment put there. It is alongside `src`, so that the pipeline does not read it. */
const LIST = "medallion.json";
const AT_ONCE = 8;

/** Compares the texts themselves: somebody may have edited a file in the workspace. */
export async function planFiles(
  client: DatabricksClient,
  root: string,
  files: readonly CompiledFile[],
  signal?: AbortSignal,
): Promise<readonly FileChange[]> {
  const there = new Set(await namesIn(client, `${root}/src`, signal));
  const planned = await atOnce(files, async ({ path, contents }): Promise<FileChange> => {
    if (!there.has(`${root}/${path}`)) return { path, change: "added" };
    const same = (await client.workspace.read(`${root}/${path}`, { signal })) === contents;
    return { path, change: same ? "unchanged" : "changed" };
  });
  const wanted = new Set(files.map((file) => file.path));
  const before = await listed(client, root, signal);
  const removed = before.filter((path) => !wanted.has(path) && there.has(`${root}/${path}`));
  return [...planned, ...removed.map((path): FileChange => ({ path, change: "removed" }))];
}

/** New texts first, then what is no longer needed goes; the list last, so that the next deployment repairs a broken one. */
export async function writeFiles(
  client: DatabricksClient,
  root: string,
  files: readonly CompiledFile[],
  plan: readonly FileChange[],
  signal?: AbortSignal,
): Promise<void> {
  const changes = new Map(plan.map(({ path, change }) => [path, change]));
  await client.workspace.mkdirs(`${root}/src`, { signal });
  // Before the first file: what this deployment brings must be known to the next one, even if it ends halfway.
  await writeList(client, root, [...changes.keys()], signal);
  await atOnce(files, async ({ path, contents }) => {
    if (changes.get(path) !== "unchanged") await client.workspace.write(`${root}/${path}`, contents, { signal });
  });
  await atOnce(plan, async ({ path, change }) => {
    if (change === "removed") await client.workspace.remove(`${root}/${path}`, { signal });
  });
  await writeList(
    client,
    root,
    files.map((file) => file.path),
    signal,
  );
}

async function writeList(client: DatabricksClient, root: string, files: readonly string[], signal?: AbortSignal) {
  const list = `${JSON.stringify({ files: [...files].sort() }, null, 2)}\n`;
  await client.workspace.write(`${root}/${LIST}`, list, { signal });
}

async function listed(client: DatabricksClient, root: string, signal?: AbortSignal): Promise<readonly string[]> {
  const text = await orNothing(client.workspace.read(`${root}/${LIST}`, { signal }));
  try {
    const files: unknown = Reflect.get(Object(JSON.parse(text ?? "{}")), "files");
    return Array.isArray(files) ? files.filter((file) => typeof file === "string") : [];
  } catch {
    // Somebody broke it: then nothing is known to be ours, and nothing is removed.
    return [];
  }
}

async function namesIn(client: DatabricksClient, folder: string, signal?: AbortSignal): Promise<readonly string[]> {
  const objects = await orNothing(client.workspace.list(folder, { signal }));
  return (objects ?? []).map((object) => withWorkspace(object.path, folder));
}

/** `/Users/a` and `/Workspace/Users/a` are one folder; the API answers with either. */
function withWorkspace(path: string, asked: string): string {
  return asked.startsWith("/Workspace/") && !path.startsWith("/Workspace/") ? `/Workspace${path}` : path;
}

async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof DatabricksError && error.status === 404) return undefined;
    throw error;
  }
}

/** A few at a time: one by one is slow, all at once is throttled. */
async function atOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
