/** A file of which no row can be read is named, with what is missing and what it has instead. */
import { DuckDBInstance } from "@duckdb/node-api";
import { pipeline, source, t } from "medallion";
import { type RunEvent, run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "./support.ts";

const order = { order_id: t.bigint(), amount: t.decimal(10, 2), note: t.string().nullable() };

/** Of each warning its code and message. */
async function warned(base: string, raw: ReturnType<typeof source.csv>): Promise<readonly (readonly unknown[])[]> {
  const events: RunEvent[] = [];
  await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base, onEvent: (e) => events.push(e) });
  const { rowsRead, rowsWritten, rowsQuarantined } = table(update, "raw");
  expect(rowsRead).toBe(rowsWritten + rowsQuarantined);
  expect(update.status).toBe("completed");
  return events.flatMap(({ level, details }) => {
    const { code, columns, undeclared, files, rows: n } = details as Record<string, unknown>;
    return level === "WARN" ? [[code, columns, undeclared, files, n]] : [];
  });
}

test("a required column that is misspelt in the header", async () => {
  const base = await folder();
  await write(base, "in/1.csv", "order_id,amuont,note\n1,1.50,a\n2,2.50,b\n");
  await write(base, "in/2.csv", "order_id,amount,note\n3,1.50,a\nx,2.50,b\n");
  await write(base, "in/3.csv", "order_id,amuont,note\n4,1.50,a\n");
  await using update = await run(pipeline("p").bronze({ raw: source.csv("in/*", order) }), { baseDir: base });
  expect(table(update, "raw")).toMatchObject({ rowsRead: 5, rowsWritten: 1, rowsQuarantined: 4 });
  expect(update.warnings).toEqual([
    {
      code: "SRC016",
      table: "raw",
      message: 'none of the rows of in/1.csv, in/3.csv could be read (3): there is no "amount", but "amuont"',
      help: "declare the column by the name that the files have and rename it in the next layer; the rows are in raw_quarantine, each with its reason",
    },
  ]);
  expect(await rows(update, "SELECT DISTINCT _reason FROM bronze.raw_quarantine ORDER BY 1")).toEqual([
    { _reason: "amount is missing" },
    { _reason: 'order_id: "x" is not a BIGINT' },
  ]);
});

test.each<[what: string, file: [name: string, text: string], warning: readonly unknown[]]>([
  [
    "another delimiter",
    ["1.csv", "order_id;amount;note\n1;1.50;a\n"],
    [["order_id", "amount"], ["order_id;amount;note"]],
  ],
  [
    "another source",
    ["1.csv", "a,b,c,d\n1,2,3,4\n5,6,7,8\n"],
    [
      ["order_id", "amount"],
      ["a", "b", "c"],
    ],
  ],
  ["no value of its type", ["1.csv", "order_id,amount,note\nx,1,\ny,2,\n"], [["order_id"], undefined]],
  ["no value", ["1.csv", "order_id,amount,note\n,1,\n,2,\n"], [["order_id"], undefined]],
  ["lines that are too short", ["1.csv", "order_id,amount,note\n1\n2\n"], [undefined, undefined]],
  ["each for its own reason", ["1.csv", "order_id,amount,note\nx,1,\n1,y,\n"], [undefined, undefined]],
  [
    "a value that is worded as a reason",
    ["1.csv", "order_id,amount,note\nx; amount is missing; y,1,\n"],
    [["order_id"], undefined],
  ],
  ["JSON in another case", ["1.json", '{"ORDER_ID":1,"amount":2}\n'], [["order_id"], ["ORDER_ID"]]],
  ["no JSON", ["1.json", "order_id,amount\n1,2\n"], [undefined, undefined]],
])("%s", async (_, [name, text], [columns, undeclared]) => {
  const base = await folder();
  await write(base, `in/${name}`, text);
  const raw = name.endsWith("csv") ? source.csv("in/*", order) : source.json("in/*", order);
  const lines = text.split("\n").length - (name.endsWith("csv") ? 2 : 1);
  expect(await warned(base, raw)).toEqual([["SRC016", columns, undeclared, [`in/${name}`], lines]]);
});

test("a file whose only line is taken for the header, which names no declared column", async () => {
  const base = await folder();
  await write(base, "in/one_row.csv", "7,secret,text\n");
  await write(base, "in/page.csv", "<html>not found</html>");
  await write(base, "in/header.csv", "order_id,amount,note\n");
  await write(base, "in/header_in_part.csv", "ORDER_ID,sum\n");
  await write(base, "in/blank.csv", "\n\n");
  await write(base, "in/other.csv", "order_id;amount;note\n");
  await write(base, "in/rows.csv", "order_id,amount,note\n1,1,\n");
  const raw = source.csv("in/*", order);
  await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base });
  expect(table(update, "raw")).toMatchObject({ rowsRead: 1, rowsWritten: 1 });
  const only = "the only line is taken for the header, and it names no declared column";
  expect(update.warnings.map(({ code, message, help }) => [code, message, help])).toEqual([
    ["SRC016", `of in/one_row.csv, in/page.csv ${only}`, "if the file has no header, declare so: { header: false }"],
    ["SRC016", `of in/other.csv ${only}`, 'the file has another delimiter: { delimiter: ";" }'],
  ]);
});

test("a line for Excel is named whether or not the delimiter is that of the file", async () => {
  for (const delimiter of [",", ";"]) {
    const base = await folder();
    await write(base, "in/1.csv", "sep=;\norder_id;amount;note\n1;1;\n");
    const raw = source.csv("in/*", order, { delimiter });
    await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base });
    expect(update.warnings[0]?.help, delimiter).toContain("tells Excel the delimiter");
  }
});

test("no value of a file is shown, and one row that reads is enough", async () => {
  const base = await folder();
  await write(base, "in/1.csv", "order_id,amount,note\nsecret,1,\n1,hidden,\n");
  await write(base, "in/2.csv", "order_id,amount,note\nsecret,1,\n1,1,\n");
  await using update = await run(pipeline("p").bronze({ raw: source.csv("in/*", order) }), { baseDir: base });
  expect(update.warnings.map(({ message }) => message)).toEqual([
    "none of the rows of in/1.csv could be read (2): required values do not read",
  ]);
});

test("Parquet without a required column", async () => {
  const base = await folder();
  await write(base, "in/.keep", "");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (SELECT 1::BIGINT AS orderid, 2.5::DECIMAL(10, 2) AS amount) TO '${base}/in/1.parquet'`);
  expect(await warned(base, source.parquet("in/*", order))).toEqual([
    ["SRC016", ["order_id"], ["orderid"], ["in/1.parquet"], 1],
  ]);
});

test("a file that has none of the declared columns, all of which may be null", async () => {
  const base = await folder();
  const columns = { a: t.bigint().nullable(), b: t.string().nullable() };
  await write(base, "in/1.csv", "a,b\n1,x\n2,y\n");
  await write(base, "in/2.csv", "a;b\n1;x\n");
  await write(base, "in/3.csv", "a;b\n2;y\n3;z\n");
  await using update = await run(pipeline("p").bronze({ raw: source.csv("in/*", columns) }), { baseDir: base });
  expect(table(update, "raw")).toMatchObject({ rowsWritten: 5, rowsQuarantined: 0 });
  expect(update.warnings).toEqual([
    {
      code: "SRC013",
      table: "raw",
      message:
        'there is no declared column in in/2.csv, in/3.csv, but "a;b": every value of its rows is in _rescued_data',
      help: 'the file has another delimiter: { delimiter: ";" }',
    },
  ]);
});

test("files whose names are those of another format", async () => {
  const base = await folder();
  await write(base, "in/1.json", '{"order_id":1,"amount":1}\n{"order_id":2,"amount":1}\n');
  await write(base, "in/1.csv", "order_id,amount\n1,1\n");
  const p = pipeline("p").bronze({
    one: source.csv("in/*.json", order),
    two: source.json("in/*.csv", order),
    both: source.csv("in/*", order),
  });
  await using update = await run(p, { baseDir: base });
  const help = Object.fromEntries(update.warnings.map((warning) => [warning.table, warning.help]));
  expect(help["one"]).toContain("their names are those of json files, and source.csv() reads them: use source.json()");
  expect(help["two"]).toContain("use source.csv()");
  expect(help["both"]).toContain("use source.json()");
});

test.each([
  ["another delimiter", "order_id\tamount\tnote\n1\t2.50\t\n", 'the file has another delimiter: { delimiter: "\\t" }'],
  ["another delimiter, and commas in values", "order_id;amount;note\n1;2,50;\n", "the header is a single name"],
  ["no header", "1,2.50,x\n2,3.50,y\n", "if the file has no header, declare so: { header: false }"],
  ["Excel", "sep=;\norder_id;amount;note\n1;2.50;\n", 'the first line, "sep=;", tells Excel the delimiter'],
  ["Excel, with commas", '"sep=,"\norder_id,amount,note\n', "is taken for the header: delete it; the rows"],
  ["Excel, cut at its delimiter", "sep=,\norder_id,amount\n1,2.50\n", 'the first line, "sep=…", tells Excel'],
  ["no header, as other names", "id,total,note\n1,2.50,x\n", "declare the column by the name that the files have"],
])("what to do with a file of %s", async (_, text, help) => {
  const base = await folder();
  await write(base, "in/1.csv", text);
  await using update = await run(pipeline("p").bronze({ raw: source.csv("in/*", order) }), { baseDir: base });
  expect(update.warnings).toMatchObject([{ code: "SRC016", help: expect.stringContaining(help) }]);
});

test("an update that finds nothing of a file to read says so once", async () => {
  const base = await folder();
  await write(base, "in/1.csv", "order_id,amuont,note\n1,1.50,a\n");
  const p = pipeline("p").bronze({ raw: source.csv("in/*", order) });
  const warehouse = `${base}/w.duckdb`;
  const codes: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    await using update = await run(p, { baseDir: base, warehouse });
    codes.push(update.warnings.map(({ code }) => code));
  }
  expect(codes).toEqual([["SRC016"], []]);
});
