/**
 * The short way in: straight into the table, in one pass. It is only taken to its end where every row of every file can
 * be read; else nothing is kept, and the files are staged, which tells good from bad.
 */
import type { SourceNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { hasChanged, type SourceFile } from "../files.ts";
import { readerOf } from "../formats.ts";
import type { Session } from "../session.ts";
import { type Batch, batchesOf } from "./batch.ts";
import { inspect } from "./inspect.ts";
import { type CleanTarget, insertCleanRows } from "./statement.ts";

/** Files that may go the short way, as they are read: all of one shape. */
export interface CleanRead {
  readonly source: SourceNode;
  readonly batch: Batch;
}

export async function cleanRead(
  session: Session,
  source: SourceNode,
  files: readonly SourceFile[],
): Promise<CleanRead | undefined> {
  const looks = await inspect(session, source, files);
  const whole = looks.filter((look) => look.kind === "whole");
  const [batch, ...others] = batchesOf(whole);
  const all = looks.every((look) => look.kind === "whole" || look.kind === "empty");
  return all && batch && others.length === 0 ? { source, batch } : undefined;
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
  { source, batch }: CleanRead,
): Promise<{ readonly records: number; readonly written: number }> {
  let written: number;
  try {
    written = await session.changes(
      insertCleanRows(target, batch.inputs, await readerOf(source).read(session, batch.inputs, batch.shape)),
    );
  } catch (error) {
    if (error instanceof RunError && error.code === "ENGINE001") throw new NotClean("a row", { cause: error });
    throw error;
  }
  if (batch.records !== undefined && written !== batch.records) throw new NotClean("a record");
  for (const { file } of batch.inputs) if (await hasChanged(file)) throw new NotClean("a file");
  return { records: batch.records ?? written, written };
}
