/** Brings one table up to date, in one transaction together with its state. */
import { scd1Query, scd2Query } from "../compile/changes.ts";
import { duckdb, duckdbType, duckdbIdentifier as id, duckdbText as text } from "../compile/duckdb.ts";
import { printExpr } from "../compile/expr.ts";
import { printQuery } from "../compile/query.ts";
import { tableInputs } from "../pipeline/inputs.ts";
import { whyNotStreaming } from "../pipeline/kind.ts";
import type { QueryTableNode, ScdTableNode, TableNode } from "../pipeline/nodes.ts";
import { METADATA_COLUMNS } from "../pipeline/source.ts";
import type { RelationNode, SourceNode } from "../relation/nodes.ts";
import type { TableKind } from "../relation/settings.ts";
import { RunError } from "../schema/errors.ts";
import { contentHash } from "../schema/hash.ts";
import { listFiles, type SourceFile } from "./files.ts";
import { PROBLEM, RAW, stageSource } from "./ingest.ts";
import { flagsOf, hasQuarantine, type Judged, judge, quarantineName } from "./rules.ts";
import {
  forgetFiles,
  goneFiles,
  type InputState,
  newFiles,
  rememberFiles,
  type TableState,
  writeState,
} from "./state.ts";
import type { ExpectationResult } from "./update.ts";
import type { Warehouse } from "./warehouse.ts";

export interface TableContext {
  readonly warehouse: Warehouse;
  readonly updateId: string;
  readonly baseDir: string;
  readonly startedAt: Date;
  readonly fullRefresh: boolean;
  readonly kinds: ReadonlyMap<string, TableKind>;
  readonly nodes: ReadonlyMap<string, TableNode>;
  /** State of every table as it is now: read before the update, written as tables complete. */
  readonly tables: Map<string, TableState>;
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  readonly warn: (table: string, message: string) => void;
}

export interface Outcome {
  readonly skipped: boolean;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly rowsDropped: number;
  readonly rowsQuarantined: number;
  readonly expectations: readonly ExpectationResult[];
}

const NOTHING: Outcome = {
  skipped: true,
  rowsRead: 0,
  rowsWritten: 0,
  rowsDropped: 0,
  rowsQuarantined: 0,
  expectations: [],
};

export function targetName(table: TableNode): string {
  return `${table.layer}.${id(table.name)}`;
}

/** Updates a table; does nothing where neither its definition nor its inputs have changed. */
export async function updateTable(table: TableNode, context: TableContext): Promise<Outcome> {
  if (table.kind !== "query") return applyChanges(table, context);
  if (table.query.kind === "source" && table.query.format !== "table") return ingest(table, table.query, context);
  return context.kinds.get(table.name) === "streaming" ? append(table, context) : recompute(table, context);
}

function previous(table: TableNode, context: TableContext): TableState | undefined {
  const state = context.tables.get(table.name);
  return context.fullRefresh || state?.definition !== table.id || state.layer !== table.layer ? undefined : state;
}

function nextState(
  table: TableNode,
  before: TableState | undefined,
  context: TableContext,
  changed: boolean,
): TableState {
  const { name, layer, id: definition } = table;
  const generation = before?.generation ?? contentHash(`${context.updateId}:${name}`);
  return { name, layer, definition, generation, version: (before?.version ?? 0) + (changed ? 1 : 0) };
}

function currentInputs(
  table: TableNode,
  context: TableContext,
  positions: ReadonlyMap<string, number>,
): readonly InputState[] {
  return tableInputs(table).map((input) => {
    const state = context.tables.get(input);
    return {
      input,
      generation: state?.generation ?? "",
      version: state?.version ?? 0,
      position: positions.get(input) ?? 0,
    };
  });
}

function unchanged(table: TableNode, context: TableContext): boolean {
  const read = context.inputs.get(table.name) ?? [];
  return tableInputs(table).every((input) => {
    const [then, now] = [read.find((r) => r.input === input), context.tables.get(input)];
    return (
      then !== undefined && now !== undefined && then.generation === now.generation && then.version === now.version
    );
  });
}

/** The physical columns of a table: a bronze table has its origin beside the declared ones. */
export function storedColumns(table: TableNode): readonly { readonly name: string; readonly sql: string }[] {
  const visible = table.columns.map((c) => ({
    name: c.name,
    sql: `${id(c.name)} ${duckdbType(c.type)}${c.nullable ? "" : " NOT NULL"}`,
  }));
  if (table.kind !== "query" || table.query.kind !== "source" || table.query.format === "table") return visible;
  const shown = new Set(table.columns.map((c) => c.name));
  const hidden = METADATA_COLUMNS.filter((c) => !shown.has(c.name)).map((c) => ({
    name: c.name,
    sql: `${id(c.name)} ${duckdbType(c.type)}`,
  }));
  return [...visible, ...hidden];
}

async function createTable(table: TableNode, warehouse: Warehouse): Promise<void> {
  const target = targetName(table);
  const columns = storedColumns(table);
  await warehouse.exec(`DROP TABLE IF EXISTS ${target}`);
  await warehouse.exec(`CREATE TABLE ${target} (\n  ${columns.map((c) => c.sql).join(",\n  ")}\n)`);
  await warehouse.exec(`DROP TABLE IF EXISTS ${quarantineName(target, table.name)}`);
  if (!hasQuarantine(table)) return;
  const aside = [
    "_broken_rules VARCHAR[]",
    "_reason VARCHAR",
    "_row VARCHAR",
    "_source VARCHAR",
    "_quarantined_at TIMESTAMPTZ",
    "_update_id VARCHAR",
  ];
  const nullable = columns.map((c) => c.sql.replace(/ NOT NULL$/, ""));
  await warehouse.exec(
    `CREATE TABLE ${quarantineName(target, table.name)} (\n  ${[...nullable, ...aside].join(",\n  ")}\n)`,
  );
}

// ---- bronze

async function ingest(table: QueryTableNode, source: SourceNode, context: TableContext): Promise<Outcome> {
  const { warehouse, updateId } = context;
  const before = previous(table, context);
  const files = await listFiles(source.path, context.baseDir);
  const fresh = before ? await newFiles(warehouse, table.name, files) : files;
  if (before && fresh.length === 0) return NOTHING;
  if (!before && !context.fullRefresh) await refuseToForget(table, files, context);
  const flags = flagsOf(table);
  // Outside of the transaction: a file that cannot be read would abort it, and the others are to be read all the same.
  const { vanished, failed } = await stageSource(warehouse, {
    source,
    files: fresh,
    ingestedAt: context.startedAt,
    into: "medallion_stage",
  });
  for (const { file, reason } of failed) context.warn(table.name, `${file.path} cannot be read: ${reason}`);
  for (const file of vanished) context.warn(table.name, `${file.path} vanished before it was read`);
  return warehouse.transaction(async () => {
    if (!before) {
      await createTable(table, warehouse);
      await forgetFiles(warehouse, table.name);
    }
    const columns = storedColumns(table).map((c) => id(c.name));
    const judged = await judge(warehouse, {
      table,
      staged:
        flags.length > 0
          ? `(SELECT *, ${flags.map((f) => `${f.sql} AS ${f.column}`).join(", ")} FROM medallion_stage)`
          : "medallion_stage",
      columns,
      flags,
      problem: { reason: PROBLEM, raw: RAW },
      origin: "_source_file",
      target: targetName(table),
      updateId,
    });
    await warehouse.exec("DROP TABLE medallion_stage");
    await rememberFiles(
      warehouse,
      table.name,
      fresh.filter((f) => !vanished.includes(f)),
      updateId,
    );
    await finish(table, context, before, judged.written > 0, new Map());
    return outcome(judged.staged, judged);
  });
}

/** A changed definition reads all files again; rows of files that are gone would be lost without a word. */
async function refuseToForget(table: TableNode, files: readonly SourceFile[], context: TableContext): Promise<void> {
  if (!context.tables.has(table.name)) return;
  const gone = await goneFiles(context.warehouse, table.name, files);
  if (gone.length === 0) return;
  throw new RunError({
    code: "STATE001",
    message: `the definition of ${table.layer}.${table.name} has changed, so its files are read again, but ${gone.length} of them are gone (${gone.slice(0, 3).join(", ")}${gone.length > 3 ? ", …" : ""})`,
    help: "put the files back, or run with fullRefresh to go on without their rows",
    location: table.at,
    table: table.name,
  });
}

// ---- streaming tables

async function append(table: QueryTableNode, context: TableContext): Promise<Outcome> {
  const { warehouse } = context;
  const before = previous(table, context);
  if (before && unchanged(table, context)) return NOTHING;
  const known = new Map((context.inputs.get(table.name) ?? []).map((i) => [i.input, i]));
  const restarted = tableInputs(table).some(
    (input) => known.get(input)?.generation !== context.tables.get(input)?.generation,
  );
  const resumed = restarted ? undefined : before;
  return warehouse.transaction(async () => {
    if (!resumed) await createTable(table, warehouse);
    const ends = new Map<string, number>();
    let read = 0;
    for (const input of tableInputs(table)) {
      const end = await rowCount(warehouse, inputName(input, context));
      ends.set(input, end);
      read += end - (resumed ? (known.get(input)?.position ?? 0) : 0);
    }
    const from = (input: string) => {
      const start = resumed ? (known.get(input)?.position ?? 0) : 0;
      return `(SELECT * FROM ${inputName(input, context)} WHERE rowid >= ${start} AND rowid < ${ends.get(input) ?? 0})`;
    };
    const judged = await writeQuery(table, query(table.query, from), context);
    await finish(table, context, resumed, judged.written > 0, ends);
    return outcome(read, judged);
  });
}

/** Rows of an append-only table. Their row ids are their positions: nothing is ever deleted from it. */
async function rowCount(warehouse: Warehouse, target: string): Promise<number> {
  const [row] = await warehouse.rows(`SELECT count(*) AS n, coalesce(max(rowid) + 1, 0) AS ends FROM ${target}`);
  const [count, end] = [Number(row?.["n"] ?? 0), Number(row?.["ends"] ?? 0)];
  if (count === end) return end;
  throw new RunError({
    code: "STATE002",
    message: `rows of ${target} were deleted outside of medallion, so its readers cannot tell which are new`,
    help: "run with fullRefresh",
  });
}

// ---- materialized views

async function recompute(table: QueryTableNode, context: TableContext): Promise<Outcome> {
  const { warehouse } = context;
  const before = previous(table, context);
  const external = table.query.kind === "source";
  if (before && !external && unchanged(table, context)) return NOTHING;
  return warehouse.transaction(async () => {
    await createTable(table, warehouse);
    const judged = await writeQuery(
      table,
      query(table.query, (input) => inputName(input, context)),
      context,
    );
    await finish(table, context, before, true, new Map());
    return outcome(judged.staged, judged);
  });
}

// ---- change targets

async function applyChanges(table: ScdTableNode, context: TableContext): Promise<Outcome> {
  const { warehouse } = context;
  const before = previous(table, context);
  if (before && unchanged(table, context)) return NOTHING;
  const target = targetName(table);
  return warehouse.transaction(async () => {
    const [input] = tableInputs(table);
    const source = input === undefined ? "" : inputName(input, context);
    const known = (context.inputs.get(table.name) ?? []).find((i) => i.input === input);
    const streamed = input !== undefined && isStream(table, context);
    const resumed = streamed && known?.generation === context.tables.get(input)?.generation ? before : undefined;
    if (!resumed) await createTable(table, warehouse);
    const end = streamed ? await rowCount(warehouse, source) : 0;
    const start = resumed ? (known?.position ?? 0) : 0;
    const events = (from: (name: string) => string) => eventsQuery(table, from);
    const all = events((name) => inputName(name, context));
    const keys = table.changes.keys.map(id).join(", ");
    const fresh = streamed
      ? events((name) => `(SELECT * FROM ${inputName(name, context)} WHERE rowid >= ${start} AND rowid < ${end})`)
      : all;
    await warehouse.exec(`CREATE OR REPLACE TEMP TABLE medallion_keys AS SELECT DISTINCT ${keys} FROM (${fresh})`);
    const read = streamed
      ? await warehouse.count(`SELECT count(*) FROM (${fresh})`)
      : await warehouse.count(`SELECT count(*) FROM (${all})`);
    const affected = resumed ? `SELECT * FROM (${all}) SEMI JOIN medallion_keys USING (${keys})` : all;
    await warehouse.exec(`CREATE OR REPLACE TEMP TABLE medallion_events AS ${affected}`);
    const query = table.kind === "scd1" ? scd1Query(application(table)) : scd2Query(application(table));
    if (resumed)
      await warehouse.exec(
        `DELETE FROM ${target} USING medallion_keys AS changed WHERE ${table.changes.keys.map((k) => `${target}.${id(k)} = changed.${id(k)}`).join(" AND ")}`,
      );
    await warehouse.exec(`INSERT INTO ${target} ${query}`);
    await warehouse.exec("DROP TABLE medallion_events; DROP TABLE medallion_keys");
    await finish(table, context, resumed, read > 0 || !resumed, new Map(input === undefined ? [] : [[input, end]]));
    return { skipped: false, rowsRead: read, rowsWritten: read, rowsDropped: 0, rowsQuarantined: 0, expectations: [] };
  });
}

/** Whether new events can be told by position: the events are rows of one table that only grows. */
function isStream(table: ScdTableNode, context: TableContext): boolean {
  const kindOf = (name: string): TableKind => context.kinds.get(name) ?? "materialized";
  return tableInputs(table).length === 1 && whyNotStreaming(table.changes.input, kindOf) === undefined;
}

function application(table: ScdTableNode) {
  const { keys, columns, trackHistory } = table.changes;
  return {
    events: "medallion_events",
    keys,
    columns: columns.map((c) => c.name),
    orderable: columns.filter((c) => c.type.kind !== "map").map((c) => c.name),
    ...(trackHistory && { trackHistory }),
    quote: id,
  };
}

/** The change events: stored columns, sequence and delete flag. */
function eventsQuery(table: ScdTableNode, from: (name: string) => string): string {
  const { input, items, sequence, deleteWhen } = table.changes;
  const rows = query(input, from);
  const within = { dialect: duckdb, column: (c: { readonly name: string }) => id(c.name) };
  const columns = items.map((item) => `${printExpr(item.expr, within)} AS ${id(item.name)}`);
  const flag = deleteWhen ? `coalesce(${printExpr(deleteWhen, within)}, false)` : "false";
  return `SELECT ${[...columns, `${printExpr(sequence, within)} AS __sequence`, `${flag} AS __delete`].join(", ")} FROM (${rows})`;
}

// ---- shared

function inputName(name: string, context: TableContext): string {
  const node = context.nodes.get(name);
  if (node) return targetName(node);
  throw new RunError({ code: "TBL003", message: `there is no table "${name}" in the pipeline`, table: name });
}

function query(node: RelationNode, from: (input: string) => string): string {
  return printQuery(node, {
    dialect: duckdb,
    table: from,
    source: (source) => source.path.split(".").map(id).join("."),
  });
}

/** Runs a query into its table, by way of a staging table where rules are to be counted. */
async function writeQuery(table: QueryTableNode, sql: string, context: TableContext): Promise<Judged> {
  const { warehouse } = context;
  const target = targetName(table);
  const columns = table.columns.map((c) => id(c.name));
  const flags = flagsOf(table);
  if (flags.length === 0) {
    const written = await warehouse.changes(`INSERT INTO ${target} (${columns.join(", ")})\n${sql}`);
    return { staged: written, written, quarantined: 0, expectations: [] };
  }
  const rules = flags.map((f) => `${f.sql} AS ${f.column}`).join(", ");
  await warehouse.exec(`CREATE OR REPLACE TEMP TABLE medallion_stage AS SELECT *, ${rules} FROM (\n${sql}\n)`);
  const origin = text(tableInputs(table).join(", "));
  const judged = await judge(warehouse, {
    table,
    staged: "medallion_stage",
    columns,
    flags,
    origin,
    target,
    updateId: context.updateId,
  });
  await warehouse.exec("DROP TABLE medallion_stage");
  return judged;
}

async function finish(
  table: TableNode,
  context: TableContext,
  before: TableState | undefined,
  changed: boolean,
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  const state = nextState(table, before, context, changed);
  await writeState(context.warehouse, state, currentInputs(table, context, positions));
  context.tables.set(table.name, state);
}

function outcome(read: number, judged: Judged): Outcome {
  const { written, quarantined, expectations } = judged;
  return {
    skipped: false,
    rowsRead: read,
    rowsWritten: written,
    rowsDropped: read - written - quarantined,
    rowsQuarantined: quarantined,
    expectations,
  };
}
