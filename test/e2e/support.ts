import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TableResult, Update } from "medallion/run";
import { onTestFinished } from "vitest";

/** A folder that is gone when the test ends. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), "medallion-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

export async function write(base: string, name: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(path.join(base, name)), { recursive: true });
  await writeFile(path.join(base, name), contents);
}

export function table(update: Update, name: string): TableResult<number> {
  const found = update.tables.find((t) => t.name === name);
  if (!found) throw new Error(`no table ${name} in the update`);
  return found;
}

/** Rows of a query with bigint as number, for comparison. */
export async function rows(update: Update, query: string): Promise<readonly Record<string, unknown>[]> {
  const found = await update.query(query);
  return found.map((row) =>
    Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === "bigint" ? Number(v) : v])),
  );
}

/** Root may read everything: `work` runs as a user who may not. */
export async function asAnybody<T>(base: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  await chmod(base, 0o777);
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
