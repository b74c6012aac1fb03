/** Change targets: new events are applied to their keys. */

import type { ParamNode } from "../../../ast/expr.ts";
import type { ScdTableNode } from "../../../ast/pipeline.ts";
import type { ChangesNode } from "../../../ast/relation.ts";
import { contentHash } from "../../../core/hash.ts";
import { plain } from "../../../functions/fragment.ts";
import { scd1Query, scd2Query } from "../../../sql/changes.ts";
import { applicationOf, doesTruncate, eventsSelect } from "../../../sql/events.ts";
import { duckdb, duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { constantOf } from "../params.ts";
import type { ParamEpoch } from "../state.ts";
import { alter, settle } from "./alter.ts";
import { between, reads, starts } from "./append.ts";
import {
  commit,
  createTable,
  describedOf,
  epochs,
  finish,
  inputName,
  NOTHING,
  type Outcome,
  planOf,
  previous,
  type ReadTo,
  rowCount,
  type TableContext,
  targetName,
  total,
  unchanged,
} from "./context.ts";
import { leftOut } from "./left-out.ts";

/** A stream of events into a table, and where its inputs are read from and to. */
interface Stream {
  readonly changes: ChangesNode;
  readonly once: boolean;
  /** It has read nothing yet. */
  readonly added: boolean;
  readonly inputs: readonly Required<Pick<ReadTo, "input" | "as">>[];
}

/** A backfill has positions of its own: what its input gains after it was read is not for this table. */
function streamsOf(table: ScdTableNode, context: TableContext): readonly Stream[] {
  const { changes, changeFlows } = table;
  if (changes.kind !== "changes") return [];
  const { addedStreams } = planOf(table, context);
  const { streams } = describedOf(table, context).definition;
  return [{ changes, once: false }, ...changeFlows].map(({ changes: events, once }, i) => ({
    changes: events,
    once,
    added: addedStreams.includes(i),
    inputs: [...new Set(reads(events.input))].map((input) => ({
      input,
      // By what it gives: the name of a flow may change.
      as: once ? `once ${contentHash(JSON.stringify(streams[i]))} ${input}` : input,
    })),
  }));
}

export async function applyChanges(table: ScdTableNode, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const before = previous(table, context);
  const streams = streamsOf(table, context);
  const followed = streams.filter((s) => !s.once).flatMap((s) => s.inputs);
  const added = streams.some((s) => s.added);
  if (before && !added && unchanged(table, followed, context)) return settle(table, context);
  const from = starts(table, followed, before, context);
  const resumed = from && before;
  return commit(table, context, false, async () => {
    await (resumed ? alter(table, context) : createTable(table, session));
    const read: Required<ReadTo>[] = [];
    for (const { inputs, once } of streams) {
      for (const { input, as } of inputs) {
        const end = once ? from?.get(as) : undefined;
        read.push({ input, as, position: end ?? (await rowCount(session, inputName(input, context))) });
      }
    }
    const params = epochs(resumed, context.params.valuesOf(table), Object.fromEntries(from ?? []));
    const events = eventsBetween(table, streams, read, params, context);
    const positions = from ?? new Map<string, number>();
    const counted = await countRead(table, streams, read, positions, context);
    const count = await apply(table, events, positions, resumed !== undefined, context);
    await finish(table, context, { before: resumed, changed: count > 0 || !resumed, inputs: read, params });
    return { ...NOTHING, skipped: false, ...counted, rowsWritten: count };
  });
}

/** Rows that the streams read, told by positions, and those that their conditions leave out. A backfill may read as it likes. */
async function countRead(
  table: ScdTableNode,
  streams: readonly Stream[],
  read: readonly Required<ReadTo>[],
  from: ReadonlyMap<string, number>,
  context: TableContext,
): Promise<Pick<Outcome, "rowsRead" | "rowsDropped">> {
  const ends = new Map(read.map(({ as, position }) => [as, position]));
  const [counts, dropped]: [number[], number[]] = [[], []];
  for (const stream of streams) {
    const { changes, inputs, once, added } = stream;
    if (once) {
      const params = [{ values: context.params.valuesOf(table) }];
      const events = eventsBetween(table, [stream], read, params, context);
      counts.push(await context.session.count(`SELECT count(*) FROM (\n${events((as) => from.get(as) ?? 0)}\n)`));
      continue;
    }
    const range = (input: string) => {
      const as = inputs.find((one) => one.input === input)?.as ?? input;
      return [added ? 0 : (from.get(as) ?? 0), ends.get(as) ?? 0] as const;
    };
    for (const input of reads(changes.input)) counts.push(range(input)[1] - range(input)[0]);
    dropped.push(await leftOut(changes.input, context, (input) => between(input, ...range(input), context)));
  }
  return { rowsRead: total(counts), rowsDropped: total(dropped) };
}

type EventsFrom = (start: (as: string, added: boolean) => number) => string;

/** The events of all streams, each input from where `start` says. Events keep the parameters they were read under. */
function eventsBetween(
  table: ScdTableNode,
  streams: readonly Stream[],
  read: readonly Required<ReadTo>[],
  params: readonly ParamEpoch[],
  context: TableContext,
): EventsFrom {
  const columns = table.changes.columns;
  const ends = new Map(read.map(({ as, position }) => [as, position]));
  return (start) =>
    streams
      .flatMap(({ changes, inputs, added }) =>
        params.map(({ values, until }, i) => {
          const earlier = params[i - 1]?.until;
          const dialect = until ? { ...duckdb, param: (node: ParamNode) => plain(constantOf(node, values)) } : duckdb;
          return eventsSelect({ ...changes, columns }, doesTruncate(table), {
            dialect,
            source: (source) => source.path,
            tables: context.nodes,
            table: (name) => {
              const as = inputs.find((input) => input.input === name)?.as ?? name;
              const from = Math.max(start(as, added), earlier?.[as] ?? 0);
              return between(name, from, until ? (until[as] ?? 0) : (ends.get(as) ?? 0), context);
            },
          });
        }),
      )
      .join("\nUNION ALL\n");
}

/** Derives the keys of new events again from all of their events. Gives how many events are new. */
async function apply(
  table: ScdTableNode,
  events: EventsFrom,
  from: ReadonlyMap<string, number>,
  resumed: boolean,
  { session }: TableContext,
): Promise<number> {
  const keys = table.changes.keys.map(id).join(", ");
  const target = targetName(table);
  const fresh = events((as, added) => (added ? 0 : (from.get(as) ?? 0)));
  const all = events(() => 0);
  const truncates = doesTruncate(table);
  await session.exec(`CREATE OR REPLACE TEMP TABLE medallion_fresh AS\n${fresh}`);
  const count = await session.count("SELECT count(*) FROM medallion_fresh");
  const emptied = truncates && (await session.count("SELECT count(*) FROM medallion_fresh WHERE __truncate")) > 0;
  const some = resumed && !emptied;
  const affected = `SELECT * FROM (\n${all}\n) AS events\nWHERE ${[
    `EXISTS (SELECT 1 FROM medallion_fresh AS fresh WHERE ${sameKey(table, "fresh", "events")})`,
    ...(truncates ? ["__truncate"] : []),
  ].join(" OR ")}`;
  await session.exec(`CREATE OR REPLACE TEMP TABLE medallion_events AS ${some ? affected : all}`);
  if (some) {
    await session.exec(
      `DELETE FROM ${target} USING (SELECT DISTINCT ${keys} FROM medallion_fresh) AS fresh WHERE ${sameKey(table, "fresh", target)}`,
    );
  } else if (resumed) {
    await session.exec(`DELETE FROM ${target}`);
  }
  const application = applicationOf(table, "medallion_events", duckdb);
  await session.exec(
    `INSERT INTO ${target} ${table.kind === "scd1" ? scd1Query(application) : scd2Query(application)}`,
  );
  await session.exec("DROP TABLE medallion_events; DROP TABLE medallion_fresh");
  return count;
}

export function sameKey(table: ScdTableNode, left: string, right: string): string {
  return table.changes.keys.map((key) => `${left}.${id(key)} = ${right}.${id(key)}`).join(" AND ");
}
