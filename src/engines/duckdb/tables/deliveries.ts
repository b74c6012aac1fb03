/** Which files of its sources a bronze table reads now, and what is reported of the others. */

import type { TableNode } from "../../../ast/pipeline.ts";
import type { SourceNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import { type FilesRead, sortFiles } from "../file-state.ts";
import { type Listing, listFiles, type SourceFile } from "../files.ts";
import type { FailedFile } from "../ingest.ts";
import type { TableContext } from "./context.ts";

/** One source of a bronze table, with the files of it that are to be read. */
export interface Delivery {
  readonly source: SourceNode;
  readonly files: readonly SourceFile[];
  /** Those of them whose rows of an earlier reading are replaced. */
  readonly replaced: readonly SourceFile[];
  /** Name of the temporary table that its rows are staged in. */
  readonly stage: string;
}

/** A source and the files that its path names now. */
export interface Listed extends Listing {
  readonly source: SourceNode;
  readonly path: string;
}

export async function listSources(sources: readonly SourceNode[], context: TableContext): Promise<readonly Listed[]> {
  return Promise.all(
    sources.map(async (source) => {
      const path = context.params.path(source.path);
      return { source, path, ...(await listFiles(path, context.baseDir)) };
    }),
  );
}

/** @throws RunError `SRC003` where a file has changed that may not. */
export function deliveriesOf(
  table: TableNode,
  listed: readonly Listed[],
  read: FilesRead,
  context: TableContext,
): readonly Delivery[] {
  return listed.map((one, i) => {
    const { source, files: all } = one;
    reportListing(table, one, read, context);
    const { fresh, changed } = sortFiles(read, all);
    const again = changed.length > 0 && reportChanged(table, source, changed, context);
    const files = again ? all.filter((file) => fresh.includes(file) || changed.includes(file)) : fresh;
    reportPartitions(table, source, files, context);
    const replaced = again && source.options.onChange === "replace" ? changed : [];
    return { source, files, replaced, stage: `medallion_stage_${i}` };
  });
}

/** Removes what earlier readings of files gave; gives the number of rows of the table that it removed. */
export async function removeRows(
  table: TableNode,
  files: readonly SourceFile[],
  { session }: TableContext,
): Promise<number> {
  if (files.length === 0) return 0;
  const paths = files.map((file) => text(file.path)).join(", ");
  await session.exec(`DELETE FROM ${quarantineName(table)} WHERE _source IN (${paths})`);
  return session.changes(`DELETE FROM ${nameOf(table)} WHERE _source_file IN (${paths})`);
}

export function reportUnread(
  table: TableNode,
  { failed, unopened }: { readonly failed: readonly FailedFile[]; readonly unopened: readonly FailedFile[] },
  context: TableContext,
): void {
  for (const { file, reason } of failed) {
    const message = `${file.path} cannot be read: ${reason}; it is read again when it changes`;
    context.warn(table.name, message, { code: "SRC005", files: [file.path] });
  }
  for (const { file, reason } of unopened) {
    const message = `${file.path} is not read: ${reason}; it is read when it can be`;
    context.warn(table.name, message, { code: "SRC006", files: [file.path] });
  }
}

const SKIPPED = {
  name: { code: "SRC007", why: "its name is not valid UTF-8; rename it" },
  kind: { code: "SRC006", why: "it is a pipe, a socket or a device, and no file; move it elsewhere" },
} as const;

function reportListing(table: TableNode, { path, files, skipped }: Listed, read: FilesRead, context: TableContext) {
  for (const one of skipped) {
    const { code, why } = SKIPPED[one.for];
    context.warn(table.name, `${one.path} is not read: ${why}`, { code, files: [one.path] });
  }
  // Landing folders are emptied: what has been read before need not be there for ever.
  if (files.length > 0 || read.size > 0) return;
  const message = `no file matches ${JSON.stringify(path)} in ${context.baseDir}`;
  context.warn(table.name, message, { code: "SRC004", path });
}

/** Whether changed files are read again. */
function reportChanged(
  table: TableNode,
  { options, at }: SourceNode,
  changed: readonly SourceFile[],
  context: TableContext,
): boolean {
  const { onChange = "ignore" } = options;
  const paths = changed.map((file) => file.path);
  const what = `${listed(paths)} changed after ${paths.length === 1 ? "it was" : "they were"} read`;
  if (onChange === "fail") {
    throw new RunError({
      code: "SRC003",
      message: `${table.layer}.${table.name}: ${what}`,
      help: 'deliver changes as new files, or say with onChange what a changed file means: "ignore", "reread" or "replace"',
      location: at,
      table: table.name,
    });
  }
  const outcome = {
    ignore: "not read again (onChange: ignore)",
    reread: "its rows are appended again (onChange: reread)",
    replace: "its rows are replaced (onChange: replace)",
  }[onChange];
  context.warn(table.name, `${what}: ${outcome}`, { code: "SRC003", on_change: onChange, files: paths });
  return onChange !== "ignore";
}

/** Folders such as `dt=2024-01-01` are part of a path, not of the rows. */
function reportPartitions(
  table: TableNode,
  { declared }: SourceNode,
  files: readonly SourceFile[],
  context: TableContext,
): void {
  const folders = files.flatMap((file) => file.path.split("/").slice(0, -1));
  const keys = new Set(folders.flatMap((folder) => /^([^=]+)=/.exec(folder)?.[1]?.toLowerCase() ?? []));
  const columns = declared.filter((c) => keys.has(c.name.toLowerCase())).map((c) => c.name);
  if (columns.length === 0) return;
  const message = `${columns.join(", ")}: values in the names of folders (${columns[0]}=…) are not read, only those in the files; take them from _source_file`;
  context.warn(table.name, message, { code: "SRC008", columns });
}

const SHOWN = 3;

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN).join(", ");
  return paths.length > SHOWN ? `${paths.length} files (${shown}, …)` : shown;
}
