/** Which views can be kept up to date, by which technique and by which columns, and why others cannot. */
import { type AnyPipeline, fn, pipeline, source, sql, t } from "medallion";
import { expect, test } from "vitest";
import { relationSteps } from "../../src/ast/inputs.ts";
import { maintenanceOf, plannedRefresh } from "../../src/lower/incremental/maintain.ts";
import { lowerPipeline } from "../../src/lower/table.ts";
import { shop } from "../e2e/incremental/shop.ts";

function refreshes(p: AnyPipeline): Readonly<Record<string, string>> {
  const { plans, tables } = lowerPipeline(p.toNode());
  const words = [...plans].flatMap(([name, plan]): [string, string][] => {
    const refresh = plannedRefresh(plan, tables);
    if (!refresh) return [];
    return [[name, [refresh.technique, ...refresh.issues.map(({ type, subtype }) => subtype ?? type)].join(" ")]];
  });
  return Object.fromEntries(words);
}

function keys(p: AnyPipeline): Readonly<Record<string, readonly string[]>> {
  const { plans, tables } = lowerPipeline(p.toNode());
  const found = [...plans].flatMap(([name, plan]): [string, readonly string[]][] => {
    const by = maintenanceOf(plan, tables)?.byKeys;
    return by ? [[name, by.keys.map((key) => key.name)]] : [];
  });
  return Object.fromEntries(found);
}

test("a technique for each kind of view, and the columns by which its rows are found", () => {
  expect(refreshes(shop)).toEqual({
    orders: "WINDOW_FUNCTION",
    at_home: "ROW_BASED",
    products: "ROW_BASED",
    late: "ROW_BASED",
    facts: "ROW_BASED",
    as_it_was: "ROW_BASED",
    joined: "ROW_BASED",
    with_family: "ROW_BASED",
    known: "ROW_BASED",
    unknown: "ROW_BASED",
    ranked: "WINDOW_FUNCTION",
    everyone: "ROW_BASED",
    by_customer: "GENERIC_AGGREGATE",
    by_country: "GROUP_AGGREGATE",
    by_product: "GROUP_AGGREGATE",
    of_families: "GROUP_AGGREGATE",
    total: "GROUP_AGGREGATE",
    best: "ROW_BASED",
    matched: "GENERIC_AGGREGATE",
    leaders: "GROUP_AGGREGATE",
    loyal: "GENERIC_AGGREGATE",
    newest: "WINDOW_FUNCTION",
    of_many: "GENERIC_AGGREGATE",
    by_first: "GENERIC_AGGREGATE",
    top: "WINDOW_FUNCTION",
  });
  expect(keys(shop)).toMatchObject({
    orders: ["id"],
    facts: ["id"],
    joined: ["id"],
    ranked: ["customer"],
    everyone: ["id"],
    by_customer: ["customer", "day"],
    by_product: ["product"],
  });
  expect(keys(shop)).not.toHaveProperty("total");
});

test("rows that are matched with groups of their own table are found by what they are matched by", () => {
  const bronze = pipeline("p").bronze({
    raw: source.json("raw/*.json", { id: t.int(), customer: t.int(), note: t.string().nullable() }),
  });
  const p = bronze.silver(($) => {
    const often = $.raw.groupBy((r) => ({ who: r.customer })).aggregate(() => ({ rows: fn.countRows() }));
    return {
      of_many: $.raw.semiJoin(often, (r, c) => r.customer.eq(c.who).and(c.rows.gt(2))),
      of_few: $.raw
        .dedupe({ key: (r) => r.id, orderBy: (r) => r.note })
        .antiJoin(often, (r, c) => r.customer.eq(c.who)),
    };
  });
  expect(keys(p)).toEqual({ of_many: ["customer"], of_few: ["id"] });
});

test("rows are matched by what a window gives, below a lookup", () => {
  const columns = { id: t.int(), k: t.int().nullable(), n: t.int() };
  const p = pipeline("p")
    .bronze({ raw: source.json("raw/*.json", columns), more: source.json("more/*.json", columns) })
    .scd1(($) => ({ last: $.more.changes({ key: (r) => r.id, sequenceBy: (r) => r.n }) }))
    .silver(($) => ({
      numbered: $.raw
        .derive((r) => ({ place: fn.rank().over({ partitionBy: r.k, orderBy: r.n }) }))
        .antiJoin($.last, (r, last) => r.place.eq(last.n))
        .lookup(
          $.last,
          (r) => r.id,
          (r, last) => ({ id: r.id, k: r.k, place: r.place, now: last.n }),
        ),
    }));
  expect(refreshes(p)["numbered"]).toMatch(/^(WINDOW_FUNCTION|COMPLETE_RECOMPUTE)/);
});

const rows = { id: t.int(), n: t.int(), x: t.double(), at: t.timestamp() };

test("what cannot be kept up to date says why", () => {
  const p = pipeline("p")
    .bronze({ a: source.json("a/*.json", rows), b: source.json("b/*.json", rows) })
    .silver(($) => ({
      full: $.a.fullJoin(
        $.b,
        (l, r) => l.id.eq(r.id),
        (l, r) => ({ l: l.id, r: r.id }),
      ),
      known_full: $.a.fullJoin(
        $.b,
        (l, r) => l.id.eq(r.id).and(l.n.lt(r.n)),
        (l, r) => ({ id: l.id.orElse(r.id), n: r.n }),
      ),
      other_full: $.a.fullJoin(
        $.b,
        (l, r) => l.id.eq(r.id),
        (l, r) => ({ id: l.id.orElse(r.n) }),
      ),
      running: $.a.derive((r) => ({ all: r.n.sum().over({}) })),
      raw: $.a.select((r) => ({ id: r.id, lucky: sql(t.double())`random() + ${r.x}` })).materialized(),
      never: $.a.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }).refreshPolicy("full"),
      floats: $.a.groupBy((r) => ({ x: r.x })).aggregate((r) => ({ mean: r.x.avg() })),
      sums: $.a.groupBy((r) => ({ n: r.n })).aggregate((r) => ({ x: r.x.sum() })),
      counted: $.a.groupBy((r) => ({ n: r.n })).aggregate(() => ({ rows: fn.countRows() })),
    }))
    .silver(($) => ({
      of_counts: $.a
        .groupBy((r) => ({ n: r.n }))
        .aggregate(() => ({ rows: fn.countRows() }))
        .groupBy((r) => ({ rows: r.rows }))
        .aggregate(() => ({ groups: fn.countRows() })),
      over_counts: $.counted.groupBy((r) => ({ rows: r.rows })).aggregate(() => ({ groups: fn.countRows() })),
    }));
  expect(refreshes(p)).toEqual({
    full: "COMPLETE_RECOMPUTE OPERATOR_NOT_SUPPORTED",
    known_full: "ROW_BASED",
    other_full: "COMPLETE_RECOMPUTE OPERATOR_NOT_SUPPORTED",
    running: "COMPLETE_RECOMPUTE WINDOW_FUNCTION_WITHOUT_PARTITION_BY",
    raw: "COMPLETE_RECOMPUTE USER_DEFINED_FUNCTION",
    never: "COMPLETE_RECOMPUTE REFRESH_POLICY",
    floats: "COMPLETE_RECOMPUTE OPERATOR_NOT_SUPPORTED",
    sums: "GENERIC_AGGREGATE",
    counted: "GROUP_AGGREGATE",
    of_counts: "COMPLETE_RECOMPUTE AGGREGATE_NOT_TOP_NODE",
    over_counts: "GROUP_AGGREGATE",
  });
  const { plans, tables } = lowerPipeline(p.toNode());
  const why = (name: string) => {
    const plan = plans.get(name);
    return plan && plannedRefresh(plan, tables)?.issues.map((issue) => issue.message);
  };
  expect(why("floats")).toEqual([
    "its rows are found by x (DOUBLE), and keys of floating point numbers, arrays, maps and structs are not compared",
  ]);
  expect(why("other_full")).toEqual([expect.stringContaining("select it of both sides, as l.id.orElse(r.id)")]);
});

test("rows of one table are looked for by the columns of the keys; a time that a key begins with bounds what is read", () => {
  const p = pipeline("p")
    .bronze({
      raw: source.json("raw/*.json", { id: t.int(), at: t.timestamp(), seen: t.timestamp().nullable() }),
      other: source.json("other/*.json", { id: t.int() }),
    })
    .silver(($) => ({
      one: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }),
      two: $.raw.union($.raw).dedupe({ key: (r) => r.id, orderBy: (r) => r.at }),
      matched: $.raw.semiJoin($.other, (r, o) => r.id.eq(o.id)).dedupe({ key: (r) => r.id, orderBy: (r) => r.at }),
      days: $.raw.groupBy((r) => ({ day: r.at.truncate("day") })).aggregate((r) => ({ ids: r.id.countDistinct() })),
      dates: $.raw
        .groupBy((r) => ({ date: r.at.truncate("month").toDate(), id: r.id }))
        .aggregate((r) => ({ ids: r.id.countDistinct() })),
      seen: $.raw.groupBy((r) => ({ day: r.seen.truncate("day") })).aggregate((r) => ({ ids: r.id.countDistinct() })),
      years: $.raw.groupBy((r) => ({ year: r.at.year() })).aggregate((r) => ({ ids: r.id.countDistinct() })),
    }));
  const { plans, tables } = lowerPipeline(p.toNode());
  const ways = [...plans].flatMap(([name, plan]) => {
    const by = maintenanceOf(plan, tables)?.byKeys;
    if (!by) return [];
    const isBounded = relationSteps(by.rows).some((step) => step.columns.some((c) => c.name === "medallion_first"));
    return [[name, { found: by.found?.table, isBounded }] as const];
  });
  expect(Object.fromEntries(ways)).toEqual({
    one: { found: "raw", isBounded: false },
    two: { found: undefined, isBounded: false },
    matched: { found: undefined, isBounded: false },
    days: { found: undefined, isBounded: true },
    dates: { found: undefined, isBounded: true },
    seen: { found: "raw", isBounded: false },
    years: { found: "raw", isBounded: false },
  });
});
