/** Change targets: new events are applied to their keys. */
import { scd1Query, scd2Query } from "../../compile/changes.ts";
import { duckdb, duckdbIdentifier as id } from "../../compile/duckdb.ts";
import { applicationOf, doesTruncate, eventsSelect } from "../../compile/events.ts";
import type { ScdTableNode } from "../../pipeline/nodes.ts";
import type { ChangesNode } from "../../relation/nodes.ts";
import { between, reads, starts } from "./append.ts";
import {
  commit,
  createTable,
  finish,
  inputName,
  NOTHING,
  type Outcome,
  previous,
  type ReadTo,
  rowCount,
  type TableContext,
  targetName,
  unchanged,
} from "./context.ts";

/** A stream of events into a table, and where its inputs are read from and to. */
interface Stream {
  readonly changes: ChangesNode;
  readonly once: boolean;
  readonly inputs: readonly ReadTo[];
}

/** A backfill has positions of its own: what its input gains after it was read is not for this table. */
function streamsOf(table: ScdTableNode): readonly Stream[] {
  if (table.changes.kind !== "changes") return [];
  const stream = (changes: ChangesNode, once?: string): Stream => ({
    changes,
    once: once !== undefined,
    inputs: [...new Set(reads(changes.input))].map((input) => ({
      input,
      ...(once !== undefined && { as: `once ${once} ${input}` }),
    })),
  });
  return [stream(table.changes), ...table.changeFlows.map((f) => stream(f.changes, f.once ? f.name : undefined))];
}

export async function applyChanges(table: ScdTableNode, context: TableContext): Promise<Outcome> {
  const { session } = context;
  const before = previous(table, context);
  const streams = streamsOf(table);
  const followed = streams.filter((s) => !s.once).flatMap((s) => s.inputs);
  if (before && unchanged(table, followed, context)) return NOTHING;
  const from = starts(table.name, followed, before, context);
  const resumed = from && before;
  return commit(table, context, false, async () => {
    if (!resumed) await createTable(table, session);
    const read: Required<ReadTo>[] = [];
    for (const { inputs, once } of streams) {
      for (const { input, as = input } of inputs) {
        const end = once ? from?.get(as) : undefined;
        read.push({ input, as, position: end ?? (await rowCount(session, inputName(input, context))) });
      }
    }
    const events = eventsBetween(table, streams, read, context);
    const count = await apply(table, events, from ?? new Map(), resumed !== undefined, context);
    await finish(table, context, { before: resumed, changed: count > 0 || !resumed, inputs: read });
    return { ...NOTHING, skipped: false, rowsRead: count, rowsWritten: count };
  });
}

/** The events of all streams, each input from where `start` says. */
function eventsBetween(
  table: ScdTableNode,
  streams: readonly Stream[],
  read: readonly Required<ReadTo>[],
  context: TableContext,
): (start: (as: string) => number) => string {
  const columns = table.changes.columns;
  return (start) =>
    streams
      .map(({ changes, inputs }) =>
        eventsSelect({ ...changes, columns }, doesTruncate(table), {
          dialect: duckdb,
          source: (source) => source.path,
          tables: context.nodes,
          table: (name) => {
            const as = inputs.find((i) => i.input === name)?.as ?? name;
            const end = read.find((r) => r.as === as)?.position ?? 0;
            return between(name, start(as), end, context);
          },
        }),
      )
      .join("\nUNION ALL\n");
}

/** Makes the keys of new events anew from all of their events. Gives how many events are new. */
async function apply(
  table: ScdTableNode,
  events: (start: (as: string) => number) => string,
  from: ReadonlyMap<string, number>,
  resumed: boolean,
  { session }: TableContext,
): Promise<number> {
  const keys = table.changes.keys.map(id).join(", ");
  const target = targetName(table);
  const fresh = events((as) => from.get(as) ?? 0);
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
