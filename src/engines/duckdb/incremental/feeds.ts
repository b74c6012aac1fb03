/**
 * Change feeds: what each write of a table added and removed, for the materialized views that read it. A feed is a table of
 * the engine's own, written in the transaction of its table and kept for as long as a reader has not read it. What is known
 * of it stands among the positions of readers (`_medallion.inputs`). Append-only tables need none: there, row ids tell. Where
 * the last write of another table only added rows, and all before it is read, row ids tell too: its rows are not copied.
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
  /** The feed is of one version, which only added rows: those of the table from this row id on. None is copied. */
  readonly tail?: number;
}

/** The feeds by the names of their tables; `recording` names the tables that are being written. */
export interface Feeds {
  readonly known: Map<string, Feed>;
  readonly recording: Map<string, Pick<Feed, "since" | "tail">>;
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
    if (state) known.set(table.name, feedOf(state));
    const [partial] = inputs.get(partialsName(table)) ?? [];
    if (partial) partials.set(table.name, partial);
  }
  return { known, recording: new Map(), partials };
}

/** What the state says of a feed: from which version to which, or the version of its tail and where that starts. */
function feedOf({ input, generation, version, position }: InputState): Feed {
  return input === TAIL
    ? { generation, since: version - 1, through: version, tail: position }
    : { generation, since: version, through: position };
}

const feedState = ({ generation, since, through, tail }: Feed): InputState =>
  tail === undefined
    ? { input: "feed", generation, version: since, position: through }
    : { input: TAIL, generation, version: through, position: tail };

const TAIL = "tail";

/** The version of its table that a feed goes to, by its state. */
export const goesTo = (state: InputState): number => feedOf(state).through;

const columnsOf = ({ columns }: TableNode): string => columns.map((column) => id(column.name)).join(", ");

/** Rows that a table gained or lost after a version. */
export function rowsOfFeed(table: TableNode, { tail }: Feed, after: number, sign: 1 | -1): string {
  const rows =
    tail === undefined
      ? `${feedName(table)} WHERE ${VERSION} > ${after} AND ${SIGN} = ${sign}`
      : `${nameOf(table)} WHERE rowid >= ${tail}`;
  return `(SELECT ${columnsOf(table)} FROM ${rows})`;
}

/**
 * How many rows a table gained (`added`) and lost (`removed`) after a version; `undefined` where row ids do not tell any
 * more, since others have deleted rows.
 */
export async function countOfFeed(
  table: TableNode,
  { tail }: Feed,
  after: number,
  session: Session,
): Promise<{ readonly added: number; readonly removed: number } | undefined> {
  if (tail !== undefined) {
    const added = await rowsFrom(table, tail, session);
    return added === undefined ? undefined : { added, removed: 0 };
  }
  const of = (sign: 1 | -1) => `count(*) FILTER (WHERE ${SIGN} = ${sign})`;
  const [row] = await session.rows(
    `SELECT ${of(1)} AS added, ${of(-1)} AS removed FROM ${feedName(table)} WHERE ${VERSION} > ${after}`,
  );
  return { added: Number(row?.["added"]), removed: Number(row?.["removed"]) };
}

/** How many rows a table has from a row id on; `undefined` where any is missing before it: DuckDB may renumber them. */
async function rowsFrom(table: TableNode, start: number, session: Session): Promise<number | undefined> {
  const name = nameOf(table);
  const [row] = await session.rows(
    `SELECT (SELECT count(*) FROM ${name}) AS n, count(*) AS added FROM ${name} WHERE rowid >= ${start}`,
  );
  const added = Number(row?.["added"]);
  return Number(row?.["n"]) === start + added ? added : undefined;
}

/** Whether what a write changes of a table is recorded for others. */
export const isRecorded = ({ table, kind }: LoweredTable, plan: LoweredPipeline): boolean =>
  kind !== "streaming" && readersOf(table, plan).length > 0;

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
  if (!isRecorded(lowered, plan)) {
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
  const read = goesOn && (await forgetRead(table, goesOn, { session, plan, inputs }));
  if (read === undefined) await session.exec(createFeed(lowered));
  const since = read ?? before.version;
  const tail = outdated?.rows === 0 && since === before.version ? await endOfWhole(table, session) : undefined;
  if (tail !== undefined) {
    const made = await work();
    feeds.recording.set(table.name, { since, tail });
    return { made, changes: undefined };
  }
  const columns = columnsOf(table);
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

/** The row id from which on a table gains rows, where none is missing before it. */
async function endOfWhole(table: TableNode, session: Session): Promise<number | undefined> {
  const end = await session.count(`SELECT count(*) FROM ${nameOf(table)}`);
  return (await rowsFrom(table, end, session)) === 0 ? end : undefined;
}

/**
 * Removes the changes that every reader has read, and copies the rows of a tail that some reader has not. Gives the version
 * from which on the feed is complete; `undefined` where it is not, since others have deleted rows.
 */
async function forgetRead(
  table: TableNode,
  feed: Feed,
  { session, plan, inputs }: Pick<Recording, "session" | "plan" | "inputs">,
): Promise<number | undefined> {
  const read = readersOf(table, plan).flatMap((reader) => {
    const states = inputs.get(fullName(reader.table)) ?? [];
    const state = readOf(states, { input: table.name });
    return state?.generation === feed.generation ? [state.version] : [];
  });
  const least = Math.max(feed.since, Math.min(feed.through, ...read));
  const { tail, through } = feed;
  if (tail === undefined) {
    if (least > feed.since) await session.exec(`DELETE FROM ${feedName(table)} WHERE ${VERSION} <= ${least}`);
    return least;
  }
  if (least === through) return least;
  if ((await rowsFrom(table, tail, session)) === undefined) return undefined;
  const columns = columnsOf(table);
  await session.exec(
    `INSERT INTO ${feedName(table)} (${VERSION}, ${SIGN}, ${columns}) SELECT ${through}, 1, ${columns} FROM ${nameOf(table)} WHERE rowid >= ${tail}`,
  );
  return least;
}

/** Writes how far the feed goes: to the version of the table that its state has now. */
export async function settleFeed(session: Session, feeds: Feeds, state: WrittenState): Promise<void> {
  const recording = feeds.recording.get(state.name);
  feeds.recording.delete(state.name);
  const name = stateName(state);
  const known = feeds.known.get(state.name);
  const { generation, version } = state;
  const goesOn = known?.generation === generation && known.through === version;
  if (!recording) {
    // A write that was not recorded leaves a gap.
    if (known && !goesOn && feeds.known.delete(state.name))
      await session.exec(`DELETE FROM _medallion.inputs WHERE table_name = ${text(name)}`);
    return;
  }
  const { tail } = recording;
  const since = Math.min(recording.since, version);
  // Nothing came: what is known stays true.
  if (goesOn && tail !== undefined && since === version) return;
  const feed = { generation, since, through: version, ...(tail !== undefined && since < version && { tail }) };
  await writeInputs(session, name, [feedState(feed)], known ? [feedState(known)] : []);
  feeds.known.set(state.name, feed);
}

/** Removes the feed of a table: its rows are of columns that the table does not have any more, or nobody reads it. */
export async function forgetFeed(
  table: Named,
  { session, feeds }: { readonly session: Session; readonly feeds: Feeds },
): Promise<void> {
  if (!feeds.known.delete(table.name)) return;
  await session.exec(forgetKept(stateName(table)).join(";\n"));
}
