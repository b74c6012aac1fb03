/** Streaming tables: only rows that are new are read. */
import { unionByName } from "../../compile/query.ts";
import { relationSteps } from "../../pipeline/inputs.ts";
import type { QueryTableNode } from "../../pipeline/nodes.ts";
import type { RelationNode } from "../../relation/nodes.ts";
import type { WrittenState } from "../state.ts";
import {
  commit,
  createTable,
  finish,
  inputName,
  NOTHING,
  type Outcome,
  outcome,
  previous,
  query,
  type ReadTo,
  rowCount,
  type TableContext,
  unchanged,
  writeQuery,
} from "./context.ts";

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
  name: string,
  inputs: readonly ReadTo[],
  before: WrittenState | undefined,
  context: TableContext,
): ReadonlyMap<string, number> | undefined {
  const known = new Map((context.inputs.get(name) ?? []).map((i) => [i.input, i]));
  const same = inputs.every(
    ({ input, as = input }) => known.get(as)?.generation === context.tables.get(input)?.generation,
  );
  return before && same ? new Map([...known].map(([input, state]) => [input, state.position])) : undefined;
}

export async function append(table: QueryTableNode, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const { flows } = table.settings;
  const streams = [table.query, ...flows.filter((f) => !f.once).map((f) => f.query)];
  const inputs = [...new Set(streams.flatMap(reads))].map((input): ReadTo => ({ input }));
  const before = previous(table, context);
  if (before && unchanged(table, inputs, context)) return NOTHING;
  const from = starts(table.name, inputs, before, context);
  const resumed = from && before;
  return commit(table, context, resumed !== undefined, async () => {
    if (!resumed) await createTable(table, session);
    const ends = new Map<string, number>();
    for (const { input } of inputs) ends.set(input, await rowCount(session, inputName(input, context)));
    const [start, end] = [(input: string) => from?.get(input) ?? 0, (input: string) => ends.get(input) ?? 0];
    const fresh = streams.map((s) => query(s, context, (input) => between(input, start(input), end(input), context)));
    // A backfill is read when the table is made, as it is then.
    const once = resumed ? [] : flows.filter((f) => f.once);
    const filled = once.map((f) => query(f.query, context, (input) => inputName(input, context)));
    let read = streams.flatMap(reads).reduce((sum, input) => sum + end(input) - start(input), 0);
    for (const sql of filled) read += await session.count(`SELECT count(*) FROM (\n${sql}\n)`);
    const judged = await writeQuery(table, unionByName([...fresh, ...filled]), context);
    const positions = inputs.map(({ input }) => ({ input, position: end(input) }));
    await finish(table, context, { before: resumed, changed: judged.written > 0, inputs: positions });
    return outcome(read, judged);
  });
}
