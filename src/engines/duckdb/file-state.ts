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

/** Paths whose file could not be read as a whole. */
export function failedPaths(read: FilesRead, files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path }) => (read.get(path)?.some((version) => version.failed) ? [path] : []));
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
  const isFresh = (file: SourceFile) => (read.get(file.path) ?? []).every(({ failed, size }) => failed || size === 0);
  return { fresh: due.filter(isFresh), changed: due.filter((file) => !isFresh(file)) };
}

export interface Remembered {
  readonly files: readonly SourceFile[];
  /** Those of them that could not be read as a whole. */
  readonly failed: ReadonlySet<SourceFile>;
  /** Those of them whose earlier versions do not count any more. */
  readonly replaced: readonly SourceFile[];
  /** Paths that do not count any more. */
  readonly gone: readonly string[];
}

export async function rememberFiles(
  session: Session,
  table: string,
  { files, failed, replaced, gone }: Remembered,
  updateId: string,
): Promise<void> {
  const list = (paths: readonly string[]) => paths.map(text).join(", ");
  const paths = files.map((file) => file.path);
  const forgotten = [...replaced.map((file) => file.path), ...gone];
  const of = [
    ...(paths.length > 0 ? [`(failed AND path IN (${list(paths)}))`] : []),
    ...(forgotten.length > 0 ? [`path IN (${list(forgotten)})`] : []),
  ];
  const rows = files.map(
    (f) =>
      `(${text(table)}, ${text(f.path)}, ${f.size}, TIMESTAMPTZ '${f.modifiedAt.toISOString()}', ${text(updateId)}, ${failed.has(f)})`,
  );
  const statements = [
    ...(of.length > 0
      ? [`DELETE FROM _medallion.files WHERE table_name = ${text(table)} AND (${of.join(" OR ")})`]
      : []),
    ...(rows.length > 0
      ? [
          `INSERT INTO _medallion.files (table_name, path, size, modified_at, update_id, failed) VALUES ${rows.join(", ")}`,
        ]
      : []),
  ];
  if (statements.length > 0) await session.exec(statements.join(";\n"));
}

export async function forgetFiles(session: Session, table: string): Promise<void> {
  await session.exec(`DELETE FROM _medallion.files WHERE table_name = ${text(table)}`);
}
