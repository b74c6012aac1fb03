/** Files with damage at random places: each counts as what a reader of its own makes of it, or is quarantined whole. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "../support.ts";
import { type Read, readCsv, readJsonLines } from "./reader.ts";

const CASES = Number(process.env["MEDALLION_CASES"] ?? 12);
const seed = Number(process.env["MEDALLION_SEED"] ?? 20_261_127);

const LINES = 60;
const csv = `a,b\n${Array.from({ length: LINES }, (_, i) => `${i},${i % 7 ? `n${i}` : `"q ""${i}"" é"`}\n`).join("")}`;
const json = Array.from(
  { length: LINES },
  (_, i) => `${JSON.stringify({ a: String(i), b: i % 5 ? "é" : '"' })}\n`,
).join("");

const plain = (bytes: Buffer) => bytes;
const ofCsv = (bytes: Buffer) => readCsv(bytes, { delimiter: ",", columns: ["a", "b"], header: true });
const ofJson = (bytes: Buffer) => readJsonLines(bytes, ["a", "b"]);

interface Kind {
  readonly name: string;
  readonly whole: Buffer;
  readonly unpack: (bytes: Buffer) => Buffer;
  readonly read: (text: Buffer) => Read | undefined;
}
const KINDS: readonly Kind[] = [
  { name: "x.csv", whole: Buffer.from(csv), unpack: plain, read: ofCsv },
  { name: "x.json", whole: Buffer.from(json), unpack: plain, read: ofJson },
  { name: "x.csv.gz", whole: gzipSync(csv), unpack: gunzipSync, read: ofCsv },
  { name: "x.json.gz", whole: gzipSync(json), unpack: gunzipSync, read: ofJson },
  { name: "x.csv.zst", whole: zstdCompressSync(csv), unpack: zstdDecompressSync, read: ofCsv },
  { name: "x.json.zst", whole: zstdCompressSync(json), unpack: zstdDecompressSync, read: ofJson },
];

type Damage = { readonly at: number; readonly how: "flip" | "cut" | "drop" | "zero" | "repeat"; readonly size: number };
/** Places are parts of a million, behind what tells the kind of a file. */
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(999_999),
  how: fc.constantFrom("flip", "flip", "cut", "drop", "zero", "repeat"),
  size: fc.integer({ min: 1, max: 40 }),
});

function damaged(bytes: Buffer, all: readonly Damage[], from: number): Buffer {
  return all.reduce((file, { at, how, size }) => {
    const place = from + Math.floor((at / 1_000_000) * (file.length - from));
    const [before, some, after] = [
      file.subarray(0, place),
      file.subarray(place, place + size),
      file.subarray(place + size),
    ];
    if (how === "cut") return before;
    if (how === "drop") return Buffer.concat([before, after]);
    if (how === "repeat") return Buffer.concat([before, some, some, after]);
    if (how === "zero") return Buffer.concat([before, Buffer.alloc(some.length), after]);
    return file.map((byte, i) => (i === place ? byte ^ (1 << (size % 8)) : byte)) as Buffer;
  }, bytes);
}

const read = async (name: string, bytes: Buffer) => {
  const base = await folder();
  await write(base, `in/${name}`, bytes);
  await write(base, `in/good.${name.includes("json") ? "json" : name.includes("csv") ? "csv" : "parquet"}`, GOOD(name));
  const columns = { a: t.string().nullable(), b: t.string().nullable() };
  const raw = name.includes("json")
    ? source.json("in/*", columns)
    : name.includes("csv")
      ? source.csv("in/*", columns)
      : source.parquet("in/*", columns);
  await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base });
  const of = async (query: string) => (await rows(update, query)).map((row) => Object.values(row));
  const good = await of(`SELECT a, b FROM bronze.raw WHERE _source_file <> 'in/${name}'`);
  const found = await of(`SELECT a, b FROM bronze.raw WHERE _source_file = 'in/${name}'`);
  const quarantined = await of("SELECT _row, _reason FROM bronze.raw_quarantine");
  const { rowsRead } = table(update, "raw");
  expect([update.status, good, rowsRead]).toEqual(["completed", [["g", "h"]], 1 + found.length + quarantined.length]);
  return { found, quarantined };
};

let parquet: Buffer = Buffer.alloc(0);
const GOOD = (name: string) =>
  name.includes("json") ? '{"a":"g","b":"h"}\n' : name.includes("csv") ? "a,b\ng,h\n" : good;
let good: Buffer = Buffer.alloc(0);

test("text and archives", { timeout: 120_000 + CASES * 10_000 }, async () => {
  const drawn = fc.asyncProperty(
    fc.constantFrom(...KINDS),
    fc.array(damage, { minLength: 1, maxLength: 3 }),
    async ({ name, whole, unpack, read: readOwn }, all) => {
      // The first line of a CSV names its columns, and the first bytes of an archive tell what it is.
      const bytes = damaged(whole, all, 4);
      const { found, quarantined } = await read(name, bytes);
      const text = attempt(() => unpack(bytes));
      const own = text && text.length > 0 ? readOwn(text) : undefined;
      const asWhole = quarantined.length === 1 && /the file cannot be read/.test(String(quarantined[0]?.[1]));
      if (own === undefined || asWhole) {
        expect([found, asWhole || bytes.length === 0]).toEqual([[], true]);
        // Node reads the first frame of an archive, whatever follows; what is no text is refused as a whole.
        if (own !== undefined) expect(unpack === plain ? text?.includes(0) : !bytes.equals(whole)).toBe(true);
        return;
      }
      const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();
      expect(sorted(found)).toEqual(sorted(own.rows));
      expect(sorted(quarantined.map(([row]) => row))).toEqual(sorted(own.quarantined));
    },
  );
  await fc.assert(drawn, { numRuns: CASES, seed });
});

function attempt(work: () => Buffer): Buffer | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

test("Parquet: as many rows as its footer counts, or none", { timeout: 120_000 + CASES * 10_000 }, async () => {
  const base = await folder();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const make = async (name: string, query: string) => {
    await connection.run(`COPY (${query}) TO '${path.join(base, name)}'`);
    return readFile(path.join(base, name));
  };
  good = await make("good.parquet", "SELECT 'g' AS a, 'h' AS b");
  parquet = await make("x.parquet", `SELECT i::VARCHAR AS a, 'n' || i % 9 AS b FROM range(${LINES}) t(i)`);
  const drawn = fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (all) => {
    const { found, quarantined } = await read("x.parquet", damaged(parquet, all, 4));
    // Values of pages without a checksum are what they are.
    if (found.length === 0) expect(quarantined.length).toBe(1);
    else expect([found.length, quarantined.length]).toEqual([LINES, 0]);
  });
  await fc.assert(drawn, { numRuns: CASES, seed });
});
