/** Files that are taken apart piece by piece: the same records, wherever the pieces end. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { countBoth, takeCensus } from "../../src/engines/duckdb/ingest/census.ts";
import { decoded } from "../../src/engines/duckdb/ingest/encoding.ts";
import { takeApart } from "../../src/engines/duckdb/ingest/records.ts";
import { CsvRecords } from "../../src/formats/csv/engine/records.ts";
import { JsonElements } from "../../src/formats/json/engine/records.ts";
import { readCsv } from "../e2e/lines/reader.ts";

const runs = Number(process.env["MEDALLION_CASES"] ?? 1000);
const options = { numRuns: runs };

/** The file in pieces of these sizes, by turns. */
const inPieces = (file: Buffer, sizes: readonly number[]) =>
  async function* (from: number): AsyncGenerator<Buffer> {
    for (let at = from, i = 0; at < file.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      yield file.subarray(at, at + size);
      at += size;
    }
  };

/** As pieces of one buffer, which the next one overwrites. */
async function* passingPieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    const own = Buffer.from(piece);
    yield own;
    own.fill(10);
  }
}

const sorted = () => {
  const good: string[] = [];
  const bad: string[] = [];
  return {
    good,
    bad,
    sorted: {
      good: (bytes: Buffer, start: number, end: number) => void good.push(bytes.toString("utf8", start, end)),
      bad: (record: Buffer) => void bad.push(record.toString("utf8")),
      blank: () => undefined,
    },
  };
};

const soup = (parts: readonly string[]) =>
  fc.array(fc.constantFrom(...parts), { maxLength: 30 }).map((some) => Buffer.from(some.join(""), "latin1"));
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

test("CSV of any bytes, as an independent reader has it", async () => {
  const delimiters = fc.constantFrom(",", " ", "¦", "😀");
  const file = delimiters.chain((delimiter) => {
    const bytes = Buffer.from(delimiter).toString("latin1");
    return fc.tuple(
      fc.constant(delimiter),
      soup([bytes, bytes, "a", '"', '"', " ", "\n", "\n", "\r", "\r\n", "\xe9", "\xf0\x9f"]),
    );
  });
  await fc.assert(
    fc.asyncProperty(file, sizes, fc.boolean(), async ([delimiter, bytes], pieces, header) => {
      const found = sorted();
      const records = new CsvRecords({ delimiter, encoding: "utf-8", values: 2, header, json: false }, found.sorted);
      await takeApart(inPieces(bytes, pieces), records, async () => undefined);
      const expected = readCsv(bytes, { delimiter, columns: ["a", "b"], header, width: 2 });
      expect(found.bad).toEqual(expected.quarantined);
      expect(found.good.length).toBe(expected.rows.length);
    }),
    options,
  );
});

test("a JSON array, its elements and what is behind it", async () => {
  const elements = fc.array(fc.constantFrom('{"a":"]},{"}', '{"b":[1,{}]}', '"x\\"y"', "12", "null", "[]"), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(
      elements,
      fc.constantFrom(",", " ,\n", "\r\n,"),
      sizes,
      fc.boolean(),
      async (values, between, pieces, cut) => {
        const found = sorted();
        const file = Buffer.from(` [${values.join(between)}${cut ? "" : " ] "}`);
        await takeApart(inPieces(file, pieces), new JsonElements(found.sorted, "utf-8"), async () => undefined);
        expect(found.good.map((value) => value.trim())).toEqual(cut ? expect.arrayContaining([]) : values);
        expect(found.good.length + found.bad.length).toBe(values.length + (cut ? 1 : 0));
      },
    ),
    options,
  );
});

test("the census counts what is there, wherever the pieces end", async () => {
  const file = soup(["a", "a", ",", "\n", "é"]);
  await fc.assert(
    fc.asyncProperty(file, sizes, async (latin1, pieces) => {
      const bytes = Buffer.from(latin1.toString("latin1"));
      const census = await takeCensus(decoded(passingPieces(inPieces(bytes, pieces)(0)), "utf-8"), {
        delimiter: 44,
        quotes: true,
        json: false,
        blankIsRow: false,
      });
      const text = bytes.toString("utf8");
      expect(census).toEqual({
        lines: text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0),
        delimiters: text.split(",").length - 1,
        lineEnd: "\n",
      });
    }),
    options,
  );
  const bytes = Buffer.concat([Buffer.alloc(5000, "abc"), Buffer.alloc(256, "áÿâ")]);
  for (let from = 0; from < 5; from++) {
    for (let to = bytes.length - 5; to <= bytes.length; to++) {
      const part = bytes.subarray(from, to);
      const times = (byte: number) => part.filter((one) => one === byte).length;
      expect(countBoth(part, 97, 98)).toEqual([times(97), times(98)]);
    }
  }
  expect(countBoth(bytes.subarray(1, 3), 97, 98)).toEqual([0, 1]);
});
