/**
 * Lines drawn by chance, plain and damaged: what Spark splits and parses at once is what its exact way gives, and what
 * the embedded engine reads.
 */
import fc from "fast-check";
import { type AnyPipeline, pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import type { SourceNode } from "../../src/ast/relation.ts";
import { readFiles } from "../../src/targets/spark-sql/source.ts";
import { folder, write } from "../e2e/support.ts";
import type { Result } from "./engines.ts";
import { dropped, duckUpdate, expectSameTables, sparkProject } from "./sdp/project.ts";
import { countPairs, sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const RUNS = Number(process.env["MEDALLION_CASES"] ?? 5);

const columns = {
  id: t.int(),
  name: t.string(),
  price: t.decimal(8, 2).nullable(),
  ratio: t.double().nullable(),
  near: t.float().nullable(),
  flag: t.boolean().nullable(),
  at: t.timestamp().nullable(),
  note: t.string().nullable(),
};
const NAMES = Object.keys(columns);

const jsonToken = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)),
  fc.constantFrom("0", "-0", "-0.0", "8.0", "8.50", "1e2", "1E-7", "0.00012", "12345678.5", "null", "true", "false"),
  fc.constantFrom("12345678901234567890", "0.12345678901234567", "1234567890123456.75", "1e400", "{}", "[1.50]"),
  fc.constantFrom(
    '{"a":1.0,"b":"x"}',
    '"12.50"',
    '""',
    '"true"',
    '"2024-01-02T03:04:05Z"',
    '"a\\n\\"q\\""',
    '"\\u00e9"',
  ),
  fc.constantFrom('"\uFDD0x"', '"\\uFDD05"', '"{"', '"NaN"', "NaN", "nul", "'x'", "01", '"x'),
  fc.string({ unit: "grapheme", maxLength: 8 }).map((x) => JSON.stringify(x)),
);

const jsonKey = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NAMES).map((name) => JSON.stringify(name)) },
  { weight: 1, arbitrary: fc.constantFrom('"more"', '"Id"', '"n\\u0061me"', '"no\\te"') },
);

const jsonObject = fc
  .tuple(
    fc.array(fc.tuple(jsonKey, jsonToken), { maxLength: 5 }),
    fc.boolean(),
    fc.constantFrom("", " ", "\t"),
    fc.constantFrom('"id":1,"name":"n"', '"id":2.0,"name":1.50', '"id":3,"name":4', '"id" : 5 , "name" : 6.50'),
  )
  .map(([entries, isWhole, blank, required]) => {
    const given = entries.map(([key, value]) => `${key}${blank}:${blank}${value}`);
    // Of a key that comes twice the first one counts and the others are rescued, on every engine.
    return `${blank}{${[...(isWhole ? [required] : []), ...given].join(",")}}${blank}`;
  });

const jsonLine = fc.oneof(
  { weight: 12, arbitrary: jsonObject },
  { weight: 1, arbitrary: jsonObject.map((text) => `${text} tail`) },
  { weight: 1, arbitrary: jsonObject.map((text) => text.slice(0, -1)) },
  { weight: 1, arbitrary: fc.tuple(jsonObject, jsonObject).map(([a, b]) => `${a},${b}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "   ", "[]", "[{}]", "{}", "null", "5", '"x"', "{'id':1}", "}{", "{} []"),
  },
);

const csvValue = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom("", "x", " 1 ", "NA", "1.50", "1e2", "true", "2024-01-02", "é\u{1F600}", "a'b", "\\", "\\N", "#x"),
  fc.constantFrom('"quoted"', '"a,b"', '"a ""q"" b"', ' "x" ', '"x" y', 'a"b', '""', '"NA"', '" 7 "', '""""'),
);

const csvFile = fc
  .record({
    header: fc.oneof(
      fc.shuffledSubarray([...NAMES, "MORE", "Price", ""], { minLength: 3 }),
      fc.array(fc.constantFrom(...NAMES, "MORE", "more", "Price", "PRICE", "Id", ""), { minLength: 3, maxLength: 9 }),
    ),
    lines: fc.array(fc.array(csvValue, { minLength: 1, maxLength: 9 }), { maxLength: 12 }),
    fits: fc.boolean(),
    end: fc.constantFrom("\n", "\r\n"),
    begin: fc.constantFrom("", "\uFEFF", "\n"),
  })
  .map(({ header, lines, fits, end, begin }) => {
    const sized = lines.map((line) => (fits ? header.map((_, i) => line[i] ?? "") : line));
    return begin + [header, ...sized].map((line) => line.join(",")).join(end);
  });

const flat = pipeline("p").bronze({ x: source.json("*.json", columns) });
const exact = pipeline("p").bronze({ x: source.json("*.json", { ...columns, __v: t.variant().nullable() }) });
const csv = pipeline("p").bronze({ x: source.csv("*.csv", columns, { nullValues: ["NA", "\\N"] }) });

function nodeOf(p: AnyPipeline): SourceNode {
  const [table] = p.toNode().tables;
  if (table?.kind !== "query" || table.query.kind !== "source") throw new Error("no source");
  return table.query;
}

const SHOWN = [...NAMES, "_rescued_data", "_reason", "_row"].map((name) => `\`${name}\``).join(", ");
const sqlOf = (p: AnyPipeline) => `SELECT ${SHOWN} FROM (${readFiles(nodeOf(p), "drawn", false)})`;

async function rowsOf(texts: readonly string[], ...queries: readonly string[]): Promise<readonly Result["rows"][]> {
  const facts = [
    { name: "value", type: { kind: "string" } },
    { name: "__path", type: { kind: "string" } },
    { name: "__modified_at", type: { kind: "timestamp" } },
  ] as const;
  const given = texts.map((text, i) => [text, `file:/${String(i).padStart(4, "0")}`, "2024-01-02 00:00:00"]);
  await spark.view("drawn", facts, given);
  const found = await Promise.all(queries.map((query) => spark.sql(`${query} ORDER BY ALL`)));
  countPairs("rows read in two ways", found[0]?.rows.length ?? 0);
  return found.map(({ rows }) => rows);
}

test("a record of JSON without parts is what it is as variants", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(jsonLine, { minLength: 30, maxLength: 60 }), async (lines) => {
      const [fast, slow] = await rowsOf(lines, sqlOf(flat), sqlOf(exact));
      expect(fast).toEqual(slow);
    }),
    { numRuns: RUNS },
  );
});

test("a line of CSV without quotes is what the patterns make of it", { timeout: 600_000 }, async () => {
  const fast = sqlOf(csv);
  const slow = fast
    .replace("contains(__whole, '\"')", "true")
    .replace("contains(__record, '\"') AS __quoted", "true AS __quoted");
  expect(slow.length).toBeLessThan(fast.length - 20);
  await fc.assert(
    fc.asyncProperty(fc.array(csvFile, { minLength: 6, maxLength: 12 }), async (files) => {
      const [plain, byPattern] = await rowsOf(files, fast, slow);
      expect(plain).toEqual(byPattern);
    }),
    { numRuns: RUNS },
  );
});

test("files drawn by chance are read as by the embedded engine", { timeout: 600_000 }, async () => {
  const base = await folder();
  const both = pipeline("drawn").bronze({
    csv: source.csv("csv/*.csv", columns, { nullValues: ["NA", "\\N"] }),
    json: source.json("json/*.json", columns),
  });
  const seed = Number(process.env["MEDALLION_SEED"] ?? 1);
  const files = fc.sample(csvFile, { seed, numRuns: 40 });
  for (const [i, text] of files.entries()) await write(base, `csv/${i}.csv`, text);
  const lines = fc.sample(jsonLine, { seed, numRuns: 600 });
  await write(base, "json/1.json", `${lines.join("\n")}\n`);
  const project = await sparkProject(both, base);
  expect((await project.run()).output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  await expectSameTables(project, spark);
  await dropped(project, spark);
});
