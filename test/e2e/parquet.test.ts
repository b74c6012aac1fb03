/** Parquet: each file by its own types, and nothing is cast between families of types. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type AnyPipeline, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, rows, table, write } from "./support.ts";

const seed = Number(process.env["MEDALLION_SEED"] ?? 20_261_126);
const cases = Number(process.env["MEDALLION_CASES"] ?? 6);

/** Writes each query to a file of its own, `d/0.parquet` and so on. */
async function copies(base: string, queries: readonly string[]): Promise<void> {
  await write(base, "d/.keep", "");
  const maker = await Warehouse.open(":memory:");
  for (const [i, sql] of queries.entries()) await maker.main.exec(`COPY (${sql}) TO '${base}/d/${i}.parquet'`);
  await maker.close();
}

async function read(p: AnyPipeline, base: string, columns: string) {
  await using update = await run(p, { baseDir: base });
  const quarantined = await rows(update, "SELECT _reason AS reason FROM bronze.raw_quarantine ORDER BY 1");
  const found = await rows(
    update,
    `SELECT ${columns}, _rescued_data AS rescued FROM bronze.raw ORDER BY _source_file, rowid`,
  );
  return { found, quarantined: quarantined.map((row) => row["reason"]), result: table(update, "raw") };
}

test("a file does not change the values of the file beside it", async () => {
  const base = await folder();
  await copies(base, [
    "SELECT 9007199254740993::BIGINT AS id, 12345678901234567890.12::DECIMAL(38,2) AS amount",
    "SELECT 1.0::DOUBLE AS id, 0.5::DOUBLE AS amount",
    "SELECT 2::INTEGER AS ID, 7::TINYINT AS amount, 9007199254740993::BIGINT AS e",
    "SELECT 3 AS id, 0.5::DOUBLE AS e",
  ]);
  const p = pipeline("p").bronze({
    raw: source.parquet("d/*.parquet", { id: t.bigint(), amount: t.decimal(38, 2).nullable() }),
  });
  expect((await read(p, base, "id::VARCHAR AS id, amount::VARCHAR AS amount")).found).toEqual([
    { id: "9007199254740993", amount: "12345678901234567890.12", rescued: null },
    { id: "1", amount: "0.50", rescued: null },
    { id: "2", amount: "7.00", rescued: '{"e":9007199254740993}' },
    { id: "3", amount: null, rescued: '{"e":0.5}' },
  ]);
});

test("of columns whose names differ by case alone the very name counts, else the first; the others are rescued", async () => {
  const base = await folder();
  await copies(base, ["SELECT 1 AS twin_a, 2 AS twin_b, 3 AS twin_c, {'f': 4} AS s, 5 AS other"]);
  // DuckDB writes no such file: the names are changed in its footer.
  const named = async (to: Readonly<Record<string, string>>) => {
    const bytes = (await readFile(path.join(base, "d/0.parquet"))).toString("latin1");
    const twins = Object.entries(to).reduce((text, [from, name]) => text.replaceAll(from, name), bytes);
    await write(base, "t/0.parquet", Buffer.from(twins, "latin1"));
  };
  const columns = { twin_a: t.int(), other: t.int(), s: t.struct({ f: t.int() }) };
  const twins = pipeline("p").bronze({ raw: source.parquet("t/*.parquet", columns) });
  const values = async () => (await read(twins, base, "twin_a, other, s.f AS f")).found;
  await named({ twin_a: "Twin_A", twin_b: "twin_a", twin_c: "TWIN_A" });
  expect(await values()).toEqual([{ twin_a: 2, other: 5, f: 4, rescued: '{"Twin_A":1,"TWIN_A":3}' }]);
  await named({ twin_a: "Twin_A", twin_b: "TWIN_A", twin_c: "tWIN_A" });
  expect(await values()).toEqual([{ twin_a: 1, other: 5, f: 4, rescued: '{"TWIN_A":2,"tWIN_A":3}' }]);
  await named({ twin_b: "twin_a", twin_c: "twin_a" });
  expect(await values()).toEqual([{ twin_a: 1, other: 5, f: 4, rescued: '{"twin_a":[2,3]}' }]);
});

test.each<[from: string, to: ReturnType<typeof t.string> | ReturnType<typeof t.int>, json: string]>([
  ["'2024-01-01 00:00:00'", t.timestamp() as never, '"2024-01-01 00:00:00"'],
  ["'2024-01-01'", t.date() as never, '"2024-01-01"'],
  ["TIMESTAMP '2024-01-01 10:00:00'", t.date() as never, '"2024-01-01 10:00:00"'],
  ["'1.50'", t.decimal(12, 2) as never, '"1.50"'],
  ["'true'", t.boolean() as never, '"true"'],
  ["1::BIGINT", t.boolean() as never, "1"],
  ["1.5::DOUBLE", t.bigint() as never, "1.5"],
  ["12345678901234567890.50::DECIMAL(22,2)", t.string(), "12345678901234567890.50"],
  ["{'a': 1.10::DECIMAL(10,2)}", t.string(), '{"a":1.10}'],
  ["'{\"a\":1}'", t.struct({ a: t.int() }) as never, '"{\\"a\\":1}"'],
  ["300::BIGINT", t.tinyint() as never, "300"],
])("%s does not read as another type: it is rescued, or quarantined where it is required", async (from, to, json) => {
  const base = await folder();
  await copies(base, [`SELECT 1 AS id, ${from} AS v`]);
  const make = (v: typeof to) => pipeline("p").bronze({ raw: source.parquet("d/*.parquet", { id: t.int(), v }) });
  const nullable = await read(make(to.nullable() as typeof to), base, "id, v");
  expect(nullable.found).toEqual([{ id: 1, v: null, rescued: `{"v":${json}}` }]);
  const required = await read(make(to), base, "id");
  expect(required.found).toEqual([]);
  expect(required.quarantined).toEqual([expect.stringMatching(/^v: ".*" is not an? /)]);
});

const FAMILIES: readonly [from: string, to: ReturnType<typeof t.string>, read: string | null, rescued?: string][] = [
  // By the digits that a double is written with, as Spark casts it; DuckDB would give 1.00 and 10000000000000000132875.55072.
  ["1.005::DOUBLE", t.decimal(10, 2) as never, "1.01"],
  ["-1.005::DOUBLE", t.decimal(10, 2) as never, "-1.01"],
  ["2.675::FLOAT", t.decimal(10, 2) as never, "2.67"],
  ["1e22::DOUBLE", t.decimal(38, 5) as never, "10000000000000000000000.00000"],
  ["0.25::DOUBLE", t.decimal(2, 2) as never, ".25"],
  ["'nan'::DOUBLE", t.decimal(10, 2) as never, null, '"nan"'],
  ["1e9::DOUBLE", t.decimal(10, 2) as never, null, "1000000000.0"],
  // DuckDB's own cast rounds twice, to 9007199254740992.
  ["9007199254740993.000000000000001::DECIMAL(31, 15)", t.double() as never, "9007199254740994.0"],
  // The last moments of a file are no infinity.
  ["'infinity'::TIMESTAMP", t.timestamp() as never, null, '"infinity"'],
  ["'-infinity'::TIMESTAMP", t.timestampNtz() as never, null, '"-infinity"'],
  ["'infinity'::DATE", t.date() as never, null, '"infinity"'],
  ["'infinity'::DATE", t.timestamp() as never, null, '"infinity"'],
  // What is beyond microseconds is cut off, also before 1970.
  ["make_timestamp_ns(1999)", t.timestampNtz() as never, "1970-01-01 00:00:00.000001"],
  ["make_timestamp_ns(-1)", t.timestampNtz() as never, "1969-12-31 23:59:59.999999"],
  ["make_timestamp_ns(-1)", t.date() as never, null, '"1969-12-31 23:59:59.999999999"'],
  ["make_timestamp_ns(0)", t.date() as never, "1970-01-01"],
];

test("a value under another type of its family: all of it, or null and rescued; in a list as well", async () => {
  const base = await folder();
  const each = <T>(given: (of: (typeof FAMILIES)[number], i: number) => T) => FAMILIES.map(given);
  await copies(base, [`SELECT ${each(([from], i) => `${from} AS v${i}, [${from}] AS l${i}`).join(", ")}`]);
  const columns = each(([, to], i) => ({ [`v${i}`]: to.nullable(), [`l${i}`]: t.array(to).nullable() }));
  const p = pipeline("p").bronze({ raw: source.parquet("d/*.parquet", Object.assign({}, ...columns)) });
  const shown = each((_, i) => `v${i}::VARCHAR AS v${i}, l${i}[1]::VARCHAR AS l${i}`).join(", ");
  const [{ rescued, ...values } = {}] = (await read(p, base, shown)).found;
  expect(values).toEqual(Object.assign({}, ...each(([, , value], i) => ({ [`v${i}`]: value, [`l${i}`]: value }))));
  const parts = FAMILIES.flatMap(([, , , json], i) => (json ? `"v${i}":${json},"l${i}":[${json}]` : []));
  expect(rescued).toBe(`{${parts.join(",")}}`);
});

/** A double by its digits, half away from zero: in whole numbers, as nothing of the engine does it. */
function rounded(x: number, scale: number): string | null {
  const [, sign = "", whole = "", part = "", exponent = "0"] =
    /^(-?)(\d+)[.]?(\d*)(?:e([+-]\d+))?$/.exec(String(x)) ?? [];
  const shift = Number(exponent) - part.length + scale;
  const digits = BigInt(whole + part);
  const by = 10n ** BigInt(Math.abs(shift));
  const n = shift >= 0 ? digits * by : (2n * digits + by) / (2n * by);
  if (n >= 10n ** 38n) return null;
  const text = n.toString().padStart(scale + 1, "0");
  return `${n === 0n ? "" : sign}${text.slice(0, text.length - scale)}${scale === 0 ? "" : `.${text.slice(-scale)}`}`;
}

test("any double under a decimal is what its digits are", async () => {
  const base = await folder();
  const near = fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.nat(4)).map(([n, scale]) => n / 10 ** scale);
  const large = fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9, max: 40 }));
  const double = fc.oneof(
    near,
    large.map(([n, exponent]) => Number(`${n}e${exponent}`)),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e38, max: 1e38 }),
  );
  const drawn = fc.sample(double, { seed, numRuns: 100 * cases });
  await copies(base, [`SELECT unnest([${drawn.map((x) => `'${x}'::DOUBLE`).join(", ")}]) AS x`]);
  for (const scale of [0, 2, 12]) {
    const p = pipeline("p").bronze({ raw: source.parquet("d/*.parquet", { x: t.decimal(38, scale).nullable() }) });
    const { found } = await read(p, base, "x::VARCHAR AS x");
    expect(found.map((row) => row["x"])).toEqual(drawn.map((x) => rounded(x, scale)));
  }
});

test("of a map that has a key twice the row is null and rescued, as of JSON; the rows beside it are read", async () => {
  const base = await folder();
  await copies(base, [
    "SELECT * FROM (VALUES (1, MAP {'one': 1, 'two': 2}), (2, MAP {'other': 3})) t(id, m)",
    "SELECT 3 AS id, MAP {1.5: 'a', 1.25: 'b'} AS m",
  ]);
  const bytes = (await readFile(path.join(base, "d/0.parquet"))).toString("latin1");
  await write(base, "d/0.parquet", Buffer.from(bytes.replaceAll("two", "one"), "latin1"));
  const values = async (key: Parameters<typeof t.map>[0], value: Parameters<typeof t.map>[1], file: number) => {
    const columns = { id: t.int(), m: t.map(key, value).nullable() };
    const p = pipeline("p").bronze({ raw: source.parquet(`d/${file}.parquet`, columns) });
    return (await read(p, base, "id, m::VARCHAR AS m")).found;
  };
  expect(await values(t.string(), t.int(), 0)).toEqual([
    { id: 1, m: null, rescued: '{"m":{"one":1,"one":2}}' },
    { id: 2, m: "{other=3}", rescued: null },
  ]);
  expect(await values(t.decimal(2, 0), t.string(), 1)).toEqual([{ id: 3, m: "{2=a, 1=b}", rescued: null }]);
  expect(await values(t.decimal(1, 0), t.string(), 1)).toEqual([{ id: 3, m: "{2=a, 1=b}", rescued: null }]);
});

test("a decimal of more than 38 digits, which DuckDB reads as a double: the file is quarantined, whether it is declared or not", async () => {
  const base = await folder();
  await copies(base, ["SELECT 1 AS id, 12345678901234567890.1234567891::DECIMAL(38, 10) AS d", "SELECT 2 AS id"]);
  const bytes = (await readFile(path.join(base, "d/0.parquet"))).toString("latin1");
  // The scale of 10 and the precision of 38 in the footer, and then one of 39.
  const wide = bytes.replaceAll("\x15\x14\x15\x4c", "\x15\x14\x15\x4e");
  expect(wide).not.toBe(bytes);
  await write(base, "d/0.parquet", Buffer.from(wide, "latin1"));
  for (const columns of [{ id: t.int(), d: t.decimal(38, 10).nullable() }, { id: t.int() }]) {
    const p = pipeline("p").bronze({ raw: source.parquet("d/*.parquet", columns) });
    const { found, quarantined } = await read(p, base, "id");
    expect(found).toEqual([{ id: 2, rescued: null }]);
    expect(quarantined).toEqual(['the file cannot be read: "d" is a decimal of 39 digits, and 38 can be read']);
  }
});

test("nested values are read by their own types, and what is not declared in them is rescued with its digits", async () => {
  const base = await folder();
  const decimal = "1234567890123456.7891::DECIMAL(20,4)";
  await copies(base, [
    `SELECT {'d': ${decimal}, 'new': ${decimal}, 'in': {'x': 1, 'y': 2}} AS st, [{'q': 1, 'more': 'm'}, NULL] AS items,
      MAP {'k': {'x': 1, 'y': ${decimal}}} AS m, {'a': [${decimal}]} AS v`,
    "SELECT {'d': 'text'} AS st, ['text'] AS items, MAP {'k': 1} AS m, 1.50::DECIMAL(5,2) AS v",
  ]);
  const p = pipeline("p").bronze({
    raw: source.parquet("d/*.parquet", {
      st: t
        .struct({ d: t.decimal(20, 4).nullable(), gone: t.int().nullable(), in: t.struct({ x: t.int() }).nullable() })
        .nullable(),
      items: t.array(t.struct({ q: t.int().nullable() })).nullable(),
      m: t.map(t.string(), t.struct({ x: t.int() })).nullable(),
      v: t.variant().nullable(),
    }),
  });
  const shown = ["st", "items", "m", "v"].map((c) => `${c}::VARCHAR AS ${c}`).join(", ");
  expect((await read(p, base, shown)).found).toEqual([
    {
      st: "{'d': 1234567890123456.7891, 'gone': NULL, 'in': {'x': 1}}",
      items: "[{'q': 1}, NULL]",
      m: "{k={'x': 1}}",
      v: '{"a":[1234567890123456.7891]}',
      rescued:
        '{"st":{"new":1234567890123456.7891,"in":{"y":2}},"items":[{"more":"m"},null],"m":{"k":{"y":1234567890123456.7891}}}',
    },
    { st: null, items: null, m: null, v: "1.50", rescued: '{"st":{"d":"text"},"items":["text"],"m":{"k":1}}' },
  ]);
});

test("a number that is not declared is rescued with the digits of its type", async () => {
  const base = await folder();
  await copies(base, [
    "SELECT 1 AS id, 0.1::FLOAT AS f, 1e20::FLOAT AS large, 'nan'::FLOAT AS n, [0.1::FLOAT] AS fs, 0.1::DOUBLE AS d, 1.50::DECIMAL(10,2) AS dc",
  ]);
  const p = pipeline("p").bronze({ raw: source.parquet("d/*.parquet", { id: t.int() }) });
  expect((await read(p, base, "id")).found).toEqual([
    { id: 1, rescued: '{"f":0.1,"large":1e+20,"n":"nan","fs":[0.1],"d":0.1,"dc":1.50}' },
  ]);
});

test("a text that is not UTF-8: the file is quarantined, the others are read", async () => {
  const base = await folder();
  await copies(base, ["SELECT 1 AS id, 'fine' AS s", "SELECT 2 AS id, 'café' AS s"]);
  const bytes = await readFile(path.join(base, "d/1.parquet"));
  const broken = Buffer.from(bytes);
  for (let at = broken.indexOf("é"); at >= 0; at = broken.indexOf("é", at)) broken[at + 1] = 0x41;
  await write(base, "d/1.parquet", broken);
  const p = pipeline("p").bronze({ raw: source.parquet("d/*.parquet", { id: t.int(), s: t.string().nullable() }) });
  const { found, quarantined, result } = await read(p, base, "id, s");
  expect(found).toEqual([{ id: 1, s: "fine", rescued: null }]);
  expect(quarantined).toEqual(["the file cannot be read: it has a text that is not valid UTF-8"]);
  expect(result).toMatchObject({ rowsRead: 2, rowsQuarantined: 1 });
});

/** One value in several physical types; none of them may read otherwise because of another file. */
const VALUES = [
  "1::TINYINT",
  "9007199254740993::BIGINT",
  "1.5::DOUBLE",
  "12345678901234567890.123::DECIMAL(38,3)",
  "'abc'",
  "'2024-01-01'",
  "DATE '2024-01-01'",
  "TIMESTAMP '2024-01-01 10:00:00'",
  "true",
  "[1, 2]",
  "{'a': 1, 'b': 'x'}",
  "'x'::BLOB",
];

test("files of any types, in any groups: the rows are the same", async () => {
  const columns = { a: t.bigint().nullable(), b: t.decimal(38, 3).nullable(), c: t.string().nullable() };
  const file = fc.tuple(
    ...["a", "b", "c", "e"].map((n) =>
      fc.option(fc.constantFrom(...VALUES), { nil: undefined }).map((v) => [n, v] as const),
    ),
  );
  const groups = fc.array(fc.tuple(file, fc.boolean()), { minLength: 2, maxLength: 5 });
  for (const sample of fc.sample(groups, { seed, numRuns: cases })) {
    const base = await folder();
    await copies(
      base,
      sample.map(
        ([parts], i) => `SELECT ${[`${i} AS n`, ...parts.flatMap(([n, v]) => (v ? [`${v} AS ${n}`] : []))].join(", ")}`,
      ),
    );
    const p = pipeline("p").bronze({ raw: source.parquet("d/*.parquet", { n: t.int(), ...columns }) });
    const together = await read(p, base, "n, a::VARCHAR AS a, b::VARCHAR AS b, c");
    const alone: unknown[] = [];
    for (const [i] of sample.entries()) {
      const one = pipeline("p").bronze({ raw: source.parquet(`d/${i}.parquet`, { n: t.int(), ...columns }) });
      alone.push(...(await read(one, base, "n, a::VARCHAR AS a, b::VARCHAR AS b, c")).found);
    }
    expect(together.found).toEqual(alone);
    expect(together.result).toMatchObject({ rowsRead: sample.length, rowsWritten: sample.length });
  }
});

/** Where the footer of a file of DECIMAL(18, 2) has the scale. */
const scaleIn = (bytes: Buffer) => bytes.indexOf(Buffer.from([0x15, 0x04, 0x15, 0x24])) + 1;

test("what is not Parquet, or not whole, is quarantined under its own name", async () => {
  const base = await folder();
  await copies(base, [
    "SELECT i::BIGINT AS id FROM range(1000) t(i)",
    "SELECT 1::BIGINT AS id, 1::DECIMAL(18, 2) AS d",
  ]);
  const whole = await readFile(path.join(base, "d/0.parquet"));
  const decimal = await readFile(path.join(base, "d/1.parquet"));
  const changed = (change: (bytes: Buffer) => unknown, of = whole) => {
    const bytes = Buffer.from(of);
    change(bytes);
    return bytes;
  };
  const files: Record<string, [contents: string | Uint8Array, reason: string]> = {
    "1 csv": ["id\n1\n2\n3\n4\n5\n6\n", "it is not a Parquet file"],
    "2 orc": [`ORC${"\0".repeat(40)}ORC`, "it is not a Parquet file"],
    "3 gzip": [gzipSync(whole), "it is a gzip archive, not Parquet"],
    "4 cut": [whole.subarray(0, -1), "it is a Parquet file without its end: it was not written or copied as a whole"],
    "5 half": [
      whole.subarray(0, whole.length / 2),
      "it is a Parquet file without its end: it was not written or copied as a whole",
    ],
    "6 start": ["PAR1", "it is a Parquet file without its end: it was not written or copied as a whole"],
    "7 letters": ["PAR", "it is not a Parquet file"],
    "8 both": ["PAR1PAR1", "it is a Parquet file without its end: it was not written or copied as a whole"],
    "9 encrypted": [changed((bytes) => bytes.write("PARE", bytes.length - 4)), "it is encrypted: deliver it decrypted"],
    "[a] long footer": [
      changed((bytes) => bytes.writeUInt32LE(0x7fffffff, bytes.length - 8)),
      "it is a Parquet file without its end: it was not written or copied as a whole",
    ],
    "b* page": [changed((bytes) => bytes.fill(255, 10, 40)), "DuckDB reports: "],
    "c? footer": [changed((bytes) => bytes.fill(255, bytes.length - 60, bytes.length - 30)), "DuckDB reports: "],
    // DuckDB breaks over a scale of -3, and with it every table of the update would.
    "c1 scale": [changed((bytes) => (bytes[scaleIn(bytes)] = 5), decimal), "DuckDB reports: Information loss"],
    "d#%20 empty": ["", ""],
  };
  for (const [name, [contents]] of Object.entries(files)) await write(base, `d/${name}.parquet`, contents);
  // A folder is its files, as Spark writes them.
  await write(base, "d/folder.parquet/part-0.snappy.parquet", whole);
  await write(base, "d/folder.parquet/_SUCCESS", "");
  const p = pipeline("p").bronze({ raw: source.parquet("d/*.parquet", { id: t.bigint() }) });
  await using update = await run(p, { baseDir: base });
  expect(update.status).toBe("completed");
  expect(table(update, "raw")).toMatchObject({ rowsRead: 2014, rowsWritten: 2001, rowsQuarantined: 13 });
  const found = await rows(update, "SELECT _source AS name, _reason AS reason FROM bronze.raw_quarantine ORDER BY 1");
  const bad = Object.entries(files).filter(([, [contents]]) => contents.length > 0);
  expect(found.map((row) => row["name"])).toEqual(bad.map(([name]) => `d/${name}.parquet`).sort());
  for (const [name, [, reason]] of bad) {
    const row = found.find((one) => one["name"] === `d/${name}.parquet`);
    expect(String(row?.["reason"])).toMatch(new RegExp(`^the file cannot be read: ${reason}`));
  }
  expect(JSON.stringify([found, update.warnings])).not.toContain(base);
  expect(update.warnings.map(({ code }) => code).sort()).toEqual([...Array(13).fill("SRC005"), "SRC010"]);
});

test("a file of 400 columns, and a struct of as many fields, are read", async () => {
  const base = await folder();
  const names = Array.from({ length: 400 }, (_, i) => `c${i}`);
  const columns = names.map((name, i) => `${i} AS ${name}`).join(", ");
  const fields = names.map((name, i) => `${name} := ${i}`).join(", ");
  await copies(base, [
    `SELECT 1 AS id, ${columns}, struct_pack(${fields}) AS box`,
    `SELECT NULL::INTEGER AS id, ${columns}, struct_pack(${fields}) AS box`,
  ]);
  const some = Object.fromEntries(names.slice(0, 300).map((name) => [name, t.int()]));
  const p = pipeline("p").bronze({
    raw: source.parquet("d/*.parquet", { id: t.int(), ...some, box: t.struct({ c0: t.int(), c299: t.int() }) }),
  });
  const { found, quarantined } = await read(p, base, "id, c299, box.c299 AS inner");
  const [row] = found;
  expect(row).toMatchObject({ id: 1, c299: 299, inner: 299 });
  const rescued = JSON.parse(String(row?.["rescued"]));
  expect(rescued).toMatchObject({ c300: 300, c399: 399, box: { c1: 1, c399: 399 } });
  expect(rescued).not.toHaveProperty("c299");
  expect(quarantined).toEqual(["id is missing"]);
});
