/** No setting is lost without a word: wherever a relation is only read, each setting of it is refused and named. */
import { pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import type { TableSettings } from "../../src/settings/settings.ts";

// biome-ignore lint/suspicious/noExplicitAny: what tsc refuses is asked of the builder.
type Untyped = any;

const raw: Untyped = pipeline("loss").bronze({
  a: source.json("a/*.json", { id: t.bigint(), at: t.timestamp() }).key((c) => c.id),
  b: source.json("b/*.json", { id: t.bigint(), at: t.timestamp() }).key((c) => c.id),
});

const id = (c: Untyped) => c.id;
const settings: Readonly<
  Record<
    Exclude<keyof TableSettings, "key" | "extensions">,
    readonly [names: string, set: (r: Untyped, $: Untyped) => Untyped]
  >
> = {
  references: ['references() of "a"', (r, $) => r.references($.a, id)],
  expectations: ['expectOrDrop "rule"', (r) => r.expectOrDrop({ rule: (c: Untyped) => c.id.gt(1) })],
  comment: ["comment()", (r) => r.comment("")],
  owner: ["owner()", (r) => r.owner("me")],
  tags: ["tags()", (r) => r.tags({ team: "x" })],
  clusterBy: ["clusterBy()", (r) => r.clusterBy("auto")],
  partitionBy: ["partitionBy()", (r) => r.partitionBy((c: Untyped) => ({ id: c.id }))],
  properties: ["properties()", (r) => r.properties({ x: "y" })],
  private: ["private()", (r) => r.private()],
  temporary: ["temporary()", (r) => r.temporary()],
  flows: ['backfill "more"', (r, $) => r.backfill({ more: $.a })],
  masks: ['mask "id"', (r) => r.mask({ id: "f" })],
  rowFilter: ["rowFilter()", (r) => r.rowFilter("f", id)],
  refreshPolicy: ["refreshPolicy()", (r) => r.refreshPolicy("full")],
  kind: ["materialized()", (r) => r.materialized()],
};

const both = (l: Untyped, r: Untyped) => l.id.eq(r.id);
const select = (l: Untyped) => ({ id: l.id });
const places: Readonly<Record<string, (own: Untyped, other: Untyped) => unknown>> = {
  "lookup()": (own, other) => own.lookup(other, id, select),
  "join()": (own, other) => own.join(other, both, select),
  "leftJoin()": (own, other) => own.leftJoin(other, both, select),
  "fullJoin()": (own, other) => own.fullJoin(other, both, select),
  "semiJoin()": (own, other) => own.semiJoin(other, both),
  "antiJoin()": (own, other) => own.antiJoin(other, both),
  "asOfJoin()": (own, other) => own.asOfJoin(other, { on: both, at: (c: Untyped) => c.at, select }),
  "union()": (own, other) => own.union(other),
  "references()": (own, other) => own.references(other, id),
  'flow "late"': (own, other) => own.appendFlow({ late: other }),
  'flow "early"': (own, other) => own.backfill({ early: other }),
  "changes()": (_, other) => other.changes({ key: id, sequenceBy: (c: Untyped) => c.at }),
  "snapshots()": (_, other) => other.snapshots({ key: id }),
  "a further query step": (_, other) => other.select(select),
};

const cases = Object.entries(places).flatMap(([what, read]) =>
  Object.values(settings).map(([named, set]): [string, string, typeof set, typeof read] => [what, named, set, read]),
);

test.each(cases)("%s: %s", (what, named, set, read) => {
  const error = { code: "SET001", message: `${what} would lose what was set for a table: ${named}` };
  raw.silver(($: Untyped) => {
    expect(() => read($.a, set($.b, $))).toThrow(expect.objectContaining(error));
    expect(() => read($.a, $.b)).not.toThrow();
    return {};
  });
});

test("a key stays where it is read, and what it references where rows are only left out", () => {
  const made = raw.silver(($: Untyped) => ({
    c: $.b
      .where((c: Untyped) => c.id.gt(1))
      .references($.a, id)
      .where((c: Untyped) => c.id.lt(9))
      .comment("kept"),
  }));
  expect(made.toNode().tables.at(-1).settings).toMatchObject({
    key: ["id"],
    references: [{ table: "a" }],
    comment: "kept",
  });
});

test("a change target accepts no rules: they are refused with where they belong", () => {
  const made = (input: Untyped) => [
    input.changes({ key: id, sequenceBy: (c: Untyped) => c.at }),
    input.snapshots({ key: id }),
  ];
  raw.scd1(($: Untyped) => {
    for (const changes of made($.a)) {
      for (const rule of ["expect", "expectOrDrop", "expectOrFail", "expectOrQuarantine"]) {
        const set = () => changes[rule]({ some: (c: Untyped) => c.id.gt(0) });
        expect(set).toThrow(expect.objectContaining({ code: "SCD008", location: expect.any(String) }));
      }
    }
    return {};
  });
});

test("settings and flows of change events that are a flow", () => {
  const events = (r: Untyped) => r.changes({ key: id, sequenceBy: (c: Untyped) => c.at });
  raw.scd1(($: Untyped) => {
    const flow = (given: Untyped) => () => events($.a).appendFlow({ late: given });
    expect(flow(events($.b).comment("x"))).toThrow('flow "late" would lose what was set for a table: comment()');
    expect(flow(events($.b).backfill({ old: events($.a) }))).toThrow(
      'flow "late" would lose its own flows: backfill "old"',
    );
    expect(flow(events($.b))).not.toThrow();
    return {};
  });
});

const keyed = (r: Untyped, other?: boolean) => r.key((c: Untyped) => (other ? c.at : c.id));
/** Another value of each setting, and whether the first is then lost. */
const others: Readonly<
  Record<keyof typeof settings | "key", readonly [lost: boolean, set: (r: Untyped, $: Untyped) => Untyped]>
> = {
  key: [true, (r) => keyed(r, true)],
  references: [false, (r, $) => r.references($.b, id)],
  expectations: [false, (r) => r.expect({ other: (c: Untyped) => c.id.gt(1) })],
  comment: [true, (r) => r.comment("other")],
  owner: [true, (r) => r.owner("other")],
  tags: [true, (r) => r.tags({ team: "other" })],
  clusterBy: [true, (r) => r.clusterBy((c: Untyped) => ({ at: c.at }))],
  partitionBy: [true, (r) => r.partitionBy((c: Untyped) => ({ at: c.at }))],
  properties: [false, (r) => r.properties({ other: "y" })],
  private: [false, (r) => r.private()],
  temporary: [false, (r) => r.temporary()],
  flows: [false, (r, $) => r.backfill({ other: $.a })],
  masks: [true, (r) => r.mask({ id: "g" })],
  rowFilter: [true, (r) => r.rowFilter("g", id)],
  refreshPolicy: [true, (r) => r.refreshPolicy("auto")],
  kind: [true, (r) => r.streaming()],
};

test.each(Object.entries(others))("%s twice: refused where the first would be lost", (name, [lost, other]) => {
  const set =
    name === "key" ? (r: Untyped) => keyed(r) : (settings[name as keyof typeof settings] as readonly Untyped[])[1];
  const made = (of: (r: Untyped, $: Untyped) => Untyped) => () =>
    raw.silver(($: Untyped) => ({
      made: of(
        $.a.select((c: Untyped) => ({ id: c.id, at: c.at })),
        $,
      ),
    }));
  const twice = made((r, $) => other(set(r, $), $));
  if (lost) expect(twice).toThrow(expect.objectContaining({ code: "SET007" }));
  else expect(twice).not.toThrow();
  // Its own settings replace what a preset gives and what a table inherits.
  expect(
    made((r, $) =>
      other(
        r.with((t: Untyped) => set(t, $)),
        $,
      ),
    ),
  ).not.toThrow();
  expect(made((_, $) => other($.a, $))).not.toThrow();
});
