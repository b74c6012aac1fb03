/** What a query costs follows its steps: eight times as many take eight times as long, not sixty-four times. */
import { type AnyPipeline, analyze, compile, fn, pipeline, source, t } from "medallion";
import { describe, expect, test } from "vitest";
import { plannedRefresh } from "../../src/lower/incremental/maintain.ts";
import { lowerPipeline } from "../../src/lower/table.ts";
import { growthOf } from "../cpu.ts";

const columns = { id: t.bigint(), name: t.string(), amount: t.decimal(12, 2), sold: t.timestamp() };

const bronze = pipeline("long").bronze({
  sales: source.csv("sales/*.csv", columns).key((s) => s.id),
  others: source.csv("others/*.csv", columns).key((o) => o.id),
});
type Sales = typeof bronze.tables.sales;

/** One step more, which gives columns as they were. */
const STEPS: Readonly<Record<string, (sales: Sales, others: Sales, i: number) => { toNode(): unknown }>> = {
  where: (s, _, i) => s.where((r) => r.amount.gt(i)),
  derive: (s, _, i) => s.derive((r) => ({ name: r.name.concat(`${i}`) })),
  select: (s) => s.select((r) => ({ ...r, name: r.name.upper() })),
  window: (s) => s.derive((r) => ({ amount: r.amount.max().over({ partitionBy: r.id }) })),
  lag: (s) => s.derive((r) => ({ name: r.name.lag().over({ partitionBy: r.id, orderBy: r.sold }).orElse("") })),
  numbered: (s) =>
    s
      .derive((r) => ({ number: fn.rowNumber().over({ partitionBy: r.id, orderBy: r.sold }) }))
      .where((r) => r.number.eq(1))
      .select(({ number, ...r }) => r),
  dedupe: (s) => s.dedupe({ key: (r) => r.id, orderBy: (r) => r.sold.desc() }),
  group: (s) =>
    s
      .groupBy((r) => ({ id: r.id, sold: r.sold }))
      .aggregate((r) => ({ name: r.name.maxBy(r.sold), amount: r.amount.max() })),
  limit: (s, _, i) => s.orderBy((r) => r.sold.desc()).limit(1000 - i),
  lookup: (s, others) =>
    s.lookup(
      others,
      (r) => r.id,
      (r, o) => ({ ...r, name: o.name.orElse(r.name) }),
    ),
  leftJoin: (s, others) =>
    s.leftJoin(
      others,
      (r, o) => r.id.eq(o.id),
      (r, o) => ({ ...r, name: o.name.orElse(r.name) }),
    ),
  semiJoin: (s, others) => s.semiJoin(others, (r, o) => r.id.eq(o.id)),
  union: (s, others, i) => s.union(others.where((o) => o.amount.eq(i))),
};

function inOneTable(name: string, steps: number): AnyPipeline {
  return bronze.silver(($) => {
    let made = $.sales;
    for (let i = 0; i < steps; i++) made = STEPS[name]?.(made, $.others, i) as never;
    return { made };
  });
}

function inTables(name: string, steps: number): AnyPipeline {
  let made: AnyPipeline = bronze;
  for (let i = 0; i < steps; i++) {
    made = (made as typeof bronze).silver(($) => {
      const before = i === 0 ? $.sales : ($ as unknown as Record<string, Sales>)[`t${i - 1}`];
      return { [`t${i}`]: STEPS[name]?.(before as Sales, $.others, i) as Sales };
    });
  }
  return made;
}

/** Linear is 8, with some more for the larger heap; where each step looks through all it is 64. */
const MOST = 32;

/** How many times as much CPU eight times the steps take, on warm code. */
async function growth(long: (steps: number) => AnyPipeline, of: (made: AnyPipeline) => unknown): Promise<number> {
  const made = (steps: number) => () => of(long(steps));
  for (let run = 0; run < 3; run++) made(30)();
  return growthOf(MOST, made(240), made(30));
}

const compiled = (made: AnyPipeline) => [analyze(made), compile(made, { target: "duckdb" })];

describe.each(Object.keys(STEPS))("many steps: %s", (name) => {
  test("one query of them is built, analyzed and compiled in time that is linear in them", async () => {
    expect(await growth((steps) => inOneTable(name, steps), compiled)).toBeLessThan(MOST);
  });

  test("one query of them is planned for its updates in time that is linear in them", async () => {
    const planned = (made: AnyPipeline) => {
      const { plans, tables } = lowerPipeline(made.toNode());
      return [...plans.values()].map((plan) => plannedRefresh(plan, tables));
    };
    expect(await growth((steps) => inOneTable(name, steps), planned)).toBeLessThan(MOST);
  });

  test("tables that read one another are built, analyzed and compiled in time that is linear in them", async () => {
    expect(await growth((steps) => inTables(name, steps), compiled)).toBeLessThan(MOST);
  });
});
