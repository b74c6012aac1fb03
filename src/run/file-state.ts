/** Which files a bronze table has read: written in the same transaction as their rows. */
import { duckdbText as text } from "../compile/duckdb.ts";
import type { SourceFile } from "./files.ts";
import type { Session } from "./session.ts";

const fileKey = (path: string, size: number, modifiedMs: number) => `${path}\u0000${size}\u0000${modifiedMs}`;

/** The files that a bronze table has not read yet. A file is known by path, size and time of change. */
export async function newFiles(
  session: Session,
  table: string,
  files: readonly SourceFile[],
): Promise<readonly SourceFile[]> {
  const rows = await session.rows(
    `SELECT path, size, epoch_ms(modified_at) AS modified FROM _medallion.files WHERE table_name = ${text(table)}`,
  );
  const known = new Set(rows.map((row) => fileKey(String(row["path"]), Number(row["size"]), Number(row["modified"]))));
  return files.filter((file) => !known.has(fileKey(file.path, file.size, file.modifiedAt.getTime())));
}

/** Paths that a bronze table has read and that are not there any more. */
export async function goneFiles(
  session: Session,
  table: string,
  files: readonly SourceFile[],
): Promise<readonly string[]> {
  const rows = await session.rows(
    `SELECT DISTINCT path FROM _medallion.files WHERE table_name = ${text(table)} ORDER BY path`,
  );
  const there = new Set(files.map((file) => file.path));
  return rows.map((row) => String(row["path"])).filter((path) => !there.has(path));
}

export async function rememberFiles(
  session: Session,
  table: string,
  files: readonly SourceFile[],
  updateId: string,
): Promise<void> {
  if (files.length === 0) return;
  const rows = files.map(
    (f) =>
      `(${text(table)}, ${text(f.path)}, ${f.size}, TIMESTAMPTZ '${f.modifiedAt.toISOString()}', ${text(updateId)})`,
  );
  await session.exec(`INSERT INTO _medallion.files VALUES ${rows.join(", ")}`);
}

export async function forgetFiles(session: Session, table: string): Promise<void> {
  await session.exec(`DELETE FROM _medallion.files WHERE table_name = ${text(table)}`);
}
