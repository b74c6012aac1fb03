/** Which files a bronze table has read: written in the same transaction as their rows. */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { digestOf } from "../files/digest.ts";
import type { SourceFile } from "../files/files.ts";
import type { Session } from "../warehouse/session.ts";

/** A version of a file that a table has read. */
export interface ReadVersion {
  /** Of a file that had nothing to be read yet: `AWAITED`. */
  readonly size: number;
  readonly modifiedMs: number;
  /** Another time of change at which the file held the same. */
  readonly seenMs: number | undefined;
  /** Of what was read; unknown where an older version of the engine read it. */
  readonly digest: string | undefined;
  /** It could not be read as a whole: no row of it counts, and another version of it is read as a new file. */
  readonly failed: boolean;
}

/** The size of no file, so that whatever comes is another version. */
const AWAITED = -1;

export const isRead = ({ size }: ReadVersion): boolean => size !== AWAITED;

/** Paths whose file could not be read as a whole. */
export function failedPaths(read: FilesRead, files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path }) => (read.get(path)?.some((version) => version.failed) ? [path] : []));
}

/** What a table has read, by path. */
export type FilesRead = ReadonlyMap<string, readonly ReadVersion[]>;

/** What every table has read, by table: a query for each of a thousand tables would take longer than all else. */
export async function filesRead(session: Session): Promise<ReadonlyMap<string, FilesRead>> {
  const rows = await session.rows(
    "SELECT table_name, path, size, epoch_ms(modified_at) AS modified, epoch_ms(seen_at) AS seen, digest, failed FROM _medallion.files ORDER BY table_name, path, rowid",
  );
  const all = new Map<string, Map<string, ReadVersion[]>>();
  for (const row of rows) {
    const [table, path] = [String(row["table_name"]), String(row["path"])];
    const version = {
      size: Number(row["size"]),
      modifiedMs: Number(row["modified"]),
      seenMs: row["seen"] == null ? undefined : Number(row["seen"]),
      digest: row["digest"] == null ? undefined : String(row["digest"]),
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

const looksLike = (file: SourceFile) => (version: ReadVersion) =>
  version.size === file.size && [version.modifiedMs, version.seenMs].includes(file.modifiedAt.getTime());

/** Whether a file still is the version that was read: where its time alone is another, its content decides. */
export async function isStill(version: ReadVersion, file: SourceFile): Promise<boolean> {
  if (looksLike(file)(version)) return true;
  return version.size === file.size && version.digest !== undefined && version.digest === (await digestOf(file));
}

interface SortedFiles {
  /** Those that the table has not read. */
  readonly fresh: readonly SourceFile[];
  /** Those that hold something else than what it has read last. */
  readonly changed: readonly SourceFile[];
  /** Those whose time of change alone is another. */
  readonly touched: readonly SourceFile[];
}

/** A file is known by its path. It has changed where its size is another, or its time of change and its content are. */
export async function sortFiles(read: FilesRead, files: readonly SourceFile[]): Promise<SortedFiles> {
  const versions = (file: SourceFile) => read.get(file.path) ?? [];
  const touched: SourceFile[] = [];
  const due: SourceFile[] = [];
  for (const file of files) {
    if (versions(file).some(looksLike(file))) continue;
    const last = versions(file).at(-1);
    // A file that could not be read is tried again, whatever may be another about it.
    (last && !last.failed && (await isStill(last, file)) ? touched : due).push(file);
  }
  const isFresh = (file: SourceFile) => versions(file).every(({ failed, size }) => failed || size === 0);
  return { fresh: due.filter(isFresh), changed: due.filter((file) => !isFresh(file)), touched };
}

/** Remembers the times of files that were touched, so that the next update need not look into them. */
export async function rememberTouched(session: Session, table: string, files: readonly SourceFile[]): Promise<void> {
  if (files.length === 0) return;
  const rows = await Promise.all(files.map(async (f) => [f.path, f.modifiedAt.getTime(), await digestOf(f)]));
  await session.exec(`UPDATE _medallion.files SET seen_at = make_timestamptz(CAST(r->>1 AS BIGINT) * 1000)
FROM (SELECT unnest(CAST(CAST(${text(JSON.stringify(rows))} AS JSON) AS JSON[])) AS r)
WHERE table_name = ${text(table)} AND path = (r->>0) AND digest = (r->>2)`);
}

export interface Remembered {
  readonly files: readonly SourceFile[];
  /** Those of them that could not be read as a whole. */
  readonly failed: ReadonlySet<SourceFile>;
  /** Paths of files that are read when they have something to be read, though their backfill was. */
  readonly awaited: readonly string[];
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
  { files, failed, awaited, replaced, gone, known }: Remembered,
  updateId: string,
): Promise<void> {
  const list = (paths: readonly string[]) => paths.map(text).join(", ");
  const paths = failedPaths(known, files);
  const forgotten = [...replaced.map((file) => file.path), ...gone];
  const of = [
    ...(paths.length > 0 ? [`(failed AND path IN (${list(paths)}))`] : []),
    ...(forgotten.length > 0 ? [`path IN (${list(forgotten)})`] : []),
  ];
  const read = files.map(async (f) => [f.path, f.size, f.modifiedAt.getTime(), failed.has(f), await digestOf(f)]);
  const rows = [...(await Promise.all(read)), ...awaited.map((path) => [path, AWAITED, 0, true, null])];
  const statements = [
    ...(of.length > 0
      ? [`DELETE FROM _medallion.files WHERE table_name = ${text(table)} AND (${of.join(" OR ")})`]
      : []),
    // One text, since thousands of constants cost DuckDB more than the rows do.
    ...(rows.length > 0
      ? [
          `INSERT INTO _medallion.files (table_name, path, size, modified_at, update_id, failed, digest)
SELECT ${text(table)}, r->>0, CAST(r->>1 AS BIGINT), make_timestamptz(CAST(r->>2 AS BIGINT) * 1000), ${text(updateId)}, CAST(r->>3 AS BOOLEAN), r->>4
FROM (SELECT unnest(CAST(CAST(${text(JSON.stringify(rows))} AS JSON) AS JSON[])) AS r)`,
        ]
      : []),
  ];
  if (statements.length > 0) await session.exec(statements.join(";\n"));
}

export async function forgetFiles(session: Session, table: string): Promise<void> {
  await session.exec(`DELETE FROM _medallion.files WHERE table_name = ${text(table)}`);
}
