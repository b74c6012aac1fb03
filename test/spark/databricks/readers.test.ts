/**
 * What `read_files` gives for the files of a table is what Spark's own readers give with the same options; what the
 * compiler makes of it has to be what the embedded engine makes of the same files.
 */
import { type AnyPipeline, compile, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { afterAll, expect, test } from "vitest";
import { Warehouse } from "../../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, write } from "../../e2e/support.ts";
import { sparkSession } from "../session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

/** The rows of a checked table, over views of Spark's readers in place of `read_files`. */
async function databricksRows(p: AnyPipeline, table: string, base: string, columns: readonly string[]) {
  const { files } = compile(p, { target: "databricks", baseDir: base });
  const text = files.map((f) => f.contents).join("\n");
  const [, query = ""] = new RegExp(`${table}_checked \\([\\s\\S]*?\nAS\n([\\s\\S]*?);\n`).exec(text) ?? [];
  const [call = "", path = "", rest = ""] = /STREAM read_files\(\s*'([^']*)',([\s\S]*?)\n\s*\)/.exec(query) ?? [];
  const options = Object.fromEntries([...rest.matchAll(/(\w+) => ('(?:[^'\\]|\\.)*'|\w+)/g)].map((m) => [m[1], m[2]]));
  const {
    format = "",
    schema = "",
    schemaEvolutionMode: _,
    rescuedDataColumn: __,
    partitionColumns: ___,
    ...reader
  } = options;
  const pairs = Object.entries({ ...reader, path: `'${path}'` }).map(([name, value]) => `${name} ${value}`);
  await spark.sql(
    `CREATE OR REPLACE TEMPORARY VIEW files_of (${schema.slice(1, -1)}) USING ${format.slice(1, -1)} OPTIONS (${pairs.join(", ")})`,
  );
  const rows = query.replace(
    call,
    "(SELECT *, CAST(NULL AS STRING) AS _rescued_data, named_struct('file_path', 'f', 'file_modification_time', current_timestamp()) AS _metadata FROM files_of)",
  );
  return (
    await spark.sql(`SELECT ${columns.join(", ")} FROM (${rows}) ORDER BY ${columns.map((_, i) => i + 1).join(", ")}`)
  ).rows;
}

/** The rows of a table and those of its quarantine, as texts. */
async function embeddedRows(p: AnyPipeline, table: string, base: string, columns: readonly string[]) {
  const update = await run(p, { baseDir: base, warehouse: ":memory:" });
  const names = columns.map((c) => `CAST(${c.replaceAll("`", '"')} AS VARCHAR)`).join(", ");
  const rows = await update.query(`SELECT ${names} FROM bronze.${table} ORDER BY ALL NULLS FIRST`);
  update.close();
  return rows.map((row) => Object.values(row));
}

const texts = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => row.map((value) => (value === null ? null : String(value))));

const csv = pipeline("csv").bronze({
  c: source.csv(
    "p/*.csv",
    {
      k: t.string(),
      d: t.decimal(12, 2).nullable(),
      i: t.int().nullable(),
      on: t.date().nullable(),
      b: t.boolean().nullable(),
      s: t.string().nullable(),
    },
    { delimiter: ";", nullValues: ["NA", "-"] },
  ),
});

test("CSV: texts that Databricks' typed reading takes for something else, quotes, line ends, null values", async () => {
  const base = await folder();
  await write(
    base,
    "p/a.csv",
    [
      "k;d;i;on;b;s",
      "comma decimal;1,5;1;2024-01-01;true;x",
      "thousands;1,234.56;1;2024-01-01;yes;x",
      "padded;1.5; 7 ;2024-01-01;TRUE; x ",
      "year;1.5;1;2024;1;x",
      "nulls;NA;-;NA;NA;-",
      'quoted nulls;"NA";"-";"-";;"NA"',
      '"a ""quoted"" ; one";1.005;+2;2024-1-5;false;"two\nlines"',
      "back\\slash;.5;0x1F;2024-01-05junk;t;\\n",
      "",
    ].join("\n"),
  );
  const names = ["k", "d", "i", "`on`", "b", "s", "_rescued_data"];
  const found = await databricksRows(csv, "c", base, names);
  expect(texts(found)).toEqual(texts(await embeddedRows(csv, "c", base, names)));
  expect(found).toHaveLength(8);
});

const json = pipeline("json").bronze({
  j: source.json("p/*.json", {
    k: t.string(),
    big: t.bigint().nullable(),
    ok: t.boolean().nullable(),
    x: t.double().nullable(),
    at: t.timestamp().nullable(),
    s: t.string().nullable(),
    tags: t.array(t.int()).nullable(),
  }),
});

test("JSON: quoted numbers, numbers under other types, nested values, lines that are not JSON", async () => {
  const base = await folder();
  await write(
    base,
    "p/a.json",
    [
      '{"k":"quoted","big":"123","ok":"true","x":"1.5","at":"2024-01-01T00:00:00Z"}',
      '{"k":"epoch","at":1710037800}',
      '{"k":"object under text","s":{"a":[1,2]}}',
      '{"k":"nested","tags":[1,2]}',
      '{"k":"nested text","tags":["1","x"]}',
      '{"k":"text of an array","tags":"[1,2]"}',
      '{"k":"null","tags":null,"s":null}',
      "",
    ].join("\n"),
  );
  await write(base, "p/bad.json", ["{'k':'single'}", '{"k":"nan","x":NaN}', '{"k":"trailing",}', "no", ""].join("\n"));
  const names = ["k", "big", "ok", "x", "s", "to_json(tags) AS tags", "_rescued_data", "_reason"];
  const found = texts(await databricksRows(json, "j", base, names));
  expect(found.filter((row) => row.at(-1) !== null).map((row) => row.at(-1))).toEqual(Array(4).fill("not JSON"));
  const own = texts(
    await embeddedRows(json, "j", base, ["k", "big", "ok", "x", "s", "to_json(tags)", "_rescued_data"]),
  );
  expect(found.filter((row) => row.at(-1) === null).map((row) => row.slice(0, -1))).toEqual(own);
});

const typed = pipeline("typed").bronze({
  q: source.parquet("p/*.parquet", {
    id: t.int(),
    b: t.binary().nullable(),
    a: t.array(t.timestamp()).nullable(),
    s: t.struct({ x: t.timestamp() }).nullable(),
    d: t.date().nullable(),
    m: t.map(t.string(), t.decimal(6, 2)).nullable(),
  }),
});

test("Parquet: values keep the types that they have in the file", async () => {
  const base = await folder();
  await write(base, "p/.keep", "");
  const maker = await Warehouse.open(":memory:");
  await maker.main.exec(`SET TimeZone = 'UTC'; COPY (
    SELECT 1::INTEGER AS id, '\\x00\\xFF'::BLOB AS b, [TIMESTAMPTZ '2024-01-02 03:04:05.000006Z', NULL] AS a,
      {'x': TIMESTAMPTZ '2024-01-02 03:04:05Z'} AS s, DATE '2024-02-29' AS d, MAP {'k': 1.25::DECIMAL(6, 2)} AS m
    UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL
    UNION ALL SELECT NULL, 'x'::BLOB, [], {'x': NULL}, DATE '0001-01-01', MAP {}
  ) TO '${base}/p/0.parquet'`);
  await maker.close();
  const shown = ["id", "hex(b) AS b", "to_json(m) AS m", "CAST(d AS STRING) AS d"];
  const times = [
    "size(a) AS n",
    "CAST(get(a, 0) AS STRING) AS a",
    "CAST(s.x AS STRING) AS x",
    "_rescued_data",
    "_reason",
  ];
  expect(texts(await databricksRows(typed, "q", base, [...shown, ...times]))).toEqual([
    [null, "78", "{}", "0001-01-01", "0", null, null, null, "id is missing"],
    ["1", "00FF", '{"k":1.25}', "2024-02-29", "2", "2024-01-02 03:04:05.000006", "2024-01-02 03:04:05", null, null],
    ["2", null, null, null, null, null, null, null, null],
  ]);
});

const nested = pipeline("nested").bronze({
  n: source.json(
    "p/*.json",
    { id: t.int(), o: t.struct({ a: t.int() }).nullable(), l: t.array(t.struct({ b: t.int() })).nullable() },
    { metadata: true },
  ),
});

test("JSON: what is not declared within values is rescued", async () => {
  const base = await folder();
  const lines = [
    '{"id":2,"o":{"a":2,"extra":9}}',
    '{"id":4,"o":{"a":4},"l":[{"b":1,"c":2}]}',
    '{"id":5,"o":{"A":7}}',
    '{"id":6,"o":{"a":"x","y":1}}',
  ];
  await write(base, "p/a.json", lines.join("\n"));
  const rows = texts(await databricksRows(nested, "n", base, ["id", "_rescued_data"]));
  expect(rows).toEqual([
    ["2", '{"o":{"extra":9}}'],
    ["4", '{"l":[{"c":2}]}'],
    ["5", '{"o":{"A":7}}'],
    ["6", '{"o":{"a":"x","y":1}}'],
  ]);
  expect(texts(await embeddedRows(nested, "n", base, ["id", "_rescued_data"]))).toEqual(rows);
});
