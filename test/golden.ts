/** Projects of several files, as they were reviewed. */
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Compiled } from "medallion";
import { expect } from "vitest";

/** The files of a Spark project are those of `test/golden/<name>.spark`: no other, and none less. */
export async function expectProject(name: string, { files }: Compiled): Promise<void> {
  const folder = path.resolve(import.meta.dirname, `golden/${name}.spark`);
  for (const file of files) await expect(file.contents).toMatchFileSnapshot(path.join(folder, file.path));
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  expect(there.sort()).toEqual(files.map((file) => file.path).sort());
}
