/** Text of other encodings becomes UTF-8, wherever the pieces of a file end. */
import fc from "fast-check";
import { compile, fromManifest, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { decoded } from "../../src/engines/duckdb/ingest/encoding.ts";
import type { Encoding } from "../../src/formats/options.ts";

const options = { numRuns: Number(process.env["MEDALLION_CASES"] ?? 200) };

async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function textOf(bytes: Buffer, encoding: Encoding, sizes: readonly number[] = [3]): Promise<string> {
  const found: Buffer[] = [];
  for await (const piece of decoded(pieces(bytes, sizes), encoding)) found.push(piece);
  return Buffer.concat(found).toString("utf8");
}

/** The encoder of each, on its own. */
const encode: Readonly<Record<Encoding, (text: string) => Buffer>> = {
  "utf-8": (text) => Buffer.from(text),
  "utf-16": (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
  "utf-16le": (text) => Buffer.from(text, "utf16le"),
  "utf-16be": (text) => Buffer.from(text, "utf16le").swap16(),
  "iso-8859-1": (text) => Buffer.from(text, "latin1"),
  "windows-1252": (text) => Buffer.from([...text].map((letter) => LETTERS.indexOf(letter))),
};

/** The letters of windows-1252, as Node has them. */
const LETTERS = [...new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, i) => i))];
const latin = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const windows = fc.string({ unit: fc.constantFrom(...LETTERS.filter((letter) => !/[\u0080-\u009f]/.test(letter))) });
const any = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed() && !text.startsWith("\uFEFF"));

test.each<[Encoding, fc.Arbitrary<string>]>([
  ["utf-8", any],
  ["utf-16", any],
  ["utf-16le", any],
  ["utf-16be", any],
  ["iso-8859-1", latin],
  ["windows-1252", windows],
])("%s, in pieces of any size", async (encoding, texts) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(texts, sizes, async (text, some) => {
      expect(await textOf(encode[encoding](text), encoding, some)).toBe(text);
    }),
    options,
  );
});

test("a byte order mark is no part of the text", async () => {
  expect(await textOf(Buffer.from("\uFEFFa", "utf16le"), "utf-16")).toBe("a");
  expect(await textOf(Buffer.from("\uFEFFa", "utf16le").swap16(), "utf-16be")).toBe("a");
  expect(await textOf(Buffer.from("\uFEFFa"), "utf-8", [1])).toBe("a");
});

test("what does not decode is U+FFFD, and the letters around it stay", async () => {
  expect(await textOf(Buffer.from("a\uD800b\uDC00\uD800\uDC00", "utf16le"), "utf-16le", [1])).toBe(
    "a\uFFFDb\uFFFD\u{10000}",
  );
  expect(await textOf(Buffer.concat([Buffer.from("ab", "utf16le"), Buffer.from([0x41])]), "utf-16le")).toBe("ab\uFFFD");
  expect(await textOf(Buffer.from([0x61, 0x81, 0x80, 0x9d, 0x62]), "windows-1252")).toBe("a\uFFFD€\uFFFDb");
});

test("each target decodes what it can, and refuses the rest", () => {
  const id = t.bigint().nullable();
  const target = (name: "databricks" | "spark" | "duckdb", raw: ReturnType<typeof source.csv>) =>
    compile(pipeline("p").bronze({ raw }), { target: name })
      .files.map((file) => file.contents)
      .join("\n");
  const latin1 = source.csv("in/*.csv", { id }, { encoding: "iso-8859-1" });
  expect(target("databricks", latin1)).toContain("encoding => 'iso-8859-1'");
  expect(target("spark", latin1)).toContain("decode(CAST(value AS BINARY), 'ISO-8859-1') AS value");
  const lines = source.json("in/*.json", { id }, { encoding: "iso-8859-1" });
  expect(target("databricks", lines)).toContain("lineSep => '\\n'");
  const refused = expect.objectContaining({ code: "TARGET005" });
  expect(() => target("duckdb", latin1)).toThrow(refused);
  expect(() => target("spark", source.csv("in/*", { id }, { encoding: "windows-1252" }))).toThrow(refused);
  for (const name of ["databricks", "spark"] as const) {
    expect(() => target(name, source.json("in/*", { id }, { encoding: "utf-16le" }))).toThrow(refused);
  }
  const wrong = { encoding: "latin-1" } as unknown as { encoding: "iso-8859-1" };
  expect(() => source.csv("in/*", { id }, wrong)).toThrow(expect.objectContaining({ code: "SRC002" }));
});

test("a manifest keeps the encoding", () => {
  const p = pipeline("p").bronze({ raw: source.csv("in/*", { id: t.bigint() }, { encoding: "utf-16" }) });
  const read = fromManifest(JSON.parse(JSON.stringify(p)));
  expect(JSON.stringify(read)).toBe(JSON.stringify(p));
});
