/** Files that are not what their name or their source says: each is read, or refused with a reason that helps. */
import { appendFile, readFile } from "node:fs/promises";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { listFiles } from "../../../src/engines/duckdb/files/files.ts";
import { stageSource } from "../../../src/engines/duckdb/ingest/stage.ts";
import { Session } from "../../../src/engines/duckdb/warehouse/session.ts";
import { folder, rows, table, write } from "../support.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");
const utf16 = (text: string) => Buffer.from(text, "utf16le");
const id = t.bigint().nullable();
const text = t.string().nullable();

type Files = Readonly<Record<string, string | Buffer>>;

/** What the table and its quarantine hold, as `file: what`. */
async function read(files: Files, raw: ReturnType<typeof source.csv>, select = "id") {
  const base = await folder();
  for (const [name, contents] of Object.entries(files)) await write(base, `in/${name}`, contents);
  await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base });
  const good = await rows(update, `SELECT _source_file[4:] AS file, ${select} AS v FROM bronze.raw ORDER BY ALL`);
  const bad = await rows(
    update,
    "SELECT _source[4:] AS file, replace(_reason, 'the file cannot be read: ', '') AS reason, _row AS raw FROM bronze.raw_quarantine ORDER BY ALL",
  );
  expect(table(update, "raw")).toMatchObject({
    status: "completed",
    rowsRead: good.length + bad.length,
    rowsWritten: good.length,
    rowsQuarantined: bad.length,
  });
  const line = (row: Readonly<Record<string, unknown>>, ...names: string[]) =>
    [row["file"], ...names.map((name) => row[name] ?? "-")].join(": ");
  return { rows: good.map((r) => line(r, "v")), quarantined: bad.map((r) => line(r, "reason", "raw")) };
}

const cities = "id,städt\n1,Zürich\n2,Genève\n";
const named = (encoding?: "utf-16" | "utf-16le" | "utf-16be" | "iso-8859-1" | "windows-1252") =>
  source.csv("in/*", { id, städt: text }, encoding ? { encoding } : {});

test("files that are not UTF-8 are told as such where no encoding is given", async () => {
  const found = await read(
    {
      "bom.csv": `\uFEFF${cities}`,
      "latin1.csv": latin1(cities),
      "line.csv": Buffer.concat([Buffer.from("id,städt\n1,ok\n"), latin1("2,b\xe9d\n")]),
      "utf16.csv": utf16(`\uFEFF${cities}`),
      "utf16-bare.csv": utf16(cities),
      "z.csv.gz": gzipSync(cities),
    },
    named(),
    "concat(id, ' ', städt)",
  );
  expect(found).toEqual({
    rows: ["bom.csv: 1 Zürich", "bom.csv: 2 Genève", "line.csv: 1 ok", "z.csv.gz: 1 Zürich", "z.csv.gz: 2 Genève"],
    quarantined: [
      'latin1.csv: its header is not valid UTF-8: declare the encoding of the file, such as { encoding: "windows-1252" }: -',
      'line.csv: line 3 is not valid UTF-8: declare the encoding of the file, such as { encoding: "windows-1252" }: 2,b\uFFFDd',
      "utf16-bare.csv: it is UTF-16, not UTF-8: -",
      "utf16.csv: it is UTF-16, not UTF-8: -",
    ],
  });
});

test("files of a declared encoding are decoded, whole or packed, and others are told", async () => {
  const both = ["1 Zürich", "2 Genève"];
  const select = "concat(id, ' ', städt)";
  const wide = await read(
    {
      "be.csv": utf16(`\uFEFF${cities}`).swap16(),
      "le.csv.gz": gzipSync(utf16(`\uFEFF${cities}`)),
      "bare.csv": utf16(cities),
    },
    named("utf-16"),
    select,
  );
  expect(wide.rows).toEqual([...both.map((v) => `be.csv: ${v}`), ...both.map((v) => `le.csv.gz: ${v}`)]);
  expect(wide.quarantined).toEqual([
    "bare.csv: it has no byte order mark: give the encoding as utf-16le or utf-16be: -",
  ]);
  const little = await read(
    {
      "a.csv": utf16(cities),
      "ascii.csv": "id,name\n1,x\n",
      "be.csv": utf16(`\uFEFF${cities}`).swap16(),
      "be-bare.csv": utf16(cities).swap16(),
      "bad.csv": utf16("id,städt\n3,a\uD800b\n4,c\n"),
    },
    named("utf-16le"),
    select,
  );
  expect(little.rows).toEqual([...both.map((v) => `a.csv: ${v}`), "bad.csv: 4 c"]);
  expect(little.quarantined).toEqual([
    "ascii.csv: it is not UTF-16LE: -",
    "bad.csv: line 2 is not valid UTF-16LE: declare the encoding of the file: 3,a\uFFFDb",
    "be-bare.csv: it is UTF-16BE, not UTF-16LE: -",
    "be.csv: it is UTF-16BE, not UTF-16LE: -",
  ]);
  const windows = await read(
    { "a.csv": latin1('id,st\xe4dt\n1,\x80 5\n2,\x81\n3,"a\nb"\n4,"open\n'), "utf8.csv": `\uFEFF${cities}` },
    named("windows-1252"),
    select,
  );
  expect(windows.rows).toEqual(["a.csv: 1 € 5", "a.csv: 3 a\nb"]);
  expect(windows.quarantined).toEqual([
    "a.csv: line 3 is not valid windows-1252: declare the encoding of the file: 2,\uFFFD",
    'a.csv: line 6 has a quote that is never closed: 4,"open',
    "utf8.csv: it is UTF-8, not windows-1252: -",
  ]);
  const json = { id, s: text };
  const lines = { "a.json": latin1('{"id":1,"s":"\xfc"}\n{"id":2,}\n') };
  expect(await read(lines, source.json("in/*", json, { encoding: "iso-8859-1" }), "s")).toEqual({
    rows: ["a.json: ü"],
    quarantined: ['a.json: not JSON: {"id":2,}'],
  });
  const array = { "a.json": utf16('\uFEFF[{"id":1,"s":"ü"},{"id":2,"s":"😀"}]') };
  expect((await read(array, source.json("in/*", json, { encoding: "utf-16", layout: "array" }), "s")).rows).toEqual([
    "a.json: ü",
    "a.json: 😀",
  ]);
});

test("a JSON array among files of lines is refused as a whole, with the option that reads it; a line that is one is a line", async () => {
  const two = '{"id":1},\n{"id":2}';
  const files = {
    "array.json": `[${two}]`,
    "bom.json": `\uFEFF [\n${two}\n]\n`,
    "bracket.json": "[\n",
    "deep.json": '[{"id":1,"s":"]\\"]\n"}, {"id":2}]\n\n',
    "gz.json.gz": gzipSync(`[${two}]`),
    "lines.json": '[{"id":1}]\n{"id":2}\n',
    "log.json": '[2024] {"id":1}\n{"id":3}\n',
    "one.json": '[{"id":1},{"id":2}]',
  };
  const { rows: good, quarantined } = await read(files, source.json("in/*", { id }));
  expect(good).toEqual(["lines.json: 2", "log.json: 3"]);
  const why = 'it is one JSON array and not an object per line: give the source the option layout: "array": -';
  expect(quarantined.filter((one) => one.endsWith(why)).map((one) => one.split(":")[0])).toEqual([
    "array.json",
    "bom.json",
    "bracket.json",
    "deep.json",
    "gz.json.gz",
    "one.json",
  ]);
  expect(quarantined).toContain('lines.json: not a JSON object: [{"id":1}]');
  const wide = { "a.json": utf16(`\uFEFF[${two}]`) };
  expect((await read(wide, source.json("in/*", { id }, { encoding: "utf-16" }))).quarantined).toEqual([
    `a.json: ${why}`,
  ]);
  const { "bracket.json": _, "lines.json": __, "log.json": ___, ...arrays } = files;
  const all = await read(arrays, source.json("in/*", { id }, { layout: "array" }));
  expect(all).toMatchObject({ quarantined: [], rows: { length: 10 } });
});

test("archives in archives, under other names or of other kinds are refused, not read as text", async () => {
  const csv = "id,b\n1,x\n";
  const gzip = "it is a gzip archive: its name has to end with .gz, and it is unpacked once";
  const skipped = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]), Buffer.from("abcd")]);
  const found = await read(
    {
      "1.csv": gzipSync(csv),
      "2.csv.gz": gzipSync(gzipSync(csv)),
      "3.csv.GZ": gzipSync(csv),
      "4.csv": zstdCompressSync(csv),
      "5.csv.bz2": latin1("BZh91AY&SY\0\0"),
      "6.csv": latin1("PK\x03\x04\0\0"),
      "7.csv.gz": csv,
      "8.csv.gz": Buffer.concat([gzipSync(csv), Buffer.from("garbage")]),
      "9.csv.gz": Buffer.concat([gzipSync("id,b\n9,x\n"), gzipSync("10,y\n"), Buffer.alloc(512)]),
      "a.csv.zst": Buffer.concat([skipped, zstdCompressSync("id,b\n11,x\n"), skipped, zstdCompressSync("12,y\n")]),
    },
    source.csv("in/*", { id, b: text }),
  );
  expect(found).toEqual({
    rows: ["9.csv.gz: 9", "9.csv.gz: 10", "a.csv.zst: 11", "a.csv.zst: 12"],
    quarantined: [
      `1.csv: ${gzip}: -`,
      `2.csv.gz: ${gzip}: -`,
      `3.csv.GZ: ${gzip}: -`,
      "4.csv: it is a zstd archive: its name has to end with .zst, and it is unpacked once: -",
      "5.csv.bz2: it is a bzip2 archive: pack it with gzip or zstd: -",
      "6.csv: it is a ZIP archive or an Excel file: deliver the files in it: -",
      "7.csv.gz: the archive is damaged: incorrect header check: -",
      "8.csv.gz: the archive is damaged: incorrect header check: -",
    ],
  });
});

test("JSON may stand between blanks of every kind, and a line of them is blank, whatever the other lines are", async () => {
  const found = await read(
    { "1.json": '\t{"id":1}\t\r\n \t \r\n', "2.json": '\t{"id":2}\n\t\n{"id":3}\r{"id":4\n' },
    source.json("in/*", { id }),
  );
  expect(found).toEqual({ rows: ["1.json: 1", "2.json: 2", "2.json: 3"], quarantined: ['2.json: not JSON: {"id":4'] });
});

/** `{"a":{"a":…1…}}` */
const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const brackets = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("JSON that nests too deep is null where a table parses it, and never ends the process", async () => {
  const base = await folder();
  const many = Array(3000).fill('{"q":[1]}').join(",");
  const docs = [
    deep(200_000),
    `{"a":1,"x":${brackets(999)}}`,
    `{"a":2,"x":${brackets(1000)}}`,
    `{"a":3,"x":[${many}]}`,
    `{"a":4,"x":[${many},${brackets(998)}]}`,
    `{"a":5,"x":[${many},${brackets(999)}]}`,
  ];
  await write(base, "docs.csv", `n,doc\n${docs.map((d, i) => `${i},"${d.replaceAll('"', '""')}"\n`).join("")}`);
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(
    `COPY (SELECT n, doc, doc::JSON AS json FROM read_csv('${base}/docs.csv', max_line_size = 10000000)) TO '${base}/docs.parquet'`,
  );
  const columns = { n: t.bigint(), doc: t.string() };
  const p = pipeline("p")
    .bronze({ csv: source.csv("docs.csv", columns), parquet: source.parquet("docs.parquet", columns) })
    .silver(($) => ({
      of_csv: $.csv.select((r) => ({ n: r.n, a: r.doc.jsonText("$.a") })),
      of_parquet: $.parquet.select((r) => ({ n: r.n, a: r.doc.jsonText("$.a") })),
    }));
  await using update = await run(p, { baseDir: base });
  for (const name of ["of_csv", "of_parquet"]) {
    const found = await rows(update, `SELECT a FROM silver.${name} ORDER BY n`);
    expect(found.map((row) => row["a"])).toEqual([null, "1", null, "3", "4", null]);
  }
});

async function parquet(file: string, query: string): Promise<void> {
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
}

test("Parquet: what is rescued keeps its digits and nulls, JSON is text as it is to Spark, no name is the reader's own", async () => {
  const base = await folder();
  await parquet(
    `${base}/a.parquet`,
    `SELECT 1 AS id, 'x' AS "__file", 'y' AS file, '{"a": 1.10}'::JSON AS j, {'x': NULL::INT, 'y': 1.50::DECIMAL(5, 2)} AS st`,
  );
  await using update = await run(pipeline("p").bronze({ raw: source.parquet("a.parquet", { id }) }), { baseDir: base });
  expect(await rows(update, "SELECT id, _rescued_data AS r FROM bronze.raw")).toEqual([
    { id: 1, r: '{"__file":"x","file":"y","j":"{\\"a\\": 1.10}","st":{"x":null,"y":1.50}}' },
  ]);
});

test("a Parquet file whose footer counts other rows than there are is refused", async () => {
  const base = await folder();
  for (const name of ["a", "b"]) await parquet(`${base}/${name}.parquet`, "SELECT i AS id FROM range(3) t(i)");
  const bytes = await readFile(`${base}/a.parquet`);
  // In the footer: a 64-bit number, 3, which is the count of all rows where it comes first.
  const at = bytes.indexOf(Buffer.from([0x16, 6]), bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8));
  bytes[at + 1] = 10;
  await write(base, "a.parquet", bytes);
  await using update = await run(pipeline("p").bronze({ raw: source.parquet("*.parquet", { id }) }), { baseDir: base });
  expect(await rows(update, "SELECT _source_file AS file, count(*) AS n FROM bronze.raw GROUP BY ALL")).toEqual([
    { file: "b.parquet", n: 3 },
  ]);
  expect(await rows(update, "SELECT _source, _reason FROM bronze.raw_quarantine")).toEqual([
    { _source: "a.parquet", _reason: "the file cannot be read: it does not have as many rows as its footer counts" },
  ]);
});

test("a file that changes while it is read is left for the next update", async () => {
  const base = await folder();
  await write(base, "in/a.csv", "id\n1\n");
  await write(base, "in/b.csv", "id\n2\n");
  const { files } = await listFiles("in/*", base);
  await appendFile(`${base}/in/a.csv`, "3\n");
  const session = new Session(":memory:", await (await DuckDBInstance.create(":memory:")).connect());
  const node = source.csv("in/*", { id }).toNode();
  if (node.kind !== "source") throw new Error("not a source");
  const args = { source: node, files, ingestedAt: new Date(), into: "stage" };
  const { unopened, failed } = await stageSource(session, args);
  expect(failed).toEqual([]);
  expect(unopened.map(({ file, reason }) => `${file.path}: ${reason}`)).toEqual([
    "in/a.csv: it changed while it was read",
  ]);
  expect(await session.rows("SELECT id FROM stage")).toEqual([{ id: 2n }]);
});
