/** One pipeline in many shapes: what users edit of it. */
import { type AnyPipeline, pipeline, source, t } from "medallion";

export interface Shape {
  readonly path: string;
  readonly asia: boolean;
  readonly note: string;
  readonly extra: boolean;
  readonly least: number;
  readonly rule: "none" | "expect" | "expectOrDrop" | "expectOrQuarantine";
  readonly materialized: boolean;
  readonly sum: boolean;
  readonly scd: "scd1" | "scd2";
}

export const FIRST: Shape = {
  path: "in/*.json",
  asia: false,
  note: "",
  extra: false,
  least: 0,
  rule: "none",
  materialized: false,
  sum: false,
  scd: "scd2",
};

export function pipelineOf({
  path: place,
  asia,
  note,
  extra,
  least,
  rule,
  materialized,
  sum,
  scd,
}: Shape): AnyPipeline {
  const base = { id: t.int(), n: t.int(), v: t.int().nullable() };
  const columns: typeof base = extra ? { ...base, ...{ w: t.int().nullable().comment(`of late ${note}`) } } : base;
  const own = source.json(place, columns);
  const raw = asia ? own.appendFlow({ asia: source.json("asia/*.json", columns) }) : own;
  const stock = source.json("stock/*.json", { load: t.int(), sku: t.string(), amount: t.int() });
  const all = pipeline("p")
    .bronze({ raw: raw.comment(note).tags({ note }), stock_raw: stock.comment(note) })
    .silver(($) => {
      const some = $.raw.where((r) => r.n.ge(least));
      const held = rule === "none" ? some : some[rule]({ positive: (r) => r.v.isNull().or(r.v.ge(0)) });
      const last = $.stock_raw.aggregate((s) => ({ load: s.load.max() }));
      return {
        clean: materialized ? held.materialized() : held,
        latest: $.stock_raw.semiJoin(last, (s, m) => s.load.eq(m.load)).comment(note),
      };
    })
    .scd2(($) => ({
      history: $.latest
        .snapshots({ key: (s) => s.sku, version: (s) => s.load.max(), columns: ({ load, ...rest }) => rest })
        .comment(note),
    }))
    .gold(($) => ({
      totals: $.clean.aggregate((c) => ({ n: c.id.count(), total: sum ? c.v.sum() : c.id.sum() })),
    }));
  if (scd === "scd1") {
    return all.scd1(($) => ({ state: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.n }) }));
  }
  return all.scd2(($) => ({ state: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.n }) }));
}
