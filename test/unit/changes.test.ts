import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Application } from "../../src/lower/application.ts";
import { type Applied, appliedEvents } from "../../src/sql/apply-changes.ts";
import { batch1, batch2, type Change, cases, tracked } from "../spark/scd/recorded.ts";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  connection = await instance.connect();
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

type Value = string | number | null;

interface Event {
  readonly values: readonly Value[];
  readonly sequence: number;
  readonly isDelete: boolean;
}

interface Column {
  readonly name: string;
  readonly type: "INTEGER" | "VARCHAR";
}

const quote = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`;

type Given = Pick<Application, "keys" | "columns"> & Partial<Application> & Partial<Pick<Applied, "events">>;

/** A query of the rows that the events of a CTE make: all of its columns have an order, unless others are given. */
function query(type: 1 | 2, { events = "events", ...given }: Given, identifier = quote): string {
  const lastNotNull = (sql: string) => `last_value(${sql} IGNORE NULLS)`;
  const application = { orderable: given.columns, truncates: false, ...given, type };
  return appliedEvents(application, { events, dialect: { identifier, lastNotNull, ordersAnyType: true } });
}

const scd1Query = (given: Given, identifier = quote) => query(1, given, identifier);
const scd2Query = (given: Given, identifier = quote) => query(2, given, identifier);

function literal(value: Value): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value ?? "NULL");
}

async function rows(sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

/** Runs a query of `changes.ts` as a subquery, over events that are a CTE around it. */
async function apply(columns: readonly Column[], events: readonly Event[], query: string) {
  const typed = columns.map((c, i) => `CAST(c${i} AS ${c.type}) AS ${quote(c.name)}`);
  const none = [...columns.map(() => "NULL"), "0", "false"];
  const values = events.map((e) => [...e.values.map(literal), String(e.sequence), String(e.isDelete)]);
  const tuples = (events.length > 0 ? values : [none]).map((v) => `(${v.join(", ")})`);
  return rows(`WITH events AS (
SELECT ${typed.join(", ")}, __sequence, __delete
FROM (VALUES ${tuples.join(", ")}) AS v(${columns.map((_, i) => `c${i}`).join(", ")}, __sequence, __delete)
WHERE ${events.length > 0}
)
SELECT * FROM (
${query}
) AS applied`);
}

describe("the answers of Spark 4.3's AUTO CDC, as recorded", () => {
  const columns: readonly Column[] = [
    { name: "id", type: "INTEGER" },
    { name: "city", type: "VARCHAR" },
    { name: "email", type: "VARCHAR" },
  ];
  const application: Given = {
    events: "events",
    keys: ["id"],
    columns: ["id", "city", "email"],
  };

  async function answers(changes: readonly Change[], query: string): Promise<ReadonlyMap<number, string>> {
    const events = changes.map(([id, ts, op, city, email]) => ({
      values: [id, city, email],
      sequence: ts,
      isDelete: op === "D",
    }));
    const answered = await apply(columns, events, query);
    const found = new Map<number, string[]>();
    for (const [id, city, email, start, end] of answered.toSorted((a, b) => Number(a[3]) - Number(b[3]))) {
      const held = start === undefined ? "" : ` ${start}→${end ?? "∞"}`;
      const list = found.get(Number(id)) ?? [];
      found.set(Number(id), [...list, `${city ?? "∅"}/${email ?? "∅"}${held}`]);
    }
    return new Map([...found].map(([id, list]) => [id, list.join(", ")]));
  }

  test("type 2, after batch 1 and after batch 2", async () => {
    const first = await answers(batch1, scd2Query(application));
    const second = await answers([...batch1, ...batch2], scd2Query(application));
    for (const [id, what, after1, after2] of cases) {
      expect.soft(first.get(id) ?? "", `${id}: ${what}, batch 1`).toBe(after1);
      expect.soft(second.get(id) ?? "", `${id}: ${what}, batch 2`).toBe(after2 === "same" ? after1 : after2);
    }
  });

  test("type 2 with TRACK HISTORY ON (city)", async () => {
    const query = scd2Query({ ...application, trackHistory: ["city"] });
    const first = await answers(batch1, query);
    const second = await answers([...batch1, ...batch2], query);
    for (const [id, what, after1, after2] of cases) {
      const [want1, want2] = tracked.get(id) ?? [after1, after2 === "same" ? after1 : after2];
      expect.soft(first.get(id) ?? "", `${id}: ${what}, batch 1`).toBe(want1);
      expect.soft(second.get(id) ?? "", `${id}: ${what}, batch 2`).toBe(want2);
    }
  });

  test("type 1", async () => {
    const latest = await answers([...batch1, ...batch2], scd1Query(application));
    for (const [id, what, , , state] of cases) expect.soft(latest.get(id) ?? "", `${id}: ${what}`).toBe(state);
  });
});

describe("any stream of events", () => {
  // Names that must be quoted, keys that are neither together nor first.
  const columns: readonly Column[] = [
    { name: "select", type: "VARCHAR" },
    { name: "key 1", type: "INTEGER" },
    { name: "Count", type: "INTEGER" },
    { name: 'key"2', type: "VARCHAR" },
    { name: "note", type: "VARCHAR" },
  ];
  const keyPositions = [1, 3];
  const application: Given = {
    events: "events",
    keys: ["key 1", 'key"2'],
    columns: columns.map((c) => c.name),
  };

  const event: fc.Arbitrary<Event> = fc.record({
    values: fc.tuple(
      fc.constantFrom("a", "b", null),
      fc.constantFrom(1, 2),
      fc.constantFrom(-1, 0, 10, null),
      fc.constantFrom("x", "y"),
      fc.constantFrom("", "n", null),
    ),
    sequence: fc.integer({ min: -1, max: 7 }),
    isDelete: fc.boolean(),
  });
  /** Long histories of few keys, with updates more often than deletes, and some events twice. */
  const stream = fc
    .tuple(fc.array(event, { maxLength: 24 }), fc.array(fc.nat(), { maxLength: 4 }), fc.boolean())
    .map(([events, again, fewDeletes]) => {
      const kept = fewDeletes ? events.map((e, i) => ({ ...e, isDelete: e.isDelete && i % 3 === 0 })) : events;
      return [...kept, ...again.flatMap((n) => kept[n % Math.max(kept.length, 1)] ?? [])];
    });
  const shuffledStream = stream.chain((events) =>
    fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length })),
  );
  const tracking = fc.option(fc.subarray(["select", "Count", "note"]), { nil: undefined });

  const keyOf = (e: Event) => JSON.stringify(keyPositions.map((i) => e.values[i]));
  const sorted = (found: readonly (readonly unknown[])[]) => found.map((row) => JSON.stringify(row)).sort();

  function compare(a: Value, b: Value): number {
    if (a === b) return 0;
    if (a === null) return -1;
    if (b === null) return 1;
    return a < b ? -1 : 1;
  }

  /** Whether `a` counts rather than `b`, which has the same key and sequence. */
  function beats(a: Event, b: Event): boolean {
    if (a.isDelete || b.isDelete) return a.isDelete;
    const first = a.values.map((value, i) => compare(value, b.values[i] ?? null)).find((order) => order !== 0);
    return (first ?? 0) > 0;
  }

  interface Version {
    readonly values: readonly Value[];
    readonly start: number;
    readonly end: number | null;
  }

  /** The meaning, event by event: each one finds a version open or none, and leaves one open or none. */
  function reference(events: readonly Event[], track: readonly string[] | undefined): readonly Version[] {
    const versions: Version[] = [];
    for (const key of new Set(events.map(keyOf))) {
      const ofKey = events.filter((e) => keyOf(e) === key);
      const sequences = [...new Set(ofKey.map((e) => e.sequence))].sort((a, b) => a - b);
      let open: Version | undefined;
      for (const sequence of sequences) {
        const event = ofKey.filter((e) => e.sequence === sequence).reduce((a, b) => (beats(b, a) ? b : a));
        const before: Version | undefined = open;
        if (event.isDelete) {
          if (before) versions.push({ ...before, end: sequence });
          open = undefined;
        } else if (!before) {
          open = { values: event.values, start: sequence, end: null };
        } else if (columns.some((c, i) => (track?.includes(c.name) ?? true) && before.values[i] !== event.values[i])) {
          versions.push({ ...before, end: sequence });
          open = { values: event.values, start: sequence, end: null };
        } else {
          open = { ...before, values: event.values };
        }
      }
      if (open) versions.push(open);
    }
    return versions;
  }

  const type2 = (trackHistory: readonly string[] | undefined) =>
    scd2Query({ ...application, ...(trackHistory && { trackHistory }) });

  test("type 2 is what applying one event after another gives, in any order of arrival", async () => {
    await fc.assert(
      fc.asyncProperty(shuffledStream, tracking, async ([events, shuffled], track) => {
        const want = sorted(reference(events, track).map((v) => [...v.values, v.start, v.end]));
        expect(sorted(await apply(columns, events, type2(track)))).toEqual(want);
        expect(sorted(await apply(columns, shuffled, type2(track)))).toEqual(want);
      }),
      { numRuns: 250 },
    );
  });

  test("type 1 is what applying one event after another leaves, in any order of arrival", async () => {
    await fc.assert(
      fc.asyncProperty(shuffledStream, async ([events, shuffled]) => {
        const latest = reference(events, undefined).filter((v) => v.end === null);
        const want = sorted(latest.map((v) => v.values));
        expect(sorted(await apply(columns, events, scd1Query(application)))).toEqual(want);
        expect(sorted(await apply(columns, shuffled, scd1Query(application)))).toEqual(want);
      }),
      { numRuns: 150 },
    );
  });

  test("what a key shows depends on its own events alone", async () => {
    await fc.assert(
      fc.asyncProperty(stream, tracking, async (events, track) => {
        for (const query of [scd1Query(application), type2(track)]) {
          const together = await apply(columns, events, query);
          const apart: (readonly unknown[])[] = [];
          for (const key of new Set(events.map(keyOf))) {
            const own = events.filter((e) => keyOf(e) === key);
            apart.push(...(await apply(columns, own, query)));
          }
          expect(sorted(apart)).toEqual(sorted(together));
        }
      }),
      { numRuns: 50 },
    );
  });
});

test("nested columns are compared and settle equal sequences, and those without order are left out", async () => {
  const columns = ["id", "place", "extra"];
  const query = scd2Query({ events: "events", keys: ["id"], columns, orderable: ["id", "place"] });
  const found = await rows(`WITH events AS (
  SELECT * FROM (VALUES
    (1, {'a': 1, 'b': [1, 2]}, MAP {'m': 1}, {'day': 1, 'n': 1}, false),
    (1, {'a': 1, 'b': [1, 2]}, MAP {'m': 1}, {'day': 1, 'n': 2}, false),
    (1, {'a': 1, 'b': [1, 1]}, MAP {'m': 1}, {'day': 1, 'n': 3}, false),
    (1, {'a': 1, 'b': [1, 3]}, MAP {'m': 1}, {'day': 1, 'n': 3}, false),
    (1, {'a': 1, 'b': [1, 3]}, MAP {'m': 2}, {'day': 2, 'n': 0}, false)
  ) AS v(id, place, extra, __sequence, __delete)
)
SELECT * FROM (
${query}
) AS applied
ORDER BY __START_AT`);
  expect(found.map(([, place, extra, start, end]) => ({ place, extra, start, end }))).toEqual([
    { place: { a: 1, b: [1, 2] }, extra: [{ key: "m", value: 1 }], start: { day: 1, n: 1 }, end: { day: 1, n: 3 } },
    { place: { a: 1, b: [1, 3] }, extra: [{ key: "m", value: 1 }], start: { day: 1, n: 3 }, end: { day: 2, n: 0 } },
    { place: { a: 1, b: [1, 3] }, extra: [{ key: "m", value: 2 }], start: { day: 2, n: 0 }, end: null },
  ]);
});

describe("the text", () => {
  const application: Given = {
    events: "customer_events",
    keys: ["customer_id"],
    columns: ["customer_id", "email", "country"],
  };

  const bare = (identifier: string) => identifier;

  test("of type 1", () => {
    expect(scd1Query(application, bare)).toMatchInlineSnapshot(`
      "WITH __latest AS (
        SELECT
          *,
          row_number() OVER (
            PARTITION BY customer_id
            ORDER BY
              __sequence DESC NULLS LAST,
              __delete DESC NULLS LAST,
              email DESC NULLS LAST,
              country DESC NULLS LAST
          ) AS __rank
        FROM customer_events
      )
      SELECT
        customer_id,
        email,
        country
      FROM __latest
      WHERE __rank = 1 AND NOT __delete"
    `);
  });

  test("of type 2", () => {
    expect(scd2Query({ ...application, trackHistory: ["country"] }, bare)).toMatchInlineSnapshot(`
      "WITH __ranked AS (
        SELECT
          *,
          row_number() OVER (
            PARTITION BY customer_id, __sequence
            ORDER BY
              __delete DESC NULLS LAST,
              email DESC NULLS LAST,
              country DESC NULLS LAST
          ) AS __rank
        FROM customer_events
      ),
      __settled AS (
        SELECT *
        FROM __ranked
        WHERE __rank = 1
      ),
      __marked AS (
        SELECT
          *,
          (
            __delete
            OR lag(__delete, 1, true) OVER __history
            OR country IS DISTINCT FROM lag(country) OVER __history
          ) AS __starts
        FROM __settled
        WINDOW __history AS (PARTITION BY customer_id ORDER BY __sequence ASC NULLS FIRST)
      ),
      __versions AS (
        SELECT
          *,
          max(CASE WHEN __starts THEN __sequence END) OVER (
            PARTITION BY customer_id
            ORDER BY __sequence ASC NULLS FIRST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS __START_AT,
          lead(__sequence) OVER __history AS __END_AT,
          lead(__starts, 1, true) OVER __history AS __ends
        FROM __marked
        WINDOW __history AS (PARTITION BY customer_id ORDER BY __sequence ASC NULLS FIRST)
      )
      SELECT
        customer_id,
        email,
        country,
        __START_AT,
        __END_AT
      FROM __versions
      WHERE __ends AND NOT __delete"
    `);
  });
});
