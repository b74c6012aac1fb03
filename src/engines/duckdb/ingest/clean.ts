/**
 * The short way in: straight into the table, in one pass. It is only taken to its end where every row of every file can
 * be read; else nothing is kept, and the files are staged, which tells good from bad.
 */
import type { SourceNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { hasChanged, type SourceFile } from "../files/files.ts";
import { readerOf } from "../formats.ts";
import type { Session } from "../warehouse/session.ts";
import { type Batch, batchesOf, readBatch } from "./batch.ts";
import { inspect } from "./inspect.ts";
import { probeOf } from "./probe.ts";
import { dropGathered } from "./small-files.ts";
import { type CleanTarget, insertCleanRows, isPattern } from "./statement.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** Files that may go the short way, as they are read. */
interface CleanRead {
  readonly source: SourceNode;
  readonly batches: readonly Batch[];
}

/** So many files whose names are patterns to DuckDB are read by their names: more are staged, which reads them by links. */
const PATTERNS = 16;

export async function cleanRead(
  session: Session,
  source: SourceNode,
  files: readonly SourceFile[],
): Promise<CleanRead | undefined> {
  if (files.filter(({ absolute }) => isPattern(absolute)).length > PATTERNS) return undefined;
  const looks = await inspect(probeOf(session), source, files);
  const whole = looks.filter((look) => look.kind === "whole");
  const all = looks.every((look) => look.kind === "whole" || look.kind === "empty");
  return all && whole.length > 0 ? { source, batches: batchesOf(whole) } : undefined;
}

/** Thrown in the transaction of the short way, so that nothing of it is kept. */
export class NotClean extends Error {}

/**
 * Inserts all rows. Gives how many records the files have, as they were counted before, and how many were written.
 *
 * @throws NotClean where a row cannot be read: the transaction has to be rolled back.
 */
export async function insertClean(
  session: Session,
  target: CleanTarget,
  { source, batches }: CleanRead,
): Promise<{ readonly records: number; readonly written: number }> {
  let [records, written] = [0, 0];
  for (const batch of batches) {
    const rows = await insertBatch(session, target, source, batch);
    if (batch.records !== undefined && rows !== batch.records) throw new NotClean("a record");
    records += batch.records ?? rows;
    written += rows;
  }
  await dropGathered(session);
  for (const { file } of batches.flatMap(({ inputs }) => inputs)) if (hasChanged(file)) throw new NotClean("a file");
  return { records, written };
}

async function insertBatch(session: Session, target: CleanTarget, source: SourceNode, batch: Batch): Promise<number> {
  try {
    const reading = await readBatch(session, readerOf(source), batch);
    return await session.changes(insertCleanRows(target, batch.inputs, reading));
  } catch (error) {
    const unread = error instanceof UnreadableFile || (error instanceof RunError && error.code === "ENGINE001");
    if (unread) throw new NotClean("a row", { cause: error });
    throw error;
  }
}
