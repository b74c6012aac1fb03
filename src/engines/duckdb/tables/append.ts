/** Streaming tables: only rows that are new are read. */

import type { TableNode } from "../../../ast/pipeline.ts";
import type { Read } from "../../../lower/reads.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { type QueryText, unionByName } from "../../../sql/block.ts";
import { printTerm } from "../../../sql/query.ts";
import { type From, reading } from "../../../targets/duckdb/reading.ts";
import { readKey, type WrittenState } from "../state/state.ts";
import { alter, settle } from "./alter.ts";
import { commit } from "./commit.ts";
import { decisionOf, inputName, type TableContext } from "./context.ts";
import { leftOut } from "./left-out.ts";
import { type Outcome, outcome, total } from "./outcome.ts";
import { finish, inputsOf, previous, type ReadTo, rowCount, unchanged } from "./table-state.ts";
import { makeTable, writeQuery } from "./write-query.ts";

/** The rows of an input from one position to another. */
export function between(input: string, start: number, end: number, context: TableContext): string {
  return `(SELECT * FROM ${inputName(input, context)} WHERE rowid >= ${start} AND rowid < ${end})`;
}

/** Where each input was read to, by its `readKey`; from the start for all where one of them was rebuilt. */
export function starts(
  table: TableNode,
  inputs: readonly ReadTo[],
  before: WrittenState | undefined,
  context: TableContext,
): ReadonlyMap<string, number> | undefined {
  const known = new Map(inputsOf(table, context).map((read) => [readKey(read), read]));
  // What was never read is read from its start.
  const same = inputs.every((read) => {
    const then = known.get(readKey(read));
    return then === undefined || then.generation === context.tables.get(read.input)?.generation;
  });
  return before && same ? new Map([...known].map(([key, state]) => [key, state.position])) : undefined;
}

export async function append(plan: LoweredQuery, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const { table } = plan;
  const { addedStreams } = decisionOf(table, context);
  const all = plan.reads.map((read, i) => ({ ...read, added: addedStreams.includes(i) }));
  const streams = all.filter((stream) => !stream.once);
  const inputs = [...new Set(streams.flatMap((stream) => stream.inputs))].map((input): ReadTo => ({ input }));
  const before = previous(table, context);
  if (before && addedStreams.length === 0 && unchanged(table, inputs, context)) return settle(plan, context);
  const from = starts(table, inputs, before, context);
  const resumed = from && before;
  return commit(plan, context, resumed !== undefined, async () => {
    await (resumed ? alter(plan, context) : makeTable(plan, session));
    const ends = new Map<string, number>();
    for (const { input } of inputs) ends.set(input, await rowCount(session, inputName(input, context)));
    const end = (input: string) => ends.get(input) ?? 0;
    const start = (input: string, added: boolean) => (added ? 0 : (from?.get(input) ?? 0));
    const unread = (added: boolean) => (input: string) => between(input, start(input, added), end(input), context);
    const fresh = streams.map((s) => term(s, unread(s.added), context));
    // A backfill is read when the table is made or gains it, as it is then.
    const once = all.filter((stream) => stream.once && (!resumed || stream.added));
    const filled = once.map((s) => term(s, (input) => inputName(input, context), context));
    const read = streams.flatMap((s) => s.inputs.map((input) => end(input) - start(input, s.added)));
    for (const { text } of filled) read.push(await session.count(`SELECT count(*) FROM (\n${text}\n)`));
    const dropped: number[] = [];
    for (const s of streams) dropped.push(await leftOut(s.query, context, unread(s.added)));
    const judged = await writeQuery(plan, unionByName([...fresh, ...filled]), context);
    const positions = inputs.map(({ input }) => ({ input, position: end(input) }));
    await finish(table, context, { before: resumed, changed: judged.written > 0, inputs: positions });
    return outcome(total(read), judged, total(dropped));
  });
}

function term({ query }: Read, from: From, { plan }: TableContext): QueryText {
  return printTerm(query, reading(plan.tables, from));
}
