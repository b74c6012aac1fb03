/** Bronze: files are read once each. */

import type { TableNode } from "../../../ast/pipeline.ts";
import { METADATA_COLUMNS } from "../../../ast/stored.ts";
import { isFileRead } from "../../../lower/reads.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { flagsOf, withFlags } from "../../../targets/duckdb/rows.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { listReads } from "../files/arrivals.ts";
import type { SourceFile } from "../files/files.ts";
import { recorded } from "../incremental/feeds.ts";
import { cleanRead, insertClean, NotClean } from "../ingest/clean.ts";
import { stageSource } from "../ingest/stage.ts";
import { PROBLEM, RAW } from "../ingest/statement.ts";
import { lostWithFiles, NO_FILE_LEFT } from "../plan/gone.ts";
import { refusal } from "../plan/refusal.ts";
import { allWritten, type Judged, judge } from "../rules.ts";
import {
  type FilesRead,
  failedPaths,
  forgetFiles,
  type Remembered,
  rememberFiles,
  rememberTouched,
} from "../state/files.ts";
import type { WrittenState } from "../state/state.ts";
import { alter, settle } from "./alter.ts";
import { commit } from "./commit.ts";
import { decisionOf, type TableContext } from "./context.ts";
import { type Delivery, deliveriesOf, removeFailures, removeRows, reportUnread } from "./deliveries.ts";
import { reportFolders } from "./folders.ts";
import { type Outcome, outcome } from "./outcome.ts";
import { reportRescued } from "./rescued.ts";
import { finish, previous } from "./table-state.ts";
import { reportHeadersAlone, reportUnreadRows } from "./unread-files.ts";
import { makeTable } from "./write-query.ts";

export async function ingest(plan: LoweredQuery, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const { table } = plan;
  const before = previous(table, context);
  const { addedStreams, baseDir } = decisionOf(table, context);
  const reads = plan.reads.filter(isFileRead);
  const listed = await listReads(reads, before && addedStreams, { ...context, baseDir });
  const known: FilesRead = (before && context.files.get(table.name)) ?? new Map();
  const deliveries = await deliveriesOf(table, listed, known, context);
  await rememberTouched(
    session,
    table.name,
    deliveries.flatMap((d) => d.touched),
  );
  if (before) await refuseAllGone(table, deliveries, context);
  const idle = deliveries.every((d) => d.files.length === 0 && d.gone.length === 0 && d.awaited.length === 0);
  if (before && idle) return settle(plan, context);
  const clean = await ingestClean(plan, deliveries, known, context, before);
  if (clean) return clean;
  // Outside of the transaction: a file that cannot be read would abort it, and the others are to be read all the same.
  const failed = new Set<SourceFile>();
  const unopened = new Set<SourceFile>();
  for (const delivery of deliveries) {
    const staged = await stage(table, delivery, context);
    for (const { file } of staged.failed) failed.add(file);
    for (const { file } of staged.unopened) unopened.add(file);
  }
  const files = deliveries.flatMap((d) => d.files).filter((file) => !unopened.has(file));
  // The rows of an earlier reading stay until there is something to replace them with.
  const replaced = deliveries.flatMap((d) => d.replaced).filter((file) => !unopened.has(file) && !failed.has(file));
  const gone = deliveries.flatMap((d) => (hasState(d, failed, unopened) ? d.gone : []));
  const awaited = deliveries.flatMap((d) => [
    ...d.awaited,
    ...(d.once ? d.files.filter((file) => unopened.has(file)).map((file) => file.path) : []),
  ]);
  const taken = { before, files, failed, awaited, replaced, gone, known };
  return commitFiles(plan, taken, context, () => write(plan, deliveries, context));
}

/** The files whose rows are written, and what becomes of those that were read before. */
interface Taken extends Remembered {
  readonly before: WrittenState | undefined;
}

/** Writes the rows of files with what is remembered of the files, in one transaction. */
function commitFiles(
  plan: LoweredQuery,
  { before, ...read }: Taken,
  context: TableContext,
  writeRows: () => Promise<Judged>,
): Promise<Outcome> {
  const { session, updateId } = context;
  const { table } = plan;
  const { files, replaced, gone, known } = read;
  return commit(plan, context, before !== undefined, async () => {
    await begin(plan, before, context);
    const { made } = await recorded(plan, { ...context, before }, async () => {
      const removed = await removeRows(table, [...replaced.map((file) => file.path), ...gone], context);
      await removeFailures(table, failedPaths(known, files), context);
      return { removed, judged: await writeRows() };
    });
    const { removed, judged } = made;
    await reportRescued(table, files, context);
    await reportFolders(table, files, judged, context);
    await rememberFiles(session, table.name, read, updateId);
    await finish(table, context, { before, changed: judged.written + removed > 0, inputs: [] });
    return outcome(judged.staged, judged);
  });
}

async function begin(plan: LoweredQuery, before: WrittenState | undefined, context: TableContext): Promise<void> {
  if (before) return alter(plan, context);
  await makeTable(plan, context.session);
  if (context.files.has(plan.table.name)) await forgetFiles(context.session, plan.table.name);
}

/** Files without a flaw are read straight into the table. `undefined` where they are not so: nothing was done. */
async function ingestClean(
  plan: LoweredQuery,
  [delivery, ...others]: readonly Delivery[],
  known: FilesRead,
  context: TableContext,
  before: WrittenState | undefined,
): Promise<Outcome | undefined> {
  const { session, startedAt: ingestedAt } = context;
  const { table, rules } = plan;
  if (!delivery || delivery.files.length === 0 || others.length > 0 || rules.all.length > 0) return undefined;
  const read = await cleanRead(session, delivery.source, delivery.files);
  if (!read) return undefined;
  const columns = [...delivery.source.declared, ...METADATA_COLUMNS].map((c) => c.name);
  try {
    const { files, replaced, gone } = delivery;
    const taken = { before, files, failed: new Set<SourceFile>(), awaited: [], replaced, gone, known };
    return await commitFiles(plan, taken, context, async () => {
      const { records, written } = await insertClean(session, { table: nameOf(table), columns, ingestedAt }, read);
      await reportHeadersAlone(table, { ...delivery, stage: nameOf(table) }, context);
      return { ...allWritten(written), staged: records };
    });
  } catch (error) {
    if (error instanceof NotClean) return undefined;
    throw error;
  }
}

/** The rows of files that are gone are removed where another file holds the state: one that cannot be read does not. */
function hasState(
  { sound, allGone }: Delivery,
  failed: ReadonlySet<SourceFile>,
  unopened: ReadonlySet<SourceFile>,
): boolean {
  return allGone || sound.some((file) => !failed.has(file) && !unopened.has(file));
}

/** @throws RunError `STATE001` where every file is gone, and that it may lose them was not accepted. */
async function refuseAllGone(table: TableNode, deliveries: readonly Delivery[], context: TableContext): Promise<void> {
  const decision = decisionOf(table, context);
  if (decision.accepted) return;
  const loses = await lostWithFiles(context.session, table, deliveries);
  if (loses.length > 0) throw refusal(table, { ...decision, loses, why: [NO_FILE_LEFT] });
}

async function stage(table: TableNode, delivery: Delivery, context: TableContext) {
  const { source, files, replaced, stage: into } = delivery;
  const { session, startedAt: ingestedAt, tempDirectory } = context;
  const staged = await stageSource(session, { source, files, ingestedAt, into, tempDirectory });
  reportUnread(table, staged, replaced, context);
  await reportUnreadRows(table, delivery, staged.failed, context);
  const failed = new Set(staged.failed.map(({ file }) => file));
  await reportHeadersAlone(table, { ...delivery, files: files.filter((file) => !failed.has(file)) }, context);
  return staged;
}

async function write(plan: LoweredQuery, deliveries: readonly Delivery[], context: TableContext): Promise<Judged> {
  const { session, updateId } = context;
  const flags = flagsOf(plan.rules);
  const all = deliveries.map((d) => `SELECT * FROM ${d.stage}`).join(" UNION ALL BY NAME ");
  const [only, ...others] = deliveries;
  const rows = only && others.length === 0 ? only.stage : `(${all})`;
  const staged = {
    from: flags.length > 0 ? `(${withFlags(rows, flags)})` : rows,
    columns: plan.columns.map((c) => c.name),
    flags,
    problem: { reason: PROBLEM, raw: RAW },
    origin: "_source_file",
  };
  const judged = await judge(session, plan.table, staged, updateId);
  for (const { stage: name } of deliveries) await session.exec(`DROP TABLE ${name}`);
  return judged;
}
