/** Plans an update: reads what is there, decides, and says what stands alongside the pipeline. */

import { companionName } from "../../../ast/companions.ts";
import { tableParams } from "../../../ast/params.ts";
import { fullName, type PipelineNode, type TableNode } from "../../../ast/pipeline.ts";
import { RESCUED } from "../../../ast/stored.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { plannedRefresh } from "../../../lower/incremental/maintain.ts";
import { isFileRead } from "../../../lower/reads.ts";
import type { LoweredPipeline, LoweredTable } from "../../../lower/table.ts";
import { definitionOf, readsFiles, settingsOf } from "../../../settings/definition.ts";
import { duckdbType } from "../../../targets/duckdb/dialect.ts";
import { nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import type { PlanWarning, TablePlan } from "../../plan.ts";
import { arrivalsOfAll, arrivalWords, type Listed, listReads } from "../files/arrivals.ts";
import type { GivenRows } from "../inputs/inputs.ts";
import type { Params } from "../params.ts";
import { type FilesRead, filesRead, versionCount } from "../state/files.ts";
import { type InputState, readInputs, type TableState } from "../state/state.ts";
import type { Described } from "../tables/context.ts";
import type { Catalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";
import { baseDirOf } from "./base-dir.ts";
import { clockMoved } from "./clock.ts";
import { compare } from "./compare.ts";
import { decideAll, goesOn, isSuspect } from "./decide.ts";
import type { ArrivalFacts, Decision, FileFacts, Loss, TableFacts } from "./decision.ts";
import { type PhysicalTable, readFileRows, readPhysical } from "./facts.ts";
import { lostWithFiles, NO_FILE_LEFT } from "./gone.ts";
import { heldVersions } from "./history.ts";
import { inWords } from "./loss.ts";
import { findOrphans, type Orphan, orphanWarning } from "./orphans.ts";
import type { Rename } from "./renames.ts";

/** What is planned. */
interface PlanRequest {
  readonly pipeline: PipelineNode;
  /** Its tables as they are lowered. */
  readonly plan: LoweredPipeline;
  readonly session: Session;
  /** What stands in the warehouse. */
  readonly catalog: Catalog;
  /** The state of every table that the warehouse knows. */
  readonly known: readonly TableState[];
  /** Tables that have their names from this update. */
  readonly renames: readonly Rename[];
  readonly params: Params;
  readonly baseDir: string;
  /** Rows that are given instead of files. */
  readonly rows: GivenRows;
  readonly startedAt: Date;
  readonly fullRefresh: boolean;
  readonly acceptLoss: true | readonly string[];
  /** Tables that the update is for; others are not fully refreshed. */
  readonly wanted: ReadonlySet<string>;
  /** Also lists the files of tables that nothing has changed in, to say what an update would read. */
  readonly thorough: boolean;
}

export interface Planned {
  /** By name, for every table of the pipeline. */
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly described: ReadonlyMap<string, Described>;
  readonly warnings: readonly PlanWarning[];
  /** The state of every table that the warehouse knows. */
  readonly known: readonly TableState[];
  /** State of the pipeline's tables, by name. */
  readonly states: ReadonlyMap<string, TableState>;
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  /** The files that each table has read, by the name of the table. */
  readonly files: ReadonlyMap<string, FilesRead>;
}

/** What the plan of each table is made of: what was asked for, and what the warehouse holds. */
interface Planning extends PlanRequest {
  readonly states: ReadonlyMap<string, TableState>;
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  readonly physical: ReadonlyMap<string, PhysicalTable>;
  readonly orphans: readonly Orphan[];
  /** What DuckDB calls the types of columns. */
  readonly types: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FilesRead>;
  /** Is given what an update would warn of. */
  readonly warnings: PlanWarning[];
}

export async function planUpdate(request: PlanRequest): Promise<Planned> {
  const planning = await planningOf(request);
  const { states, inputs, files, orphans, physical, fullRefresh, wanted, acceptLoss } = planning;
  const facts: TableFacts[] = [];
  for (const lowered of request.plan.plans.values()) facts.push(await factsOf(lowered, planning));
  const decided = decideAll(facts, {
    fullRefresh: (table) => fullRefresh && wanted.has(table.name),
    accepts: (table) => accepts(acceptLoss, table),
  });
  return {
    decisions: new Map(decided.map((d) => [d.table, { ...d, ...rowsToRead(d, facts, physical) }])),
    described: new Map(facts.map((f) => [f.node.name, { definition: f.definition, settings: f.settings }])),
    warnings: [...orphans.map(orphanWarning), ...otherBaseDir(facts), ...planning.warnings],
    known: request.known,
    states,
    inputs,
    files,
  };
}

async function planningOf(request: PlanRequest): Promise<Planning> {
  const { session, known, pipeline, plan, catalog } = request;
  const layers = new Map(pipeline.tables.map((t) => [t.name, t.layer]));
  const states = new Map(known.filter((s) => layers.get(s.name) === s.layer).map((s) => [s.name, s]));
  const inputs = await readInputs(session);
  const physical = await readPhysical(session, catalog, known);
  const files = await filesRead(session);
  const orphans = await findOrphans(session, pipeline, known, { physical, files });
  const types = await normalTypes(session, [...plan.plans.values()], states);
  return { ...request, states, inputs, physical, files, orphans, types, warnings: [] };
}

/** Rows of the inputs that are read again, where a table reads tables. */
function rowsToRead(
  { table, action }: Decision,
  all: readonly TableFacts[],
  physical: ReadonlyMap<string, PhysicalTable>,
): { readonly rows?: number } {
  if (action !== "recompute" && action !== "rebuild") return {};
  const layers = new Map(all.map(({ node }) => [node.name, node.layer]));
  const { inputs = [] } = all.find(({ node }) => node.name === table) ?? {};
  if (inputs.length === 0) return {};
  return { rows: inputs.reduce((sum, name) => sum + (physical.get(`${layers.get(name)}.${name}`)?.rows ?? 0), 0) };
}

/** @throws RunError `TBL003` where a name of `acceptLoss` is of no table. */
export function checkAccepted(accepted: true | readonly string[], tables: readonly TableNode[]): void {
  if (accepted === true) return;
  const unknown = accepted.find((name) => !tables.some((table) => accepts([name], table)));
  if (unknown === undefined) return;
  throw failure({
    code: "TBL003",
    message: `acceptLoss: there is no table "${unknown}"`,
    help: `the tables are: ${tables.map(nameOf).join(", ")}`,
  });
}

const accepts = (accepted: true | readonly string[], table: TableNode): boolean =>
  accepted === true || accepted.includes(table.name) || accepted.includes(fullName(table));

async function factsOf(lowered: LoweredTable, planning: Planning): Promise<TableFacts> {
  const known = knownOf(lowered, planning);
  const { session, fullRefresh, wanted } = planning;
  // One that the update is not for starts over where a table does that it reads.
  const refresh = fullRefresh && (wanted.has(known.node.name) || known.inputs.length > 0);
  const suspect = isSuspect(known, refresh);
  const heldBy = suspect && !goesOn(known, refresh) ? await heldVersions(session, lowered, planning) : undefined;
  return { ...known, ...(heldBy && { heldBy }), ...(await factsOfFiles(known, lowered, suspect, planning)) };
}

/** What is known of a table without a look at its files and rows. */
function knownOf(lowered: LoweredTable, planning: Planning): TableFacts {
  const { params, startedAt, renames, plan, physical, types } = planning;
  const { table, mode, columns, quarantine, inputs } = lowered;
  const state = planning.states.get(table.name);
  const name = fullName(table);
  const read = planning.inputs.get(name) ?? [];
  const renamed = renames.find(({ layer, to }) => layer === table.layer && to === table.name);
  return {
    node: table,
    mode,
    ...(renamed && { renamedFrom: fullName({ layer: renamed.layer, name: renamed.from }) }),
    left: leftBehind(inputs, read, planning.orphans),
    definition: definitionOf(table, mode),
    settings: settingsOf(table),
    secrets: tableParams(table).flatMap((p) => (p.secret === undefined ? [] : [p.name])),
    values: params.valuesOf(table, state?.params.at(-1)?.values),
    state,
    baseDir: baseDirOf(lowered, state, planning),
    read,
    physical: physical.get(name),
    rememberedFiles: versionCount(planning.files.get(table.name)),
    quarantine: quarantine && {
      columns: quarantine.columns.map((c) => c.name),
      physical: physical.get(companionName(name, "quarantine")),
    },
    columns: new Map(columns.map(({ name: of, type }) => [of, types.get(duckdbType(type)) ?? duckdbType(type)])),
    clock: state && clockMoved(table, state.updatedAt, startedAt) ? "moved" : "still",
    refresh: () => plannedRefresh(lowered, plan.tables),
    follows: followed(lowered),
    inputs,
  };
}

/** What a table has read of tables that are not in the pipeline any more, and what it reads now may not have. */
function leftBehind(
  inputs: readonly string[],
  read: readonly InputState[],
  orphans: readonly Orphan[],
): readonly Loss[] {
  const before = new Set(read.map(({ input }) => input));
  const instead = (name: string) => inputs.some((input) => input === name || !before.has(input));
  return orphans
    .filter(({ state: { name }, holds }) => holds.length > 0 && before.has(name) && instead(name))
    .map(
      ({ state, holds }): Loss => ({
        words: `what ${fullName(state)}, which is not in the pipeline any more, holds and its new input does not have: ${inWords(holds)}`,
        remedies: ["rename", ...holds.flatMap((lost) => lost.remedies ?? [])],
      }),
    );
}

/** The tables whose new rows it reads, and that must not start over under it. */
function followed(lowered: LoweredTable): readonly string[] {
  if (lowered.mode !== "append" && lowered.mode !== "changes") return [];
  return [...new Set(lowered.reads.filter((read) => !read.once).flatMap((read) => read.inputs))];
}

/** What DuckDB calls the types of the columns that are there. */
async function normalTypes(
  session: Session,
  plans: readonly LoweredTable[],
  states: ReadonlyMap<string, TableState>,
): Promise<ReadonlyMap<string, string>> {
  const there = plans.filter(({ table }) => states.has(table.name));
  const types = [...new Set(there.flatMap(({ columns }) => columns.map((c) => duckdbType(c.type))))];
  if (types.length === 0) return new Map();
  const [row] = await session.rows(
    `SELECT ${types.map((type, i) => `typeof(CAST(NULL AS ${type})) AS t${i}`).join(", ")}`,
  );
  return new Map(types.map((type, i) => [type, String(row?.[`t${i}`])]));
}

/**
 * What is to be found out of the files of a table: where its rows may have to be read again (`suspect`), or where a plan is
 * to tell what an update would read.
 */
async function factsOfFiles(
  facts: TableFacts,
  lowered: LoweredTable,
  suspect: boolean,
  planning: Planning,
): Promise<Pick<TableFacts, "files" | "arrivals">> {
  const { session, physical, thorough, wanted } = planning;
  const { node, baseDir } = facts;
  if (lowered.mode !== "ingest" && lowered.mode !== "replace") return {};
  if (!suspect && !thorough) return {};
  const reads = lowered.reads.filter(isFileRead);
  const { state, definition } = facts;
  const added = state && compare(state.definition, definition).addedStreams;
  const listed = await listReads(reads, added, { ...planning, baseDir });
  const found = thorough && wanted.has(node.name);
  const arrivals = found ? await arrivalFacts(facts, listed, planning) : undefined;
  if (!suspect) return arrivals ? { arrivals } : {};
  const files: FileFacts = {
    rows: await readFileRows(session, node, { physical, files: planning.files, baseDir }),
    listed: new Set(listed.flatMap((one) => one.files.map((file) => file.path))),
    leftovers: await leftovers(session, node, physical),
  };
  return { files, ...(arrivals && { arrivals }) };
}

async function arrivalFacts(
  { node, state, baseDir }: TableFacts,
  listed: readonly Listed[],
  { session, files, warnings }: Planning,
): Promise<ArrivalFacts> {
  const read: FilesRead = (state && files.get(node.name)) ?? new Map();
  const arrivals = await arrivalsOfAll(listed, read, baseDir);
  for (const { message, details } of arrivals.flatMap((one) => one.warnings))
    warnings.push({
      code: details.code,
      message,
      ...(details.help !== undefined && { help: details.help }),
      table: node.name,
    });
  const loses = state ? await lostWithFiles(session, node, arrivals) : [];
  return {
    files: arrivals.reduce((sum, one) => sum + one.files.length, 0),
    why: arrivalWords(arrivals),
    refused: [
      ...arrivals.flatMap(({ forbidden }) => (forbidden === undefined ? [] : [`${forbidden} (onChange: fail)`])),
      ...(loses.length > 0 ? [NO_FILE_LEFT] : []),
    ],
    loses,
  };
}

async function leftovers(
  session: Session,
  table: TableNode,
  physical: ReadonlyMap<string, PhysicalTable>,
): Promise<boolean> {
  const target = nameOf(table);
  const name = fullName(table);
  const there = (of: string, column: string) => physical.get(of)?.columns.has(column) === true;
  if (!there(name, RESCUED) || !there(companionName(name, "quarantine"), "_source")) return true;
  const found = await session.count(
    `SELECT (SELECT count(*) FROM ${target} WHERE _rescued_data IS NOT NULL) + (SELECT count(*) FROM ${quarantineName(table)})`,
  );
  return found > 0;
}

function otherBaseDir(facts: readonly TableFacts[]): readonly PlanWarning[] {
  const moved = facts.flatMap(({ state, baseDir }) =>
    state && readsFiles(state.definition.mode) && state.baseDir !== baseDir ? [{ ...state, now: baseDir }] : [],
  );
  const [first] = moved;
  if (!first) return [];
  const tables = moved.map(fullName).join(", ");
  return [
    {
      code: "STATE005",
      message: `the files of ${tables} were read from the base directory ${first.baseDir} so far, and are read from ${first.now} now`,
      help: "files are known by their paths in the base directory: use another warehouse for other data",
    },
  ];
}

/** The plan of a table without what only the engine needs. */
export function shown(decision: Decision): TablePlan {
  const { table, layer, action, why, loses, accept, files, rows, refresh } = decision;
  return {
    table,
    layer,
    action,
    why,
    loses: loses.map((lost) => lost.words),
    ...(accept !== undefined && { accept }),
    ...(files !== undefined && { files }),
    ...(rows !== undefined && { rows }),
    ...(refresh && { refresh }),
  };
}
