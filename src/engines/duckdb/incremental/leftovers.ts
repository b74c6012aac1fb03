/**
 * What the engine keeps alongside tables and nobody goes on from: the heads of change targets that were rebuilt, feeds and
 * partial rows of tables that were written without them, and what is kept for tables that are not in the pipeline any more.
 */
import { fullName, type PipelineNode } from "../../../ast/pipeline.ts";
import type { InputState, TableState, WrittenState } from "../state/state.ts";
import type { Catalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";
import { type Feeds, forgetKept, partialsName, stateName } from "./feeds.ts";

const HEADS = "heads_";
const KEPT = "^(changes|partials) of ";

/** The table that holds the last event of each key of a change target; a rebuilt target has others. */
export const headsOf = (generation: string): string => `_medallion.${HEADS}${generation}`;

/** What an update found in the warehouse, and what it has made of it. */
export interface Left {
  /** What stood in the warehouse when it was opened. */
  readonly catalog: Catalog;
  readonly known: readonly TableState[];
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  /** The state that the tables of the pipeline have now, by their names. */
  readonly tables: ReadonlyMap<string, WrittenState>;
  readonly feeds: Feeds;
}

/** Whether there can be any: asking the warehouse costs an update of a small table a tenth of its time. */
export function mayBeLeft({ name: pipeline, tables: own }: PipelineNode, left: Left): boolean {
  const states = new Map<string, WrittenState>(left.known.map((state) => [fullName(state), state]));
  for (const state of left.tables.values()) states.set(fullName(state), state);
  const generations = new Set([...states.values()].map((state) => state.generation));
  const keeps = new Map<string, Pick<InputState, "generation" | "version">>();
  for (const [of, [kept]] of left.inputs) {
    if (kept) keeps.set(of, { generation: kept.generation, version: goesTo(kept) });
  }
  for (const table of own) {
    const [feed, partials] = [left.feeds.known.get(table.name), left.feeds.partials.get(table.name)];
    keeps.delete(stateName(table));
    keeps.delete(partialsName(table));
    if (feed) keeps.set(stateName(table), { generation: feed.generation, version: feed.through });
    if (partials) keeps.set(partialsName(table), partials);
  }
  const names = new Set(own.map(fullName));
  const isLeft = (name: string): boolean => {
    if (name.startsWith(HEADS)) return !generations.has(name.slice(HEADS.length));
    const of = name.replace(new RegExp(KEPT), "");
    if (of === name) return false;
    const [state, kept] = [states.get(of), keeps.get(name)];
    if (!state || (state.pipeline === pipeline && !names.has(of))) return true;
    return kept?.generation !== state.generation || kept.version !== state.version;
  };
  const there = [...left.catalog.relations.values()].filter(({ schema }) => schema === "_medallion");
  return [...there.map((relation) => relation.name), ...keeps.keys()].some(isLeft);
}

const goesTo = ({ input, position, version }: InputState): number => (input === "feed" ? position : version);

export async function dropLeftovers(session: Session, pipeline: PipelineNode): Promise<void> {
  await dropStaleHeads(session);
  await dropStaleKept(session, pipeline);
}

async function dropStaleHeads(session: Session): Promise<void> {
  const stale = await session.rows(
    `SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = '_medallion' AND starts_with(table_name, '${HEADS}')
     AND substr(table_name, ${HEADS.length + 1}) NOT IN (SELECT generation FROM _medallion.tables)`,
  );
  if (stale.length > 0) await session.exec(stale.map(({ name }) => `DROP TABLE _medallion.${String(name)}`).join("; "));
}

async function dropStaleKept(session: Session, { name: pipeline, tables }: PipelineNode): Promise<void> {
  const kept =
    await session.rows(`SELECT kept.table_name AS name, state.pipeline, state.layer || '.' || state.name AS of
FROM duckdb_tables() AS kept
LEFT JOIN _medallion.inputs AS input ON input.table_name = kept.table_name
LEFT JOIN _medallion.tables AS state ON state.layer || '.' || state.name = regexp_replace(kept.table_name, '${KEPT}', '')
  AND state.generation = input.generation
  AND state.version = CASE input.input_name WHEN 'feed' THEN input.position ELSE input.version END
WHERE kept.schema_name = '_medallion' AND regexp_matches(kept.table_name, '${KEPT}')`);
  const own = new Set(tables.map(fullName));
  const left = kept.filter(
    (row) => row["of"] === null || (row["pipeline"] === pipeline && !own.has(String(row["of"]))),
  );
  if (left.length > 0) await session.exec(left.flatMap(({ name }) => forgetKept(String(name))).join(";\n"));
}
