/** Queries that stand on each other: DuckDB plans 200 of every kind of step, and of every two, in time that grows as they do. */
import type { DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { fn, pipeline, source, t } from "medallion";
import { beforeAll, expect, test } from "vitest";
import type { RelationNode } from "../../src/ast/relation.ts";
import { printQuery } from "../../src/sql/query.ts";
import { duckdb, duckdbIdentifier } from "../../src/targets/duckdb/dialect.ts";
import { cpuOf, leastOf } from "../cpu.ts";
import { connectWithMacros } from "../macros.ts";

const p = pipeline("stacked")
  .bronze({
    a: source.json("a", { k: t.int(), s: t.string().nullable(), v: t.int().nullable(), at: t.timestamp() }),
    e: source.json("e", { k: t.int(), at: t.timestamp(), x: t.int() }),
  })
  .scd2(($) => ({ h: $.e.changes({ key: (c) => c.k, sequenceBy: (c) => c.at }) }))
  .silver(($) => ({ c: $.a.dedupe({ key: (r) => r.k, orderBy: (r) => r.at }).key((r) => r.k) }));
const { h, c } = p.tables;
const first = p.tables.a.select(({ k, s, v, at }) => ({ k, s, v, at }));
type Rows = typeof first;

/** Steps that give what they are given. The types of what they nest are not asked for. */
const STEPS: Readonly<Record<string, (rows: Rows, at: number) => unknown>> = {
  where: (rows, i) => rows.where((r) => r.v.lt(1000 + i)),
  derive: (rows) => rows.derive((r) => ({ v: r.v.plus(1) })),
  join: (rows) => rows.join(c, (r, o) => r.k.eq(o.k), (r, o) => ({ ...r, v: o.v })), // biome-ignore format: one step, one line
  leftJoin: (rows) => rows.leftJoin(c, (r, o) => r.k.eq(o.k), (r, o) => ({ ...r, v: o.v })), // biome-ignore format: one step, one line
  fullJoin: (rows) => rows.fullJoin(c, (r, o) => r.k.eq(o.k), (r, o) => ({ k: r.k, s: r.s, v: o.v, at: r.at })), // biome-ignore format: one step, one line
  lookup: (rows) => rows.lookup(c, (r) => r.k, (r, o) => ({ ...r, v: o.v })), // biome-ignore format: one step, one line
  semiJoin: (rows) => rows.semiJoin(c, (r, o) => r.k.eq(o.k)),
  antiJoin: (rows) => rows.antiJoin(c, (r, o) => r.k.eq(o.k).and(r.v.gt(3))),
  asOfJoin: (rows) =>
    rows.asOfJoin(h, { on: (r, o) => r.k.eq(o.k), at: (r) => r.at, select: (r, o) => ({ ...r, v: o.x }) }),
  union: (rows) => rows.union(first),
  aggregate: (rows) => rows.groupBy(({ k, s, at }) => ({ k, s, at })).aggregate((r) => ({ v: r.v.max() })),
  dedupe: (rows) => rows.dedupe({ key: (r) => r.k, orderBy: (r) => r.v }),
  limit: (rows, i) => rows.orderBy((r) => r.v).limit(1000 + i),
  window: (rows) => rows.derive((r) => ({ v: r.v.max().over({ partitionBy: r.s, orderBy: r.k }) })),
  windowedWhere: (rows) => rows.where((r) => fn.rowNumber().over({ partitionBy: r.s, orderBy: r.k }).lt(9)),
  median: (rows) => rows.derive((r) => ({ v: r.v.median().over({ partitionBy: r.s }).cast(t.int()) })),
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await connectWithMacros();
  const row = "1 AS k, 's' AS s, 2 AS v, TIMESTAMPTZ '2024-01-01' AS at";
  await connection.run(`CREATE TABLE a AS SELECT ${row}; CREATE TABLE c AS FROM a`);
  await connection.run(
    "CREATE TABLE h AS SELECT 1 AS k, TIMESTAMPTZ '2024-01-01' AS at, 3 AS x, TIMESTAMPTZ '2024-01-01' AS __START_AT, NULL::TIMESTAMPTZ AS __END_AT",
  );
});

const tables = new Map(p.toNode().tables.map((table) => [table.name, table]));

function nested(names: readonly string[], count: number): string {
  let rows = first;
  for (let i = 0; i < count; i++) rows = STEPS[names[i % names.length] ?? ""]?.(rows, i) as Rows;
  const node: RelationNode = rows.toNode();
  return printQuery(node, { dialect: duckdb, table: duckdbIdentifier, source: () => "nothing", tables });
}

const planning = (sql: string): Promise<number> => cpuOf(() => connection.run(`EXPLAIN ${sql}`));

test.each(Object.keys(STEPS))("200 of %s", async (name) => {
  const [few, many] = [nested([name], 50), nested([name], 200)];
  expect(many.length).toBeLessThan(5 * few.length + 1000);
  // Four times as many: planned at once, it is sixteen times as long, and for some of them for ever.
  const most = 200 + 12 * Math.min(await planning(few), await planning(few));
  expect(await leastOf(most, () => planning(many))).toBeLessThan(most);
});

test("some of several kinds, by turns", async () => {
  const kinds = fc.uniqueArray(fc.constantFrom(...Object.keys(STEPS)), { minLength: 2, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(kinds, async (names) => {
      const [most, sql] = [3000, nested(names, 60)];
      expect(await leastOf(most, () => planning(sql))).toBeLessThan(most);
    }),
    { numRuns: Number(process.env["MEDALLION_CASES"] ?? 12) },
  );
});
