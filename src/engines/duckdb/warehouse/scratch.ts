/** Folders for temporary files. What a process that was killed left of them is removed by the next update on the machine. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { codeOf } from "../../../core/thrown.ts";

/** The ids of processes are those of one machine, and a folder may be shared by several. */
const PREFIX = `medallion-${hostname().replaceAll(/[^\w.]/g, "_")}-`;

/** The path of a folder of this process, where nothing is yet. */
export function scratchPath(within: string = tmpdir()): string {
  return join(within, `${PREFIX}${process.pid}-${randomUUID()}`);
}

/** Makes one: in a folder that is made where it is not there, or in that of the system. */
export async function scratchFolder(within?: string): Promise<string> {
  if (within !== undefined) await mkdir(within, { recursive: true });
  const path = scratchPath(within);
  await mkdir(path, { mode: 0o700 });
  return path;
}

export async function removeAbandonedFolders(within: string = tmpdir()): Promise<void> {
  const names = await readdir(within).catch((): string[] => []);
  for (const name of names.filter((one) => one.startsWith(PREFIX))) {
    const maker = /^\d+(?=-)/.exec(name.slice(PREFIX.length))?.[0];
    if (maker === undefined || isAlive(Number(maker))) continue;
    // Another user's folder is that user's to remove.
    await rm(join(within, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Without permission to signal it there is one.
    return codeOf(error) === "EPERM";
  }
}
