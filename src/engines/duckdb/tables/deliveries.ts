/** Which files of its sources a bronze table reads now, and what is reported of the others. */

import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import type { SourceNode } from "../../../ast/relation.ts";
import type { RunError } from "../../../core/errors.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import { type Arrivals, arrivalsOfAll, type Listed } from "../files/arrivals.ts";
import type { SourceFile } from "../files/files.ts";
import type { FailedFile } from "../ingest/stage.ts";
import type { FilesRead } from "../state/files.ts";
import { decisionOf, type TableContext } from "./context.ts";

/** One source of a bronze table, with the files of it that are to be read. */
export interface Delivery extends Arrivals {
  readonly source: SourceNode;
  /** A backfill that is read now. */
  readonly once?: true;
  /** Name of the temporary table that its rows are staged in. */
  readonly stage: string;
}

/** @throws RunError `SRC003` where a file has changed that may not, `SRC004` where there is none and there has to be. */
export async function deliveriesOf(
  table: TableNode,
  listed: readonly Listed[],
  read: FilesRead,
  context: TableContext,
): Promise<readonly Delivery[]> {
  const arriving = await arrivalsOfAll(listed, read, decisionOf(table, context).baseDir);
  return listed.flatMap((one, i) => {
    const arrivals = arriving[i];
    if (!arrivals) return [];
    if (arrivals.forbidden !== undefined) throw wrongFiles("SRC003", table, one.source, arrivals.forbidden);
    for (const { message, details } of arrivals.warnings) {
      if (details.code === "SRC004" && context.missingFiles === "fail")
        throw wrongFiles("SRC004", table, one.source, message, details.help);
      context.warn(table.name, message, details);
    }
    if (one.done && arrivals.files.length === 0) return [];
    const once = one.once && !one.done;
    return { ...arrivals, source: one.source, ...(once && { once }), stage: `medallion_stage_${i}` };
  });
}

function wrongFiles(
  code: "SRC003" | "SRC004",
  { name, layer }: TableNode,
  { at }: SourceNode,
  what: string,
  found?: string,
): RunError {
  return failure({
    code,
    message: `${fullName({ name, layer })}: ${what}`,
    help: found === undefined ? WRONG_FILES[code] : `${found}; ${WRONG_FILES[code]}`,
    location: at,
    table: name,
  });
}

const WRONG_FILES = {
  SRC003:
    'deliver changes as new files, or say with onChange what a changed file means: "ignore", "reread" or "replace"',
  SRC004: "check the path and the base directory that it is relative to, or leave out missingFiles (--missing-files)",
} as const;

/** Removes what earlier readings of files gave; gives the number of rows of the table that it removed. */
export async function removeRows(
  table: TableNode,
  removed: readonly string[],
  { session }: TableContext,
): Promise<number> {
  if (removed.length === 0) return 0;
  const paths = removed.map(text).join(", ");
  await session.exec(`DELETE FROM ${quarantineName(table)} WHERE _source IN (${paths})`);
  return session.changes(`DELETE FROM ${nameOf(table)} WHERE _source_file IN (${paths})`);
}

export function reportUnread(
  table: TableNode,
  { failed, unopened }: { readonly failed: readonly FailedFile[]; readonly unopened: readonly FailedFile[] },
  replaced: readonly SourceFile[],
  context: TableContext,
): void {
  for (const { file, reason } of failed) {
    const stay = replaced.includes(file) ? ", and its earlier rows stay until then" : "";
    const message = `${file.path} cannot be read: ${reason}; it is read again when it changes${stay}`;
    context.warn(table.name, message, { code: "SRC005", files: [file.path] });
  }
  for (const { file, reason } of unopened) {
    const message = `${file.path} is not read: ${reason}; it is read when it can be`;
    context.warn(table.name, message, { code: "SRC006", files: [file.path] });
  }
}

/** Removes the word of quarantine that a file could not be read, once that is told again or not true any more. */
export async function removeFailures(
  table: TableNode,
  paths: readonly string[],
  { session }: TableContext,
): Promise<void> {
  if (paths.length === 0) return;
  // A row that cannot be read is there as it came, and one that breaks a rule has no reason.
  await session.exec(
    `DELETE FROM ${quarantineName(table)} WHERE _source IN (${paths.map(text).join(", ")}) AND _row IS NULL AND _reason IS NOT NULL`,
  );
}
