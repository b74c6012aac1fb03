/** Bronze: files are read once each. */

import type { QueryTableNode, TableNode } from "../../../ast/pipeline.ts";
import type { SourceNode } from "../../../ast/relation.ts";
import { METADATA_COLUMNS } from "../../../builder/pipeline/source.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { filesRead, forgetFiles, rememberFiles } from "../file-state.ts";
import type { SourceFile } from "../files.ts";
import { cleanRead, insertClean, NotClean } from "../ingest/clean.ts";
import { PROBLEM, RAW, stageSource } from "../ingest.ts";
import { flagsOf, type Judged, judge } from "../rules.ts";
import type { WrittenState } from "../state.ts";
import { alter, settle } from "./alter.ts";
import {
  commit,
  createTable,
  finish,
  type Outcome,
  outcome,
  planOf,
  previous,
  storedColumns,
  type TableContext,
  targetName,
} from "./context.ts";
import { type Delivery, deliveriesOf, listSources, removeRows, reportUnread } from "./deliveries.ts";

export async function ingest(
  table: QueryTableNode,
  sources: readonly (SourceNode & { readonly once: boolean })[],
  context: TableContext,
): Promise<Outcome> {
  const { session, updateId } = context;
  const before = previous(table, context);
  const { addedStreams } = planOf(table, context);
  const due = sources.filter((source, i) => !before || !source.once || addedStreams.includes(i));
  const listed = await listSources(due, context);
  const known = before ? await filesRead(session, table.name) : new Map();
  const deliveries = deliveriesOf(table, listed, known, context);
  if (before && deliveries.every((d) => d.files.length === 0)) return settle(table, context);
  const clean = await ingestClean(table, deliveries, before, context);
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
  return commit(table, context, before !== undefined, async () => {
    await begin(table, before, context);
    const removed = await removeRows(table, replaced, context);
    const judged = await write(table, deliveries, context);
    await rememberFiles(session, table.name, { files, failed, replaced }, updateId);
    await finish(table, context, { before, changed: judged.written + removed > 0, inputs: [] });
    return outcome(judged.staged, judged);
  });
}

async function begin(table: TableNode, before: WrittenState | undefined, context: TableContext): Promise<void> {
  if (before) return alter(table, context);
  await createTable(table, context.session);
  await forgetFiles(context.session, table.name);
}

/** Files without a flaw are read straight into the table. `undefined` where they are not so: nothing was done. */
async function ingestClean(
  table: QueryTableNode,
  [delivery, ...others]: readonly Delivery[],
  before: WrittenState | undefined,
  context: TableContext,
): Promise<Outcome | undefined> {
  const { session, updateId, startedAt: ingestedAt } = context;
  if (!delivery || others.length > 0 || table.settings.expectations.length > 0) return undefined;
  const read = await cleanRead(session, delivery.source, delivery.files);
  if (!read) return undefined;
  const columns = [...delivery.source.declared, ...METADATA_COLUMNS].map((c) => c.name);
  try {
    return await commit(table, context, before !== undefined, async () => {
      await begin(table, before, context);
      const removed = await removeRows(table, delivery.replaced, context);
      const { records, written } = await insertClean(session, { table: targetName(table), columns, ingestedAt }, read);
      const { files, replaced } = delivery;
      await rememberFiles(session, table.name, { files, failed: new Set(), replaced }, updateId);
      await finish(table, context, { before, changed: written + removed > 0, inputs: [] });
      return outcome(records, { staged: written, written, dropped: 0, quarantined: 0, expectations: [] });
    });
  } catch (error) {
    if (error instanceof NotClean) return undefined;
    throw error;
  }
}

async function stage(table: TableNode, { source, files, stage: into }: Delivery, context: TableContext) {
  const staged = await stageSource(context.session, { source, files, ingestedAt: context.startedAt, into });
  reportUnread(table, staged, context);
  return staged;
}

async function write(table: QueryTableNode, deliveries: readonly Delivery[], context: TableContext): Promise<Judged> {
  const { session, updateId } = context;
  const flags = flagsOf(table);
  const all = deliveries.map((d) => `SELECT * FROM ${d.stage}`).join(" UNION ALL BY NAME ");
  const [only, ...others] = deliveries;
  const rows = only && others.length === 0 ? only.stage : `(${all})`;
  const judged = await judge(session, {
    table,
    staged:
      flags.length > 0 ? `(SELECT *, ${flags.map((f) => `${f.sql} AS ${f.column}`).join(", ")} FROM ${rows})` : rows,
    columns: storedColumns(table).map((c) => id(c.name)),
    flags,
    problem: { reason: PROBLEM, raw: RAW },
    origin: "_source_file",
    target: targetName(table),
    updateId,
  });
  for (const { stage: name } of deliveries) await session.exec(`DROP TABLE ${name}`);
  return judged;
}
