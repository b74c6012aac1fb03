/** What other tools have a word for and this one writes otherwise, as docs/guides/you-know-it-as.md tells it: with its rows. */
import { fn, pipeline, source, sql, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { rows } from "./support.ts";

const param = t.struct({
  key: t.string(),
  value: t.struct({ text: t.string().nullable(), number: t.bigint().nullable() }),
});

const p = pipeline("idioms")
  .bronze({
    events: source.json("events/*.json", {
      id: t.bigint(),
      person: t.string(),
      at: t.bigint(),
      channel: t.string().nullable(),
      tags: t.array(t.string()).nullable(),
      params: t.array(param),
      starts: t.date(),
      ends: t.date().nullable(),
    }),
  })
  .silver(($) => ({
    filled: $.events.select((e) => {
      const known = fn.when(e.channel.isNotNull(), e.at).otherwise(null);
      const frame = { partitionBy: e.person, orderBy: e.at } as const;
      return {
        id: e.id,
        last: e.channel.maxBy(known).over(frame),
        lately: e.channel.maxBy(known).over({ ...frame, frame: { unit: "range", start: -10, end: 0 } }),
        first: e.channel.minBy(known).over(frame),
      };
    }),
    first_known: $.events
      .groupBy((e) => ({ person: e.person }))
      .aggregate((e) => ({ channel: e.channel.firstBy(e.at).filter(e.channel.isNotNull()) })),
    channels: $.events
      .select((e) => ({ person: e.person, channel: e.channel }))
      .groupBy((e) => ({ ...e }))
      .aggregate(() => ({})),
    tags: [0, 1, 2]
      .map((i) => $.events.where((e) => e.tags.size().gt(i)).select((e) => ({ id: e.id, tag: e.tags.at(i) })))
      .reduce((all, more) => all.union(more)),
    pages: $.events.select((e) => {
      const value = sql(t.array(param))`filter(${e.params}, p -> p.key = 'page')`.at(0).fields.value;
      return { id: e.id, page: value.fields.text, number: fn.coalesce(value.fields.number, 0n) };
    }),
    overlapping: $.events.semiJoin($.events, (a, b) =>
      a.person.eq(b.person).and(a.id.ne(b.id), a.starts.le(b.ends), a.ends.ge(b.starts)),
    ),
    apart: $.events.antiJoin($.events, (a, b) => a.id.ne(b.id).and(a.starts.between(b.starts, b.ends))),
  }));

const event = (
  id: number,
  person: string,
  at: number,
  channel: string | null,
  starts: string,
  ends: string | null,
) => ({
  id,
  person,
  at,
  channel,
  tags: null as string[] | null,
  params: [] as { key: string; value: { text: string | null; number: number | null } }[],
  starts,
  ends,
});

test("the rows are those of the SQL that has a word for it", async () => {
  const events = [
    { ...event(1, "a", 1, null, "2024-01-01", "2024-01-05"), tags: ["x", "y"] },
    { ...event(2, "a", 2, "mail", "2024-01-05", "2024-01-06"), tags: ["z", "z", "x"] },
    { ...event(3, "a", 8, null, "2024-02-01", null), params: [{ key: "page", value: { text: "/", number: 7 } }] },
    {
      ...event(4, "a", 20, null, "2024-01-20", "2024-01-20"),
      tags: [],
      params: [{ key: "site", value: { text: "s", number: 1 } }],
    },
    event(5, "b", 3, "mail", "2024-01-20", "2024-01-20"),
    {
      ...event(6, "b", 4, "web", "2024-03-01", "2024-03-02"),
      params: [
        { key: "x", value: { text: "1", number: 1 } },
        { key: "page", value: { text: "/c", number: null } },
      ],
    },
  ];
  await using update = await run(p, { inputs: { events } });
  expect(update.status).toBe("completed");
  const ids = async (table: string) =>
    (await rows(update, `SELECT id FROM silver.${table} ORDER BY id`)).map((r) => r["id"]);
  expect(await rows(update, "SELECT * FROM silver.filled ORDER BY id")).toEqual([
    { id: 1, last: null, lately: null, first: null },
    { id: 2, last: "mail", lately: "mail", first: "mail" },
    { id: 3, last: "mail", lately: "mail", first: "mail" },
    { id: 4, last: "mail", lately: null, first: "mail" },
    { id: 5, last: "mail", lately: "mail", first: "mail" },
    { id: 6, last: "web", lately: "web", first: "mail" },
  ]);
  expect(await rows(update, "SELECT * FROM silver.first_known ORDER BY person")).toEqual([
    { person: "a", channel: "mail" },
    { person: "b", channel: "mail" },
  ]);
  expect(await rows(update, "SELECT * FROM silver.channels ORDER BY person, channel NULLS FIRST")).toEqual([
    { person: "a", channel: null },
    { person: "a", channel: "mail" },
    { person: "b", channel: "mail" },
    { person: "b", channel: "web" },
  ]);
  expect(await rows(update, "SELECT id, tag FROM silver.tags ORDER BY id, tag")).toEqual([
    { id: 1, tag: "x" },
    { id: 1, tag: "y" },
    { id: 2, tag: "x" },
    { id: 2, tag: "z" },
    { id: 2, tag: "z" },
  ]);
  expect(await rows(update, "SELECT * FROM silver.pages ORDER BY id")).toEqual([
    { id: 1, page: null, number: 0 },
    { id: 2, page: null, number: 0 },
    { id: 3, page: "/", number: 7 },
    { id: 4, page: null, number: 0 },
    { id: 5, page: null, number: 0 },
    { id: 6, page: "/c", number: 0 },
  ]);
  // A correlated EXISTS with these conditions finds other rows on DuckDB 1.5: it is a SEMI JOIN there.
  expect(await ids("overlapping")).toEqual([1, 2]);
  expect(await ids("apart")).toEqual([1, 3, 6]);
});
