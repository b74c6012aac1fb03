/** `update.rows()` gives what `InferRow` says, without loss. */
import { type InferRow, MedallionError, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, expectTypeOf, test } from "vitest";
import { folder, write } from "./support.ts";

const p = pipeline("typed_rows")
  .bronze({
    raw: source.json("raw/*.json", {
      id: t.bigint(),
      small: t.int(),
      amount: t.decimal(38, 2),
      ratio: t.double().nullable(),
      day: t.date(),
      at: t.timestamp(),
      wall: t.timestampNtz(),
      place: t.struct({ city: t.string(), zips: t.array(t.bigint()) }),
      counts: t.map(t.string(), t.int()),
    }),
  })
  .silver(($) => ({ clean: $.raw.where((c) => c.small.gt(0)) }));

const line = {
  id: "9007199254740993",
  small: 7,
  amount: "123456789012345678901234567890.12",
  ratio: null,
  day: "2024-02-29",
  at: "2024-02-29T10:00:00.000001Z",
  wall: "2024-02-29T10:00:00",
  place: { city: "Bonn", zips: [1] },
  counts: { a: 1 },
};

test("every type comes as its row type says", async () => {
  const base = await folder();
  await write(base, "raw/1.json", `${JSON.stringify(line)}\n`);
  await using update = await run(p, { baseDir: base });
  const rows = await update.rows(p.tables.clean);
  expectTypeOf(rows).toEqualTypeOf<readonly InferRow<typeof p.tables.clean>[]>();
  const expected: InferRow<typeof p.tables.clean> = {
    id: 9007199254740993n,
    small: 7,
    amount: "123456789012345678901234567890.12",
    ratio: null,
    day: "2024-02-29",
    at: "2024-02-29T10:00:00.000001Z",
    wall: "2024-02-29T10:00:00.000000",
    place: { city: "Bonn", zips: [1n] },
    counts: new Map([["a", 1]]),
  };
  expect(rows).toEqual([expected]);
});

test("a table of another pipeline, or a query, is refused", async () => {
  const base = await folder();
  await write(base, "raw/1.json", `${JSON.stringify(line)}\n`);
  await using update = await run(p, { baseDir: base });
  const other = pipeline("other").bronze({ elsewhere: source.json("x/*.json", { id: t.bigint() }) });
  await expect(update.rows(other.tables.elsewhere)).rejects.toThrow(MedallionError);
  await expect(update.rows(p.tables.clean.where((c) => c.small.gt(9)))).rejects.toMatchObject({ code: "ARG001" });
});

test.each<[string, unknown]>([
  ["1::TINYINT", 1],
  ["1::UINTEGER", 1],
  ["1::UBIGINT", 1n],
  ["(-1)::HUGEINT", -1n],
  ["1.50", "1.50"],
  ["(-0.05)::DECIMAL(38, 10)", "-0.0500000000"],
  ["DATE '2024-01-31'", "2024-01-31"],
  ["TIMESTAMP '1969-12-31 23:59:59.999999'", "1969-12-31T23:59:59.999999"],
  ["TIMESTAMPTZ '2024-01-31 10:00:00.1+02'", "2024-01-31T08:00:00.100000Z"],
  ["TIMESTAMP_S '2024-01-31 10:00:00'", "2024-01-31T10:00:00.000000"],
  ["TIMESTAMP_MS '2024-01-31 10:00:00.123'", "2024-01-31T10:00:00.123000"],
  ["TIMESTAMP_NS '1969-12-31 23:59:59.123456789'", "1969-12-31T23:59:59.123456789"],
  ["[1.5, 2.25]::DECIMAL(4, 2)[2]", ["1.50", "2.25"]],
  ["{'a': [DATE '2024-01-31']::DATE[1]}", { a: ["2024-01-31"] }],
  ["MAP {DATE '2024-01-31': 1.5}", new Map([["2024-01-31", "1.5"]])],
  ["'\\xAA'::BLOB", new Uint8Array([170])],
  ["chr(0) || chr(65279) || 'a'", "\0\ufeffa"],
])("query(): %s comes without loss", async (sql, value) => {
  await using update = await run(p, { inputs: { raw: [] } });
  expect(await update.query(`SELECT ${sql} AS x`)).toEqual([{ x: value }]);
});
