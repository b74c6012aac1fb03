/** Text files as they come: what is a row, what is quarantined and why, and that nothing is neither. */
import { gzipSync } from "node:zlib";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "../support.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");
const text = t.string().nullable();

/** The rows of a table and what is quarantined of it, as `file: reason | row`. */
async function read(
  files: Readonly<Record<string, string | Buffer>>,
  columns: Parameters<typeof source.csv>[1],
  options: Parameters<typeof source.csv>[2] & Parameters<typeof source.json>[2] = {},
): Promise<{ rows: unknown[][]; quarantined: string[] }> {
  const base = await folder();
  for (const [name, contents] of Object.entries(files)) await write(base, `in/${name}`, contents);
  const isJson = Object.keys(files).every((name) => name.includes(".json"));
  const { layout, ...csv } = options;
  const raw = isJson ? source.json("in/*", columns, layout ? { layout } : {}) : source.csv("in/*", columns, csv);
  await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base });
  const names = Object.keys(columns).join(", ");
  const good = await rows(update, `SELECT ${names} FROM bronze.raw ORDER BY ALL`);
  const bad = await rows(
    update,
    `SELECT _source[4:] || ': ' || _reason || ' | ' || coalesce(_row, '-') AS line FROM bronze.raw_quarantine ORDER BY 1`,
  );
  expect(table(update, "raw")).toMatchObject({
    status: "completed",
    rowsRead: good.length + bad.length,
    rowsWritten: good.length,
    rowsQuarantined: bad.length,
  });
  return { rows: good.map((row) => Object.values(row)), quarantined: bad.map((row) => String(row["line"])) };
}

test("a delimiter at the end is one value more, whatever the other lines of the file are", async () => {
  const { rows: good, quarantined } = await read(
    {
      "1.csv": "id,city\n1,Bern,\n2,Basel,\n",
      "2.csv": 'id,city\n3,Bern,\n4,"open,\n5,ok\n',
      "3.csv": 'id,city\n9,Bern,""\n10,Basel, \n11\n12,a,,\n',
    },
    { id: t.bigint(), city: text },
  );
  expect(good).toEqual([[5, "ok"]]);
  expect(quarantined).toEqual([
    "1.csv: line 2 has 3 values, 2 expected | 1,Bern,",
    "1.csv: line 3 has 3 values, 2 expected | 2,Basel,",
    "2.csv: line 2 has 3 values, 2 expected | 3,Bern,",
    '2.csv: line 3 has a quote that is never closed | 4,"open,',
    '3.csv: line 2 has 3 values, 2 expected | 9,Bern,""',
    "3.csv: line 3 has 3 values, 2 expected | 10,Basel, ",
    "3.csv: line 4 has 1 value, 2 expected | 11",
    "3.csv: line 5 has 4 values, 2 expected | 12,a,,",
  ]);
});

test("the header names the columns: in any order and case, some or more of them, behind a mark and blank lines", async () => {
  const base = await folder();
  const files: Readonly<Record<string, string>> = {
    "1": "name,age,city\nBob,31,Oslo\n",
    "2-order": "age,name,city\n54,Sam,Rome\n",
    "3-fewer": "name,age\nAnn,20\n",
    "4-more": "name,age,city,zip\nEve,40,Bonn,53111\n",
    "5-case": "Name,AGE,City\nUma,50,Lima\n",
    "6-both-cases": "NAME,name,age,city\nupper,lower,60,Kyiv\n",
    "7-trailing": "name,age,city,\nTrail,4,Nice,\n",
    "8-mark": "\uFEFFname,age,city\nBom,6,Graz\n",
    "9-empty": "",
    "a-header-only": "name,age,city\n",
    "b-blank-lines": "\n\nname,age,city\nBlank,7,Lodz\n\n",
    "c-quoted": '"name", age ,city\nSp,8,Pisa\n',
    "d-semicolon": "name;age;city\nSemi;9;Wien\n",
    "e-row-trailing": "name,age,city\nRow,5,Metz,\n",
  };
  for (const [name, contents] of Object.entries(files)) await write(base, `in/${name}.csv`, contents);
  const raw = source.csv("in/*.csv", { name: t.string(), age: t.int().nullable(), city: text });
  await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base });
  const good = await rows(update, "SELECT name, age, city, _rescued_data FROM bronze.raw ORDER BY _source_file");
  expect(good.map((row) => Object.values(row))).toEqual([
    ["Bob", 31, "Oslo", null],
    ["Sam", 54, "Rome", null],
    ["Ann", 20, null, null],
    ["Eve", 40, "Bonn", '{"zip":"53111"}'],
    ["Uma", 50, "Lima", null],
    ["lower", 60, "Kyiv", '{"NAME":"upper"}'],
    ["Trail", 4, "Nice", null],
    ["Bom", 6, "Graz", null],
    ["Blank", 7, "Lodz", null],
    ["Sp", 8, "Pisa", null],
  ]);
  expect(await rows(update, "SELECT _source, _reason FROM bronze.raw_quarantine ORDER BY 1")).toEqual([
    { _source: "in/d-semicolon.csv", _reason: "name is missing" },
    { _source: "in/e-row-trailing.csv", _reason: "line 2 has 4 values, 3 expected" },
  ]);
});

test("nothing, nothing in quotes, blanks and words for null, for texts and numbers", async () => {
  const csv = [
    ["empty", "", ""],
    ["quoted empty", '""', '""'],
    ["blank", " ", " "],
    ["NA", "NA", "NA"],
    ["quoted NA", '"NA"', '"NA"'],
    ["null", "null", "NULL"],
    ["dash", "-", "-"],
    ["zero", "0", "0"],
    ["padded NA", " NA ", " NA "],
  ];
  const file = { "a.csv": `k,s,n\n${csv.map((row) => row.join(",")).join("\n")}\n` };
  const some = { k: t.string(), s: text, n: t.int().nullable() };
  expect((await read(file, some)).rows).toEqual([
    ["NA", "NA", null],
    ["blank", " ", null],
    ["dash", "-", null],
    ["empty", null, null],
    ["null", "null", null],
    ["padded NA", " NA ", null],
    ["quoted NA", "NA", null],
    ["quoted empty", "", null],
    ["zero", "0", 0],
  ]);
  const told = await read(file, some, { nullValues: ["NA", "-", "0", " "] });
  expect(told.rows).toEqual([
    ["blank", null, null],
    ["dash", null, null],
    ["empty", null, null],
    ["null", "null", null],
    ["padded NA", " NA ", null],
    ["quoted NA", null, null],
    ["quoted empty", "", null],
    ["zero", null, null],
  ]);
  expect(told.quarantined).toHaveLength(1);
  const all = await read(file, { k: t.string(), s: t.string(), n: t.int() }, { nullValues: ["NA"] });
  expect(all.rows).toEqual([["zero", "0", 0]]);
  expect(all.quarantined).toContain('a.csv: n: "-" is not an INT | {"k":"dash","s":"-","n":"-"}');
});

test("quotes as RFC 4180 has them", async () => {
  const csv = [
    "id,note,n",
    '1,"say ""hi"", ok",10',
    '2,"two\nlines",20',
    '3,"ends with \\",30',
    '4,"a \\"" b",40',
    '6,"",60',
    "7,,70",
    '8," padded ",80',
    '9,5" pipe,90',
    '10,"unclosed,100',
    "11,fine,110",
    '12, "blanks, before" ,120',
  ];
  const { rows: good, quarantined } = await read(
    { "a.csv": `${csv.join("\n")}\n` },
    { id: t.bigint(), note: t.string() },
  );
  expect(good).toEqual([
    [1, 'say "hi", ok'],
    [2, "two\nlines"],
    [3, "ends with \\"],
    [4, 'a \\" b'],
    [6, ""],
    [8, " padded "],
    [9, '5" pipe'],
    [11, "fine"],
    [12, "blanks, before"],
  ]);
  expect(quarantined).toEqual([
    'a.csv: line 11 has a quote that is never closed | 10,"unclosed,100',
    'a.csv: note is missing | {"id":"7","note":null,"n":"70"}',
  ]);
});

test("JSON is what a strict parser takes", async () => {
  const lenient = [
    '{"k":"a",}',
    '{"k":"b","x":NaN}',
    '{"k":"c","u":[-Infinity]}',
    '{"k":"d","s":[1, ]}',
    '{"k":"e","x":nan}',
    // Of a long line the pattern is left out where no value is a fraction.
    ...["NaN", "[NaN]", "-inf"].map((value) => `{"k":"${"f".repeat(2000)}","u":${value}}`),
  ];
  const strict = ['{"k":"NaN, ,]"}', '{"k":"\\"nan,}"}', '  {"k":"inf","x":0.5}'];
  const { rows: good, quarantined } = await read(
    { "a.json": [...lenient, "   ", ...strict, ""].join("\n") },
    { k: t.string(), x: t.double().nullable() },
  );
  expect(good).toEqual([
    ['"nan,}', null],
    ["NaN, ,]", null],
    ["inf", 0.5],
  ]);
  expect(quarantined).toEqual(lenient.map((line) => `a.json: not JSON | ${line}`).sort());
});

test("bytes that are no UTF-8: the line keeps its letters, a UTF-16 file is told as one", async () => {
  const utf16 = Buffer.from("id,v\n1,a\n2,b\n", "utf16le");
  const { rows: good, quarantined } = await read(
    {
      "1.csv": latin1("id,v\n1,Z\xfcrich\n2,Bern\n"),
      "2.csv": Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
      "3.csv": utf16,
      "4.csv.gz": gzipSync("\uFEFFid,v\n3,Zürich\n"),
    },
    { id: t.bigint(), v: text },
  );
  expect(good).toEqual([
    [2, "Bern"],
    [3, "Zürich"],
  ]);
  expect(quarantined).toEqual([
    '1.csv: line 2 is not valid UTF-8: declare the encoding of the file, such as { encoding: "windows-1252" } | 1,Z\uFFFDrich',
    "2.csv: the file cannot be read: it is UTF-16, not UTF-8 | -",
    "3.csv: the file cannot be read: it is UTF-16, not UTF-8 | -",
  ]);
});

test.each(["|", "\t", "\u0001", " ", "\\", "¦", "§", "😀"])(
  "the delimiter %j, in files with and without a flaw",
  async (d) => {
    const { rows: good, quarantined } = await read(
      { "1.csv": `id${d}v\n1${d}a\n`, "2.csv": `id${d}v\n2${d}"x${d}y"\n3${d}"open\n4${d}"x"y\n5${d}b,c\n` },
      { id: t.bigint(), v: text },
      { delimiter: d },
    );
    expect(good).toEqual([
      [1, "a"],
      [2, `x${d}y`],
      [5, "b,c"],
    ]);
    expect(quarantined).toEqual([
      `2.csv: line 3 has a quote that is never closed | 3${d}"open`,
      `2.csv: line 4 has a quote in the wrong place | 4${d}"x"y`,
    ]);
  },
);

test("line ends of every kind, alone and mixed, outside and inside of quotes", async () => {
  const { rows: good, quarantined } = await read(
    {
      "01.csv": "id,v\r1,a\r2,b\r",
      "02.csv": "id,v\r\n3,a\r\n4,b",
      "03.csv": "id,v\r\n5,a\n6,b\n",
      "04.csv": "id,v\n7,a\r\n8,b\n",
      "05.csv": 'id,v\n9,"a\r\nb"\n10,"c\rd"\n',
      "06.csv": 'id,v\r\n11,"e\nf"\r\n',
      "07.csv": "id,v\n\n12,a\n\n13,b\n   \n",
      "08.csv": "id,v\n14,a\r15,b\n16,c\0\n",
    },
    { id: t.bigint(), v: text },
  );
  const values = ["a", "b", "a", "b", "a", "b", "a", "b", "a\r\nb", "c\rd", "e\nf", "a", "b", "a", "b", "c\0"];
  expect(good).toEqual(values.map((v, i) => [i + 1, v]));
  expect(quarantined).toEqual(["07.csv: line 6 has 1 value, 2 expected |    "]);
});

test("blank lines are no rows, in a file of one column as in any other", async () => {
  const { rows: good, quarantined } = await read(
    { "1.csv": "v\na\n\nb\n\n\n", "2.csv": "v\r\na\r\n\r\nb\r\n", "3.csv": '"v"\n\n', "4.csv": 'v\na\n\n"open\nb\n' },
    { v: text },
  );
  expect(good).toEqual([["a"], ["a"], ["a"], ["b"], ["b"], ["b"]]);
  expect(quarantined).toEqual(['4.csv: line 4 has a quote that is never closed | "open']);
});

test("two tables that read broken files side by side keep their lines apart", async () => {
  const base = await folder();
  const [files, lines] = [12, 300];
  for (let file = 0; file < files; file++) {
    const broken = `${file}\n`;
    const good = Array.from({ length: lines - 1 }, (_, i) => `${i},n\n`).join("");
    for (const name of ["a", "b"]) await write(base, `${name}/${file}.csv`, `id,name\n${broken}${good}`);
  }
  // Among many files, an open quote swallows the rest of its file in DuckDB's own reader.
  await write(base, "a/open.csv", `id,v\n1,"open\n${"2,x\n".repeat(1000)}`);
  const columns = { id: t.bigint(), name: text };
  const p = pipeline("p").bronze({ a: source.csv("a/*.csv", columns), b: source.csv("b/*.csv", columns) });
  await using update = await run(p, { baseDir: base });
  expect(table(update, "a")).toMatchObject({ rowsRead: files * lines + 1001, rowsQuarantined: files + 1 });
  expect(table(update, "b")).toMatchObject({ rowsRead: files * lines, rowsQuarantined: files });
  for (const name of ["a", "b"]) {
    const foreign = `SELECT count(*) AS n FROM bronze.${name}_quarantine WHERE _row <> regexp_extract(_source, '/([0-9]+)', 1) AND _source NOT LIKE '%open%'`;
    expect(await rows(update, foreign)).toEqual([{ n: 0 }]);
  }
});

test("what exceeds a limit is quarantined: depth, columns, the header, the length of a line", {
  timeout: 120_000,
}, async () => {
  const base = await folder();
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const objects = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;
  await write(base, "json/1.json", `{"id":1,"x":${deep}}\n{"id":2}\n{"id":3,"u":${objects}}\n`);
  await write(base, "array/1.json", `[{"id":1,"x":${deep}},{"id":2}]`);
  await write(base, "variant/1.csv", `id,x\n1,${deep}\n2,"${objects.replaceAll('"', '""')}"\n3,[1]\n`);
  const long = "x".repeat(36 << 20);
  await write(base, "long/1.csv", `id,x\n1,a\n2,${long}\n3,"open\n4,b\n`);
  await write(base, "long/2.csv", `id,x\n5,"open\n${`6,${"y".repeat(1000)}\n`.repeat(36 << 10)}`);
  await write(base, "wide/1.csv", `${Array.from({ length: 30_000 }, (_, i) => `c${i}`).join()}\n1\n`);
  await write(base, "wide/2.csv", `${"x".repeat(2 << 20)},id\n1,2\n`);
  const variant = { id: t.bigint(), x: t.variant().nullable() };
  const p = pipeline("p").bronze({
    json: source.json("json/*", variant),
    array: source.json("array/*", { id: t.bigint() }, { layout: "array" }),
    variant: source.csv("variant/*", variant),
    long: source.csv("long/*", { id: t.bigint(), x: text }),
    wide: source.csv("wide/*", { id: t.bigint() }),
  });
  await using update = await run(p, { baseDir: base });
  const reasons = async (name: string) =>
    (await rows(update, `SELECT _reason AS r FROM bronze.${name}_quarantine ORDER BY 1`)).map((row) => row["r"]);
  expect(await reasons("json")).toEqual([
    "line 1 is nested more than 1000 deep",
    "line 3 is nested more than 1000 deep",
  ]);
  expect(await reasons("array")).toEqual(["element 1 is nested more than 1000 deep"]);
  expect(await reasons("variant")).toEqual(
    [2, 3].map((n) => `line ${n} has a value that is nested more than 1000 deep`),
  );
  const tooLong = "is 37748739 bytes long, at most 33554432 are read: only its start is kept here";
  expect(await reasons("long")).toEqual([
    "line 2 has a quote that is never closed",
    `line 3 ${tooLong}`,
    "line 4 has a quote that is never closed",
  ]);
  expect(table(update, "long")).toMatchObject({ rowsRead: 5 + (36 << 10), rowsQuarantined: 3 });
  expect(await reasons("wide")).toEqual([
    "the file cannot be read: its header does not end within 1048576 bytes",
    "the file cannot be read: its header has 30000 columns, at most 20480 are read",
  ]);
  expect(update.tables.map((one) => one.rowsWritten)).toEqual([1, 1, 1, 2 + (36 << 10), 0]);
});

test("a record that begins with the character of a byte order mark keeps it, among broken ones as well", async () => {
  const files = { "1.csv": "\uFEFFa,b\n\uFEFF,1\nbroken\n\uFEFFx,2\n", "2.csv": "a,b\n\uFEFF,3\n" };
  expect(await read(files, { a: text, b: text })).toEqual({
    rows: [
      ["\uFEFF", "1"],
      ["\uFEFF", "3"],
      ["\uFEFFx", "2"],
    ],
    quarantined: ["1.csv: line 3 has 1 value, 2 expected | broken"],
  });
});

test("a delimiter is one character that nothing else in a line is written with", () => {
  for (const delimiter of ['"', "\n", "\r", "", "ab"]) {
    expect(() => source.csv("in/*", { a: text }, { delimiter })).toThrow(expect.objectContaining({ code: "SRC002" }));
  }
});
