/** PII005: whatever decides which rows are there, where it decides and wherever they are read. */
import { analyze, fn, pipeline, source, t } from "medallion";
import { describe, expect, test } from "vitest";
import type { JoinType } from "../../src/ast/relation.ts";

// biome-ignore lint/suspicious/noExplicitAny: a table of steps over one relation, of which each gives another type.
type Untyped = any;

const base = () =>
  pipeline("p")
    .bronze({
      people_raw: source.json("p", { id: t.bigint(), email: t.string().pii("email"), country: t.string() }),
      vip_raw: source.json("v", { email: t.string().pii("email"), country: t.string() }),
    })
    .silver(($) => ({ people: $.people_raw.key((c) => c.id), vip: $.vip_raw })) as Untyped;

type Ways = Readonly<Record<string, (people: Untyped, vip: Untyped, column: string) => Untyped>>;

const pair = (l: Untyped) => ({ id: l.id, email: l.email, country: l.country });
const joins: Readonly<Record<Extract<JoinType, "inner" | "semi" | "anti">, Ways[string]>> = {
  inner: (p, v, c) => p.join(v, (l: Untyped, r: Untyped) => l[c].eq(r[c]), pair),
  semi: (p, v, c) => p.semiJoin(v, (l: Untyped, r: Untyped) => l[c].eq(r[c])),
  anti: (p, v, c) => p.antiJoin(v, (l: Untyped, r: Untyped) => l[c].eq(r[c])),
};
const steps: Ways = {
  where: (p, _, c) => p.where((l: Untyped) => l.id.gt(1).and(l[c].endsWith("x"))),
  limit: (p, _, c) => p.orderBy((l: Untyped) => l[c]).limit(5),
  dedupe: (p, _, c) => p.dedupe({ key: (l: Untyped) => l.id, orderBy: (l: Untyped) => l[c] }),
  window: (p, _, c) =>
    p
      .derive((l: Untyped) => ({ place: fn.rowNumber().over({ orderBy: l[c] }) }))
      .where((l: Untyped) => l.place.eq(1))
      .select(pair),
  ...joins,
};
const settings: Ways = {
  drop: (p, _, c) => p.expectOrDrop({ known: (l: Untyped) => l[c].endsWith("x") }),
  quarantine: (p, _, c) => p.expectOrQuarantine({ known: (l: Untyped) => l[c].endsWith("x") }),
};
const harmless: Ways = {
  "a warning": (p, _, c) => p.expect({ known: (l: Untyped) => l[c].endsWith("x") }),
  "a test for null": (p, _, c) => p.expectOrDrop({ known: (l: Untyped) => l[c].isNotNull() }),
  "left join": (p, v, c) => p.leftJoin(v, (l: Untyped, r: Untyped) => l[c].eq(r[c]), pair),
  "an order of all rows": (p, _, c) =>
    p.derive((l: Untyped) => ({ n: fn.rowNumber().over({ orderBy: l[c] }) })).select(pair),
};

const found = (p: Untyped) => analyze(p).flatMap((d) => (d.code === "PII005" ? [d.table] : []));
const ids = (relation: Untyped) => relation.select((l: Untyped) => ({ id: l.id }));
const inGold = (way: Ways[string], column: string) =>
  base().gold(($: Untyped) => ({ g: ids(way($.people, $.vip, column)) }));
const inSilver = (way: Ways[string], column: string) =>
  base()
    .silver(($: Untyped) => ({ near: way($.people, $.vip, column) }))
    .silver(($: Untyped) => ({ far: ids($.near) }))
    .gold(($: Untyped) => ({ one: ids($.near), two: $.far, other: ids($.people) }));

describe("personal data chooses rows of gold", () => {
  test.each(Object.entries(steps))("%s, in gold itself", (_, way) => {
    expect(found(inGold(way, "email"))).toEqual(["g"]);
    expect(found(inGold(way, "country"))).toEqual([]);
  });

  test.each(Object.entries({ ...steps, ...settings }))("%s, in a silver table that gold reads", (_, way) => {
    expect(found(inSilver(way, "email"))).toEqual(["one", "two"]);
    expect(found(inSilver(way, "country"))).toEqual([]);
  });

  test.each(Object.entries(harmless))("%s keeps all rows", (_, way) => {
    expect(found(inSilver(way, "email"))).toEqual([]);
  });

  test("changes: what orders and deletes them", () => {
    const changes = (options: object) =>
      base()
        .scd1(($: Untyped) => ({ one: $.people_raw.changes({ key: (c: Untyped) => c.id, ...options }) }))
        .gold(($: Untyped) => ({ g: ids($.one) }));
    expect(found(changes({ sequenceBy: (c: Untyped) => c.country }))).toEqual([]);
    expect(found(changes({ sequenceBy: (c: Untyped) => c.email }))).toEqual(["g"]);
    expect(
      found(changes({ sequenceBy: (c: Untyped) => c.country, deleteWhen: (c: Untyped) => c.email.eq("x") })),
    ).toEqual(["g"]);
  });

  test("a join on pseudonyms, and a declassified condition, choose nothing; the finding names step, table and way out", () => {
    const hashed = (relation: Untyped) => relation.derive((c: Untyped) => ({ person: c.email.sha256("salt") }));
    const p = base()
      .silver(($: Untyped) => ({ a: hashed($.people), b: hashed($.vip) }))
      .gold(($: Untyped) => ({
        joined: ids($.a.semiJoin($.b, (l: Untyped, r: Untyped) => l.person.eq(r.person))),
        stated: ids($.people.where((c: Untyped) => c.email.endsWith("x").declassify("asked for"))),
      }));
    expect(found(p)).toEqual([]);
    const [finding] = analyze(inSilver(joins.semi, "email"));
    expect(finding).toMatchObject({
      message: 'rows of "one" are chosen by personal data (email): semiJoin() in "near"',
      help: expect.stringContaining("join on a pseudonym"),
    });
  });

  test("tracked: when a version begins, not which version holds", () => {
    const gold = (read: (tables: Untyped) => Untyped) =>
      found(
        base()
          .scd2(($: Untyped) => ({
            h: $.people_raw.changes({
              key: (c: Untyped) => c.id,
              sequenceBy: (c: Untyped) => c.id,
              trackHistory: (c: Untyped) => ({ email: c.email }),
            }),
          }))
          .silver(($: Untyped) => {
            const now = $.h.where((c: Untyped) => c.__END_AT.isNull());
            return { now, since: now.select((c: Untyped) => ({ id: c.id, since: c.__START_AT })) };
          })
          .gold(($: Untyped) => ({ g: read($) })),
      );
    const asOf = (select: (l: Untyped, r: Untyped) => object) => ($: Untyped) =>
      $.people.asOfJoin($.h, { on: (l: Untyped, r: Untyped) => l.id.eq(r.id), at: (l: Untyped) => l.id, select });
    expect(gold(($) => ids($.now))).toEqual([]);
    expect(gold(asOf((l, r) => ({ id: l.id, country: r.country })))).toEqual([]);
    expect(gold(($) => ids($.people.semiJoin($.h, (l: Untyped, r: Untyped) => l.id.eq(r.id))))).toEqual([]);
    expect(gold(($) => $.h.aggregate(() => ({ n: fn.countRows() })))).toEqual(["g"]);
    expect(gold(($) => ids($.since))).toEqual(["g"]);
    expect(gold(($) => $.now.select(({ id, __START_AT }: Untyped) => ({ id, __START_AT })))).toEqual(["g"]);
    expect(gold(($) => $.now.aggregate((c: Untyped) => ({ n: c.__START_AT.max() })))).toEqual(["g"]);
    expect(gold(asOf((l, r) => ({ id: l.id, from: r.__START_AT })))).toEqual(["g"]);
  });

  test("what a match brings is told of where it is read, and where it decides", () => {
    const ofRow = (n: Untyped) => ({ id: n.id, country: n.country });
    const brought = base()
      .silver(($: Untyped) => ({
        by_email: $.vip
          .dedupe({ key: (v: Untyped) => v.email, orderBy: (v: Untyped) => v.country })
          .key((v: Untyped) => v.email),
      }))
      .silver(($: Untyped) => ({
        near: $.people.lookup(
          $.by_email,
          (l: Untyped) => l.email,
          (l: Untyped, r: Untyped) => ({ id: l.id, country: l.country, home: r.country }),
        ),
      }))
      .silver(($: Untyped) => ({
        far: $.near.select((n: Untyped) => ({ ...ofRow(n), at_home: n.home.eq(n.country) })),
      }));
    const gold = (read: (tables: Untyped) => Untyped) => found(brought.gold(($: Untyped) => ({ g: read($) })));
    const counted = (relation: Untyped, by: (n: Untyped) => object) =>
      relation.groupBy(by).aggregate(() => ({ n: fn.countRows() }));
    const plain: Ways[string][] = [
      (far) => far.select(ofRow),
      (far) => counted(far, (n) => ({ country: n.country })),
      (far, near) => far.select(ofRow).semiJoin(near, (l: Untyped, r: Untyped) => l.id.eq(r.id)),
      (far, near) => near.select(ofRow).union(far.select(ofRow)),
      (far) => far.select((n: Untyped) => ({ id: n.id, place: fn.rank().over({ orderBy: n.country }) })),
    ];
    const told: Ways[string][] = [
      (far) => far,
      (_, near) => near.select((n: Untyped) => ({ home: n.home.lower() })),
      (far) => far.where((n: Untyped) => n.at_home).select(ofRow),
      (far) => counted(far, (n) => ({ at_home: n.at_home })).select((n: Untyped) => ({ n: n.n })),
      (far) => far.aggregate((n: Untyped) => ({ n: n.at_home.countIf() })),
      (far, near) => far.select(ofRow).semiJoin(near, (l: Untyped, r: Untyped) => l.country.eq(r.home)),
      (far, near) =>
        far.leftJoin(
          near,
          (l: Untyped, r: Untyped) => l.country.eq(r.home),
          (_: Untyped, r: Untyped) => ({ id: r.id }),
        ),
      (far) => far.select((n: Untyped) => ({ id: n.id, place: fn.rank().over({ orderBy: n.at_home }) })),
      (far) => far.dedupe({ key: (n: Untyped) => n.country, orderBy: (n: Untyped) => n.at_home }).select(ofRow),
    ];
    for (const way of plain) expect(gold(($) => way($.far, $.near, ""))).toEqual([]);
    for (const way of told)
      expect(
        gold(($) => way($.far, $.near, "")),
        String(way),
      ).toEqual(["g"]);
    const dropped = brought
      .silver(($: Untyped) => ({ kept: $.far.expectOrDrop({ there: (n: Untyped) => n.at_home }) }))
      .gold(($: Untyped) => ({ g: $.kept.select(ofRow) }));
    expect(found(dropped)).toEqual(["g"]);
  });

  test("a history of what a match brings has versions by it, unless others are tracked", () => {
    const gold = (tracked?: object) =>
      found(
        base()
          .silver(($: Untyped) => ({
            near: $.people_raw.leftJoin(
              $.vip,
              (l: Untyped, r: Untyped) => l.email.eq(r.email),
              (l: Untyped, r: Untyped) => ({ id: l.id, country: l.country, home: r.country }),
            ),
          }))
          .scd2(($: Untyped) => ({
            h: $.near.snapshots({ key: (n: Untyped) => n.id, version: (n: Untyped) => n.id.max(), ...tracked }),
          }))
          .gold(($: Untyped) => ({ g: $.h.select((n: Untyped) => ({ id: n.id, country: n.country })) })),
      );
    expect(gold()).toEqual(["g"]);
    expect(gold({ trackHistory: (n: Untyped) => ({ country: n.country }) })).toEqual([]);
  });
});
