/** A format from outside: read as the built-in ones are, and tsc asks for every part that it has to have. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { analyze, compile, fromManifest, pipeline, source, t } from "medallion";
import { defineFormat, type Plugin } from "medallion/plugin";
import { run } from "medallion/run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folder, rows, table, write } from "../e2e/support.ts";
import { withoutPlaces } from "../places.ts";
import { removeDir, scratchDir, tscOutput } from "../types/tsc.ts";
import { keyValue, parts } from "./key-value.ts";

const columns = { id: t.bigint(), name: t.string().nullable(), amount: t.decimal(10, 2).nullable() };
const p = pipeline("toy").bronze({
  raw: source.of(keyValue)("in/*.kv", columns, { nulls: ["NA"] }),
});
const toy: Plugin = { name: "toy", formats: [keyValue] };

const LINES = "id=1;name=ada;amount=1.5\r\nid=2;name=NA;amount=much;extra=7\r\n \r\nbroken\r\nname=x;id=three\r\n";

test("the embedded engine reads its lines: rows, rescued values, broken lines; each is counted once", async () => {
  const base = await folder();
  await write(base, "in/a.kv", LINES);
  await write(base, "in/b.kv", Buffer.from("id=4;name=h\xe9\nid=5;name=eve\n", "latin1"));
  const place = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  {
    await using update = await run(p, place);
    expect(table(update, "raw")).toMatchObject({ rowsRead: 6, rowsWritten: 3, rowsQuarantined: 3, rowsDropped: 0 });
    expect(
      await rows(update, "SELECT id, name, amount::VARCHAR AS amount, _rescued_data FROM bronze.raw ORDER BY 1"),
    ).toEqual([
      { id: 1, name: "ada", amount: "1.50", _rescued_data: null },
      { id: 2, name: null, amount: null, _rescued_data: '{"amount":"much","extra":"7"}' },
      { id: 5, name: "eve", amount: null, _rescued_data: null },
    ]);
    expect(await rows(update, "SELECT _source, _reason, _row FROM bronze.raw_quarantine ORDER BY ALL")).toEqual([
      { _source: "in/a.kv", _reason: 'id: "three" is not a BIGINT', _row: "name=x;id=three" },
      { _source: "in/a.kv", _reason: "not key=value", _row: "broken" },
      { _source: "in/b.kv", _reason: "line 1 is not valid UTF-8", _row: "id=4;name=h\uFFFD" },
    ]);
  }
  await write(base, "in/c.kv", "id=6\n");
  await using again = await run(p, place);
  expect(table(again, "raw")).toMatchObject({ rowsRead: 1, rowsWritten: 1, rowsQuarantined: 0 });
});

test("a statement that fails for one of its lines costs the file, which is quarantined", async () => {
  const base = await folder();
  await write(base, "in/a.kv", LINES);
  const forgetful = defineFormat({
    ...parts,
    name: "toy.forgetful",
    // An error in the statement that reads, for one of the rows.
    embedded: () => ({ value: () => "CASE WHEN starts_with(line, 'id=2') THEN error('no') ELSE '1' END" }),
  });
  const raw = source.of(forgetful)("in/*.kv", { id: t.bigint() }, { nulls: [] });
  await using update = await run(pipeline("lost").bronze({ raw }), { baseDir: base });
  const { rowsRead, rowsWritten, rowsQuarantined } = table(update, "raw");
  expect({ rowsRead, rowsWritten, rowsQuarantined }).toEqual({ rowsRead: 1, rowsWritten: 0, rowsQuarantined: 1 });
  expect(await rows(update, "SELECT _reason FROM bronze.raw_quarantine")).toEqual([
    { _reason: expect.stringMatching(/^the file cannot be read: .*no/) },
  ]);
});

test("the DuckDB script reads the same rows, and stops at a broken line", async () => {
  const base = await folder();
  await write(base, "in/a.kv", LINES.split("\r\n").slice(0, 2).join("\n"));
  const absolute = pipeline("toy").bronze({
    raw: source.of(keyValue)(path.join(base, "in/*.kv"), columns, { nulls: ["NA"] }),
  });
  const script = compile(absolute, { target: "duckdb" })
    .files.map((file) => file.contents)
    .join("\n");
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(script);
  const read = await connection.runAndReadAll("SELECT id, name, amount::VARCHAR AS amount FROM bronze.raw ORDER BY 1");
  expect(read.getRowObjectsJson()).toEqual([
    { id: "1", name: "ada", amount: "1.50" },
    { id: "2", name: null, amount: null },
  ]);
  await write(base, "in/b.kv", "broken\n");
  await expect(connection.run(script)).rejects.toThrow(/b\.kv: not key=value: broken/);
});

test("Databricks and Spark get its readers", () => {
  const text = (target: "databricks" | "spark") =>
    compile(p, { target })
      .files.map((file) => file.contents)
      .join("\n")
      .replace(/\s+/g, " ");
  expect(text("databricks")).toContain(
    "FROM STREAM read_files( 'in/*.kv', format => 'text', partitionColumns => '' ) WHERE value RLIKE '\\\\S'",
  );
  expect(text("databricks")).toContain("CASE WHEN __corrupt IS NOT NULL THEN 'not key=value' WHEN id IS NULL THEN");
  expect(text("spark")).toContain("str_to_map(__row, ';', '=')");
  expect(text("spark")).toContain('.format("text")');
  expect(analyze(p)).toEqual([]);
});

test("a manifest names it, and is read with the plugin that has it", () => {
  const json = JSON.parse(JSON.stringify(p));
  expect(json.tables[0].query).toMatchObject({ format: "toy.key_value", options: { nulls: ["NA"] } });
  const same = fromManifest(json, { plugins: [toy] });
  expect(JSON.stringify(same)).toBe(JSON.stringify(p));
  expect(withoutPlaces(compile(same, { target: "databricks" }))).toEqual(
    withoutPlaces(compile(p, { target: "databricks" })),
  );
  expect(() => fromManifest(json)).toThrow(
    expect.objectContaining({
      code: "MAN006",
      message: expect.stringContaining('tables[0].query.format names the format "toy.key_value"'),
      help: "give fromManifest() the plugin: { plugins: [toy] }",
    }),
  );
  json.tables[0].query.options.separator = "::";
  expect(() => fromManifest(json, { plugins: [toy] })).toThrow(
    expect.objectContaining({ code: "MAN002", message: expect.stringContaining("where one character is expected") }),
  );
});

test("its options are checked, for callers without types as well", () => {
  const untyped = source.of(keyValue) as unknown as (path: string, c: typeof columns, options?: object) => unknown;
  const refused = (message: string) => expect.objectContaining({ code: "SRC002", message });
  expect(() => untyped("in/*", columns)).toThrow(refused("key=value needs the option nulls"));
  expect(() => untyped("in/*", columns, { nulls: "NA" })).toThrow(refused('nulls of key=value is "NA"'));
  expect(() => untyped("in/*", columns, { nulls: [], delimiter: "," })).toThrow(
    refused("key=value has no option delimiter"),
  );
  expect(() => source.of(keyValue)("in/*", { "a=b": t.string() }, { nulls: [] })).toThrow(
    refused("this source of key=value cannot be read: its columns must not have = or the separator in their names"),
  );
  const copy = { ...keyValue };
  expect(() => source.of(copy)).toThrow(refused("source.of() needs a format"));
  expect(() => defineFormat({ ...parts, name: "csv" })).toThrow(refused('"csv" cannot name a format'));
  const from = defineFormat as unknown as (given: unknown) => unknown;
  expect(() => from(undefined)).toThrow(refused("undefined cannot name a format"));
  expect(() => from({ ...parts, spark: undefined })).toThrow(refused("the format toy.key_value lacks spark"));
  expect(() => from({ ...parts, options: { nulls: {} } })).toThrow(
    refused("the option nulls of the format toy.key_value accepts nothing"),
  );
});

test("options of the formats that are built in are checked by the same means", () => {
  const untyped = source as unknown as Record<string, (path: string, c: typeof columns, options?: object) => unknown>;
  const refused = (message: string) => expect.objectContaining({ code: "SRC002", message });
  expect(() => untyped["json"]?.("in/*", columns, { delimiter: ";" })).toThrow(refused("JSON has no option delimiter"));
  expect(() => untyped["csv"]?.("in/*", columns, { delimiter: "||" })).toThrow(refused('delimiter of CSV is "||"'));
  const nulls = ["NA"];
  const left = source.csv("in/*", columns, { nullValues: nulls, ...({ delimiter: undefined } as object) });
  nulls.push("changed later");
  const { tables } = JSON.parse(JSON.stringify(pipeline("p").bronze({ left })));
  expect(tables[0].query.options).toEqual({ nullValues: ["NA"] });
  expect(() => untyped["csv"]?.("in/*", columns, { header: "no" })).toThrow(refused('header of CSV is "no"'));
  expect(() => untyped["parquet"]?.("in/*", columns, { encoding: "utf-8" })).toThrow(
    refused("Parquet has no option encoding"),
  );
  expect(() => untyped["table"]?.("s.t", columns, { onChange: "fail" })).toThrow(
    refused("a table has no option onChange"),
  );
  expect(() => untyped["table"]?.("s.t", columns, { metadata: true })).toThrow(
    refused("a table has no metadata of files"),
  );
  expect(() => untyped["table"]?.("s..t", columns)).toThrow(expect.objectContaining({ code: "SRC001" }));
});

test("nothing in src compares with the name of a format", () => {
  const folder = path.resolve(import.meta.dirname, "../../src");
  const compared = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) =>
      /(?:[!=]==?\s*|case |format: )"(?:csv|json|parquet)"/.test(readFileSync(path.join(folder, name), "utf8")),
    );
  expect(compared.filter((name) => !/^formats\/[^/]+\/(?:databricks|spark(?:-native)?)\.ts$/.test(name))).toEqual([]);
});

const PART = fc.stringMatching(/^[a-z0-9 .äß]{0,8}$/);
const LINE = fc.oneof(
  fc.record({
    id: fc.oneof(fc.integer().map(String), PART),
    name: fc.option(PART, { nil: undefined }),
    more: fc.option(PART, { nil: undefined }),
  }),
  fc.constantFrom("", "  ", "broken", "=x", "id=1;", ";id=1", "id=1=2", "\u0001"),
);

test("any lines, with any line ends: each is a row, a quarantined one or blank", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.tuple(LINE, fc.constantFrom("\n", "\r\n")), { maxLength: 12 }),
    fc.boolean(),
    async (lines, isEnded) => {
      const texts = lines.map(([line]) =>
        typeof line === "string"
          ? line
          : Object.entries(line)
              .flatMap(([k, v]) => (v === undefined ? [] : [`${k}=${v}`]))
              .join(";"),
      );
      const whole = texts.map((text, i) => text + (lines[i]?.[1] ?? "")).join("");
      const base = await folder();
      await write(base, "in/a.kv", isEnded ? whole : whole.replace(/\r?\n$/, ""));
      const expected = texts.filter((text) => text.trim() !== "").map(read);
      const raw = source.of(keyValue)("in/*.kv", { id: t.bigint(), name: t.string().nullable() }, { nulls: ["NA"] });
      await using update = await run(pipeline("any").bronze({ raw }), { baseDir: base });
      const good = expected.filter((row) => row !== undefined);
      expect(table(update, "raw")).toMatchObject({
        rowsRead: expected.length,
        rowsWritten: good.length,
        rowsQuarantined: expected.length - good.length,
      });
      const found = await rows(
        update,
        "SELECT id::VARCHAR AS id, name, _rescued_data ->> 'more' AS more FROM bronze.raw",
      );
      expect(found.map((row) => JSON.stringify(row)).sort()).toEqual(good.map((row) => JSON.stringify(row)).sort());
    },
  );
  const seed = Number(process.env["MEDALLION_SEED"] ?? 20_261_126);
  await fc.assert(property, { seed, numRuns: Number(process.env["MEDALLION_CASES"] ?? 15) });
});

/** A line as the format means it; `undefined` where it is broken, or its id is no number. */
function read(line: string) {
  const parts = line.split(";").map((part) => part.split("="));
  if (parts.some(([k = "", v, ...more]) => k === "" || v === undefined || more.length > 0)) return undefined;
  const values = new Map(parts.map(([k = "", v = ""]) => [k, v]));
  const id = /^\s*[+-]?[0-9]+\s*$/.test(values.get("id") ?? "") ? BigInt((values.get("id") ?? "").trim()) : undefined;
  if (id === undefined) return undefined;
  return { id: String(id), name: values.get("name") || null, more: values.get("more") ?? null };
}

let dir: string;
beforeAll(async () => {
  dir = await scratchDir();
});
afterAll(() => removeDir(dir));

test("tsc names the part and the option that a format lacks, and what a source has to give", async () => {
  const output = await tscOutput(dir, {
    "toy.ts": `import { source, t } from "medallion"; import { defineFormat, type FormatParts } from "medallion/plugin";
interface Options {
  readonly width: number;
  readonly pad?: string;
}
declare const parts: FormatParts<Options>;
const { embedded, ...noEngine } = parts;
const { spark, ...noSpark } = parts;
export const first = defineFormat<Options>(noEngine);
export const second = defineFormat<Options>(noSpark);
export const third = defineFormat<Options>({ ...parts, options: { width: parts.options.width } });
export const fourth = defineFormat<Options>({ ...parts, options: { ...parts.options, pad: parts.options.width } });
const fixed = defineFormat(parts);
export const right = source.of(fixed)("in/*", { id: t.bigint() }, { width: 8, onChange: "fail" });
export const fifth = source.of(fixed)("in/*", { id: t.bigint() });
export const sixth = source.of(fixed)("in/*", { id: t.bigint() }, { width: "8" });
`,
    "builtin.ts": `import type { SourceNode } from "medallion/ast"; import type { FormatParts } from "medallion/plugin";
import { csv } from "../../../../src/formats/csv/csv.ts";
import { fileFormat } from "../../../../src/formats/format.ts";
import type { Lacking } from "../../../../src/formats/formats.ts";
declare const parts: FormatParts<{ readonly width: number }>;
const { embedded, ...noLine } = parts;
const list = { csv, lines: fileFormat(parts), blocks: fileFormat(noLine) };
export const readers: Readonly<Record<Lacking<"embedded", typeof list>, (source: SourceNode) => void>> = { csv: () => {} };
`,
  });
  const errors = output.split("\n").filter((line) => line.startsWith("toy.ts"));
  expect(errors.map((line) => /^toy\.ts\((\d+),/.exec(line)?.[1])).toEqual(["9", "10", "11", "12", "15", "16"]);
  expect(output).toMatch(/builtin\.ts\(8,14\): error TS2741: Property 'blocks' is missing/);
  expect(output).toMatch(/toy\.ts\(9,.*Property 'embedded' is missing/);
  expect(output).toMatch(/toy\.ts\(10,.*Property 'spark' is missing/);
  expect(output).toMatch(/toy\.ts\(11,.*Property 'pad' is missing/);
});
