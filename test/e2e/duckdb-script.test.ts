/** A compiled script makes the rows that the embedded engine makes, or stops. */
import { DuckDBInstance } from "@duckdb/node-api";
import { type AnyPipeline, compile, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import everything from "../fixtures/pipelines/everything.ts";
import { writeEverything } from "./everything-data.ts";
import { folder, write } from "./support.ts";

/** Runs the script of a pipeline over the files of a folder, and gives a function that asks what it made. */
async function script(p: AnyPipeline, base: string) {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run(`SET file_search_path = '${base}'`);
  for (const { contents } of compile(p, { target: "duckdb" }).files) await connection.run(contents);
  return async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
}

const texts = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();

/** Compares every table. */
async function expectSame(p: AnyPipeline, base: string): Promise<void> {
  const made = await script(p, base);
  // The engine tells files from its base directory; a script has the folder that it runs in.
  const relative = (row: string) => row.replaceAll(`${base}/`, "");
  const update = await run(p, { baseDir: base, warehouse: ":memory:" });
  for (const table of p.toNode().tables) {
    const columns = table.columns
      .filter((c) => !/^_source|^_ingested|_rescued|_START_AT|_END_AT/.test(c.name))
      .map((c) => `CAST("${c.name}" AS VARCHAR) AS "${c.name}"`);
    const sql = `SELECT ${columns.join(", ")} FROM ${table.layer}."${table.name}"`;
    const own = (await update.query(sql)).map((row) => Object.values(row));
    expect(texts(await made(sql)).map(relative), table.name).toEqual(texts(own));
  }
  await update.close();
}

test("everything", async () => {
  const base = await folder();
  await writeEverything(base);
  await expectSame(everything, base);
});

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

test("texts of CSV and JSON that DuckDB's own casts would take for something else", async () => {
  const base = await folder();
  const p = pipeline("texts").bronze({
    csv: source.csv("csv/*.csv", columns, { delimiter: ";", nullValues: ["NA"] }),
    json: source.json("json/*.json", columns),
  });
  const names = Object.keys(columns);
  await write(base, "csv/a.csv", [names, ...VALUES].map((row) => row.join(";")).join("\n"));
  await write(base, "csv/b.csv", `\uFEFF${names.join(";").toUpperCase()}\r\n"x ""y""";NA;"NA";;;7;\r\n`);
  const lines = VALUES.map((row) => JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]]))));
  await write(base, "json/a.json", lines.join("\n"));
  await expectSame(p, base);
  const made = await script(p, base);
  expect(await made("SELECT k, _broken_rules FROM bronze.csv_quarantine ORDER BY k")).toEqual([
    ["e", ["readable"]],
    ["f", ["readable"]],
  ]);
});

test("what a script cannot read as the engine does it stops at, and compile() tells", async () => {
  const p = pipeline("order").bronze({
    people: source.csv("p/*.csv", { a: t.string(), b: t.string(), c: t.string().nullable() }),
  });
  const base = await folder();
  await write(base, "p/1.csv", "a,b,c\n1a,1b,1c\n");
  expect(await (await script(p, base))("SELECT a, b, c FROM bronze.people")).toEqual([["1a", "1b", "1c"]]);
  await write(base, "p/2.csv", "c,b,a\n2c,2b,2a\n");
  await expect(script(p, base)).rejects.toThrow(/2\.csv: the first line does not name the columns a,b,c/);
  await write(base, "p/2.csv", "a,b,c\n2broken\n");
  await expect(script(p, base)).rejects.toThrow(/Expected Number of Columns: 3 Found: 1/);
  expect(compile(p, { target: "duckdb" }).diagnostics).toMatchObject([
    { code: "TARGET003", table: "people", message: expect.stringContaining("stops at a line") },
  ]);
  const exact = pipeline("exact").bronze({ raw: source.json("j/*.json", { d: t.decimal(30, 2) }) });
  expect(() => compile(exact, { target: "duckdb" })).toThrow(expect.objectContaining({ code: "TARGET005" }));
});
