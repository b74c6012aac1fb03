/** Random streams of change events, many in one run: each has a key of its own, so what a key shows is one case. */
import fc from "fast-check";
import type { Change } from "./recorded.ts";

/** An event, and the update in which it arrives. */
export interface Arrival {
  readonly change: Change;
  readonly batch: number;
}

export const BATCHES = 3;

const event = fc.record({
  ts: fc.integer({ min: 1, max: 9 }),
  op: fc.constantFrom("U", "U", "I", "U", "D"),
  city: fc.constantFrom("A", "B", null),
  email: fc.constantFrom("a", "b", null),
  batch: fc.nat(BATCHES - 1),
  /** Where it stands among the events of its update. */
  place: fc.nat(1000),
  /** The update in which it arrives once more, or none. */
  again: fc.option(fc.nat(BATCHES - 1), { freq: 4, nil: undefined }),
});
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

const stream = fc.array(event, { minLength: 1, maxLength: 9, size: "max" });

/**
 * The events of `keys` keys from `firstKey` on, in their order of arrival. `tied`: different events may have the same
 * sequence; else events of one sequence are the same event, delivered again.
 */
export function arrivals(options: { keys: number; firstKey: number; tied: boolean; seed: number }): readonly Arrival[] {
  const streams = fc.sample(stream, { numRuns: options.keys, seed: options.seed });
  const placed = streams.flatMap((events, i) =>
    (options.tied ? events : withoutTies(events)).flatMap((e) => {
      const change: Change = [options.firstKey + i, e.ts, e.op, e.city, e.email];
      const first = { change, batch: e.batch, place: e.place };
      return e.again === undefined ? [first] : [first, { change, batch: e.again, place: e.place + 7 }];
    }),
  );
  return placed.toSorted((a, b) => a.batch - b.batch || a.place - b.place);
}

function withoutTies(events: readonly Event[]): readonly Event[] {
  return events.map((e) => {
    const { op, city, email } = events.find((other) => other.ts === e.ts) ?? e;
    return { ...e, op, city, email };
  });
}

/** The same arrivals in other batches: `parts` of them, dealt out anew. */
export function dealt(all: readonly Arrival[], parts: number, seed: number): readonly Arrival[] {
  const deals = fc.sample(fc.tuple(fc.nat(parts - 1), fc.nat(100_000)), { numRuns: all.length, seed });
  return all
    .map(({ change }, i) => ({ change, batch: deals[i]?.[0] ?? 0, place: deals[i]?.[1] ?? 0 }))
    .toSorted((a, b) => a.batch - b.batch || a.place - b.place);
}

export function batchesOf(all: readonly Arrival[], parts = BATCHES): readonly (readonly Change[])[] {
  return Array.from({ length: parts }, (_, batch) => all.filter((a) => a.batch === batch).map((a) => a.change));
}

/** Events as the lines of a JSON file. */
export function jsonLines(changes: readonly Change[]): string {
  return changes.map(([id, ts, op, city, email]) => `${JSON.stringify({ id, ts, op, city, email })}\n`).join("");
}

/** A row of a change target, by column; a type 1 table has no start and end, a narrow one no email. */
export type Held = Readonly<Record<string, unknown>>;

/** What a table says of each key, written `city/email start→end`. */
export function histories(rows: readonly Held[]): ReadonlyMap<number, string> {
  const found = new Map<number, string[]>();
  for (const row of rows.toSorted((a, b) => Number(a["__START_AT"] ?? 0) - Number(b["__START_AT"] ?? 0))) {
    const held = row["__START_AT"] === undefined ? "" : ` ${row["__START_AT"]}→${row["__END_AT"] ?? "∞"}`;
    const columns = "email" in row ? [row["city"], row["email"]] : [row["city"]];
    const id = Number(row["id"]);
    found.set(id, [...(found.get(id) ?? []), `${columns.map((c) => c ?? "∅").join("/")}${held}`]);
  }
  return new Map([...found].map(([id, list]) => [id, list.join(", ")]));
}
