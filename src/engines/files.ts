/** Writes compiled files. */

import { constants } from "node:fs";
import { access, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { hasCode, reasonOf } from "../core/thrown.ts";
import { failure } from "../diagnostics/mistake.ts";
import type { CompiledFile } from "../targets/target.ts";

export interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly changed: boolean;
}

/**
 * Writes only what changed, so that watchers and build tools see only what changed.
 *
 * @throws RunError `OUT001` where the folder cannot be written, `OUT002` where the name leads out of it.
 */
export async function writeTo(out: string, file: CompiledFile): Promise<Written> {
  const absolute = path.resolve(out, file.path);
  if (!isWithin(path.resolve(out), absolute)) {
    throw failure({
      code: "OUT002",
      message: `${JSON.stringify(file.path)} is not the name of a file in ${out}`,
      help: "write what compile() gives: its names stay in the folder",
    });
  }
  const size = Buffer.byteLength(file.contents);
  try {
    if ((await contentsOf(absolute)) === file.contents) return { path: file.path, bytes: size, changed: false };
    await makeFolder(path.dirname(absolute));
    await writeFile(absolute, file.contents);
    return { path: file.path, bytes: size, changed: true };
  } catch (error) {
    throw failure({
      code: "OUT001",
      message: `${absolute} cannot be written: ${reasonOf(error)}`,
      help: "give another folder that can be written (--out DIR)",
      cause: error,
    });
  }
}

/**
 * Makes a folder and those above it. Node's own way never ends below `/proc`, where nothing can be made, and reports ENOENT
 * for a file system that is read-only: `access()` knows why.
 */
export async function makeFolder(folder: string): Promise<void> {
  const above = path.dirname(folder);
  try {
    await makeOne(folder);
  } catch (error) {
    if (!hasCode(error, "ENOENT") || above === folder) throw error;
    await makeFolder(above);
    await access(above, constants.W_OK);
    await makeOne(folder);
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return;
    throw error;
  }
}

/** Whether a path is below the folder, and not the folder itself. */
function isWithin(folder: string, absolute: string): boolean {
  const relative = path.relative(folder, absolute);
  return relative !== "" && relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

async function contentsOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
