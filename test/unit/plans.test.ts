/** The plans that DuckDB makes of what is printed: no join compares every row with every other, and planning stays linear. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { fn, pipeline, type Relation, source, t } from "medallion";
import { beforeAll, describe, expect, test } from "vitest";
import { printQuery } from "../../src/sql/query.ts";
import { duckdb, duckdbIdentifier } from "../../src/targets/duckdb/dialect.ts";
import { countStaged, type Flag } from "../../src/targets/duckdb/rows.ts";
import { cpuTime, leastOf } from "../cpu.ts";
import { connectWithMacros } from "../macros.ts";

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await connectWithMacros();
});

type Anything = { toNode(): ReturnType<Relation<unknown>["toNode"]> };

function print(relation: Anything): string {
  const context = { dialect: duckdb, table: duckdbIdentifier, source: () => "nothing", tables: new Map() };
  return printQuery(relation.toNode(), context);
}

async function planOf(sql: string): Promise<string> {
  return String((await connection.runAndReadAll(`EXPLAIN ${sql}`)).getRows()[0]?.[1]);
}

/** What orders the events of a history, with the type that DuckDB has for it and values of it in order. */
const SEQUENCES = {
  timestamp: [t.timestamp(), "TIMESTAMPTZ", ["'2024-01-01'", "'2024-02-01'", "'2024-03-01'"]],
  timestampNtz: [t.timestampNtz(), "TIMESTAMP", ["'2024-01-01'", "'2024-02-01'", "'2024-03-01'"]],
  date: [t.date(), "DATE", ["'2024-01-01'", "'2024-02-01'", "'2024-03-01'"]],
  bigint: [t.bigint(), "BIGINT", ["-9223372036854775808", "0", "9223372036854775807"]],
  decimal: [t.decimal(10, 2), "DECIMAL(10, 2)", ["-99999999.99", "0.01", "99999999.99"]],
  string: [t.string(), "VARCHAR", ["''", "'a'", "'b'"]],
} as const;

describe("an as-of join is a hash join, and finds the version of each time", () => {
  test.each(Object.entries(SEQUENCES))("%s", async (_, [type, name, [first, second, third]]) => {
    const p = pipeline("p")
      .bronze({
        facts: source.json("f", { k: t.int(), at: type }),
        events: source.json("e", { k: t.int(), seq: type, v: t.int() }),
      })
      .scd2(($) => ({ history: $.events.changes({ key: (c) => c.k, sequenceBy: (c) => c.seq }) }));
    const { facts, history } = p.tables;
    const joined = facts.asOfJoin(
      history as never,
      {
        on: (f: never, h: never) => (f as { k: { eq(o: unknown): unknown } }).k.eq((h as { k: unknown }).k) as never,
        at: (f: never) => (f as { at: never }).at,
        select: (f: never, h: never) => ({ at: (f as { at: never }).at, v: (h as { v: never }).v }),
      } as never,
    ) as unknown as Anything;
    const typed = (value: string) => `CAST(${value} AS ${name})`;
    await connection.run(
      `CREATE OR REPLACE TABLE facts AS SELECT * FROM (VALUES ${[first, second, third].map((v) => `(1, ${typed(v)})`).join(", ")}, (2, ${typed(first)}), (1, NULL)) AS v(k, "at")`,
    );
    await connection.run(
      `CREATE OR REPLACE TABLE history AS SELECT * FROM (VALUES (1, 10, ${typed(first)}, ${typed(second)}), (1, 20, ${typed(second)}, NULL)) AS v(k, v, __START_AT, __END_AT)`,
    );
    const sql = print(joined);
    const rows = (
      await connection.runAndReadAll(`SELECT v FROM (${sql}) ORDER BY "at" NULLS LAST, v NULLS LAST`)
    ).getRowsJson();
    expect(rows.map(([v]) => v)).toEqual([10, null, 20, 20, null]);
    const plan = await planOf(sql);
    expect(plan).toContain("HASH_JOIN");
    expect(plan).not.toMatch(/NL_JOIN|NESTED_LOOP|CROSS_PRODUCT/);
  });
});

const RIGHT = { k: t.bigint().nullable(), s: t.string().nullable(), w: t.int().nullable(), m: t.decimal(12, 3) };
const joins = pipeline("joins").bronze({
  a: source.json("a", { k: t.int().nullable(), s: t.string().nullable(), v: t.int().nullable(), m: t.decimal(10, 2) }),
  b: source.json("b", RIGHT),
});
type Left = Parameters<Parameters<(typeof joins.tables.a)["where"]>[0]>[0];
type Right = Parameters<Parameters<(typeof joins.tables.b)["where"]>[0]>[0];
type On = (a: Left, b: Right) => ReturnType<Left["k"]["eq"]>;

/** Conditions with an equality of the sides next to whatever else. */
const CONDITIONS: Readonly<Record<string, On>> = {
  equality: (a, b) => a.k.eq(b.k),
  "null-safe equality": (a, b) => a.s.eqNullSafe(b.s),
  "equality of computed values": (a, b) => a.s.upper().eq(b.s.trim().upper()),
  "equality of decimals of two scales": (a, b) => a.m.eq(b.m),
  "a comparison as well": (a, b) => a.k.eq(b.k).and(a.v.lt(b.w)),
  "a range as well": (a, b) =>
    a.k
      .eq(b.k)
      .and(a.v.ge(b.w))
      .and(a.v.lt(b.w.plus(2) as never)),
  "an alternative as well": (a, b) => a.k.eq(b.k).and(a.v.lt(b.w).or(b.w.isNull())),
  "something of both sides as well": (a, b) => a.k.eq(b.k).and(a.v.plus(b.w).gt(4)),
  "something of the left side as well": (a, b) => a.k.eq(b.k).and(a.v.in(1, 2)),
  "something of the right side as well": (a, b) => a.k.eq(b.k).and(b.w.in(1, 2)),
  "something of each side, and null-safe": (a, b) => a.s.eqNullSafe(b.s).and(a.v.gt(1)).and(b.w.gt(1)),
};

const KINDS: Readonly<Record<string, (on: On) => Anything>> = {
  "inner join": (on) => joins.tables.a.join(joins.tables.b, on as never, (a, b) => ({ v: a.v, w: b.w })),
  "left join": (on) => joins.tables.a.leftJoin(joins.tables.b, on as never, (a, b) => ({ v: a.v, w: b.w })),
  "semi join": (on) => joins.tables.a.semiJoin(joins.tables.b, on as never),
  "anti join": (on) => joins.tables.a.antiJoin(joins.tables.b, on as never),
};

describe("a join with an equality is hashed, and has the rows that trying every pair gives", () => {
  beforeAll(async () => {
    const marks =
      "'' AS _source_file, TIMESTAMPTZ '2024-01-01' AS _ingested_at, TIMESTAMPTZ '2024-01-01' AS _source_modified_at, NULL::VARCHAR AS _rescued_data";
    const some = (sql: string, each: number) => `CASE WHEN i % ${each} > 0 THEN ${sql} END`;
    await connection.run(
      `CREATE OR REPLACE TABLE a AS SELECT ${some("CAST(i // 3 AS INTEGER)", 11)} AS k, ${some("'x' || i % 50", 7)} AS s, ${some("CAST(i % 5 AS INTEGER)", 13)} AS v, CAST(i AS DECIMAL(10, 2)) AS m, ${marks} FROM range(300) AS r(i)`,
    );
    await connection.run(
      `CREATE OR REPLACE TABLE b AS SELECT ${some("i // 2", 9)} AS k, ${some("'X' || i % 70", 6)} AS s, ${some("CAST(i % 4 AS INTEGER)", 5)} AS w, CAST(i AS DECIMAL(12, 3)) AS m, ${marks} FROM range(300) AS r(i)`,
    );
  });

  const cases = Object.entries(KINDS).flatMap(([kind, make]) =>
    Object.entries(CONDITIONS).map(([name, on]) => [kind, name, make(on)] as const),
  );

  test.each(cases)("%s by %s", async (_kind, _name, relation) => {
    const sql = print(relation);
    const plan = await planOf(sql);
    expect(plan).toContain("HASH_JOIN");
    expect(plan).not.toMatch(/NL_JOIN|NESTED_LOOP|CROSS_PRODUCT/);
    const plainly = printQuery(relation.toNode(), {
      dialect: { ...duckdb, hashesComparisons: false },
      table: duckdbIdentifier,
      source: () => "nothing",
      tables: new Map(),
    });
    const [[different]] = (
      await connection.runAndReadAll(
        `SELECT count(*) FROM ((FROM (${sql}) EXCEPT ALL FROM (${plainly})) UNION ALL (FROM (${plainly}) EXCEPT ALL FROM (${sql})))`,
      )
    ).getRowsJson() as [[unknown]];
    expect(different).toBe("0");
  });
});

describe("a median of a partition is worked out once for it, wherever the window stands", () => {
  const { a, b } = joins.tables;
  const on: On = (l, r) => l.k.eq(r.k);
  const places: Readonly<Record<string, Anything>> = {
    derived: a.derive((r) => ({ middle: r.v.percentile(0.9).over({ partitionBy: r.s }) })),
    "of several partitions": a.derive((r) => ({
      middle: r.m.median().over({ partitionBy: [r.s, r.v.plus(1)] }),
      all: r.m.percentile(0.25).over({}),
      place: fn.rowNumber().over({ orderBy: [r.k, r.s, r.v, r.m] }),
    })),
    "in a condition": a.where((r) => r.m.cast(t.double()).gt(r.m.median().over({ partitionBy: r.v }))),
    "in a condition twice": a.where((r) => {
      const middle = r.m.median().over({ partitionBy: r.v });
      return middle.gt(20).and(middle.lt(200));
    }),
    "in a condition next to another window": a.where((r) =>
      r.m
        .median()
        .over({ partitionBy: r.v })
        .gt(fn.countRows().over({ partitionBy: r.s }).cast(t.double())),
    ),
    "before a condition": a
      .derive((r) => ({ middle: r.m.median().over({ partitionBy: r.v }) }))
      .where((r) => r.middle.gt(100)),
    "under another window": a.derive((r) => ({
      place: fn.rank().over({ orderBy: r.m.median().over({ partitionBy: r.s }) }),
    })),
    "over another window": a.derive((r) => ({
      middle: fn
        .rowNumber()
        .over({ partitionBy: r.s, orderBy: [r.k, r.v, r.m] })
        .percentile(0.5)
        .over({ partitionBy: r.v }),
    })),
    "in the select of a join": a.join(b, on, (l, r) => ({
      v: l.v,
      middle: r.m.acknowledgeFanOut().median().over({ partitionBy: l.v }),
    })),
    "in the select of a left join": a.leftJoin(b, on, (l, r) => ({
      v: l.v,
      middle: l.m.acknowledgeFanOut().median().over({ partitionBy: r.w }),
    })),
    "in a group": a
      .groupBy((r) => ({ middle: r.m.median().over({ partitionBy: r.v }) }))
      .aggregate(() => ({ rows: fn.countRows() })),
    "in the order of a dedupe": a.dedupe({
      key: (r) => r.s,
      orderBy: (r) => [r.m.median().over({ partitionBy: r.v }), r.k, r.v, r.m],
    }),
  };

  test.each(Object.entries(places))("%s", async (_, relation) => {
    const sql = print(relation);
    expect(sql).not.toMatch(/\blist\(.*\) OVER/);
    const { gathers: _gathers, ...gathering } = duckdb;
    const plainly = printQuery(relation.toNode(), {
      dialect: gathering,
      table: duckdbIdentifier,
      source: () => "nothing",
      tables: new Map(),
    });
    const [[different, rows]] = (
      await connection.runAndReadAll(
        `SELECT count(*), (SELECT count(*) FROM (${sql})) FROM ((FROM (${sql}) EXCEPT ALL FROM (${plainly})) UNION ALL (FROM (${plainly}) EXCEPT ALL FROM (${sql})))`,
      )
    ).getRowsJson() as [[unknown, unknown]];
    expect(different).toBe("0");
    expect(Number(rows)).toBeGreaterThan(0);
  });

  test("of 50,000 rows in one partition", async () => {
    await connection.run(
      "CREATE OR REPLACE TABLE large AS SELECT a.* REPLACE (CAST(i AS DECIMAL(10, 2)) AS m, 1 AS v) FROM (FROM a LIMIT 1) AS a, range(50000) AS r(i)",
    );
    const sql = printQuery(places["in a condition"]?.toNode() as never, {
      dialect: duckdb,
      table: () => "large",
      source: () => "nothing",
      tables: new Map(),
    });
    expect((await connection.runAndReadAll(`SELECT count(*) FROM (${sql})`)).getRowsJson()).toEqual([["25000"]]);
  });
});

describe("the value of the greatest row of a window is picked without lists where there are doubles in it", () => {
  const { a } = joins.tables;
  const picked = a
    .select((r) => ({ k: r.k, s: r.s, v: r.v, m: r.m, inner: fn.struct({ d: r.v.cast(t.double()).times(-1) }) }))
    .derive((r) => ({
      greatest: r.inner.maxBy(r.k).over({ partitionBy: r.s }),
      least: r.inner.minBy(r.m).over({ partitionBy: r.s, orderBy: r.m, frame: { unit: "rows", start: -3, end: 2 } }),
    }));
  const sql = print(picked);
  const create = (rows: number) =>
    connection.run(
      `CREATE OR REPLACE TABLE a AS SELECT CASE WHEN i % 3 < 2 AND i % 5 > 0 THEN i::INTEGER END AS k, CASE WHEN i % 4 > 0 THEN 's' || i % 3 END AS s, CASE WHEN i % 7 > 0 THEN (i % 3)::INTEGER END AS v, ((i * 7919) % 10007)::DECIMAL(10, 2) AS m FROM range(${rows}) AS r(i)`,
    );

  test("it is that of the row, its -0 too", async () => {
    await create(500);
    // Windows of whole partitions and of six rows, by joins.
    const byHand = `WITH rows AS (SELECT *, row_number() OVER (PARTITION BY s ORDER BY m) AS n FROM a)
      SELECT r.m, (SELECT arg_max_null(o.v, o.k) FROM a AS o WHERE o.s IS NOT DISTINCT FROM r.s) AS greatest,
        (SELECT arg_min_null(o.v, o.m) FROM rows AS o WHERE o.s IS NOT DISTINCT FROM r.s AND o.n BETWEEN r.n - 3 AND r.n + 2) AS least FROM rows AS r`;
    const rowsOf = async (of: string, shown: (value: string) => string) =>
      (
        await connection.runAndReadAll(
          `SELECT m, CAST(${shown("greatest")} AS VARCHAR), CAST(${shown("least")} AS VARCHAR) FROM (${of}) ORDER BY m`,
        )
      ).getRowsJson();
    const ours = await rowsOf(sql, (value) => `${value}.d`);
    expect(ours).toEqual(await rowsOf(byHand, (value) => `-CAST(${value} AS DOUBLE)`));
    expect(ours.flat()).toContain("-0.0");
    expect(ours.map(([, greatest]) => greatest)).toContain(null);
  });

  test("of 50,000 rows", async () => {
    expect(sql).not.toContain("list(");
    await create(50_000);
    expect((await connection.runAndReadAll(`SELECT count(least) FROM (${sql})`)).getRowsJson()).toEqual([["50000"]]);
  });
});

test("counting the rows that hold each rule is linear in the rules", async () => {
  const counted = async (rules: number): Promise<number> => {
    const flags = Array.from({ length: rules }, (_, i) => `__rule${i}`);
    await connection.run(
      `CREATE OR REPLACE TABLE staged AS SELECT ${flags.map((name) => `true AS ${name}`).join(", ")} FROM range(10)`,
    );
    const rule = { name: "r", action: "warn" } as Flag["rule"];
    const sql = countStaged({
      from: "staged",
      columns: [],
      origin: "NULL",
      flags: flags.map((column) => ({ column, rule, sql: column })),
    });
    const before = cpuTime();
    const [row] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    const took = cpuTime() - before;
    expect(row).toMatchObject({ n: "10", readable: "10", c0: "10", [`c${rules - 1}`]: "10" });
    return took;
  };
  const most = 9;
  // It is 4, and was 16.
  expect(await leastOf(most, async () => (await counted(1200)) / (await counted(300)))).toBeLessThan(most);
});

describe("values that are picked by one order are those of one aggregate", () => {
  const wide = Array.from({ length: 20 }, (_, i) => `c${i}`);
  const columns = Object.fromEntries(wide.map((name) => [name, t.double().nullable()]));
  const { raw } = pipeline("p").bronze({ raw: source.json("r", { k: t.int(), at: t.date(), ...columns }) }).tables;
  type Picked = { readonly at: unknown; maxBy(order: unknown): { over(window: object): unknown } };
  const picks = (r: unknown) => {
    const of = r as Record<string, Picked>;
    return Object.fromEntries(wide.map((name) => [name, of[name]?.maxBy(of["at"])]));
  };
  const ways = {
    "in groups": raw.groupBy((r) => ({ k: r.k })).aggregate((r) => picks(r) as never),
    "over windows": raw.select(
      (r) =>
        Object.fromEntries(
          Object.entries(picks(r)).map(([name, pick]) => [name, pick?.over({ partitionBy: r.k })]),
        ) as never,
    ),
  };

  test.each(Object.entries(ways))("%s", async (_, relation) => {
    await connection.run(
      `CREATE OR REPLACE TABLE raw AS SELECT 1 AS k, DATE '2024-01-01' AS "at", ${wide.map((name) => `2.5::DOUBLE AS ${name}`).join(", ")}`,
    );
    const plan = await planOf(print(relation as Anything));
    expect([...plan.matchAll(/max\(|arg_max/g)]).toHaveLength(1);
  });
});

describe("an as-of join to a history of many versions of a key sorts them, and finds the same", () => {
  const p = pipeline("p")
    .bronze({
      facts: source.json("f", { k: t.int().nullable(), area: t.string(), at: t.timestamp().nullable(), v: t.int() }),
      events: source.json("e", { k: t.int(), area: t.string(), seq: t.timestamp(), rate: t.double().nullable() }),
    })
    .scd2(($) => ({ history: $.events.changes({ key: (c) => c.k, sequenceBy: (c) => c.seq }) }));
  const { facts, history } = p.tables;
  const conditions = {
    "its key": (f: Fact, h: Version) => f.k.eq(h.k),
    "a computed key": (f: Fact, h: Version) => f.k.plus(1).minus(1).eq(h.k),
    "its key and more": (f: Fact, h: Version) => f.k.eq(h.k).and(f.area.upper().eq(h.area)),
  };
  type Fact = Parameters<Parameters<typeof facts.where>[0]>[0];
  type Version = Parameters<Parameters<typeof history.where>[0]>[0];
  const joined = (on: (f: Fact, h: Version) => ReturnType<Fact["k"]["eq"]>) =>
    facts.asOfJoin(history, { on, at: (f) => f.at, select: (f, h) => ({ ...f, rate: h.rate, from: h.__START_AT }) });
  const tables = new Map(p.toNode().tables.map((table) => [table.name, table]));
  const context = { dialect: duckdb, table: duckdbIdentifier, source: () => "nothing", tables };
  const crowded = new Set(["history"]);

  beforeAll(async () => {
    // Versions of 12 to 83 minutes, of which every fifth was followed by none: its end is not the next one's start.
    await connection.run(
      `CREATE OR REPLACE TABLE history AS SELECT k, area, CASE WHEN i % 7 > 0 THEN i / 3 END AS rate, "start" AS __START_AT, CASE WHEN i % 5 = 0 THEN "start" + INTERVAL 10 MINUTE ELSE lead("start") OVER (PARTITION BY k ORDER BY "start") END AS __END_AT
       FROM (SELECT k, i, CASE WHEN i % 3 > 0 THEN 'A' ELSE 'B' END AS area, TIMESTAMPTZ '2024-01-01' + INTERVAL (i * 60 + hash(i + k) % 24) MINUTE AS "start" FROM (VALUES (1), (2), (NULL)) AS keys(k), range(300) AS r(i))`,
    );
    await connection.run(
      `CREATE OR REPLACE TABLE facts AS SELECT CASE WHEN i % 5 > 0 THEN CAST(i % 4 AS INTEGER) END AS k, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS area, CASE WHEN i % 17 > 0 THEN TIMESTAMPTZ '2023-12-31' + INTERVAL (hash(i) % 20000) MINUTE END AS "at", CAST(i AS INTEGER) AS v, '' AS _source_file, TIMESTAMPTZ '2024-01-01' AS _ingested_at, TIMESTAMPTZ '2024-01-01' AS _source_modified_at, NULL::VARCHAR AS _rescued_data FROM range(5000) AS r(i)
       UNION ALL SELECT k, 'a', __START_AT, 0, '', TIMESTAMPTZ '2024-01-01', TIMESTAMPTZ '2024-01-01', NULL FROM history`,
    );
  });

  test.each(Object.entries(conditions))("%s", async (_, on) => {
    const plainly = printQuery(joined(on).toNode(), context);
    for (const relation of [joined(on), joined(on).where((r) => r.rate.gt(10))]) {
      const [sorted, compared] = [{ ...context, crowded }, context].map((one) => printQuery(relation.toNode(), one));
      expect(await planOf(sorted ?? "")).toContain("ASOF_JOIN");
      const [[different]] = (
        await connection.runAndReadAll(
          `SELECT count(*) FROM ((FROM (${sorted}) EXCEPT ALL FROM (${compared})) UNION ALL (FROM (${compared}) EXCEPT ALL FROM (${sorted})))`,
        )
      ).getRowsJson() as [[unknown]];
      expect(different).toBe("0");
    }
    const found = await connection.runAndReadAll(
      `SELECT count(rate) > 500, count(*) - count(rate) > 500 FROM (${plainly})`,
    );
    expect(found.getRowsJson()).toEqual([[true, true]]);
  });

  // DuckDB 1.5 sorts nulls of IS NOT DISTINCT FROM as if they equalled none.
  test("where other versions than those of one key may match, all are compared", () => {
    const others = [
      joined((f, h) => f.area.eq(h.area)),
      joined((f, h) => f.k.eqNullSafe(h.k)),
      joined((f, h) => f.k.eq(h.k).and(h.rate.gt(1))),
      joined((f, h) => f.k.cast(t.double()).eq(h.k.cast(t.double()))),
    ];
    for (const relation of others) expect(printQuery(relation.toNode(), { ...context, crowded })).not.toContain("ASOF");
  });
});
