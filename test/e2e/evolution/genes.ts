/** One pipeline in many definitions: what its authors change of it over the years, a gene each. */
import { type AnyPipeline, analyze, fn, MedallionError, pipeline, source, t } from "medallion";

export const GENES = {
  format: ["json", "csv", "parquet"],
  delimiter: [",", ";"],
  header: [true, false],
  path: ["BASE*.EXT", "BASE**/*.EXT", "BASE**", "BASE[a-z0-9]*.EXT", "./orders/**/*.EXT", "/BASE*.EXT"],
  onChange: ["ignore", "replace", "fail"],
  amount: ["int", "bigint", "cents", "wide", "text", "double"],
  nullable: [true, false],
  note: ["none", "nullable", "required", "enum"],
  order: ["as written", "another"],
  unit: ["", "EUR", "USD"],
  labelled: [false, true],
  comment: ["", "x", "it's"],
  flow: [false, true],
  rawRule: ["none", "expect", "expectOrDrop", "expectOrQuarantine"],
  least: [0, 2],
  derived: [0, 2, 3],
  rule: ["none", "expect", "expectOrDrop", "expectOrQuarantine", "expectOrFail"],
  bound: [0, -5],
  view: [false, true],
  clean: ["clean", "tidy", "Clean"],
  keyed: [false, true],
  columns: ["all", "more", "renamed", "fewer"],
  split: [false, true],
  temporary: [false, true],
  scd: ["scd2", "scd1"],
  people: ["people", "customers"],
  peopleKey: ["id", "id and region"],
  sequence: ["at", "n"],
  tracked: ["all", "city", "tier"],
  deletes: [true, false],
  ignoresNulls: [false, true],
  tier: ["int", "bigint", "text"],
  stockTracked: ["all", "amount"],
  shelf: [false, true],
  stockLeaves: ["zz", "c"],
  stockKey: ["sku", "sku and area"],
  stockAmount: ["int", "bigint", "text"],
  stockNullable: [false, true],
  join: ["lookup", "left", "inner", "asOf", "semi", "anti", "none"],
  dedupe: ["least", "most", "two keys"],
  group: ["region", "day", "all"],
  measure: ["sum", "max", "count", "avg", "distinct", "several"],
  totals: ["gold", "silver"],
  window: ["rank", "lag", "sum", "none"],
  union: [false, true],
  policy: ["auto", "full", "incremental"],
  included: [false, true],
} as const;

export type Genes = { readonly [K in keyof typeof GENES]: (typeof GENES)[K][number] };
export const FIRST = Object.fromEntries(Object.entries(GENES).map(([name, [first]]) => [name, first])) as Genes;

/** Columns and tables that the types cannot know. */
type Untyped = ReturnType<typeof JSON.parse>;

const orNull = (type: Untyped, nullable: boolean): Untyped => (nullable ? type.nullable() : type);
const numeric = { int: t.int, bigint: t.bigint, text: t.string } as const;

function ordersOf(g: Genes, base: string): Untyped {
  const number = { ...numeric, cents: () => t.decimal(10, 2), wide: () => t.decimal(12, 2), double: t.double };
  const plain: Untyped = number[g.amount]();
  const amount = orNull(g.unit !== "" && g.amount !== "text" ? plain.unit(g.unit) : plain, g.nullable);
  const text = g.labelled ? t.string().pii("email") : t.string();
  const note = {
    none: {},
    nullable: { note: text.nullable().comment(`a note ${g.comment}`) },
    required: { note: text },
    enum: { note: t.enum(["a", "b"]).nullable() },
  }[g.note];
  const own = { id: t.int(), region: t.string(), qty: t.int() };
  const others = { amount, day: t.date(), at: t.timestamp() };
  const columns: Untyped = g.order === "another" ? { ...others, ...own, ...note } : { ...own, ...others, ...note };
  const read = (path: string): Untyped => {
    const { onChange } = g;
    const at = path.replace("/BASE", `${base}/orders/`).replace("BASE", "orders/").replace("EXT", g.format);
    if (g.format === "csv") return source.csv(at, columns, { onChange, delimiter: g.delimiter, header: g.header });
    return g.format === "json" ? source.json(at, columns, { onChange }) : source.parquet(at, columns, { onChange });
  };
  const all = g.flow
    ? read(g.path).appendFlow({ asia: read(g.path[0] === "/" ? `${base}/asia/*.EXT` : "asia/*.EXT") })
    : read(g.path);
  return ruled(all, g.rawRule, -9).comment(g.comment);
}

const ruled = (rows: Untyped, rule: Genes["rule"], bound: number): Untyped =>
  rule === "none" ? rows : rows[rule]({ enough: (r: Untyped) => r.qty.gt(bound) });

function cleanOf(g: Genes, orders: Untyped): Untyped {
  let rows = orders.where((o: Untyped) => o.qty.ge(g.least));
  if (g.derived > 0) rows = rows.derive((o: Untyped) => ({ several: o.qty.times(g.derived) }));
  if (g.columns === "more") rows = rows.derive((o: Untyped) => ({ upper: o.region.upper() }));
  if (g.columns === "renamed") rows = rows.select(({ at, ...rest }: Untyped) => ({ ...rest, ordered_at: at }));
  if (g.columns === "fewer") rows = rows.select(({ at, ...rest }: Untyped) => rest);
  let table = ruled(rows, g.rule, g.bound);
  // Nothing streams from rows that are replaced.
  if (g.view || g.onChange === "replace") {
    table = table.materialized();
    if (g.policy !== "auto") table = table.refreshPolicy(g.policy);
  }
  if (g.keyed) table = table.key((o: Untyped) => o.id);
  return g.temporary ? table.temporary() : table;
}

function peopleOf(g: Genes, raw: Untyped): Untyped {
  return raw.changes({
    key: (c: Untyped) => (g.peopleKey === "id" ? c.id : [c.id, c.region]),
    sequenceBy: (c: Untyped) => c[g.sequence],
    columns: ({ op, n, ...rest }: Untyped) => rest,
    ...(g.tracked !== "all" && g.scd === "scd2" && { trackHistory: (c: Untyped) => ({ [g.tracked]: c[g.tracked] }) }),
    ...(g.deletes && { deleteWhen: (c: Untyped) => c.op.eq("D") }),
    ...(g.ignoresNulls && { ignoreNullUpdates: true }),
  });
}

function stockOf(g: Genes, latest: Untyped): Untyped {
  return latest.snapshots({
    key: (s: Untyped) => (g.stockKey === "sku" ? s.sku : [s.sku, s.area]),
    version: (s: Untyped) => s.day.max(),
    columns: ({ day, ...rest }: Untyped) => rest,
    ...(g.stockTracked !== "all" && { trackHistory: (s: Untyped) => ({ amount: s.amount }) }),
  });
}

function joinedOf(g: Genes, orders: Untyped, people: Untyped): Untyped {
  const same = (o: Untyped, p: Untyped) => o.id.eq(p.id);
  const city = (o: Untyped, p: Untyped) => ({ ...o, city: p.city });
  const now = g.scd === "scd1" ? people : people.where((p: Untyped) => p.__END_AT.isNull());
  if (g.join === "left") return orders.leftJoin(now, same, city);
  if (g.join === "inner") return orders.join(now, same, city);
  if (g.join === "semi") return orders.semiJoin(now, same);
  if (g.join === "anti") return orders.antiJoin(now, same);
  if (g.join === "lookup" && g.scd === "scd1")
    return orders.lookup(people, (o: Untyped) => (g.peopleKey === "id" ? o.id : [o.id, o.region]), city);
  if (g.join !== "asOf" || g.scd === "scd1" || g.sequence !== "at") return undefined;
  const on = same;
  const at = (o: Untyped) => o.day.cast(t.timestamp());
  return orders.asOfJoin(people, { on, at, select: city });
}

function totalsOf(g: Genes, clean: Untyped): Untyped {
  const money = (o: Untyped) => o.amount[g.amount === "text" ? "tryCast" : "cast"](t.decimal(18, 2));
  const measures = (o: Untyped) =>
    ({
      sum: { v: o.qty.sum() },
      max: { v: o.qty.max() },
      count: { v: o.id.count() },
      avg: { v: o.qty.avg() },
      distinct: { v: o.id.countDistinct() },
      several: { v: o.qty.sum(), w: o.money.sum(), x: o.qty.min() },
    })[g.measure];
  const rows = clean.derive((o: Untyped) => ({ money: money(o) }));
  const groups = (o: Untyped) => (g.group === "day" ? { day: o.day } : { region: o.region });
  const table = g.group === "all" ? rows.aggregate(measures) : rows.groupBy(groups).aggregate(measures);
  return (g.policy === "auto" ? table : table.refreshPolicy(g.policy)).comment(g.comment);
}

const included = pipeline("extra")
  .bronze({ extra_raw: source.json("extra/*.json", { id: t.int(), v: t.int() }) })
  .silver(($) => ({ extra: $.extra_raw.where((e) => e.v.gt(0)).key((e) => e.id) }));

function build(g: Genes, base: string): AnyPipeline {
  const tier = numeric[g.tier]().nullable();
  const person = { id: t.int(), region: t.string(), city: t.string().nullable(), tier, at: t.timestamp(), n: t.int() };
  const amount = orNull(numeric[g.stockAmount](), g.stockNullable);
  const item = { day: t.date(), sku: t.string(), area: t.string(), amount };
  let p: Untyped = pipeline("p").bronze({
    orders_raw: ordersOf(g, base),
    people_raw: source.json("people/*.json", { ...person, op: t.string() }).comment(g.comment),
    stock_raw: source.csv("stock/*.csv", g.shelf ? { ...item, shelf: t.string().nullable() } : item),
  });
  if (g.included) p = p.include(included);
  const halves = ($: Untyped) => ({
    clean_eu: cleanOf(
      g,
      $.orders_raw.where((o: Untyped) => o.region.eq("EU")),
    ),
    clean_rest: cleanOf(
      g,
      $.orders_raw.where((o: Untyped) => o.region.ne("EU")),
    ),
  });
  const clean = ($: Untyped) => (g.split ? $.clean_eu.union($.clean_rest) : $[g.clean]);
  return p
    .silver(($: Untyped) => ({
      ...(g.split ? halves($) : { [g.clean]: cleanOf(g, $.orders_raw) }),
      stock_latest: $.stock_raw
        .where((s: Untyped) => s.sku.ne(g.stockLeaves))
        .semiJoin(
          $.stock_raw.aggregate((s: Untyped) => ({ last: s.day.max() })),
          (s: Untyped, newest: Untyped) => s.day.eq(newest.last),
        ),
    }))
    [g.scd](($: Untyped) => ({ [g.people]: peopleOf(g, $.people_raw) }))
    .scd2(($: Untyped) => ({ stock: stockOf(g, $.stock_latest) }))
    .silver(($: Untyped) => {
      const orders = clean($).select(({ id, region, qty, day }: Untyped) => ({ id, region, qty, day }));
      const joined = joinedOf(g, orders, $[g.people]);
      const raw = $.orders_raw.select(({ id, region, qty, day }: Untyped) => ({
        id,
        region: region.lower(),
        qty,
        day,
      }));
      return {
        latest: orders.dedupe({
          key: (o: Untyped) => (g.dedupe === "two keys" ? [o.id, o.region] : o.id),
          orderBy: (o: Untyped) => (g.dedupe === "least" ? o.qty : o.qty.desc()),
        }),
        ...(joined && { joined }),
        ...(g.union && { both: orders.union(raw) }),
      };
    })
    [g.totals](($: Untyped) => ({ totals: totalsOf(g, clean($)) }))
    .gold(($: Untyped) => {
      const over = (o: Untyped) => ({ partitionBy: o.region, orderBy: [o.qty, o.id] });
      const windows = {
        rank: (o: Untyped) => fn.rank().over(over(o)),
        lag: (o: Untyped) => o.qty.lag().over(over(o)),
        sum: (o: Untyped) => o.qty.sum().over(over(o)),
      };
      if (g.window === "none") return {};
      const window = windows[g.window];
      return { ranked: $.latest.derive((o: Untyped) => ({ w: window(o) })) };
    });
}

/** `undefined` where the genes do not go together: nobody could have saved that. */
export function pipelineOf(genes: Genes, base: string): AnyPipeline | undefined {
  try {
    const p = build(genes, base);
    return analyze(p).some((found) => found.severity === "error") ? undefined : p;
  } catch (error) {
    if (error instanceof MedallionError) return undefined;
    throw error;
  }
}
