/** Files as they come: what Spark reads, rescues and sets aside of them is what the embedded engine does. */
import { createHash } from "node:crypto";
import { param, pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import { folder, write } from "../e2e/support.ts";
import { dropped, duckUpdate, expectSameTables, sparkProject } from "./sdp/project.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const columns = {
  id: t.int(),
  text: t.string().nullable(),
  small: t.tinyint().nullable(),
  price: t.decimal(6, 2).nullable(),
  ratio: t.double().nullable(),
  flag: t.boolean().nullable(),
  day: t.date().nullable(),
  at: t.timestamp().nullable(),
  local: t.timestampNtz().nullable(),
  bytes: t.binary().nullable(),
};

/** What the readers, Spark and DuckDB call things of their own. */
const taken = {
  row: t.int(),
  key: t.string(),
  file_path: t.string(),
  value: t.string(),
  path: t.string(),
  v: t.int(),
  type: t.string(),
};
const decoded = { id: t.int(), text: t.string().nullable() };
const salt = param.secret("salt", { scope: "governance" });

const stages = {
  id: t.int(),
  stage: t.enum(["paid", "new"]),
  note: t.enum(["a", "é'\\"]).nullable(),
};

const bronze = pipeline("files").bronze({
  stages_csv: source.csv("stages/*.csv", stages),
  stages_json: source.json("stages/*.json", stages),
  csv: source.csv("csv/*.csv", columns, { nullValues: ["NA", "'"] }),
  tabs: source.csv("tabs/*.txt", { a: t.string(), b: t.string().nullable() }, { delimiter: "\t", header: false }),
  json: source.json("json/*.json", columns),
  absent: source.csv("absent/*.csv", columns),
  order: source.json("odd/*.json", {
    "select from": t.int(),
    "it's": t.string().nullable(),
    ünï: t.array(t.int()),
  }),
  taken_json: source.json("taken/*.json", taken),
  taken_csv: source.csv("taken/*.csv", taken),
  latin: source.csv("latin/*.csv", decoded, { encoding: "iso-8859-1" }),
  latin_json: source.json("latin/*.json", decoded, { encoding: "iso-8859-1" }),
  wide: source.csv("wide/*.csv", decoded, { encoding: "utf-16le" }),
  nested: source.json("nested/*.json", {
    id: t.int(),
    o: t.struct({ a: t.int() }).nullable(),
    l: t.array(t.struct({ b: t.int() })).nullable(),
    m: t.map(t.string(), t.struct({ z: t.array(t.struct({ q: t.string() })).nullable() })).nullable(),
    ll: t.array(t.array(t.int())).nullable(),
    required: t.struct({ r: t.int() }),
    s: t.string().nullable(),
    d: t.decimal(30, 4).nullable(),
    v: t.variant().nullable(),
  }),
});
const files = bronze.silver(($) => ({
  cast_stages: $.csv
    .select((c) => ({ id: c.id, stage: c.text.tryCast(t.enum(["x", "plain"])) }))
    .where((c) => c.stage.orElse("plain").ne("x"))
    .key((c) => c.id),
  staged: $.stages_csv
    .groupBy((c) => ({ stage: c.stage, note: c.note }))
    .aggregate((c) => ({ least: c.stage.min(), rows: c.id.count() })),
  pseudonyms: $.taken_json
    .select((c) => ({ row: c.row, key: c.key.sha256(salt), file_path: c.file_path.tokenize(salt) }))
    .key((c) => c.row),
}));

const VALUES: readonly (readonly string[])[] = [
  ["1", "plain", "127", "1.005", "1.5", "true", "2024-02-29", "2024-02-29T12:00:00Z", "2024-02-29 12:00:00"],
  ["+2", "  spaced ", "128", "9999.995", "-0.0", "FALSE", "2023-02-29", "2024-01-01 24:00:00", "2024-01-01T01:02"],
  [" 3 ", "NA", "-128", "1e2", "1e400", "yes", "2024", "2024-01-01 01:02:03.123456789+02:00", "2024-01-01"],
  ["4", "'", "12.7", ".5", "NaN", "1", "2024-1-5", "2024-1-5", "2024-01-01 00:00:00Z"],
  ["5", "ünï 😀", "0x1F", "abc", "1.5d", "t", "today", "2024-01-05junk", "nope"],
  ["6", "", "", "", "", "", "", "", ""],
  ["7", "x", "1_000", "1_0", "Infinity", "True", "2024-01-05T10:00", "2024-01-01 10:00:00 Europe/Paris", "12:00"],
  // Spaces and control characters around values, and what is nearly a value.
  [
    "8",
    "x",
    "\u0001 7\u001f",
    "\v1.005",
    "\u00011.5d",
    " true ",
    "\v2024-1-5",
    "\v2024-01-05 10:11:12Z",
    "\v2024-01-05",
    "YWI",
  ],
  [
    "9",
    "x",
    "\u007f7",
    "\u001f-7",
    "+nan",
    "\ttrue",
    "2024-1-5\v",
    "2024-01-05 10:11:12.",
    "2024-01-05 10:11:12\t UTC",
    "YQ=t",
  ],
  [
    "10",
    "x",
    "7\v",
    "7\u007f",
    "\u0001inf",
    "",
    "2024-01-05\u0001",
    "2024-01-05 10:11:12.Z",
    "2024-01-05\u0001",
    "Y Q\t==",
  ],
  ...[
    "Z",
    "UTC",
    "+1",
    "-1:30",
    "+01:3",
    "+130",
    "+18:00",
    "+18:01",
    "+02:60",
    "+0260",
    "+24:00",
    "CET",
    " CET",
    " PST",
    "UTC+1",
    " GMT-03:30",
    "cet",
    " PM",
    "Zulu time",
    " No/Place",
  ]
    .flatMap((zone) => [`2024-01-05 10:11:12${zone}`, `2024-01-05 10:11:12.5 ${zone}`, `2024-01-05T10:11${zone}`])
    .map((time, i) => [`${100 + i}`, "zone", "1", "1", "1", "true", time, time, time]),
];

const quoted = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const names = Object.keys(columns);

test("good values, bad values, broken lines, odd names", { timeout: 600_000 }, async () => {
  const base = await folder();
  const project = await sparkProject(files, base);
  const csv = [names.join(","), ...VALUES.map((row) => row.map(quoted).join(","))].join("\n");
  await write(base, "csv/1.csv", `${csv}\n`);
  // Columns in another order and case, unknown ones, one without a name; blank lines, another line end, a mark.
  await write(
    base,
    "csv/2.csv",
    '\uFEFF\r\nTEXT,more,Id,\r\ntoo,few\r\n"a ""quoted"", one",m,8,z\r\n\r\nx,NA,nine,\r\n5\' 10"" tall,"",10,\r\n,,,\r\nlast,"",11,"NA"',
  );
  await write(base, "csv/3.csv", 'id,text\n13,"open\n14,fine\n');
  await write(base, "csv/4.csv", 'id,text\n15,5" wide\n16,"stray" end\n12, "two\nlines"\n');
  await write(base, "csv/empty.csv", "");
  await write(base, "csv/header.csv", "id,text\n");
  await write(base, "tabs/1.txt", 'a\tb\n"x\ty"\t\n\n\tno a\nonly one\n');
  const json = VALUES.map((row) => JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]]))));
  await write(
    base,
    "json/1.json",
    [
      ...json,
      '{"id":15,"text":-0}',
      '{"id":16,"text":-0,"price": -0,"more":[-0]}',
      '{"id":8,"small":1,"price":1.005,"ratio":1e3,"flag":true,"text":"native"}',
      '{"id":9,"text":{"a":[1,2]},"price":{"x":1},"flag":[true],"more":null,"other":"x"}',
      "",
      "   ",
      "[1,2]",
      '"text"',
      "not json",
      '{"id":10} tail',
      "{'id':11}",
      '{"id":null}',
      '{"text":"no id"}',
      '{"id":12.7}',
      '{"id":"13","ratio":"NaN"}',
      '{"id":14,"text":"\\u00e9\\n\\"q\\" \\\\"}',
    ].join("\n"),
  );
  await write(
    base,
    "odd/a+b c%20.json",
    '{"select from":1,"it\'s":"ok","ünï":[1,2]}\n{"select from":2,"ünï":[1,"x"]}\n{"select from":3,"ünï":null}\n',
  );
  await write(
    base,
    "stages/1.csv",
    `id,stage,note\n1,new,a\n2,payed,a\n3,,a\n4,paid,b\n5,paid,é'\\\n6,PAID,\n7,new,\n`,
  );
  const staged = [
    '"stage":"new","note":"a"',
    '"stage":"payed"',
    '"note":"a"',
    '"stage":"paid","note":"b"',
    '"stage":5',
  ];
  await write(base, "stages/1.json", staged.map((row, i) => `{"id":${i},${row}}\n`).join(""));
  const odd = [
    { row: 1, key: "k", file_path: "a/b", value: "v", path: "p", v: 1, type: "t" },
    { row: 2, key: "ß", file_path: "", value: "x", path: "y", v: 2, type: "" },
    { row: 3, key: "k", file_path: "a", value: "v", path: "p", v: "three" },
  ];
  await write(base, "taken/1.json", odd.map((row) => `${JSON.stringify({ ...row, metadata: 1 })}\n`).join(""));
  await write(base, "taken/2.csv", `row,key,file_path,value,path,v,type\n3,k,f,v,p,4,t\nx,k,f,v,p,y,t\n5,k,f,v,p,6,\n`);
  await write(base, "latin/1.csv", Buffer.from("id,text\n1,Stra\xDFe\n2,caf\xE9\n", "latin1"));
  await write(base, "latin/1.json", Buffer.from('{"id":1,"text":"\xFCber"}\n{"id":"x","text":"\xE9"}\n', "latin1"));
  await write(base, "wide/1.csv", Buffer.from("\uFEFFid,text\r\n1,\u00fcn\u00ef \u{1F600}\r\n2,\r\n", "utf16le"));
  await write(
    base,
    "nested/1.json",
    [
      '{"id":1,"o":{"a":2,"extra":9},"required":{"r":1}}',
      '{"id":2,"o":{"a":4},"l":[{"b":1},{"b":1,"c":2},{"b":3}],"required":{"r":1,"more":null}}',
      '{"id":3,"o":{"A":7},"l":[{"b":1}],"m":{"x":{"z":[{"q":"1"},{"q":"2","y":{"deep":[1]}}]},"y":{"w":true}},"required":{}}',
      '{"id":4,"o":{"a":"no","extra":1},"l":[],"m":{},"ll":[[1],[2]],"required":{"r":1}}',
      '{"id":5,"o":{"a":1,"extra":1},"l":[{"b":1,"c":1},{"b":"no"}],"required":{"r":1},"other":{"x":1}}',
      '{"id":6,"required":{"r":"no","z":1}}',
      '{"id":8.0,"required":{"r":1}}',
      '{"id":9,"o":{"a":1.0},"required":{"r":1},"s":8.50,"d":12345678901234567890.1200,"v":{"x":1.50}}',
      '{"id":10,"l":[{"b":1e1}],"required":{"r":1},"s":1e2,"d":1e2,"more":{"big":12345678901234567890123456789012345678901.5}}',
      '{"id":11,"required":{"r":1},"s":{"q":[1.50,"\uFDD0"]},"m":{"k":{"z":[{"q":13.0}]}},"other":"1.50 \\"2.50\\" \uFDD03"}',
      '{"id":12,"required":{"r":1.0}}',
      '{"id":7,"o":null,"l":[null,{"c":null}],"m":{"k":null},"required":{"r":null}}',
      "",
    ].join("\n"),
  );
  const secrets = { salt: "pepper" };
  const { output } = await project.run(secrets);
  expect(output).toContain("Run is COMPLETED");
  await duckUpdate(project, secrets);
  expect(await expectSameTables(project, spark)).toBe(29);
  const inner = await spark.sql(`SELECT id, _rescued_data FROM ${project.name("bronze", "nested")} ORDER BY id`);
  expect(inner.rows.slice(0, 3)).toEqual([
    ["1", '{"o":{"extra":9}}'],
    ["2", '{"l":[null,{"c":2},null],"required":{"more":null}}'],
    ["3", '{"o":{"A":7},"m":{"x":{"z":[null,{"y":{"deep":[1]}}]},"y":{"w":true}}}'],
  ]);
  const [hash] = (await spark.sql(`SELECT key FROM ${project.name("silver", "pseudonyms")} WHERE row = 1`)).rows;
  expect(hash).toEqual([createHash("sha256").update("pepperk").digest("hex")]);
  await dropped(project, spark);
});
