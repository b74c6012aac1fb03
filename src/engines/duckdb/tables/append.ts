/** Streaming tables: only rows that are new are read. */

import { relationSteps } from "../../../ast/inputs.ts";
import type { QueryTableNode, TableNode } from "../../../ast/pipeline.ts";
import type { RelationNode } from "../../../ast/relation.ts";
import { unionByName } from "../../../sql/query.ts";
import type { WrittenState } from "../state.ts";
import { alter, settle } from "./alter.ts";
import {
  commit,
  createTable,
  finish,
  inputName,
  inputsOf,
  type Outcome,
  outcome,
  planOf,
  previous,
  query,
  type ReadTo,
  rowCount,
  type TableContext,
  total,
  unchanged,
  writeQuery,
} from "./context.ts";
import { leftOut } from "./left-out.ts";

/** Names of the tables that a query reads, once for each place where it reads them. */
export function reads(node: RelationNode): readonly string[] {
  return relationSteps(node).flatMap((step) => (step.kind === "table" ? [step.table] : []));
}

/** The rows of an input from one position to another. */
export function between(input: string, start: number, end: number, context: TableContext): string {
  return `(SELECT * FROM ${inputName(input, context)} WHERE rowid >= ${start} AND rowid < ${end})`;
}

/** Where each input was read to; from the start for all where one of them was made anew. */
export function starts(
  table: TableNode,
  inputs: readonly ReadTo[],
  before: WrittenState | undefined,
  context: TableContext,
): ReadonlyMap<string, number> | undefined {
  const known = new Map(inputsOf(table, context).map((i) => [i.input, i]));
  // What was never read is read from its start.
  const same = inputs.every(({ input, as = input }) => {
    const then = known.get(as);
    return then === undefined || then.generation === context.tables.get(input)?.generation;
  });
  return before && same ? new Map([...known].map(([input, state]) => [input, state.position])) : undefined;
}

export async function append(table: QueryTableNode, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const { addedStreams } = planOf(table, context);
  const all = [{ query: table.query, once: false }, ...table.settings.flows].map((stream, i) => ({
    ...stream,
    added: addedStreams.includes(i),
  }));
  const streams = all.filter((stream) => !stream.once);
  const inputs = [...new Set(streams.flatMap((stream) => reads(stream.query)))].map((input): ReadTo => ({ input }));
  const before = previous(table, context);
  if (before && addedStreams.length === 0 && unchanged(table, inputs, context)) return settle(table, context);
  const from = starts(table, inputs, before, context);
  const resumed = from && before;
  return commit(table, context, resumed !== undefined, async () => {
    await (resumed ? alter(table, context) : createTable(table, session));
    const ends = new Map<string, number>();
    for (const { input } of inputs) ends.set(input, await rowCount(session, inputName(input, context)));
    const end = (input: string) => ends.get(input) ?? 0;
    const start = (input: string, added: boolean) => (added ? 0 : (from?.get(input) ?? 0));
    const unread = (added: boolean) => (input: string) => between(input, start(input, added), end(input), context);
    const fresh = streams.map((s) => query(s.query, context, unread(s.added)));
    // A backfill is read when the table is made or gains it, as it is then.
    const once = all.filter((stream) => stream.once && (!resumed || stream.added));
    const filled = once.map((f) => query(f.query, context, (input) => inputName(input, context)));
    const read = streams.flatMap((s) => reads(s.query).map((input) => end(input) - start(input, s.added)));
    for (const sql of filled) read.push(await session.count(`SELECT count(*) FROM (\n${sql}\n)`));
    const dropped: number[] = [];
    for (const s of streams) dropped.push(await leftOut(s.query, context, unread(s.added)));
    const judged = await writeQuery(table, unionByName([...fresh, ...filled]), context);
    const positions = inputs.map(({ input }) => ({ input, position: end(input) }));
    await finish(table, context, { before: resumed, changed: judged.written > 0, inputs: positions });
    return outcome(total(read), judged, total(dropped));
  });
}
