/** Files of random shape, line ends, quotes and damage: every line is there once, under its file, as a row or aside. */
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { folder, table, write } from "../support.ts";
import { type Read, readCsv, readJsonLines } from "./reader.ts";

const CASES = Number(process.env["MEDALLION_CASES"] ?? 25);
const options = { numRuns: CASES };

const bytes = (text: string) => Buffer.from(text);
const join = (parts: readonly Buffer[]) => Buffer.concat(parts);

/** Bytes that no UTF-8 has. */
const DAMAGE = [Buffer.from([0xe9]), Buffer.from([0xff, 0xc0]), Buffer.from([0xe2, 0x82])];

const packed = fc.constantFrom<[string, (file: Buffer) => Buffer]>(
  ["", (file) => file],
  ["", (file) => file],
  [".gz", gzipSync],
  [".zst", zstdCompressSync],
);

interface Csv {
  readonly delimiter: string;
  readonly width: number;
  readonly header: boolean;
  readonly files: readonly { readonly contents: Buffer; readonly packed: [string, (file: Buffer) => Buffer] }[];
}

const NAMES = ["a", "b", "c"];

const csv: fc.Arbitrary<Csv> = fc
  .record({
    delimiter: fc.constantFrom(",", ";", "\t", "|", " ", "¦", "😀"),
    width: fc.integer({ min: 1, max: 3 }),
    header: fc.boolean(),
  })
  .chain((shape) =>
    fc.record({ files: fc.array(csvFile(shape), { minLength: 1, maxLength: 6 }) }).map((f) => ({ ...shape, ...f })),
  );

function csvFile({ delimiter, width, header }: { delimiter: string; width: number; header: boolean }) {
  const plain = fc.constantFrom("x", "é", "", "12", " y ", "z'", 'in"side').filter((v) => !v.includes(delimiter));
  const cell = fc.oneof(
    { weight: 6, arbitrary: plain.map(bytes) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('"q"', '""', '"a""b"', ' "blank" ', `"${delimiter}"`, '"two\nlines"', '"cr\r\nlf"')
        .map(bytes),
    },
    { weight: 1, arbitrary: fc.constantFrom('"open', '"stray"x', '"', "\0").map(bytes) },
    { weight: 1, arbitrary: fc.constantFrom(...DAMAGE) },
  );
  const row = fc
    .array(cell, { minLength: width, maxLength: width })
    .map((cells) => join(cells.flatMap((one, i) => (i === 0 ? [one] : [bytes(delimiter), one]))));
  const oddRow = fc.oneof(
    fc.constantFrom("", "", " ", delimiter, delimiter.repeat(width)).map(bytes),
    row.map((one) => join([one, bytes(delimiter)])),
  );
  const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
  const line = fc.oneof({ weight: 7, arbitrary: row }, { weight: 1, arbitrary: oddRow });
  const start = header ? NAMES.slice(0, width).join(delimiter) : undefined;
  return fc.record({
    packed,
    contents: fc
      .record({
        lines: fc.array(line, { maxLength: 12 }),
        usual: lineEnd,
        odd: fc.option(lineEnd),
        ended: fc.boolean(),
        mark: fc.boolean(),
      })
      .map(({ lines, usual, odd, ended, mark }) => {
        const all = start === undefined ? lines : [bytes(start), ...lines];
        const parts = all.flatMap((one, i) => [one, bytes(i % 3 === 2 && odd !== null ? odd : usual)]);
        return join([bytes(mark ? "\uFEFF" : ""), ...(ended ? parts : parts.slice(0, -1))]);
      }),
  });
}

const json = fc.array(
  fc.record({
    packed,
    contents: fc
      .array(
        fc.tuple(
          fc.oneof(
            {
              weight: 5,
              arbitrary: fc
                .constantFrom(
                  '{"a":"x","b":"y"}',
                  '{"a":"NaN, ]"}',
                  '{"b":"n,}"}',
                  '  {"a":"\\"nan"}',
                  '{"c":[1,{"d":-1e3}]}',
                )
                .map(bytes),
            },
            {
              weight: 2,
              arbitrary: fc
                .constantFrom(
                  "",
                  "   ",
                  "[1]",
                  '"text"',
                  '{"a":1,}',
                  '{"c":NaN}',
                  '{"c":[1 , ]}',
                  '{"c":-Infinity}',
                  "{",
                  '{"a":"x"} {}',
                  '{"a":"\u0001"}',
                )
                .map(bytes),
            },
            {
              weight: 1,
              arbitrary: fc.constantFrom(...DAMAGE).map((bad) => join([bytes('{"a":"'), bad, bytes('"}')])),
            },
          ),
          fc.constantFrom("\n", "\n", "\n", "\r\n", "\r"),
        ),
        { maxLength: 12 },
      )
      .map((lines) => join(lines.flatMap(([line, end]) => [line, bytes(end)]))),
  }),
  { minLength: 1, maxLength: 6 },
);

interface Expected {
  rows: string[];
  quarantined: string[];
}

function add(expected: Expected, file: string, read: Read): void {
  for (const row of read.rows) expected.rows.push(JSON.stringify([file, ...row]));
  for (const raw of read.quarantined) expected.quarantined.push(JSON.stringify([file, raw]));
}

async function actual(update: Update, name: string, columns: readonly string[]): Promise<Expected> {
  const rows = await update.query(`SELECT _source_file, ${columns.join(", ")} FROM bronze.${name}`);
  const aside = await update.query(`SELECT _source, _row FROM bronze.${name}_quarantine`);
  const lines = (found: readonly Record<string, unknown>[]) => found.map((row) => JSON.stringify(Object.values(row)));
  return { rows: lines(rows).sort(), quarantined: lines(aside).sort() };
}

const columnsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, t.string().nullable()]));

test("CSV and JSON lines, two tables side by side", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(csv, json, async (table1, table2) => {
      const base = await folder();
      const names = NAMES.slice(0, table1.width);
      const expected = { csv: { rows: [], quarantined: [] }, json: { rows: [], quarantined: [] } } as {
        csv: Expected;
        json: Expected;
      };
      for (const [
        i,
        {
          contents,
          packed: [ending, pack],
        },
      ] of table1.files.entries()) {
        await write(base, `csv/${i}.csv${ending}`, pack(contents));
        add(expected.csv, `csv/${i}.csv${ending}`, readCsv(contents, table1));
      }
      for (const [
        i,
        {
          contents,
          packed: [ending, pack],
        },
      ] of table2.entries()) {
        await write(base, `json/${i}.json${ending}`, pack(contents));
        add(expected.json, `json/${i}.json${ending}`, readJsonLines(contents, ["a", "b"]));
      }
      const p = pipeline("p").bronze({
        csv: source.csv("csv/*", columnsOf(names), { delimiter: table1.delimiter, header: table1.header }),
        json: source.json("json/*", columnsOf(["a", "b"])),
      });
      await using update = await run(p, { baseDir: base, warehouse: path.join(base, "w.duckdb") });
      expect(update.status).toBe("completed");
      for (const [name, columns] of [
        ["csv", names],
        ["json", ["a", "b"]],
      ] as const) {
        const want = { rows: expected[name].rows.sort(), quarantined: expected[name].quarantined.sort() };
        expect(await actual(update, name, columns)).toEqual(want);
        expect(table(update, name)).toMatchObject({
          rowsRead: want.rows.length + want.quarantined.length,
          rowsWritten: want.rows.length,
          rowsQuarantined: want.quarantined.length,
        });
      }
    }),
    options,
  );
});
