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

/** What every table has read, by table: a query for each of a thousand tables would take longer than all else. */
export async function filesRead(session: Session): Promise<ReadonlyMap<string, FilesRead>> {
  const rows = await session.rows(
    "SELECT table_name, path, size, epoch_ms(modified_at) AS modified, failed FROM _medallion.files ORDER BY table_name, path",
  );
  const all = new Map<string, Map<string, ReadVersion[]>>();
  for (const row of rows) {
    const [table, path] = [String(row["table_name"]), String(row["path"])];
    const version = {
      size: Number(row["size"]),
      modifiedMs: Number(row["modified"]),
      failed: row["failed"] === true,
    };
    const read = all.get(table) ?? new Map<string, ReadVersion[]>();
    all.set(table, read.set(path, [...(read.get(path) ?? []), version]));
  }
  return all;
}

/** How many versions of files are remembered. */
export function versionCount(read: FilesRead | undefined): number {
  return [...(read?.values() ?? [])].reduce((sum, versions) => sum + versions.length, 0);
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
  /** What was known before. */
  readonly known: FilesRead;
}

export async function rememberFiles(
  session: Session,
  table: string,
  { files, failed, replaced, gone, known }: Remembered,
  updateId: string,
): Promise<void> {
  const list = (paths: readonly string[]) => paths.map(text).join(", ");
  const paths = failedPaths(known, files);
  const forgotten = [...replaced.map((file) => file.path), ...gone];
  const of = [
    ...(paths.length > 0 ? [`(failed AND path IN (${list(paths)}))`] : []),
    ...(forgotten.length > 0 ? [`path IN (${list(forgotten)})`] : []),
  ];
  const rows = files.map((f) => [f.path, f.size, f.modifiedAt.getTime(), failed.has(f)]);
  const statements = [
    ...(of.length > 0
      ? [`DELETE FROM _medallion.files WHERE table_name = ${text(table)} AND (${of.join(" OR ")})`]
      : []),
    // One text, since thousands of constants take DuckDB longer than the rows do.
    ...(rows.length > 0
      ? [
          `INSERT INTO _medallion.files (table_name, path, size, modified_at, update_id, failed)
SELECT ${text(table)}, r->>0, CAST(r->>1 AS BIGINT), make_timestamptz(CAST(r->>2 AS BIGINT) * 1000), ${text(updateId)}, CAST(r->>3 AS BOOLEAN)
FROM (SELECT unnest(CAST(CAST(${text(JSON.stringify(rows))} AS JSON) AS JSON[])) AS r)`,
        ]
      : []),
  ];
  if (statements.length > 0) await session.exec(statements.join(";\n"));
}

export async function forgetFiles(session: Session, table: string): Promise<void> {
  await session.exec(`DELETE FROM _medallion.files WHERE table_name = ${text(table)}`);
}
