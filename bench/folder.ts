/** Generated projects on disk, in a folder of the system's own for what is temporary. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Module } from "./project.ts";

export const ROOT = path.resolve(import.meta.dirname, "..");

/** Gives a temporary folder to `work` and removes it afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "medallion-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the modules into a project of that name. */
export async function writeProject(folder: string, name: string, modules: readonly Module[]): Promise<string> {
  const project = path.join(folder, name);
  await mkdir(project, { recursive: true });
  await writeFile(path.join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await Promise.all(modules.map((module) => writeFile(path.join(project, module.name), module.text)));
  return project;
}

/** Makes installed packages, or this one (`medallion`), known to the projects of a folder. */
export async function link(folder: string, ...packages: readonly string[]): Promise<void> {
  const modules = path.join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  for (const name of packages) {
    const target = name === "medallion" ? ROOT : path.join(ROOT, "node_modules", name);
    await symlink(target, path.join(modules, name), "dir");
  }
}
