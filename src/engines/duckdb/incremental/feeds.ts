/**
 * Change feeds: what each write of a table added and removed, for the materialized views that read it. A feed is a table of
 * the engine's own, written in the transaction of its table and kept for as long as a reader has not read it. What is known
 * of it stands among the positions of readers (`_medallion.inputs`). Append-only tables need none: there, row ids tell.
 */
import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import { isMaintained, maintenanceOf } from "../../../lower/incremental/maintain.ts";
import { isKeyType } from "../../../lower/incremental/parts.ts";
import type { LoweredPipeline, LoweredTable } from "../../../lower/table.ts";
import { duckdbType, duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { Decision } from "../plan/decision.ts";
import { type InputState, readOf, type WrittenState, writeInputs } from "../state/state.ts";
import type { Session } from "../warehouse/session.ts";

/** What a feed holds: the changes of a table after the version `since`, up to `through`. */
interface Feed {
  readonly generation: string;
  readonly since: number;
  readonly through: number;
}

/** The feeds by the names of their tables; `recording` names the tables that are being written. */
export interface Feeds {
  readonly known: Map<string, Feed>;
  readonly recording: Map<string, { readonly since: number }>;
  /** The state of each view that its partial rows are of, and how many those are. */
  readonly partials: Map<string, InputState>;
}

type Named = Pick<TableNode, "layer" | "name">;

/** What the feed of a table is called in the state. */
export const stateName = (table: Named): string => `changes of ${fullName(table)}`;
const feedName = (table: Named): string => `_medallion.${id(stateName(table))}`;

/** What partial rows of a view are called: in the state, and as a table. */
export const partialsName = (table: Named): string => `partials of ${fullName(table)}`;
export const partialsTable = (table: Named): string => `_medallion.${id(partialsName(table))}`;

/** Removes what the engine keeps for the readers and groups of a table that has another name now: it is made again. */
export function forgetStatements(table: Named): readonly string[] {
  return [stateName(table), partialsName(table)].flatMap(forgetKept);
}

/** Removes a feed or partial rows, by their name in the state. */
export const forgetKept = (name: string): readonly string[] => [
  `DROP TABLE IF EXISTS _medallion.${id(name)}`,
  `DELETE FROM _medallion.inputs WHERE table_name = ${text(name)}`,
];

/** Columns of a feed before those of its table: the version of the table that the change made, and 1 or -1. */
const VERSION = "__medallion_version";
const SIGN = "__medallion_sign";
/** How many more times a row is there than before. */
const MORE = "__medallion_more";

export function feedsOf(inputs: ReadonlyMap<string, readonly InputState[]>, tables: Iterable<TableNode>): Feeds {
  const known = new Map<string, Feed>();
  const partials = new Map<string, InputState>();
  for (const table of tables) {
    const [state] = inputs.get(stateName(table)) ?? [];
    if (state) known.set(table.name, { generation: state.generation, since: state.version, through: state.position });
    const [partial] = inputs.get(partialsName(table)) ?? [];
    if (partial) partials.set(table.name, partial);
  }
  return { known, recording: new Map(), partials };
}

/** Rows that a table gained or lost after a version. */
export function rowsOfFeed(table: TableNode, after: number, sign: 1 | -1): string {
  const columns = table.columns.map((column) => id(column.name)).join(", ");
  return `(SELECT ${columns} FROM ${feedName(table)} WHERE ${VERSION} > ${after} AND ${SIGN} = ${sign})`;
}

/** How many rows a table gained (`added`) and lost (`removed`) after a version. */
export function countOfFeed(table: TableNode, after: number): string {
  const of = (sign: 1 | -1) => `count(*) FILTER (WHERE ${SIGN} = ${sign})`;
  return `SELECT ${of(1)} AS added, ${of(-1)} AS removed FROM ${feedName(table)} WHERE ${VERSION} > ${after}`;
}

/** The views that read a table by its feed: those that are maintained. */
function readersOf({ name }: TableNode, { plans, tables }: LoweredPipeline): readonly LoweredTable[] {
  return [...plans.values()].filter(
    (reader) => reader.inputs.includes(name) && isMaintained(maintenanceOf(reader, tables)),
  );
}

/** Rows that are about to be removed: how many, and their temporary table. */
export interface Outdated {
  readonly rows: number;
  readonly table: string;
}

interface Recording {
  readonly session: Session;
  readonly plan: LoweredPipeline;
  readonly feeds: Feeds;
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  readonly decisions: ReadonlyMap<string, Pick<Decision, "reshapes">>;
  readonly before: WrittenState | undefined;
  /** Of work that removes no other rows and only adds new ones; absent: any may change. */
  readonly outdated?: Outdated;
}

/**
 * Does the work and writes to the feed of the table, if it has one, what the work has changed; in the transaction that is
 * open. `settleFeed` completes it. Gives how many rows are changed, where that is known.
 */
export async function recorded<T>(
  lowered: LoweredTable,
  { session, plan, feeds, inputs, decisions, before, outdated }: Recording,
  work: () => Promise<T>,
): Promise<{ readonly made: T; readonly changes: number | undefined }> {
  const { table } = lowered;
  const feed = feeds.known.get(table.name);
  if (lowered.kind === "streaming" || readersOf(table, plan).length === 0) {
    if (feed) await forgetFeed(table, { session, feeds });
    return { made: await work(), changes: undefined };
  }
  const version = (before?.version ?? -1) + 1;
  const rows = `FROM ${nameOf(table)} AS rows${outdated ? ` WHERE rows.rowid >= ${UNCOMMITTED}` : ""}`;
  // Rows of other columns cannot be compared with those that were there.
  const reshaped = decisions.get(table.name)?.reshapes === true;
  if (!before || reshaped || !(outdated || (await isWorthComparing(rows, session)))) {
    const made = await work();
    await session.exec(createFeed(lowered));
    feeds.recording.set(table.name, { since: version });
    return { made, changes: undefined };
  }
  const goesOn = feed?.generation === before.generation && feed.through === before.version ? feed : undefined;
  if (!goesOn) await session.exec(createFeed(lowered));
  const since = goesOn ? await forgetRead(table, goesOn, { session, plan, inputs }) : before.version;
  const columns = table.columns.map((column) => id(column.name)).join(", ");
  const old = outdated?.table ?? BEFORE;
  if (outdated === undefined) await session.exec(`CREATE OR REPLACE TEMP TABLE ${old} AS SELECT ${columns} ${rows}`);
  const made = await work();
  const changes = await session.changes(
    `INSERT INTO ${feedName(table)} (${VERSION}, ${SIGN}, ${columns})\n${difference(lowered, { columns, old: outdated?.rows === 0 ? undefined : old, rows, version })}`,
  );
  if (outdated === undefined) await session.exec(`DROP TABLE ${BEFORE}`);
  feeds.recording.set(table.name, { since });
  return { made, changes };
}

const BEFORE = "medallion_before";

/** DuckDB numbers the rows that the open transaction adds from far above those that are there, until it commits. */
const UNCOMMITTED = 2 ** 53;

/** More rows than these are not compared. */
const COMPARED = 250_000;

async function isWorthComparing(rows: string, session: Session): Promise<boolean> {
  return (await session.count(`SELECT count(*) ${rows}`)) <= COMPARED;
}

interface Compared {
  readonly columns: string;
  /** The table of the rows that were there, if there were any, and SQL after SELECT of those that are now. */
  readonly old: string | undefined;
  readonly rows: string;
  readonly version: number;
}

/** Rows that are there more often than before, or less often: one grouping takes a fifth of the time of EXCEPT ALL both ways. */
function difference({ table }: LoweredTable, { columns, old, rows, version }: Compared): string {
  if (old === undefined) return `SELECT ${version}, 1, ${columns} ${rows}`;
  // Values that are the same for a comparison may not be the same: of those the text is compared as well.
  const texts = table.columns
    .filter((column) => !isKeyType(column.type))
    .map(({ name }) => `CAST(${id(name)} AS VARCHAR)`);
  const both = `SELECT ${columns}, -1 AS ${SIGN} FROM ${old} UNION ALL SELECT ${columns}, 1 ${rows}`;
  const more = `CAST(sum(${SIGN}) AS BIGINT)`;
  return `SELECT ${version}, CASE WHEN ${MORE} < 0 THEN -1 ELSE 1 END, ${columns} FROM (
  SELECT ${columns}, ${MORE}, unnest(range(abs(${MORE}))) FROM (
    SELECT ${columns}, ${more} AS ${MORE} FROM (${both}) GROUP BY ${[columns, ...texts].join(", ")} HAVING ${more} <> 0
  )
)`;
}

function createFeed({ table, columns }: LoweredTable): string {
  const declared = new Set(table.columns.map((column) => column.name));
  const own = columns.filter((column) => declared.has(column.name)).map((c) => `${id(c.name)} ${duckdbType(c.type)}`);
  return `CREATE OR REPLACE TABLE ${feedName(table)} (${[`${VERSION} BIGINT`, `${SIGN} TINYINT`, ...own].join(", ")})`;
}

/** Removes the changes that every reader has read. Gives the version from which on the feed is complete. */
async function forgetRead(
  table: TableNode,
  feed: Feed,
  { session, plan, inputs }: Pick<Recording, "session" | "plan" | "inputs">,
): Promise<number> {
  const read = readersOf(table, plan).flatMap((reader) => {
    const states = inputs.get(fullName(reader.table)) ?? [];
    const state = readOf(states, { input: table.name });
    return state?.generation === feed.generation ? [state.version] : [];
  });
  const least = Math.max(feed.since, Math.min(feed.through, ...read));
  if (least > feed.since) await session.exec(`DELETE FROM ${feedName(table)} WHERE ${VERSION} <= ${least}`);
  return least;
}

const feedState = ({ generation, since, through }: Feed): InputState => ({
  input: "feed",
  generation,
  version: since,
  position: through,
});

/** Writes how far the feed goes: to the version of the table that its state has now. */
export async function settleFeed(session: Session, feeds: Feeds, state: WrittenState): Promise<void> {
  const recording = feeds.recording.get(state.name);
  feeds.recording.delete(state.name);
  const name = stateName(state);
  const known = feeds.known.get(state.name);
  if (!recording) {
    // A write that was not recorded leaves a gap.
    const isGap = known && (known.generation !== state.generation || known.through !== state.version);
    if (isGap && feeds.known.delete(state.name))
      await session.exec(`DELETE FROM _medallion.inputs WHERE table_name = ${text(name)}`);
    return;
  }
  const { generation, version } = state;
  const since = Math.min(recording.since, version);
  const inWarehouse = known ? [feedState(known)] : [];
  await writeInputs(session, name, [feedState({ generation, since, through: version })], inWarehouse);
  feeds.known.set(state.name, { generation, since, through: version });
}

/** Removes the feed of a table: its rows are of columns that the table does not have any more, or nobody reads it. */
export async function forgetFeed(
  table: Named,
  { session, feeds }: { readonly session: Session; readonly feeds: Feeds },
): Promise<void> {
  if (!feeds.known.delete(table.name)) return;
  await session.exec(forgetKept(stateName(table)).join(";\n"));
}
