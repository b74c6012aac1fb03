/**
 * What the engine keeps alongside tables and nobody goes on from: the heads of change targets that were rebuilt, feeds and
 * partial rows of tables that were written without them, and what is kept for tables that are not in the pipeline any more.
 */
import { fullName, type PipelineNode } from "../../../ast/pipeline.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { type InputState, readInputs, readTables, type TableState, type WrittenState } from "../state/state.ts";
import { type Catalog, readCatalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";
import { type Feeds, forgetKept, goesTo, partialsName, stateName } from "./feeds.ts";

const HEADS = "heads_";
const KEPT = /^(?:changes|partials) of /;

/** The table that holds the last event of each key of a change target; a rebuilt target has others. */
export const headsOf = (generation: string): string => `_medallion.${HEADS}${generation}`;

/** What an update found in the warehouse, and what it has made of it. */
interface Left {
  /** What stood in the warehouse when it was opened. */
  readonly catalog: Catalog;
  readonly known: readonly TableState[];
  readonly inputs: ReadonlyMap<string, readonly InputState[]>;
  /** The state that the tables of the pipeline have now, by their names. */
  readonly tables: ReadonlyMap<string, WrittenState>;
  readonly feeds: Feeds;
}

/** The writing of a table that something is kept of. */
type Writing = Pick<WrittenState, "generation" | "version">;

/** What decides what is left. */
interface Facts {
  /** What the engine keeps next to its state. */
  readonly there: Iterable<string>;
  /** The tables, by their full names. */
  readonly states: ReadonlyMap<string, WrittenState>;
  /** The writing that each feed and all partial rows go with. */
  readonly kept: ReadonlyMap<string, Writing>;
}

function leftIn({ there, states, kept }: Facts, { name: pipeline, tables }: PipelineNode): readonly string[] {
  const generations = new Set([...states.values()].map((state) => state.generation));
  const own = new Set(tables.map(fullName));
  return [...new Set(there)].filter((name) => {
    if (name.startsWith(HEADS)) return !generations.has(name.slice(HEADS.length));
    if (!KEPT.test(name)) return false;
    const of = name.replace(KEPT, "");
    const [state, writing] = [states.get(of), kept.get(name)];
    if (!state || (state.pipeline === pipeline && !own.has(of))) return true;
    return writing?.generation !== state.generation || writing.version !== state.version;
  });
}

/** Whether there can be any: asking the warehouse costs an update of a small table a tenth of its time. */
export function mayBeLeft(pipeline: PipelineNode, { known, tables, inputs, feeds, catalog }: Left): boolean {
  const states = byName([...known, ...tables.values()]);
  const kept = new Map(writings(inputs));
  for (const table of pipeline.tables) {
    const [feed, partials] = [feeds.known.get(table.name), feeds.partials.get(table.name)];
    kept.delete(stateName(table));
    kept.delete(partialsName(table));
    if (feed) kept.set(stateName(table), { generation: feed.generation, version: feed.through });
    if (partials) kept.set(partialsName(table), partials);
  }
  return leftIn({ there: [...keptIn(catalog), ...kept.keys()], states, kept }, pipeline).length > 0;
}

/** Removes all that is left, by what stands in the warehouse now. */
export async function dropLeftovers(session: Session, pipeline: PipelineNode): Promise<void> {
  const there = keptIn(await readCatalog(session));
  const states = byName(await readTables(session));
  const left = leftIn({ there, states, kept: writings(await readInputs(session)) }, pipeline);
  const drops = left.flatMap((name) =>
    name.startsWith(HEADS) ? [`DROP TABLE _medallion.${id(name)}`] : forgetKept(name),
  );
  if (drops.length > 0) await session.exec(drops.join(";\n"));
}

const byName = (states: readonly WrittenState[]) => new Map(states.map((state) => [fullName(state), state] as const));

function writings(inputs: Left["inputs"]): ReadonlyMap<string, Writing> {
  const all = [...inputs].flatMap(([name, [state]]) =>
    state && KEPT.test(name) ? [[name, writingOf(state)] as const] : [],
  );
  return new Map(all);
}

const writingOf = (state: InputState): Writing => ({
  generation: state.generation,
  version: state.input === "partials" ? state.version : goesTo(state),
});

const keptIn = ({ relations }: Catalog): readonly string[] =>
  [...relations.values()].flatMap(({ schema, name }) => (schema === "_medallion" ? [name] : []));
