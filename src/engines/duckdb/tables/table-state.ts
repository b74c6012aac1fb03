/** From which state the update of a table goes on, and the state that it leaves. */

import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import { contentHash } from "../../../core/hash.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import type { LoweredTable } from "../../../lower/table.ts";
import { settleFeed } from "../incremental/feeds.ts";
import { type InputState, type ParamEpoch, type Read, readOf, type WrittenState, writeState } from "../state/state.ts";
import type { Session } from "../warehouse/session.ts";
import { decisionOf, describedOf, type TableContext, type UpdateContext } from "./context.ts";

/** The state from which the update goes on: none where the plan is to make the table from the start. */
export function previous(table: TableNode, context: TableContext): WrittenState | undefined {
  return decisionOf(table, context).keeps ? context.tables.get(table.name) : undefined;
}

/** How far an input was read. */
export interface ReadTo extends Read {
  readonly position?: number;
}

/** All inputs, read as a whole. */
export function whole({ inputs }: LoweredTable): readonly ReadTo[] {
  return inputs.map((input) => ({ input }));
}

/** Whether nothing has changed in the inputs since they were read. */
export function unchanged(table: TableNode, inputs: readonly ReadTo[], context: TableContext): boolean {
  const read = inputsOf(table, context);
  return inputs.every((one) => {
    const [then, now] = [readOf(read, one), context.tables.get(one.input)];
    return (
      then !== undefined && now !== undefined && then.generation === now.generation && then.version === now.version
    );
  });
}

export function inputsOf(table: TableNode, { inputs }: UpdateContext): readonly InputState[] {
  return inputs.get(fullName(table)) ?? [];
}

/** Writes the table's state alongside its data, in the same transaction. */
export async function finish(
  table: TableNode,
  context: TableContext,
  made: {
    readonly before: WrittenState | undefined;
    readonly changed: boolean;
    readonly inputs: readonly ReadTo[];
    readonly params?: readonly ParamEpoch[];
  },
): Promise<void> {
  const { before, changed, inputs } = made;
  const state: WrittenState = {
    ...described(table, context),
    params: made.params ?? epochs(before, context.params.valuesOf(table)),
    generation: generationOf(table, before, context),
    version: (before?.version ?? 0) + (changed ? 1 : 0),
  };
  const read = inputs.map(({ input, backfill, position = 0 }): InputState => {
    const now = context.tables.get(input);
    return { input, backfill, generation: now?.generation ?? "", version: now?.version ?? 0, position };
  });
  await writeState(context.session, state, read, { state: before, inputs: inputsOf(table, context) });
  await settleFeed(context.session, context.feeds, state);
  context.tables.set(table.name, state);
}

/** Names the rows of a table until it is rebuilt. */
export function generationOf(table: TableNode, before: WrittenState | undefined, { updateId }: UpdateContext): string {
  return before?.generation ?? contentHash(`${updateId}:${table.name}`);
}

/** What the state says of a table apart from its data. */
export function described(table: TableNode, context: UpdateContext) {
  const { pipeline } = context;
  const { baseDir } = decisionOf(table, context);
  return { pipeline, name: table.name, layer: table.layer, ...describedOf(table, context), baseDir };
}

/** The values of parameters under which rows were taken, with those of now: rows keep the values they were read under. */
export function epochs(
  before: WrittenState | undefined,
  values: ParamEpoch["values"],
  until: ParamEpoch["until"] = {},
): readonly ParamEpoch[] {
  const last = before?.params.at(-1);
  if (!before || !last) return [{ values }];
  if (JSON.stringify(last.values) === JSON.stringify(values)) return before.params;
  return [...before.params.slice(0, -1), { ...last, until }, { values }];
}

/** Rows of an append-only table. Their row ids are their positions: nothing is ever deleted from it. */
export async function rowCount(session: Session, target: string): Promise<number> {
  const [row] = await session.rows(`SELECT count(*) AS n, coalesce(max(rowid) + 1, 0) AS ends FROM ${target}`);
  const [count, end] = [Number(row?.["n"] ?? 0), Number(row?.["ends"] ?? 0)];
  if (count === end) return end;
  throw failure({
    code: "STATE002",
    message: `rows of ${target} were deleted outside of medallion, so its readers cannot tell which are new`,
    help: "run with fullRefresh",
  });
}
