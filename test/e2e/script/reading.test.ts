/** What a script reads of files as the embedded engine does, and where it stops. */
import { tmpdir } from "node:os";
import path from "node:path";
import { type AnyPipeline, compile, param, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { Warehouse } from "../../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, write } from "../support.ts";
import { expectSame, parquet, script } from "./both-ways.ts";

const columns = {
  k: t.string(),
  b: t.boolean().nullable(),
  on: t.date().nullable(),
  at: t.timestamp().nullable(),
  i: t.int().nullable(),
  n: t.int(),
  d: t.decimal(12, 2).nullable(),
};
const VALUES = [
  ["a", "true", "2024-01-01", "2024-01-01T10:00:00Z", "1", "1", "1.5"],
  ["b", "yes", "2024", "2024", "12.7", "2", "1,5"],
  ["c", "TRUE", "2024-01-05junk", "10:30", "0x1F", "3", "1_0"],
  ["d", "t", "2024-1-5", "2024-01-01 10:00", "+2", "4", "1.005"],
  ["e", "1", "today", "2024-01-01 10:00:00.5+02:00", "1e3", "no", "x"],
  ["f", "", "", "", "", "", ""],
];

test("values are those of the files, whatever their names and those of their folders tell", async () => {
  const base = await folder();
  // A reader's own name for the path is one that a file may have as well.
  const row = { id: t.int(), dt: t.date(), region: t.string().nullable(), Filename: t.string().nullable() };
  const p = pipeline("folders").bronze({
    csv: source.csv("in/**/*.csv", row),
    json: source.json("in/**/*.json", row),
    parquet: source.parquet("in/**/*.parquet", row),
  });
  for (const dt of ["2024-01-01", "2024-01-02"]) {
    const at = `in/region=EU/dt=${dt}`;
    await write(base, `${at}/1.csv`, "id,dt,region,Filename\n1,2023-12-31,US,a\n2,2023-12-31,,\n");
    await write(
      base,
      `${at}/1.json`,
      '{"id":1,"dt":"2023-12-31","region":"US","Filename":"a"}\n{"id":2,"dt":"2023-12-31"}\n',
    );
    await parquet(base, `${at}/1.parquet`, "SELECT 1 AS id, DATE '2023-12-31' AS dt, 'US' AS region, 'a' AS Filename");
  }
  await expectSame(p, base);
});

test("texts of CSV and JSON that DuckDB's own casts would take for something else", async () => {
  const base = await folder();
  const p = pipeline("texts").bronze({
    csv: source.csv("csv/*.csv", columns, { delimiter: ";", nullValues: ["NA"] }),
    json: source.json("json/*.json", columns),
  });
  const names = Object.keys(columns);
  await write(base, "csv/a.csv", [names, ...VALUES].map((row) => row.join(";")).join("\n"));
  await write(
    base,
    "csv/b.csv",
    `\uFEFF${names.join(";").toUpperCase()}\r\n"x ""y""";NA;"NA";;;7;\r\n"";"";"";"";"";"8";""\r\n`,
  );
  const lines = VALUES.map((row) => JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]]))));
  await write(base, "json/a.json", lines.join("\n"));
  // Not a pattern that finds csv/a1.csv.
  await write(base, "csv/a[1].csv", `${names.join(";")}\n[;true;;;;1;\n`);
  await write(base, "csv/a1.csv", `${names.join(";")}\n1;true;;;;1;\n`);
  // What was rescued is the last to settle a tie: it decides between rows that agree in all else.
  await write(
    base,
    "ties/1.json",
    [2, 1, undefined, 3].map((x, i) => JSON.stringify({ id: i % 3, v: "a", x })).join("\n"),
  );
  await write(base, "ties/2.json", '{"id":1,"v":"0"}\n{"id":2,"v":"a","x":0}\n');
  const others = pipeline("others")
    .bronze({
      one: source.csv("csv/a[1].csv", columns, { delimiter: ";" }),
      ties: source.json("ties/*.json", { id: t.int(), v: t.string() }, { metadata: true }),
    })
    .silver(($) => ({
      first: $.ties
        .dedupe({ key: (r) => r.id, orderBy: (r) => r.id })
        .select((r) => ({ id: r.id, v: r.v, file: r._source_file })),
    }));
  await expectSame(p.include(others), base);
  const made = await script(p, base);
  expect(await made.query("SELECT k, _broken_rules, _reason FROM bronze.csv_quarantine ORDER BY k")).toEqual([
    ["e", ["readable"], "n is missing, or not of type INT"],
    ["f", ["readable"], "n is missing, or not of type INT"],
  ]);
  made.close();
});

test("what a script cannot read as the engine does it stops at, and compile() tells", async () => {
  const p = pipeline("order").bronze({
    people: source.csv("p/*.csv", { a: t.string(), b: t.string(), c: t.string().nullable() }),
  });
  const base = await folder();
  const stopsAt = async () => {
    const { error, close } = await script(p, base);
    close();
    return error;
  };
  await write(base, "p/1.csv", "a,b,c\n1a,1b,1c\n");
  expect(await stopsAt()).toBeUndefined();
  await write(base, "p/2.csv", "c,b,a\n2c,2b,2a\n");
  expect(await stopsAt()).toMatch(/2\.csv: the first line, c,b,a, does not name the columns a,b,c/);
  await write(base, "p/2.csv", "a,b,c\n2broken\n");
  expect(await stopsAt()).toMatch(/Expected Number of Columns: 3 Found: 1/);
  expect(compile(p, { target: "duckdb" }).diagnostics).toMatchObject([
    { code: "TARGET003", table: "people", message: expect.stringContaining("stops at a line") },
  ]);
  const nested = pipeline("nested").bronze({ raw: source.json("j/*.json", { a: t.array(t.int()) }) });
  expect(compile(nested, { target: "duckdb" }).diagnostics).toMatchObject([
    { code: "TARGET003", message: expect.stringContaining("arrays, structs and maps are read by DuckDB's own casts") },
  ]);
  const exact = pipeline("exact").bronze({ raw: source.json("j/*.json", { d: t.decimal(30, 2) }) });
  expect(() => compile(exact, { target: "duckdb" })).toThrow(expect.objectContaining({ code: "TARGET005" }));
});

test("what was rescued cannot be read in a script, which rescues nothing", () => {
  const bronze = pipeline("p").bronze({ raw: source.json("j/*.json", { id: t.int() }, { metadata: true }) });
  const refused = expect.objectContaining({ code: "TARGET005", column: "_rescued_data" });
  const script = (p: AnyPipeline) => compile(p, { target: "duckdb" }).files.length;
  expect(() => script(bronze.silver(($) => ({ lost: $.raw.where((r) => r._rescued_data.isNotNull()) })))).toThrow(
    refused,
  );
  expect(() => script(bronze.silver(($) => ({ all: $.raw.where((r) => r.id.gt(0)) })))).toThrow(refused);
  const rule = source
    .json("j/*.json", { id: t.int() }, { metadata: true })
    .expect({ whole: (r) => r._rescued_data.isNull() });
  expect(() => script(pipeline("p").bronze({ raw: rule }))).toThrow(refused);
  const derived = bronze.silver(($) => ({
    whole: $.raw.derive((r) => ({ rest: r._rescued_data.isNull() })).select((r) => ({ rest: r.rest })),
  }));
  const grouped = bronze.silver(($) => ({
    some: $.raw
      .derive((r) => ({ n: r.id.plus(1) }))
      .groupBy((r) => ({ _rescued_data: r._rescued_data }))
      .aggregate((r) => ({ n: r.n.max() }))
      .select((r) => ({ n: r.n })),
  }));
  const latest = bronze.silver(($) => ({
    one: $.raw
      .derive((r) => ({ n: r.id.plus(1) }))
      .dedupe({ key: (r) => r.n, orderBy: (r) => r.id })
      .select((r) => ({ n: r.n })),
  }));
  const renamed = bronze.silver(($) => ({ other: $.raw.select((r) => ({ id: r.id, rest: r._rescued_data })) }));
  for (const p of [derived, grouped, latest, renamed]) expect(() => script(p)).toThrow(refused);
  // What derive() keeps and a later step leaves out decides nothing.
  const left = bronze.silver(($) => ({
    most: $.raw
      .derive((r) => ({ n: r.id.plus(1) }))
      .groupBy((r) => ({ id: r.id }))
      .aggregate((r) => ({ n: r.n.max() })),
    two: $.raw
      .derive((r) => ({ n: r.id.plus(1) }))
      .derive((r) => ({ m: r.n.plus(1) }))
      .select((r) => ({ m: r.m })),
  }));
  expect(script(left)).toBe(4);
  expect(script(bronze.silver(($) => ({ ids: $.raw.select((r) => ({ id: r.id, file: r._source_file })) })))).toBe(3);
});

test("parameters: their defaults, the values that are given, and secrets that stand in no file", async () => {
  const p = pipeline("params")
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
    .bronze({ raw: source.json("${place}/*.json", { id: t.int(), name: t.string().pii("name") }) })
    .silver(($) => ({
      some: $.raw
        .where((r) => r.id.ge(param.int("least", { default: 2 })))
        .select((r) => ({ id: r.id, name: r.name.sha256(param.secret("salt", { scope: "s" })) })),
    }));
  const base = await folder();
  await write(base, "in a place/1.json", '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n{"id":3,"name":"c"}\n');
  expect(() => compile(p, { target: "duckdb" })).toThrow(expect.objectContaining({ code: "PARAM002" }));
  const made = await script(p, base, { place: "in a place", least: 3 });
  expect(made.error).toMatch(/the secret "salt" has no value: SET VARIABLE "?medallion_salt/);
  made.close();
  const params = { place: "in a place" };
  expect(await expectSame(p, base, params, { salt: "pepper" })).toBe(2);
  expect(await expectSame(p, base, { ...params, least: 3 }, { salt: "pepper" })).toBe(2);
});

test("an update that fails is a script that stops, with the table as it was", async () => {
  const p = pipeline("fails")
    .bronze({ raw: source.json("in/*.json", { id: t.int() }) })
    .silver(($) => ({ clean: $.raw.expectOrFail({ positive: (r) => r.id.gt(0) }) }));
  const base = await folder();
  await write(base, "in/1.json", '{"id":1}\n{"id":-1}\n{"id":0}\n');
  const made = await script(p, base);
  expect(made.error).toMatch(/2 rows break the rule "positive" of silver.clean, which fails its update/);
  expect(await made.query("SELECT count(*)::INTEGER FROM duckdb_tables() WHERE schema_name = 'silver'")).toEqual([[0]]);
  made.close();
  expect(await expectSame(p, base)).toBe(1);
});

test("Parquet files of other types than the declared ones: the script stops and names the file, it does not widen", async () => {
  const columns = {
    id: t.bigint().nullable(),
    s: t.string().nullable(),
    d: t.decimal(12, 2).nullable(),
    at: t.timestamp().nullable(),
    x: t.double().nullable(),
    st: t.struct({ id: t.string().nullable() }).nullable(),
  };
  const p = pipeline("types").bronze({ raw: source.parquet("p/*.parquet", columns) });
  const base = await folder();
  const maker = await Warehouse.open(":memory:");
  const file = async (name: string, sql: string) => {
    await write(base, "p/.keep", "");
    await maker.main.exec(`COPY (${sql}) TO '${base}/p/${name}.parquet'`);
  };
  await file(
    "1",
    "SELECT 9007199254740993 AS id, 'a' AS s, 1.50::DECIMAL(12, 2) AS d, TIMESTAMP '2024-01-01' AS at, 1.5::DOUBLE AS x, {'id': 'x'} AS st",
  );
  await file("2", "SELECT 2::INTEGER AS ID, TIMESTAMPTZ '2024-01-01 00:00:00Z' AS at, 2::SMALLINT AS x, 1 AS other");
  expect(await expectSame(p, base)).toBe(1);
  for (const [name, type] of [
    ["id", "1.5::DOUBLE"],
    ["s", "5"],
    ["d", "1.5::DOUBLE"],
    ["d", "1.5::DECIMAL(38, 10)"],
    ["at", "'2024-01-01'"],
    ["x", "true"],
  ]) {
    await file("3", `SELECT ${type} AS ${name}`);
    const { error, close } = await script(p, base);
    close();
    expect(error).toMatch(new RegExp(`3[.]parquet: ${name} is [A-Z]+.*, which is not its declared type`));
  }
  await maker.close();
});

test("relative paths start from baseDir, wherever the script is run, and so do the names of files", async () => {
  const home = await folder();
  const base = path.join(home, "in [1] it's");
  const columns = { id: t.int() };
  const metadata = { metadata: true } as const;
  const p = pipeline("elsewhere")
    .bronze({
      csv: source.csv("*/shop/*.csv", columns, metadata),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter in a path.
      json: source.json("${folder}/*.json", columns, metadata),
      there: source.csv(path.join(home, "absolute.csv"), columns, metadata),
    })
    .silver(($) => ({ shops: $.csv.select((c) => ({ id: c.id, shop: c._source_file.splitPart("/", 1) })) }));
  for (const shop of ["us", "eu"]) await write(base, `${shop}/shop/1.csv`, "id\n1\n");
  await write(base, "lines/1.json", '{"id": 2}\n');
  await write(home, "absolute.csv", "id\n3\n");
  const params = { folder: "lines" };
  await using update = await run(p, { baseDir: base, params });
  const files = `SELECT _source_file FROM bronze.csv UNION ALL SELECT _source_file FROM bronze.json
    UNION ALL SELECT shop FROM silver.shops ORDER BY ALL`;
  const told = (await update.query(files)).map((row) => row["_source_file"]);
  expect(told).toEqual(["eu", "eu/shop/1.csv", "lines/1.json", "us", "us/shop/1.csv"]);
  for (const baseDir of [base, `${base}/`]) {
    const made = await script(p, tmpdir(), params, {}, baseDir);
    expect(made.error).toBeUndefined();
    const there = await made.query(
      `${files.replace("ORDER BY ALL", "")} UNION ALL SELECT _source_file FROM bronze.there ORDER BY ALL`,
    );
    expect(there.flat().filter((name) => !String(name).startsWith("/"))).toEqual(told);
    expect(there.flat()).toContain(path.join(home, "absolute.csv"));
    made.close();
  }
});
