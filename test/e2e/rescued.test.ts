/** What a file holds beyond its declared columns is in `_rescued_data`, and digits are those of the file. */
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, rows, write } from "./support.ts";

const seed = Number(process.env["MEDALLION_SEED"] ?? 20_261_126);
const cases = Number(process.env["MEDALLION_CASES"] ?? 300);

test("the second column of a repeated header name is rescued, whatever became of the first", async () => {
  const base = await folder();
  await write(base, "p/1.csv", "id,age,age,city\n1,1,2,Bern\n");
  await write(base, "p/2.csv", "id,id,age,city\n2,22,2,Bern\n");
  await write(base, "p/3.csv", "id,age,city,city\n3,3,Bern,Basel\n");
  await write(base, "p/4.csv", "id,age,AGE,city\n4,4,44,Bern\n");
  await write(base, "p/5.csv", "id,age,age,city\n5,,55,Bern\n");
  await write(base, "p/6.csv", "id,age,age,city\n6,junk,66,Bern\n");
  await write(base, "p/7.csv", "id,age,x,x,city\n7,7,a,b,Bern\n");
  await write(base, "p/8.csv", "id,age,age,city\n8,8,,Bern\n");
  const p = pipeline("p").bronze({
    raw: source.csv("p/*.csv", { id: t.bigint(), age: t.int().nullable(), city: t.string() }),
  });
  await using update = await run(p, { baseDir: base });
  expect(await rows(update, "SELECT id, age, _rescued_data AS rescued FROM bronze.raw ORDER BY id")).toEqual([
    { id: 1, age: 1, rescued: '{"age":"2"}' },
    { id: 2, age: 2, rescued: '{"id":"22"}' },
    { id: 3, age: 3, rescued: '{"city":"Basel"}' },
    { id: 4, age: 4, rescued: '{"AGE":"44"}' },
    { id: 5, age: null, rescued: '{"age":"55"}' },
    { id: 6, age: null, rescued: '{"age":["junk","66"]}' },
    { id: 7, age: 7, rescued: '{"x":["a","b"]}' },
    { id: 8, age: 8, rescued: null },
  ]);
});

const columns = {
  k: t.string(),
  s: t.string().nullable(),
  big: t.bigint().nullable(),
  d: t.decimal(38, 18).nullable(),
  d15: t.decimal(15, 2).nullable(),
  st: t.struct({ d: t.decimal(38, 18).nullable(), s: t.string().nullable() }).nullable(),
  arr: t.array(t.decimal(20, 4)).nullable(),
  m: t.map(t.string(), t.decimal(20, 4)).nullable(),
  v: t.variant().nullable(),
};

/** Reads one JSON object a line and gives, of each, the columns that are not null. */
async function readLines(lines: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const base = await folder();
  await write(base, "a.json", lines.map((line, i) => `{"k":"${i}",${line.slice(1)}\n`).join(""));
  await using update = await run(pipeline("p").bronze({ raw: source.json("a.json", columns) }), { baseDir: base });
  const shown = ["s", "big", "d", "d15", "st", "arr", "m", "v"].map((c) => `${c}::VARCHAR AS ${c}`).join(", ");
  const found = await rows(update, `SELECT ${shown}, _rescued_data AS rescued FROM bronze.raw ORDER BY k::INT`);
  return found.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
}

const LINES: readonly (readonly [json: string, read: Record<string, string>])[] = [
  ['{"s":1.10}', { s: "1.10" }],
  ['{"s":1e2}', { s: "1e2" }],
  ['{"s":1e28,"st":{"s":1e-7}}', { s: "1e28", st: "{'d': NULL, 's': 1e-7}" }],
  ['{"s": 0.00001,"st":{"s": -0.000011}}', { s: "0.00001", st: "{'d': NULL, 's': -0.000011}" }],
  ['{"s":10000000000000000.0,"arr":[1e22]}', { s: "10000000000000000.0", rescued: '{"arr":[1e22]}' }],
  [
    `{"s":1e28,"x":"${"y".repeat(2000)}","st":{"s":1}}`,
    { s: "1e28", st: "{'d': NULL, 's': 1}", rescued: `{"x":"${"y".repeat(2000)}"}` },
  ],
  [`{"s":1e-7,"x":"${"y".repeat(2000)}","big":1}`, { s: "1e-7", big: "1", rescued: `{"x":"${"y".repeat(2000)}"}` }],
  ['{"s":-0}', { s: "-0" }],
  ['{"s": -0 ,"x":[-0, 0]}', { s: "-0", rescued: '{"x":[-0,0]}' }],
  ['{"s":"a: -0,","st":{"s":-0}}', { s: "a: -0,", st: "{'d': NULL, 's': -0}" }],
  ['{"big":-0,"d15":-0}', { big: "0", d15: "0.00" }],
  ['{"s":12345678901234567890123}', { s: "12345678901234567890123" }],
  ['{"s":{"a":1.10,"b":[12345678901234567890.5]}}', { s: '{"a":1.10,"b":[12345678901234567890.5]}' }],
  ['{"s":"a: 1.50, [2.0,"}', { s: "a: 1.50, [2.0," }],
  ['{"s":"\uFDD01.50","x":"\\ufdd0"}', { s: "\uFDD01.50", rescued: '{"x":"\uFDD0"}' }],
  ['{"s":"say \\"n: 1.50\\"","x":["\\"", 1.50, ""]}', { s: 'say "n: 1.50"', rescued: '{"x":["\\"",1.50,""]}' }],
  ['{"big":9007199254740993}', { big: "9007199254740993" }],
  ['{"big":9223372036854775808}', { rescued: '{"big":9223372036854775808}' }],
  ['{"d":123456789012345678.123456789012345678}', { d: "123456789012345678.123456789012345678" }],
  ['{"d15":1.0049999999999999}', { d15: "1.00" }],
  ['{"d15":1.005}', { d15: "1.01" }],
  ['{"d15":6.4e-9}', { d15: "0.00" }],
  ['{"d15":"6.4E-232"}', { d15: "0.00" }],
  ['{"d15":51E-4}', { d15: "0.01" }],
  ['{"d15":"hello"}', { rescued: '{"d15":"hello"}' }],
  ['{"d15":"\\ufdd05"}', { rescued: '{"d15":"\uFDD05"}' }],
  [
    '{"st":{"d":123456789012345678.1234567890123456780,"s":1.10}}',
    { st: "{'d': 123456789012345678.123456789012345678, 's': 1.10}" },
  ],
  ['{"arr":[883406386745030.3,1234567890123456.7891]}', { arr: "[883406386745030.3000, 1234567890123456.7891]" }],
  ['{"m":{"x":1234567890123456.7891}}', { m: "{x=1234567890123456.7891}" }],
  ['{"v":{"x":1234567890123456.7891,"y":1.10}}', { v: '{"x":1234567890123456.7891,"y":1.10}' }],
  ['{"n1":1234567890123456.7891,"n2":1.10,"n3":1E-7}', { rescued: '{"n1":1234567890123456.7891,"n2":1.10,"n3":1E-7}' }],
  ['{"s":"first","s":"second"}', { s: "first", rescued: '{"s":"second"}' }],
  ['{"big":"junk","big":2,"big":3.0}', { rescued: '{"big":["junk",2,3.0]}' }],
  ['{"S":"other case"}', { rescued: '{"S":"other case"}' }],
  [
    '{"st":{"S":"other case","d":1.5}}',
    { st: "{'d': 1.500000000000000000, 's': NULL}", rescued: '{"st":{"S":"other case"}}' },
  ],
  ['{"st":{"s":"a","s":"b"}}', { st: "{'d': NULL, 's': a}", rescued: '{"st":{"s":"b"}}' }],
];

test("each value is its type's or rescued, with every digit as in the file", async () => {
  const found = await readLines(LINES.map(([json]) => json));
  expect(LINES.map(([json], i) => [json, found[i]])).toEqual(LINES);
});

// ---- any document against a reading of its own

type Value = { n: string } | { t: string } | { b: boolean } | null | readonly Value[] | Fields;
interface Fields {
  readonly fields: readonly (readonly [string, Value])[];
}

const number = fc.oneof(
  fc.tuple(fc.bigInt(-(10n ** 24n), 10n ** 24n), fc.stringMatching(/^([.][0-9]{1,12})?$/)).map(([i, f]) => `${i}${f}`),
  fc.constantFrom(
    "0",
    "1.10",
    "-2.50",
    "1e2",
    "1e22",
    "1e-7",
    "0.000001",
    "1E-7",
    "0.1",
    "12.00",
    "9007199254740993",
    "100000000000000000000.5",
  ),
);
const words = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('": 1.5,', "[2.50", "\uFDD0", "\uFDD01.5", "a\\", '"', '{"x":1.0}', "é😀", ": 1.10"),
);
const name = fc.constantFrom("a", "b", "A", "c", "x y", 'q"', "d/e", "~f", "");
const arbitrary = fc.letrec<{ value: Value; fields: Fields }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    number.map((n) => ({ n })),
    words.map((w) => ({ t: w })),
    fc.boolean().map((b) => ({ b })),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("fields"),
  ),
  fields: fc.array(fc.tuple(name, tie("value")), { maxLength: 5 }).map((fields) => ({ fields })),
}));

const isFields = (value: Value): value is Fields => value !== null && typeof value === "object" && "fields" in value;
const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** `gap`: what stands between the parts, a space in files of Python. */
function print(value: Value, gap = ""): string {
  const list = (parts: readonly string[]) => parts.join(`,${gap}`);
  if (value === null) return "null";
  if (isList(value)) return `[${list(value.map((one) => print(one, gap)))}]`;
  if (isFields(value)) {
    return `{${list(value.fields.map(([k, v]) => `${JSON.stringify(k)}:${gap}${print(v, gap)}`))}}`;
  }
  return "n" in value ? value.n : JSON.stringify("t" in value ? value.t : value.b);
}

/** Numbers as texts of their own kind, so that every digit is compared; `undefined` where a key comes twice. */
function exactly(json: string): unknown {
  const marked = json.replace(/"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*/g, (token) =>
    token.startsWith('"') ? `"t${token.slice(1)}` : `"n${token}"`,
  );
  return JSON.parse(marked);
}

/** The declared shape: `a` is a struct of a map and a list of structs. */
const shape = {
  id: t.int(),
  a: t
    .struct({
      a: t.string().nullable(),
      b: t.map(t.string(), t.struct({ a: t.string().nullable() })).nullable(),
      c: t.array(t.struct({ b: t.variant().nullable() })).nullable(),
    })
    .nullable(),
  b: t.variant().nullable(),
};

type Undeclared = Record<string, unknown> | unknown[] | undefined;

/** What is not declared, by our own reading. */
function struct(value: Value, known: Record<string, (value: Value) => { fits: boolean; rest?: unknown }>) {
  if (value === null) return { fits: true };
  if (!isFields(value)) return { fits: false };
  const seen = new Set<string>();
  const rest = new Map<string, unknown[]>();
  let fits = true;
  const add = (key: string, more: unknown) => rest.set(key, [...(rest.get(key) ?? []), more]);
  const own: [string, unknown][] = [];
  for (const [key, inner] of value.fields) {
    const read = Object.hasOwn(known, key) ? known[key] : undefined;
    if (!read || seen.has(key)) own.push([key, exactly(print(inner))]);
    seen.add(key);
  }
  for (const key of Object.keys(known)) {
    const first = value.fields.find(([k]) => k === key);
    const read = first ? known[key]?.(first[1]) : undefined;
    if (read && !read.fits) fits = false;
    if (read?.rest !== undefined) add(key, read.rest);
  }
  for (const [key, more] of own) add(key, more);
  const entries = [...rest].map(([key, values]) => [`t${key}`, values.length === 1 ? values[0] : values] as const);
  return { fits, ...(entries.length > 0 && { rest: Object.fromEntries(entries) }) };
}

const anything = (): { fits: boolean } => ({ fits: true });

function list(value: Value, read: (value: Value) => { fits: boolean; rest?: unknown }) {
  if (value === null) return { fits: true };
  if (!isList(value)) return { fits: false };
  const all = value.map(read);
  const some = all.some((one) => one.rest !== undefined);
  return { fits: all.every((one) => one.fits), ...(some && { rest: all.map((one) => one.rest ?? null) }) };
}

function map(value: Value, read: (value: Value) => { fits: boolean; rest?: unknown }) {
  if (value === null) return { fits: true };
  if (!isFields(value)) return { fits: false };
  const keys = value.fields.map(([key]) => key);
  const all = value.fields.map(([key, inner]) => [key, read(inner)] as const);
  const rest = all.flatMap(([key, one]) => (one.rest === undefined ? [] : [[`t${key}`, one.rest] as const]));
  const fits = new Set(keys).size === keys.length && all.every(([, one]) => one.fits);
  return { fits, ...(rest.length > 0 && { rest: Object.fromEntries(rest) }) };
}

function undeclaredOf(document: Fields): Undeclared {
  const a = (value: Value) => {
    const inner = struct(value, {
      a: anything,
      b: (m) => map(m, (v) => struct(v, { a: anything })),
      c: (l) => list(l, (v) => struct(v, { b: anything })),
    });
    return inner.fits ? inner : { fits: true, rest: exactly(print(value)) };
  };
  return struct(document, { id: anything, a, b: anything }).rest as Undeclared;
}

test("any document: each undeclared leaf is in _rescued_data under its path, and every digit is kept", async () => {
  const base = await folder();
  const documents = fc.sample(arbitrary.fields, { seed, numRuns: cases });
  const lines = documents.map((one, i) =>
    print({ fields: [["id", { n: String(i) }], ...one.fields] }, i % 2 === 0 ? "" : " "),
  );
  await write(base, "a.json", `${lines.join("\n")}\n`);
  await using update = await run(pipeline("p").bronze({ raw: source.json("a.json", shape) }), { baseDir: base });
  const found = await rows(update, "SELECT id, b::VARCHAR AS b, _rescued_data AS rescued FROM bronze.raw ORDER BY id");
  expect(found).toHaveLength(documents.length);
  for (const [i, one] of documents.entries()) {
    const { b, rescued } = found[i] ?? {};
    const expected = undeclaredOf({ fields: [["id", { n: String(i) }], ...one.fields] });
    const first = one.fields.find(([key]) => key === "b")?.[1] ?? null;
    expect({ line: lines[i], rest: rescued === null ? undefined : exactly(String(rescued)) }).toEqual({
      line: lines[i],
      rest: expected,
    });
    expect(b === null ? null : exactly(String(b))).toEqual(first === null ? null : exactly(print(first)));
  }
});

test("values that became null, and a column that the files do not have, are warnings, once per update", async () => {
  const base = await folder();
  await write(base, "s/1.csv", 'id,amount,note\n1,"10,50",a\n2,"20,00",b\n3,7.5,\n');
  await write(base, "j/1.json", '{"id":1,"amuont":1}\n{"id":2,"amuont":2}\n');
  await write(base, "r/1.json", '{"id":1,"quantity":1}\n{"id":2,"quantity":2}\n');
  await write(base, "m/1.json", '{"id":1,"a":0,"b":0,"total_amount":1}\n{"id":2,"a":0,"b":0,"total_amount":2}\n');
  await write(base, "h/1.csv", "id,Amount,extra\n1,,x\n2,,y\n");
  await write(base, "e/1.json", '{"id":1,"extra":1}\n{"id":2}\n');
  // Of these the files have the column, and it is null in every row.
  const alike = '{"id":1,"amuont":1,"in":{"amount":1}}\n{"id":2,"amuont":2,"am\\u006funt":null}\n';
  await write(base, "l/1.json", alike);
  await write(base, "l/nested.json", '{"id":1,"amuont":1,"in":{"amount":1}}\n');
  await write(base, "y/1.json", `[${alike.trim().replace("\n", ",")}]`);
  await write(base, "n/1.json", '{"amount":null,"amuont":1,"id":null}\n');
  const maker = await Warehouse.open(":memory:");
  const parquet = "SELECT 1 AS id, {'amount': 1} AS st, 2 AS amuont";
  await maker.main.exec(
    `COPY (${parquet}, NULL::VARCHAR AS amount) TO '${base}/q.parquet'; COPY (${parquet}) TO '${base}/w.parquet'`,
  );
  await maker.close();
  const columns = { id: t.int(), amount: t.decimal(10, 2).nullable() };
  const p = pipeline("p").bronze({
    s: source.csv("s/*.csv", { ...columns, note: t.string().nullable() }),
    j: source.json("j/*.json", columns),
    r: source.json("r/*.json", columns),
    m: source.json("m/*.json", columns),
    e: source.json("e/*.json", columns),
    h: source.csv("h/*.csv", columns),
    l: source.json("l/1.json", columns),
    nested: source.json("l/nested.json", columns),
    y: source.json("y/*.json", columns, { layout: "array" }),
    n: source.json("n/*.json", { ...columns, id: t.int().nullable() }),
    q: source.parquet("q.parquet", columns),
    w: source.parquet("w.parquet", columns),
  });
  const warned = async () => {
    await using update = await run(p, { warehouse: `${base}/w.duckdb`, baseDir: base });
    return update.warnings.map(({ table: name, code, message }) => `${name} ${code} ${message}`).toSorted();
  };
  expect(await warned()).toEqual([
    `j SRC013 none of the 2 rows has a value for "amount", and the files have "amuont", which is not declared: is it called so there?`,
    `m SRC013 none of the 2 rows has a value for "amount", and the files have "total_amount", "a", "b", which are not declared: is it one of them?`,
    `nested SRC013 none of the 1 rows has a value for "amount", and the files have "amuont", which is not declared: is it called so there?`,
    `r SRC013 none of the 2 rows has a value for "amount", and the files have "quantity", which is not declared: is it called so there?`,
    `s SRC012 2 of 3 values of "amount" could not be read as DECIMAL(10,2): they are null, and what the files have is in _rescued_data`,
    `w SRC013 none of the 1 rows has a value for "amount", and the files have "amuont", which is not declared: is it called so there?`,
  ]);
  expect(await warned()).toEqual([]);
  await write(base, "s/2.csv", "id,amount,note\n4,x,\n5,1.0,\n");
  expect(await warned()).toEqual([expect.stringMatching(/^s SRC012 1 of 2 values/)]);
});
