/** Columns that are each made of two, step after step: the ways back from the last to the first are 2^24, and no rule walks them all. */
import { analyze, fn, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { cpuOf, leastOf } from "../cpu.ts";

const STEPS = 24;

// What is written here is as deep as no program is: the types of the steps say nothing.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Untyped = any;

const rows = () =>
  source.csv("rows/*.csv", {
    id: t.bigint(),
    start: t.timestamp().nullable(),
    end: t.timestamp().nullable(),
    cents: t.bigint().unit("EUR").nullable(),
    count: t.bigint().unit("EUR"),
    name: t.string().pii("name"),
    alias: t.string(),
    open: t.boolean(),
    late: t.boolean(),
  });

const crossed = (c: Untyped) => ({
  start: fn.greatest(c.start, c.end),
  end: fn.least(c.start, c.end),
  cents: c.cents.plus(c.count),
  count: c.cents.orElse(0).minus(c.count),
  name: fn.concat(c.name, c.alias),
  alias: c.alias.concat(c.name),
  open: c.open.and(c.late),
  late: c.open.or(c.late),
});

const times = (query: Untyped, step: (query: Untyped, i: number) => Untyped): Untyped =>
  Array.from({ length: STEPS }).reduce((made, _, i) => step(made, i), query);

const SHAPES: Readonly<Record<string, (query: Untyped) => Untyped>> = {
  derived: (query) => times(query, (made) => made.derive(crossed)),
  "derived and filtered": (query) => times(query, (made) => made.derive(crossed).where((c: Untyped) => c.open)),
  selected: (query) => times(query, (made) => made.select((c: Untyped) => ({ id: c.id, ...crossed(c) }))),
  deduped: (query) =>
    times(query, (made) =>
      made.derive(crossed).dedupe({ key: (c: Untyped) => c.id, orderBy: (c: Untyped) => c.start.desc() }),
    ),
};

/** What rules ask about columns. */
const END: Readonly<Record<string, (query: Untyped, raw: Untyped) => Untyped>> = {
  filter: (query) => query.where((c: Untyped) => c.start.gt(c.end).and(c.late)),
  sums: (query) =>
    query
      .groupBy((c: Untyped) => ({ name: c.name }))
      .aggregate((c: Untyped) => ({ total: c.cents.sum(), average: c.count.avg(), n: c.late.countIf() })),
  join: (query, raw) =>
    query.join(
      raw,
      (a: Untyped, b: Untyped) => a.alias.eq(b.alias).and(a.start.ge(b.start)),
      (a: Untyped, b: Untyped) => ({ ...a, other: b.id }),
    ),
  window: (query) =>
    query.derive((c: Untyped) => ({ nth: fn.rowNumber().over({ partitionBy: c.alias, orderBy: c.end }) })),
  key: (query) => query.key((c: Untyped) => [c.name, c.start]).expect({ late: (c: Untyped) => c.late }),
};

const pipelines: Readonly<Record<string, (end: (query: Untyped, raw: Untyped) => Untyped) => Untyped>> = {
  ...Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => [
      name,
      (end: (query: Untyped, raw: Untyped) => Untyped) =>
        from().silver(($: Untyped) => ({ last: end(shape($.rows), $.rows) })),
    ]),
  ),
  "stored, table by table": (end) =>
    times(
      from().silver(($: Untyped) => ({ s0: $.rows.derive(crossed) })),
      (made, i) => made.silver(($: Untyped) => ({ [`s${i + 1}`]: $[`s${i}`].derive(crossed) })),
    ).silver(($: Untyped) => ({ last: end($[`s${STEPS}`], $.rows) })),
};

const from = (): Untyped => pipeline("crossing").bronze({ rows: rows() });

test.each(Object.entries(pipelines))("%s: what rules ask of the last step is answered at once", async (_, made) => {
  const most = 3000;
  for (const [name, end] of Object.entries(END)) {
    const took = await leastOf(most, () => {
      // What is known of a node is kept with it.
      const whole = made(end);
      return cpuOf(() => analyze(whole));
    });
    expect(took, name).toBeLessThan(most);
  }
});
