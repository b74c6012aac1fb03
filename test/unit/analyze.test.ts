/** Every rule over the AST, for callers without types: the code, the place and the way out. */
import { analyze, compile, fn, fromManifest, MedallionError, param, pipeline, source, sql, t } from "medallion";
import { describe, expect, test } from "vitest";

/** What plain JavaScript sees: the same builders without their types. */
// biome-ignore lint/suspicious/noExplicitAny: these tests are about callers without types.
type Untyped = any;

const base = (): Untyped =>
  pipeline("p")
    .bronze({
      orders_raw: source.json("o", {
        id: t.bigint(),
        customer: t.bigint(),
        eur: t.decimal(10, 2).unit("EUR"),
        usd: t.decimal(10, 2).unit("USD"),
        balance: t.decimal(10, 2).balance(),
        note: t.string().nullable(),
        at: t.timestamp(),
      }),
      people_raw: source.json("p", {
        id: t.bigint(),
        email: t.string().pii("email"),
        country: t.string(),
        at: t.timestamp(),
      }),
    })
    .silver(($) => ({ orders: $.orders_raw.key((c) => c.id), people: $.people_raw.key((c) => c.id) }))
    .scd2(($) => ({ history: $.people_raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at }) })) as Untyped;

/** Findings as `CODE table column`, after the rules have been asked. */
function codes(p: Untyped): readonly string[] {
  return analyze(p).map((d) => [d.code, d.table, d.column].filter(Boolean).join(" "));
}

/** Nodes that something else than the builder made: a manifest like that is refused before. */
function edited(p: Untyped, edit: (manifest: Untyped) => void): Untyped {
  const manifest = copied(p.toNode());
  edit(manifest);
  return { name: manifest.name, toNode: () => manifest };
}

function copied(value: Untyped): Untyped {
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== "object" || value === null) return value;
  return { ...value, ...Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copied(part)])) };
}

/** Balances of each account and day, and of each month, with a sum over the groups that are named. */
function balances(gold: ($: Untyped, sum: (relation: Untyped, by: readonly string[]) => Untyped) => Untyped): Untyped {
  const sum = (relation: Untyped, by: readonly string[]): Untyped => {
    const measures = (c: Untyped) => ({ balance: c.balance.sum() });
    const groups = (c: Untyped) => Object.fromEntries(by.map((name) => [name, c[name]]));
    return by.length === 0 ? relation.aggregate(measures) : relation.groupBy(groups).aggregate(measures);
  };
  const last = (c: Untyped) => ({ balance: c.balance.lastBy(c.day) });
  return pipeline("b")
    .bronze({ raw: source.json("b", { account: t.int(), day: t.date(), balance: t.decimal(12, 2).balance() }) })
    .silver(($: Untyped) => ({
      daily: $.raw.groupBy((c: Untyped) => ({ account: c.account, day: c.day })).aggregate(last),
      months: $.raw.groupBy((c: Untyped) => ({ account: c.account, month: c.day.format("yyyy-MM") })).aggregate(last),
    }))
    .gold(($: Untyped) => gold($, sum)) as Untyped;
}

/** A silver table with an average and a sum. */
const withAverages = (): Untyped =>
  base().silver(($: Untyped) => ({
    averages: $.orders
      .groupBy((c: Untyped) => ({ c: c.customer }))
      .aggregate((c: Untyped) => ({ mean: c.eur.avg(), total: c.eur.sum() })),
  }));

const asOf = ($: Untyped, other: Untyped, at: (o: Untyped) => unknown): Untyped =>
  $.orders.asOfJoin(other, {
    on: (o: Untyped, h: Untyped) => o.customer.eq(h.id),
    at,
    select: (o: Untyped, h: Untyped) => ({ id: o.id, country: h.country }),
  });

const byName = (manifest: Untyped, name: string): Untyped => manifest.tables.find((t: Untyped) => t.name === name);

test("a pipeline without mistakes has no findings", () => {
  expect(analyze(base())).toEqual([]);
});

describe("rules over the AST", () => {
  test.each<[string, () => Untyped, readonly string[]]>([
    [
      "PII001: a label through an expression",
      () => base().gold(($: Untyped) => ({ g: $.people.select((c: Untyped) => ({ e: c.email.lower().concat("x") })) })),
      ["PII001 g e"],
    ],
    [
      "PII001: through a lookup",
      () =>
        base().gold(($: Untyped) => ({
          g: $.orders.lookup(
            $.people,
            (o: Untyped) => o.customer,
            (o: Untyped, p: Untyped) => ({ id: o.id, who: p.email }),
          ),
        })),
      ["PII001 g who"],
    ],
    [
      "PII001, PII005: where it comes to gold, and not again in the tables that read that one",
      () =>
        base()
          .gold(($: Untyped) => ({
            g: $.people.where((c: Untyped) => c.email.contains("x")).select((c: Untyped) => ({ id: c.id, e: c.email })),
          }))
          .gold(($: Untyped) => ({ top: $.g.orderBy((c: Untyped) => c.id).limit(3) }))
          .gold(($: Untyped) => ({ other: $.top.derive((c: Untyped) => ({ f: c.e.lower() })) })),
      ["PII001 g e", "PII005 g", "PII001 other f"],
    ],
    [
      "KEY001: where the key is declared, and not in the tables that pass it on",
      () =>
        base()
          .silver(($: Untyped) => ({ k: $.orders.derive((c: Untyped) => ({ n: c.note })).key((c: Untyped) => c.n) }))
          .gold(($: Untyped) => ({ g: $.k.where((c: Untyped) => c.id.gt(1)) })),
      ["KEY001 k n"],
    ],
    [
      "PII001: through an aggregate",
      () =>
        base().gold(($: Untyped) => ({
          g: $.people
            .groupBy((c: Untyped) => ({ country: c.country }))
            .aggregate((c: Untyped) => ({ first: c.email.min() })),
        })),
      ["PII001 g first"],
    ],
    [
      "PII001: through a window",
      () =>
        base().gold(($: Untyped) => ({
          g: $.people.select((c: Untyped) => ({ id: c.id, before: c.email.lag().over({ orderBy: c.id }) })),
        })),
      ["PII001 g before"],
    ],
    [
      "PII001: not for a pseudonym or a count",
      () =>
        base().gold(($: Untyped) => ({
          g: $.people
            .groupBy((c: Untyped) => ({ who: c.email.sha256(param.secret("s", { scope: "x" })) }))
            .aggregate((c: Untyped) => ({ n: c.email.count() })),
        })),
      [],
    ],
    [
      "PII001: through the condition of a case, a field of a struct, raw SQL and an array",
      () =>
        base().gold(($: Untyped) => ({
          g: $.people.select((c: Untyped) => ({
            a: fn.when(c.email.eq("x"), 1).otherwise(0),
            b: fn.when(c.email.eq("x"), fn.struct({ id: c.id })).otherwise(null).fields.id,
            c: fn.coalesce(fn.struct({ x: c.country }), fn.struct({ x: c.email })).fields.x,
            d: sql(t.struct({ a: t.string() }))`named_struct('a', ${c.email})`.fields.a,
            e: c.email.split("@").at(0),
            f: fn.struct({ country: c.country, email: c.email }).fields.country,
          })),
        })),
      ["EXPR014 g", "PII001 g a", "PII001 g b", "PII001 g c", "PII001 g d", "PII001 g e"],
    ],
    [
      "PII001: through the filter of an aggregate and the order of a pick",
      () =>
        base().gold(($: Untyped) => ({
          g: $.people.aggregate((c: Untyped) => ({
            n: fn.countRows().filter(c.email.eq("x")),
            last: c.country.maxBy(c.email),
          })),
        })),
      ["PII001 g n", "PII001 g last"],
    ],
    [
      "PII001: through a union",
      () =>
        base().gold(($: Untyped) => ({
          g: $.people
            .select((c: Untyped) => ({ x: c.country }))
            .union($.people.select((c: Untyped) => ({ x: c.email }))),
        })),
      ["PII001 g x"],
    ],
    [
      "PII003: labels cleared without a reason",
      () =>
        edited(
          base().silver(($: Untyped) => ({ k: $.people.select((c: Untyped) => ({ e: c.email.declassify("why") })) })),
          (m) => {
            byName(m, "k").query.items[0].expr.options.reason = "";
          },
        ),
      ["PII003 k"],
    ],
    [
      "AGG002: an aggregate in a row",
      () =>
        edited(
          withAverages().silver(($: Untyped) => ({ k: $.orders.select((c: Untyped) => ({ x: c.eur })) })),
          (m) => {
            byName(m, "k").query.items[0].expr = byName(m, "averages").query.measures[0].expr;
          },
        ),
      ["AGG002 k"],
    ],
    [
      "JOIN004: a join that compares nothing",
      () =>
        base().silver(($: Untyped) => ({
          left: $.orders.semiJoin($.people, (o: Untyped) => o.id.gt(1)),
          right: $.orders.antiJoin($.people, (_: Untyped, p: Untyped) => p.id.eq(p.id)),
          none: $.orders.join(
            $.people,
            () => param.boolean("all"),
            (o: Untyped) => ({ id: o.id }),
          ),
          both: $.orders.semiJoin($.people, (o: Untyped, p: Untyped) => o.id.le(p.id).and(o.id.eq(p.id))),
        })),
      ["JOIN004 left", "JOIN004 right", "JOIN004 none"],
    ],
    [
      "JOIN006: a join that tries every row with every row",
      () =>
        base().silver(($: Untyped) => {
          const joined = (how: string, on: (o: Untyped, p: Untyped) => unknown) =>
            $.orders[how]($.people, on, (o: Untyped, p: Untyped) => ({ id: o.id, country: p.country }));
          return {
            inequality: joined("join", (o, p) => o.id.lt(p.id)),
            alternatives: joined("leftJoin", (o, p) => o.id.eq(p.id).or(o.customer.eq(p.id))),
            denied: $.orders.antiJoin($.people, (o: Untyped, p: Untyped) => o.id.eq(p.id).not()),
            mixed: joined("join", (o, p) => o.id.plus(p.id).eq(5)),
            full: joined("fullJoin", (o, p) => o.id.eq(p.id).and(o.id.gt(5))),
            nullSafe: joined("join", (o, p) => o.id.eqNullSafe(p.id).and(o.customer.lt(p.id).or(p.id.gt(3)))),
            equal: joined("leftJoin", (o, p) =>
              p.id
                .plus(1)
                .eq(o.id)
                .and(o.id.gt(5).or(p.id.gt(5))),
            ),
            fullOfComparisons: joined("fullJoin", (o, p) => o.id.eq(p.id).and(o.customer.lt(p.id))),
            interval: joined("join", (o, p) => o.id.ge(p.id).and(o.id.lt(p.id.plus(7)))),
            openInterval: joined("join", (o, p) => o.id.ge(p.id).and(p.country.isNull().or(p.id.plus(7).gt(o.id)))),
            notAround: joined("join", (o, p) => o.id.ge(p.id).and(o.customer.gt(p.id))),
            own: joined("join", (o, p) => sql(t.boolean())`${o.id} = ${p.id}` as never),
          };
        }),
      [
        "JOIN006 inequality",
        "JOIN006 alternatives",
        "JOIN006 denied",
        "JOIN006 mixed",
        "JOIN006 full",
        "JOIN006 notAround",
      ],
    ],
    [
      "JOIN007: columns that the other side replaces",
      () =>
        base().silver(($: Untyped) => {
          const orders = $.orders.select((o: Untyped) => ({ id: o.id, customer: o.customer }));
          const people = $.people.select((p: Untyped) => ({ id: p.id, country: p.country })).key((p: Untyped) => p.id);
          const both = (o: Untyped, p: Untyped) => ({ ...o, ...p });
          const on = (o: Untyped, p: Untyped) => o.customer.eq(p.id);
          const lookup = (select: (o: Untyped, p: Untyped) => unknown) =>
            orders.lookup(people, (o: Untyped) => o.customer, select);
          return {
            looked: lookup(both),
            joined: orders.join(people, on, both),
            left: orders.leftJoin(people, on, both),
            before: lookup((o, p) => ({ ...p, ...o })),
            named: lookup((o, p) => ({ ...o, country: p.country })),
            renamed: lookup((o, { id, ...p }) => ({ ...o, ...p })),
            kept: lookup((o, p) => ({ ...o, ...p, order: o.id })),
            same: orders.lookup(people, (o: Untyped) => o.id, both),
            sameToo: orders.join(people, (o: Untyped, p: Untyped) => o.id.eq(p.id).and(o.customer.gt(1)), both),
            semi: orders.semiJoin(people, on),
          };
        }),
      // Equal where both are there: what finds no match would lose its own.
      ["JOIN007 looked", "JOIN007 joined", "JOIN007 left", "JOIN007 same"],
    ],
    [
      "PARAM004: one parameter, declared in two ways",
      () => {
        const part = (name: string, of: (r: Untyped) => Untyped) =>
          pipeline(name)
            .bronze({ [`${name}_raw`]: source.csv("a.csv", { id: t.string() }) } as Untyped)
            .silver(($: Untyped) => ({
              [name]: $[`${name}_raw`].derive((r: Untyped) => ({ v: of(r.id) })),
            })) as Untyped;
        return part("a", (id) => id.eq(param.string("region", { default: "EU" })))
          .include(part("again", (id) => id.eq(param.string("region", { default: "EU" }))))
          .include(part("other", (id) => id.eq(param.string("region", { default: "US" }))))
          .include(part("none", (id) => id.eq(param.string("region"))))
          .include(part("number", () => param.int("region", { default: 1 })))
          .include(part("hidden", (id) => id.sha256(param.secret("region", { scope: "s" }))));
      },
      ["PARAM004 other", "PARAM004 none", "PARAM004 number", "PARAM004 hidden"],
    ],
    [
      "JOIN005: a join to every version of a history",
      () => {
        const joined = ($: Untyped, other: Untyped, on?: (h: Untyped) => unknown): Untyped =>
          $.orders.leftJoin(
            other,
            (o: Untyped, h: Untyped) => (on ? o.customer.eq(h.id).and(on(h)) : o.customer.eq(h.id)),
            (o: Untyped, h: Untyped) => ({ id: o.id, country: h.country }),
          );
        return base().silver(($: Untyped) => ({
          all: joined($, $.history),
          filtered: joined(
            $,
            $.history.where((h: Untyped) => h.country.eq("SE")),
          ),
          current: joined(
            $,
            $.history.where((h: Untyped) => h.__END_AT.isNull()),
          ),
          timed: joined($, $.history, (h) => h.__END_AT.isNull()),
          known: $.orders.semiJoin($.history, (o: Untyped, h: Untyped) => o.customer.eq(h.id)),
        }));
      },
      ["JOIN005 all", "JOIN005 filtered"],
    ],
    [
      "KEY004: a column twice in a key",
      () =>
        base()
          .silver(($: Untyped) => ({ k: $.orders_raw.key((c: Untyped) => [c.id, c.id]) }))
          .scd1(($: Untyped) => ({
            s: $.people_raw.changes({ key: (c: Untyped) => [c.id, c.id], sequenceBy: (c: Untyped) => c.at }),
          })),
      ["KEY004 k id", "KEY004 s id"],
    ],
    [
      "KEY005: a key that is not what the rows are made of",
      () =>
        base().silver(($: Untyped) => {
          const grouped = $.orders
            .groupBy((c: Untyped) => ({ customer: c.customer, id: c.id }))
            .aggregate((c: Untyped) => ({ n: c.eur.count() }));
          return {
            grouped: grouped.key((c: Untyped) => c.customer),
            same: grouped.key((c: Untyped) => [c.id, c.customer]),
            deduped: $.orders_raw
              .dedupe({ key: (c: Untyped) => c.at, orderBy: (c: Untyped) => c.id })
              .key((c: Untyped) => c.id),
            right: $.orders_raw
              .dedupe({ key: (c: Untyped) => c.id, orderBy: (c: Untyped) => c.at })
              .key((c: Untyped) => c.id),
          };
        }),
      ["KEY005 grouped", "KEY005 deduped"],
    ],
    [
      "KEY001: a key that may be null",
      () => base().silver(($: Untyped) => ({ k: $.orders_raw.key((c: Untyped) => c.note) })),
      ["KEY001 k note"],
    ],
    [
      "KEY001: a key that may be null, of a query that is looked up in",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders_raw.lookup(
            $.orders_raw
              .groupBy((c: Untyped) => ({ note: c.note }))
              .aggregate((c: Untyped) => ({ n: c.id.count() }))
              .key((c: Untyped) => c.note),
            (o: Untyped) => o.note,
            (o: Untyped, c: Untyped) => ({ ...o, n: c.n }),
          ),
        })),
      ["KEY001 k"],
    ],
    [
      "KEY001, SCD003: a change key and sequence that may be null",
      () =>
        base().scd1(($: Untyped) => ({
          k: $.orders_raw.changes({ key: (c: Untyped) => c.note, sequenceBy: (c: Untyped) => c.note }),
        })),
      ["KEY001 k note", "SCD003 k", "SCD009 k"],
    ],
    [
      "FLOW002: a flow of other columns",
      () => base().silver(($: Untyped) => ({ k: $.orders_raw.appendFlow({ more: $.people_raw }) })),
      ["FLOW002 k customer"],
    ],
    [
      "FLOW002: a flow that may be null where the table is not, of another unit, or with a label",
      () =>
        base().silver(($: Untyped) => {
          const people = $.people_raw.select((c: Untyped) => ({ id: c.id, x: c.country }));
          const euros = $.orders_raw.select((c: Untyped) => ({ x: c.eur }));
          return {
            a: people.appendFlow({ f: $.orders_raw.select((c: Untyped) => ({ id: c.id, x: c.note })) }),
            b: euros.appendFlow({ f: $.orders_raw.select((c: Untyped) => ({ x: c.usd })) }),
            c: people.backfill({ f: $.people_raw.select((c: Untyped) => ({ id: c.id, x: c.email })) }),
          };
        }),
      ["FLOW002 a x", "FLOW002 b x", "FLOW002 c x"],
    ],
    [
      "STREAM001, FLOW003: a flow that is no stream, a flow into a materialized view",
      () =>
        base().silver(($: Untyped) => ({
          a: $.orders_raw.appendFlow({
            f: $.orders_raw.dedupe({ key: (c: Untyped) => c.id, orderBy: (c: Untyped) => c.at }),
          }),
          b: $.orders_raw
            .dedupe({ key: (c: Untyped) => c.id, orderBy: (c: Untyped) => c.at })
            .appendFlow({ f: $.orders_raw }),
        })),
      ["STREAM001 a", "FLOW003 b"],
    ],
    [
      "FLOW004: streams of one change target that differ",
      () =>
        base().scd1(($: Untyped) => ({
          k: $.orders_raw.changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at }).appendFlow({
            f: $.orders_raw.changes({ key: (c: Untyped) => c.customer, sequenceBy: (c: Untyped) => c.at }),
          }),
        })),
      ["FLOW004 k"],
    ],
    [
      "REFRESH001: a refresh policy of a streaming table",
      () => base().silver(($: Untyped) => ({ k: $.orders_raw.refreshPolicy("full") })),
      ["REFRESH001 k"],
    ],
    [
      "SCD004: a history that is truncated",
      () =>
        base().scd2(($: Untyped) => ({
          k: $.orders_raw.changes({
            key: (c: Untyped) => c.id,
            sequenceBy: (c: Untyped) => c.at,
            truncateWhen: (c: Untyped) => c.note.eq("T"),
          }),
        })),
      ["SCD004 k"],
    ],
    [
      "SCD003: one of several sequence columns may be null",
      () =>
        base().scd1(($: Untyped) => ({
          k: $.orders_raw.changes({
            key: (c: Untyped) => c.id,
            sequenceBy: (c: Untyped) => fn.struct({ at: c.at, note: c.note }),
          }),
        })),
      ["SCD003 k"],
    ],
    [
      "COL001: masks and row filters name columns that are there",
      () =>
        edited(
          base().silver(($: Untyped) => ({ k: $.orders.mask({ note: "f" }).rowFilter("f", (c: Untyped) => c.id) })),
          (m) => {
            byName(m, "k").settings.masks[0].column = "nope";
            byName(m, "k").settings.rowFilter.on = ["neither"];
          },
        ),
      ["COL001 k nope", "COL001 k neither"],
    ],
    [
      "SCD002: a key that is not stored",
      () =>
        base().scd1(($: Untyped) => ({
          k: $.orders_raw.changes({
            key: (c: Untyped) => c.id,
            sequenceBy: (c: Untyped) => c.at,
            columns: (c: Untyped) => ({ at: c.at }),
          }),
        })),
      ["SCD002 k id"],
    ],
    [
      "FK002: another type",
      () => base().silver(($: Untyped) => ({ k: $.people_raw.references($.people, (c: Untyped) => c.country) })),
      ["FK002 k"],
    ],
    [
      "FK002: a lookup with a column of another type than the key",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders.lookup(
            $.people,
            (o: Untyped) => o.at,
            (o: Untyped, p: Untyped) => ({ id: o.id, country: p.country }),
          ),
        })),
      ["FK002 k"],
    ],
    [
      "SCD003: one of several sequence columns may be null",
      () =>
        base().scd1(($: Untyped) => ({
          k: $.orders_raw.changes({
            key: (c: Untyped) => c.id,
            sequenceBy: (c: Untyped) => fn.struct({ at: c.at, note: c.note }),
          }),
        })),
      ["SCD003 k"],
    ],
    [
      "METRIC001: a sum of averages",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders
            .groupBy((c: Untyped) => ({ c: c.customer }))
            .aggregate((c: Untyped) => ({ a: c.eur.avg() }))
            .aggregate((c: Untyped) => ({ s: c.a.sum() })),
        })),
      ["METRIC001 k a"],
    ],
    [
      "METRIC001: a balance over time",
      () => base().silver(($: Untyped) => ({ k: $.orders.aggregate((c: Untyped) => ({ s: c.balance.sum() })) })),
      ["METRIC001 k balance"],
    ],
    [
      "METRIC001: what a join repeated",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders
            .join(
              $.people,
              (o: Untyped, p: Untyped) => o.note.eq(p.country),
              (o: Untyped) => ({ eur: o.eur }),
            )
            .aggregate((c: Untyped) => ({ s: c.eur.sum() })),
        })),
      ["METRIC001 k eur"],
    ],
    [
      "METRIC001, METRIC003: what is averaged, counted and made over the matches of a join",
      () =>
        base().silver(($: Untyped) => {
          const joined = $.orders.join(
            $.people,
            (o: Untyped, p: Untyped) => o.note.eq(p.country),
            (o: Untyped, p: Untyped) => ({ eur: o.eur, at: o.at, country: p.country }),
          );
          const of = (measure: (c: Untyped) => Untyped, from = joined) =>
            from.aggregate((c: Untyped) => ({ m: measure(c) }));
          const flag = (c: Untyped) => fn.when(c.country.eq("DE"), 1).otherwise(0);
          return {
            mean: of((c) => c.eur.avg()),
            rows: of(() => fn.countRows()),
            some: of(
              (c) => c.country.eq("DE").countIf(),
              joined.where((c: Untyped) => c.country.isNotNull()),
            ),
            flags: of((c) => flag(c).sum()),
            meant: of((c) => flag(c).acknowledgeFanOut().sum()),
            meant_before: of(
              (c) => c.n.sum(),
              joined
                .derive((c: Untyped) => ({ n: c.eur.acknowledgeFanOut() }))
                .where((c: Untyped) => c.n.gt(0))
                .select((c: Untyped) => ({ n: c.n.times(2) })),
            ),
            meant_in_the_join: of(
              (c) => c.eur.avg(),
              $.orders.join(
                $.people,
                (o: Untyped, p: Untyped) => o.note.eq(p.country),
                (o: Untyped) => ({ eur: o.eur.acknowledgeFanOut() }),
              ),
            ),
            meant_before_the_join: of(
              (c) => c.eur.sum(),
              $.orders
                .derive((o: Untyped) => ({ eur: o.eur.acknowledgeFanOut() }))
                .join(
                  $.people,
                  (o: Untyped, p: Untyped) => o.note.eq(p.country),
                  (o: Untyped) => ({ eur: o.eur }),
                ),
            ),
            distinct: of((c) => c.country.countDistinct()),
          };
        }),
      [
        "METRIC001 mean eur",
        ...["rows", "some", "flags"].map((table) => `METRIC003 ${table}`),
        "METRIC001 meant_before_the_join eur",
      ],
    ],
    [
      "METRIC003: the counts of a step are one warning, and its sums are one error",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders
            .join(
              $.people,
              (o: Untyped, p: Untyped) => o.note.eq(p.country),
              (_: Untyped, p: Untyped) => ({ country: p.country, one: fn.lit(1), two: fn.lit(2) }),
            )
            .groupBy((c: Untyped) => ({ country: c.country }))
            .aggregate((c: Untyped) => ({ n: fn.countRows(), m: c.country.count(), a: c.one.sum(), b: c.two.sum() })),
        })),
      ["METRIC003 k", "METRIC003 k"],
    ],
    [
      "METRIC007: the measures of a step are one finding",
      () =>
        base().gold(($: Untyped) => ({
          k: $.history.aggregate((h: Untyped) => ({ n: fn.countRows(), m: h.country.count() })),
        })),
      ["METRIC007 k"],
    ],
    [
      "METRIC003: not for a join on the key of the other side",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders
            .join(
              $.people,
              (o: Untyped, p: Untyped) => o.customer.eq(p.id).and(o.at.ge(p.at)),
              (_: Untyped, p: Untyped) => ({ country: p.country }),
            )
            .groupBy((c: Untyped) => ({ country: c.country }))
            .aggregate(() => ({ n: fn.countRows() })),
        })),
      [],
    ],
    [
      "METRIC003: not for what an earlier table says is meant to repeat, whatever is made of it",
      () => {
        const joined = ($: Untyped, amount: (o: Untyped) => Untyped) =>
          $.orders.join(
            $.orders,
            (o: Untyped, p: Untyped) => o.customer.eq(p.customer),
            (o: Untyped) => ({ id: o.id, amount: amount(o) }),
          );
        const sum = (of: Untyped) => of.aggregate((c: Untyped) => ({ total: c.half.sum() }));
        return base()
          .silver(($: Untyped) => ({
            meant: joined($, (o) => o.eur.acknowledgeFanOut()).derive((c: Untyped) => ({ half: c.amount.div(2) })),
            made: joined($, () => fn.lit(1)).derive((c: Untyped) => ({ half: c.amount.div(2) })),
          }))
          .silver(($: Untyped) => ({ fine: sum($.meant), twice: sum($.made) }));
      },
      ["METRIC003 twice"],
    ],
    [
      "METRIC001: what a join on the key of the other side does not repeat, and what it does, summed in later tables",
      () =>
        base()
          .silver(($: Untyped) => {
            const joined = (on: (o: Untyped, p: Untyped) => Untyped) =>
              $.orders.join($.people, on, (o: Untyped, p: Untyped) => ({ eur: o.eur, person: p.id, from: p.country }));
            return {
              once: joined((o, p) => o.customer.eq(p.id)),
              several: joined((o, p) => o.note.eq(p.country)),
              back: $.people.join(
                $.orders,
                (p: Untyped, o: Untyped) => p.id.eq(o.customer),
                (_: Untyped, o: Untyped) => ({ eur: o.eur }),
              ),
            };
          })
          .silver(($: Untyped) => ({ later: $.once.where((c: Untyped) => c.eur.gt(0)) }))
          .gold(($: Untyped) => {
            const sum = (table: Untyped) => table.aggregate((c: Untyped) => ({ s: c.eur.sum() }));
            return { a: sum($.once), b: sum($.later), c: sum($.several), d: sum($.back) };
          }),
      ["METRIC001 c eur"],
    ],
    [
      "METRIC004: an average of averages, in the same table and another",
      () =>
        withAverages().silver(($: Untyped) => ({
          near: $.orders
            .groupBy((c: Untyped) => ({ c: c.customer }))
            .aggregate((c: Untyped) => ({ mean: c.eur.avg() }))
            .aggregate((c: Untyped) => ({ m: c.mean.avg() })),
          far: $.averages
            .select(({ mean }: Untyped) => ({ x: mean }))
            .where((c: Untyped) => c.x.gt(0))
            .aggregate((c: Untyped) => ({ m: c.x.avg() })),
          other: $.averages.aggregate((c: Untyped) => ({ m: c.total.avg() })),
        })),
      ["METRIC004 near mean", "METRIC004 far x"],
    ],
    [
      "METRIC005: the sum of a key and of a foreign key",
      () =>
        base().silver(($: Untyped) => ({
          sold: $.orders_raw.references($.people, (c: Untyped) => c.customer),
          key: $.orders.aggregate((c: Untyped) => ({ s: c.id.sum() })),
          renamed: $.orders.select((c: Untyped) => ({ n: c.id })).aggregate((c: Untyped) => ({ s: c.n.sum() })),
          counted: $.orders.aggregate((c: Untyped) => ({ s: c.id.countDistinct(), t: c.eur.sum() })),
        })),
      ["METRIC005 key id", "METRIC005 renamed n"],
    ],
    [
      "METRIC005: the sum of a foreign key",
      () =>
        base()
          .silver(($: Untyped) => ({ sold: $.orders_raw.references($.people, (c: Untyped) => c.customer) }))
          .silver(($: Untyped) => ({ k: $.sold.aggregate((c: Untyped) => ({ s: c.customer.sum() })) })),
      ["METRIC005 k customer"],
    ],
    [
      "UNION002: the same rows twice, as a union and as a flow",
      () =>
        base().silver(($: Untyped) => ({
          union: $.orders.union($.orders),
          flow: $.orders_raw.appendFlow({ more: $.orders_raw }),
          part: $.orders.union($.orders.where((c: Untyped) => c.eur.gt(1))),
          other: $.orders.where((c: Untyped) => c.eur.le(1)).union($.orders.where((c: Untyped) => c.eur.gt(1))),
        })),
      ["UNION002 union", "UNION002 flow", "UNION002 part"],
    ],
    [
      "UNION002: two tables whose sources read the same files",
      () => {
        const columns = { id: t.int(), kind: t.string() };
        const from = (path: string) => source.csv(path, columns);
        return pipeline("files")
          .bronze({ shops: from("sales/*.csv"), web: from("sales/*.csv"), more: from("more/*.csv") })
          .silver(($: Untyped) => ({
            same: $.shops.union($.web),
            apart: $.shops
              .where((c: Untyped) => c.kind.eq("shop"))
              .union($.web.where((c: Untyped) => c.kind.eq("web"))),
            other: $.shops.union($.more),
            third: $.shops.union($.more).union($.web),
          })) as Untyped;
      },
      ["UNION002 same", "UNION002 third"],
    ],
    [
      "EXPR008: what a table before has left out, among many conditions",
      () =>
        base()
          .silver(($: Untyped) => ({
            some: $.people
              .where((c: Untyped) => c.country.ne("FR"))
              .whereNotNull((c: Untyped) => ({ id: c.id, at: c.at }))
              .where((c: Untyped) => c.id.gt(0).and(c.id.lt(9), c.at.gt("2020-01-01"), c.at.lt("2030-01-01"))),
          }))
          .silver(($: Untyped) => ({ k: $.some.where((c: Untyped) => c.country.eq("FR")) })),
      ["EXPR008 k"],
    ],
    [
      "PII005: rows of gold that personal data chose, here and in a table before",
      () =>
        base()
          .silver(($: Untyped) => ({
            chosen: $.people.where((c: Untyped) => c.email.endsWith("@example.com").and(c.id.gt(1))),
            known: $.people.where((c: Untyped) => c.email.isNotNull()),
            stated: $.people.where((c: Untyped) => c.email.contains("x").declassify("a reason")),
          }))
          .gold(($: Untyped) => ({
            far: $.chosen.select((c: Untyped) => ({ id: c.id })),
            near: $.people.where((c: Untyped) => c.email.contains("x")).aggregate(() => ({ n: fn.countRows() })),
            nulls: $.known.select((c: Untyped) => ({ id: c.id })),
            stated_too: $.stated.select((c: Untyped) => ({ id: c.id })),
          })),
      ["PII005 far", "PII005 near"],
    ],
    [
      "PII001: a count by personal data, a place in its order",
      () =>
        base().gold(($: Untyped) => ({
          n: $.people.aggregate((c: Untyped) => ({ n: c.email.contains("x").countIf() })),
          r: $.people.select((c: Untyped) => ({ id: c.id, r: fn.rank().over({ orderBy: c.email }) })),
        })),
      ["PII001 n n", "PII001 r r"],
    ],
    [
      "PII001: what did not fit a source with personal data",
      () =>
        (
          pipeline("p")
            .bronze({
              raw: source.csv("x", { id: t.bigint(), email: t.string().pii("email") }, { metadata: true }),
            })
            .silver(($) => ({ all: $.raw })) as Untyped
        ).gold(($: Untyped) => ({ g: $.all.select((c: Untyped) => ({ r: c._rescued_data, f: c._source_file })) })),
      ["PII001 g r"],
    ],
    [
      "METRIC001: not after acknowledgeFanOut()",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders
            .join(
              $.people,
              (o: Untyped, p: Untyped) => o.customer.eq(p.id),
              (o: Untyped) => ({ eur: o.eur }),
            )
            .aggregate((c: Untyped) => ({ s: c.eur.acknowledgeFanOut().sum() })),
        })),
      [],
    ],
    [
      "METRIC001: an average through a cast, a case, orElse(), a struct, an array and a union",
      () =>
        withAverages().silver(($: Untyped) => {
          const sum = (x: (c: Untyped) => unknown) =>
            $.averages.select((c: Untyped) => ({ x: x(c) })).aggregate((c: Untyped) => ({ s: c.x.sum() }));
          return {
            cast: sum((c) => c.mean.cast(t.double())),
            chosen: sum((c) => fn.when(c.total.gt(0), c.total).otherwise(c.mean)),
            filled: sum((c) => c.total.orElse(c.mean)),
            struct: sum((c) => fn.struct({ mean: c.mean }).fields.mean),
            array: $.averages
              .aggregate((c: Untyped) => ({ all: c.mean.arrayAgg() }))
              .aggregate((c: Untyped) => ({ s: c.all.at(0).sum() })),
            union: $.averages
              .select((c: Untyped) => ({ x: c.total }))
              .union($.averages.select((c: Untyped) => ({ x: c.mean })))
              .aggregate((c: Untyped) => ({ s: c.x.sum() })),
          };
        }),
      [
        ...["METRIC001 cast x", "METRIC001 chosen x", "EXPR014 filled", "METRIC001 filled x"],
        ...["METRIC001 struct x", "METRIC001 array", "METRIC001 union x"],
      ],
    ],
    [
      "METRIC001: an average that a join repeated stays an average, whatever is acknowledged",
      () =>
        withAverages().silver(($: Untyped) => ({
          k: $.orders
            .join(
              $.averages,
              (o: Untyped, a: Untyped) => o.customer.eq(a.c),
              (o: Untyped, a: Untyped) => ({ mean: a.mean, both: a.mean.plus(o.eur) }),
            )
            .aggregate((c: Untyped) => ({
              a: c.mean.acknowledgeFanOut().sum(),
              b: c.both.acknowledgeFanOut().sum(),
            })),
        })),
      ["METRIC001 k", "METRIC001 k"],
    ],
    [
      "METRIC001: a number in a struct that a join repeated",
      () =>
        base()
          .silver(($: Untyped) => ({
            s: $.orders.select((c: Untyped) => ({ id: c.id, note: c.note, in: fn.struct({ eur: c.eur }) })),
          }))
          .silver(($: Untyped) => ({
            k: $.s
              .join(
                $.people,
                (s: Untyped, p: Untyped) => s.note.eq(p.country),
                (s: Untyped) => ({ in: s.in }),
              )
              .aggregate((c: Untyped) => ({ s: c.in.fields.eur.sum() })),
            once: $.s
              .join(
                $.people,
                (s: Untyped, p: Untyped) => s.id.eq(p.id),
                (s: Untyped) => ({ in: s.in }),
              )
              .aggregate((c: Untyped) => ({ s: c.in.fields.eur.sum() })),
          })),
      ["METRIC001 k"],
    ],
    [
      "METRIC001: not for the last balance of each account",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders
            .groupBy((c: Untyped) => ({ c: c.customer }))
            .aggregate((c: Untyped) => ({ balance: c.balance.lastBy(c.at) }))
            .aggregate((c: Untyped) => ({ s: c.balance.sum() })),
        })),
      [],
    ],
    [
      "METRIC001: a balance of each day over days, whatever the day is called, over several tables",
      () => balances(($, sum) => ({ over_days: sum($.daily, []), monthly: sum($.months, ["account"]) })),
      ["METRIC001 over_days balance", "METRIC001 monthly balance"],
    ],
    [
      "METRIC001: balances in groups of a computed time, of which each holds several",
      () =>
        balances(($, sum) => ({
          by_month: sum(
            $.daily.derive((d: Untyped) => ({ month: d.day.truncate("month") })),
            ["month"],
          ),
          by_year: sum(
            $.daily.derive((d: Untyped) => ({ year: d.day.year() })),
            ["year"],
          ),
        })),
      ["METRIC001 by_month balance", "METRIC001 by_year balance"],
    ],
    [
      "METRIC001: not for balances of one time, nor for the last one of each account",
      () =>
        balances(($, sum) => ({
          by_day: sum($.daily, ["day"]),
          total: sum(
            $.daily
              .groupBy((d: Untyped) => ({ account: d.account }))
              .aggregate((d: Untyped) => ({ balance: d.balance.lastBy(d.day) })),
            [],
          ),
        })),
      [],
    ],
    [
      "METRIC001: the sum of each day's balances is a balance",
      () => balances(($, sum) => ({ again: sum(sum($.daily, ["day"]), []) })),
      ["METRIC001 again balance"],
    ],
    [
      "METRIC002: EUR + USD",
      () => base().silver(($: Untyped) => ({ k: $.orders.select((c: Untyped) => ({ x: c.eur.plus(c.usd) })) })),
      ["METRIC002 k"],
    ],
    [
      "METRIC002: EUR and USD compared, in a case, coalesce(), greatest(), least() and an aggregate's sum",
      () => {
        const made = (x: (c: Untyped) => unknown) => ($: Untyped) => $.orders.select((c: Untyped) => ({ x: x(c) }));
        return base().silver(($: Untyped) => ({
          compared: made((c) => c.eur.lt(c.usd))($),
          chosen: made((c) => fn.when(c.id.gt(0), c.eur).otherwise(c.usd))($),
          filled: made((c) => fn.coalesce(c.eur, c.usd))($),
          most: made((c) => fn.greatest(c.eur, c.usd))($),
          least: made((c) => fn.least(c.eur, c.usd))($),
          plain: made((c) => fn.when(c.id.gt(0), c.eur).otherwise(0))($),
        }));
      },
      [
        "METRIC002 compared",
        "METRIC002 chosen",
        "EXPR014 filled",
        "METRIC002 filled",
        "METRIC002 most",
        "METRIC002 least",
      ],
    ],
    [
      "METRIC002: not of a whole constant alongside a decimal without a fraction",
      () => {
        const whole = (c: Untyped) => ({ id: c.id, x: c.eur.round().nullIf(9) });
        return base().silver(($: Untyped) => ({
          k: $.orders
            .select(whole)
            .derive((c: Untyped) => ({ y: c.x.orElse(0), most: fn.greatest(c.x, 5) }))
            .derive((c: Untyped) => ({ z: c.y.plus(c.x), least: fn.when(c.id.gt(0), c.x).otherwise(1) })),
        }));
      },
      [],
    ],
    [
      "METRIC002: EUR and USD in one column of a union",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders.select((c: Untyped) => ({ x: c.eur })).union($.orders.select((c: Untyped) => ({ x: c.usd }))),
        })),
      ["METRIC002 k x"],
    ],
    [
      "METRIC002: a rate in another unit than that of one in the other",
      () => {
        const made = (x: (c: Untyped) => unknown) => ($: Untyped) => $.orders.select((c: Untyped) => ({ x: x(c) }));
        return base().silver(($: Untyped) => ({
          amount: made((c) => c.usd.convert("EUR", c.eur))($),
          other: made((c) => c.usd.convert("EUR", c.id.cast(t.double().unit("USD/EUR"))))($),
          right: made((c) => c.usd.convert("EUR", c.id.cast(t.double().unit("EUR/USD"))))($),
          price: made((c) => c.id.convert("EUR", c.eur))($),
        }));
      },
      ["METRIC002 amount", "METRIC002 other"],
    ],
    [
      "METRIC002: not after convert()",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders.select((c: Untyped) => ({ x: c.eur.plus(c.usd.convert("EUR", "0.9")) })),
        })),
      [],
    ],
    [
      "STREAM001: a stream of a history",
      () => base().silver(($: Untyped) => ({ k: $.history.streaming() })),
      ["STREAM001 k"],
    ],
    [
      "STREAM001: change events of a history",
      () =>
        base().scd1(($: Untyped) => ({
          k: $.history.changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at }),
        })),
      ["STREAM001 k"],
    ],
    [
      "JOIN001: a history joined without its key",
      () =>
        base().gold(($: Untyped) => ({
          g: $.orders.asOfJoin($.history, {
            on: (o: Untyped, h: Untyped) => o.id.gt(h.id),
            at: (o: Untyped) => o.at,
            select: (o: Untyped, h: Untyped) => ({ id: o.id, country: h.country }),
          }),
        })),
      ["JOIN001 g"],
    ],
    [
      "JOIN001: not of a key that is denied twice",
      () =>
        base().silver(($: Untyped) => ({
          g: $.orders.asOfJoin($.history, {
            on: (o: Untyped, h: Untyped) => o.customer.eq(h.id).not().not(),
            at: (o: Untyped) => o.at,
            select: (o: Untyped, h: Untyped) => ({ id: o.id, country: h.country }),
          }),
        })),
      [],
    ],
    [
      "JOIN002: asOfJoin() to a table that is no history",
      () => base().gold(($: Untyped) => ({ g: asOf($, $.people, (o) => o.at) })),
      ["JOIN002 g"],
    ],
    [
      "JOIN003: a history read at a time of another type",
      () => base().gold(($: Untyped) => ({ g: asOf($, $.history, (o) => o.at.toDate()) })),
      ["JOIN003 g"],
    ],
    [
      "FLOW002: a flow of a rate, of a label and of a label in a struct",
      () => {
        const made = (x: (c: Untyped) => unknown) => ($: Untyped) => $.people_raw.select((c: Untyped) => ({ x: x(c) }));
        return base().silver(($: Untyped) => ({
          rate: $.orders_raw
            .select((c: Untyped) => ({ x: c.eur }))
            .appendFlow({ more: $.orders_raw.select((c: Untyped) => ({ x: c.eur.cast(t.decimal(10, 2).rate()) })) }),
          label: made((c) => c.country)($).appendFlow({ more: made((c) => c.email)($) }),
          field: made((c) => fn.struct({ a: c.country, b: c.email }))($).appendFlow({
            more: made((c) => fn.struct({ a: c.email, b: c.country }))($),
          }),
        }));
      },
      ["FLOW002 rate x", "FLOW002 label x", "FLOW002 field x"],
    ],
    [
      "COL001: a column that is not there",
      () =>
        edited(base(), (m) => {
          byName(m, "orders").settings.key = ["idd"];
        }),
      ["COL001 orders idd"],
    ],
    [
      "LAYER001: gold over bronze",
      () =>
        edited(base(), (m) => {
          byName(m, "orders").layer = "gold";
        }),
      ["LAYER001 orders"],
    ],
    [
      "LAYER001: silver over gold",
      () =>
        edited(
          base()
            .gold(($: Untyped) => ({ g: $.orders.select((c: Untyped) => ({ id: c.id })) }))
            .gold(($: Untyped) => ({ h: $.g })),
          (m) => {
            byName(m, "h").layer = "silver";
          },
        ),
      ["LAYER001 h"],
    ],
    [
      "TBL001: two tables of one name",
      () => edited(base(), (m) => m.tables.push({ ...byName(m, "orders"), name: "People" })),
      ["TBL001 People"],
    ],
    [
      "TBL004: a table where another has what stands beside it",
      () => base().silver(($: Untyped) => ({ people_raw_checked: $.orders, people_raw_stream: $.orders })),
      ["TBL004 people_raw_checked"],
    ],
    [
      "TBL004: a table where the key of another is counted",
      () =>
        base().silver(($: Untyped) => ({
          declared: $.orders.key((o: Untyped) => o.id),
          declared_expectations: $.orders,
          proven: $.orders
            .dedupe({ key: (o: Untyped) => o.id, orderBy: (o: Untyped) => o.id })
            .key((o: Untyped) => o.id),
          proven_expectations: $.orders,
        })),
      ["TBL004 declared_expectations"],
    ],
    [
      "TBL003: a reader before its table",
      () => edited(base(), (m) => m.tables.reverse()),
      ["TBL003 history", "TBL003 people", "TBL003 orders"],
    ],
    [
      "TBL003: a table that reads itself, whatever reads it",
      () =>
        edited(
          base()
            .silver(($: Untyped) => ({ again: $.orders.where((o: Untyped) => o.eur.gt(0)) }))
            .gold(($: Untyped) => ({
              shares: $.again
                .groupBy((o: Untyped) => ({ at: o.at }))
                .aggregate((o: Untyped) => ({ eur: o.eur.avg(), rows: o.id.count() })),
              mean: $.again.aggregate((o: Untyped) => ({ eur: o.eur.avg() })),
            })),
          (m) => {
            const again = m.tables.find((table: Untyped) => table.name === "again");
            again.query = { ...again.query, input: { ...again.query.input, table: "again" } };
          },
        ),
      ["TBL003 again"],
    ],
    [
      "FK001: a foreign key to no key",
      () =>
        edited(base(), (m) => {
          byName(m, "orders").settings.references = [
            { id: "x", columns: ["customer"], table: "orders_raw", key: ["id"] },
          ];
        }),
      ["FK001 orders"],
    ],
  ])("%s", (_, make, expected) => {
    expect(codes(make())).toEqual(expected);
  });
});

test("a finding names the user's file and line, and what to do", () => {
  const p = base().gold(($: Untyped) => ({ g: $.people.select((c: Untyped) => ({ e: c.email })) }));
  const [found] = analyze(p);
  expect(found).toMatchObject({
    severity: "error",
    help: expect.stringContaining("sha256(salt)"),
    location: expect.stringMatching(/^test\/unit\/analyze\.test\.ts:\d+:\d+$/),
  });
});

describe("what the builder refuses at once, with a code and a place", () => {
  test.each<[string, string, () => unknown]>([
    [
      "an unknown column",
      "COL001",
      () => base().silver(($: Untyped) => ({ k: $.orders.select((c: Untyped) => ({ x: c.amont })) })),
    ],
    [
      "a property of the catalog's own",
      "SET003",
      () => base().silver(($: Untyped) => ({ k: $.orders.properties({ owner: "me" }) })),
    ],
    [
      "a function without a name",
      "SET002",
      () => base().silver(($: Untyped) => ({ k: $.orders.rowFilter("a..b", (c: Untyped) => c.id) })),
    ],
    [
      "a mask of an unknown column",
      "COL001",
      () => base().silver(($: Untyped) => ({ k: $.orders.mask({ nope: "f" }) })),
    ],
    [
      "two flows of one name",
      "FLOW001",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders_raw.appendFlow({ f: $.orders_raw }).appendFlow({ f: $.orders_raw }),
        })),
    ],
    [
      "a flow of changes that is no changes",
      "FLOW001",
      () =>
        base().scd1(($: Untyped) => ({
          k: $.orders_raw
            .changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at })
            .appendFlow({ f: $.orders_raw }),
        })),
    ],
    [
      "a version that is not one value",
      "AGG001",
      () =>
        base().scd2(($: Untyped) => ({
          k: $.orders.snapshots({ key: (c: Untyped) => c.id, version: (c: Untyped) => c.at }),
        })),
    ],
    ["a parameter without a name", "PARAM001", () => param.string("a b")],
    ["an unknown table", "TBL003", () => base().silver(($: Untyped) => ({ k: $.order }))],
    [
      "silver over gold",
      "LAYER001",
      () =>
        base()
          .gold(($: Untyped) => ({ g: $.orders }))
          .silver(($: Untyped) => ({ k: $.g })),
    ],
    [
      "a name that both pipelines have",
      "TBL001",
      () => base().include(pipeline("q").bronze({ people: source.json("x", { id: t.bigint() }) })),
    ],
    [
      "a union with a column that the other side lacks",
      "UNION001",
      () => base().silver(($: Untyped) => ({ k: $.orders.union($.orders.select((c: Untyped) => ({ id: c.id }))) })),
    ],
    [
      "a union with a column that this side lacks",
      "UNION001",
      () => base().silver(($: Untyped) => ({ k: $.orders.select((c: Untyped) => ({ id: c.id })).union($.orders) })),
    ],
    [
      "a union with a column of another type",
      "UNION001",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders.select((c: Untyped) => ({ id: c.id })).union($.orders.select((c: Untyped) => ({ id: c.note }))),
        })),
    ],
    [
      "a lookup of a table without a key",
      "FK001",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders.lookup(
            $.people_raw,
            (o: Untyped) => o.customer,
            (o: Untyped) => ({ id: o.id }),
          ),
        })),
    ],
    ["a query given to scd2", "SCD001", () => base().scd2(($: Untyped) => ({ k: $.orders_raw }))],
    [
      "whereNotNull() with a column under another name",
      "KEY002",
      () => base().silver(($: Untyped) => ({ k: $.orders.whereNotNull((c: Untyped) => ({ remark: c.note })) })),
    ],
    ["gold over bronze", "LAYER001", () => base().gold(($: Untyped) => ({ k: $.orders_raw }))],
    ["a name that is taken", "TBL001", () => base().silver(($: Untyped) => ({ orders: $.people }))],
    [
      "a reference to a table without key",
      "FK001",
      () => base().silver(($: Untyped) => ({ k: $.orders.references($.orders_raw, (c: Untyped) => c.id) })),
    ],
    [
      "a reference of another arity",
      "FK002",
      () => base().silver(($: Untyped) => ({ k: $.orders.references($.people, (c: Untyped) => [c.id, c.customer]) })),
    ],
    [
      "a comparison of a number with text",
      "TYPE002",
      () => base().silver(($: Untyped) => ({ k: $.orders.where((c: Untyped) => c.id.eq("a")) })),
    ],
    [
      "a where that is no condition",
      "TYPE001",
      () => base().silver(($: Untyped) => ({ k: $.orders.where((c: Untyped) => c.id) })),
    ],
    [
      "a measure that is no aggregate",
      "AGG001",
      () => base().silver(($: Untyped) => ({ k: $.orders.aggregate((c: Untyped) => ({ x: c.id })) })),
    ],
    [
      "a step after a setting",
      "SET001",
      () => base().silver(($: Untyped) => ({ k: $.orders.comment("x").where((c: Untyped) => c.id.gt(1)) })),
    ],
    [
      "a regex that is not portable",
      "ARG001",
      () => base().silver(($: Untyped) => ({ k: $.people.where((c: Untyped) => c.country.matches("(?=D)E$")) })),
    ],
    [
      "a row number without order",
      "WIN002",
      () => base().silver(($: Untyped) => ({ k: $.orders.select((c: Untyped) => ({ x: c.id.lag().over({}) })) })),
    ],
    [
      "changes given to silver",
      "SCD001",
      () =>
        base().silver(($: Untyped) => ({
          k: $.orders_raw.changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at }),
        })),
    ],
    ["a pseudonym as the label of a source", "PII002", () => t.string().pii("pseudonym" as Untyped)],
    ["a decimal of 50 digits", "TYPE003", () => t.decimal(50 as number, 2)],
    ["a manifest of another version", "MAN001", () => fromManifest({ version: 99, name: "p", tables: [] })],
  ])("%s: %s", (_, code, make) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MedallionError);
    expect(thrown).toMatchObject({ code });
    if (code !== "MAN001")
      expect((thrown as MedallionError).location).toMatch(/^test\/unit\/analyze\.test\.ts:\d+:\d+$/);
  });
});

test("a pipeline with errors is not compiled: the first error is thrown", () => {
  const leaks = base().gold(($: Untyped) => ({ g: $.people.select((c: Untyped) => ({ email: c.email })) }));
  for (const target of ["databricks", "spark", "duckdb"] as const) {
    expect(() => compile(leaks, { target })).toThrow(
      expect.objectContaining({ code: "PII001", location: expect.stringContaining("analyze.test.ts") }),
    );
  }
});

test("a read against the order of layers is where a name that is not there is: at the read", () => {
  const placeOf = (name: string): string | undefined => {
    try {
      pipeline("p")
        .bronze({ raw: source.json("in/*.json", { id: t.bigint() }) })
        .silver(($) => ({ kept: $.raw.where((r) => r.id.gt(0)) }))
        .gold(($: Untyped) => ({
          read: $[name],
        }));
      return "";
    } catch (error) {
      return (error as MedallionError).location;
    }
  };
  expect(placeOf("raw")).toBe(placeOf("nothing"));
});
