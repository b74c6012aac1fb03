/** Files that are drawn: their text piece by piece, their damage, what they are packed with and when they arrive. */
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";

const bytes = (text: string) => Buffer.from(text);
const join = (parts: readonly Buffer[]) => Buffer.concat(parts);
const joined = (parts: readonly Buffer[], by: string) =>
  join(parts.flatMap((one, i) => (i === 0 ? [one] : [bytes(by), one])));

/** Bytes that no UTF-8 has: alone, cut off, too long, half of a pair, beyond the last character. */
const NO_UTF8 = [[0xe9], [0xff, 0xc0], [0xe2, 0x82], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]].map(
  (some) => Buffer.from(some),
);
const noUtf8 = fc.constantFrom(...NO_UTF8);
const letters = fc.constantFrom("a", "é", "😀", "\u2028", "\u00a0", "\uFEFF", "'", "\\", "\t", "0", "-", "{", "_");

interface Packing {
  readonly ending: string;
  readonly pack: (file: Buffer) => Buffer;
  readonly unpack: (file: Buffer) => Buffer;
}
const AS_IT_IS: Packing = { ending: "", pack: (file) => file, unpack: (file) => file };
const PACKINGS: readonly Packing[] = [
  AS_IT_IS,
  AS_IT_IS,
  { ending: ".gz", pack: (file) => gzipSync(file), unpack: (file) => gunzipSync(file) },
  { ending: ".zst", pack: (file) => zstdCompressSync(file), unpack: (file) => zstdDecompressSync(file) },
];

/** A file as it arrives. */
export interface Delivery {
  readonly ending: string;
  readonly bytes: Buffer;
  /** What was packed. */
  readonly contents: Buffer;
  /** Its text; `undefined` where it cannot be unpacked. */
  readonly text: Buffer | undefined;
  /** Whether its bytes are damaged: it may be refused as a whole then. */
  readonly damaged: boolean;
  /** With which update it comes. */
  readonly update: number;
}

export const UPDATES = 3;

function delivery(contents: fc.Arbitrary<Buffer>): fc.Arbitrary<Delivery> {
  return fc
    .record({
      contents,
      packing: fc.constantFrom(...PACKINGS),
      /** Of a thousand parts: where an archive is cut, or which of its bytes another bit is set in. */
      damage: fc.option(fc.record({ at: fc.nat(999), flip: fc.option(fc.nat(7)) }), { freq: 3 }),
      update: fc.nat(UPDATES - 1),
    })
    .map(({ contents, packing: { ending, pack, unpack }, damage, update }) => {
      const whole = pack(contents);
      if (!damage || ending === "") return { ending, contents, bytes: whole, text: contents, damaged: false, update };
      const at = Math.max(1, Math.floor((damage.at / 1000) * whole.length));
      const { flip } = damage;
      const broken = flip === null ? whole.subarray(0, at) : whole.map((b, i) => (i === at ? b ^ (1 << flip) : b));
      return {
        ending,
        contents,
        bytes: Buffer.from(broken),
        text: attempt(() => unpack(Buffer.from(broken))),
        damaged: true,
        update,
      };
    });
}

function attempt(work: () => Buffer): Buffer | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");

/** Lines with their ends, most of them alike; perhaps behind a byte order mark, perhaps without the last end. */
function fileOf(line: fc.Arbitrary<Buffer>, header?: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc
    .record({
      header: header ?? fc.constant(undefined),
      lines: fc.array(line, { maxLength: 8 }),
      usual: lineEnd,
      odd: fc.option(fc.tuple(fc.nat(8), lineEnd)),
      ended: fc.boolean(),
      mark: fc.boolean(),
    })
    .map(({ header: first, lines, usual, odd, ended, mark }) => {
      const all = first === undefined ? lines : [first, ...lines];
      const parts = all.flatMap((one, i) => [one, bytes(odd?.[0] === i ? odd[1] : usual)]);
      return join([bytes(mark ? "\uFEFF" : ""), ...(ended ? parts : parts.slice(0, -1))]);
    });
}

export interface CsvFiles {
  readonly delimiter: string;
  readonly columns: readonly string[];
  readonly header: boolean;
  readonly files: readonly Delivery[];
}

/** One character that stands for no other part of a line. */
const delimiter = fc.oneof(
  fc.constantFrom(",", ";", "\t", "|", " ", "\u0001", "\u001f", "a", "\\", "'", "¦", "§", "、", "😀"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((one) => !/["\r\n\0\uFEFF\p{Cs}]/u.test(one)),
);

const NAMES = ["a", "b", "c"];

export const csvFiles: fc.Arbitrary<CsvFiles> = fc
  .record({ delimiter, columns: fc.integer({ min: 1, max: 3 }).map((n) => NAMES.slice(0, n)), header: fc.boolean() })
  .chain((shape) => fc.array(csvFile(shape), { minLength: 1, maxLength: 5 }).map((files) => ({ ...shape, files })));

function csvFile({ delimiter, columns, header }: Omit<CsvFiles, "files">): fc.Arbitrary<Delivery> {
  if (!header) return delivery(fileOf(csvLine(delimiter, columns.length)));
  const other = fc.constantFrom(
    "A",
    "B",
    "x",
    "x",
    "X",
    "é",
    "",
    " ",
    "_c1",
    'say "x"',
    `in${delimiter}side`,
    "two\nlines",
  );
  const names = fc.oneof(
    { weight: 3, arbitrary: fc.constant(columns) },
    { weight: 2, arbitrary: fc.array(fc.oneof(fc.constantFrom(...columns), other), { minLength: 1, maxLength: 5 }) },
  );
  const blankLines = fc.constantFrom("", "", "", "\n", "\r\n\n");
  return names.chain((some) => {
    const named = fc.tuple(blankLines, fc.boolean()).map(([blank, quotes]) => {
      const one = (name: string) =>
        quotes || /["\n]/.test(name) || name.includes(delimiter) ? `"${name.replaceAll('"', '""')}"` : name;
      // A line of nothing is blank.
      return bytes(blank + (some.map(one).join(delimiter) || '""'));
    });
    return delivery(fileOf(csvLine(delimiter, some.length), named));
  });
}

function csvLine(delimiter: string, width: number): fc.Arbitrary<Buffer> {
  const texts = fc
    .array(fc.oneof(letters, fc.constantFrom(" ", delimiter, '"')), { maxLength: 4 })
    .map((s) => s.join(""));
  const value = fc.oneof(
    { weight: 4, arbitrary: letters.map(bytes) },
    { weight: 1, arbitrary: fc.constant(bytes("")) },
    // In quotes, as it should be, between blanks or none.
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.array(fc.oneof(texts, lineEnd), { maxLength: 3 }),
          fc.constantFrom("", "", " "),
          fc.constantFrom("", "", " "),
        )
        .map(([some, before, after]) => bytes(`${before}"${some.join("").replaceAll('"', '""')}"${after}`)),
    },
    // As it comes: quotes in the wrong place, or never closed.
    { weight: 1, arbitrary: texts.map(bytes) },
    { weight: 1, arbitrary: fc.tuple(letters, noUtf8, letters).map(([a, bad, b]) => join([bytes(a), bad, bytes(b)])) },
    { weight: 1, arbitrary: letters.map((one) => bytes(`${one}x\0y`)) },
  );
  const line = (n: number) => fc.array(value, { minLength: n, maxLength: n }).map((some) => joined(some, delimiter));
  return fc.oneof(
    { weight: 8, arbitrary: line(width) },
    { weight: 1, arbitrary: line(width).map((one) => join([one, bytes(delimiter)])) },
    { weight: 1, arbitrary: line(width + 1) },
    { weight: 1, arbitrary: line(Math.max(1, width - 1)) },
    { weight: 1, arbitrary: fc.constantFrom("", "", " ", "\t", delimiter).map(bytes) },
  );
}

const space = fc.constantFrom("", "", "", " ", "\t", "  ");
const jsonText = fc
  .array(
    fc.oneof(
      letters.map((one) => JSON.stringify(one).slice(1, -1)),
      fc.constantFrom("\\u00e9", "\\uD83D\\ude00", "\\/", "\\n", '\\"', ",]", ": 1.0", "NaN"),
    ),
    {
      maxLength: 4,
    },
  )
  .map((some) => `"${some.join("")}"`);
const jsonNumber = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.constantFrom("0", "1", "10", "9007199254740993", "123456789012345678901234567890"),
    fc.constantFrom("", "", ".0", ".50", ".000000001"),
    fc.constantFrom("", "", "e2", "E-7", "e+20"),
  )
  .map((some) => some.join(""));
const word = fc.constantFrom("null", "true", "false");
const scalar = fc.oneof({ weight: 3, arbitrary: jsonText }, jsonNumber, word);
const { json } = fc.letrec<{ json: string; field: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.tuple(space, fc.array(tie("json"), { maxLength: 3 })).map(([s, some]) => `[${some.join(`${s},`)}${s}]`),
    fc
      .tuple(space, fc.uniqueArray(tie("field"), { maxLength: 3, selector: (field) => field.split(":")[0] }))
      .map(([s, some]) => `{${s}${some.join(",")}}`),
  ),
  field: fc.tuple(fc.constantFrom("p", "q", "é"), tie("json")).map(([key, value]) => `"${key}":${value}`),
}));
const key = fc.constantFrom(
  '"a"',
  '"a"',
  '"b"',
  '"b"',
  '"\\u0061"',
  '"A"',
  '"x"',
  '"x"',
  '"é"',
  '""',
  '"a b"',
  '"$.a"',
  '"a.b"',
  '"/a"',
);
const declaredKey = (one: string) => ['"a"', '"b"', '"\\u0061"'].includes(one);
const object = fc
  .array(
    key.chain((one) =>
      fc
        .tuple(space, space, space, declaredKey(one) ? scalar : json)
        .map(([s1, s2, s3, value]) => `${s1}${one}${s2}:${s3}${value}`),
    ),
    { maxLength: 5 },
  )
  .chain((fields) => space.map((s) => `{${fields.join(",")}${s}}`));

/** What is put into a line, or takes the place of a character of it. */
const bit = fc.oneof(
  fc
    .constantFrom(
      ..."{}[]\":,\\ aN0-.eE+/#'\u0001\u007f",
      "",
      "",
      "NaN",
      "Infinity",
      "-Infinity",
      "nan",
      "null",
      ",,",
      "\\ud800",
      "\v",
    )
    .map(bytes),
  noUtf8,
);
const damagedObject = fc.tuple(object, fc.nat(999), fc.nat(2), bit).map(([line, at, gone, put]) => {
  const whole = bytes(line);
  const place = Math.floor((at / 1000) * whole.length);
  return join([whole.subarray(0, place), put, whole.subarray(place + gone)]);
});
const jsonLine = fc.oneof(
  { weight: 4, arbitrary: object.map(bytes) },
  { weight: 3, arbitrary: damagedObject },
  { weight: 1, arbitrary: fc.tuple(space, json).map((some) => bytes(some.join(""))) },
  { weight: 1, arbitrary: space.map(bytes) },
);

export const jsonFiles: fc.Arbitrary<readonly Delivery[]> = fc.array(delivery(fileOf(jsonLine)), {
  minLength: 1,
  maxLength: 5,
});
