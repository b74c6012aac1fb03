/** Values drawn by chance, by type, in canonical form: what nobody thought of. */
import fc from "fast-check";
import type { Canonical } from "../canonical.ts";
import type { ValueType } from "./values.ts";

const DAY = 86_400_000_000n;

/** Texts of every kind that something reads: any letters, numbers, dates, times, JSON, with blanks around. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc.string({
      unit: fc.constantFrom(..."aAbB ,.@_%!'\"\\$10ßıİΣσς\n\t") as fc.Arbitrary<string>,
      maxLength: 10,
    }),
  },
  fc.stringMatching(/^[ \t]?[+-]?[0-9]{0,20}[.]?[0-9]{0,20}([eE][+-]?[0-9]{1,3})?[dDfF]?[ \n]?$/),
  fc.stringMatching(/^[+-]?[0-9]{3,6}-[0-9]{1,2}-[0-9]{1,2}[ T]?[a-z]?$/),
  fc.stringMatching(
    /^20[0-9]{2}-[01][0-9]-[0-3][0-9][ T][0-2]?[0-9]:[0-6]?[0-9](:[0-6]?[0-9](\.[0-9]{0,9})?( ?[+-][0-9]{1,2}(:?[0-9]{1,2})?|Z| UTC)?)?$/,
  ),
  fc.json({ maxDepth: 3 }),
);

const whole = (bits: number) =>
  fc
    .oneof(
      fc.bigInt({ min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n }),
      fc.bigInt({ min: -20n, max: 20n }),
    )
    .map((n) => (n < -(1n << BigInt(bits - 1)) ? "0" : String(n)));

const decimal = (precision: number, scale: number) =>
  fc
    .tuple(fc.boolean(), fc.integer({ min: 1, max: precision }), fc.infiniteStream(fc.nat(9)))
    .map(([negative, length, digits]) => {
      const taken = Array.from({ length }, () => digits.next().value)
        .join("")
        .replace(/^0+(?=.)/, "");
      const padded = taken.padStart(scale + 1, "0");
      const unsigned = scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
      return negative && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
    });

const shown = (value: number) => (Object.is(value, -0) ? "-0" : String(value));
const double = fc.oneof(
  fc.double().map(shown),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => shown(Math.round(x * 100) / 100)),
  fc.integer({ min: -50, max: 50 }).map(shown),
);
const float = fc.oneof(fc.float().map(shown), fc.integer({ min: -50, max: 50 }).map(shown));

const date = fc.integer({ min: -719162, max: 2932896 }).map((days) => iso(BigInt(days) * DAY).slice(0, 10));
const timestamp = fc
  .oneof(fc.bigInt({ min: -719162n * DAY, max: 2932897n * DAY - 1n }), fc.bigInt({ min: 0n, max: 20000n * DAY }))
  .map(iso);

function iso(micros: bigint): string {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const at = new Date(Number((micros - rest) / 1000n)).toISOString();
  return `${at.slice(0, 10)} ${at.slice(11, 23)}${String(rest).padStart(3, "0")}`;
}

const orNull = (arbitrary: fc.Arbitrary<Canonical>) => fc.option(arbitrary, { nil: null, freq: 8 });
const list = (arbitrary: fc.Arbitrary<Canonical>) => fc.array(orNull(arbitrary), { maxLength: 5 });
const place = fc.record({ city: orNull(text), zip: orNull(whole(32)) });
const entries = (key: fc.Arbitrary<string>, value: fc.Arbitrary<Canonical>): fc.Arbitrary<Canonical> =>
  fc.uniqueArray(fc.tuple(key, orNull(value)), { maxLength: 4, selector: ([k]) => k });

const DRAWN: Readonly<Record<ValueType, fc.Arbitrary<Canonical>>> = {
  string: text,
  boolean: fc.boolean(),
  tinyint: whole(8),
  smallint: whole(16),
  int: whole(32),
  bigint: whole(64),
  float,
  double,
  money: decimal(12, 2),
  rate: decimal(5, 3),
  whole: decimal(38, 0),
  wide: decimal(38, 18),
  fraction: decimal(38, 38),
  date,
  timestamp,
  ntz: timestamp,
  binary: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString("hex")),
  variant: fc.json({ maxDepth: 2 }),
  strings: list(text),
  ints: list(whole(32)),
  doubles: list(double),
  record: fc.record({
    city: orNull(text),
    zip: orNull(whole(32)),
    where: orNull(fc.record({ "a b": orNull(double) })),
  }),
  records: list(place),
  dict: entries(text, whole(32)),
  codes: entries(whole(32), text),
};

/**
 * What depends on the JVM and not on the data: letters that are newer than its Unicode, doubles that Java 17 does not write
 * in their shortest form. NUL is left out too: no engine takes it everywhere.
 */
function depends(value: Canonical): boolean {
  const text = JSON.stringify(value);
  if (/\\u0000|e-3\d\d/.test(text)) return true;
  return [...text].some((c) => {
    const point = c.codePointAt(0) ?? 0;
    return (point > 0xa7bf && point < 0xa7f2) || (point > 0xffff && (point < 0x1f000 || point > 0x1f9ff));
  });
}

/** `count` values of a type, or a few less. */
export function drawn(type: ValueType, count: number, seed: number): readonly Canonical[] {
  return [null, ...fc.sample(DRAWN[type], { numRuns: count, seed }).filter((value) => !depends(value))];
}
