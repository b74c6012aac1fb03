/** Finds the files of a source. */
import { glob, stat } from "node:fs/promises";
import path from "node:path";

export interface SourceFile {
  /** Relative to the base directory, with `/`: what the warehouse remembers. */
  readonly path: string;
  readonly absolute: string;
  /** In bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** The files of a path, folder or glob, sorted. Names that begin with `_` or `.` are left out, as in Spark. */
export async function listFiles(pattern: string, baseDir: string): Promise<readonly SourceFile[]> {
  const found = new Map<string, SourceFile>();
  const direct = await fileAt(path.resolve(baseDir, pattern), baseDir);
  if (direct === "folder") await collect(path.join(pattern, "**/*"), baseDir, found);
  else if (direct) found.set(direct.path, direct);
  else if (/[*?{[]/.test(pattern)) await collect(pattern, baseDir, found);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function collect(pattern: string, baseDir: string, found: Map<string, SourceFile>): Promise<void> {
  const literal = pattern.split("/");
  for await (const name of glob(pattern, { cwd: baseDir })) {
    const parts = name.split(path.sep);
    if (parts.some((part) => /^[_.]/.test(part) && part !== ".." && part !== "." && !literal.includes(part))) continue;
    const file = await fileAt(path.resolve(baseDir, name), baseDir);
    if (file && file !== "folder") found.set(file.path, file);
  }
}

async function fileAt(absolute: string, baseDir: string): Promise<SourceFile | "folder" | undefined> {
  try {
    const { size, mtime, isFile, isDirectory } = await facts(absolute);
    if (isDirectory) return "folder";
    if (!isFile) return undefined;
    return { path: path.relative(baseDir, absolute).split(path.sep).join("/"), absolute, size, modifiedAt: mtime };
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}

async function facts(absolute: string): Promise<{ size: number; mtime: Date; isFile: boolean; isDirectory: boolean }> {
  const stats = await stat(absolute);
  return { size: stats.size, mtime: stats.mtime, isFile: stats.isFile(), isDirectory: stats.isDirectory() };
}
