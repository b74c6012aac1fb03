/** How a query is put together: what is folded into one SELECT, named and put in parentheses means what the steps say. */
import { DuckDBInstance } from "@duckdb/node-api";
import { type AnyExpr, fn, type MedallionError, pipeline, type Relation, source, t } from "medallion";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unionByName } from "../../src/sql/block.ts";
import { printQuery, printTerm } from "../../src/sql/query.ts";
import { duckdb, duckdbText } from "../../src/targets/duckdb/dialect.ts";
import { databricks } from "../../src/targets/spark-sql/dialect.ts";

const p = pipeline("p")
  .bronze({
    t: source.json("t.json", { id: t.int(), a: t.int(), b: t.int(), s: t.string() }),
    t_2: source.json("t_2.json", { id: t.int(), t: t.struct({ id: t.int() }).nullable() }),
    joined_2: source.json("j.json", { id: t.int(), n: t.int() }),
    events: source.json("e.json", { k: t.int(), seq: t.int(), n: t.int() }),
  })
  .scd2(($) => ({ history: $.events.changes({ key: (c) => c.k, sequenceBy: (c) => c.seq }) }));
const { t: rows, t_2: other, joined_2: joined, history } = p.tables;

const DATA = [
  "CREATE TABLE t AS SELECT * FROM (VALUES (1, 10, 3, 'x('), (2, 20, 1, 'x)'), (3, 20, 2, '()')) AS v(id, a, b, s)",
  "CREATE TABLE t_2 AS SELECT * FROM (VALUES (1, {'id': 7}), (2, {'id': 8})) AS v(id, t)",
  "CREATE TABLE joined_2 AS SELECT 1 AS id, 11 AS n",
  "CREATE TABLE history AS SELECT * FROM (VALUES (1, 5, 100, 5, 9), (2, 1, 200, 1, NULL)) AS v(k, seq, n, __START_AT, __END_AT)",
];

let instance: DuckDBInstance;
let run: (sql: string) => Promise<readonly (readonly unknown[])[]>;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const sql of DATA) await connection.run(sql);
  run = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
});
afterAll(() => instance.closeSync());

type Anything = { toNode(): ReturnType<Relation<unknown>["toNode"]> };

const context = { dialect: duckdb, table: (name: string) => `main.${name}`, source: () => "", tables: new Map() };
const print = (relation: Anything) => printQuery(relation.toNode(), context);

async function result(relation: Anything): Promise<readonly (readonly unknown[])[]> {
  return (await run(print(relation))).toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1));
}

const pair = (c: { a: AnyExpr; b: AnyExpr }) => ({ a: c.b, b: c.a });
test("two CASEs that are added stand in parentheses where they are multiplied", async () => {
  const doubled = rows.select((c) => {
    const one = fn.when(c.id.gt(1), 1).otherwise(0);
    return { n: one.plus(one).times(c.b) };
  });
  expect(await result(doubled)).toEqual([[0], [2], [4]]);
});

test("a parenthesis in a constant is no parenthesis", async () => {
  const both = rows.select((c) => ({ id: c.id, no: c.s.contains("(").and(c.s.contains(")")).not() }));
  expect(await result(both)).toEqual([
    [1, true],
    [2, true],
    [3, false],
  ]);
});

test("a line end in a constant stays what it is, in a CTE too", async () => {
  const text = "a\n'b\\";
  const wrapped = rows.derive((c) => ({ text: fn.when(c.id.gt(0), text).otherwise("") })).where((c) => c.text.eq(text));
  expect((await result(wrapped)).map((row) => row.at(-1))).toEqual([text, text, text]);
  expect(await run(`SELECT ${duckdbText("\r\n\0\\n'\n")} AS x`)).toEqual([["\r\n\0\\n'\n"]]);
});

test("columns that change names: what is ordered by, deduplicated by and grouped by is the step's, not the output's", async () => {
  expect(
    await result(
      rows
        .select(pair)
        .orderBy((c) => c.a)
        .limit(1),
    ),
  ).toEqual([[1, 20]]);
  expect(
    await result(
      rows
        .orderBy((c) => [c.a, c.b])
        .limit(1)
        .select(pair),
    ),
  ).toEqual([[3, 10]]);
  const kept = [
    [1, 20],
    [3, 10],
  ];
  expect(await result(rows.dedupe({ key: (c) => c.a, orderBy: (c) => c.b }).select(pair))).toEqual(kept);
  expect(await result(rows.select(pair).dedupe({ key: (c) => c.b, orderBy: (c) => c.a }))).toEqual(kept);
  const grouped = rows.groupBy(pair).aggregate((c) => ({ id: c.id.max() }));
  expect(await result(grouped)).toEqual([
    [1, 20, 2],
    [2, 20, 3],
    [3, 10, 1],
  ]);
  const hidden = rows
    .derive((c) => ({ a: c.a.times(-1), k: c.a }))
    .orderBy((c) => [c.k, c.b])
    .limit(1);
  expect(await result(hidden)).toEqual([[1, -10, 3, "x(", 10]]);
});

test("a window where no window may stand is a column before", async () => {
  const place = (c: { id: AnyExpr }) => fn.rowNumber().over({ orderBy: c.id });
  const where = rows.where((c) => place(c).eq(2)).derive((c) => ({ n: place(c) }));
  // The second window is over what the filter left.
  expect(await result(where)).toEqual([[2, 20, 1, "x)", 1]]);
  const ids = (relation: Anything) => result(relation).then((all) => all.map(([id]) => id));
  expect(await ids(rows.dedupe({ key: (c) => c.id.count().over({ partitionBy: c.a }), orderBy: (c) => c.id }))).toEqual(
    [1, 2],
  );
  expect(await ids(rows.orderBy((c) => c.id.max().over({ partitionBy: c.a }).desc()).limit(2))).toEqual([2, 3]);
  expect(
    await result(
      rows.groupBy((c) => ({ many: c.id.count().over({ partitionBy: c.a }) })).aggregate((c) => ({ n: c.id.count() })),
    ),
  ).toEqual([
    ["1", "1"],
    ["2", "2"],
  ]);
  const nested = rows.select((c) => ({
    n: c.a
      .minus(c.a.lag().over({ orderBy: c.id }))
      .max()
      .over({ orderBy: c.id }),
  }));
  expect(await result(nested)).toEqual([[10], [10], [null]]);
});

test("a filter after a join does not go beneath the window that the join shows", async () => {
  const joined = rows
    .join(
      other,
      (l, r) => l.id.eq(r.id),
      (l, r) => ({ id: r.id, n: l.id.count().over({}) }),
    )
    .where((c) => c.id.eq(1));
  expect(await result(joined)).toEqual([[1, "2"]]);
});

test("a window in the condition of a join, or in another one that a join shows, is refused with a place", () => {
  const place = (c: { id: AnyExpr }) => fn.rowNumber().over({ orderBy: c.id });
  const conditions = [
    () => rows.semiJoin(other, (l, r) => place(l).eq(r.id)),
    () =>
      rows.join(
        other,
        (l, r) => place(l).eq(r.id),
        (l) => ({ id: l.id }),
      ),
    () =>
      rows.leftJoin(
        other,
        (l, r) => l.id.eq(r.id),
        (l) => ({ n: place(l).max().over({}) }),
      ),
  ];
  for (const make of conditions) {
    const relation = make();
    for (const dialect of [duckdb, databricks]) {
      const compile = () =>
        printQuery(relation.toNode(), { dialect, table: (name) => name, source: () => "", tables: new Map() });
      expect(compile).toThrow(expect.objectContaining({ code: "WIN003" } satisfies Partial<MedallionError>));
    }
  }
});

test("a sorted and limited side of a union is a query of its own", async () => {
  const least = rows.orderBy((c) => c.b).limit(1);
  const most = rows.orderBy((c) => c.b.desc()).limit(1);
  expect((await result(least.union(most))).map(([id]) => id)).toEqual([1, 2]);
});

test("an alias is the name of no other table and of no column", async () => {
  // The left side is a CTE, the second that is called joined; the right side is a table of the name that it would get.
  const clash = rows
    .semiJoin(
      other.where((c) => c.id.gt(0)),
      (l, r) => l.id.eq(r.id),
    )
    .join(
      joined,
      (l, r) => l.id.eq(r.id),
      (l, r) => ({ id: l.id, n: r.n }),
    );
  expect(await result(clash)).toEqual([[1, 11]]);
  // `t.id` is a column of the left side, not the field of the right side's struct `t`.
  const hidden = rows.semiJoin(other, (l, r) => l.id.eq(r.t.fields.id.minus(6)));
  expect((await result(hidden)).map(([id]) => id)).toEqual([1, 2]);
});

test("an as-of join holds its condition together", async () => {
  const versions = rows.asOfJoin(history, {
    on: (l, r) => r.k.eq(l.id).or(r.n.eq(l.b)),
    at: (l) => l.b,
    select: (l, r) => ({ id: l.id, n: r.n }),
  });
  expect(await result(versions)).toEqual([
    [1, null],
    [2, 200],
    [3, null],
  ]);
});

test("a nested column keeps its fields where it turns out not to be null, or comes from two sides", async () => {
  const known = other.whereNotNull((c) => ({ t: c.t }));
  // That this compiles is half of the test.
  const both = known.union(other).select((c) => ({ n: c.t.fields.id }));
  expect(await result(both)).toEqual([[7], [7], [8], [8]]);
  expect(await result(known.select((c) => ({ n: c.t.fields.id })))).toEqual([[7], [8]]);
});

test("a whole number beside decimals has their digits, or is cast: Spark would take it for an INT", () => {
  const amounts = pipeline("p").bronze({ raw: source.json("r.json", { m: t.decimal(10, 2), n: t.decimal(5, 0) }) });
  const values = amounts.tables.raw.select((c) => ({
    m: c.m.orElse(12),
    n: c.n.orElse(12),
    both: fn.when(c.m.gt(0), c.m).otherwise(0),
    none: fn.when(c.n.gt(0), c.n).otherwise(null),
  }));
  const text = printQuery(values.toNode(), {
    dialect: databricks,
    table: (name) => name,
    source: () => "",
    tables: new Map(),
  });
  expect(text).toContain("coalesce(m, 12.00)");
  expect(text).toContain("coalesce(n, CAST(12 AS DECIMAL(2, 0)))");
  expect(text).toContain("CASE WHEN m > 0 THEN m ELSE 0.00 END");
  expect(text).toContain("CASE WHEN n > 0 THEN n END AS none");
  const types = values.toNode().columns.map((c) => c.type);
  expect(types).toEqual(
    [
      [10, 2],
      [5, 0],
      [10, 2],
      [5, 0],
    ].map(([precision, scale]) => ({ kind: "decimal", precision, scale })),
  );
});

test("queries with CTEs or a limit are terms of a union of flows", async () => {
  const queries = [
    rows.derive((c) => ({ n: c.a.plus(c.b) })).where((c) => c.n.gt(13)),
    rows
      .derive((c) => ({ n: c.b }))
      .orderBy((c) => c.id)
      .limit(1),
  ].map((relation) => printTerm(relation.select((c) => ({ n: c.n, id: c.id })).toNode(), context));
  expect((await run(unionByName(queries))).toSorted()).toEqual([
    [21, 2],
    [22, 3],
    [3, 1],
  ]);
});

test("a filter of groups is HAVING, a filter of a window is QUALIFY: neither is put into a query of its own", async () => {
  const grouped = rows
    .groupBy((c) => ({ a: c.a }))
    .aggregate((c) => ({ n: fn.countRows(), most: c.b.max() }))
    .where((c) => c.n.gt(1))
    .where((c) => c.most.lt(9).or(c.a.eq(0)));
  expect(print(grouped)).not.toMatch(/WITH|WHERE/);
  expect(print(grouped)).toMatch(/\nHAVING count\(\*\) > CAST\(1 AS BIGINT\)\n {2}AND \(/);
  expect(await result(grouped)).toEqual([[20, "2", 2]]);
  const whole = rows.aggregate((c) => ({ n: fn.countRows(), least: c.b.min() }));
  expect(await result(whole.where((c) => c.n.gt(3)))).toEqual([]);
  expect(await result(whole.where((c) => c.n.gt(2)))).toEqual([["3", 1]]);
  const nth = rows
    .where((c) => c.id.lt(3))
    .derive((c) => ({ nth: fn.rowNumber().over({ orderBy: c.id.desc() }) }))
    .where((c) => c.nth.eq(1))
    .where((c) => c.a.gt(0));
  expect(print(nth)).not.toMatch(/WITH/);
  expect((await result(nth.select((c) => ({ id: c.id })))).flat()).toEqual([2]);
  const kept = rows.dedupe({ key: (c) => c.a, orderBy: (c) => c.b }).where((c) => c.b.gt(2));
  // Rows with a key of their own are not windowed, so the filter is one of both.
  expect(print(kept)).toMatch(/QUALIFY row_number\(\)[^\n]* = 1\n\)[^;]*FROM deduped\nWHERE b > 2/);
  expect((await result(kept)).map(([id]) => id)).toEqual([1]);
});

test("where an output hides the column that it is made of, a filter of it stands outside", async () => {
  const hidden = rows
    .groupBy((c) => ({ id: c.id }))
    .aggregate((c) => ({ b: c.b.sum(), a: c.a.max() }))
    .where((c) => c.b.gt(1));
  expect(print(hidden)).toMatch(/^WITH filtered/);
  expect((await result(hidden)).map(([id]) => id)).toEqual([1, 3]);
  // The window is gone, and a QUALIFY of its own would have none.
  const dropped = rows
    .derive((c) => ({ nth: fn.rowNumber().over({ orderBy: c.id }) }))
    .where((c) => c.id.gt(1))
    .where((c) => c.nth.gt(2));
  expect((await result(dropped)).map(([id]) => id)).toEqual([3]);
});

test("joins that follow one another stand in one SELECT, and nothing is worked out twice", async () => {
  const once = rows.leftJoin(
    joined,
    (c, j) => c.id.eq(j.id),
    (c, j) => ({ id: c.id, n: j.n, sum: c.a.plus(c.b) }),
  );
  const twice = once.leftJoin(
    joined,
    (c, j) => c.id.eq(j.id).and(j.n.gt(10)),
    (c, j) => ({ ...c, more: j.n.plus(c.id) }),
  );
  expect(print(twice)).toBe(`SELECT
  t.id AS id,
  joined_2.n AS n,
  t.a + t.b AS sum,
  joined_2_2.n + t.id AS more
FROM main.t AS t
LEFT JOIN main.joined_2 AS joined_2
  ON t.id = joined_2.id
LEFT JOIN main.joined_2 AS joined_2_2
  ON t.id = joined_2_2.id
  AND joined_2_2.n > 10`);
  expect(await result(twice)).toEqual([
    [1, 11, 13, 12],
    [2, null, 21, null],
    [3, null, 22, null],
  ]);
  // What is read is worked out in a query of its own, and so is what is filtered, grouped or limited before.
  const read = once.leftJoin(
    joined,
    (c, j) => c.sum.eq(j.n.plus(10)),
    (c, j) => ({ id: c.id, n: j.n }),
  );
  expect(print(read)).toMatch(/^WITH joined AS/);
  const first = once.orderBy((c) => c.id).limit(1);
  const limited = first.join(
    joined,
    (c, j) => c.id.le(j.id),
    (c, j) => ({ id: c.id, m: j.n }),
  );
  expect(print(limited)).toMatch(/^WITH ranked AS/);
  expect(await result(limited)).toEqual([[1, 11]]);
});

test("a filter between two joins keeps its place, also where the second keeps rows of both sides", async () => {
  const some = rows
    .leftJoin(
      joined,
      (c, j) => c.id.eq(j.id),
      (c, j) => ({ id: c.id, n: j.n }),
    )
    .where((c) => c.n.isNull());
  const left = some.leftJoin(
    joined,
    (c, j) => c.id.eq(j.id.plus(1)),
    (c, j) => ({ id: c.id, m: j.n }),
  );
  expect(print(left)).not.toMatch(/WITH/);
  expect(await result(left)).toEqual([
    [2, 11],
    [3, null],
  ]);
  const full = some.fullJoin(
    joined,
    (c, j) => c.id.eq(j.id),
    (c, j) => ({ id: c.id, m: j.n }),
  );
  expect(await result(full)).toEqual([
    [2, null],
    [3, null],
    [null, 11],
  ]);
});

test("no alias of a chain of joins reads as a column of what is joined to it", async () => {
  // A column of the right side has the name of the table on the left.
  const chain = rows
    .join(
      joined,
      (c, j) => c.id.eq(j.id),
      (c, j) => ({ id: c.id, n: j.n }),
    )
    .join(
      other,
      (c, o) => c.id.eq(o.id),
      (c, o) => ({ id: c.id, n: c.n, inner: o.t.fields.id }),
    );
  expect(print(chain)).toMatch(/^WITH joined AS/);
  expect(await result(chain)).toEqual([[1, 11, 7]]);
});

test("the one row per key of a table that is looked up twice is found once", async () => {
  const silver = p.silver(($) => ({ ones: $.joined_2.key((j) => j.id) })).tables;
  const looked = rows
    .lookup(
      silver.ones,
      (c) => c.id,
      (c, o) => ({ id: c.id, b: c.b, n: o.n }),
    )
    .lookup(
      silver.ones,
      (c) => c.b,
      (c, o) => ({ id: c.id, n: c.n, m: o.n }),
    );
  const sql = printQuery(looked.toNode(), { ...context, dialect: databricks });
  expect(sql.match(/row_number/g)).toHaveLength(1);
  expect(sql).toContain("LEFT JOIN ones_by_key\n");
  expect(sql).toContain("LEFT JOIN ones_by_key AS ones_by_key_2\n");
  await run("CREATE OR REPLACE TABLE ones AS SELECT * FROM joined_2");
  expect(await result(looked)).toEqual([
    [1, 11, null],
    [2, null, 11],
    [3, null, null],
  ]);
});
