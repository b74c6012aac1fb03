/** What identifies something is compared with what identifies the same, and not calculated with: for callers without types. */
import { type AnyPipeline, analyze, fn, fromManifest, MedallionError, pipeline, source, sql, t } from "medallion";
import { expect, test } from "vitest";

/** What plain JavaScript sees: the same builders without their types. */
// biome-ignore lint/suspicious/noExplicitAny: these tests are about callers without types.
type Untyped = any;

const bikes = pipeline("bikes")
  .bronze({
    bikes_raw: source.json("b", {
      bike_id: t.bigint().id("bike"),
      frame: t.string().id("frame"),
      maker: t.string(),
      n: t.bigint(),
    }),
    trips_raw: source.json("t", {
      trip_id: t.bigint().id("trip"),
      bike_id: t.bigint().id("bike").nullable(),
      station_id: t.bigint().id("station"),
      at: t.timestamp(),
      minutes: t.int(),
    }),
  })
  .silver(($) => ({ bikes: $.bikes_raw.key((b) => b.bike_id) }))
  .scd2(($) => ({ places: $.trips_raw.changes({ key: (x) => x.station_id, sequenceBy: (x) => x.at }) }));

const made = (query: ($: Untyped) => unknown): AnyPipeline =>
  (bikes as Untyped).silver(($: Untyped) => ({ made: query($) }));

/** The findings of a pipeline, which its manifest has as well. */
function codes(p: AnyPipeline): readonly string[] {
  const found = analyze(p).map((d) => d.code);
  const again = fromManifest(JSON.parse(JSON.stringify(p)));
  expect(JSON.stringify(again)).toBe(JSON.stringify(p));
  expect(analyze(again).map((d) => d.code)).toEqual(found);
  return found;
}

const unit = (p: AnyPipeline, name: string): string | undefined =>
  p
    .toNode()
    .tables.at(-1)
    ?.columns.find((c) => c.name === name)?.unit;

test.each<[string, ($: Untyped) => unknown]>([
  ["select and derive", ($) => $.trips_raw.derive(() => ({ x: fn.lit(1) })).select((x: Untyped) => ({ k: x.bike_id }))],
  [
    "a group, and an extreme",
    ($) =>
      $.trips_raw
        .groupBy((x: Untyped) => ({ k: x.bike_id }))
        .aggregate((x: Untyped) => ({ last: x.trip_id.max(), n: x.trip_id.countDistinct() })),
  ],
  ["coalesce", ($) => $.trips_raw.select((x: Untyped) => ({ k: fn.coalesce(x.bike_id, x.bike_id) }))],
  ["orElse and nullIf", ($) => $.trips_raw.select((x: Untyped) => ({ k: x.bike_id.orElse(0).nullIf(0) }))],
  [
    "a case with a constant",
    ($) => $.trips_raw.select((x: Untyped) => ({ k: fn.when(x.minutes.gt(1), x.bike_id).otherwise(0) })),
  ],
  [
    "a union",
    ($) =>
      $.trips_raw
        .select((x: Untyped) => ({ k: x.bike_id }))
        .union($.bikes_raw.select((b: Untyped) => ({ k: b.bike_id }))),
  ],
  [
    "a lookup, and a reference",
    ($) =>
      $.trips_raw
        .lookup(
          $.bikes,
          (x: Untyped) => x.bike_id,
          (x: Untyped, b: Untyped) => ({ k: b.bike_id, trip: x.trip_id }),
        )
        .references($.bikes, (r: Untyped) => r.k),
  ],
  [
    "a join",
    ($) =>
      $.trips_raw.leftJoin(
        $.bikes,
        (x: Untyped, b: Untyped) => x.bike_id.eq(b.bike_id),
        (_: Untyped, b: Untyped) => ({ k: b.bike_id }),
      ),
  ],
  ["a window", ($) => $.trips_raw.select((x: Untyped) => ({ k: x.bike_id.lag().over({ orderBy: x.at }) }))],
  ["a cast to the identifier", ($) => $.bikes_raw.select((b: Untyped) => ({ k: b.n.cast(t.int().id("bike")) }))],
  ["raw SQL that declares it", ($) => $.bikes_raw.select((b: Untyped) => ({ k: sql(t.bigint().id("bike"))`${b.n}` }))],
])("it is kept through %s", (_, query) => {
  const p = made(query);
  expect(codes(p).filter((code) => /KEY006|METRIC/.test(code))).toEqual([]);
  expect(unit(p, "k")).toBe("id of bike");
});

test("so are texts that identify, in whatever gives one of several values", () => {
  const values: Readonly<Record<string, (b: Untyped) => unknown>> = {
    coalesced: (b) => fn.coalesce(b.frame.nullIf("x"), b.frame),
    otherwise: (b) => b.frame.orElse("none"),
    cases: (b) => fn.when(b.n.gt(1), b.frame).otherwise(null),
    greatest: (b) => fn.greatest(b.frame, b.frame.nullIf("x")),
    before: (b) => b.frame.lag().over({ orderBy: b.n }),
  };
  const read = ($: Untyped) =>
    $.bikes_raw.select((b: Untyped) => Object.fromEntries(Object.entries(values).map(([name, of]) => [name, of(b)])));
  const kept = made(read);
  expect(Object.keys(values).map((name) => unit(kept, name))).toEqual(Array(5).fill("id of frame"));
  const least = made(($) => $.bikes_raw.aggregate((b: Untyped) => ({ k: b.frame.min() })));
  expect(unit(least, "k")).toBe("id of frame");
  const compared = made(($) => $.bikes_raw.where((b: Untyped) => b.frame.orElse("none").eq(b.maker)));
  expect(codes(compared)).toEqual(["KEY006"]);
});

test("an identifier that is calculated with is one finding, and the result an ordinary number", () => {
  const p = (bikes as Untyped)
    .silver(($: Untyped) => ({ sums: $.trips_raw.aggregate((x: Untyped) => ({ k: x.trip_id.sum() })) }))
    .silver(($: Untyped) => ({ again: $.sums.derive((s: Untyped) => ({ k: s.k.div(2) })) }));
  expect(codes(p)).toEqual(["METRIC005"]);
  const sum = ($: Untyped) => $.trips_raw.aggregate((x: Untyped) => ({ k: x.minutes.plus(x.trip_id).sum() }));
  expect(codes(made(sum))).toEqual(["METRIC005"]);
});

test("it is kept in a history", () => {
  const columns = bikes.toNode().tables.find((table) => table.name === "places")?.columns;
  expect(columns?.find((c) => c.name === "station_id")?.unit).toBe("id of station");
});

test.each<[string, ($: Untyped) => unknown]>([
  ["a function of texts", ($) => $.bikes_raw.select((b: Untyped) => ({ k: b.frame.lower() }))],
  ["a cast to a plain type", ($) => $.bikes_raw.select((b: Untyped) => ({ k: b.bike_id.cast(t.bigint()) }))],
  ["raw SQL", ($) => $.bikes_raw.select((b: Untyped) => ({ k: sql(t.bigint())`${b.bike_id} + 1` }))],
  ["a count", ($) => $.bikes_raw.aggregate((b: Untyped) => ({ k: b.bike_id.count() }))],
])("it is lost by %s", (_, query) => {
  const p = made(query);
  expect(codes(p)).toEqual([]);
  expect(unit(p, "k")).toBe("");
});

test.each<[string, string, ($: Untyped) => unknown]>([
  [
    "KEY006",
    "a lookup by another",
    ($) =>
      $.trips_raw.lookup(
        $.bikes,
        (x: Untyped) => x.station_id,
        (x: Untyped, b: Untyped) => ({ trip_id: x.trip_id, maker: b.maker }),
      ),
  ],
  ["KEY006", "a reference by another", ($) => $.trips_raw.references($.bikes, (x: Untyped) => x.station_id)],
  ["KEY006", "a reference by a plain number", ($) => $.bikes_raw.references($.bikes, (b: Untyped) => b.n)],
  [
    "KEY006",
    "a join on another",
    ($) => $.trips_raw.semiJoin($.bikes, (x: Untyped, b: Untyped) => x.station_id.eq(b.bike_id)),
  ],
  [
    "KEY006",
    "the match of an asOfJoin",
    ($) =>
      $.trips_raw.asOfJoin($.places, {
        on: (x: Untyped, h: Untyped) => x.bike_id.eq(h.station_id),
        at: (x: Untyped) => x.at,
        select: (x: Untyped, h: Untyped) => ({ trip_id: x.trip_id, place: h.station_id }),
      }),
  ],
  ["KEY006", "a comparison with a text", ($) => $.bikes_raw.where((b: Untyped) => b.maker.eq(b.frame))],
  ["KEY006", "coalesce", ($) => $.trips_raw.select((x: Untyped) => ({ k: fn.coalesce(x.bike_id, x.trip_id) }))],
  [
    "KEY006",
    "a case",
    ($) => $.trips_raw.select((x: Untyped) => ({ k: fn.when(x.minutes.gt(1), x.bike_id).otherwise(x.trip_id) })),
  ],
  [
    "KEY006",
    "a union",
    ($) =>
      $.trips_raw
        .select((x: Untyped) => ({ k: x.trip_id }))
        .union($.bikes_raw.select((b: Untyped) => ({ k: b.bike_id }))),
  ],
  ["METRIC005", "a sum", ($) => $.trips_raw.aggregate((x: Untyped) => ({ k: x.trip_id.sum() }))],
  ["METRIC005", "an average", ($) => $.trips_raw.aggregate((x: Untyped) => ({ k: x.trip_id.avg() }))],
  ["METRIC005", "arithmetic", ($) => $.trips_raw.select((x: Untyped) => ({ k: x.minutes.plus(x.trip_id) }))],
  ["METRIC005", "rounding", ($) => $.trips_raw.select((x: Untyped) => ({ k: x.trip_id.round() }))],
])("%s: %s", (code, _, query) => {
  expect(codes(made(query))).toEqual([code]);
});

test("what cannot identify, and a unit that looks like an identifier", () => {
  const double: Untyped = t.double();
  const whole: Untyped = t.bigint();
  for (const [declare, code] of [
    [() => double.id("bike"), "KEY006"],
    [() => whole.id(""), "TEXT001"],
    [() => whole.id(7), "TEXT001"],
    [() => whole.unit("id of bike"), "ARG001"],
  ] as const) {
    expect(declare).toThrow(expect.objectContaining({ code }));
    expect(declare).toThrow(MedallionError);
  }
});
