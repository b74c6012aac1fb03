/** Folders such as `dt=2024-01-01` are part of a path, not of the rows. */
import type { TableNode } from "../../../ast/pipeline.ts";
import { METADATA_COLUMNS } from "../../../ast/stored.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { SourceFile } from "../files/files.ts";
import { time } from "../ingest/statement.ts";
import type { Judged } from "../rules.ts";
import type { TableContext } from "./context.ts";

/** Warns of columns that folders name and files have no value of. Files that have the column as well are only grouped by it. */
export async function reportFolders(
  table: TableNode,
  files: readonly SourceFile[],
  { staged, written }: Judged,
  { session, startedAt, warn }: TableContext,
): Promise<void> {
  const folders = files.flatMap((file) => file.path.split("/").slice(0, -1));
  const keys = new Set(folders.flatMap((folder) => /^([^=]+)=/.exec(folder)?.[1]?.toLowerCase() ?? []));
  const own = new Set(METADATA_COLUMNS.map((c) => c.name));
  const named = table.columns.map((c) => c.name).filter((name) => keys.has(name.toLowerCase()) && !own.has(name));
  if (named.length === 0) return;
  const counts = named.flatMap((name, i) => {
    const below = `contains('/' || lower(_source_file), ${text(`/${name.toLowerCase()}=`)})`;
    return [`count_if(${below}) AS n${i}`, `count_if(${below} AND ${id(name)} IS NOT NULL) AS v${i}`];
  });
  const [found] = await session.rows(
    `SELECT ${counts.join(", ")} FROM ${nameOf(table)} WHERE _ingested_at = ${time(startedAt)}`,
  );
  // A required value that is missing keeps its row out of the table.
  const isKeptOut = (i: number) => staged > written && Number(found?.[`n${i}`]) === 0;
  const columns = named.filter((_, i) => isKeptOut(i) || found?.[`n${i}`] !== found?.[`v${i}`]);
  if (columns.length === 0) return;
  const message = `${columns.join(", ")}: values in the names of folders (${columns[0]}=…) are not read, only those in the files; take them from _source_file`;
  warn(table.name, message, { code: "SRC008", columns });
}
