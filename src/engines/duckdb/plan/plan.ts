/** Plans an update: reads what is there, decides, and says what stands beside the pipeline. */
import { tableParams } from "../../../analyze/params.ts";
import type { PipelineNode, TableNode } from "../../../ast/pipeline.ts";
import { RunError } from "../../../core/errors.ts";
import { isFileRead } from "../../../plan/reads.ts";
import type { TablePlan as LoweredTable, PipelinePlan } from "../../../plan/table.ts";
import { definitionOf, settingsOf } from "../../../settings/definition.ts";
import { duckdbType } from "../../../targets/duckdb/dialect.ts";
import { nameOf, quarantineName } from "../../../targets/duckdb/tables.ts";
import type { PlanWarning, TablePlan } from "../../plan.ts";
import { filesRead, sortFiles } from "../file-state.ts";
import { listFiles } from "../files.ts";
import type { Params } from "../params.ts";
import type { Session } from "../session.ts";
import { type InputState, readInputs, type TableState } from "../state.ts";
import type { Described } from "../tables/context.ts";
import { clockMoved } from "./clock.ts";
import { readsFiles } from "./compare.ts";
import { decideAll, isSuspect } from "./decide.ts";
import type { Decision, FileFacts, TableFacts } from "./decision.ts";
import { type PhysicalTable, readFileRows, readPhysical } from "./facts.ts";

/** What is planned. */
export interface PlanRequest {
  readonly pipeline: PipelineNode;
  /** Its tables as they are lowered. */
  readonly plan: PipelinePlan;
  readonly session: Session;
  /** The state of every table that the warehouse knows. */
  readonly known: readonly TableState[];
  readonly params: Params;
  readonly baseDir: string;
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
  /** State of the pipeline's tables, by name. */
  readonly states: ReadonlyMap<string, TableState>;
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
}

export async function planUpdate(request: PlanRequest): Promise<Planned> {
  const { session, known, pipeline, plan, baseDir, fullRefresh } = request;
  const inputs = await readInputs(session);
  const physical = await readPhysical(session, known);
  const layers = new Map(pipeline.tables.map((t) => [t.name, t.layer]));
  const states = new Map(known.filter((s) => layers.get(s.name) === s.layer).map((s) => [s.name, s]));
  const warehouse = {
    states,
    inputs,
    physical,
    types: await normalTypes(session, [...plan.plans.values()], states),
    remembered: await rememberedFiles(session),
  };
  const facts: TableFacts[] = [];
  for (const lowered of plan.plans.values()) {
    const plain = factsOf(lowered, request, warehouse);
    const suspect = readsFiles(plain.mode) && isSuspect(plain, fullRefresh);
    facts.push(suspect || request.thorough ? await withFiles(plain, lowered, suspect, request, physical) : plain);
  }
  const decided = decideAll(facts, {
    fullRefresh: (table) => fullRefresh && request.wanted.has(table.name),
    baseDir,
    accepts: (table) => accepts(request.acceptLoss, table),
  });
  return {
    decisions: new Map(decided.map((d) => [d.table, { ...d, ...rowsToRead(d, facts, physical) }])),
    described: new Map(facts.map((f) => [f.node.name, { definition: f.definition, settings: f.settings }])),
    warnings: [...orphans(known, physical, request), ...otherBaseDir(states, baseDir)],
    states,
    inputs,
  };
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
  throw new RunError({
    code: "TBL003",
    message: `acceptLoss: there is no table "${unknown}"`,
    help: `the tables are: ${tables.map(nameOf).join(", ")}`,
  });
}

const accepts = (accepted: true | readonly string[], { layer, name }: TableNode): boolean =>
  accepted === true || accepted.includes(name) || accepted.includes(`${layer}.${name}`);

interface Known {
  readonly states: ReadonlyMap<string, TableState>;
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  readonly physical: ReadonlyMap<string, PhysicalTable>;
  readonly types: ReadonlyMap<string, string>;
  readonly remembered: ReadonlyMap<string, number>;
}

function factsOf(lowered: LoweredTable, { params, startedAt }: PlanRequest, known: Known): TableFacts {
  const { table, mode, columns, quarantine, inputs } = lowered;
  const state = known.states.get(table.name);
  const name = `${table.layer}.${table.name}`;
  return {
    node: table,
    mode,
    definition: definitionOf(table, mode),
    settings: settingsOf(table),
    secrets: tableParams(table).flatMap((p) => (p.secret === undefined ? [] : [p.name])),
    values: params.valuesOf(table),
    state,
    read: known.inputs.get(name) ?? [],
    physical: known.physical.get(name),
    rememberedFiles: known.remembered.get(table.name) ?? 0,
    quarantine: !quarantine || known.physical.has(`${name}_quarantine`),
    columns: new Map(columns.map(({ name: of, type }) => [of, known.types.get(duckdbType(type)) ?? duckdbType(type)])),
    clock: state && clockMoved(table, state.updatedAt, startedAt) ? "moved" : "still",
    follows: followed(lowered),
    inputs,
  };
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

async function rememberedFiles(session: Session): Promise<ReadonlyMap<string, number>> {
  const rows = await session.rows("SELECT table_name AS name, count(*) AS n FROM _medallion.files GROUP BY 1");
  return new Map(rows.map((row) => [String(row["name"]), Number(row["n"])]));
}

async function withFiles(
  facts: TableFacts,
  lowered: LoweredTable,
  suspect: boolean,
  request: PlanRequest,
  physical: ReadonlyMap<string, PhysicalTable>,
): Promise<TableFacts> {
  const { session, baseDir, params } = request;
  const { node, state } = facts;
  if (lowered.mode !== "ingest" && lowered.mode !== "replace") return facts;
  const sources = lowered.reads.filter(isFileRead).map(({ query }) => query);
  const listed = (await Promise.all(sources.map((source) => listFiles(params.path(source.path), baseDir)))).flatMap(
    (one) => one.files,
  );
  const { fresh } = sortFiles(state ? await filesRead(session, node.name) : new Map(), listed);
  if (!suspect) return { ...facts, newFiles: fresh.length };
  const files: FileFacts = {
    rows: await readFileRows(session, node, physical, baseDir),
    listed: new Set(listed.map((file) => file.path)),
    leftovers: await leftovers(session, node, physical),
  };
  return { ...facts, files, newFiles: fresh.length };
}

async function leftovers(
  session: Session,
  table: TableNode,
  physical: ReadonlyMap<string, PhysicalTable>,
): Promise<boolean> {
  const target = nameOf(table);
  const name = `${table.layer}.${table.name}`;
  const there = (of: string, column: string) => physical.get(of)?.columns.has(column) === true;
  if (!there(name, "_rescued_data") || !there(`${name}_quarantine`, "_source")) return true;
  const found = await session.count(
    `SELECT (SELECT count(*) FROM ${target} WHERE _rescued_data IS NOT NULL) + (SELECT count(*) FROM ${quarantineName(table)})`,
  );
  return found > 0;
}

/** Tables that this pipeline made and does not have any more. They are never dropped without being asked. */
function orphans(
  known: readonly TableState[],
  physical: ReadonlyMap<string, PhysicalTable>,
  { pipeline }: PlanRequest,
): readonly PlanWarning[] {
  const has = new Set(pipeline.tables.map((t) => `${t.layer}.${t.name}`));
  return known.flatMap(({ pipeline: owner, layer, name }) => {
    const table = `${layer}.${name}`;
    if (owner !== pipeline.name || has.has(table) || !physical.has(table)) return [];
    const target = nameOf({ layer, name });
    const aside = physical.has(`${table}_quarantine`) ? ` DROP TABLE ${quarantineName({ layer, name })};` : "";
    return [
      {
        code: "STATE004",
        message: `${table} is not in the pipeline any more: the table stays in the warehouse as it is`,
        help: `drop it if nobody needs it: DROP TABLE ${target};${aside}`,
        table: name,
      },
    ];
  });
}

function otherBaseDir(states: ReadonlyMap<string, TableState>, baseDir: string): readonly PlanWarning[] {
  const moved = [...states.values()].filter((s) => readsFiles(s.definition.mode) && s.baseDir !== baseDir);
  const [first] = moved;
  if (!first) return [];
  const tables = moved.map((s) => `${s.layer}.${s.name}`).join(", ");
  return [
    {
      code: "STATE005",
      message: `the files of ${tables} were read from the base directory ${first.baseDir} so far, and are read from ${baseDir} now`,
      help: "files are known by their paths in the base directory: use another warehouse for other data",
    },
  ];
}

/** The plan of a table without what only the engine needs. */
export function shown(decision: Decision): TablePlan {
  const { table, layer, action, why, loses, accept, files, rows } = decision;
  return {
    table,
    layer,
    action,
    why,
    loses,
    ...(accept !== undefined && { accept }),
    ...(files !== undefined && { files }),
    ...(rows !== undefined && { rows }),
  };
}
