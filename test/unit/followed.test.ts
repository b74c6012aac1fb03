/** What rules follow through as-of joins, renames and other tables: keys, pseudonyms, the times of balances, repeated numbers. */
import { type AnyPipeline, analyze, fn, fromManifest, param, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: these tests are about callers without types.
type Untyped = any;

const salt = param.secret("salt", { scope: "transit" });
const pepper = param.secret("pepper", { scope: "transit" });

const feed = pipeline("feed")
  .bronze({
    taps_raw: source.json("taps", {
      tap: t.bigint(),
      card: t.string(),
      trip: t.bigint(),
      at: t.timestamp(),
      fare: t.int(),
    }),
    cards_raw: source.json("cards", { card: t.string(), rider: t.bigint(), at: t.timestamp() }),
    loads_raw: source.json("loads", { bus: t.bigint(), at: t.timestamp(), riders: t.int().balance() }),
    trips_raw: source.json("trips", { trip: t.bigint(), line: t.string(), day: t.date(), km: t.int() }),
  })
  .scd2(($) => ({
    cards: $.cards_raw
      .derive((c) => ({ token: c.card.tokenize(salt) }))
      .changes({ key: (c) => c.token, sequenceBy: (c) => c.at }),
  }))
  .silver(($) => ({
    trips: $.trips_raw.key((x) => x.trip),
    fares: $.taps_raw
      .groupBy((x) => ({ trip: x.trip }))
      .aggregate((x) => ({ fare: x.fare.sum() }))
      .key((x) => x.trip),
    minutes: $.loads_raw
      .derive((l) => ({ minute: l.at.truncate("minute") }))
      .dedupe({ key: (l) => [l.bus, l.minute], orderBy: (l) => l.at })
      .key((l) => [l.bus, l.minute]),
    minutes_and_times: $.loads_raw
      .derive((l) => ({ minute: l.at.truncate("minute") }))
      .key((l) => [l.bus, l.minute, l.at]),
    cards_now: $.cards.where((c) => c.__END_AT.isNull()).key((c) => c.token),
  }))
  .silver(($) => ({
    facts: $.trips.lookup(
      $.fares,
      (x) => x.trip,
      (x, f) => ({ ...x, fare: f.fare }),
    ),
  })) as Untyped;

function codes(query: ($: Untyped) => unknown): readonly string[] {
  const p: AnyPipeline = feed.silver(($: Untyped) => ({ made: query($) }));
  const found = analyze(p).map((d) => d.code);
  expect(analyze(fromManifest(JSON.parse(JSON.stringify(p)))).map((d) => d.code)).toEqual(found);
  return found;
}

const taps = ($: Untyped) =>
  $.taps_raw
    .dedupe({ key: (x: Untyped) => x.tap, orderBy: (x: Untyped) => x.at })
    .derive((x: Untyped) => ({ token: x.card.tokenize(salt) }));
const ofCard = ($: Untyped, select: (x: Untyped, c: Untyped) => unknown) =>
  taps($).asOfJoin($.cards, {
    on: (x: Untyped, c: Untyped) => x.token.eq(c.token),
    at: (x: Untyped) => x.at,
    select,
  });
const sumOver = (x: Untyped, column: string) =>
  x[column].sum().over({ partitionBy: x.line, orderBy: [x.day, x.trip], frame: { unit: "rows", start: -2, end: 0 } });
const loads = (table: string, group: string) => ($: Untyped) =>
  $[table].groupBy((l: Untyped) => ({ at: l[group] })).aggregate((l: Untyped) => ({ riders: l.riders.sum() }));

test.each<[string, ($: Untyped) => unknown, readonly string[]]>([
  [
    "the key of what an as-of join reads",
    ($) => ofCard($, (x, c) => ({ ...x, rider: c.rider })).key((x: Untyped) => x.tap),
    [],
  ],
  [
    "the same under another name",
    ($) => ofCard($, (x, c) => ({ number: x.tap, tap: x.trip, rider: c.rider })).key((x: Untyped) => x.number),
    [],
  ],
  [
    "another key than that of dedupe(), after an as-of join",
    ($) => ofCard($, (x, c) => ({ ...x, rider: c.rider })).key((x: Untyped) => x.token),
    ["KEY005"],
  ],
  [
    "another key than that of dedupe(), after a semi join",
    ($) =>
      taps($)
        .semiJoin($.trips, (x: Untyped, y: Untyped) => x.trip.eq(y.trip))
        .key((x: Untyped) => x.token),
    ["KEY005"],
  ],
  [
    "a group that is worked out of the others is no part of the key",
    ($) =>
      $.trips_raw
        .groupBy((x: Untyped) => ({ line: x.line, day: x.day, month: x.day.truncate("month") }))
        .aggregate((x: Untyped) => ({ km: x.km.sum() }))
        .key((x: Untyped) => [x.line, x.day]),
    [],
  ],
  [
    "a group that is worked out of what is no group is one",
    ($) =>
      $.trips_raw
        .groupBy((x: Untyped) => ({ line: x.line, month: x.day.truncate("month") }))
        .aggregate((x: Untyped) => ({ km: x.km.sum() }))
        .key((x: Untyped) => x.line),
    ["KEY005"],
  ],
  ["a balance in groups of a computed time that is in the key", loads("minutes", "minute"), []],
  ["a balance in groups of a computed time next to another", loads("minutes_and_times", "minute"), ["METRIC001"]],
  [
    "a balance in groups of a computed time that dedupe() is by",
    ($) =>
      loads(
        "made",
        "day",
      )({
        made: $.loads_raw
          .derive((l: Untyped) => ({ day: l.at.toDate() }))
          .dedupe({ key: (l: Untyped) => [l.bus, l.day], orderBy: (l: Untyped) => l.at.desc() }),
      }),
    [],
  ],
  [
    "a sum over a window of what a lookup brought one to one",
    ($) => $.facts.derive((x: Untyped) => ({ last: sumOver(x, "fare") })),
    [],
  ],
  [
    "a sum over a window of what a lookup repeated",
    ($) =>
      $.taps_raw
        .lookup(
          $.trips,
          (x: Untyped) => x.trip,
          (x: Untyped, y: Untyped) => ({ trip: x.trip, line: y.line, day: y.day, km: y.km }),
        )
        .derive((x: Untyped) => ({ last: sumOver(x, "km") })),
    ["METRIC001"],
  ],
  [
    "a match of pseudonyms of two functions",
    ($) =>
      $.taps_raw
        .derive((x: Untyped) => ({ token: x.card.sha256(salt) }))
        .semiJoin($.cards_now, (x: Untyped, c: Untyped) => x.token.eq(c.token)),
    ["EXPR008"],
  ],
  [
    "a lookup by a pseudonym with another salt",
    ($) =>
      $.taps_raw
        .derive((x: Untyped) => ({ token: x.card.tokenize(pepper) }))
        .lookup(
          $.cards_now,
          (x: Untyped) => x.token,
          (x: Untyped, c: Untyped) => ({ tap: x.tap, rider: c.rider }),
        ),
    ["EXPR008"],
  ],
  [
    "a lookup by a pseudonym that is made there",
    ($) =>
      $.taps_raw.lookup(
        $.cards_now,
        (x: Untyped) => fn.coalesce(x.card).tokenize(salt),
        (x: Untyped, c: Untyped) => ({ tap: x.tap, rider: c.rider }),
      ),
    [],
  ],
  [
    "a match with a text that is no pseudonym as far as is known",
    ($) => taps($).semiJoin($.cards_raw, (x: Untyped, c: Untyped) => x.token.eq(c.card)),
    [],
  ],
])("%s", (_, query, wanted) => expect(codes(query)).toEqual(wanted));
