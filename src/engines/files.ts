/** Writes compiled files. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CompiledFile } from "../compile/compile.ts";
import { RunError } from "../schema/errors.ts";

export interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly changed: boolean;
}

/**
 * Writes only what changed, so that watchers and build tools see only what changed.
 *
 * @throws RunError `OUT001` where the folder cannot be written.
 */
export async function writeTo(out: string, file: CompiledFile): Promise<Written> {
  const absolute = path.resolve(out, file.path);
  const size = Buffer.byteLength(file.contents);
  try {
    if ((await contentsOf(absolute)) === file.contents) return { path: file.path, bytes: size, changed: false };
    await mkdir(path.dirname(absolute), { recursive: true });
    await writeFile(absolute, file.contents);
    return { path: file.path, bytes: size, changed: true };
  } catch (error) {
    throw new RunError({
      code: "OUT001",
      message: `${absolute} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      help: "give another folder that can be written (--out DIR)",
      cause: error,
    });
  }
}

async function contentsOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
