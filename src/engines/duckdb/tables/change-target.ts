/** Change targets: which events are new, and what of them is counted. */

import type { ParamNode } from "../../../ast/expr.ts";
import { plain } from "../../../functions/fragment.ts";
import type { EventRead } from "../../../lower/reads.ts";
import type { LoweredChanges } from "../../../lower/table.ts";
import { eventsSelect } from "../../../sql/events.ts";
import { duckdb } from "../../../targets/duckdb/dialect.ts";
import { reading } from "../../../targets/duckdb/reading.ts";
import { type Outdated, recorded } from "../incremental/feeds.ts";
import { constantOf } from "../params.ts";
import { backfillOf, type ParamEpoch, type Read, readKey } from "../state/state.ts";
import { alter, settle } from "./alter.ts";
import { between, starts } from "./append.ts";
import { commit } from "./commit.ts";
import { decisionOf, describedOf, inputName, type TableContext } from "./context.ts";
import { leftOut } from "./left-out.ts";
import { merge } from "./merge.ts";
import { NOTHING, type Outcome, total } from "./outcome.ts";
import { epochs, finish, generationOf, previous, type ReadTo, rowCount, unchanged } from "./table-state.ts";
import { makeTable } from "./write-query.ts";

type Position = ReadTo & Required<Pick<ReadTo, "position">>;

/** A stream of events into a table, and where its inputs are read from and to. */
interface Stream extends Pick<EventRead, "changes" | "once" | "inputs"> {
  /** It has read nothing yet. */
  readonly added: boolean;
  /** Its inputs, each once. */
  readonly positions: readonly Read[];
}

/** A backfill has positions of its own: what its input gains after it was read is not for this table. */
function streamsOf({ table, reads }: LoweredChanges, context: TableContext): readonly Stream[] {
  const { addedStreams } = decisionOf(table, context);
  const { streams } = describedOf(table, context).definition;
  return reads.map(({ changes, once, inputs }, i) => ({
    changes,
    once,
    inputs,
    added: addedStreams.includes(i),
    positions: [...new Set(inputs)].map((input) => (once ? { input, backfill: backfillOf(streams[i]) } : { input })),
  }));
}

export async function applyChanges(plan: LoweredChanges, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const { table } = plan;
  const before = previous(table, context);
  const streams = streamsOf(plan, context);
  const followed = streams.filter((s) => !s.once).flatMap((s) => s.positions);
  const added = streams.some((s) => s.added);
  if (before && !added && unchanged(table, followed, context)) return settle(plan, context);
  const from = starts(table, followed, before, context);
  const resumed = from && before;
  return commit(plan, context, false, async () => {
    await (resumed ? alter(plan, context) : makeTable(plan, session));
    const read: Position[] = [];
    for (const { positions, once } of streams) {
      for (const one of positions) {
        const end = once ? from?.get(readKey(one)) : undefined;
        read.push({ ...one, position: end ?? (await rowCount(session, inputName(one.input, context))) });
      }
    }
    const params = epochs(resumed, context.params.valuesOf(table), Object.fromEntries(from ?? []));
    const events = eventsBetween(plan, streams, read, params, context);
    const known = from ?? new Map<string, number>();
    const counted = await countRead(plan, streams, read, known, context);
    const generation = generationOf(table, resumed, context);
    const fresh = events((key, added) => (added ? 0 : (known.get(key) ?? 0)));
    const record = async (work: () => Promise<void>, outdated?: Outdated): Promise<void> => {
      await recorded(plan, { ...context, before: resumed, ...(outdated && { outdated }) }, work);
    };
    const count = await merge(
      plan,
      { fresh, all: events(() => 0), generation, resumed: resumed !== undefined, record },
      context,
    );
    await finish(table, context, { before: resumed, changed: count > 0 || !resumed, inputs: read, params });
    return { ...NOTHING, skipped: false, ...counted, rowsWritten: count };
  });
}

/** Rows that the streams read, told by positions, and those that their conditions leave out. A backfill may read as it likes. */
async function countRead(
  plan: LoweredChanges,
  streams: readonly Stream[],
  read: readonly Position[],
  from: ReadonlyMap<string, number>,
  context: TableContext,
): Promise<Pick<Outcome, "rowsRead" | "rowsDropped">> {
  const ends = new Map(read.map((one) => [readKey(one), one.position]));
  const [counts, dropped]: [number[], number[]] = [[], []];
  for (const stream of streams) {
    const { changes, inputs, positions, once, added } = stream;
    if (once) {
      const params = [{ values: context.params.valuesOf(plan.table) }];
      const events = eventsBetween(plan, [stream], read, params, context);
      counts.push(await context.session.count(`SELECT count(*) FROM (\n${events((key) => from.get(key) ?? 0)}\n)`));
      continue;
    }
    const range = (input: string) => {
      const key = keyOf(positions, input);
      return [added ? 0 : (from.get(key) ?? 0), ends.get(key) ?? 0] as const;
    };
    for (const input of inputs) counts.push(range(input)[1] - range(input)[0]);
    dropped.push(await leftOut(changes.input, context, (input) => between(input, ...range(input), context)));
  }
  return { rowsRead: total(counts), rowsDropped: total(dropped) };
}

/** The key under which a stream has read one of its inputs. */
function keyOf(positions: Stream["positions"], input: string): string {
  return readKey(positions.find((one) => one.input === input) ?? { input });
}

type EventsFrom = (start: (key: string, added: boolean) => number) => string;

/** The events of all streams, each input from where `start` says. Events keep the parameters they were read under. */
function eventsBetween(
  { application }: LoweredChanges,
  streams: readonly Stream[],
  read: readonly Position[],
  params: readonly ParamEpoch[],
  context: TableContext,
): EventsFrom {
  const ends = new Map(read.map((one) => [readKey(one), one.position]));
  return (start) =>
    streams
      .flatMap(({ changes, positions, added }) =>
        params.map(({ values, until }, i) => {
          const earlier = params[i - 1]?.until;
          const dialect = until ? { ...duckdb, param: (node: ParamNode) => plain(constantOf(node, values)) } : duckdb;
          const rows = (name: string) => {
            const key = keyOf(positions, name);
            const from = Math.max(start(key, added), earlier?.[key] ?? 0);
            return between(name, from, until ? (until[key] ?? 0) : (ends.get(key) ?? 0), context);
          };
          return eventsSelect(changes, application.truncates, reading(context.plan.tables, rows, dialect));
        }),
      )
      .join("\nUNION ALL\n");
}
