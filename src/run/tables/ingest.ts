/** Bronze: files are read once each. */
import { duckdbIdentifier as id } from "../../compile/duckdb.ts";
import type { QueryTableNode, TableNode } from "../../pipeline/nodes.ts";
import { METADATA_COLUMNS } from "../../pipeline/source.ts";
import type { SourceNode } from "../../relation/nodes.ts";
import { RunError } from "../../schema/errors.ts";
import { forgetFiles, goneFiles, newFiles, rememberFiles } from "../file-state.ts";
import { listFiles, type SourceFile } from "../files.ts";
import { cleanRead, insertClean, NotClean } from "../ingest/clean.ts";
import { PROBLEM, RAW, stageSource } from "../ingest.ts";
import { flagsOf, type Judged, judge } from "../rules.ts";
import type { WrittenState } from "../state.ts";
import {
  commit,
  createTable,
  finish,
  NOTHING,
  type Outcome,
  outcome,
  previous,
  storedColumns,
  type TableContext,
  targetName,
} from "./context.ts";

/** One source of a bronze table, with the files of it that are to be read. */
interface Delivery {
  readonly source: SourceNode;
  readonly files: readonly SourceFile[];
  /** Name of the temporary table that its rows are staged in. */
  readonly stage: string;
}

/** The file sources of a table: its own and those of its flows. `undefined` where it reads something else. */
export function fileSources(table: QueryTableNode): readonly (SourceNode & { readonly once: boolean })[] | undefined {
  const queries = [{ query: table.query, once: false }, ...table.settings.flows];
  const sources = queries.flatMap(({ query, once }) =>
    query.kind === "source" && query.format !== "table" ? [{ ...query, once }] : [],
  );
  return sources.length === queries.length ? sources : undefined;
}

export async function ingest(
  table: QueryTableNode,
  sources: readonly (SourceNode & { readonly once: boolean })[],
  context: TableContext,
): Promise<Outcome> {
  const { session, updateId } = context;
  const before = previous(table, context);
  const due = before ? sources.filter((source) => !source.once) : sources;
  const listed = await Promise.all(due.map((source) => listFiles(context.params.path(source.path), context.baseDir)));
  if (!before && !context.fullRefresh) await refuseToForget(table, listed.flat(), context);
  const deliveries: Delivery[] = [];
  for (const [i, source] of due.entries()) {
    const files = before ? await newFiles(session, table.name, listed[i] ?? []) : (listed[i] ?? []);
    deliveries.push({ source, files, stage: `medallion_stage_${i}` });
  }
  if (before && deliveries.every((d) => d.files.length === 0)) return NOTHING;
  const clean = await ingestClean(table, deliveries, before, context);
  if (clean) return clean;
  // Outside of the transaction: a file that cannot be read would abort it, and the others are to be read all the same.
  const vanished: SourceFile[] = [];
  for (const delivery of deliveries) vanished.push(...(await stage(table, delivery, context)));
  return commit(table, context, async () => {
    await begin(table, before, context);
    const judged = await write(table, deliveries, context);
    const read = deliveries.flatMap((d) => d.files).filter((file) => !vanished.includes(file));
    await rememberFiles(session, table.name, read, updateId);
    await finish(table, context, { before, changed: judged.written > 0, inputs: [] });
    return outcome(judged.staged, judged);
  });
}

async function begin(table: TableNode, before: WrittenState | undefined, { session }: TableContext): Promise<void> {
  if (before) return;
  await createTable(table, session);
  await forgetFiles(session, table.name);
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
  const read = await cleanRead(delivery.source, delivery.files);
  if (!read) return undefined;
  const columns = [...delivery.source.declared, ...METADATA_COLUMNS].map((c) => c.name);
  try {
    return await commit(table, context, async () => {
      await begin(table, before, context);
      const written = await insertClean(session, { table: targetName(table), columns, ingestedAt }, read);
      await rememberFiles(session, table.name, delivery.files, updateId);
      await finish(table, context, { before, changed: written > 0, inputs: [] });
      return outcome(written, { staged: written, written, quarantined: 0, expectations: [] });
    });
  } catch (error) {
    if (error instanceof NotClean) return undefined;
    throw error;
  }
}

/** Stages the files of one source and gives those that vanished. */
async function stage(table: TableNode, { source, files, stage: into }: Delivery, context: TableContext) {
  const staged = await stageSource(context.session, { source, files, ingestedAt: context.startedAt, into });
  for (const { file, reason } of staged.failed) context.warn(table.name, `${file.path} cannot be read: ${reason}`);
  for (const file of staged.vanished) context.warn(table.name, `${file.path} vanished before it was read`);
  return staged.vanished;
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

/** A changed definition reads all files again; rows of files that are gone would be lost without a word. */
async function refuseToForget(table: TableNode, files: readonly SourceFile[], context: TableContext): Promise<void> {
  if (!context.tables.has(table.name)) return;
  const gone = await goneFiles(context.session, table.name, files);
  if (gone.length === 0) return;
  throw new RunError({
    code: "STATE001",
    message: `the definition of ${table.layer}.${table.name} has changed, so its files are read again, but ${gone.length} of them are gone (${gone.slice(0, 3).join(", ")}${gone.length > 3 ? ", …" : ""})`,
    help: "put the files back, or run with fullRefresh to go on without their rows",
    location: table.at,
    table: table.name,
  });
}
