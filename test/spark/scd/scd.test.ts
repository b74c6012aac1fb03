/**
 * Change events, in every order and in any batches: the embedded engine, the query for a Spark whose catalog cannot
 * merge, and Spark's own AUTO CDC give the same tables.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { countPairs, sparkSession } from "../session.ts";
import { batch1, batch2, type Change, cases, sparkAlone, tracked } from "./recorded.ts";
import { type Arrival, arrivals, batchesOf, dealt } from "./streams.ts";
import { type Answers, byAutoCdc, byQuery, byRun, SPARK_TABLES, TABLES } from "./ways.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 43);
const spark = await sparkSession();
afterAll(() => spark.close());

/** Streams without ties, for all three; with ties, where Spark's own answer depends on the batches, for two. */
const plain = arrivals({ keys: 300, firstKey: 1_000, tied: false, seed: SEED });
const withTies = arrivals({ keys: 300, firstKey: 2_000, tied: true, seed: SEED + 1 });

let compared = 0;
afterAll(() => countPairs("histories of keys", compared));

/** Says of the first few keys that differ what their events were and what each way made of them. */
function expectSame(
  what: string,
  events: readonly Arrival[],
  one: Answers | undefined,
  other: Answers | undefined,
  tables: readonly string[] = TABLES,
): void {
  const ids = [...new Set(events.map((e) => e.change[0]))];
  const differences = tables.flatMap((table) =>
    ids.flatMap((id) => {
      const [a, b] = [one?.get(table)?.get(id) ?? "", other?.get(table)?.get(id) ?? ""];
      compared++;
      if (a === b) return [];
      const own = events.filter((e) => e.change[0] === id);
      const list = own.map(({ change: [, ts, op, city, email], batch }) => `${batch}: ${ts}${op} ${city}/${email}`);
      return [{ length: own.length, text: `${table}: ${list.join(", ")}\n  one:   ${a}\n  other: ${b}` }];
    }),
  );
  // The shortest stream says the most.
  differences.sort((a, b) => a.length - b.length);
  expect(
    differences
      .slice(0, 3)
      .map((d) => d.text)
      .join("\n"),
    `${what}: ${differences.length} differ`,
  ).toBe("");
}

const until = (events: readonly Arrival[], batch: number) => events.filter((e) => e.batch <= batch);

describe("the embedded engine and the query for Spark", () => {
  const all = [...plain, ...withTies];
  let embedded: readonly Answers[];
  beforeAll(async () => {
    embedded = await byRun(batchesOf(all));
  });

  test("give the same after each update, ties or not", async () => {
    const queried = await byQuery(spark, batchesOf(all));
    for (const [batch, answers] of queried.entries()) {
      expectSame(`after update ${batch + 1}`, until(all, batch), embedded[batch], answers);
    }
  });

  test.each([
    [1, 1],
    [2, 2],
    [5, 3],
    [12, 4],
  ])("say the same of the events in %i batches, in another order", async (parts, seed) => {
    const again = dealt(all, parts, SEED + seed);
    const embeddedAgain = await byRun(batchesOf(again, parts));
    expectSame("the embedded engine", again, embedded.at(-1), embeddedAgain.at(-1));
    if (parts > 2) return;
    const queriedAgain = await byQuery(spark, [again.map((a) => a.change)]);
    expectSame("the query", again, embedded.at(-1), queriedAgain.at(-1));
  });
});

describe("Spark's own AUTO CDC", () => {
  const recorded = (changes: readonly Change[], batch: number) => changes.map((change) => ({ change, batch }));
  const all: readonly Arrival[] = [...plain, ...recorded(batch1, 0), ...recorded(batch2, 1)];
  let own: Awaited<ReturnType<typeof byAutoCdc>>;
  beforeAll(async () => {
    own = await byAutoCdc(inject("spark"), batchesOf(all));
  }, 600_000);

  test("gives what the embedded engine gives after each update, without ties", async () => {
    const embedded = await byRun(batchesOf(plain));
    expect(own).toHaveLength(embedded.length);
    for (const [batch, answers] of embedded.entries()) {
      expectSame(`after update ${batch + 1}`, until(plain, batch), answers, own[batch]?.answers, SPARK_TABLES);
    }
  });

  test("stores our columns and one of its own", () => {
    const stored = Object.entries(own.at(-1)?.rows ?? {}).map(([table, rows]) => [table, Object.keys(rows[0] ?? {})]);
    const version = ["__START_AT", "__END_AT"];
    const extra = "__spark_autocdc_metadata";
    expect(Object.fromEntries(stored)).toEqual({
      latest: ["id", "city", "email", extra],
      latest_city: ["id", "city", extra],
      history: ["id", "city", "email", ...version, extra],
      history_of_city: ["id", "city", "email", ...version, extra],
      city_history: ["id", "city", ...version, extra],
    });
  });

  test("gives the recorded answers, those at equal sequences included", () => {
    const [first, second] = own.map(({ answers }) => answers);
    for (const [id, what, after1, after2, latest] of cases) {
      const [track1, track2] = tracked.get(id) ?? [after1, after2];
      const same = (answer: string, before: string) => (answer === "same" ? before : answer);
      const may = sparkAlone.get(id);
      const said = (answers: Answers | undefined, table: string) => answers?.get(table)?.get(id) ?? "";
      compared += 5;
      if (id !== 5) expect.soft(said(first, "history"), `${id}: ${what}, update 1`).toBe(after1);
      expect.soft(may ?? [same(after2, after1)], `${id}: ${what}, update 2`).toContain(said(second, "history"));
      if (id !== 5) expect.soft(said(first, "history_of_city"), `${id}: ${what}, tracked, update 1`).toBe(track1);
      expect
        .soft(may ?? [same(track2, track1)], `${id}: ${what}, tracked, update 2`)
        .toContain(said(second, "history_of_city"));
      if (id !== 5) expect.soft(said(second, "latest"), `${id}: ${what}, type 1`).toBe(latest);
    }
  });
});
