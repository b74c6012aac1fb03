/** Formats on Spark: Parquet of other types than are declared, and a format from outside, as the embedded engine reads them. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { Follower } from "../../src/engines/spark/follow.ts";
import { keyValue } from "../axes/key-value.ts";
import { folder, write } from "../e2e/support.ts";
import { dropped, duckUpdate, expectSameTables, sparkProject } from "./sdp/project.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const columns = {
  id: t.bigint(),
  at: t.timestamp().nullable(),
  day: t.date().nullable(),
  price: t.decimal(12, 2).nullable(),
  flag: t.boolean().nullable(),
  name: t.string().nullable(),
  tags: t.array(t.int()).nullable(),
  place: t.struct({ city: t.string(), floor: t.int() }).nullable(),
};

const formats = pipeline("formats").bronze({
  good: source.parquet("good/**/*.parquet", columns),
  other: source.parquet("other/*.parquet", columns),
  typed: source.parquet("typed/*.parquet", {
    id: t.int(),
    at: t.timestamp().nullable(),
    local: t.timestampNtz().nullable(),
    day: t.date().nullable(),
    inner: t.struct({ times: t.array(t.timestamp()) }).nullable(),
    bytes: t.binary().nullable(),
  }),
  plain: source.parquet("plain/*.parquet", {
    id: t.int(),
    name: t.string().nullable(),
    price: t.decimal(12, 2),
    at: t.timestamp().nullable(),
    local: t.timestampNtz().nullable(),
    day: t.date().nullable(),
    flag: t.boolean().nullable(),
    "the share": t.double().nullable(),
    bytes: t.binary().nullable(),
    missing: t.bigint().nullable(),
  }),
  required: source.parquet("required/*.parquet", { id: t.bigint(), at: t.timestamp() }),
  absent: source.parquet("absent/*.parquet", { id: t.bigint() }),
  lines: source.of(keyValue)("lines/*.kv", { id: t.bigint(), v: t.decimal(9, 2).nullable() }, { nulls: ["NA"] }),
});

const QUERIES = {
  good: `SELECT 1::INTEGER AS id, TIMESTAMP '2024-01-02 03:04:05' AS at, DATE '2024-01-02' AS day, 1.5::DECIMAL(4,1) AS price,
    true AS flag, 'a' AS name, [1, 2] AS tags, {'city': 'x', 'floor': 3} AS place
  UNION ALL SELECT 2, NULL, NULL, 2.25, NULL, NULL, NULL, NULL`,
  other: `SELECT 1 AS ID, '2024-01-02 03:04:05' AS at, TIMESTAMPTZ '2024-01-02 00:00:00Z' AS day, '1.50' AS price,
    'true' AS flag, 7 AS name, ['1'] AS tags, {'city': 5, 'floor': 3} AS place, 'x' AS more
  UNION ALL SELECT 2, NULL, TIMESTAMPTZ '2024-01-02 10:00:00.123456Z', NULL, NULL, NULL, NULL, NULL, NULL`,
  typed: `SELECT 1 AS id, TIMESTAMPTZ '9999-12-31 23:59:59.999999Z' AS at, TIMESTAMP '9999-12-31 23:59:59.999999' AS local,
    DATE '0001-01-01' AS day, {'times': [TIMESTAMP '2024-01-02 03:04:05.000007'], 'more': NULL} AS inner, '\\x00\\xFF'::BLOB AS bytes
  UNION ALL SELECT 2, TIMESTAMPTZ '12022-01-02 03:04:05Z', TIMESTAMP '12022-01-02 03:04:05.5', DATE '12022-01-02',
    {'times': [TIMESTAMP '12022-01-02 03:04:05'], 'more': {'x': 1}}, NULL
  UNION ALL SELECT 3, NULL, TIMESTAMP '1969-12-31 23:59:59.999999', DATE '-0043-03-15', {'times': [], 'more': NULL}, ''::BLOB`,
  // Types as they are declared: only what is not declared is written as JSON.
  plain: `SELECT 1 AS ID, 'a"é' AS name, 1.50::DECIMAL(12,2) AS price, TIMESTAMPTZ '9999-12-31 23:59:59.999999Z' AS at,
    TIMESTAMP '1969-12-31 23:59:59.999999' AS local, DATE '0001-01-01' AS day, true AS flag, 0.1::DOUBLE AS "the share",
    '\\x00\\xFF'::BLOB AS bytes, 13.0::DOUBLE AS more, 'x' AS "another \`one\`"
  UNION ALL SELECT 2, NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  UNION ALL SELECT 3, 'no price', NULL, NULL, NULL, NULL, false, 1, NULL, NULL, 'y'`,
  required: "SELECT 1 AS id, '2024-01-02' AS at",
};

test("Parquet of another family of types is rescued; a format from outside is read", { timeout: 600_000 }, async () => {
  const base = await folder();
  const project = await sparkProject(formats, base);
  const maker = await Warehouse.open(":memory:");
  await maker.main.exec("SET TimeZone = 'UTC'");
  for (const [name, sql] of Object.entries(QUERIES)) {
    await write(base, `${name}/.keep`, "");
    await maker.main.exec(`COPY (${sql}) TO '${base}/${name}/0.parquet'`);
  }
  await maker.close();
  await write(base, "lines/a.kv", "id=1;v=1.5\nid=2;v=much;more=x\n\nbroken\nid=x\nid=3;v=NA\n");
  const { output } = await project.run();
  expect(output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(14);
  await dropped(project, spark);
});

const columnsOf = { id: t.int(), v: t.string() };
const state = pipeline("state")
  .bronze({
    stock: source.csv("stock/*.csv", columnsOf, { onChange: "replace" }),
    prices: source
      .json("prices.json", columnsOf, { onChange: "replace" })
      .expectOrQuarantine({ some: (r) => r.v.ne("") }),
  })
  .scd1(($) => ({ now: $.stock.snapshots({ key: (r) => r.id }) }));

test("files that are replaced are read as they are now", { timeout: 600_000 }, async () => {
  const base = await folder();
  const project = await sparkProject(state, base);
  const update = async () => {
    expect((await project.run()).output).toContain("Run is COMPLETED");
    await duckUpdate(project);
    return expectSameTables(project, spark);
  };
  await write(base, "stock/1.csv", "id,v\n1,a\n2,b\nx,c\n");
  await write(base, "stock/2.csv", "id,v\n3,c\n");
  await write(base, "prices.json", '{"id":1,"v":"a"}\n{"id":2,"v":""}\n');
  expect(await update()).toBe(5);
  await write(base, "stock/1.csv", "id,v\n1,changed\n");
  await rm(path.join(base, "stock/2.csv"));
  await write(base, "prices.json", '{"id":3,"v":"new"}\n');
  expect(await update()).toBe(5);
  await dropped(project, spark);
});

const strange = pipeline("strange").bronze({
  shown: source.parquet("shown/*.parquet", { id: t.int() }),
  twice: source.json("twice/*.json", { id: t.int(), s: t.string().nullable() }),
  header: source.csv("header/*.csv", { id: t.int(), age: t.int().nullable() }),
});

/** What docs/differences.md says of them. */
test("what Spark reads in another way is rescued or quarantined", {
  timeout: 600_000,
}, async () => {
  const base = await folder();
  const maker = await Warehouse.open(":memory:");
  await write(base, "shown/.keep", "");
  await maker.main.exec(
    `COPY (SELECT 1 AS id, 10.0::DOUBLE AS d, 1e20::DOUBLE AS large, 1.50::DECIMAL(5, 2) AS price) TO '${base}/shown/0.parquet'`,
  );
  await write(
    base,
    "twice/1.json",
    '{"id":1,"s":"a","s":{"q":1.50}}\n{"id":2,"s":{"q":1,"q":2}}\n{"id":3,"x":1,"x":null}\n',
  );
  await write(base, "header/1.csv", "id,age,AGE,Age\n1,1,2,3\nx,1,2,3\n");
  await write(base, "header/2.csv", "id,AGE,Age,x,x\n2,x,22,a,b\n,1,2,3,4\n");
  const project = await sparkProject(strange, base);
  expect((await project.run()).output).toContain("Run is COMPLETED");
  const read = async (table: string, columns: string) =>
    (await spark.sql(`SELECT ${columns} FROM ${project.name("bronze", table)} ORDER BY 1`)).rows;
  expect(await read("shown", "_rescued_data")).toEqual([['{"d":10,"large":1.0E20,"price":1.5}']]);
  expect(await read("twice", "id, s, _rescued_data")).toEqual([
    ["1", "a", '{"s":{"q":1.50}}'],
    ["3", null, '{"x":[1,null]}'],
  ]);
  expect(await read("twice_quarantine", "_reason, _row")).toEqual([["not JSON", '{"id":2,"s":{"q":1,"q":2}}']]);
  const [rows, quarantined] = [await read("header", "id, age, _rescued_data"), await read("header_quarantine", "_row")];
  expect(rows).toEqual([
    ["1", "1", '{"AGE":"2","Age":"3"}'],
    ["2", null, '{"age":"x","Age":"22","x":["a","b"]}'],
  ]);
  expect(quarantined).toEqual([
    ['{"id":"x","age":"1","AGE":"2","Age":"3"}'],
    ['{"id":null,"AGE":"1","Age":"2","x":"3","x":"4"}'],
  ]);
  await maker.close();
  await dropped(project, spark);
});

const amounts = pipeline("amounts").bronze({
  mixed: source.parquet("mixed/*.parquet", {
    id: t.bigint(),
    amount: t.decimal(12, 2).nullable(),
    rate: t.double().nullable(),
  }),
});

test("Parquet files of other types are read together where Spark widens them, or end the update at once", {
  timeout: 600_000,
}, async () => {
  const base = await folder();
  const maker = await Warehouse.open(":memory:");
  await write(base, "mixed/.keep", "");
  const file = (name: string, sql: string) =>
    maker.main.exec(`COPY (SELECT ${sql}) TO '${base}/mixed/${name}.parquet'`);
  await file("0", "1::INT AS id, 1.50::DECIMAL(10, 2) AS amount, 0.5::FLOAT AS rate");
  await file("[1] {a}", "2::BIGINT AS id, 7::INT AS amount, 0.25::DOUBLE AS rate, 'x' AS more");
  await file("2", "3::TINYINT AS ID, 12345.6::DECIMAL(6, 1) AS amount");
  const project = await sparkProject(amounts, base);
  expect((await project.run()).output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(2);
  await file("3", "4::BIGINT AS id, 'text' AS amount");
  await maker.close();
  const { output, code } = await project.run();
  expect(code).not.toBe(0);
  expect(output).toContain("types that Spark does not read together: amount is decimal(10,2) in file:");
  expect(output).toMatch(/string in file:.*mixed\/3\.parquet/);
  const names = project.pipeline.toNode().tables.map((table) => table.name);
  const follower = new Follower(project.pipeline.toNode(), new Set(names), { target: "spark" }, () => undefined);
  for (const line of output.split("\n")) follower.take(line);
  expect(follower.end(code).find((table) => table.error)).toMatchObject({
    name: "mixed",
    status: "failed",
    error: { code: "SRC017", table: "mixed", location: expect.stringContaining("formats.test.ts") },
  });
  await dropped(project, spark);
});

test("Parquet numbers under other numbers: by the digits of a DOUBLE, and a FLOAT is the DOUBLE that it is", {
  timeout: 600_000,
}, async () => {
  const base = await folder();
  const maker = await Warehouse.open(":memory:");
  await write(base, "numbers/.keep", "");
  const halves = "1.005::DOUBLE AS half, -2.675::DOUBLE AS below, 1e22::DOUBLE AS large, 2.675::FLOAT AS short";
  const floats = "0.1::FLOAT AS f, 0.1::FLOAT AS same, [0.1::FLOAT] AS list, {'x': 0.1::FLOAT, 'y': 0.1::FLOAT} AS st";
  await maker.main.exec(
    `COPY (SELECT 1 AS id, ${halves}, ${floats}, 0.1::FLOAT AS more) TO '${base}/numbers/1.parquet'`,
  );
  await maker.close();
  const numbers = pipeline("numbers").bronze({
    numbers: source.parquet("numbers/**/*.parquet", {
      id: t.int(),
      half: t.decimal(10, 2),
      below: t.decimal(10, 2),
      large: t.decimal(38, 5),
      short: t.decimal(10, 2),
      f: t.double(),
      same: t.float(),
      list: t.array(t.double()),
      st: t.struct({ x: t.double().nullable() }),
    }),
  });
  const project = await sparkProject(numbers, base);
  expect((await project.run()).output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(2);
  await dropped(project, spark);
});
