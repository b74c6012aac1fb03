/** Which files a bronze table has read: written in the same transaction as their rows. */
import { duckdbText as text } from "../../targets/duckdb/dialect.ts";
import type { SourceFile } from "./files.ts";
import type { Session } from "./session.ts";

/** A version of a file that a table has read. */
interface ReadVersion {
  readonly size: number;
  readonly modifiedMs: number;
  /** It could not be read as a whole: no row of it counts, and another version of it is read as a new file. */
  readonly failed: boolean;
}

/** What a table has read, by path. */
export type FilesRead = ReadonlyMap<string, readonly ReadVersion[]>;

export async function filesRead(session: Session, table: string): Promise<FilesRead> {
  const rows = await session.rows(
    `SELECT path, size, epoch_ms(modified_at) AS modified, failed FROM _medallion.files WHERE table_name = ${text(table)} ORDER BY path`,
  );
  const read = new Map<string, ReadVersion[]>();
  for (const row of rows) {
    const path = String(row["path"]);
    const version = {
      size: Number(row["size"]),
      modifiedMs: Number(row["modified"]),
      failed: row["failed"] === true,
    };
    read.set(path, [...(read.get(path) ?? []), version]);
  }
  return read;
}

const isOf = (file: SourceFile) => (version: ReadVersion) =>
  version.size === file.size && version.modifiedMs === file.modifiedAt.getTime();

/**
 * The files that a table has not read, and those that have changed since it did: a file is known by its path, and has
 * changed where its size or time of change is another.
 */
export function sortFiles(
  read: FilesRead,
  files: readonly SourceFile[],
): { readonly fresh: readonly SourceFile[]; readonly changed: readonly SourceFile[] } {
  const due = files.filter((file) => !read.get(file.path)?.some(isOf(file)));
  const isFresh = (file: SourceFile) => (read.get(file.path) ?? []).every((version) => version.failed);
  return { fresh: due.filter(isFresh), changed: due.filter((file) => !isFresh(file)) };
}

/** Paths of which a version was read that is not there any more: its rows cannot be read again. */
export function lostFiles(read: FilesRead, files: readonly SourceFile[]): readonly string[] {
  const there = new Map(files.map((file) => [file.path, file]));
  const isLost = (path: string) => (version: ReadVersion) => {
    const file = there.get(path);
    return !version.failed && !(file && isOf(file)(version));
  };
  return [...read].filter(([path, versions]) => versions.some(isLost(path))).map(([path]) => path);
}

export interface Remembered {
  readonly files: readonly SourceFile[];
  /** Those of them that could not be read as a whole. */
  readonly failed: ReadonlySet<SourceFile>;
  /** Those of them whose earlier versions do not count any more. */
  readonly replaced: readonly SourceFile[];
}

export async function rememberFiles(
  session: Session,
  table: string,
  { files, failed, replaced }: Remembered,
  updateId: string,
): Promise<void> {
  if (files.length === 0) return;
  const paths = (some: readonly SourceFile[]) => some.map((file) => text(file.path)).join(", ");
  const again = replaced.length === 0 ? "" : ` OR path IN (${paths(replaced)})`;
  const rows = files.map(
    (f) =>
      `(${text(table)}, ${text(f.path)}, ${f.size}, TIMESTAMPTZ '${f.modifiedAt.toISOString()}', ${text(updateId)}, ${failed.has(f)})`,
  );
  await session.exec(
    `DELETE FROM _medallion.files WHERE table_name = ${text(table)} AND (failed AND path IN (${paths(files)})${again});
INSERT INTO _medallion.files (table_name, path, size, modified_at, update_id, failed) VALUES ${rows.join(", ")}`,
  );
}

export async function forgetFiles(session: Session, table: string): Promise<void> {
  await session.exec(`DELETE FROM _medallion.files WHERE table_name = ${text(table)}`);
}
