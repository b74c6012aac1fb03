/** `native: true`: what Spark's own readers make of plain and of damaged files. */
import { pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import { folder, write } from "../e2e/support.ts";
import { dropped, sparkProject } from "./sdp/project.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const columns = { id: t.int(), name: t.string().nullable(), price: t.decimal(6, 2).nullable() };

const p = pipeline("own").bronze({
  csv: source.csv("csv/*.csv", columns, { native: true, nullValues: ["NA"] }),
  json: source.json("json/*.json", { ...columns, tags: t.array(t.string()).nullable() }, { native: true }),
  array: source.json("array/*.json", columns, { native: true, layout: "array" }),
  absent: source.csv("absent/*.csv", columns, { native: true }),
});

test("rows, and what Spark cannot read", { timeout: 600_000 }, async () => {
  const base = await folder();
  await write(base, "csv/1.csv", 'ID,name,price\n1,"a, ""b""",1.50\n2,NA,\n3,x,much\nx,y,1\n4\n5,z,2,more\n,none,3\n');
  await write(
    base,
    "json/1.json",
    '{"id":1,"name":"a","price":1.5,"tags":["x"],"more":1}\n{"id":"x"}\nnot json\n{"name":"no id"}\n',
  );
  await write(base, "array/1.json", '[{"id":1,"name":"a"},\n{"id":2,"price":2.25}]');
  const project = await sparkProject(p, base);
  expect((await project.run()).output).toContain("Run is COMPLETED");
  const rows = async (name: string, columns: string) =>
    (await spark.sql(`SELECT ${columns} FROM ${project.name("bronze", name)} ORDER BY ALL`)).rows;
  expect(await rows("csv", "id, name, price, _source_file, _rescued_data")).toEqual([
    ["1", 'a, "b"', "1.50", "csv/1.csv", null],
    ["2", null, null, "csv/1.csv", null],
  ]);
  expect(await rows("csv_quarantine", "_reason, _row")).toEqual([
    ["Spark cannot read it", "3,x,much"],
    ["Spark cannot read it", "4"],
    ["Spark cannot read it", "5,z,2,more"],
    ["Spark cannot read it", "x,y,1"],
    ["id is missing", '{"name":"none","price":3.00}'],
  ]);
  expect(await rows("json", "id, name, price, tags")).toEqual([["1", "a", "1.50", ["x"]]]);
  expect(await rows("json_quarantine", "_reason, _row")).toEqual([
    ["Spark cannot read it", "not json"],
    ["Spark cannot read it", '{"id":"x"}'],
    ["id is missing", '{"name":"no id"}'],
  ]);
  expect(await rows("array", "id, name, price")).toEqual([
    ["1", "a", null],
    ["2", null, "2.25"],
  ]);
  expect(await rows("absent", "id")).toEqual([]);
  await dropped(project, spark);
});

test("a header with other names, or in another order, is an error", async () => {
  const base = await folder();
  await write(base, "moved.csv", "name,id\nx,1\n");
  const options = "header 'true', enforceSchema 'false'";
  const read = `CREATE OR REPLACE TEMPORARY VIEW moved (id INT, name STRING) USING csv OPTIONS (path '${base}/moved.csv', ${options})`;
  await spark.sql(read);
  await expect(spark.sql("SELECT * FROM moved")).rejects.toThrow(/error while reading file .*moved.csv/);
});
